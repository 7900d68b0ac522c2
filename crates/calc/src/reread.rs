//! Reading a page again with other numbers at its leaves.
//!
//! A [`Reading`] takes one binding at a time and works through `Page::again`, so it says what the page itself would say.
//! A [`Tape`] takes a column of numbers for each leaf and works through many bindings side by side.

mod lanes;
mod maker;
mod proof;
mod tape;

use std::fmt;

pub use tape::{Answers, Tape};

use crate::page::{Line, Page, Step};
use crate::value::{Value, Word};

/// A line was to be given a number, but it is worked out from others or stands in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALeaf(pub Line);

impl fmt::Display for NotALeaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} cannot be given a number: only a symbol, or a setting that is a number, can", self.0.index())
    }
}

impl std::error::Error for NotALeaf {}

/// A page read again, one binding at a time.
///
/// Only the lines below the leaves are worked out again. After the first reading nothing is allocated, unless more
/// numbers than ever before pass 62 bits.
pub struct Reading<'p> {
    page: &'p Page,
    leaves: Box<[Line]>,
    below: Box<[Line]>,
    values: Box<[Word]>,
    bigs: Vec<i128>,
}

impl<'p> Reading<'p> {
    /// The page as it stands, ready to be read with other numbers at these leaves: symbols, or settings that are numbers.
    ///
    /// Where a leaf is named twice, its later number holds.
    pub fn of(page: &'p Page, leaves: &[Line]) -> Result<Reading<'p>, NotALeaf> {
        let mut moves = vec![false; page.len()];
        for &leaf in leaves {
            match page.step(leaf) {
                Step::Symbol { .. } | Step::Given { of: None, .. } => moves[leaf.index()] = true,
                _ => return Err(NotALeaf(leaf)),
            }
        }
        let mut below = Vec::new();
        for line in page.lines() {
            if page.uses(line).any(|used| moves[used.index()]) {
                moves[line.index()] = true;
                below.push(line);
            }
        }
        let values = page.entries.iter().map(|entry| entry.value).collect();
        Ok(Reading { page, leaves: leaves.into(), below: below.into(), values, bigs: page.bigs.clone() })
    }

    /// The page ready to be read for these lines alone: they, and what they are made of, are worked out again. Any other
    /// line keeps what the page says of it.
    pub fn only(
        page: &'p Page,
        leaves: &[Line],
        wanted: impl IntoIterator<Item = Line>,
    ) -> Result<Reading<'p>, NotALeaf> {
        let mut needed = vec![false; page.len()];
        wanted.into_iter().for_each(|line| needed[line.index()] = true);
        let lines: Vec<Line> = page.lines().collect();
        for &line in lines.iter().rev() {
            if needed[line.index()] {
                page.uses(line).for_each(|used| needed[used.index()] = true);
            }
        }
        let mut reading = Reading::of(page, leaves)?;
        reading.below = reading.below.iter().copied().filter(|line| needed[line.index()]).collect();
        Ok(reading)
    }

    /// Reads the page with these numbers, one for each leaf in the order in which the leaves were named.
    ///
    /// # Panics
    ///
    /// If there are more or fewer numbers than leaves.
    pub fn read(&mut self, numbers: &[i128]) {
        assert_eq!(numbers.len(), self.leaves.len(), "one number for each leaf");
        // Lines that are not read again still point into the page's own side table, which stays at the bottom.
        self.bigs.truncate(self.page.bigs.len());
        for (leaf, &n) in self.leaves.iter().zip(numbers) {
            self.values[leaf.index()] = Word::number(n, &mut self.bigs);
        }
        for &line in &self.below {
            self.values[line.index()] = self.page.again(line, &self.values, &mut self.bigs);
        }
    }

    /// What a line came to in this reading.
    pub fn value(&self, line: Line) -> Value {
        self.values[line.index()].value(&self.bigs)
    }
}
