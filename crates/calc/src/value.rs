//! What a line of arithmetic comes to.

use crate::Line;

/// What a line comes to. Unknown is never zero: it is `Open` or `Broken`, and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An exact integer of at most 127 bits.
    Known(i128),
    /// A symbol below this line has not been given.
    Open,
    /// It cannot be worked out; the line where it first went wrong.
    Broken(Line),
}

impl Value {
    /// The integer, if there is one.
    pub fn known(self) -> Option<i128> {
        match self {
            Value::Known(n) => Some(n),
            _ => None,
        }
    }
}

/// A value in 64 bits, so that a line of the page takes 16 bytes and no more.
///
/// A number between −2^62 and 2^62 − 1 stands as itself: its two top bits are equal. Every other word begins with the
/// bits 01, then two bits of kind, then an index: a larger number's place in the page's side table, or the line that broke.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(i64);

const SPECIAL: i64 = 1 << 62;
const BROKEN: i64 = SPECIAL | 1 << 60;
const BIG: i64 = SPECIAL | 2 << 60;

impl Word {
    pub(crate) const OPEN: Word = Word(SPECIAL);

    pub(crate) fn broken(line: Line) -> Word {
        Word(BROKEN | i64::from(line.number()))
    }

    /// The number as it stands, or its place in the side table.
    #[inline(always)]
    pub(crate) fn number(n: i128, bigs: &mut Vec<i128>) -> Word {
        match i64::try_from(n).ok().and_then(Word::small) {
            Some(word) => word,
            None => {
                bigs.push(n);
                Word(BIG | (bigs.len() - 1) as i64)
            }
        }
    }

    #[inline(always)]
    pub(crate) fn small(n: i64) -> Option<Word> {
        (n << 1 >> 1 == n).then_some(Word(n))
    }

    #[inline(always)]
    pub(crate) fn as_small(self) -> Option<i64> {
        (self.0 << 1 >> 1 == self.0).then_some(self.0)
    }

    /// What the word stands for, with the side table that its page keeps.
    #[inline]
    pub(crate) fn value(self, bigs: &[i128]) -> Value {
        if let Some(n) = self.as_small() {
            return Value::Known(i128::from(n));
        }
        let index = self.0 as u32;
        match self.0 >> 60 & 0b11 {
            0 => Value::Open,
            1 => Value::Broken(Line::new(index)),
            _ => Value::Known(bigs[index as usize]),
        }
    }
}
