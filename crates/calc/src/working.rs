//! The working behind a line: the expression that made it, in names and in numbers.

use std::cell::RefCell;
use std::collections::HashMap;

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
    seen: RefCell<HashMap<Line, Part>>,
}

/// A part of a plain expression.
#[derive(Clone)]
enum Part {
    /// A name at its neutral value, or what is left where everything disappeared.
    Gone(i128),
    Is(Expr),
}

impl Part {
    fn expr(self) -> Expr {
        match self {
            Part::Gone(n) => Expr::Number(n),
            Part::Is(expr) => expr,
        }
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
        let inner = self.inside(line);
        match self.part(inner, true) {
            // Nothing would be left to see: the step is said in full.
            Part::Gone(_) | Part::Is(Expr::Name { .. } | Expr::Number(_)) => {
                Working::full(self.page).part(inner, true).expr()
            }
            Part::Is(expr) => expr,
        }
    }

    /// The same with numbers in the place of names; an open one stays a closed form or a name.
    pub fn numbers(&self, line: Line, open: &mut dyn FnMut(Line) -> Expr) -> Expr {
        self.put_in(self.symbols(line), open)
    }

    /// An expression with numbers in the place of its names.
    pub fn put_in(&self, expr: Expr, open: &mut dyn FnMut(Line) -> Expr) -> Expr {
        let mut put_in = |expr: Expr| self.put_in(expr, open);
        match expr {
            Expr::Name { line: Some(line), .. } => match self.page.value(line) {
                Value::Known(n) => Expr::Number(n),
                Value::Open => open(line),
                Value::Broken(_) => Expr::Unknown,
            },
            Expr::Sum(terms) => Expr::Sum(terms.into_iter().map(|(minus, e)| (minus, put_in(e))).collect()),
            Expr::Product(factors) => Expr::Product(factors.into_iter().map(put_in).collect()),
            Expr::Min(list) => Expr::Min(list.into_iter().map(put_in).collect()),
            Expr::Max(list) => Expr::Max(list.into_iter().map(put_in).collect()),
            Expr::Quotient(a, b) => Expr::Quotient(Box::new(put_in(*a)), Box::new(put_in(*b))),
            Expr::Floor(a, b) => Expr::Floor(Box::new(put_in(*a)), Box::new(put_in(*b))),
            Expr::Ceil(a, b) => Expr::Ceil(Box::new(put_in(*a)), Box::new(put_in(*b))),
            other => other,
        }
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
        collect(&self.symbols(line), &mut names);
        names
    }

    fn part(&self, line: Line, top: bool) -> Part {
        if let Some(known) = self.seen.borrow().get(&line)
            && !top
        {
            return known.clone();
        }
        let part = self.make(line, top);
        if !top {
            self.seen.borrow_mut().insert(line, part.clone());
        }
        part
    }

    fn make(&self, line: Line, top: bool) -> Part {
        match self.page.step(line) {
            Step::Literal => Part::Is(self.page.known(line).map_or(Expr::Unknown, Expr::Number)),
            Step::Broken { .. } => Part::Is(Expr::Unknown),
            Step::Claimed { claim } => self.part(claim.subject, top),
            Step::Symbol { name } | Step::Given { name, .. } | Step::Taken { name, .. } => self.named(name, line),
            Step::Called { name, of } => match self.neutral.map(|_| self.part(of, false)) {
                Some(Part::Gone(n)) => Part::Gone(n),
                Some(Part::Is(only)) if self.is_setting(&only) => Part::Is(only),
                _ => self.named(name, line),
            },
            Step::Pair { pair: Pair::Add | Pair::Sub, .. } => self.sum(line),
            Step::Pair { pair: Pair::Mul, .. } => self.product(line),
            Step::Pair { pair, a, b } => self.other(pair, a, b),
        }
    }

    /// Whether nothing is left of a step but a setting, which then speaks for itself: the reach of an undilated kernel.
    fn is_setting(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name { line: Some(line), .. } if matches!(self.page.step(*line), Step::Given { .. }))
    }

    fn named(&self, name: &str, line: Line) -> Part {
        match self.neutral.and_then(|neutral| neutral(name)) {
            Some(n) if self.page.known(line) == Some(n) => Part::Gone(n),
            _ => Part::Is(Expr::Name { name: name.into(), line: Some(line) }),
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
            match (pair == Pair::Sub, self.part(line, false)) {
                (_, Part::Gone(0)) => {}
                (false, Part::Is(Expr::Sum(inner))) => terms.extend(inner),
                (minus, part) => terms.push((minus, part.expr())),
            }
        }
        if self.neutral.is_some() {
            cancel(&mut terms);
            double(&mut terms);
        }
        match terms.len() {
            0 => Part::Gone(0),
            1 if !terms[0].0 => Part::Is(terms.remove(0).1),
            _ => Part::Is(Expr::Sum(terms)),
        }
    }

    fn product(&self, line: Line) -> Part {
        let mut factors = Vec::new();
        for (_, line) in self.chain(line, &[Pair::Mul]) {
            match self.part(line, false) {
                Part::Gone(1) => {}
                Part::Is(Expr::Product(inner)) => factors.extend(inner),
                part => factors.push(part.expr()),
            }
        }
        match factors.len() {
            0 => Part::Gone(1),
            1 => Part::Is(factors.remove(0)),
            _ => Part::Is(Expr::Product(factors)),
        }
    }

    fn other(&self, pair: Pair, a: Line, b: Line) -> Part {
        let (a, b) = (self.part(a, false), self.part(b, false));
        if let (Pair::Div | Pair::FloorDiv | Pair::CeilDiv, Part::Gone(1)) = (pair, &b) {
            return a;
        }
        let (a, b) = (a.expr(), b.expr());
        Part::Is(match pair {
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

/// Takes out numbers that cancel: the −1 and +1 of `(K − 1) + 1`.
fn cancel(terms: &mut Vec<(bool, Expr)>) {
    let number = |term: &(bool, Expr)| match term {
        (minus, Expr::Number(n)) => Some(if *minus { -n } else { *n }),
        _ => None,
    };
    while let Some((i, j)) = (0..terms.len()).find_map(|i| {
        let n = number(&terms[i])?;
        (i + 1..terms.len()).find(|&j| number(&terms[j]) == Some(-n)).map(|j| (i, j))
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
