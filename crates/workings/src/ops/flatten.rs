//! Flatten: an example's elements in one row.
//!
//! - Shape: H · W · C features (PyTorch `torch/nn/modules/flatten.py`; Keras `keras/src/layers/reshaping/flatten.py`). The
//!   order of the elements differs between the two, their number does not.
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::node::{Node, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "flatten",
    title: "Flatten",
    words: &[Word { word: "flatten", ..Word::PLAIN }],
    keras: &[super::Keras::layer("Flatten", crate::keras::nothing)],
    rule,
    onnx: &[Onnx::word("Flatten", onnx)],
};

fn rule<'c>(flatten: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = flatten.any(0)?;
    let features = flatten.calc.product(input.space.iter().copied().chain([input.c])).called("features");
    Ok(Row::of(input.shape(features, [])))
}

/// ONNX: what stands before an axis, and what stands from it on.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let told = call.int("axis", 1);
    let axis = if told == shape.len() as i64 { shape.len() } else { call.axis(told, shape.len().max(1))? };
    let (before, after) = shape.split_at(axis.min(shape.len()));
    let out = [tensor::product(call, before), tensor::product(call, after).called("features")];
    Ok(Row::giving([tensor::given(call, Shape::from_slice(&out))]))
}
