//! Functions along an axis that leave a tensor's shape as it is: running sums, triangles, turned positions, norms.
//!
//! - Shape: the input's (ONNX operators `CumSum`, `CumProd`, `LpNormalization`, `LRN`, `MeanVarianceNormalization`,
//!   `ReverseSequence`, `RotaryEmbedding`, `Trilu`; ONNX Runtime's of the last two names, `docs/ContribOperators.md`).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};

macro_rules! words {
    ($($kind:literal)*) => {
        &[
            $(Onnx::word($kind, onnx)),*,
            // Tables of angles.
            Onnx::word("RotaryEmbedding", onnx).settings(&[1, 2]),
            Onnx::word("RotaryEmbedding", onnx).settings(&[2, 3]).microsoft(),
            Onnx::word("Trilu", onnx).microsoft(),
        ]
    };
}

pub(super) const OPERATOR: Operator = Operator {
    name: "along",
    title: "Along an axis",
    onnx: words!("CumProd" "CumSum" "LRN" "LpNormalization" "MeanVarianceNormalization" "ReverseSequence" "Trilu"),
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    tensor::same(call)
}
