//! Multiply: inputs of one shape, element by element; a size of 1 is stretched.
//!
//! - Shape: H_out = max(H, H_i), where the two are equal or one of them is 1 (`join.rs`).
//! - No parameters, no multiply-adds; one multiplication an element for every input after the first.

use super::window::elements;
use super::{Joins, Onnx, Operator, Word, elementwise, join};
use crate::fault::Fault;
use crate::node::{Costs, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "multiply",
    title: "Multiply",
    words: &[Word { word: "multiply", joins: Joins::Labels, ..Word::ACTIVATED }],
    keras: &[super::Keras::layer("Multiply", crate::keras::nothing)],
    rule,
    onnx: &[Onnx::word("Mul", elementwise::several)],
};

fn rule<'c>(multiply: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let out = join::stretched(multiply)?;
    let multiplications = join::after_the_first(multiply, elements(&out));
    Ok(Row { costs: Costs { multiplications: Some(multiplications), ..Costs::default() }, ..Row::of(out) })
}
