//! The calculation of a row, in several lines, as a person writes it on the sheet.

use std::ops::Range;

use calc::{Expr, Line, Step};

use super::Sheet;
use crate::notation;
use crate::report::{Cell, Equation, Phrase, Span};

/// How steps are introduced on a sheet. A step that is not here is introduced by its own name.
const WORDS: &[(&str, &str)] = &[
    ("H_out", "height"),
    ("L_out", "length"),
    ("MACs", "MACs"),
    ("W_out", "width"),
    ("Z_out", "depth"),
    ("biases", "bias"),
    ("fan_in", ""),
    ("features", ""),
    ("params", ""),
    ("statistics", "statistics"),
    ("weights", ""),
];

/// How many lines a calculation has at most.
const LINES: usize = 12;

/// The steps of a row that have been told.
struct Told {
    own: Range<usize>,
    seen: Vec<Line>,
    cell: Cell,
}

impl Sheet<'_> {
    /// The calculation of a row: its weights with the steps before them, its biases, its parameters, then its output.
    pub(super) fn calculation(&mut self, row: usize) -> Cell {
        let row = &self.ledger.rows[row];
        let mut told = Told { own: row.lines.clone(), seen: Vec::new(), cell: Cell::new() };
        for line in [row.sums.weights, row.sums.biases].into_iter().flatten() {
            self.tell(&mut told, line);
        }
        self.tell_params(&mut told, row.sums.params);
        self.tell_output(&mut told, row.out.as_deref().unwrap_or(&[]));
        for (name, line) in [("statistics", row.sums.statistics), ("macs", row.sums.macs)] {
            if self.leads_to.contains(&name) {
                line.into_iter().for_each(|line| self.tell(&mut told, line));
            }
        }
        let mut cell = told.cell;
        if cell.len() > LINES {
            let left_out = cell.len() - LINES + 1;
            cell.truncate(LINES - 1);
            cell.push(vec![Span::Text(format!("and {left_out} more lines"))]);
        }
        cell
    }

    /// A line, after the named steps that it rests on.
    fn tell(&mut self, told: &mut Told, line: Line) {
        for step in self.steps(told, line) {
            if self.working.repeats(step) {
                continue;
            }
            let phrase = self.worked(step).map(|equation| self.introduced(step, equation));
            told.cell.extend(phrase);
        }
    }

    /// The sum of what has just been told needs no terms.
    fn tell_params(&mut self, told: &mut Told, line: Option<Line>) {
        let Some(line) = line.filter(|line| !told.seen.contains(line)) else { return };
        let terms = self.working.made_of(line);
        let Some(equation) = self.worked(line) else { return };
        if terms.iter().all(|term| told.seen.contains(term)) {
            let total = Equation { numbers: None, ..equation };
            told.cell.push(vec![Span::Text("total ".to_owned()), Span::Math(total)]);
        } else {
            self.tell(told, line);
        }
    }

    /// The axes of the output; where all are worked out by the very same numbers, one line is enough.
    fn tell_output(&mut self, told: &mut Told, out: &[Line]) {
        let mut axes = Vec::new();
        for (axis, line) in out.iter().enumerate().skip(1) {
            let mut steps = self.steps(told, *line);
            let last = steps.pop();
            for step in steps.into_iter().chain(last.filter(|_| axis == 1)) {
                let phrase = self.worked(step).map(|equation| self.introduced(step, equation));
                told.cell.extend(phrase.filter(|phrase| !told.cell.contains(phrase)));
            }
            let worked = last.filter(|_| axis > 1).and_then(|line| Some((line, self.worked(line)?)));
            axes.extend(worked);
        }
        let alike = |(_, one): &(Line, Equation), other: &Equation| {
            one == other || notation::text(one) == notation::text(other)
        };
        match axes.first() {
            Some((_, first)) if axes.iter().all(|axis| alike(axis, first)) => {
                told.cell.push(vec![Span::Math(first.clone())]);
            }
            _ => {
                let phrases = axes.into_iter().map(|(line, equation)| self.introduced(line, equation));
                told.cell.extend(phrases.collect::<Vec<_>>());
            }
        }
    }

    /// A line and the named steps of its row that it rests on, in the order of dependency, each told once.
    fn steps(&self, told: &mut Told, line: Line) -> Vec<Line> {
        let (mut order, mut ahead) = (Vec::new(), vec![(line, false)]);
        while let Some((line, done)) = ahead.pop() {
            if done {
                order.push(line);
            } else if told.own.contains(&line.index()) && !told.seen.contains(&line) {
                told.seen.push(line);
                ahead.push((line, true));
                let below = self.working.made_of(line);
                let named =
                    below.into_iter().filter(|line| matches!(self.ledger.page.step(*line), Step::Called { .. }));
                ahead.extend(named.rev().map(|line| (line, false)));
            }
        }
        order
    }

    /// The numbers of a line and what they come to; nothing where there is nothing to work out.
    fn worked(&mut self, line: Line) -> Option<Equation> {
        let equation = notation::read(&self.ledger.page, &self.working, &mut self.forms, line);
        // What rests on something unknown has nothing to say; where it first went wrong, the numbers are there.
        let numbers = equation.numbers.or(equation.symbols).filter(|numbers| !is_in_doubt(numbers))?;
        if is_choice_of_one(&numbers) {
            return None;
        }
        let numbers = Some(numbers).filter(|numbers| equation.result.as_ref() != Some(numbers));
        Some(Equation { name: None, symbols: None, numbers, result: equation.result })
    }

    /// A step with the word or the name that introduces it.
    fn introduced(&mut self, line: Line, equation: Equation) -> Phrase {
        let Step::Called { name, .. } = self.ledger.page.step(line) else { return vec![Span::Math(equation)] };
        match WORDS.iter().find(|(known, _)| *known == name) {
            Some((_, "")) => vec![Span::Math(equation)],
            Some((_, word)) => vec![Span::Text(format!("{word} ")), Span::Math(equation)],
            None => {
                if self.names.iter().all(|known| known != name) {
                    self.names.push(name.to_owned());
                }
                vec![Span::Math(Equation { name: Some(name.to_owned()), ..equation })]
            }
        }
    }
}

/// Whether something in it is unknown, or to be found out.
fn is_in_doubt(expr: &Expr) -> bool {
    match expr {
        Expr::Unknown => true,
        Expr::Name { name, .. } => name.contains('?'),
        Expr::Number(_) => false,
        Expr::Sum(terms) => terms.iter().any(|(_, term)| is_in_doubt(term)),
        Expr::Product(list) | Expr::Min(list) | Expr::Max(list) => list.iter().any(is_in_doubt),
        Expr::Quotient(a, b) | Expr::Floor(a, b) | Expr::Ceil(a, b) => is_in_doubt(a) || is_in_doubt(b),
    }
}

/// The largest or the smallest of equals: nothing to work out.
fn is_choice_of_one(expr: &Expr) -> bool {
    match expr {
        Expr::Min(list) | Expr::Max(list) => list.windows(2).all(|two| two[0] == two[1]),
        _ => false,
    }
}
