//! The columns that a sheet can have, one a line.

use calc::{Line, Step};
use workings::Fault;
use workings::fault::nearest;
use workings::ledger::{LedgerRow, Sums, Told};
use workings::model::From;

use super::Sheet;
use crate::notation;
use crate::report::{Cell, Span};

/// A column that a sheet can have.
#[derive(Clone, Copy, Debug)]
pub struct ColumnKind {
    /// What it is asked for by.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whether it holds numbers.
    pub(super) numbers: bool,
    /// Whether it is shortened first where the page is too narrow …
    pub(super) gives_way: bool,
    /// … or where formulas in symbols make it wide.
    pub(super) grows: bool,
    /// When it is left out where that is not enough: the lowest goes first.
    pub(super) leaves: u8,
    /// What stands in it.
    pub(super) cell: fn(&mut Sheet<'_>, usize) -> Cell,
}

const fn text(name: &'static str, cell: fn(&mut Sheet<'_>, usize) -> Cell) -> ColumnKind {
    ColumnKind { name, title: name, numbers: false, gives_way: false, grows: true, leaves: 5, cell }
}

const fn wide(name: &'static str, cell: fn(&mut Sheet<'_>, usize) -> Cell) -> ColumnKind {
    ColumnKind { gives_way: true, ..text(name, cell) }
}

const fn number(name: &'static str, cell: fn(&mut Sheet<'_>, usize) -> Cell) -> ColumnKind {
    ColumnKind { numbers: true, ..text(name, cell) }
}

/// What can be read off the calculation is left out first.
const fn leaving(leaves: u8, column: ColumnKind) -> ColumnKind {
    ColumnKind { leaves, ..column }
}

/// Every column, in alphabetical order.
pub const COLUMNS: &[ColumnKind] = &[
    number("additions", |sheet, row| sheet.sum(row, |sums| sums.additions)),
    number("biases", |sheet, row| sheet.sum(row, |sums| sums.biases)),
    leaving(9, wide("calculation", |sheet, row| sheet.calculation(row))),
    number("comparisons", |sheet, row| sheet.sum(row, |sums| sums.comparisons)),
    text("dilation", |sheet, row| sheet.setting(row, "dilation")),
    number("divisions", |sheet, row| sheet.sum(row, |sums| sums.divisions)),
    wide("from", |sheet, row| sheet.from(row)),
    text("groups", |sheet, row| sheet.setting(row, "groups")),
    leaving(3, text("input", |sheet, row| sheet.inputs(row))),
    leaving(2, text("kernel", |sheet, row| sheet.setting(row, "kernel"))),
    leaving(1, number("kernels", |sheet, row| sheet.kernels(row))),
    wide("layer", |sheet, row| vec![vec![Span::Name(sheet.ledger.model.layers[row].name.to_string())]]),
    wide("line", |sheet, row| vec![vec![Span::Code(sheet.ledger.model.layers[row].written.trim().to_owned())]]),
    ColumnKind { title: "MACs", ..number("macs", |sheet, row| sheet.sum(row, |sums| sums.macs)) },
    number("multiplications", |sheet, row| sheet.sum(row, |sums| sums.multiplications)),
    number("number", |_, row| vec![vec![Span::Value((row + 1).to_string())]]),
    text("op", |sheet, row| sheet.op(row)),
    leaving(4, text("output", |sheet, row| sheet.output(row))),
    text("padding", |sheet, row| sheet.setting(row, "padding")),
    number("parameters", |sheet, row| sheet.sum(row, |sums| sums.params)),
    number("read", |sheet, row| sheet.sum(row, |sums| sums.read)),
    number("statistics", |sheet, row| sheet.sum(row, |sums| sums.statistics)),
    text("stride", |sheet, row| sheet.setting(row, "stride")),
    number("transcendentals", |sheet, row| sheet.sum(row, |sums| sums.transcendentals)),
    number("weights", |sheet, row| sheet.sum(row, |sums| sums.weights)),
    number("written", |sheet, row| sheet.sum(row, |sums| sums.written)),
];

