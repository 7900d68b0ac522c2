//! Writing a page.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::arithmetic::{claimed, joined};
use crate::page::{Claim, Entry, LINES, Line, Page, Pair, Step, op};
use crate::qty::Qty;
use crate::value::{Value, Word};

/// How many lines are looked at to see how small one may be.
const STEPS: usize = 128;

fn least(page: &Page, line: Line, steps: &mut usize) -> Option<i64> {
    if let Some(known) = page.known(line) {
        return i64::try_from(known).ok();
    }
    *steps = steps.checked_sub(1)?;
    match page.step(line) {
        Step::Symbol { .. } => Some(1),
        Step::Called { of, .. } | Step::Taken { of, .. } | Step::Given { of: Some(of), .. } => least(page, of, steps),
        Step::Claimed { claim } => least(page, claim.subject, steps),
        Step::Pair { pair, a: of_a, b: of_b } => {
            let (a, known) = (least(page, of_a, steps)?, page.known(of_b));
            let b = least(page, of_b, steps)?;
            match pair {
                Pair::Add => a.checked_add(b),
                // What was added is taken away again: of 4 + N − N the 4 is left.
                Pair::Sub if known.is_none() => left(page, of_a, of_b).and_then(|rest| least(page, rest, steps)),
                Pair::Sub => a.checked_sub(i64::try_from(known?).ok()?),
                Pair::Mul if a >= 0 && b >= 0 => a.checked_mul(b),
                Pair::FloorDiv if known? > 0 => Some(a.div_euclid(b)),
                Pair::Max => Some(a.max(b)),
                Pair::Min => Some(a.min(b)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The other one of two lines that a sum is made of.
fn left(page: &Page, sum: Line, taken: Line) -> Option<Line> {
    let taken = root(page, taken);
    match page.step(root(page, sum)) {
        Step::Pair { pair: Pair::Add, a, b } if root(page, b) == taken => Some(a),
        Step::Pair { pair: Pair::Add, a, b } if root(page, a) == taken => Some(b),
        _ => None,
    }
}

/// The line that others only name.
fn root(page: &Page, line: Line) -> Line {
    let mut line = line;
    for _ in 0..STEPS {
        line = match page.step(line) {
            Step::Called { of, .. } | Step::Taken { of, .. } | Step::Given { of: Some(of), .. } => of,
            _ => break,
        };
    }
    line
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

    /// The number that a line comes to, if there is one.
    pub fn known(&self, line: Line) -> Option<i128> {
        self.page.borrow().known(line)
    }

    /// The least that a line may come to where every symbol is a size and so at least 1; `None` where that is not plain.
    pub fn least(&self, line: Line) -> Option<i64> {
        least(&self.page.borrow(), line, &mut STEPS.clone())
    }

    /// Whether a line is one of these symbols, or made from one; what was made from one stands at the number `from` or behind
    /// it. What was found of the lines from there on stays in `found` for the next question.
    pub fn hangs_on(&self, line: Line, from: usize, found: &mut Vec<bool>, these: impl Fn(Line) -> bool) -> bool {
        let page = self.page.borrow();
        let is = |line: Line| matches!(page.step(line), Step::Symbol { .. }) && these(line);
        let hangs = |found: &[bool], line: Line| match line.index().checked_sub(from) {
            Some(at) => found[at],
            None => is(line),
        };
        // Lines stand after those that they use.
        for at in from + found.len()..=line.index() {
            let here = Line::new(at as u32);
            let one = is(here) || page.uses(here).any(|used| hangs(found, used));
            found.push(one);
        }
        hangs(found, line)
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
        let here = Line::new(page.entries.len() as u32);
        if here.index() >= LINES {
            return Qty { calc: self, line: Line::new(0) };
        }
        let (x, y) = (page.entries[a.line.index()].value, page.entries[b.line.index()].value);
        page.entries.push(Entry::new(
            pair as u8,
            a.line.number(),
            b.line.number(),
            joined(pair, x, y, &mut page.bigs, here),
        ));
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
        self.push(|page, _| Entry::new(op, of.line.number(), name, page.entries[of.line.index()].value))
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
            return Qty { calc: self, line: Line::new(0) };
        }
        let line = Line::new(page.entries.len() as u32);
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
