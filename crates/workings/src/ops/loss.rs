//! Losses: how far scores are from the classes that were meant.
//!
//! - Shape: the classes', or a single number where they are summed or averaged (ONNX operators `NegativeLogLikelihoodLoss`,
//!   `SoftmaxCrossEntropyLoss`, attribute `reduction`); the second gives the logarithms of the probabilities too.
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "loss",
    title: "Loss",
    onnx: &[Onnx::word("NegativeLogLikelihoodLoss", onnx), Onnx::word("SoftmaxCrossEntropyLoss", onnx)],
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (scores, classes) = (call.shape(0)?, call.shape(1)?);
    let out = if call.text("reduction") == Some("none") { classes.clone() } else { Shape::new() };
    let further = (1..call.outputs()).map(|_| tensor::given(call, scores.clone()));
    let given: Vec<Given<'c>> = [tensor::given(call, out)].into_iter().chain(further).collect();
    Ok(Row::giving(given))
}
