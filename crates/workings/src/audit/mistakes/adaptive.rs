//! Pools that do not round down, and pools whose output is given: wrong rules for an axis of their space.
//!
//! - Rounding up: a last window must start inside the input or its left padding (PyTorch,
//!   `aten/src/ATen/native/Pool.h`).
//! - Adaptive: the output's size is the one that is told; global: 1 (PyTorch `torch/nn/modules/pooling.py`). Taken for a
//!   kernel instead, that size O gives ⌊(H − O)/O⌋ + 1, and the 1 of a global pool leaves the input as it is.

use super::window::Window;
use super::{Mistake, Wrong};

pub(super) const S20A: Mistake = Mistake {
    code: "S20a",
    name: "a last window outside the input counted",
    does: "counts a last window that starts outside the input",
    here: "A last window counts only if it starts inside the input or the padding before it",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis).filter(|w| w.clipped)?;
        Some(w.room().ceil_div(w.stride) + 1)
    }),
};

pub(super) const S20B: Mistake = Mistake {
    code: "S20b",
    name: "an adaptive pool's size taken for a kernel",
    does: "takes the size that an adaptive pool is given for its kernel",
    here: "An adaptive pool gives the size that it is told, whatever comes in",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        if !seen.is("extent", "adaptive") {
            return None;
        }
        let (size, kernel) = (*seen.space.get(axis)?, seen.on("size", axis)?);
        Some((size - kernel).floor_div(kernel) + 1)
    }),
};

pub(super) const S20C: Mistake = Mistake {
    code: "S20c",
    name: "a global pool taken for a kernel of 1",
    does: "takes a global pool for a kernel of 1, which keeps the size",
    here: "A global pool joins the whole space into one position",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| if seen.is("extent", "global") { seen.space.get(axis).copied() } else { None }),
};
