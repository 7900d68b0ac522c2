//! Proving beforehand that plain `i64` will do, from the least and the greatest number in each column.

use super::lanes::{Act, By, EXACT, What, reaches};
use crate::arithmetic::join;
use crate::page::{Pair, Relation};
use crate::value::Word;

/// From … to, both included.
pub(super) type Span = (i64, i64);

/// Follows the ranges through one act, as far as it is exact for everything in them.
pub(super) fn proven(act: &Act, ranges: &mut [Span]) -> Option<()> {
    let a = ranges[act.a as usize];
    let b = match act.b {
        By::Number(n) => (n, n),
        By::Register(b) => ranges[b as usize],
    };
    match act.what {
        What::Answer => {}
        What::Fill => ranges[act.to as usize] = b,
        What::Join(pair) => ranges[act.to as usize] = joined(pair, a, b, act.b)?,
        What::Claim(Relation::DividesInto) => _ = joined(Pair::Div, a, b, act.b)?,
        // Lanes in which the claim holds are all that matters from here on.
        What::Claim(relation) => {
            let low = if matches!(relation, Relation::AtLeast | Relation::Equal) { b.0 } else { a.0 };
            let high = if matches!(relation, Relation::AtMost | Relation::Equal) { b.1 } else { a.1 };
            let narrowed = (a.0.max(low), a.1.min(high));
            ranges[act.a as usize] = narrowed;
            return (narrowed.0 <= narrowed.1).then_some(());
        }
    }
    Some(())
}

/// Where a joined with b can lie, if it is sure to be worked out exactly.
fn joined(pair: Pair, a: Span, b: Span, by: By) -> Option<Span> {
    let size = |(low, high): Span| low.unsigned_abs().max(high.unsigned_abs());
    let divides = matches!(pair, Pair::Div | Pair::FloorDiv | Pair::CeilDiv);
    let exact = match by {
        _ if !divides => true,
        By::Number(d) => reaches(d, size(a)),
        By::Register(_) => size(a) < EXACT && size(b) < EXACT,
    };
    if !exact {
        return None;
    }
    if divides && b.0 < 1 {
        // A divisor that may be negative is −1 or further from 0: at most the sign changes.
        return Some((-(size(a) as i64), size(a) as i64));
    }
    let pair = if pair == Pair::Div { Pair::FloorDiv } else { pair };
    // Each way of joining rises or falls evenly in each of the two, so its extremes are at the corners.
    let corner = |x: i64, y: i64| i64::try_from(join(pair, x.into(), y.into())?).ok();
    let (first, last) = (corner(a.0, b.0)?, corner(a.1, b.1)?);
    let (up, down) = if b.0 == b.1 { (first, last) } else { (corner(a.0, b.1)?, corner(a.1, b.0)?) };
    let span = (first.min(last).min(up).min(down), first.max(last).max(up).max(down));
    is_small(span).then_some(span)
}

pub(super) fn is_small((low, high): Span) -> bool {
    Word::small(low).is_some() && Word::small(high).is_some()
}
