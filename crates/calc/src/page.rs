//! The page: lines of arithmetic, each with what it comes to.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::Qty;
use crate::value::{Value, Word};

/// A line of a page, by number. Lines stand after every line that they use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(pub(crate) u32);

impl Line {
    /// Its number on the page, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
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
mod op {
    pub(super) const LITERAL: u8 = 8;
    pub(super) const GIVEN: u8 = 9;
    pub(super) const GIVEN_AS: u8 = 10;
    pub(super) const SYMBOL: u8 = 11;
    pub(super) const CALLED: u8 = 12;
    pub(super) const TAKEN: u8 = 13;
    pub(super) const CLAIMED: u8 = 14;
    pub(super) const BROKEN: u8 = 15;
}

impl Entry {
    #[inline(always)]
    fn new(op: u8, a: u32, b: u32, value: Word) -> Entry {
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
    names: Vec<Box<str>>,
    claims: Vec<Claim>,
}

impl Page {
    fn new() -> Page {
        let mut page = Page { entries: Vec::new(), bigs: Vec::new(), names: Vec::new(), claims: Vec::new() };
        // Line 0 is what a full page answers with, so that it can be named without being written.
        page.names.push("the page is full: a page holds 536,870,912 lines".into());
        page.entries.push(Entry::new(op::BROKEN, 0, 0, Word::broken(Line(0))));
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
        (0..self.entries.len() as u32).map(Line)
    }

    /// The lines of a range of numbers.
    pub fn between(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = Line> + use<> {
        (range.start as u32..range.end.min(self.entries.len()) as u32).map(Line)
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
            op::GIVEN_AS => Step::Given { name: name(), of: Some(Line(a)) },
            op::SYMBOL => Step::Symbol { name: name() },
            op::CALLED => Step::Called { name: name(), of: Line(a) },
            op::TAKEN => Step::Taken { name: name(), of: Line(a) },
            op::CLAIMED => Step::Claimed { claim: &self.claims[b as usize] },
            op::BROKEN => Step::Broken { why: name() },
            pair => Step::Pair { pair: PAIRS[usize::from(pair)], a: Line(a), b: Line(b) },
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
fn joined(pair: Pair, a: Word, b: Word, bigs: &mut Vec<i128>, here: Line) -> Word {
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
fn claimed(relation: Relation, subject: Word, other: Word, bigs: &[i128], here: Line) -> Word {
    match (subject.value(bigs), other.value(bigs)) {
        (Value::Known(a), Value::Known(b)) if !relation.holds(a, b) => Word::broken(here),
        (Value::Broken(_), _) => subject,
        (_, Value::Broken(_)) => other,
        _ => subject,
    }
}

/// A page being written. Quantities on it are [`Qty`]; [`Calc::into_page`] ends the writing.
pub struct Calc {
    page: RefCell<Page>,
    names: RefCell<Names>,
}

impl Default for Calc {
    fn default() -> Calc {
        Calc::new()
    }
}

impl Calc {
    /// An empty page.
    pub fn new() -> Calc {
        Calc::on(Page::new())
    }

    /// A page with writing on it, to go on from.
    pub fn on(page: Page) -> Calc {
        let known = page.names.iter().zip(0..).map(|(name, id)| (name.clone(), id)).collect();
        Calc { page: RefCell::new(page), names: RefCell::new(Names { known, quick: [(0, 0, 0); QUICK] }) }
    }

    /// Room for this many more lines, where the writer knows.
    pub fn reserve(&self, lines: usize) {
        self.page.borrow_mut().entries.reserve(lines);
    }

    /// The page as written.
    pub fn into_page(self) -> Page {
        self.page.into_inner()
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.page.borrow().len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.page.borrow().is_empty()
    }

    /// Whether a line could not be worked out.
    pub fn is_broken(&self, line: Line) -> bool {
        matches!(self.page.borrow().value(line), Value::Broken(_))
    }

    /// A line that is there already.
    pub fn at(&self, line: Line) -> Qty<'_> {
        Qty { calc: self, line }
    }

    /// A number that a formula has in it: the 1 of "+ 1".
    pub fn literal(&self, n: i128) -> Qty<'_> {
        self.number(op::LITERAL, 0, n)
    }

    /// A setting of the network: a number that somebody chose.
    pub fn given(&self, name: &'static str, n: i128) -> Qty<'_> {
        let name = self.static_name(name);
        self.number(op::GIVEN, name, n)
    }

    /// A setting that was chosen as a symbol, or left unknown.
    pub fn given_as<'c>(&'c self, name: &'static str, symbol: Qty<'c>) -> Qty<'c> {
        self.alias(op::GIVEN_AS, symbol, name)
    }

    /// A symbol: open, or bound to a number.
    pub fn symbol(&self, name: &str, bound: Option<i128>) -> Qty<'_> {
        let name = self.name(name);
        match bound {
            Some(n) => self.number(op::SYMBOL, name, n),
            None => self.push(|_, _| Entry::new(op::SYMBOL, 0, name, Word::OPEN)),
        }
    }

