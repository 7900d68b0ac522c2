//! What two numbers come to when they are joined or compared: exact, and checked at 127 bits.

use crate::page::{Line, Pair, Relation};
use crate::value::{Value, Word};

/// ⌊a ÷ b⌋ in mathematics, for negative numbers too; not the truncation that `/` does.
pub(crate) fn floor_div(a: i128, b: i128) -> Option<i128> {
    let q = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
}

/// a joined with b, or nothing where there is no such number of at most 127 bits.
pub(crate) fn join(pair: Pair, a: i128, b: i128) -> Option<i128> {
    match pair {
        Pair::Add => a.checked_add(b),
        Pair::Sub => a.checked_sub(b),
        Pair::Mul => a.checked_mul(b),
        Pair::Div => a.checked_div(b).filter(|q| q * b == a),
        Pair::FloorDiv => floor_div(a, b),
        Pair::CeilDiv => floor_div(a.checked_neg()?, b)?.checked_neg(),
        Pair::Min => Some(a.min(b)),
        Pair::Max => Some(a.max(b)),
    }
}

#[inline(always)]
pub(crate) fn joined(pair: Pair, a: Word, b: Word, bigs: &mut Vec<i128>, here: Line) -> Word {
    if let (Some(x), Some(y)) = (a.as_small(), b.as_small()) {
        // Two numbers of 63 bits: a sum cannot pass 64, and a quotient of a positive divisor is smaller than its dividend.
        let quick = match pair {
            Pair::Add => Some(x + y),
            Pair::Sub => Some(x - y),
            Pair::Mul => x.checked_mul(y),
            Pair::FloorDiv if y > 0 => Some(x.div_euclid(y)),
            Pair::CeilDiv if y > 0 => Some(-(-x).div_euclid(y)),
            Pair::Div if y > 0 && x % y == 0 => Some(x / y),
            Pair::Min => Some(x.min(y)),
            Pair::Max => Some(x.max(y)),
            _ => None,
        };
        if let Some(word) = quick.and_then(Word::small) {
            return word;
        }
    }
    joined_slowly(pair, a, b, bigs, here)
}

#[cold]
#[inline(never)]
fn joined_slowly(pair: Pair, a: Word, b: Word, bigs: &mut Vec<i128>, here: Line) -> Word {
    match (a.value(bigs), b.value(bigs)) {
        (Value::Broken(_), _) => a,
        (_, Value::Broken(_)) => b,
        (Value::Open, _) | (_, Value::Open) => Word::OPEN,
        (Value::Known(x), Value::Known(y)) => match join(pair, x, y) {
            Some(n) => Word::number(n, bigs),
            None => Word::broken(here),
        },
    }
}

#[inline]
pub(crate) fn claimed(relation: Relation, subject: Word, other: Word, bigs: &[i128], here: Line) -> Word {
    match (subject.value(bigs), other.value(bigs)) {
        (Value::Known(a), Value::Known(b)) if !relation.holds(a, b) => Word::broken(here),
        (Value::Broken(_), _) => subject,
        (_, Value::Broken(_)) => other,
        _ => subject,
    }
}
