//! A depthwise convolution that looks back alone, and hands on what the next step has to look back at.
//!
//! - Shape: the input's, batch × channels × length; the state is the last K − 1 positions (ONNX operator
//!   `CausalConvWithState`; ONNX Runtime's of the same name, with a dilation: (K − 1) · D positions,
//!   `docs/ContribOperators.md`).
//! - Weights: C · K, and one bias a channel. Multiply-adds: K for every element of the output.

use super::{Onnx, Operator, activation, tensor};
use crate::call::{Answer, Call, Given};
use crate::node::{Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "causalconv",
    title: "Causal convolution",
    onnx: &[
        Onnx::word("CausalConvWithState", onnx).with(WEIGHED),
        Onnx::word("CausalConvWithState", contributed).with(WEIGHED).microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHED: &[Option<Role>] = &[None, Some(Role::Weight), Some(Role::Bias)];

/// Settings of ONNX Runtime's that change what its tensors are.
const FURTHER: [&str; 7] = [
    "channels_last",
    "input_channel_offset",
    "input_channels",
    "state_channels_last",
    "state_length",
    "state_update_capacity",
    "state_window",
];

fn contributed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let further = FURTHER.iter().find(|name| call.int(name, 0) > 0);
    match further.or((call.int("ndim", 1) != 1).then_some(&"ndim")) {
        Some(name) => Err(call.unknown(format!("with `{name}` it has no rule yet"))),
        None => onnx(call),
    }
}

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (shape, weights) = (call.shape_of(0, 3)?, call.shape_of(1, 3)?);
    let kernel = weights[2].taken("K");
    let kept = match call.int("dilation", 1) {
        dilation @ 2.. => (kernel - 1) * call.given("D", dilation),
        _ => kernel - 1,
    };
    let state = Given::of(Shape::from_slice(&[shape[0], shape[1], kept]), call.dtype(0));
    let same = tensor::given(call, shape.clone());
    let mut row = Row::giving([same, state].into_iter().take(call.outputs().max(1)));
    let outputs = tensor::product(call, shape).called("outputs");
    row.macs = Macs { conv: Some(outputs * kernel), ..Macs::default() };
    row.costs.additions = call.has(2).then_some(outputs);
    Ok(activation::after(call, row))
}
