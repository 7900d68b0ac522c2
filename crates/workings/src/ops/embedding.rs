//! Embedding: a table's row for every number of the input.
//!
//! - Shape: as written, the input's with the features after it: C numbers become a sequence of C × features (PyTorch
//!   `torch/nn/modules/sparse.py`; Keras `keras/src/layers/core/embedding.py`).
//! - Weights: entries · features. Rows are looked up, so no arithmetic.

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "embedding",
    title: "Embedding",
    words: &[Word { word: "embedding", takes: &[ENTRIES, FEATURES], ..Word::PLAIN }],
    keras: &[super::Keras::layer("Embedding", of_keras)],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.knob("input_dim", "entries")?, config.knob("output_dim", "features")?])
}

const ENTRIES: Arg = Arg::told("ENTRIES", "entries", Kind::Size { least: 1 });
const FEATURES: Arg = Arg::told("FEATURES", "features", Kind::Size { least: 1 });

fn rule<'c>(embedding: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = embedding.input(0)?;
    let (entries, features) = (embedding.knob("entries")?, embedding.knob("features")?);
    let weights = (entries * features).called("weights");

    // The last axis as written, which stood as channels, is one of space now.
    let space = came[2..].iter().chain(&came[1..2]).copied();
    let out = [came[0], features].into_iter().chain(space).collect::<crate::node::Shape>();
    Ok(Row::of(out).setting("entries", Built::One(entries)).setting("features", Built::One(features)).param(
        "weight",
        Role::Weight,
        weights,
        [entries, features],
    ))
}
