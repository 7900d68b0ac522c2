//! Flatten: wrong rules for how many features it gives.
//!
//! - The true rule: H · W · C, every element of one example (PyTorch `torch/nn/modules/flatten.py`; Keras
//!   `keras/src/layers/reshaping/flatten.py`).
//! - The batch flattened with the rest is T5 among the readings: a sheet is about one example, where it hides.

use calc::Qty;

use super::{Mistake, Seen, Wrong};

pub(super) const S20D: Mistake = Mistake {
    code: "S20d",
    name: "the height left out of a flatten",
    does: "leaves the height out of the features",
    here: "Flatten puts every element in one row: height × width × channels",
    rarity: 3,
    rule: Wrong::Depth(|seen| without(seen, 2)),
};

pub(super) const S20E: Mistake = Mistake {
    code: "S20e",
    name: "the width left out of a flatten",
    does: "leaves the width out of the features",
    here: "Flatten puts every element in one row: height × width × channels",
    rarity: 3,
    rule: Wrong::Depth(|seen| without(seen, 1)),
};

pub(super) const S20F: Mistake = Mistake {
    code: "S20f",
    name: "the channels left out of a flatten",
    does: "leaves the channels out of the features",
    here: "Flatten puts every element in one row: height × width × channels",
    rarity: 2,
    rule: Wrong::Depth(|seen| {
        let flattens = seen.op == "flatten" && !seen.space.is_empty();
        flattens.then(|| seen.product(seen.space.iter().copied()))
    }),
};

/// The features without the axis that stands so far from the end of the space.
fn without<'c>(seen: &Seen<'c, '_>, from_end: usize) -> Option<Qty<'c>> {
    let axes = seen.space.len();
    if seen.op != "flatten" || axes < from_end.max(2) {
        return None;
    }
    let others = seen.space.iter().enumerate().filter(|(axis, _)| *axis != axes - from_end);
    Some(seen.product(others.map(|(_, size)| *size).chain([seen.c_in])))
}
