//! Max pooling undone: values back at the places where they were the largest.
//!
//! - Shape: S · (H − 1) + K − P_top − P_bottom, or as an input says (ONNX operator `MaxUnpool`; Dumoulin & Visin 2016,
//!   relationship 13, <https://arxiv.org/abs/1603.07285>).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator =
    Operator { name: "unpool", title: "Unpooling", onnx: &[Onnx::word("MaxUnpool", onnx)], ..Operator::NEW };

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 3)?;
    if call.has(2) {
        let out: Shape<'c> = match call.whole(2) {
            Some(told) => told.into_iter().collect(),
            None => (0..shape.len()).map(|axis| call.open(0, axis)).collect(),
        };
        return Ok(Row::giving([tensor::given(call, out)]));
    }
    let axes = shape.len() - 2;
    let told = |name: &str, many: usize| call.ints(name).filter(|told| told.len() == many);
    let Some(kernel) = told("kernel_shape", axes).filter(|kernel| kernel.iter().all(|n| *n > 0)) else {
        return Err(call.wrong(format!("it has no kernel_shape of {axes} sizes")));
    };
    let (strides, pads) = (told("strides", axes), told("pads", 2 * axes));
    let along = |axis: usize| {
        let stride = call.given("S", strides.map_or(1, |all| all[axis]));
        let reached = (shape[axis + 2] - 1) * stride + call.given("K", kernel[axis]);
        pads.map_or(reached, |all| reached - call.given("P", all[axis]) - call.given("P", all[axis + axes]))
    };
    let out: Shape<'c> = shape[..2].iter().copied().chain((0..axes).map(along)).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}
