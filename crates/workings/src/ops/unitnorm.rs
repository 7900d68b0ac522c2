//! Unit normalisation: every vector along an axis divided by its length.
//!
//! - Shape: the input's. No parameters (Keras `keras/src/layers/normalization/unit_normalization.py`).
//! - An element: squared, added to the sum, and divided by the root. The roots are not counted: how many there are hangs on
//!   the axes, and none is more than one an element.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Costs, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "unitnorm",
    title: "Unit normalisation",
    keras: &[Keras::layer("UnitNormalization", keras::nothing)],
    rule,
    ..Operator::NEW
};

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let each = Some(input.elements());
    let costs = Costs { multiplications: each, additions: each, divisions: each, ..Costs::default() };
    Ok(Row { costs, ..Row::of(input.same()) })
}
