//! Sizes: wrong rules for an axis of the output's space, where a window slides.
//!
//! - The true rule: H_out = ⌊(H − K_eff + 2P)/S⌋ + 1 (Dumoulin & Visin 2016, relationships 6 and 15,
//!   <https://arxiv.org/abs/1603.07285>). Each rule here departs from it in one thing and keeps the rest, the rounding too.
//! - A 3×3 kernel with stride 1 and padding 1 hides seven of them (S4 to S8, S13, S14): S2 and S3 are one number there, and
//!   so are S1 and S9.

use super::window::Window;
use super::{Mistake, Wrong};

pub(super) const S1: Mistake = Mistake {
    code: "S1",
    name: "the padding left out",
    does: "leaves the padding out",
    here: "The padding is added on both sides before the window moves",
    rarity: 0,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size - w.reach()))
    }),
};

pub(super) const S2: Mistake = Mistake {
    code: "S2",
    name: "the padding added once",
    does: "adds the padding once",
    here: "The padding stands on both sides, so it is added twice",
    rarity: 1,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size - w.reach() + w.before))
    }),
};

pub(super) const S3: Mistake = Mistake {
    code: "S3",
    name: "the + 1 left out",
    does: "leaves the + 1 out",
    here: "The first window stands before any step, so 1 is added to the steps",
    rarity: 0,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.steps(w.room()))
    }),
};

pub(super) const S4: Mistake = Mistake {
    code: "S4",
    name: "the division by the stride left out",
    does: "leaves the division by the stride out",
    here: "The window moves by the stride, so the room is divided by it",
    rarity: 0,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.room() + 1)
    }),
};

pub(super) const S5A: Mistake = Mistake {
    code: "S5a",
    name: "rounded up instead of down",
    does: "rounds the quotient up",
    here: "The quotient is rounded down: a window that does not fit is left out",
    rarity: 1,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis).filter(|w| !w.up)?;
        Some(w.room().ceil_div(w.stride) + 1)
    }),
};

pub(super) const S5B: Mistake = Mistake {
    code: "S5b",
    name: "rounded down instead of up",
    does: "rounds the quotient down",
    here: "The quotient is rounded up here: a window that fits in part still counts",
    rarity: 1,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis).filter(|w| w.up)?;
        Some(w.room().floor_div(w.stride) + 1)
    }),
};

pub(super) const S6: Mistake = Mistake {
    code: "S6",
    name: "rounded to the nearest",
    does: "rounds the result to the nearest whole number",
    here: "The quotient is rounded in one direction, whatever its fraction",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        // ⌊x + 1/2⌋ of x = room/S + 1, in whole numbers.
        let w = Window::of(seen, axis)?;
        Some((w.room() * 2 + w.stride).floor_div(w.stride * 2) + 1)
    }),
};

pub(super) const S7: Mistake = Mistake {
    code: "S7",
    name: "taken for same padding",
    does: "divides the input by the stride and rounds up, as for `same` padding",
    here: "The size follows from the kernel and the padding that are given",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.size.ceil_div(w.stride))
    }),
};

pub(super) const S8: Mistake = Mistake {
    code: "S8",
    name: "the input divided by the stride",
    does: "divides the input by the stride and rounds down",
    here: "The kernel and the padding count too, and 1 is added",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.size.floor_div(w.stride))
    }),
};

pub(super) const S9: Mistake = Mistake {
    code: "S9",
    name: "1 taken away instead of added",
    does: "takes 1 away instead of adding it",
    here: "The first window stands before any step, so 1 is added to the steps",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.steps(w.room()) - 1)
    }),
};

pub(super) const S10: Mistake = Mistake {
    code: "S10",
    name: "the kernel added",
    does: "adds the kernel instead of taking it away",
    here: "The window has to fit in, so the kernel is taken away from the input",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size + w.reach() + w.before + w.after))
    }),
};

pub(super) const S11: Mistake = Mistake {
    code: "S11",
    name: "the kernel left out",
    does: "leaves the kernel out",
    here: "The window has to fit in, so the kernel is taken away from the input",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size + w.before + w.after))
    }),
};

pub(super) const S12: Mistake = Mistake {
    code: "S12",
    name: "the kernel less 1 taken away",
    does: "takes the kernel less 1 away, and adds 1 once more",
    here: "The whole kernel is taken away, and 1 is added once, after the division",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size - w.reach() + 1 + w.before + w.after))
    }),
};

pub(super) const S13: Mistake = Mistake {
    code: "S13",
    name: "the 1 added before the division",
    does: "adds the 1 before the division",
    here: "The 1 is added after the division by the stride",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.steps(w.room() + 1))
    }),
};

pub(super) const S14: Mistake = Mistake {
    code: "S14",
    name: "the input's size copied",
    does: "copies the size of the input",
    here: "The window changes the size: what it reaches over is taken away, and the rest divided by the stride",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis).or_else(|| Window::transposed(seen, axis))?;
        Some(w.size)
    }),
};

pub(super) const S15: Mistake = Mistake {
    code: "S15",
    name: "the padding taken away",
    does: "takes the padding away instead of adding it",
    here: "The padding makes the input larger, so it is added on both sides",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(w.positions(w.size - w.reach() - w.before - w.after))
    }),
};
