//! Categories: numbers or texts to the numbers of categories, or to one place a category.
//!
//! - Shape: the input's where a number stays a number; with one place a category, the last axis becomes the categories, or
//!   they come after it where it is longer than 1 and each number has places of its own (Keras
//!   `keras/src/layers/preprocessing/category_encoding.py`, `compute_output_shape`; `hashing.py`, `discretization.py`).
//! - No parameters; looked up, so no arithmetic.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras::{self, Config, Settings};
use crate::model::{Setting, Size};
use crate::node::{Node, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "encoding",
    title: "Categories",
    keras: &[
        Keras::layer("CategoryEncoding", |config| places(config, "num_tokens", "multi_hot")),
        Keras::layer("Discretization", numbers),
        Keras::layer("HashedCrossing", numbers),
        Keras::layer("Hashing", numbers),
        Keras::layer("IntegerLookup", numbers),
        Keras::layer("StringLookup", numbers),
    ],
    rule,
    ..Operator::NEW
};

/// A number stays a number; with places, how many there are hangs on what was learned from data.
fn numbers(config: &Config<'_>) -> Result<Settings, Fault> {
    match config.get("output_mode").text() {
        None | Some("int") => Ok(Vec::new()),
        Some(mode) => match config.class {
            "Discretization" => bins(config, mode),
            "Hashing" | "HashedCrossing" => places(config, "num_bins", mode),
            _ => Err(config.unknown(&format!("with the output “{mode}” yet"))),
        },
    }
}

/// A bin below each boundary, and one above the last; before any are learned, as many as are asked for
/// (`keras/src/layers/preprocessing/discretization.py`, `compute_output_shape`).
fn bins(config: &Config<'_>, mode: &str) -> Result<Settings, Fault> {
    let entries = match config.get("bin_boundaries") {
        keras::Value::Nothing => config.knob("num_bins", "entries")?,
        boundaries => ("entries", Setting::Size(Size::Number(boundaries.list().len() as i64 + 1))),
    };
    Ok(vec![entries, keras::word("places", if mode == "one_hot" { "each" } else { "first" })])
}

fn places(config: &Config<'_>, key: &str, default: &str) -> Result<Settings, Fault> {
    let one = config.get("output_mode").text().unwrap_or(default) == "one_hot";
    Ok(vec![config.knob(key, "entries")?, keras::word("places", if one { "each" } else { "together" })])
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = node.input(0)?;
    let Some(places) = node.word("places") else { return Ok(Row::of(came.clone())) };
    let entries = node.knob("entries")?;
    let mut out: Shape<'c> = came.clone();
    if places == "first" {
        // The first axis after the batch goes, and the places come last; of a vector that is the same.
        if out.len() > 2 {
            let last = out[1];
            out.remove(2);
            out.push(last);
        }
        out[1] = entries;
        return Ok(Row::of(out));
    }
    if places == "each" && node.calc.known(came[1].line()) != Some(1) {
        let last = out[1];
        out.push(last);
    }
    out[1] = entries;
    Ok(Row::of(out))
}
