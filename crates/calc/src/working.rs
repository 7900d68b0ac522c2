//! The working behind a line: the expression that made it, in names and in numbers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use crate::expr::Expr;
use crate::page::{Line, Page, Pair, Step};
use crate::value::Value;

/// Reads workings off a page.
///
/// *Plain*, a name disappears where it stands at its neutral value (a padding of 0 in a sum, a dilation or a stride of 1
/// in a product or a quotient), and so does a named step of which only a setting is left after that. *Full*, everything
/// stands as the rule wrote it.
pub struct Working<'p> {
    page: &'p Page,
    neutral: Option<fn(&str) -> Option<i128>>,
    seen: RefCell<HashMap<Line, Part, BuildHasherDefault<ByNumber>>>,
}

/// A part of a plain expression.
#[derive(Clone)]
enum Part {
    /// A name at its neutral value, or what is left where everything disappeared.
    Gone(i128),
    Is(Rc<Expr>),
}

impl Part {
    fn is(expr: Expr) -> Part {
        Part::Is(Rc::new(expr))
    }

    fn expr(self) -> Expr {
        match self {
            Part::Gone(n) => Expr::Number(n),
            Part::Is(expr) => Rc::unwrap_or_clone(expr),
        }
    }
}

/// A line's number is hash enough, its lower bits spread into the upper ones.
#[derive(Default)]
pub(crate) struct ByNumber(u64);

