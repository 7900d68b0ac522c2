//! The tree of a working: an equation, below it the names it was made of, each down to where it comes from.

use std::collections::{BTreeMap, HashSet};

use calc::{Expr, Forms, Line, Value, Working};
use workings::ledger::Total;
use workings::{Ledger, glossary};

use super::text;
use crate::notation;
use crate::report::{Equation, Phrase, Span, Step};

/// How deep the steps of one layer stand in each other at most.
const DEEP: usize = 40;

/// How many terms of a total are written in one sum, and how many layers below it.
const TERMS: usize = 8;
const PARTS: usize = 200;

/// A working that is being unfolded.
pub(super) struct Tree<'l> {
    ledger: &'l Ledger,
    working: Working<'l>,
    forms: Forms<'l>,
    told: HashSet<Line>,
    /// What other layers give, and is still to be unfolded; with the row of each.
    ahead: BTreeMap<Line, usize>,
    /// The names that have been used.
    pub names: Vec<String>,
}

impl<'l> Tree<'l> {
    pub fn new(ledger: &'l Ledger) -> Tree<'l> {
        let working = Working::plain(&ledger.page, glossary::neutral);
        let (told, ahead, names) = Default::default();
        Tree { ledger, working, forms: Forms::new(&ledger.page), told, ahead, names }
    }

    /// What is to be unfolded next: the line nearest to the end of the network, so that nothing is needed after it.
    pub fn next(&mut self) -> Option<(Line, usize)> {
        let next = std::iter::from_fn(|| self.ahead.pop_last()).find(|(line, _)| !self.told.contains(line));
        next
    }

    /// How many lines are still to be unfolded.
    pub fn left(&self) -> usize {
        self.ahead.len()
    }

    /// The equation of a line.
    pub fn equation(&mut self, line: Line, name: &str) -> Span {
        let equation = notation::read(&self.ledger.page, &self.working, &mut self.forms, line);
        if let Some(symbols) = &equation.symbols {
            self.meet(name);
            symbols.names().for_each(|name| self.meet(name));
        }
        Span::Math(Equation { name: Some(name.to_owned()), ..equation })
    }

    fn meet(&mut self, name: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// ` (line 9: …)`: where a layer was written.
    pub fn written(&self, row: usize) -> Phrase {
        let layer = &self.ledger.model.layers[row];
        let place = if layer.place.line > 0 { format!(", line {}: ", layer.place.line) } else { ": ".to_owned() };
        match layer.written.trim() {
            "" => Vec::new(),
            written => vec![Span::Text(place), Span::Code(written.to_owned())],
        }
    }
}
