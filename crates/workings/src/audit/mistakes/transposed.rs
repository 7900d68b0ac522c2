//! Transposed convolution: wrong rules for an axis of its output's space.
//!
//! - The true rule: H_out = (H − 1)·S + K_eff − 2P + E (Dumoulin & Visin 2016, relationship 14,
//!   <https://arxiv.org/abs/1603.07285>; PyTorch `torch/nn/modules/conv.py`, `ConvTranspose2d`, `output_padding`).

use calc::Qty;

use super::window::Window;
use super::{Mistake, Wrong};

pub(super) const S19A: Mistake = Mistake {
    code: "S19a",
    name: "the forward formula",
    does: "works the size out as of a convolution that is not transposed",
    here: "A transposed convolution goes the other way: the stride multiplies, and the padding is taken away",
    rarity: 1,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::transposed(seen, axis)?;
        Some(w.room().floor_div(w.stride) + 1)
    }),
};

pub(super) const S19B: Mistake = Mistake {
    code: "S19b",
    name: "the extra size left out",
    does: "leaves the extra size at the end out",
    here: "The extra size is added at the end of each axis",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::transposed(seen, axis)?;
        seen.on("extra", axis)?;
        Some(grown(&w, w.reach()) - w.before - w.after)
    }),
};

pub(super) const S19C: Mistake = Mistake {
    code: "S19c",
    name: "the padding not taken away",
    does: "leaves the padding out",
    here: "The padding is cut off on both sides of what the kernels laid",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::transposed(seen, axis)?;
        Some(grown(&w, w.reach()) + seen.on("extra", axis)?)
    }),
};

pub(super) const S19D: Mistake = Mistake {
    code: "S19d",
    name: "the input multiplied by the stride",
    does: "multiplies the input by the stride",
    here: "That holds only where the kernel and the paddings make up for each other: (H − 1)·S + K − 2P + E",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::transposed(seen, axis)?;
        Some(w.size * w.stride)
    }),
};

/// What the kernels cover before anything is cut off: (H − 1)·S + K_eff.
pub(super) fn grown<'c>(w: &Window<'c>, reach: Qty<'c>) -> Qty<'c> {
    (w.size - 1) * w.stride + reach
}
