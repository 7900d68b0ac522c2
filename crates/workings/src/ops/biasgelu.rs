//! An activation of what a bias was added to.
//!
//! - Shape: the input's; half of its last axis where one half weighs the other (ONNX Runtime's `BiasAdd`, `BiasGelu`,
//!   `BiasSoftmax`, `BiasSplitGelu`, `FastGelu`, `docs/ContribOperators.md`).
//! - One bias for each element of the last axis. No multiply-adds.

use super::{Onnx, Operator, activation, tensor};
use crate::call::{Answer, Call};
use crate::node::{Built, Costs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "biasgelu",
    title: "Bias and activation",
    onnx: &[
        Onnx::word("BiasAdd", add).with(&[None, Some(Role::Bias)]).microsoft(),
        Onnx::word("BiasGelu", |call| activated(call, "gelu")).with(&[None, Some(Role::Bias)]).microsoft(),
        Onnx::word("BiasSoftmax", |call| activated(call, "softmax")).microsoft(),
        Onnx::word("BiasSplitGelu", split).with(&[None, Some(Role::Bias)]).microsoft(),
        Onnx::word("FastGelu", |call| activated(call, "gelu")).with(&[None, Some(Role::Bias)]).microsoft(),
    ],
    ..Operator::NEW
};

/// A bias, and what is passed around, are added.
fn add<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = tensor::same(call)?;
    row.costs.additions = Some(tensor::product(call, call.shape(0)?) * 2);
    Ok(row)
}

fn activated<'c>(call: &Call<'c, '_>, function: &'static str) -> Answer<'c> {
    let mut row = tensor::same(call)?.setting("function", Built::Word(function));
    let elements = tensor::product(call, call.shape(0)?);
    row.costs = activation::by_name(function).map(|known| known.of(elements)).unwrap_or_default();
    if call.has(1) {
        row.costs.additions = Some(row.costs.additions.map_or(elements, |own| own + elements));
    }
    Ok(row)
}

/// One half of the features, times GELU of the other.
fn split<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let last = shape.len() - 1;
    let mut out: Shape<'c> = shape.clone();
    out[last] = shape[last] / 2;
    let (elements, half) = (tensor::product(call, shape), tensor::product(call, &out));
    let mut row = Row::giving([tensor::given(call, out)]);
    let gelu = activation::by_name("gelu").map(|known| known.of(half)).unwrap_or_default();
    row.costs = Costs {
        multiplications: Some(gelu.multiplications.map_or(half, |own| own + half)),
        additions: Some(gelu.additions.map_or(elements, |own| own + elements)),
        ..gelu
    };
    Ok(row)
}
