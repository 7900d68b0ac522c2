//! A row a layer for a spreadsheet or a data frame: numbers as machines read them, and the calculations as text.

use calc::{Expr, Forms, Line};
use workings::Ledger;
use workings::ledger::Told;

use crate::notation;

/// The columns.
const COLUMNS: [&str; 17] = [
    "id",
    "name",
    "op",
    "kernel",
    "stride",
    "padding",
    "dilation",
    "groups",
    "input",
    "output",
    "params",
    "weights",
    "biases",
    "statistics",
    "macs",
    "params_calculation",
    "macs_calculation",
];

/// The ledger as CSV, with a line of headings. What is not known is empty, and `?` in a shape;
/// what is open is a formula that Python reads.
pub fn show(ledger: &Ledger) -> String {
    let mut csv = ::csv::Writer::from_writer(Vec::new());
    let mut machine = Machine { ledger, forms: Forms::new(&ledger.page) };
    // Writing into memory does not fail.
    let _ = csv.write_record(COLUMNS);
    for row in 0..ledger.rows.len() {
        let _ = csv.write_record(machine.row(row).iter().map(|cell| harmless(cell)));
    }
    csv.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula: what begins like one, and is no number, gets an apostrophe.
fn harmless(cell: &str) -> String {
    let starts = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if starts && cell.parse::<i128>().is_err() { format!("'{cell}") } else { cell.to_owned() }
}

struct Machine<'l> {
    ledger: &'l Ledger,
    forms: Forms<'l>,
}

impl Machine<'_> {
    fn row(&mut self, row: usize) -> Vec<String> {
        let (ledger, layer) = (self.ledger, &self.ledger.model.layers[row]);
        let sums = ledger.rows[row].sums;
        let op = layer.op.map_or("", |op| op.name).to_owned();
        let mut cells = vec![(row + 1).to_string(), layer.name.to_string(), op];
        cells.extend(["kernel", "stride", "padding", "dilation", "groups"].map(|name| self.setting(row, name)));
        let inputs =
            layer.inputs.iter().map(|from| ledger.shape(*from).map_or(String::new(), |shape| self.joined(shape)));
        cells.push(inputs.collect::<Vec<_>>().join(" "));
        cells.push(ledger.rows[row].out.as_deref().map_or(String::new(), |shape| self.joined(shape)));
        let known = ledger.rows[row].out.is_some();
        for line in [sums.params, sums.weights, sums.biases, sums.statistics, sums.macs] {
            cells.push(match line {
                Some(line) => self.number(line),
                None if known => "0".to_owned(),
                None => String::new(),
            });
        }
        cells.extend([("params", sums.params), ("MACs", sums.macs)].map(|(name, line)| self.calculation(name, line)));
        cells
    }

    /// A number in digits, or a formula; nothing where it is not known.
    fn number(&mut self, line: Line) -> String {
        self.forms.form(line).map(|form| form.to_string()).unwrap_or_default()
    }

    /// Sizes as `1x64x107x107`.
    fn joined(&mut self, lines: &[Line]) -> String {
        let sizes: Vec<String> = lines
            .iter()
            .map(|line| match self.number(*line) {
                unknown if unknown.is_empty() => "?".to_owned(),
                size if size.contains(|c: char| !c.is_alphanumeric() && c != '_') => format!("({size})"),
                size => size,
            })
            .collect();
        sizes.join("x")
    }

    fn setting(&mut self, row: usize, name: &str) -> String {
        let ledger = self.ledger;
        let told = ledger.rows[row].settings.iter().find(|(known, _)| *known == name);
        match told.map(|(_, told)| told) {
            Some(Told::One(line)) => self.number(*line),
            Some(Told::List(lines)) => self.joined(lines),
            Some(Told::Pairs(pairs)) => {
                let pair = |(a, b): &(Line, Line)| format!("{}:{}", self.number(*a), self.number(*b));
                pairs.iter().map(pair).collect::<Vec<_>>().join("x")
            }
            Some(Told::Fraction(told)) => told.to_string(),
            Some(Told::Word(word)) => (*word).to_owned(),
            None => String::new(),
        }
    }

    fn calculation(&mut self, name: &str, line: Option<Line>) -> String {
        let Some(line) = line else { return String::new() };
        let equation = notation::equation(self.ledger, &mut self.forms, line, name);
        if equation.result == Some(Expr::Unknown) { String::new() } else { notation::text(&equation) }
    }
}
