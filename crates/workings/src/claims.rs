//! What can be wrong with a layer's numbers: each claim that a rule makes, its code, and what to do when it fails.

use crate::node;
use crate::ops::{attention, conv, crop, join, matmul, pool, recurrent, reshape, split, transposed, window};

/// A claim as findings speak of it.
pub struct Known {
    /// What the rule says.
    pub says: &'static str,
    /// Its code.
    pub code: &'static str,
    /// What to do, given the two numbers that were compared.
    pub hint: fn(i128, i128) -> String,
}

/// Every claim that a rule makes, by its words. A new one is a line here.
pub const CLAIMS: &[Known] = &[
    Known { says: attention::BATCHES, code: "shapes", hint: |batch, other| both(batch, other, "batch size") },
    Known { says: attention::LENGTHS, code: "shapes", hint: |values, keys| both(values, keys, "length") },
    Known { says: attention::SHARED, code: "heads", hint: divisors },
    Known { says: conv::GROUPS_IN, code: "groups", hint: divisors },
    Known { says: conv::GROUPS_OUT, code: "groups", hint: divisors },
    Known { says: crop::LEFT, code: "crop", hint: |left, _| format!("crop {} less", 1 - left) },
    Known { says: join::EQUAL, code: "shapes", hint: |size, other| both(size, other, "size") },
    Known { says: join::JOINS, code: "shapes", hint: |size, other| both(size, other, "size") },
    Known { says: matmul::INNER, code: "shapes", hint: |size, other| both(size, other, "size") },
    Known { says: node::POSITIVE, code: "size", hint: |_, _| "bind the symbol to 1 or more".into() },
    Known {
        says: pool::HALF,
        code: "padding",
        hint: |_, half| format!("pad by {half} at most, or put a `zeropad` before it"),
    },
    Known { says: recurrent::PROJECTION, code: "projection", hint: |_, most| at_most(most) },
    Known { says: reshape::DIVIDES, code: "reshape", hint: |of, _| format!("take sizes whose product divides {of}") },
    Known { says: reshape::ELEMENTS, code: "reshape", hint: |_, left| format!("write {left} or -1 for the last size") },
    Known { says: split::PARTS, code: "shapes", hint: divisors },
    Known { says: transposed::REMAINS, code: "window", hint: |left, _| format!("pad by {} positions less", 1 - left) },
    Known { says: transposed::SMALLER_EXTRA, code: "extra", hint: |_, most| at_most(most) },
    Known { says: transposed::SMALL_EXTRA, code: "extra", hint: |_, most| at_most(most) },
    Known {
        says: window::EITHER,
        code: "dilation",
        hint: |_, _| "take a stride of 1 or a dilation of 1, or other rules".into(),
    },
    Known { says: window::EVEN, code: "stride", hint: uneven },
    Known { says: window::INSIDE, code: "window", hint: larger },
    Known { says: window::SOME, code: "window", hint: larger },
];

/// A code of a finding.
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub says: &'static str,
}

/// Every code that a finding can have, in alphabetical order.
pub const CODES: &[Code] = &[
    Code { code: "claim", says: "A condition of a layer's rule does not hold." },
    Code { code: "crop", says: "Nothing is left of an axis after cropping." },
    Code { code: "dilation", says: "A stride and a dilation stand together, which the rules of the network refuse." },
    Code { code: "division", says: "A number does not divide without a remainder, or it is divided by 0." },
    Code {
        code: "extra",
        says: "More is added to a transposed convolution's output than its stride or dilation allows.",
    },
    Code { code: "groups", says: "The channels do not split into the groups." },
    Code { code: "heads", says: "The features do not split into the heads." },
    Code { code: "layer", says: "A layer could not be worked out from what it was given." },
    Code { code: "notation", says: "A line of the network could not be read." },
    Code {
        code: "padding",
        says: "A pool is padded by more than half its kernel, which the rules of the network refuse.",
    },
    Code { code: "projection", says: "The projection of a recurrent layer is not smaller than its units." },
    Code { code: "reshape", says: "A shape does not hold as many elements as it is given." },
    Code { code: "shapes", says: "Shapes that are joined do not fit each other." },
    Code { code: "size", says: "A size is below 1." },
    Code { code: "stride", says: "A stride leaves positions over, where rounding is strict." },
    Code { code: "too-large", says: "A number passes 2^127." },
    Code { code: "window", says: "A window does not fit inside its padded input." },
];

/// The claim with these words.
pub fn known(says: &str) -> Option<&'static Known> {
    CLAIMS.iter().find(|claim| claim.says == says)
}

fn at_most(most: i128) -> String {
    match most {
        ..=0 => "leave it out".into(),
        most => format!("take {most} at most"),
    }
}

fn both(size: i128, other: i128, what: &str) -> String {
    format!("give both the {what} {size}, or both {other}")
}

fn larger(_: i128, _: i128) -> String {
    "take a smaller kernel, pad more, or feed a larger input".into()
}

fn uneven(room: i128, stride: i128) -> String {
    match stride {
        1.. => match room.rem_euclid(stride) {
            1 => "1 position is left over; write `rounding floor` to leave it unread".into(),
            left => format!("{left} positions are left over; write `rounding floor` to leave them unread"),
        },
        _ => "take a stride of 1 or more".into(),
    }
}

/// How far from what was asked for divisors are looked for.
const AROUND: i128 = 1000;

/// The divisors nearest to what was asked for, on both sides.
fn divisors(of: i128, near: i128) -> String {
    let divides = |d: &i128| of % d == 0;
    let end = near.min(of.saturating_add(1));
    let below = (1.max(end.saturating_sub(AROUND))..end).rev().find(divides);
    let above = (1.max(near.saturating_add(1))..=of.min(near.saturating_add(AROUND))).find(divides);
    match (below, above) {
        (Some(a), Some(b)) => format!("try {a} or {b}"),
        (Some(one), None) | (None, Some(one)) => format!("try {one}"),
        (None, None) => "take a number that divides the channels".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{CLAIMS, CODES};

    #[test]
    fn every_code_is_explained_in_alphabetical_order() {
        assert!(CODES.windows(2).all(|two| two[0].code < two[1].code));
        for claim in CLAIMS {
            assert!(CODES.iter().any(|code| code.code == claim.code), "{}", claim.code);
        }
    }
}
