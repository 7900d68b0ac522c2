//! Functions along an axis that leave a tensor's shape as it is: running sums, triangles, turned positions, norms.
//!
//! - Shape: the input's (ONNX operators `CumSum`, `CumProd`, `LpNormalization`, `LRN`, `MeanVarianceNormalization`,
//!   `ReverseSequence`, `RotaryEmbedding`, `Trilu`).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};

macro_rules! words {
    ($($kind:literal)*) => { &[$(Onnx::word($kind, onnx)),*] };
}

pub(super) const OPERATOR: Operator = Operator {
    name: "along",
    title: "Along an axis",
    onnx: words!("CumProd" "CumSum" "LRN" "LpNormalization" "MeanVarianceNormalization" "ReverseSequence" "RotaryEmbedding" "Trilu"),
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    tensor::same(call)
}
