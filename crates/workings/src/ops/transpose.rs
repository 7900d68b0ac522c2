//! Axes in another order.
//!
//! - Shape: the sizes in that order; the other way round unless told (ONNX operator `Transpose`, attribute `perm`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator =
    Operator { name: "transpose", title: "Transpose", onnx: &[Onnx::word("Transpose", onnx)], ..Operator::NEW };

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let order: Vec<i64> = match call.ints("perm") {
        Some(told) if !told.is_empty() => told.to_vec(),
        _ => (0..shape.len() as i64).rev().collect(),
    };
    let axes = order.iter().map(|axis| call.axis(*axis, shape.len())).collect::<Result<Vec<_>, _>>()?;
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..shape.len()) {
        return Err(call.wrong(format!("perm is {order:?}, and each of {} axes is needed once", shape.len())));
    }
    let out: Shape<'c> = axes.iter().map(|axis| shape[*axis]).collect();
    // A vector stays as it is.
    Ok(if shape.len() < 2 { tensor::reshaped(call, out) } else { Row::giving([tensor::given(call, out)]) })
}
