//! Functions in whole numbers of 8 bits: each tensor has a scale and a zero point behind it.
//!
//! - Shape: that of the same function in numbers with a fraction (ONNX Runtime's `QLinearAdd`, `QLinearMul`, `QLinearSigmoid`,
//!   `QLinearLeakyRelu`, `QLinearSoftmax`, `QLinearConcat`, `QLinearWhere`, `MulInteger`, `docs/ContribOperators.md`). Pools,
//!   convolutions and products of matrices stand with their kin.
//! - No parameters, no multiply-adds. Each element that comes in is brought to numbers with a fraction by one multiplication,
//!   and each that goes out is brought back by one division, as by `DequantizeLinear` and `QuantizeLinear`.

use calc::Qty;

use super::{Onnx, Operator, activation, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Costs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "quantized",
    title: "In 8 bits",
    onnx: &[
        Onnx::word("MulInteger", whole).microsoft(),
        Onnx::word("QLinearAdd", two).with(PAIR).microsoft(),
        Onnx::word("QLinearConcat", concat).with(&[SCALE]).microsoft(),
        Onnx::word("QLinearLeakyRelu", one).with(&[None, SCALE, None, SCALE]).microsoft(),
        Onnx::word("QLinearMul", two).with(PAIR).microsoft(),
        Onnx::word("QLinearSigmoid", one).with(&[None, SCALE, None, SCALE]).microsoft(),
        Onnx::word("QLinearSoftmax", one).with(&[None, SCALE, None, SCALE]).microsoft(),
        Onnx::word("QLinearWhere", choice).with(&[None, None, SCALE, None, None, SCALE, None, SCALE]).microsoft(),
    ],
    ..Operator::NEW
};

const SCALE: Option<Role> = Some(Role::Constant);
/// Both tensors and the output, each with its scale and its zero point.
const PAIR: &[Option<Role>] = &[None, SCALE, None, None, SCALE, None, SCALE];

/// A function of one tensor.
fn one<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = tensor::same(call)?;
    let elements = tensor::product(call, call.shape(0)?);
    let name = call.raw.kind.trim_start_matches("QLinear").to_ascii_lowercase();
    row.costs = activation::of_onnx(&name).map(|known| known.of(elements)).unwrap_or_default();
    row.costs.multiplications = Some(row.costs.multiplications.map_or(elements, |own| own + elements));
    row.costs.divisions = Some(row.costs.divisions.map_or(elements, |own| own + elements));
    Ok(row)
}

/// A function of two tensors, stretched to one shape.
fn two<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (one, other) = (call.shape(0)?, call.shape(3)?);
    let out = tensor::stretched(call, &[one, other]);
    let (came, made) = (tensor::product(call, one) + tensor::product(call, other), tensor::product(call, &out));
    let mut row = Row::giving([tensor::given(call, out)]);
    row.costs = match &*call.raw.kind {
        "QLinearAdd" => costs(came, made, Some(made)),
        _ => costs(came + made, made, None),
    };
    Ok(row)
}

fn costs<'c>(multiplications: Qty<'c>, divisions: Qty<'c>, additions: Option<Qty<'c>>) -> Costs<'c> {
    Costs { multiplications: Some(multiplications), divisions: Some(divisions), additions, ..Costs::default() }
}

/// Products of bytes, in 32 bits.
fn whole<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let out = tensor::stretched(call, &[call.shape(0)?, call.shape(2)?]);
    let elements = tensor::product(call, &out);
    let mut row = Row::giving([Given::of(out, Dtype::INT32)]);
    row.costs.multiplications = Some(elements);
    Ok(row)
}

/// One tensor after the other along an axis: the output's scale and zero point come first.
fn concat<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shapes = (2..call.inputs()).step_by(3).map(|input| call.shape_of(input, 1)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = shapes.first() else { return Err(call.wrong("it has nothing to join")) };
    let axis = call.axis(call.int("axis", 1), first.len())?;
    let out = tensor::joined(call, &shapes, axis)?;
    let elements = tensor::product(call, &out);
    let mut row = Row::giving([Given::of(out, call.dtype(1))]);
    for scale in (3..call.inputs()).step_by(3) {
        row = call.param(row, scale, Role::Constant, tensor::product(call, call.shape(scale)?));
    }
    row.costs = costs(elements, elements, None);
    Ok(row)
}

/// Elements of one tensor or of another, by a condition.
fn choice<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shapes: [&Shape<'c>; 3] = [call.shape(0)?, call.shape(1)?, call.shape(4)?];
    let out = tensor::stretched(call, &shapes);
    let elements = tensor::product(call, &out);
    let mut row = Row::giving([Given::of(out, call.dtype(1))]);
    row.costs = costs(elements, elements, None);
    Ok(row)
}
