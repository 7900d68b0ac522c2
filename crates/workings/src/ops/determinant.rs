//! The determinant and the inverse of a square matrix, or of a stack of them.
//!
//! - Shape: without the last two axes (ONNX operator `Det`); the input's (ONNX Runtime's `Inverse`,
//!   `docs/ContribOperators.md`).
//! - No parameters; no multiply-adds are counted, because how they are worked out is nowhere said.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "determinant",
    title: "Determinant and inverse",
    onnx: &[Onnx::word("Det", determinant), Onnx::word("Inverse", tensor::same).microsoft()],
    ..Operator::NEW
};

fn determinant<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 2)?;
    Ok(Row::giving([tensor::given(call, shape[..shape.len() - 2].iter().copied().collect::<Shape<'c>>())]))
}
