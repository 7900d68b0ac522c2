//! Settings taken from the wrong place: from the window before, from the other axis, one for the other.
//!
//! - The true rule is that of every window (`window.rs`); only what is put into it is wrong here.
//! - S17f gives what S4 gives. Only a step that shows the division by 1 tells them apart, so S17f counts as the rarer.

use super::window::Window;
use super::{Mistake, Wrong};

pub(super) const S17A: Mistake = Mistake {
    code: "S17a",
    name: "the kernel of the window before",
    does: "takes the kernel of the window before",
    here: "Each layer has a kernel of its own",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let kernel = seen.before.as_ref()?.window?[0];
        Some(Window { kernel, ..Window::of(seen, axis)? }.slid())
    }),
};

pub(super) const S17B: Mistake = Mistake {
    code: "S17b",
    name: "the stride of the window before",
    does: "takes the stride of the window before",
    here: "Each layer has a stride of its own",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let stride = seen.before.as_ref()?.window?[1];
        Some(Window { stride, ..Window::of(seen, axis)? }.slid())
    }),
};

pub(super) const S17C: Mistake = Mistake {
    code: "S17c",
    name: "the padding of the window before",
    does: "takes the padding of the window before",
    here: "Each layer has a padding of its own",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| {
        let padding = seen.before.as_ref()?.window?[2];
        Some(Window { before: padding, after: padding, ..Window::of(seen, axis)? }.slid())
    }),
};

pub(super) const S17D: Mistake = Mistake {
    code: "S17d",
    name: "kernel and stride exchanged",
    does: "takes the stride away and divides by the kernel",
    here: "The kernel is taken away, and the room divided by the stride",
    rarity: 4,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis)?;
        Some(Window { kernel: w.stride, stride: w.kernel, ..w }.slid())
    }),
};

pub(super) const S17E: Mistake = Mistake {
    code: "S17e",
    name: "height and width exchanged",
    does: "takes the width for the height, or the height for the width",
    here: "Each axis of the output comes from the same axis of the input",
    rarity: 4,
    rule: Wrong::Size(|seen, axis| {
        let [height, width] = seen.space[..] else { return None };
        let size = if axis == 0 { width } else { height };
        Some(Window { size, ..Window::of(seen, axis)? }.slid())
    }),
};

pub(super) const S17F: Mistake = Mistake {
    code: "S17f",
    name: "a pool's stride taken for 1",
    does: "takes 1 for the stride of the pool",
    here: "A pool moves by its stride, which is its kernel unless another is given",
    rarity: 5,
    rule: Wrong::Size(|seen, axis| {
        let w = Window::of(seen, axis).filter(|_| seen.op == "pool")?;
        Some(Window { stride: seen.number(1), ..w }.slid())
    }),
};
