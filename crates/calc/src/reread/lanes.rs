//! Registers of many numbers side by side, and what can be done to them.

use std::mem::swap;

use crate::page::{Pair, Relation};

/// How many bindings go side by side. A register is 1 KiB of them, so some thirty stay in the nearest cache.
pub(super) const LANES: usize = 128;

pub(super) type Lanes = [i64; LANES];

/// One thing done to all lanes.
#[derive(Clone, Copy)]
pub(super) struct Act {
    pub what: What,
    pub to: u32,
    pub a: u32,
    pub b: By,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum What {
    /// to = b, which is a number
    Fill,
    /// to = a joined with b
    Join(Pair),
    /// a stands so to b, or the lane has failed
    Claim(Relation),
    /// a is what wanted line number `to` comes to
    Answer,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum By {
    Register(u32),
    /// The same number in every lane; a divisor is 2 or more.
    Number(i64),
}

/// Registers, and which lanes have failed: a divisor was 0, a division left a remainder, a claim did not hold.
///
/// A failed lane goes on with numbers that mean nothing, so nothing here may panic whatever the numbers are.
pub(super) struct Registers {
    #[expect(clippy::vec_box, reason = "a register and the spare one change places without being copied")]
    pub at: Vec<Box<Lanes>>,
    pub failed: Box<Lanes>,
    /// Where the next result is written, to be exchanged with the register that it belongs in.
    spare: Box<Lanes>,
}

impl Registers {
    pub(super) fn new(count: usize) -> Registers {
        let lanes = || Box::new([0; LANES]);
        Registers { at: (0..count).map(|_| lanes()).collect(), failed: lanes(), spare: lanes() }
    }

    pub(super) fn act(&mut self, act: &Act) {
        use {Pair::*, Relation::*};
        match (act.what, act.b) {
            (What::Fill, By::Number(n)) => self.at[act.to as usize].fill(n),
            (What::Join(Add), _) => self.compute(act, i64::wrapping_add),
            (What::Join(Sub), _) => self.compute(act, i64::wrapping_sub),
            (What::Join(Mul), _) => self.compute(act, i64::wrapping_mul),
            (What::Join(Min), _) => self.compute(act, i64::min),
            (What::Join(Max), _) => self.compute(act, i64::max),
            (What::Claim(AtLeast), _) => self.check(act, |x, y| x >= y),
            (What::Claim(AtMost), _) => self.check(act, |x, y| x <= y),
            (What::Claim(Equal), _) => self.check(act, |x, y| x == y),
            (What::Claim(Joins), _) => self.check(act, |x, y| (x == y) | (x == 1) | (y == 1)),
            (What::Join(Div | FloorDiv | CeilDiv) | What::Claim(DividesInto), By::Number(d)) => {
                // Strides of 2 are so common that they have earned a way of their own, three times as fast.
                if d.count_ones() == 1 {
                    let bits = d.trailing_zeros();
                    return self.divide(act, |x, _| x >> bits);
                }
                let reciprocal = reciprocal(d);
                self.divide(act, |x, _| floor_by(reciprocal, x));
            }
            (What::Join(Div | FloorDiv | CeilDiv) | What::Claim(DividesInto), By::Register(_)) => {
                self.check(act, |_, y| y != 0);
                self.divide(act, floor);
            }
            (What::Answer | What::Fill, _) => {}
        }
    }

    #[inline(always)]
    fn divide(&mut self, act: &Act, floor: impl Fn(i64, i64) -> i64) {
        match act.what {
            What::Join(Pair::CeilDiv) => return self.compute(act, |x, y| floor(x.wrapping_neg(), y).wrapping_neg()),
            What::Join(Pair::FloorDiv) => {}
            _ => self.check(act, |x, y| floor(x, y).wrapping_mul(y) == x),
        }
        if let What::Join(_) = act.what {
            self.compute(act, floor);
        }
    }

    #[inline(always)]
    fn compute(&mut self, act: &Act, f: impl Fn(i64, i64) -> i64) {
        let Registers { at, spare, .. } = self;
        each(spare, &at[act.a as usize], act.b, at, |out, x, y| *out = f(x, y));
        swap(&mut at[act.to as usize], spare);
    }

    #[inline(always)]
    fn check(&mut self, act: &Act, holds: impl Fn(i64, i64) -> bool) {
        let Registers { at, failed, .. } = self;
        each(failed, &at[act.a as usize], act.b, at, |failed, x, y| *failed |= i64::from(!holds(x, y)));
    }
}

#[inline(always)]
fn each(out: &mut Lanes, a: &Lanes, b: By, at: &[Box<Lanes>], f: impl Fn(&mut i64, i64, i64)) {
    match b {
        By::Number(y) => out.iter_mut().zip(a).for_each(|(out, &x)| f(out, x, y)),
        By::Register(b) => out.iter_mut().zip(a).zip(&*at[b as usize]).for_each(|((out, &x), &y)| f(out, x, y)),
    }
}

/// ⌊x ÷ y⌋, exact where both are smaller than 2^53 in size and y is not 0.
///
/// Such integers are `f64` without loss. If y divides x, so is the quotient. If not, x ÷ y lies at least 1/|y| from the next
/// integer on either side, and rounding moves it by at most 2^−53 × |x ÷ y| < 1/|y|: it stays between the two.
#[inline(always)]
fn floor(x: i64, y: i64) -> i64 {
    let quotient = x as f64 / y as f64;
    let whole = quotient as i64;
    whole.wrapping_sub(i64::from(whole as f64 > quotient))
}

/// The reach of [`floor`].
pub(super) const EXACT: u64 = 1 << 53;

/// ⌈2^64 ÷ d⌉ for d ≥ 2.
fn reciprocal(d: i64) -> u64 {
    u64::MAX / d as u64 + 1
}

/// ⌊x ÷ d⌋ by multiplying with d's reciprocal.
///
/// With reciprocal × d = 2^64 + e, an x = qd + r ≥ 0 gives x × reciprocal ÷ 2^64 = q + (r + xe ÷ 2^64) ÷ d, whose floor is q as
/// long as xe < 2^64, which [`reaches`] holds. For x < 0 the floor is −1 − ⌊(−1 − x) ÷ d⌋, and −1 − n is n with all bits turned.
#[inline(always)]
fn floor_by(reciprocal: u64, x: i64) -> i64 {
    let sign = x >> 63;
    let quotient = (u128::from((x ^ sign) as u64) * u128::from(reciprocal)) >> 64;
    quotient as i64 ^ sign
}

/// Whether [`floor_by`] is exact for every number up to this size.
pub(super) fn reaches(d: i64, size: u64) -> bool {
    let over = reciprocal(d).wrapping_mul(d as u64);
    size.checked_mul(over).is_some()
}
