//! The tree of a working: an equation, below it the names it was made of, each down to where it comes from.

use std::collections::{BTreeMap, HashMap, HashSet};

use calc::{Expr, Forms, Line, Step as Made, Value, Working};
use workings::ledger::QUANTITIES;
use workings::{Ledger, glossary};

use super::alike::Alike;
use super::text;
use crate::notation;
use crate::report::{Equation, Phrase, Span, Step};

/// How deep the steps of one layer stand in each other at most.
const DEEP: usize = 40;

/// Which settings of a step say where they were written: any, the first that was told, or none any more.
enum Cite {
    Any,
    Told,
    Nothing,
}

/// A working that is being unfolded.
pub(super) struct Tree<'l> {
    pub(super) ledger: &'l Ledger,
    pub(super) working: Working<'l>,
    pub(super) forms: Forms<'l>,
    alike: Alike,
    told: HashSet<Line>,
    /// What has been told of a row, by its mark.
    told_as: HashMap<(usize, u64), String>,
    /// What other layers give, and is still to be unfolded; with the row of each.
    ahead: BTreeMap<Line, usize>,
    /// The names that have been used.
    pub names: Vec<String>,
}

impl<'l> Tree<'l> {
    pub fn new(ledger: &'l Ledger) -> Tree<'l> {
        let working = Working::plain(&ledger.page, glossary::neutral);
        let (told, told_as, ahead, names) = Default::default();
        let (forms, alike) = (Forms::new(&ledger.page), Alike::of(&ledger.page));
        Tree { ledger, working, forms, alike, told, told_as, ahead, names }
    }

    /// What is to be unfolded next: the line nearest to the end of the network, so that nothing is needed after it; with
    /// the names of what its row works out in the very same way.
    pub fn next(&mut self) -> Option<(Line, Vec<String>)> {
        let (last, row) = std::iter::from_fn(|| self.ahead.pop_last()).find(|(line, _)| !self.told.contains(line))?;
        let mark = self.alike.mark(last);
        let own = self.ahead.iter().filter(|(line, of)| **of == row && self.alike.mark(**line) == mark);
        let mut all: Vec<Line> = own.map(|(line, _)| *line).chain([last]).collect();
        let first = all.remove(0);
        for line in &all {
            self.ahead.remove(line);
            self.told.insert(*line);
        }
        self.ahead.remove(&first);
        let name = |line: &Line| notation::name_of(&self.ledger.page, *line).unwrap_or_default().to_owned();
        Some((first, all.iter().map(name).collect()))
    }

    /// How many lines are still to be unfolded.
    pub fn left(&self) -> usize {
        self.ahead.len()
    }

    /// The lines that the numbers of a row are made of; a step that makes no difference is not among them.
    pub fn used(&self, row: usize) -> HashSet<Line> {
        let row = &self.ledger.rows[row];
        let sums = QUANTITIES.iter().filter_map(|quantity| (quantity.of)(&row.sums));
        let (mut used, mut ahead) = (HashSet::new(), sums.chain(row.out.iter().flatten().copied()).collect::<Vec<_>>());
        while let Some(line) = ahead.pop() {
            if row.lines.contains(&line.index()) && used.insert(line) {
                ahead.extend(self.working.made_of(line));
            }
        }
        used
    }

    /// The equation of a line.
    pub fn equation(&mut self, line: Line, name: &str) -> Span {
        let equation = notation::read(&self.ledger.page, &self.working, &mut self.forms, line);
        if equation.symbols.is_some() {
            self.meet(name);
            for line in self.working.made_of(line) {
                notation::name_of(&self.ledger.page, line).into_iter().for_each(|name| self.meet(name));
            }
        }
        Span::Math(Equation { name: Some(name).filter(|name| !name.is_empty()).map(str::to_owned), ..equation })
    }

    fn meet(&mut self, name: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// A line with its layer, and everything that it rests on.
    pub fn root(&mut self, line: Line, name: &str) -> Step {
        let row = self.ledger.row_of(line);
        let mut step = match self.ledger.page.step(line) {
            Made::Given { .. } => leaf(self.setting(line, &mut Cite::Any)),
            Made::Taken { of, .. } => self.door(line, name, of, row),
            _ => self.unfold(line, name, 0),
        };
        if let Some(row) = row {
            step.says.splice(0..0, [Span::Name(self.ledger.model.layers[row].name.to_string()), text(": ")]);
        }
        if let Value::Broken(first) = self.ledger.page.value(line) {
            // Elsewhere the path leads to it.
            let complaint = row.filter(|_| self.ledger.row_of(first) == row).and_then(|row| self.complaint(row));
            step.below.extend(complaint);
        }
        step
    }

    fn unfold(&mut self, line: Line, name: &str, depth: usize) -> Step {
        let mut says = vec![self.equation(line, name)];
        let parts = self.working.made_of(line);
        let row = self.ledger.row_of(line);
        if !self.told.insert(line) {
            says.extend((!parts.is_empty()).then(|| text(", shown above")));
            return leaf(says);
        }
        let known = self.told_as.entry((row.unwrap_or(usize::MAX), self.alike.mark(line))).or_insert(name.to_owned());
        if known != name {
            says.extend([text(", like "), super::name(known)]);
            return leaf(says);
        }
        if depth >= DEEP {
            says.push(text(", and so on"));
            return leaf(says);
        }
        Step { says, below: self.below(parts, row, depth) }
    }

    /// What a step of a row is made of: other steps, what comes from elsewhere, then the settings of its own.
    fn below(&mut self, parts: Vec<Line>, row: Option<usize>, depth: usize) -> Vec<Step> {
        let is_setting = |line: &Line| matches!(self.ledger.page.step(*line), Made::Given { .. });
        let mut cite =
            if parts.iter().any(|part| is_setting(part) && self.is_told(*part)) { Cite::Told } else { Cite::Any };
        let mut below = Vec::new();
        for part in parts {
            let own = self.ledger.row_of(part) == row;
            below.push(match self.ledger.page.step(part) {
                Made::Called { name, .. } if own => self.unfold(part, name, depth + 1),
                Made::Called { name, .. } | Made::Given { name, .. } if !own => self.door(part, name, part, row),
                Made::Taken { name, of } => self.door(part, name, of, row),
                _ => leaf(self.setting(part, &mut cite)),
            });
        }
        below
    }

    /// Whether somebody wrote a setting down.
    fn is_told(&self, line: Line) -> bool {
        match self.ledger.row_of(line) {
            Some(row) => super::settings::is_told(self.ledger, row, line),
            None => true,
        }
    }

    /// `K = 3, written in line 6: …`
    fn setting(&mut self, line: Line, cite: &mut Cite) -> Phrase {
        let mut says = self.amount(line);
        says.extend(self.origin(line, cite));
        says
    }

    /// `K = 3`, with the symbol where it was chosen as one.
    fn amount(&mut self, line: Line) -> Phrase {
        let page = &self.ledger.page;
        let name = notation::name_of(page, line).unwrap_or("?");
        let result = notation::result(page, &mut self.forms, line);
        let mut says = match result {
            Some(Expr::Name { name: symbol, .. }) if *symbol == *name => {
                return vec![super::name(name), text(" (open)")];
            }
            Some(Expr::Unknown) | None => {
                vec![super::name(name), text(" = "), notation::amount(page, &mut self.forms, line)]
            }
            result => vec![Span::Math(Equation { result, ..Equation::named(name) })],
        };
        if let Made::Given { of: Some(symbol), .. } = page.step(line) {
            says.push(text(if page.value(symbol) == Value::Open { " (open)" } else { " (bound)" }));
        }
        says
    }

    /// Where a setting was written; of one that was not, where it would be. A line is cited once.
    fn origin(&self, line: Line, cite: &mut Cite) -> Phrase {
        let Some(row) = self.ledger.row_of(line) else { return self.input_of(line) };
        if !super::settings::has_lines(self.ledger) {
            return vec![text(", as the file has it")];
        }
        let written = self.written(row);
        match (self.is_told(line), &cite) {
            (true, Cite::Nothing) => return vec![text(", in the same line")],
            (false, Cite::Nothing | Cite::Told) => return vec![text(", unless told")],
            _ => *cite = Cite::Nothing,
        }
        match (self.is_told(line), written.get(1)) {
            (true, _) => written,
            (false, Some(Span::Code(code))) => vec![text(", unless told in "), Span::Code(code.clone())],
            (false, _) => vec![text(", unless told")],
        }
    }

    /// Where a layer was written, and what; of a node, the word that its file has for it.
    pub fn written(&self, row: usize) -> Phrase {
        let layer = &self.ledger.model.layers[row];
        if !super::settings::has_lines(self.ledger) {
            let word = layer.raw.as_ref().map(|raw| [text(", "), Span::Code(raw.kind.to_string())]);
            return word.into_iter().flatten().collect();
        }
        let mut says = written(layer.place.line, &tidy(&layer.written));
        if let Some(call) = &layer.call {
            says.extend([text(&format!(", called by line {}: ", call.place.line)), Span::Code(tidy(&call.written))]);
        }
        says
    }

    fn input_of(&self, line: Line) -> Phrase {
        let Some(at) = self
            .ledger
            .inputs
            .iter()
            .position(|shape| shape.iter().any(|size| super::settings::is(self.ledger, *size, line)))
        else {
            return Vec::new();
        };
        let (model, input) = (&self.ledger.model, &self.ledger.model.inputs[at]);
        match &model.batch {
            _ if !super::settings::has_lines(self.ledger) => {
                vec![text(", of the input "), Span::Name(input.name.to_string())]
            }
            Some(batch) if super::settings::is(self.ledger, self.ledger.inputs[at][0], line) => {
                written(batch.place.line, &tidy(&batch.written))
            }
            _ => written(input.place.line, &super::settings::input(input)),
        }
    }

    /// A number that comes from another layer, or from the network's input.
    fn door(&mut self, line: Line, name: &str, of: Line, here: Option<usize>) -> Step {
        let page = &self.ledger.page;
        let mut origin = of;
        while let Made::Taken { of, .. } = page.step(origin) {
            origin = of;
        }
        let name_of = notation::name_of(page, origin).filter(|name| glossary::term_of(name).is_some());
        let what = name_of.map(|name| format!(", the {}", glossary::says(name)));
        self.meet(name);
        let mut says = self.amount(line);
        let Some(row) = self.ledger.row_of(origin) else {
            says.extend(what.as_deref().map(text));
            says.extend(self.input_of(origin));
            return leaf(says);
        };
        let given = matches!(page.step(origin), Made::Given { .. });
        let layer = Span::Name(self.ledger.model.layers[row].name.to_string());
        match what {
            Some(what) => says.extend([text(&what), text(" of "), layer]),
            None => says.extend([text(", which "), layer, text(" gives")]),
        }
        if given {
            says.extend(self.origin(origin, &mut Cite::Told));
        } else if here == Some(row) {
            let below = vec![self.unfold(origin, name_of.unwrap_or_default(), DEEP / 2)];
            return Step { says, below };
        } else if !matches!(page.step(origin), Made::Literal) {
            self.ahead.insert(origin, row);
        }
        leaf(says)
    }
}

pub(super) fn leaf(says: Phrase) -> Step {
    Step { says, below: Vec::new() }
}

/// A line of a network without the spaces that align it.
pub(super) fn tidy(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn written(line: u32, code: &str) -> Phrase {
    let place = if line > 0 { format!(", written in line {line}") } else { ", written".to_owned() };
    match code {
        "" => vec![text(&place)],
        code => vec![text(&format!("{place}: ")), Span::Code(code.to_owned())],
    }
}
