//! The page: lines of arithmetic, each with what it comes to.

use std::fmt;
use std::num::NonZeroU32;

use crate::arithmetic::{claimed, joined};
use crate::value::{Value, Word};

/// A line of a page, by number. Lines stand after every line that they use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(NonZeroU32);

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({})", self.number())
    }
}

impl Line {
    /// The line of this number.
    #[inline]
    pub(crate) fn new(number: u32) -> Line {
        // One more is kept, so that no line takes as much room as a line.
        Line(NonZeroU32::MIN.saturating_add(number))
    }

    #[inline]
    pub(crate) fn number(self) -> u32 {
        self.0.get() - 1
    }

    /// Its number on the page, from 0.
    #[inline]
    pub fn index(self) -> usize {
        self.number() as usize
    }
}

/// How many lines a page holds at most: a line's number has 29 bits.
pub const LINES: usize = 1 << 29;

/// What two lines are joined by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Pair {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a × b
    Mul,
    /// a ÷ b; broken where it leaves a remainder
    Div,
    /// ⌊a ÷ b⌋
    FloorDiv,
    /// ⌈a ÷ b⌉
    CeilDiv,
    /// the smaller of the two
    Min,
    /// the larger of the two
    Max,
}

const PAIRS: [Pair; 8] =
    [Pair::Add, Pair::Sub, Pair::Mul, Pair::Div, Pair::FloorDiv, Pair::CeilDiv, Pair::Min, Pair::Max];

/// What a claim says of its subject and the other line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// subject ≥ other
    AtLeast,
    /// subject ≤ other
    AtMost,
    /// subject = other
    Equal,
    /// subject = other, or one of the two is 1
    Joins,
    /// other divides subject
    DividesInto,
}

impl Relation {
    /// In words, as they stand behind "is not".
    pub fn says(self) -> &'static str {
        match self {
            Relation::AtLeast => "at least",
            Relation::AtMost => "at most",
            Relation::Equal => "equal to",
            Relation::Joins => "1 or equal to",
            Relation::DividesInto => "a multiple of",
        }
    }

    /// Whether it holds between two numbers.
    pub fn holds(self, subject: i128, other: i128) -> bool {
        match self {
            Relation::AtLeast => subject >= other,
            Relation::AtMost => subject <= other,
            Relation::Equal => subject == other,
            Relation::Joins => subject == other || subject == 1 || other == 1,
            Relation::DividesInto => other != 0 && subject % other == 0,
        }
    }
}

/// A statement that must hold for a line to mean anything.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The line that it is about.
    pub subject: Line,
    /// What is said of it …
    pub relation: Relation,
    /// … and of this one.
    pub other: Line,
    /// In words, as a student reads them: "the window fits inside the padded input".
    pub says: &'static str,
}

/// How a line was made.
#[derive(Clone, Copy, Debug)]
pub enum Step<'p> {
    /// A number written in a formula.
    Literal,
    /// A setting of the network: a number, or a symbol or unknown that stands on the line `of`.
    Given {
        /// What the setting is called.
        name: &'p str,
        /// The line of the symbol, where it is not a number.
        of: Option<Line>,
    },
    /// A symbol, open or bound to a number.
    Symbol {
        /// As its owner wrote it.
        name: &'p str,
    },
    /// Two lines joined.
    Pair {
        /// How.
        pair: Pair,
        /// The left one.
        a: Line,
        /// The right one.
        b: Line,
    },
    /// The same number under a name: a step of a working.
    Called {
        /// The name.
        name: &'p str,
        /// The line that it names.
        of: Line,
    },
    /// A number taken in from outside under a name: where a working stops.
    Taken {
        /// The name.
        name: &'p str,
        /// The line outside.
        of: Line,
    },
    /// The same number, provided that a claim holds.
    Claimed {
        /// The claim.
        claim: &'p Claim,
    },
    /// Nothing could be worked out here.
    Broken {
        /// Why.
        why: &'p str,
    },
}

/// An entry: 6 bits of operation, two operands of 29 bits, and the value.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    code: u64,
    pub(crate) value: Word,
}

const OPERAND: u32 = 29;
const MASK: u64 = (1 << OPERAND) - 1;

/// Operations beyond the eight pairs.
pub(crate) mod op {
    pub(crate) const LITERAL: u8 = 8;
    pub(crate) const GIVEN: u8 = 9;
    pub(crate) const GIVEN_AS: u8 = 10;
    pub(crate) const SYMBOL: u8 = 11;
    pub(crate) const CALLED: u8 = 12;
    pub(crate) const TAKEN: u8 = 13;
    pub(crate) const CLAIMED: u8 = 14;
    pub(crate) const BROKEN: u8 = 15;
}

impl Entry {
    #[inline(always)]
    pub(crate) fn new(op: u8, a: u32, b: u32, value: Word) -> Entry {
        Entry { code: u64::from(op) << (2 * OPERAND) | u64::from(a) << OPERAND | u64::from(b), value }
    }

