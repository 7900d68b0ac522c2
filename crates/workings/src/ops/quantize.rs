//! Numbers in fewer bits, and back.
//!
//! - Shape: the input's (ONNX operators `QuantizeLinear`, `DequantizeLinear`, `DynamicQuantizeLinear`, which gives the scale
//!   and the zero point too).
//! - ONNX Runtime has the first two for more types (`docs/ContribOperators.md`).
//! - What is stored in fewer bits and dequantised is a parameter of as many elements.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Costs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "quantize",
    title: "Quantisation",
    onnx: &[
        Onnx::word("DequantizeLinear", dequantize).with(&[Some(Role::Weight), Some(Role::Constant)]),
        Onnx::word("DynamicQuantizeLinear", dynamic),
        Onnx::word("QuantizeLinear", quantize).with(&[None, Some(Role::Constant)]),
        Onnx::word("DequantizeLinear", dequantize).with(&[Some(Role::Weight), Some(Role::Constant)]).microsoft(),
        Onnx::word("QuantizeLinear", quantize).with(&[None, Some(Role::Constant)]).microsoft(),
    ],
    ..Operator::NEW
};

fn quantize<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let dtype = match call.int_if_told("output_dtype").filter(|told| *told != 0) {
        Some(told) => Dtype::of_onnx(told),
        None if call.has(2) => call.dtype(2),
        None => Dtype::UINT8,
    };
    let mut row = Row::giving([Given::of(shape.clone(), dtype)]);
    row.costs = Costs { divisions: Some(tensor::product(call, shape)), ..Costs::default() };
    Ok(row)
}

fn dequantize<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let dtype = match call.int_if_told("output_dtype").filter(|told| *told != 0) {
        Some(told) => Dtype::of_onnx(told),
        None => call.dtype(1),
    };
    let mut row = Row::giving([Given::of(shape.clone(), dtype)]);
    row.costs = Costs { multiplications: Some(tensor::product(call, shape)), ..Costs::default() };
    Ok(row)
}

fn dynamic<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (byte, shape) = (Dtype::UINT8, call.shape(0)?);
    let further = [Given::of(Shape::new(), Dtype::FLOAT32), Given::of(Shape::new(), byte)];
    let mut row = Row::giving([Given::of(shape.clone(), byte)].into_iter().chain(further).take(call.outputs()));
    let elements = tensor::product(call, shape);
    row.costs = Costs { divisions: Some(elements), comparisons: Some(elements * 2), ..Costs::default() };
    Ok(row)
}
