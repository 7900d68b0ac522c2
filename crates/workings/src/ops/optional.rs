//! Something that may be there or not: put into its case, taken out again, asked for.
//!
//! - Shape: that of what is in it; whether there is anything is one truth (ONNX operators `Optional`, `OptionalGetElement`,
//!   `OptionalHasElement`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "optional",
    title: "Optional",
    onnx: &[
        Onnx::word("Optional", wrapped),
        Onnx::word("OptionalGetElement", element),
        Onnx::word("OptionalHasElement", is_there).peeks(0),
    ],
    ..Operator::NEW
};

fn wrapped<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([call.arg_if_any(0).cloned().unwrap_or(Given::unknown(Dtype::UNKNOWN))]))
}

fn element<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let given = call.arg(0)?;
    match given.shape.is_some() || given.value.is_some() {
        true => Ok(Row::giving([given.clone()])),
        false => Err(call.unknown("what is in it is only known when it runs")),
    }
}

fn is_there<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let given = Given::of(Shape::new(), Dtype::BOOL);
    Ok(Row::giving([match call.has(0) {
        true => given,
        false => given.with(vec![call.calc.literal(0)]),
    }]))
}
