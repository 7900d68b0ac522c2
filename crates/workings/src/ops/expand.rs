//! A tensor stretched to a shape, or laid out several times.
//!
//! - Shape: the one to which the tensor and the told shape stretch (ONNX operator `Expand`); each size times its repeats
//!   (operator `Tile`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "expand",
    title: "Expand",
    onnx: &[Onnx::word("Expand", expand), Onnx::word("Tile", tile)],
    ..Operator::NEW
};

fn expand<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let told: Shape<'c> = call.sizes(1)?.into_iter().collect();
    let out = tensor::stretched(call, &[call.shape(0)?, &told]);
    let value = tensor::together(call, &[0], &out).map(|all| all.into_iter().map(|of| of[0]).collect());
    let given = tensor::given(call, out);
    Ok(Row::giving([match value {
        Some(elements) => given.with(elements),
        None => given,
    }]))
}

fn tile<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let repeats = call.sizes(1)?;
    if repeats.len() != shape.len() {
        return Err(call.wrong(format!("{} repeats are given for {} axes", repeats.len(), shape.len())));
    }
    let out: Shape<'c> = shape.iter().zip(repeats).map(|(size, repeats)| *size * repeats).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}
