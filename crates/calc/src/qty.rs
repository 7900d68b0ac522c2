//! A quantity: a handle to a line, that can be calculated with.

use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

use crate::page::{Claim, Line, Pair, Relation};
use crate::writing::Calc;

/// A quantity on a page. Calculating with it writes further lines.
///
/// It has no order and no conversion to an integer, so a rule cannot branch on it: a choice between quantities is said
/// as arithmetic ([`Qty::at_most`], [`Qty::at_least`]), and a condition as a claim ([`Qty::fits`]).
#[derive(Clone, Copy)]
pub struct Qty<'c> {
    pub(crate) calc: &'c Calc,
    pub(crate) line: Line,
}

impl fmt::Debug for Qty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line.number())
    }
}

impl<'c> Qty<'c> {
    /// The line that it stands on.
    pub fn line(self) -> Line {
        self.line
    }

    /// The page that it is on.
    pub fn calc(self) -> &'c Calc {
        self.calc
    }

    /// ⌊self ÷ by⌋, downwards for negative numbers too.
    pub fn floor_div(self, by: impl Operand<'c>) -> Qty<'c> {
        self.calc.pair(Pair::FloorDiv, self, by.on(self.calc))
    }

    /// ⌈self ÷ by⌉.
    pub fn ceil_div(self, by: impl Operand<'c>) -> Qty<'c> {
        self.calc.pair(Pair::CeilDiv, self, by.on(self.calc))
    }

    /// The smaller of the two.
    pub fn at_most(self, limit: impl Operand<'c>) -> Qty<'c> {
        self.calc.pair(Pair::Min, self, limit.on(self.calc))
    }

    /// The larger of the two.
    pub fn at_least(self, limit: impl Operand<'c>) -> Qty<'c> {
        self.calc.pair(Pair::Max, self, limit.on(self.calc))
    }

    /// The same quantity under a name: a step of the working.
    pub fn called(self, name: &'static str) -> Qty<'c> {
        self.calc.called(self, name)
    }

    /// The same quantity as something that comes from outside: the working stops here.
    pub fn taken(self, name: &'static str) -> Qty<'c> {
        self.calc.taken(self, name)
    }

    /// Claims that this is 0 or more.
    pub fn fits(self, says: &'static str) -> Qty<'c> {
        self.claim(Relation::AtLeast, self.calc.literal(0), says)
    }

    /// Claims that this is 1 or more.
    pub fn positive(self, says: &'static str) -> Qty<'c> {
        self.claim(Relation::AtLeast, self.calc.literal(1), says)
    }

    /// Claims that this divides evenly by the other.
    pub fn splits_into(self, parts: Qty<'c>, says: &'static str) -> Qty<'c> {
        self.claim(Relation::DividesInto, parts, says)
    }

    /// Claims that the two are equal.
    pub fn equals(self, other: Qty<'c>, says: &'static str) -> Qty<'c> {
        self.claim(Relation::Equal, other, says)
    }

    /// Claims that this stands so to the other. The result is this quantity, and broken where the claim fails.
    pub fn claim(self, relation: Relation, other: Qty<'c>, says: &'static str) -> Qty<'c> {
        self.calc.claimed(Claim { subject: self.line, relation, other: other.line, says })
    }
}

/// What a quantity can be joined with: another, or a number that the formula has in it.
pub trait Operand<'c> {
    /// As a quantity on this page.
    fn on(self, calc: &'c Calc) -> Qty<'c>;
}

impl<'c> Operand<'c> for Qty<'c> {
    #[inline(always)]
    fn on(self, _: &'c Calc) -> Qty<'c> {
        self
    }
}

impl<'c> Operand<'c> for i64 {
    fn on(self, calc: &'c Calc) -> Qty<'c> {
        calc.literal(i128::from(self))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $doc:literal) => {
        impl<'c, B: Operand<'c>> $trait<B> for Qty<'c> {
            type Output = Qty<'c>;
            #[doc = $doc]
            #[inline(always)]
            fn $method(self, b: B) -> Qty<'c> {
                self.calc.pair(Pair::$trait, self, b.on(self.calc))
            }
        }
    };
}

operator!(Add, add, "a + b");
operator!(Sub, sub, "a − b");
operator!(Mul, mul, "a × b");
operator!(Div, div, "a ÷ b, broken where it leaves a remainder");
