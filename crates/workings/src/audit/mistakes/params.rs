//! Parameters: wrong rules for what a layer learns.
//!
//! - The true rule: C_out · C_in/G · K_h · K_w weights and one bias a kernel, shared by every position (CS231n,
//!   <https://cs231n.github.io/convolutional-networks/>; PyTorch `torch/nn/modules/conv.py`). A dense layer: C_in · units and
//!   one bias a unit (PyTorch `torch/nn/modules/linear.py`).
//! - Without sharing (P8), CS231n's first layer, 55×55×96 positions of 11×11×3 weights and a bias, would have 105,705,600.
//! - P2 takes 3 for the channels of an image; 1, of a grey one, is P3.

use calc::Qty;

use super::{Mistake, Parts, Seen, Wrong};
use crate::node::Role;

pub(super) const P1: Mistake = Mistake {
    code: "P1",
    name: "the biases left out",
    does: "leaves the biases out",
    here: "Every kernel and every unit has biases of its own",
    rarity: 0,
    rule: Wrong::Params(|seen| {
        if !matches!(seen.op, "conv" | "transposed" | "dense" | "rnn" | "lstm" | "gru") {
            return None;
        }
        seen.tensors_of(Role::Bias)?;
        let fan_in = Kernels::of(seen).map(|k| k.fan_in());
        Some(Parts { fan_in, weights: seen.tensors_of(Role::Weight), biases: None })
    }),
};

pub(super) const P2: Mistake = Mistake {
    code: "P2",
    name: "the image's 3 channels for those of the input",
    does: "takes the 3 channels of an image",
    here: "A kernel reaches through every channel that comes in from the layer before",
    rarity: 1,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        Some(k.parts(k.area * 3))
    }),
};

pub(super) const P3: Mistake = Mistake {
    code: "P3",
    name: "the channels left out",
    does: "leaves the channels of the input out",
    here: "A kernel reaches through every channel of its input, so its area is multiplied by them",
    rarity: 1,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        Some(k.parts(k.area))
    }),
};

pub(super) const P4A: Mistake = Mistake {
    code: "P4a",
    name: "one bias an input channel",
    does: "gives every channel of the input a bias",
    here: "Every kernel or unit has one bias, so there are as many as channels of the output",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        seen.tensors_of(Role::Bias)?;
        let (fan_in, weights) = match seen.op {
            "dense" => (None, seen.tensors_of(Role::Weight)?),
            _ => {
                let fan_in = Kernels::of(seen)?.fan_in();
                (Some(fan_in), fan_in * seen.c_out)
            }
        };
        Some(Parts { fan_in, weights: Some(weights), biases: Some(seen.c_in) })
    }),
};

pub(super) const P4B: Mistake = Mistake {
    code: "P4b",
    name: "input and output channels exchanged",
    does: "takes the channels of the output for those of the input, and the other way round",
    here: "A kernel has the channels of the input, and there are as many kernels as channels of the output",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        k.biases?;
        let fan_in = k.area * seen.c_out;
        Some(Parts { fan_in: Some(fan_in), weights: Some(fan_in * k.channels), biases: Some(seen.c_in) })
    }),
};

pub(super) const P5: Mistake = Mistake {
    code: "P5",
    name: "one bias for the layer",
    does: "gives the whole layer one bias",
    here: "Every kernel or unit has a bias of its own",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        if !matches!(seen.op, "conv" | "transposed" | "dense") {
            return None;
        }
        seen.tensors_of(Role::Bias)?;
        let fan_in = Kernels::of(seen).map(|k| k.fan_in());
        Some(Parts { fan_in, weights: seen.tensors_of(Role::Weight), biases: Some(seen.number(1)) })
    }),
};

pub(super) const P6: Mistake = Mistake {
    code: "P6",
    name: "a bias for every channel of every kernel",
    does: "gives every kernel a bias for each channel that it reaches through",
    here: "A kernel sums over all its channels and adds one bias",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        k.biases?;
        let slices = k.channels * k.kernels;
        Some(Parts { fan_in: Some(k.area * k.channels), weights: Some(k.area * slices), biases: Some(slices) })
    }),
};

pub(super) const P7A: Mistake = Mistake {
    code: "P7a",
    name: "one side of the kernel for its area",
    does: "takes one side of the kernel for its area",
    here: "A kernel has height × width weights in each channel",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        Some(k.parts(k.sides(2)?[0] * k.channels))
    }),
};

pub(super) const P7B: Mistake = Mistake {
    code: "P7b",
    name: "the sides of the kernel added",
    does: "adds the sides of the kernel instead of multiplying them",
    here: "A kernel has height × width weights in each channel",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        Some(k.parts(seen.calc.sum(k.sides(2)?.iter().copied()) * k.channels))
    }),
};

pub(super) const P8: Mistake = Mistake {
    code: "P8",
    name: "weights for every position",
    does: "gives every position of the output weights and biases of its own",
    here: "A kernel is the same at every position: its weights are shared",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen).filter(|_| seen.op == "conv")?;
        let positions = seen.product(seen.out.iter().copied());
        let fan_in = k.fan_in();
        let biases = k.biases.map(|biases| biases * positions);
        Some(Parts { fan_in: Some(fan_in), weights: Some(fan_in * k.kernels * positions), biases })
    }),
};

