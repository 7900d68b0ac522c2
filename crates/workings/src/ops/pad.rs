//! A border around a tensor: zeros, or its own elements again.
//!
//! - Shape: each size and what stands before and after it (ONNX operator `Pad`); up to version 10 the pads are an attribute,
//!   and from then on an input, with the axes that they are for.
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::Row;

pub(super) const OPERATOR: Operator =
    Operator { name: "pad", title: "Pad", onnx: &[Onnx::word("Pad", onnx)], ..Operator::NEW };

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let pads = match call.ints("pads").or(call.ints("paddings")) {
        Some(told) => told.iter().map(|n| call.given("P", *n)).collect(),
        None => call.sizes(1)?,
    };
    let axes = match call.has(3) {
        true => call.indices(3)?,
        false => (0..shape.len() as i64).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return Err(call.wrong(format!("{} pads are given for {} axes", pads.len(), axes.len())));
    }
    let mut out = shape.clone();
    let (before, after) = pads.split_at(axes.len());
    for ((axis, before), after) in axes.iter().zip(before).zip(after) {
        let axis = call.axis(*axis, shape.len())?;
        if call.known(*before) != Some(0) || call.known(*after) != Some(0) {
            out[axis] = shape[axis] + *before + *after;
        }
    }
    Ok(Row::giving([tensor::given(call, out)]))
}
