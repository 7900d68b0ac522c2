//! Depth: wrong rules for the channels of the output.
//!
//! - The true rules: a convolution gives one channel a kernel (CS231n,
//!   <https://cs231n.github.io/convolutional-networks/>); a pool keeps the channels, for each is pooled alone (PyTorch
//!   `torch/nn/modules/pooling.py`).
//! - A pool has no number of kernels. Whoever gives it one has the one window, and so one channel.

use super::{Mistake, Wrong};

pub(super) const S18A: Mistake = Mistake {
    code: "S18a",
    name: "the depth of the input kept",
    does: "keeps the depth of the input",
    here: "Every kernel gives one channel, so the depth is the number of kernels",
    rarity: 2,
    rule: Wrong::Depth(|seen| matches!(seen.op, "conv" | "transposed").then(|| seen.c_in)),
};

pub(super) const S18B: Mistake = Mistake {
    code: "S18b",
    name: "one channel after a pool",
    does: "counts the window of the pool as one kernel, which gives one channel",
    here: "A pool works on each channel alone and keeps their number",
    rarity: 4,
    rule: Wrong::Depth(|seen| (seen.op == "pool").then(|| seen.number(1))),
};

pub(super) const S18C: Mistake = Mistake {
    code: "S18c",
    name: "depth and kernels multiplied",
    does: "multiplies the depth of the input by the number of kernels",
    here: "A kernel sums over the channels of its input, so the depth is the number of kernels alone",
    rarity: 4,
    rule: Wrong::Depth(|seen| matches!(seen.op, "conv" | "transposed").then(|| seen.c_in * seen.c_out)),
};

pub(super) const S18D: Mistake = Mistake {
    code: "S18d",
    name: "depth and kernels added",
    does: "adds the depth of the input to the number of kernels",
    here: "The channels of the input are used up, so the depth is the number of kernels alone",
    rarity: 5,
    rule: Wrong::Depth(|seen| matches!(seen.op, "conv" | "transposed").then(|| seen.c_in + seen.c_out)),
};
