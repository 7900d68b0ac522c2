//! A total, and why a layer has no numbers.

use calc::{Line, Step as Made, Value};
use workings::ledger::Total;

use super::text;
use super::tree::{Tree, leaf};
use crate::notation;
use crate::report::{Equation, Span, Step};

/// How many terms of a total are written in one sum, and how many layers below it.
const TERMS: usize = 8;
const PARTS: usize = 200;

impl Tree<'_> {
    /// Why a layer could not be worked out, where it could not.
    pub fn complaint(&mut self, row: usize) -> Option<Step> {
        let page = &self.ledger.page;
        let own = self.ledger.rows[row].lines.clone();
        let mut own = page.lines().skip(own.start).take(own.len());
        let broken = own.find(|line| page.value(*line) == Value::Broken(*line))?;
        let mut read = |line| notation::text(&notation::read(page, &self.working, &mut self.forms, line));
        let why = match page.step(broken) {
            Made::Broken { why } => why.to_owned(),
            Made::Claimed { claim } => {
                let (found, needed) = (read(claim.subject), read(claim.other));
                format!("“{}” does not hold: {found} is not {} {needed}", claim.says, claim.relation.says())
            }
            _ => format!("this cannot be worked out: {}", read(broken)),
        };
        Some(leaf(vec![Span::Doubt(why)]))
    }

    /// A total, and below it what every layer has of it.
    pub fn total(&mut self, name: &str, total: Total) -> Step {
        let parts = self.working.made_of(total.line);
        let mut says = vec![self.equation(total.line, name)];
        if parts.len() > TERMS || self.ledger.page.known(total.line).is_none() {
            let result = notation::result(&self.ledger.page, &mut self.forms, total.line);
            let short = Equation { name: Some(name.to_owned()), symbols: None, numbers: None, result };
            says =
                vec![Span::Math(short), text(&format!(", the sum over {} layers", calc::grouped(parts.len() as i128)))];
        }
        let mut below = Vec::new();
        for part in parts.iter().take(PARTS) {
            let Made::Taken { of, .. } = self.ledger.page.step(*part) else { continue };
            let layer = self.ledger.row_of(of).map_or("", |row| &*self.ledger.model.layers[row].name);
            let equation = self.equation(self.renamed(of), name);
            below.push(leaf(vec![Span::Name(layer.to_owned()), text(": "), equation]));
        }
        if parts.len() > PARTS {
            below.push(leaf(vec![text(&format!("and {} layers more", parts.len() - PARTS))]));
        }
        Step { says, below }
    }
}

impl Tree<'_> {
    /// The line behind a name that only repeats another: of `params = weights`, the weights.
    fn renamed(&self, mut line: Line) -> Line {
        while let Made::Called { of, .. } = self.ledger.page.step(line)
            && let Made::Called { .. } = self.ledger.page.step(of)
        {
            line = of;
        }
        line
    }
}
