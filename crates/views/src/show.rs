//! The sheet: a row a layer with what it takes, how its numbers are worked out, and what it gives; below it the totals.

use calc::{Forms, Value, Working};
use workings::ledger::{Entry, Folded, Quantity, Total};
use workings::{Finding, Ledger, glossary};

use crate::notation;
use crate::report::{self, Block, Cell, Column, Phrase, Report, Span, Table};

mod calculation;
mod chosen;
mod columns;
mod folded;
mod shape;

pub use chosen::order;
pub use columns::{COLUMNS, ColumnKind, column};
pub use shape::Layout;

/// What of a ledger is shown.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The columns, in order; the worksheet's own unless told.
    pub columns: Option<Vec<ColumnKind>>,
    /// The order in which the sizes of a shape are written.
    pub layout: Layout,
    /// Whether a calculation has everything that its rule wrote, also a padding of 0 and a stride of 1.
    pub full: bool,
    /// Rows folded into modules ([`Ledger::fold`]).
    pub folded: Option<Folded>,
    /// Of which layers: those whose name or operator has this in it.
    pub only: Option<String>,
    /// What they are put in order by, the largest first; the network's own order unless told.
    pub sort: Option<Quantity>,
    /// How many at most.
    pub top: Option<usize>,
}

/// The worksheet's own columns.
pub const USUAL: [&str; 7] = ["layer", "kernel", "input", "kernels", "calculation", "output", "parameters"];

/// The sheet of a network, with what is wrong with it.
pub fn show(ledger: &Ledger, findings: &[Finding], options: &Options) -> Report {
    let columns =
        options.columns.clone().unwrap_or_else(|| USUAL.iter().filter_map(|name| column(name).ok()).collect());
    let mut sheet = Sheet::new(ledger, options, &columns);
    let mut blocks = vec![Block::Heading(1, vec![Span::Name(ledger.model.name.to_string())])];
    let (entries, says) = chosen::entries(ledger, options);
    blocks.push(Block::Table(sheet.table(&columns, &entries, options)));
    blocks.extend(says.map(|says| Block::Prose(coded(&says))));
    blocks.extend(findings.iter().map(finding));
    if !sheet.names.is_empty() {
        blocks.push(Block::Legend(legend(&sheet.names)));
    }
    Report { title: ledger.model.name.to_string(), blocks }
}

/// A finding as a block.
pub(crate) fn finding(finding: &Finding) -> Block {
    let place = (finding.place.line > 0).then(|| Span::Text(format!("line {}: ", finding.place.line)));
    let says = place.into_iter().chain(coded(&finding.says)).collect();
    let hint = finding.hint.as_deref().map(coded);
    Block::Finding(report::Finding { code: finding.code.to_owned(), says, hint })
}

/// A sentence in which what stands between backticks is something to type.
pub(crate) fn coded(says: &str) -> Phrase {
    let parts: Vec<&str> = says.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Span::Text(says.to_owned())];
    }
    let span = |(at, part): (usize, &&str)| match at % 2 {
        0 => Span::Text((*part).to_owned()),
        _ => Span::Code((*part).to_owned()),
    };
    parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).map(span).collect()
}

/// Names and what they mean.
pub(crate) fn legend<S: AsRef<str>>(names: &[S]) -> Vec<(String, String)> {
    // `weights: weights` says nothing.
    let known = names.iter().map(AsRef::as_ref).filter(|name| glossary::says(name) != *name);
    known.map(|name| (name.to_owned(), glossary::says(name).to_owned())).collect()
}

/// A ledger being laid out as a sheet.
pub(crate) struct Sheet<'l> {
    ledger: &'l Ledger,
    working: Working<'l>,
    forms: Forms<'l>,
    layout: Layout,
    /// Which sums the calculation leads to beside the parameters.
    leads_to: Vec<&'static str>,
    /// Names that stand in a calculation.
    names: Vec<String>,
}

impl<'l> Sheet<'l> {
    fn new(ledger: &'l Ledger, options: &Options, columns: &[ColumnKind]) -> Sheet<'l> {
        let working = match options.full {
            true => Working::full(&ledger.page),
            false => Working::plain(&ledger.page, glossary::neutral),
        };
        let leads_to = columns.iter().map(|column| column.name).collect();
        let forms = Forms::new(&ledger.page);
        Sheet { ledger, working, forms, layout: options.layout, leads_to, names: Vec::new() }
    }

    fn table(&mut self, kinds: &[ColumnKind], entries: &[Entry], options: &Options) -> Table {
        let rows: Vec<Vec<Cell>> = entries.iter().map(|entry| self.entry(kinds, *entry, options)).collect();
        let foot = self.foot(kinds);
        let open = !self.ledger.symbols.is_empty();
        let columns = kinds
            .iter()
            .map(|kind| Column {
                title: kind.title.to_owned(),
                numbers: kind.numbers,
                gives_way: kind.gives_way || open && kind.grows,
                leaves: Some(kind.leaves),
            })
            .collect();
        Table { columns, rows, foot, chooser: Some("--columns".to_owned()) }
    }

    fn cells(&mut self, kinds: &[ColumnKind], row: usize) -> Vec<Cell> {
        kinds.iter().map(|kind| (kind.cell)(self, row)).collect()
    }

    /// The totals: each in its own column, or at the end of a row of its own.
    fn foot(&mut self, kinds: &[ColumnKind]) -> Vec<Vec<Cell>> {
        let totals = &self.ledger.totals;
        let all = [("parameters", totals.params), ("macs", totals.macs), ("statistics", totals.statistics)];
        let place = |name| kinds.iter().position(|kind| kind.name == name).filter(|at| *at > 0);
        let mut rows = Vec::new();
        let mut shared = vec![Cell::new(); kinds.len()];
        for (name, total) in all {
            let amount = vec![notation::total(self.ledger, &mut self.forms, total)];
            match place(name) {
                Some(at) => shared[at] = vec![amount],
                None if name == "statistics" && self.is_nothing(total) => {}
                None => rows.push(own_row(kinds.len(), name, amount)),
            }
        }
        if let Some(first) = shared.first_mut().filter(|_| all.iter().any(|(name, _)| place(name).is_some())) {
            let one = all.iter().filter(|(name, _)| place(name).is_some()).count() == 1;
            let what = all.iter().find(|(name, _)| place(name).is_some()).map_or("", |(name, _)| *name);
            *first = vec![vec![Span::Text(if one { format!("total {}", spoken(what)) } else { "total".to_owned() })]];
            rows.insert(0, shared);
        }
        rows
    }

    fn is_nothing(&self, total: Total) -> bool {
        self.ledger.page.value(total.line) == Value::Known(0)
    }
}

/// What a total is called in a sentence.
fn spoken(name: &str) -> &str {
    if name == "macs" { "MACs" } else { name }
}

fn own_row(columns: usize, name: &str, amount: Phrase) -> Vec<Cell> {
    let mut row = vec![Cell::new(); columns];
    let label = Span::Text(format!("total {}", spoken(name)));
    match row.as_mut_slice() {
        [] => {}
        [only] => *only = vec![[vec![label, Span::Text(" ".to_owned())], amount].concat()],
        [first, .., last] => (*first, *last) = (vec![vec![label]], vec![amount]),
    }
    row
}
