//! Add: inputs of one shape, element by element; a size of 1 is stretched.
//!
//! - Shape: H_out = max(H, H_i), where the two are equal or one of them is 1 (`join.rs`).
//! - No parameters, no multiply-adds; one addition an element for every input after the first.

use super::window::elements;
use super::{Joins, Onnx, Operator, Word, elementwise, join};
use crate::fault::Fault;
use crate::node::{Costs, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "add",
    title: "Add",
    words: &[Word { word: "add", joins: Joins::Labels, ..Word::ACTIVATED }],
    keras: &[super::Keras::layer("Add", crate::keras::nothing)],
    rule,
    onnx: &[Onnx::word("Add", elementwise::several)],
};

fn rule<'c>(add: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let out = join::stretched(add)?;
    let additions = join::after_the_first(add, elements(&out));
    Ok(Row { costs: Costs { additions: Some(additions), ..Costs::default() }, ..Row::of(out) })
}
