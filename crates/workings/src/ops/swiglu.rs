//! SwiGLU: a gate that weighs another tensor.
//!
//! - Swish(A) · B, element by element; both have one shape, which is the output's (ONNX operator `SwiGLU`; Shazeer 2020,
//!   <https://arxiv.org/abs/2002.05202>).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, activation, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "swiglu",
    title: "SwiGLU",
    onnx: &[Onnx::word("SwiGLU", onnx), Onnx::word("SwiGLU", contributed).microsoft()],
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(1)?;
    Ok(weighed(call, call.shape(0)?.clone()))
}

/// ONNX Runtime: without B, both stand in A, one behind the other along the last axis (`docs/ContribOperators.md`).
fn contributed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    if call.has(1) {
        return onnx(call);
    }
    let mut out = call.shape_of(0, 1)?.clone();
    let last = out.len() - 1;
    out[last] = out[last] / 2;
    Ok(weighed(call, out))
}

fn weighed<'c>(call: &Call<'c, '_>, out: Shape<'c>) -> Row<'c> {
    let elements = tensor::product(call, &out);
    let mut row = Row::giving([tensor::given(call, out)]);
    row.costs = activation::of_onnx("swish").map(|known| known.of(elements)).unwrap_or_default();
    row.costs.multiplications = Some(row.costs.multiplications.map_or(elements, |own| own + elements));
    row
}
