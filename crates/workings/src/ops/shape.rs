//! The shape of a tensor as a tensor: the sizes that a graph computes others from.
//!
//! - Shape: one element an axis, from `start` to `end` (ONNX operator `Shape`); a single number (operator `Size`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "shape",
    title: "Shape",
    onnx: &[Onnx::word("Shape", shape).peeks(0), Onnx::word("Size", size).peeks(0)],
    ..Operator::NEW
};

fn shape<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let rank = shape.len() as i64;
    let place = |told: i64| (if told < 0 { told + rank } else { told }).clamp(0, rank) as usize;
    let (start, end) = (place(call.int("start", 0)), place(call.int("end", rank)));
    let sizes = shape.get(start..end.max(start)).unwrap_or_default().to_vec();
    Ok(Row::giving([Given::vector(call.calc, sizes)]))
}

fn size<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let elements = tensor::product(call, call.shape(0)?);
    Ok(Row::giving([Given::of(Shape::new(), Dtype::INT64).with(vec![elements])]))
}