/// The column of this name; `params` and `MACs` are understood too.
pub fn column(name: &str) -> Result<ColumnKind, Fault> {
    let asked = name.to_lowercase();
    let asked = if asked == "params" { "parameters" } else { &asked };
    let found = COLUMNS.iter().find(|column| column.name == asked);
    found.copied().ok_or_else(|| {
        let names = || COLUMNS.iter().map(|column| column.name);
        let fault = Fault::new(format!("there is no column “{name}”"));
        match nearest(asked, names().chain(["params"])) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("there are {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// How many inputs of one layer are written out.
pub(super) const INPUTS: usize = 4;

impl Sheet<'_> {
    fn row(&self, row: usize) -> &LedgerRow {
        &self.ledger.rows[row]
    }

    /// A quantity that every row has: 0 where there is none, and unknown where the row could not be worked out.
    fn sum(&mut self, row: usize, what: fn(&Sums) -> Option<Line>) -> Cell {
        vec![vec![match what(&self.row(row).sums) {
            Some(line) => notation::amount(&self.ledger.page, &mut self.forms, line),
            None if self.row(row).out.is_none() => Span::Doubt("?".to_owned()),
            None => Span::Value("0".to_owned()),
        }]]
    }

    fn setting(&mut self, row: usize, name: &str) -> Cell {
        let ledger = self.ledger;
        let told = ledger.rows[row].settings.iter().find(|(known, _)| *known == name);
        match told.map(|(_, told)| told) {
            Some(Told::One(line)) => self.sizes(&[*line]),
            Some(Told::List(lines)) => self.sizes(lines),
            Some(Told::Pairs(pairs)) => vec![self.pads(pairs)],
            Some(Told::Fraction(told)) => vec![vec![Span::Value(told.to_string())]],
            Some(Told::Word(word)) => vec![vec![Span::Text((*word).to_owned())]],
            None => Cell::new(),
        }
    }

    /// Paddings: `1×1`, or `0:1×0:1` where they differ before and after.
    fn pads(&mut self, pairs: &[(Line, Line)]) -> Vec<Span> {
        let mut spans = Vec::new();
        for (i, (before, after)) in pairs.iter().enumerate() {
            if i > 0 {
                spans.push(Span::Text("×".to_owned()));
            }
            let (before, after) = (self.side_by_side(&[*before]).concat(), self.side_by_side(&[*after]).concat());
            spans.extend(before.clone());
            if before != after {
                spans.push(Span::Text(":".to_owned()));
                spans.extend(after);
            }
        }
        spans
    }

    fn inputs(&mut self, row: usize) -> Cell {
        let inputs = self.ledger.model.layers[row].inputs.clone();
        self.taken(&inputs)
    }

    fn from(&mut self, row: usize) -> Cell {
        let inputs = self.ledger.model.layers[row].inputs.iter();
        let inputs = inputs.filter(|from| !matches!(from, From::Nothing | From::Stored(_)));
        inputs.map(|from| vec![Span::Name(self.ledger.source_name(*from).to_owned())]).collect()
    }

    fn output(&mut self, row: usize) -> Cell {
        let ledger = self.ledger;
        match &ledger.rows[row].out {
            Some(shape) => self.shape(shape),
            None => vec![vec![Span::Doubt("?".to_owned())]],
        }
    }

    fn op(&mut self, row: usize) -> Cell {
        let op = self.ledger.model.layers[row].op;
        vec![vec![op.map_or(Span::Doubt("?".to_owned()), |op| Span::Text(op.name.to_owned()))]]
    }

    /// How many kernels, or units: what the rule calls so.
    fn kernels(&mut self, row: usize) -> Cell {
        let ledger = self.ledger;
        if ledger.rows[row].sums.weights.is_none() {
            return Cell::new();
        }
        let lines = ledger.page.between(ledger.rows[row].lines.clone());
        let own = lines.filter(|line| match ledger.page.step(*line) {
            Step::Given { name, .. } | Step::Called { name, .. } => KERNELS.contains(&name),
            _ => false,
        });
        own.take(1).map(|line| vec![notation::amount(&ledger.page, &mut self.forms, line)]).collect()
    }
}

/// What the number of kernels, or of units, is called.
const KERNELS: [&str; 2] = ["C_out", "units"];