    #[inline(always)]
    fn op(&self) -> u8 {
        (self.code >> (2 * OPERAND)) as u8
    }

    #[inline(always)]
    fn a(&self) -> u32 {
        (self.code >> OPERAND & MASK) as u32
    }

    #[inline(always)]
    fn b(&self) -> u32 {
        (self.code & MASK) as u32
    }
}

/// A page that has been written: every line, how it was made and what it comes to.
#[derive(Clone)]
pub struct Page {
    pub(crate) entries: Vec<Entry>,
    pub(crate) bigs: Vec<i128>,
    pub(crate) names: Vec<Box<str>>,
    pub(crate) claims: Vec<Claim>,
}

impl Page {
    pub(crate) fn new() -> Page {
        let mut page = Page { entries: Vec::new(), bigs: Vec::new(), names: Vec::new(), claims: Vec::new() };
        // Line 0 is what a full page answers with, so that it can be named without being written.
        page.names.push("the page is full: a page holds 536,870,912 lines".into());
        page.entries.push(Entry::new(op::BROKEN, 0, 0, Word::broken(Line::new(0))));
        page
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 1
    }

    /// Every line, in order.
    pub fn lines(&self) -> impl Iterator<Item = Line> + use<> {
        (0..self.entries.len() as u32).map(Line::new)
    }

    /// The lines of a range of numbers.
    pub fn between(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = Line> + use<> {
        (range.start as u32..range.end.min(self.entries.len()) as u32).map(Line::new)
    }

    /// What a line comes to.
    pub fn value(&self, line: Line) -> Value {
        self.entries[line.index()].value.value(&self.bigs)
    }

    /// The number that a line comes to, if there is one.
    pub fn known(&self, line: Line) -> Option<i128> {
        self.value(line).known()
    }

    /// How a line was made.
    pub fn step(&self, line: Line) -> Step<'_> {
        let entry = &self.entries[line.index()];
        let (a, b) = (entry.a(), entry.b());
        let name = || &*self.names[b as usize];
        match entry.op() {
            op::LITERAL => Step::Literal,
            op::GIVEN => Step::Given { name: name(), of: None },
            op::GIVEN_AS => Step::Given { name: name(), of: Some(Line::new(a)) },
            op::SYMBOL => Step::Symbol { name: name() },
            op::CALLED => Step::Called { name: name(), of: Line::new(a) },
            op::TAKEN => Step::Taken { name: name(), of: Line::new(a) },
            op::CLAIMED => Step::Claimed { claim: &self.claims[b as usize] },
            op::BROKEN => Step::Broken { why: name() },
            pair => Step::Pair { pair: PAIRS[usize::from(pair)], a: Line::new(a), b: Line::new(b) },
        }
    }

    /// The lines that a line was made from.
    pub fn uses(&self, line: Line) -> impl Iterator<Item = Line> + use<> {
        let (a, b) = match self.step(line) {
            Step::Literal | Step::Symbol { .. } | Step::Broken { .. } => (None, None),
            Step::Given { of, .. } => (of, None),
            Step::Pair { a, b, .. } => (Some(a), Some(b)),
            Step::Called { of, .. } | Step::Taken { of, .. } => (Some(of), None),
            Step::Claimed { claim } => (Some(claim.subject), Some(claim.other)),
        };
        a.into_iter().chain(b)
    }

    /// Every symbol on the page with the line that it stands on.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = (Line, &str)> {
        let symbols = (0..).zip(&self.entries).filter(|(_, entry)| entry.op() == op::SYMBOL);
        symbols.map(|(number, entry)| (Line::new(number), &*self.names[entry.b() as usize]))
    }

    /// Every claim on the page with the line that it stands on.
    pub fn claims(&self) -> impl Iterator<Item = (Line, &Claim)> {
        self.lines().filter_map(|line| match self.step(line) {
            Step::Claimed { claim } => Some((line, claim)),
            _ => None,
        })
    }

    /// What a line comes to when the lines before it come to `values`.
    #[inline(always)]
    pub(crate) fn again(&self, line: Line, values: &[Word], bigs: &mut Vec<i128>) -> Word {
        let entry = &self.entries[line.index()];
        match entry.op() {
            op::LITERAL | op::GIVEN | op::SYMBOL | op::BROKEN => match entry.value.as_small() {
                Some(_) => entry.value,
                None => match entry.value.value(&self.bigs) {
                    Value::Known(n) => Word::number(n, bigs),
                    _ => entry.value,
                },
            },
            op::GIVEN_AS | op::CALLED | op::TAKEN => values[entry.a() as usize],
            op::CLAIMED => {
                let claim = &self.claims[entry.b() as usize];
                claimed(claim.relation, values[claim.subject.index()], values[claim.other.index()], bigs, line)
            }
            pair => {
                let (a, b) = (values[entry.a() as usize], values[entry.b() as usize]);
                joined(PAIRS[usize::from(pair)], a, b, bigs, line)
            }
        }
    }
}