pub(super) const P9A: Mistake = Mistake {
    code: "P9a",
    name: "the input's size for the kernel's",
    does: "multiplies by the size of the input instead of the kernel's",
    here: "The weights are those of the kernel: the size of the input does not count",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen).filter(|_| seen.op == "conv")?;
        Some(k.parts(seen.product(seen.space.iter().copied()) * k.channels))
    }),
};

pub(super) const P9B: Mistake = Mistake {
    code: "P9b",
    name: "weights multiplied by the output's size",
    does: "multiplies the weights by the positions of the output, which counts multiply-adds",
    here: "The weights are shared by every position, so they are counted once",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen).filter(|_| seen.op == "conv")?;
        let fan_in = k.fan_in();
        let positions = seen.product(seen.out.iter().copied());
        Some(Parts { fan_in: Some(fan_in), weights: Some(fan_in * k.kernels * positions), biases: None })
    }),
};

pub(super) const P10: Mistake = Mistake {
    code: "P10",
    name: "the own kernels for the channels of the input",
    does: "takes the layer's own kernels for the channels of its input",
    here: "A kernel reaches through the channels of the input, which are the kernels of the layer before",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let k = Kernels::of(seen)?;
        Some(k.parts(k.area * (k.kernels / k.groups)))
    }),
};

pub(super) const P11A: Mistake = Mistake {
    code: "P11a",
    name: "the output counted as parameters",
    does: "counts the elements of the output as parameters",
    here: "This layer learns nothing: it has 0 parameters",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let elements = [seen.c_out].into_iter().chain(seen.out.iter().copied());
        seen.tensors.is_empty().then(|| Parts { weights: Some(seen.product(elements)), ..Parts::default() })
    }),
};

pub(super) const P11B: Mistake = Mistake {
    code: "P11b",
    name: "the input counted as parameters",
    does: "counts the elements of the input as parameters",
    here: "This layer learns nothing: it has 0 parameters",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let elements = [seen.c_in].into_iter().chain(seen.space.iter().copied());
        let changes = matches!(seen.op, "crop" | "pool" | "upsample" | "zeropad");
        changes.then(|| Parts { weights: Some(seen.product(elements)), ..Parts::default() })
    }),
};

pub(super) const P11C: Mistake = Mistake {
    code: "P11c",
    name: "a pool given the weights of a convolution",
    does: "gives the pool the weights and biases of a convolution",
    here: "A pool takes the largest value or the average: it has 0 parameters",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let fan_in = pooled(seen)? * seen.c_in;
        Some(Parts { fan_in: Some(fan_in), weights: Some(fan_in * seen.c_in), biases: Some(seen.c_in) })
    }),
};

pub(super) const P11D: Mistake = Mistake {
    code: "P11d",
    name: "a pool given a weight for each place of its window",
    does: "gives the pool a weight for each place of its window in each channel",
    here: "A pool takes the largest value or the average: it has 0 parameters",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let area = pooled(seen)?;
        Some(Parts { fan_in: Some(area), weights: Some(area * seen.c_in), biases: None })
    }),
};

/// The places of a pool's window.
fn pooled<'c>(seen: &Seen<'c, '_>) -> Option<Qty<'c>> {
    let sides = seen.all("kernel");
    (seen.op == "pool" && !sides.is_empty()).then(|| seen.product(sides))
}

/// The kernels of a convolution, transposed or not, whose weights are one tensor.
pub(super) struct Kernels<'c> {
    sides: Vec<Qty<'c>>,
    /// The places of a kernel in one channel.
    pub area: Qty<'c>,
    /// The channels that a kernel reaches through: C_in/G.
    pub channels: Qty<'c>,
    /// How many there are.
    pub kernels: Qty<'c>,
    /// The groups that they are in.
    pub groups: Qty<'c>,
    /// Their biases, where they have some.
    pub biases: Option<Qty<'c>>,
}

impl<'c> Kernels<'c> {
    pub fn of(seen: &Seen<'c, '_>) -> Option<Kernels<'c>> {
        let groups = seen.one("groups").filter(|_| matches!(seen.op, "conv" | "transposed"))?;
        let sides = seen.all("kernel");
        let area = seen.product(sides.iter().copied());
        let (channels, biases) = (seen.c_in / groups, seen.tensors_of(Role::Bias));
        Some(Kernels { sides, area, channels, kernels: seen.c_out, groups, biases })
    }

    /// The weights of one.
    pub fn fan_in(&self) -> Qty<'c> {
        self.area * self.channels
    }

    /// All weights, where one kernel has so many, and the right biases.
    pub fn parts(&self, fan_in: Qty<'c>) -> Parts<'c> {
        Parts { fan_in: Some(fan_in), weights: Some(fan_in * self.kernels), biases: self.biases }
    }

    /// The sides of a kernel that has at least so many.
    fn sides(&self, least: usize) -> Option<&[Qty<'c>]> {
        (self.sides.len() >= least).then_some(&self.sides)
    }
}
