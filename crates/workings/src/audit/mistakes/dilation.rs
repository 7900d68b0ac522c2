//! Dilated kernels: wrong rules for how far a kernel reaches.
//!
//! - The true rule: K_eff = D(K − 1) + 1 (Dumoulin & Visin 2016, section 5.1, <https://arxiv.org/abs/1603.07285>); the rest is
//!   the size of a window, or of a transposed one.

use calc::Qty;

use super::transposed::grown;
use super::window::Window;
use super::{Mistake, Seen, Wrong};

pub(super) const S16A: Mistake = Mistake {
    code: "S16a",
    name: "the dilation left out",
    does: "leaves the dilation out",
    here: "A dilated kernel reaches over D(K − 1) + 1 positions",
    rarity: 2,
    rule: Wrong::Size(|seen, axis| reaching(seen, axis, |w| w.kernel)),
};

pub(super) const S16B: Mistake = Mistake {
    code: "S16b",
    name: "the kernel multiplied by the dilation",
    does: "takes D × K for the reach of the kernel",
    here: "The gaps stand between the elements of the kernel, so it reaches over D(K − 1) + 1 positions",
    rarity: 3,
    rule: Wrong::Size(|seen, axis| reaching(seen, axis, |w| w.dilation * w.kernel)),
};

/// The size, with another reach.
fn reaching<'c>(seen: &Seen<'c, '_>, axis: usize, reach: fn(&Window<'c>) -> Qty<'c>) -> Option<Qty<'c>> {
    match Window::of(seen, axis) {
        Some(w) => Some(w.positions(w.size - reach(&w) + w.before + w.after)),
        None => {
            let w = Window::transposed(seen, axis)?;
            Some(grown(&w, reach(&w)) - w.before - w.after + seen.on("extra", axis)?)
        }
    }
}
