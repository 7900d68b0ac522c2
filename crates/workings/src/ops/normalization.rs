//! Features brought to mean 0 and variance 1 by numbers that are known beforehand, or to another scale.
//!
//! - Shape: the input's.
//! - Normalization stores a mean and a variance for each feature of the axes that it keeps, and a count, none of them
//!   learned; nothing where they were given as numbers (Keras `keras/src/layers/preprocessing/normalization.py`).
//! - Rescaling stores nothing (Keras `keras/src/layers/preprocessing/rescaling.py`).
//! - One multiplication and one addition an element.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras::{self, word};
use crate::node::{Costs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "normalization",
    title: "Normalisation by known numbers",
    keras: &[
        Keras::layer("Normalization", of_keras),
        Keras::layer("Rescaling", |_| Ok(vec![word("numbers", "given")])),
    ],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    if !config.get("mean").is_nothing() {
        return Ok(vec![word("numbers", "given")]);
    }
    Ok(if config.get("axis").is_nothing() { Vec::new() } else { vec![config.axes("axis", "at")?] })
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let elements = Some(input.elements());
    let costs = Costs { multiplications: elements, additions: elements, ..Costs::default() };
    let mut row = Row { costs, ..Row::of(input.same()) };
    if node.word("numbers") == Some("given") {
        return Ok(row);
    }
    let came = node.input(0)?;
    let kept = node.keras_axes("at", came.len())?.unwrap_or_default();
    let shape: Shape<'c> = kept.iter().map(|axis| came[*axis]).collect();
    let one = node.calc.literal(1);
    let each = if shape.is_empty() { one } else { node.calc.product(shape.iter().copied()) };
    for name in ["mean", "variance"] {
        row = row.param(name, Role::Statistic, each, shape.iter().copied());
    }
    Ok(row.param("count", Role::Statistic, one, []))
}
