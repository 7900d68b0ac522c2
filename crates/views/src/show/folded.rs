//! Modules in a sheet: what their rows come to together, in the columns that say something of a module.

use calc::Line;
use workings::ledger::{Entry, QUANTITIES, Subtotal, Total};
use workings::model::From;

use super::columns::INPUTS;
use super::{ColumnKind, Options, Sheet};
use crate::notation;
use crate::report::{Cell, Span};

/// How many kinds of rows of a module are named.
const KINDS: usize = 4;

/// What a module has of a quantity.
pub(super) fn total(module: &Subtotal, name: &str) -> Option<Total> {
    let at = QUANTITIES.iter().position(|quantity| quantity.name == name)?;
    module.totals[at]
}

impl Sheet<'_> {
    /// The cells of what stands in a sheet.
    pub(super) fn entry(&mut self, kinds: &[ColumnKind], entry: Entry, options: &Options) -> Vec<Cell> {
        self.working.forget();
        let module = match (entry, &options.folded) {
            (Entry::Module(at), Some(folded)) => &folded.modules[at],
            (Entry::Row(row) | Entry::Module(row), _) => return self.cells(kinds, row),
        };
        // A module of one row has that row's working.
        let shown: Vec<usize> = module.rows.iter().copied().filter(|row| !self.ledger.rows[*row].aside).collect();
        let only = if let [row] = shown[..] { Some(row) } else { None };
        // What a row in the body of a loop multiplies is that of one turn, and no sum.
        let apart = |row: usize, name: &str| {
            self.ledger.model.layers[row].is_inner() && total(module, name).is_some_and(|total| !total.exact)
        };
        let cell = |kind: &ColumnKind| match (kind.name, only.filter(|row| !apart(*row, kind.name))) {
            ("layer", _) => vec![vec![Span::Name(module.module.path.to_string())]],
            (_, Some(row)) => (kind.cell)(self, row),
            (_, None) => self.folded(kind, module),
        };
        kinds.iter().map(cell).collect()
    }

    fn folded(&mut self, kind: &ColumnKind, module: &Subtotal) -> Cell {
        match kind.name {
            "calculation" => vec![vec![Span::Text(self.made_of(module))]],
            "input" => self.taken(&module.inputs),
            "op" => vec![vec![Span::Text(class(module).to_owned())]],
            "output" => self.taken(&module.outputs),
            name if QUANTITIES.iter().any(|quantity| quantity.name == name) => {
                vec![vec![match total(module, name) {
                    Some(total) => notation::total(self.ledger, &mut self.forms, total),
                    None => Span::Value("0".to_owned()),
                }]]
            }
            _ => Cell::new(),
        }
    }

    /// `10 conv, 9 activation, 3 add, 2 more`.
    fn made_of(&self, module: &Subtotal) -> String {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for row in module.rows.iter().filter(|row| !self.ledger.rows[**row].aside) {
            let layer = &self.ledger.model.layers[*row];
            let raw = layer.raw.as_ref().map_or("?", |raw| &*raw.kind);
            let kind = layer.op.map_or(raw, |op| op.name);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, times)) => *times += 1,
                None => kinds.push((kind, 1)),
            }
        }
        kinds.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        let mut says: Vec<String> = kinds.iter().take(KINDS).map(|(kind, times)| format!("{times} {kind}")).collect();
        let more: usize = kinds.iter().skip(KINDS).map(|(_, times)| times).sum();
        says.extend((more > 0).then(|| format!("{more} more")));
        says.join(", ")
    }

    /// The shapes of what comes from these places. What only sizes hang on, and what stands in the file, is no input to a
    /// person.
    pub(super) fn taken(&mut self, from: &[From]) -> Cell {
        let ledger = self.ledger;
        let is_shown = |from: &&From| match **from {
            From::Nothing | From::Stored(_) => false,
            From::Layer(row) | From::Output(row, _) => !ledger.rows[row as usize].aside,
            From::Input(_) | From::Formal(_) => true,
        };
        let from: Vec<&From> = from.iter().filter(is_shown).collect();
        let shape = |from: &&From| match ledger.shape(**from) {
            Some(shape) => self.shape(shape),
            None => vec![vec![Span::Doubt("?".to_owned())]],
        };
        let mut cell: Cell = from.iter().take(INPUTS).flat_map(shape).collect();
        if from.len() > INPUTS {
            cell.push(vec![Span::Text(format!("and {} more", from.len() - INPUTS))]);
        }
        cell
    }
}

/// A module's class without the package that it is from.
pub(super) fn class(module: &Subtotal) -> &str {
    let class = &*module.module.class;
    class.rsplit('.').next().unwrap_or(class)
}

/// The line of a quantity of what stands in a sheet, by which it is put in order.
pub(super) fn line(
    ledger: &workings::Ledger,
    options: &Options,
    entry: Entry,
    quantity: &workings::ledger::Quantity,
) -> Option<Line> {
    match (entry, &options.folded) {
        (Entry::Module(at), Some(folded)) => total(&folded.modules[at], quantity.name).map(|total| total.line),
        (Entry::Row(row) | Entry::Module(row), _) => (quantity.of)(&ledger.rows[row].sums),
    }
}
