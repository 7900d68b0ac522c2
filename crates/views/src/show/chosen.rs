//! Which rows of a sheet are shown, and in which order.

use calc::{Forms, Line, Value};
use workings::fault::nearest;
use workings::ledger::{Entry, QUANTITIES, Quantity};
use workings::{Fault, Ledger};

use super::{Options, folded};

/// The quantity of this name, by which rows can be put in order; `params` is understood too.
///
/// # Errors
///
/// There is no such quantity.
pub fn order(name: &str) -> Result<Quantity, Fault> {
    let asked = name.to_lowercase();
    let asked = if asked == "params" { "parameters" } else { &asked };
    QUANTITIES.iter().find(|quantity| quantity.name == asked).copied().ok_or_else(|| {
        let names = || QUANTITIES.iter().map(|quantity| quantity.name);
        let fault = Fault::new(format!("rows cannot be put in order by “{name}”"));
        match nearest(asked, names()) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("take one of {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// What is shown, in order, and a sentence about what is not.
pub(super) fn entries(ledger: &Ledger, options: &Options) -> (Vec<Entry>, Option<String>) {
    let mut entries: Vec<Entry> = match &options.folded {
        Some(folded) => folded.entries.clone(),
        None => (0..ledger.rows.len()).map(Entry::Row).collect(),
    };
    let all = entries.len();
    entries.retain(|entry| options.full || !is_aside(ledger, options, *entry));
    let aside = all - entries.len();
    if let Some(only) = &options.only {
        let only = only.to_lowercase();
        entries.retain(|entry| is_called(ledger, options, *entry, &only));
    }
    if let Some(quantity) = options.sort {
        let mut forms = Forms::new(&ledger.page);
        let mut key = |entry: &Entry| size(ledger, &mut forms, folded::line(ledger, options, *entry, &quantity));
        entries.sort_by_cached_key(|entry| std::cmp::Reverse(key(entry)));
    }
    entries.truncate(options.top.unwrap_or(usize::MAX));
    let chosen = options.only.is_some() || options.top.is_some();
    let bare = options.folded.as_ref().is_some_and(|folded| folded.modules.is_empty());
    let says = match (chosen, aside) {
        _ if bare => Some("The file names no modules, and no row is folded.".to_owned()),
        (true, _) => Some(format!("{} of {all} rows; the totals are those of all.", entries.len())),
        (false, 0) => None,
        (false, 1) => Some("1 row that only computes sizes is left out; `--full` shows it.".to_owned()),
        (false, _) => Some(format!("{aside} rows that only compute sizes are left out; `--full` shows them.")),
    };
    (entries, says)
}

/// Whether there is nothing in it but the computing of sizes.
fn is_aside(ledger: &Ledger, options: &Options, entry: Entry) -> bool {
    match (entry, &options.folded) {
        (Entry::Module(at), Some(folded)) => folded.modules[at].rows.iter().all(|row| ledger.rows[*row].aside),
        (Entry::Row(row) | Entry::Module(row), _) => ledger.rows[row].aside,
    }
}

/// Whether its name, its operator or its class has this in it.
fn is_called(ledger: &Ledger, options: &Options, entry: Entry, only: &str) -> bool {
    match (entry, &options.folded) {
        (Entry::Module(at), Some(folded)) => {
            let module = &folded.modules[at];
            module.module.path.to_lowercase().contains(only) || folded::class(module).to_lowercase().contains(only)
        }
        (Entry::Row(row) | Entry::Module(row), _) => {
            let layer = &ledger.model.layers[row];
            let kind = layer.raw.as_ref().map(|raw| raw.kind.to_lowercase()).unwrap_or_default();
            let op = layer.op.map_or("", |op| op.name);
            layer.name.to_lowercase().contains(only) || op.contains(only) || kind.contains(only)
        }
    }
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
