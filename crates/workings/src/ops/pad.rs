//! A border around a tensor: zeros, or its own elements again.
//!
//! - Shape: each size and what stands before and after it (ONNX operator `Pad`); up to version 10 the pads are an attribute,
//!   and from then on an input, with the axes that they are for.
//! - Or as much before and after as brings it to a size, which may be a smaller one (ONNX operator `CenterCropPad`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::Row;

pub(super) const OPERATOR: Operator = Operator {
    name: "pad",
    title: "Pad",
    onnx: &[
        Onnx::word("CenterCropPad", centred),
        Onnx::word("Pad", onnx).settings(&[2]),
        Onnx::word("Pad", onnx).settings(&[2]).microsoft(),
    ],
    ..Operator::NEW
};

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

/// The sizes are an input, the axes an attribute.
fn centred<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut out = call.shape(0)?.clone();
    let axes: Vec<usize> = match call.ints("axes") {
        Some(told) => told.iter().map(|axis| call.axis(*axis, out.len())).collect::<Result<_, _>>()?,
        None => (0..out.len()).collect(),
    };
    call.arg(1)?;
    let told = call.whole(1);
    if told.as_ref().is_some_and(|told| told.len() != axes.len()) {
        return Err(call.wrong(format!("it has {} axes, and as many sizes are needed", axes.len())));
    }
    for (at, axis) in axes.into_iter().enumerate() {
        out[axis] = told.as_ref().map_or_else(|| call.open(0, axis), |told| told[at]);
    }
    Ok(Row::giving([tensor::given(call, out)]))
}
