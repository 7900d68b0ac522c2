//! A formula for a size, in the parts that people write: (first − minus + plus)/by + outside.

use calc::{Line, Page, Pair, Reading, Step};

use crate::worksheet::{Figure, Written};

/// The parts of a formula, as numbers. What is not there is neutral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub first: i128,
    pub minus: i128,
    pub plus: i128,
    pub by: i128,
    pub outside: i128,
}

/// The same as lines of a page.
pub(crate) struct FormLines {
    first: Line,
    minus: Vec<Line>,
    plus: Vec<Line>,
    by: Option<Line>,
    outside: Vec<(bool, Line)>,
}

impl FormLines {
    /// The formula behind a line, if it has this form.
    pub fn of(page: &Page, line: Line) -> Option<FormLines> {
        let terms = terms(page, line);
        let division = |line: Line| match page.step(bare(page, line)) {
            Step::Pair { pair: Pair::FloorDiv | Pair::CeilDiv | Pair::Div, a, b } => Some((a, b)),
            Step::Pair { pair: Pair::Min | Pair::Max, .. } => None,
            _ => None,
        };
        let at = terms.iter().position(|&(minus, term)| !minus && division(term).is_some());
        let (inside, by, outside) = match at {
            Some(at) => {
                let (over, under) = division(terms[at].1)?;
                let rest = terms.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, term)| *term).collect();
                (self::terms(page, over), Some(under), rest)
            }
            // What follows the brackets stands outside them: the last literal.
            None => match terms.split_last() {
                Some((&last, rest)) if !rest.is_empty() && is_literal(page, last.1) => {
                    (rest.to_vec(), None, vec![last])
                }
                _ => (terms, None, Vec::new()),
            },
        };
        let (&(false, first), rest) = inside.split_first()? else { return None };
        let side = |minus: bool| rest.iter().filter(|(m, _)| *m == minus).map(|(_, line)| *line).collect();
        Some(FormLines { first, minus: side(true), plus: side(false), by, outside })
    }

    /// Every line in it.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        let sides = self.minus.iter().chain(&self.plus).copied();
        std::iter::once(self.first).chain(sides).chain(self.by).chain(self.outside.iter().map(|(_, line)| *line))
    }

    /// Its numbers in a reading.
    pub fn read(&self, reading: &Reading<'_>) -> Option<Form> {
        let value = |line: Line| reading.value(line).known();
        let sum = |lines: &[Line]| lines.iter().try_fold(0i128, |sum, &line| sum.checked_add(value(line)?));
        Some(Form {
            first: value(self.first)?,
            minus: sum(&self.minus)?,
            plus: sum(&self.plus)?,
            by: self.by.map_or(Some(1), value)?,
            outside: self.outside.iter().try_fold(0i128, |sum, &(minus, line)| {
                let term = value(line)?;
                if minus { sum.checked_sub(term) } else { sum.checked_add(term) }
            })?,
        })
    }
}

/// A line without the names and claims around it.
fn bare(page: &Page, line: Line) -> Line {
    match page.step(line) {
        Step::Called { of, .. } => bare(page, of),
        Step::Claimed { claim } => bare(page, claim.subject),
        _ => line,
    }
}

/// The terms of a sum, each with whether it is taken away. A name inside stands for itself.
fn terms(page: &Page, line: Line) -> Vec<(bool, Line)> {
    fn walk(page: &Page, line: Line, minus: bool, terms: &mut Vec<(bool, Line)>) {
        match page.step(line) {
            Step::Claimed { claim } => walk(page, claim.subject, minus, terms),
            Step::Pair { pair: pair @ (Pair::Add | Pair::Sub), a, b } => {
                walk(page, a, minus, terms);
                walk(page, b, minus ^ (pair == Pair::Sub), terms);
            }
            _ => terms.push((minus, line)),
        }
    }
    let mut terms = Vec::new();
    walk(page, bare(page, line), false, &mut terms);
    terms
}

