//! A mixture of experts: every position goes through a few of many small networks, which a router chooses.
//!
//! - Shape: the input's (ONNX Runtime's `MoE`, `QMoE`, `docs/ContribOperators.md`; Shazeer et al. 2017,
//!   <https://arxiv.org/abs/1701.06538>).
//! - Weights: those of all experts; in `QMoE` a byte may hold several, which are counted as the numbers that they are.
//! - Multiply-adds: every position meets all weights of as many experts as are chosen, k, whichever they are.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Built, Macs, Role};

pub(super) const OPERATOR: Operator = Operator {
    name: "experts",
    title: "Mixture of experts",
    onnx: &[
        Onnx::word("MoE", plain).with(&[None, None, WEIGHT, BIAS, WEIGHT, BIAS, WEIGHT, BIAS]).microsoft(),
        Onnx::word("QMoE", quantized)
            .with(&[None, None, WEIGHT, SCALE, BIAS, WEIGHT, SCALE, BIAS, WEIGHT, SCALE, BIAS, SCALE, SCALE, SCALE])
            .microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHT: Option<Role> = Some(Role::Weight);
const BIAS: Option<Role> = Some(Role::Bias);
const SCALE: Option<Role> = Some(Role::Constant);

fn plain<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    mixed(call, [2, 4, 6], [1, 1, 1])
}

/// Up to three layers an expert, each with its own number of bits.
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    if call.text("quant_type").is_some_and(|told| told != "int") {
        return Err(call.unknown("its weights are in a format that has no rule yet"));
    }
    let bits = call.int("expert_weight_bits", 4);
    let own = ["fc1_expert_weight_bits", "fc2_expert_weight_bits", "fc3_expert_weight_bits"];
    let own = own.map(|name| match call.int(name, 0) {
        0 => bits,
        told => told,
    });
    match own.iter().find(|bits| !matches!(bits, 2 | 4 | 8)) {
        Some(bits) => Err(call.unknown(format!("weights of {bits} bits have no rule yet"))),
        None => mixed(call, [2, 5, 8], own.map(|bits| 8 / bits)),
    }
}

/// The layers stand at these places, experts first, and hold so many numbers in each element.
fn mixed<'c>(call: &Call<'c, '_>, places: [usize; 3], packed: [i64; 3]) -> Answer<'c> {
    let shape = call.shape_of(0, 2)?;
    let positions = tensor::product(call, &shape[..shape.len() - 1]);
    let chosen = match call.int("k", 1) {
        told @ 1.. => call.given("experts", told),
        told => return Err(call.wrong(format!("it chooses {told} experts, and at least 1 is needed"))),
    };
    let mut row = tensor::same(call)?.setting("experts", Built::One(chosen));
    let mut each: Option<Qty<'c>> = None;
    for (place, packed) in places.into_iter().zip(packed) {
        if !call.has(place) {
            continue;
        }
        let weights = call.shape_of(place, 3)?;
        let stored = tensor::product(call, &weights[1..]);
        let own = if packed == 1 { stored } else { stored * packed };
        row = call.param(row, place, Role::Weight, (weights[0] * own).called("weights"));
        each = Some(each.map_or(own, |all| all + own));
    }
    row.macs = Macs { linear: each.map(|each| positions * chosen * each), ..Macs::default() };
    Ok(row)
}
