//! Embedding: a table's row for every number of the input.
//!
//! - Shape: as written, the input's with the features after it: C numbers become a sequence of C × features (PyTorch
//!   `torch/nn/modules/sparse.py`; Keras `keras/src/layers/core/embedding.py`).
//! - Weights: entries · features. Rows are looked up, so no arithmetic.
//! - Back from features to entries, as a product with the same table or with one of its own: the input's shape with the
//!   entries in place of the features; multiply-adds: the table once a position (Keras
//!   `keras/src/layers/core/reversible_embedding.py`).

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Macs, Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "embedding",
    title: "Embedding",
    words: &[Word { word: "embedding", takes: &[ENTRIES, FEATURES], ..Word::PLAIN }],
    keras: &[
        super::Keras::layer("Embedding", of_keras),
        super::Keras::layer("ReversibleEmbedding", reversible_of_keras),
    ],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.knob("input_dim", "entries")?, config.knob("output_dim", "features")?])
}

/// A call may go back from features to entries (`keras/src/layers/core/reversible_embedding.py`).
fn reversible_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = of_keras(config)?;
    if !config.is("tie_weights", true) {
        settings.push(keras::word("back", "own"));
    }
    if config.kwargs.get("reverse").bool().or(config.args.get(1).and_then(keras::Value::bool)) == Some(true) {
        settings.push(keras::word("way", "back"));
    }
    Ok(settings)
}

const ENTRIES: Arg = Arg::told("ENTRIES", "entries", Kind::Size { least: 1 });
const FEATURES: Arg = Arg::told("FEATURES", "features", Kind::Size { least: 1 });

fn rule<'c>(embedding: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = embedding.input(0)?;
    let (entries, features) = (embedding.knob("entries")?, embedding.knob("features")?);
    let weights = (entries * features).called("weights");

    // The last axis as written, which stood as channels, is one of space now.
    let space = came[2..].iter().chain(&came[1..2]).copied();
    let mut row = match embedding.word("way") {
        Some("back") => {
            let mut out = came.clone();
            out[1] = entries;
            let positions = embedding.calc.product(came[..1].iter().chain(&came[2..]).copied());
            let macs = Macs { linear: Some(positions * weights), ..Macs::default() };
            Row { macs, ..Row::of(out) }
        }
        _ => Row::of([came[0], features].into_iter().chain(space).collect::<crate::node::Shape>()),
    };
    row = row.setting("entries", Built::One(entries)).setting("features", Built::One(features)).param(
        "weight",
        Role::Weight,
        weights,
        [entries, features],
    );
    if embedding.word("back") == Some("own") {
        row = row.param("reverse_weight", Role::Weight, weights, [features, entries]);
    }
    Ok(row)
}