    /// A cell that cannot be worked out, with the reason.
    pub fn broken(&self, why: &str) -> Qty<'_> {
        let name = self.name(why);
        self.push(|_, here| Entry::new(op::BROKEN, 0, name, Word::broken(here)))
    }

    /// The sum; 0 of nothing.
    pub fn sum<'c>(&'c self, of: impl IntoIterator<Item = Qty<'c>>) -> Qty<'c> {
        of.into_iter().reduce(|a, b| a + b).unwrap_or_else(|| self.literal(0))
    }

    /// The product; 1 of nothing.
    pub fn product<'c>(&'c self, of: impl IntoIterator<Item = Qty<'c>>) -> Qty<'c> {
        of.into_iter().reduce(|a, b| a * b).unwrap_or_else(|| self.literal(1))
    }

    fn number(&self, op: u8, name: u32, n: i128) -> Qty<'_> {
        self.push(|page, _| Entry::new(op, 0, name, Word::number(n, &mut page.bigs)))
    }

    #[inline(always)]
    pub(crate) fn pair<'c>(&'c self, pair: Pair, a: Qty<'c>, b: Qty<'c>) -> Qty<'c> {
        debug_assert!(std::ptr::eq(a.calc, b.calc), "two quantities of different pages");
        // Not through `push`: written out, the compiler sees which operation it is (18 % of the time of writing a page).
        let page = &mut *self.page.borrow_mut();
        let here = Line(page.entries.len() as u32);
        if here.index() >= LINES {
            return Qty { calc: self, line: Line(0) };
        }
        let (x, y) = (page.entries[a.line.index()].value, page.entries[b.line.index()].value);
        page.entries.push(Entry::new(pair as u8, a.line.0, b.line.0, joined(pair, x, y, &mut page.bigs, here)));
        Qty { calc: self, line: here }
    }

    pub(crate) fn called<'c>(&'c self, of: Qty<'c>, name: &'static str) -> Qty<'c> {
        self.alias(op::CALLED, of, name)
    }

    pub(crate) fn taken<'c>(&'c self, of: Qty<'c>, name: &'static str) -> Qty<'c> {
        self.alias(op::TAKEN, of, name)
    }

    fn alias<'c>(&'c self, op: u8, of: Qty<'c>, name: &'static str) -> Qty<'c> {
        let name = self.static_name(name);
        self.push(|page, _| Entry::new(op, of.line.0, name, page.entries[of.line.index()].value))
    }

    pub(crate) fn claimed<'c>(&'c self, claim: Claim) -> Qty<'c> {
        self.push(|page, here| {
            let (subject, other) = (page.entries[claim.subject.index()].value, page.entries[claim.other.index()].value);
            page.claims.push(claim);
            let index = page.claims.len() as u32 - 1;
            Entry::new(op::CLAIMED, 0, index, claimed(claim.relation, subject, other, &page.bigs, here))
        })
    }

    #[inline(always)]
    fn push(&self, entry: impl FnOnce(&mut Page, Line) -> Entry) -> Qty<'_> {
        let page = &mut *self.page.borrow_mut();
        if page.entries.len() >= LINES {
            return Qty { calc: self, line: Line(0) };
        }
        let line = Line(page.entries.len() as u32);
        let entry = entry(page, line);
        page.entries.push(entry);
        Qty { calc: self, line }
    }

    fn name(&self, name: &str) -> u32 {
        let mut names = self.names.borrow_mut();
        if let Some(&id) = names.known.get(name) {
            return id;
        }
        let page = &mut *self.page.borrow_mut();
        page.names.push(name.into());
        let id = page.names.len() as u32 - 1;
        names.known.insert(name.into(), id);
        id
    }

    /// A name from the program text stays where it is in memory, so its address finds it again without reading it.
    #[inline(always)]
    fn static_name(&self, name: &'static str) -> u32 {
        let (at, len) = (name.as_ptr() as usize, name.len() as u32);
        let slot = (at ^ at >> 8 ^ name.len() << 3) % QUICK;
        let (known_at, known_len, id) = self.names.borrow().quick[slot];
        if (known_at, known_len) == (at, len) {
            return id;
        }
        let id = self.name(name);
        self.names.borrow_mut().quick[slot] = (at, len, id);
        id
    }
}

const QUICK: usize = 256;

struct Names {
    known: HashMap<Box<str>, u32>,
    quick: [(usize, u32, u32); QUICK],
}