fn is_literal(page: &Page, line: Line) -> bool {
    matches!(page.step(line), Step::Literal)
}

/// A part of a written formula: what it comes to, and the figure that it is where it is a single one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part<'w> {
    pub value: Option<i128>,
    pub figure: Option<&'w Figure>,
}

/// A formula as it was written, in the same parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenForm<'w> {
    pub first: Part<'w>,
    pub minus: Part<'w>,
    pub plus: Part<'w>,
    pub by: Part<'w>,
    pub outside: Part<'w>,
}

impl<'w> WrittenForm<'w> {
    /// The parts of a written formula, if it has this form.
    pub fn of(written: &'w Written) -> Option<WrittenForm<'w>> {
        let outer = flat(written);
        let division = |term: &'w Written| match unrounded(term) {
            Written::Quotient(a, b) => Some((&**a, &**b)),
            _ => None,
        };
        let nested = |term: &'w Written| matches!(unrounded(term), Written::Sum(_)).then_some(unrounded(term));
        let divided = outer.iter().position(|&(minus, term)| !minus && division(term).is_some());
        let bracket = outer.iter().position(|&(minus, term)| !minus && nested(term).is_some());
        let others = |at: usize| -> Vec<(bool, &'w Written)> {
            outer.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, term)| *term).collect()
        };
        let (inside, by, outside) = match (divided, bracket) {
            (Some(at), _) => {
                let (over, under) = division(outer[at].1)?;
                (deep(over), Some(under), others(at))
            }
            (None, Some(at)) => (deep(outer[at].1), None, others(at)),
            (None, None) => {
                if outer.len() < 2 {
                    return None;
                }
                let last = outer[outer.len() - 1];
                let one = last.1.value().and_then(|v| v.whole()) == Some(1);
                match one && outer.len() > 2 {
                    true => (outer[..outer.len() - 1].to_vec(), None, vec![last]),
                    false => (outer, None, Vec::new()),
                }
            }
        };
        let (&(false, first), rest) = inside.split_first()? else { return None };
        let side = |minus: bool| part(rest.iter().filter(|(m, _)| *m == minus).map(|(_, term)| (false, *term)));
        Some(WrittenForm {
            first: part([(false, first)].into_iter()),
            minus: side(true),
            plus: side(false),
            by: match by {
                Some(by) => part([(false, by)].into_iter()),
                None => Part { value: Some(1), figure: None },
            },
            outside: part(outside.into_iter()),
        })
    }
}

fn unrounded(written: &Written) -> &Written {
    match written {
        Written::Floor(inner) | Written::Ceil(inner) => unrounded(inner),
        other => other,
    }
}

fn flat(written: &Written) -> Vec<(bool, &Written)> {
    match unrounded(written) {
        Written::Sum(terms) => terms.iter().map(|(minus, term)| (*minus, term)).collect(),
        other => vec![(false, other)],
    }
}

/// The terms of a sum with the sums inside it opened.
fn deep(written: &Written) -> Vec<(bool, &Written)> {
    fn walk<'w>(written: &'w Written, minus: bool, depth: u32, terms: &mut Vec<(bool, &'w Written)>) {
        match unrounded(written) {
            Written::Sum(inner) if depth < 8 => {
                inner.iter().for_each(|(m, term)| walk(term, minus ^ m, depth + 1, terms));
            }
            other => terms.push((minus, other)),
        }
    }
    let mut terms = Vec::new();
    walk(written, false, 0, &mut terms);
    terms
}

fn part<'w>(terms: impl Iterator<Item = (bool, &'w Written)>) -> Part<'w> {
    let mut sum = Some(0i128);
    let mut figure = None;
    for (count, (minus, term)) in terms.enumerate() {
        let value = term.value().and_then(|value| value.whole());
        sum =
            sum.zip(value).and_then(|(sum, value)| if minus { sum.checked_sub(value) } else { sum.checked_add(value) });
        figure = term.figure().filter(|_| count == 0 && !minus);
    }
    Part { value: sum, figure }
}
