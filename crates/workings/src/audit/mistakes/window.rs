//! A sliding window as wrong rules take it apart: the quantities of H_out = ⌊(H − K_eff + 2P)/S⌋ + 1, an axis at a time
//! (Dumoulin & Visin 2016, relationships 6 and 15, <https://arxiv.org/abs/1603.07285>).

use calc::Qty;

use super::Seen;

/// The window of a convolution or a pool on an axis.
#[derive(Clone, Copy)]
pub(super) struct Window<'c> {
    pub size: Qty<'c>,
    pub kernel: Qty<'c>,
    pub dilation: Qty<'c>,
    pub stride: Qty<'c>,
    pub before: Qty<'c>,
    pub after: Qty<'c>,
    /// Whether a quotient is rounded up here.
    pub up: bool,
    /// Whether a last window must start inside the input.
    pub clipped: bool,
}

impl<'c> Window<'c> {
    /// Of a layer whose window slides forwards.
    pub fn of(seen: &Seen<'c, '_>, axis: usize) -> Option<Window<'c>> {
        if matches!(seen.op, "conv" | "pool") { Window::any(seen, axis) } else { None }
    }

    /// Of a transposed convolution, which lays it the other way round.
    pub fn transposed(seen: &Seen<'c, '_>, axis: usize) -> Option<Window<'c>> {
        if seen.op == "transposed" { Window::any(seen, axis) } else { None }
    }

    fn any(seen: &Seen<'c, '_>, axis: usize) -> Option<Window<'c>> {
        let (before, after) = seen.pads(axis)?;
        let clipped = seen.is("rounding", "ceil");
        Some(Window {
            size: *seen.space.get(axis)?,
            kernel: seen.on("kernel", axis)?,
            dilation: seen.on("dilation", axis)?,
            stride: seen.on("stride", axis)?,
            before,
            after,
            up: clipped || seen.is("rounding", "ceil unclipped"),
            clipped,
        })
    }

    /// How far it reaches: D(K − 1) + 1.
    pub fn reach(&self) -> Qty<'c> {
        (self.dilation * (self.kernel - 1) + 1).called("K_eff")
    }

    /// What is left for it to move in: H − K_eff + 2P.
    pub fn room(&self) -> Qty<'c> {
        self.size - self.reach() + self.before + self.after
    }

    /// A room divided by the stride, rounded as it is here.
    pub fn steps(&self, room: Qty<'c>) -> Qty<'c> {
        if self.up { room.ceil_div(self.stride) } else { room.floor_div(self.stride) }
    }

    /// How many positions it has in a room.
    pub fn positions(&self, room: Qty<'c>) -> Qty<'c> {
        let all = self.steps(room) + 1;
        if self.clipped { all.at_most((self.size + self.before).ceil_div(self.stride)) } else { all }
    }

    /// The right number of positions, for a window with a wrong setting.
    pub fn slid(self) -> Qty<'c> {
        self.positions(self.room())
    }
}
