//! Dense layers after a flatten: wrong rules for how many features come in.
//!
//! - The true rule: C_in · units weights, where C_in is every element of what was flattened, H · W · C, and one bias a unit
//!   (PyTorch `torch/nn/modules/linear.py`, `flatten.py`).

use calc::Qty;

use super::{Before, Mistake, Parts, Seen, Wrong};
use crate::node::Role;

pub(super) const P12A: Mistake = Mistake {
    code: "P12a",
    name: "the channels alone for the features",
    does: "takes the channels alone for the features",
    here: "Every element that was flattened is a feature: height × width × channels",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        let before = flattened(seen)?;
        Some(parts(seen, before.flattened[0]))
    }),
};

pub(super) const P12B: Mistake = Mistake {
    code: "P12b",
    name: "the channels left out of the features",
    does: "leaves the channels out of the features",
    here: "Every element that was flattened is a feature: height × width × channels",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let before = flattened(seen)?;
        Some(parts(seen, seen.product(before.flattened[1..].iter().copied())))
    }),
};

pub(super) const P12C: Mistake = Mistake {
    code: "P12c",
    name: "one side left out of the features",
    does: "leaves the last side of the space out of the features",
    here: "Every element that was flattened is a feature: height × width × channels",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        let before = flattened(seen)?;
        let (_, others) = before.flattened.split_last().filter(|(_, others)| others.len() > 1)?;
        Some(parts(seen, seen.product(others.iter().copied())))
    }),
};

pub(super) const P12D: Mistake = Mistake {
    code: "P12d",
    name: "the size before the last pool",
    does: "takes the size before the last pool",
    here: "The features are those after the last pool, which made the space smaller",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        let before = flattened(seen)?;
        if before.unpooled.is_empty() {
            return None;
        }
        Some(parts(seen, seen.product(before.unpooled.iter().copied())))
    }),
};

pub(super) const P12E: Mistake = Mistake {
    code: "P12e",
    name: "features and units added",
    does: "adds the features and the units",
    here: "Every unit weighs every feature, so the two are multiplied",
    rarity: 4,
    rule: Wrong::Params(|seen| {
        let sum = seen.c_in + seen.c_out;
        (seen.op == "dense").then_some(Parts { weights: Some(sum), ..Parts::default() })
    }),
};

/// What was flattened into the features of a dense layer.
fn flattened<'c, 's>(seen: &'s Seen<'c, '_>) -> Option<&'s Before<'c>> {
    let dense = seen.op == "dense";
    seen.before.as_ref().filter(|before| dense && before.flattened.len() > 1)
}

/// A layer of the same units with so many features.
fn parts<'c>(seen: &Seen<'c, '_>, features: Qty<'c>) -> Parts<'c> {
    let weights = features * seen.c_out;
    Parts { fan_in: Some(features), weights: Some(weights), biases: seen.tensors_of(Role::Bias) }
}