impl Hasher for ByNumber {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, n: u32) {
        self.0 = (self.0 ^ u64::from(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl<'p> Working<'p> {
    /// Everything as the rule wrote it.
    pub fn full(page: &'p Page) -> Working<'p> {
        Working { page, neutral: None, seen: RefCell::default() }
    }

    /// Without what makes no difference; `neutral` says at which value a name disappears.
    pub fn plain(page: &'p Page, neutral: fn(&str) -> Option<i128>) -> Working<'p> {
        Working { page, neutral: Some(neutral), seen: RefCell::default() }
    }

    /// What a line was made of, in names: `⌊(H − K)/S⌋ + 1`. A named line is looked into.
    pub fn symbols(&self, line: Line) -> Expr {
        Rc::unwrap_or_clone(self.said(line))
    }

    fn said(&self, line: Line) -> Rc<Expr> {
        let inner = self.inside(line);
        match self.part(inner) {
            Part::Is(expr) if !matches!(*expr, Expr::Name { .. } | Expr::Number(_)) => expr,
            // Nothing would be left to see: the step is said in full.
            _ => Rc::new(Working::full(self.page).part(inner).expr()),
        }
    }

    /// The same with numbers in the place of names; an open one stays a closed form or a name.
    pub fn numbers(&self, line: Line, open: &mut dyn FnMut(Line) -> Expr) -> Expr {
        self.put_in(&self.said(line), open)
    }

    /// An expression with numbers in the place of its names.
    pub fn put_in(&self, expr: &Expr, open: &mut dyn FnMut(Line) -> Expr) -> Expr {
        let mut put_in = |expr: &Expr| self.put_in(expr, open);
        match expr {
            Expr::Name { line: Some(line), .. } => match self.page.value(*line) {
                Value::Known(n) => Expr::Number(n),
                Value::Open => open(*line),
                Value::Broken(_) => Expr::Unknown,
            },
            Expr::Sum(terms) => Expr::Sum(terms.iter().map(|(minus, e)| (*minus, put_in(e))).collect()),
            Expr::Product(factors) => Expr::Product(factors.iter().map(put_in).collect()),
            Expr::Min(list) => Expr::Min(list.iter().map(put_in).collect()),
            Expr::Max(list) => Expr::Max(list.iter().map(put_in).collect()),
            Expr::Quotient(a, b) => Expr::Quotient(Box::new(put_in(a)), Box::new(put_in(b))),
            Expr::Floor(a, b) => Expr::Floor(Box::new(put_in(a)), Box::new(put_in(b))),
            Expr::Ceil(a, b) => Expr::Ceil(Box::new(put_in(a)), Box::new(put_in(b))),
            Expr::Name { line: None, .. } | Expr::Number(_) | Expr::Unknown => expr.clone(),
        }
    }

    /// Whether a step only repeats another: of `C_out = C_in × M` nothing is left but `C_in` where `M` makes no difference.
    pub fn repeats(&self, line: Line) -> bool {
        match self.part(self.inside(line)) {
            Part::Gone(_) => true,
            Part::Is(expr) => matches!(*expr, Expr::Name { .. }),
        }
    }

    /// Lets go of what has been read. What was remembered of one layer is of no use to the next.
    pub fn forget(&self) {
        self.seen.borrow_mut().clear();
    }

    /// The line that a name stands for.
    fn inside(&self, line: Line) -> Line {
        match self.page.step(line) {
            Step::Called { of, .. } => of,
            _ => line,
        }
    }

    /// The names that a line was made of, in the order in which they are met, each once.
    pub fn made_of(&self, line: Line) -> Vec<Line> {
        let mut names = Vec::new();
        collect(&self.said(line), &mut names);
        names
    }

    fn part(&self, line: Line) -> Part {
        match self.page.step(line) {
            Step::Literal => Part::is(self.page.known(line).map_or(Expr::Unknown, Expr::Number)),
            Step::Broken { .. } => Part::is(Expr::Unknown),
            Step::Claimed { claim } => self.part(claim.subject),
            Step::Symbol { name } | Step::Given { name, .. } | Step::Taken { name, .. } => self.named(name, line),
            Step::Called { name, of } => match self.neutral.map(|_| self.part(of)) {
                Some(Part::Gone(n)) => Part::Gone(n),
                Some(Part::Is(only)) if self.is_setting(&only) => Part::Is(only),
                _ => self.named(name, line),
            },
            Step::Pair { pair, a, b } => {
                if let Some(known) = self.seen.borrow().get(&line) {
                    return known.clone();
                }
                let part = match pair {
                    Pair::Add | Pair::Sub => self.sum(line),
                    Pair::Mul => self.product(line),
                    _ => self.other(pair, a, b),
                };
                self.seen.borrow_mut().insert(line, part.clone());
                part
            }
        }
    }

    /// A part of a larger expression. One that is longer than anybody reads stands as three dots with its value: without
    /// names in between, lines that use one line twice would double what is to be written at every step.
    fn operand(&self, line: Line) -> Part {
        match self.part(line) {
            Part::Is(expr) if is_long(&expr, &mut { LONGEST }) => {
                Part::is(Expr::Name { name: "…".into(), line: Some(line) })
            }
            part => part,
        }
    }

    /// Whether nothing is left of a step but a setting, which then speaks for itself: the reach of an undilated kernel.
    fn is_setting(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name { line: Some(line), .. } if matches!(self.page.step(*line), Step::Given { .. }))
    }

    fn named(&self, name: &str, line: Line) -> Part {
        match self.neutral.and_then(|neutral| neutral(name)) {
            Some(n) if self.page.known(line) == Some(n) => Part::Gone(n),
            _ => Part::is(Expr::Name { name: name.into(), line: Some(line) }),
        }
    }

    /// The chain of one kind of joining that ends in a line, from its left end: long sums must not nest.
    fn chain(&self, mut line: Line, kinds: &[Pair]) -> Vec<(Pair, Line)> {
        let mut chain = Vec::new();
        loop {
            match self.page.step(line) {
                Step::Pair { pair, a, b } if kinds.contains(&pair) => {
                    chain.push((pair, b));
                    line = a;
                }
                Step::Claimed { claim } => line = claim.subject,
                _ => break,
            }
        }
        chain.push((kinds[0], line));
        chain.reverse();
        chain
    }

    fn sum(&self, line: Line) -> Part {
        let mut terms: Vec<(bool, Expr)> = Vec::new();
        for (pair, line) in self.chain(line, &[Pair::Add, Pair::Sub]) {
            match (pair == Pair::Sub, self.operand(line)) {
                (_, Part::Gone(0)) => {}
                (minus, part) => match part.expr() {
                    Expr::Sum(inner) if !minus => terms.extend(inner),
                    expr => terms.push((minus, expr)),
                },
            }
        }
        if self.neutral.is_some() {
            cancel(&mut terms);
            double(&mut terms);
        }
        match terms.len() {
            0 => Part::Gone(0),
            1 if !terms[0].0 => Part::is(terms.remove(0).1),
            _ => Part::is(Expr::Sum(terms)),
        }
    }

    fn product(&self, line: Line) -> Part {
        let mut factors = Vec::new();
        for (_, line) in self.chain(line, &[Pair::Mul]) {
            match self.operand(line) {
                Part::Gone(1) => {}
                part => match part.expr() {
                    Expr::Product(inner) => factors.extend(inner),
                    expr => factors.push(expr),
                },
            }
        }
        match factors.len() {
            0 => Part::Gone(1),
            1 => Part::is(factors.remove(0)),
            _ => Part::is(Expr::Product(factors)),
        }
    }

    fn other(&self, pair: Pair, a: Line, b: Line) -> Part {
        let (a, b) = (self.operand(a), self.operand(b));
        if let (Pair::Div | Pair::FloorDiv | Pair::CeilDiv, Part::Gone(1)) = (pair, &b) {
            return a;
        }
        let (a, b) = (a.expr(), b.expr());
        Part::is(match pair {
            Pair::Div => Expr::Quotient(a.into(), b.into()),
            Pair::FloorDiv => Expr::Floor(a.into(), b.into()),
            Pair::CeilDiv => Expr::Ceil(a.into(), b.into()),
            Pair::Min if a == b => a,
            Pair::Max if a == b => a,
            Pair::Min => Expr::Min(vec![a, b]),
            Pair::Max => Expr::Max(vec![a, b]),
            Pair::Add | Pair::Sub | Pair::Mul => unreachable!("chains are flattened"),
        })
    }
}

/// How many numbers and names a part of an expression may have.
const LONGEST: usize = 200;

/// Whether an expression has more numbers and names than are left.
fn is_long(expr: &Expr, left: &mut usize) -> bool {
    match expr {
        Expr::Number(_) | Expr::Name { .. } | Expr::Unknown => match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                false
            }
            None => true,
        },
        Expr::Sum(terms) => terms.iter().any(|(_, term)| is_long(term, left)),
        Expr::Product(list) | Expr::Min(list) | Expr::Max(list) => list.iter().any(|expr| is_long(expr, left)),
        Expr::Quotient(a, b) | Expr::Floor(a, b) | Expr::Ceil(a, b) => is_long(a, left) || is_long(b, left),
    }
}

/// Takes out numbers that cancel: the −1 and +1 of `(K − 1) + 1`.
fn cancel(terms: &mut Vec<(bool, Expr)>) {
    let number = |term: &(bool, Expr)| match term {
        (true, Expr::Number(n)) => n.checked_neg(),
        (false, Expr::Number(n)) => Some(*n),
        _ => None,
    };
    while let Some((i, j)) = (0..terms.len()).find_map(|i| {
        let n = number(&terms[i])?.checked_neg()?;
        (i + 1..terms.len()).find(|&j| number(&terms[j]) == Some(n)).map(|j| (i, j))
    }) {
        terms.remove(j);
        terms.remove(i);
    }
}

/// Writes P + P as 2 × P, where both are the very same line.
fn double(terms: &mut Vec<(bool, Expr)>) {
    let mut i = 0;
    while i + 1 < terms.len() {
        if matches!(terms[i].1, Expr::Name { .. }) && terms[i] == terms[i + 1] {
            let (minus, name) = terms.remove(i + 1);
            terms[i] = (minus, Expr::Product(vec![Expr::Number(2), name]));
        }
        i += 1;
    }
}

fn collect(expr: &Expr, names: &mut Vec<Line>) {
    match expr {
        Expr::Name { line: Some(line), .. } if !names.contains(line) => names.push(*line),
        Expr::Sum(terms) => terms.iter().for_each(|(_, e)| collect(e, names)),
        Expr::Product(list) | Expr::Min(list) | Expr::Max(list) => list.iter().for_each(|e| collect(e, names)),
        Expr::Quotient(a, b) | Expr::Floor(a, b) | Expr::Ceil(a, b) => {
            collect(a, names);
            collect(b, names);
        }
        _ => {}
    }
}
