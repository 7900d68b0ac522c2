//! Which rows of a sheet are shown, and in which order.

use calc::{Forms, Line, Value};
use workings::fault::nearest;
use workings::ledger::Sums;
use workings::{Fault, Ledger};

use super::Options;

/// A column that rows can be put in order by.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    name: &'static str,
    of: fn(&Sums) -> Option<Line>,
}

/// Every column that rows can be put in order by, in alphabetical order.
const ORDERS: &[Order] = &[
    Order { name: "additions", of: |sums| sums.additions },
    Order { name: "biases", of: |sums| sums.biases },
    Order { name: "comparisons", of: |sums| sums.comparisons },
    Order { name: "divisions", of: |sums| sums.divisions },
    Order { name: "macs", of: |sums| sums.macs },
    Order { name: "multiplications", of: |sums| sums.multiplications },
    Order { name: "parameters", of: |sums| sums.params },
    Order { name: "read", of: |sums| sums.read },
    Order { name: "statistics", of: |sums| sums.statistics },
    Order { name: "transcendentals", of: |sums| sums.transcendentals },
    Order { name: "weights", of: |sums| sums.weights },
    Order { name: "written", of: |sums| sums.written },
];

/// The order by the column of this name; `params` is understood too.
///
/// # Errors
///
/// There is no such column of numbers.
pub fn order(name: &str) -> Result<Order, Fault> {
    let asked = name.to_lowercase();
    let asked = if asked == "params" { "parameters" } else { &asked };
    ORDERS.iter().find(|order| order.name == asked).copied().ok_or_else(|| {
        let names = || ORDERS.iter().map(|order| order.name);
        let fault = Fault::new(format!("rows cannot be put in order by “{name}”"));
        match nearest(asked, names()) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("take one of {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// The rows that are shown, in order, and a sentence about those that are not.
pub(super) fn rows(ledger: &Ledger, options: &Options) -> (Vec<usize>, Option<String>) {
    let all = ledger.rows.len();
    let mut rows: Vec<usize> = (0..all).filter(|row| options.full || !ledger.rows[*row].aside).collect();
    let aside = all - rows.len();
    if let Some(only) = &options.only {
        let only = only.to_lowercase();
        rows.retain(|row| {
            let layer = &ledger.model.layers[*row];
            let kind = layer.raw.as_ref().map(|raw| raw.kind.to_lowercase()).unwrap_or_default();
            let op = layer.op.map_or("", |op| op.name);
            layer.name.to_lowercase().contains(&only) || op.contains(&only) || kind.contains(&only)
        });
    }
    if let Some(order) = options.sort {
        let mut forms = Forms::new(&ledger.page);
        rows.sort_by_cached_key(|row| std::cmp::Reverse(size(ledger, &mut forms, (order.of)(&ledger.rows[*row].sums))));
    }
    rows.truncate(options.top.unwrap_or(usize::MAX));
    let chosen = options.only.is_some() || options.top.is_some();
    let says = match (chosen, aside) {
        (true, _) => Some(format!("{} of {all} rows; the totals are those of all.", rows.len())),
        (false, 0) => None,
        (false, 1) => Some("1 row that only computes sizes is left out; `--full` shows it.".to_owned()),
        (false, _) => Some(format!("{aside} rows that only compute sizes are left out; `--full` shows them.")),
    };
    (rows, says)
}

/// How large a number is; in a formula every symbol counts as 1, and what is unknown comes last.
fn size(ledger: &Ledger, forms: &mut Forms<'_>, line: Option<Line>) -> Option<i128> {
    let Some(line) = line else { return Some(0) };
    match ledger.page.value(line) {
        Value::Known(n) => Some(n),
        Value::Open => forms.form(line).ok()?.evaluate(&|_| Some(1)),
        Value::Broken(_) => None,
    }
}
