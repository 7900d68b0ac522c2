//! Elements of a tensor put in the place of others.
//!
//! - Shape: the tensor's (ONNX operators `ScatterND`, `ScatterElements`, `Scatter`, `TensorScatter`).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};

pub(super) const OPERATOR: Operator = Operator {
    name: "scatter",
    title: "Scatter",
    onnx: &[
        Onnx::word("Scatter", onnx),
        Onnx::word("ScatterElements", onnx),
        Onnx::word("ScatterND", onnx),
        Onnx::word("TensorScatter", onnx),
    ],
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    tensor::same(call)
}
