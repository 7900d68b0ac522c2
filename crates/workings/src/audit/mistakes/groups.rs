//! Groups: wrong rules for the parameters of convolutions whose kernels do not reach through every channel.
//!
//! - The true rule: each of the C_out kernels has C_in/G · K_h · K_w weights (PyTorch `torch/nn/modules/conv.py`,
//!   `groups`). Depthwise: as many groups as channels come in (Keras `layers/convolutional/base_depthwise_conv.py`).
//! - Without groups these are all masked.

use super::params::Kernels;
use super::{Mistake, Parts, Seen, Wrong};
use crate::node::Role;

pub(super) const P13A: Mistake = Mistake {
    code: "P13a",
    name: "the groups left out",
    does: "lets every kernel reach through all channels",
    here: "A kernel reaches through the channels of its group alone: C_in ÷ groups",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        let k = plain(seen)?;
        Some(k.parts(k.area * seen.c_in))
    }),
};

pub(super) const P13B: Mistake = Mistake {
    code: "P13b",
    name: "channels and kernels both divided",
    does: "divides the kernels by the groups as well as the channels",
    here: "Only the channels of a kernel are divided by the groups: all kernels are there",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let k = plain(seen)?;
        let fan_in = k.fan_in();
        let weights = fan_in * (k.kernels / k.groups);
        Some(Parts { fan_in: Some(fan_in), weights: Some(weights), biases: k.biases })
    }),
};

pub(super) const P13C: Mistake = Mistake {
    code: "P13c",
    name: "one group counted",
    does: "counts one group and its biases",
    here: "Every group has kernels of its own",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let k = plain(seen)?;
        let (fan_in, kernels) = (k.fan_in(), k.kernels / k.groups);
        Some(Parts { fan_in: Some(fan_in), weights: Some(fan_in * kernels), biases: k.biases.map(|_| kernels) })
    }),
};

pub(super) const P13D: Mistake = Mistake {
    code: "P13d",
    name: "depthwise counted as full",
    does: "counts the depthwise convolution as a full one",
    here: "A depthwise kernel reaches through one channel",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        let depthwise = seen.op == "conv" && seen.one("multiplier").is_some();
        let sides = Some(seen.all("kernel")).filter(|sides| depthwise && !sides.is_empty())?;
        let fan_in = seen.product(sides) * seen.c_in;
        let (weights, biases) = (fan_in * seen.c_out, seen.tensors_of(Role::Bias));
        Some(Parts { fan_in: Some(fan_in), weights: Some(weights), biases })
    }),
};

/// The kernels of a convolution in groups that are not simply its channels.
fn plain<'c>(seen: &Seen<'c, '_>) -> Option<Kernels<'c>> {
    if seen.one("multiplier").is_some() { None } else { Kernels::of(seen) }
}
