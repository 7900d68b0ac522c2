//! Normalisation: wrong rules for its parameters.
//!
//! - The true rule: one scale and one shift a channel (layer normalisation: an element of the normalised axes) are learned;
//!   the running mean and variance of batch normalisation are stored and not learned (Ioffe & Szegedy 2015,
//!   <https://arxiv.org/abs/1502.03167>; PyTorch `torch/nn/modules/batchnorm.py`).

use super::{Mistake, Parts, Wrong};
use crate::node::Role;

pub(super) const P14A: Mistake = Mistake {
    code: "P14a",
    name: "stored statistics counted as learned",
    does: "counts four numbers a channel, the running mean and variance too",
    here: "A scale and a shift are learned for each channel: mean and variance are stored, not learned",
    rarity: 1,
    rule: Wrong::Params(|seen| {
        (seen.op == "batchnorm").then(|| Parts { weights: Some(seen.c_in * 4), ..Parts::default() })
    }),
};

pub(super) const P14B: Mistake = Mistake {
    code: "P14b",
    name: "the shift left out",
    does: "counts the scale alone",
    here: "A scale and a shift are learned for each channel: two numbers",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        if !matches!(seen.op, "batchnorm" | "groupnorm" | "instancenorm" | "layernorm") {
            return None;
        }
        seen.tensors_of(Role::Bias)?;
        Some(Parts { weights: Some(seen.tensors_of(Role::Weight)?), ..Parts::default() })
    }),
};

pub(super) const P14C: Mistake = Mistake {
    code: "P14c",
    name: "a scale and a shift where one is missing",
    does: "counts a scale and a shift, as if the layer had both",
    here: "This layer is without its scale or its shift, so one number a channel is learned at most",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let lacks = seen.is("scale", "no") || seen.is("shift", "no");
        let parts = Parts { weights: Some(seen.c_in), biases: Some(seen.c_in), ..Parts::default() };
        (seen.op == "batchnorm" && lacks).then_some(parts)
    }),
};
