//! What somebody asks for: a layer, a quantity of a layer, or a total.

use calc::{Line, Page, Step};
use workings::fault::nearest;
use workings::ledger::{QUANTITIES, Subtotal};
use workings::{Fault, Ledger, glossary};

/// What is asked for.
pub(super) enum Asked {
    /// A total, by the name of its line.
    Total(&'static str),
    /// A layer.
    Layer(usize),
    /// A quantity of a layer.
    Quantity(Quantity),
    /// Something that a layer has none of.
    Nothing(usize, String),
}

/// A quantity of a layer: its name and the lines that have it.
pub(super) struct Quantity {
    pub row: usize,
    pub name: String,
    pub lines: Vec<Line>,
}

/// The axes of an output, after batch and channels, by how many there are.
const AXES: [&[&str]; 4] = [&[], &["L_out"], &["H_out", "W_out"], &["Z_out", "H_out", "W_out"]];

/// Understands a question.
pub(super) fn ask(ledger: &Ledger, query: &str) -> Result<Asked, Fault> {
    if let Some((row, rest)) = layer(ledger, query) {
        return match rest {
            None => Ok(Asked::Layer(row)),
            Some(name) => quantity(ledger, row, name),
        };
    }
    match query.to_lowercase().trim_start_matches("total.").trim_start_matches("total ") {
        "params" | "parameters" | "total" => Ok(Asked::Total("params")),
        "macs" => Ok(Asked::Total("MACs")),
        "statistics" => Ok(Asked::Total("statistics")),
        _ => Err(no_layer(ledger, query)),
    }
}

/// The layer that a question begins with, and what follows after a dot: the longest name, or a number from 1.
fn layer<'q>(ledger: &Ledger, query: &'q str) -> Option<(usize, Option<&'q str>)> {
    let rest = |length: usize| match query.get(length..) {
        Some("") => Some(None),
        Some(rest) => rest.strip_prefix('.').map(Some),
        None => None,
    };
    let begins = |name: &str| query.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let named = ledger.model.layers.iter().enumerate().filter(|(_, layer)| begins(&layer.name));
    let named = named.filter_map(|(row, layer)| Some((row, &layer.name, rest(layer.name.len())?)));
    let best = named.max_by_key(|(_, name, _)| (name.len(), query.starts_with(&***name)));
    best.map(|(row, _, rest)| (row, rest)).or_else(|| {
        let (number, rest) = query.split_once('.').map_or((query, None), |(number, rest)| (number, Some(rest)));
        let row = number.parse::<usize>().ok()?.checked_sub(1)?;
        (row < ledger.rows.len()).then_some((row, rest))
    })
}

/// A module that a question begins with, with its sums, and which of them is asked for: its parameters, unless told.
pub(super) fn module(ledger: &mut Ledger, query: &str) -> Option<(Subtotal, usize)> {
    if let Some(module) = ledger.module(query) {
        return Some((module, sum("parameters")?));
    }
    let (path, quantity) = query.rsplit_once('.')?;
    let at = sum(quantity)?;
    ledger.module(path).map(|module| (module, at))
}

fn no_layer(ledger: &Ledger, query: &str) -> Fault {
    let fault = Fault::new(format!("{} has no layer “{query}”", ledger.model.name));
    let names = || ledger.model.layers.iter().map(|layer| &*layer.name);
    let start = query.rsplit_once('.').map_or(query, |(start, _)| start);
    let totals = ["params", "macs", "statistics"].into_iter().filter(|_| start == query);
    let near = [query, start].into_iter().find_map(|word| nearest(word, names().chain(totals.clone())));
    match near {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None if query.parse::<u64>().is_ok() => {
            fault.hint(format!("its layers have the numbers 1 to {}", ledger.rows.len()))
        }
        None => fault.hint("ask for LAYER, LAYER.QUANTITY, or one of the totals `params`, `macs`, `statistics`"),
    }
}

fn quantity(ledger: &Ledger, row: usize, asked: &str) -> Result<Asked, Fault> {
    let found = |name: &str, lines: Vec<Line>| Ok(Asked::Quantity(Quantity { row, name: name.to_owned(), lines }));
    let asked = if asked.eq_ignore_ascii_case("kernels") { "C_out" } else { asked };
    if let Some(quantity) = sum(asked).map(|at| &QUANTITIES[at]) {
        return match (quantity.of)(&ledger.rows[row].sums) {
            Some(line) => found(said(&ledger.page, line, quantity.called), vec![line]),
            None => Ok(Asked::Nothing(row, glossary::says(quantity.called).to_owned())),
        };
    }
    let same =
        |name: &str| name == asked || glossary::term_of(name).is_some_and(|term| term.key == asked.to_lowercase());
    let lines = named(ledger, row, same);
    let lines = if lines.is_empty() { named(ledger, row, |name| name.eq_ignore_ascii_case(asked)) } else { lines };
    if let Some((name, _)) = lines.first() {
        return found(&name.clone(), lines.into_iter().map(|(_, line)| line).collect());
    }
    match axes(ledger, row).into_iter().find(|(name, _)| same(name) || name.eq_ignore_ascii_case(asked)) {
        Some((name, line)) => found(name, vec![line]),
        None => numbered(ledger, row, asked).ok_or_else(|| no_quantity(ledger, row, asked)),
    }
}

/// The quantity of this name that every row has, by its place among all.
fn sum(asked: &str) -> Option<usize> {
    let lower = asked.to_lowercase();
    let name = match &*lower {
        "bias" => "biases",
        "mac" | "multiply-adds" => "macs",
        "param" | "parameter" | "params" => "parameters",
        "weight" => "weights",
        other => other,
    };
    QUANTITIES.iter().position(|quantity| quantity.name == name)
}

/// The second, third … of several quantities with one name, as JSON counts them: `padding.total.2`.
fn numbered(ledger: &Ledger, row: usize, asked: &str) -> Option<Asked> {
    let (name, number) = asked.rsplit_once('.')?;
    let at = number.parse::<usize>().ok()?.checked_sub(1)?;
    match quantity(ledger, row, name) {
        Ok(Asked::Quantity(all)) => {
            let line = *all.lines.get(at)?;
            Some(Asked::Quantity(Quantity { lines: vec![line], ..all }))
        }
        _ => None,
    }
}

/// What a line is called on the page, where that says no less.
fn said<'p>(page: &'p Page, line: Line, name: &'p str) -> &'p str {
    match page.step(line) {
        Step::Called { name: called, .. } => called,
        _ => name,
    }
}

/// The lines of a row with such a name: the steps if there are any, else what was taken in or given.
fn named(ledger: &Ledger, row: usize, is: impl Fn(&str) -> bool) -> Vec<(String, Line)> {
    let own = ledger.rows[row].lines.clone();
    let all = || ledger.page.between(own.clone());
    let steps = all().filter_map(|line| match ledger.page.step(line) {
        Step::Called { name, .. } if is(name) => Some((name.to_owned(), line)),
        _ => None,
    });
    let steps: Vec<_> = steps.collect();
    if !steps.is_empty() {
        return steps;
    }
    let leaf = all().find_map(|line| match ledger.page.step(line) {
        Step::Given { name, .. } | Step::Taken { name, .. } if is(name) => Some((name.to_owned(), line)),
        _ => None,
    });
    leaf.into_iter().collect()
}

/// The sizes of a row's output under the names that they have on an output.
fn axes(ledger: &Ledger, row: usize) -> Vec<(&'static str, Line)> {
    let out = ledger.rows[row].out.as_deref().unwrap_or(&[]);
    let names = AXES.get(out.len().saturating_sub(2)).copied().unwrap_or(&[]);
    ["N", "C_out"].iter().chain(names).copied().zip(out.iter().copied()).collect()
}

fn no_quantity(ledger: &Ledger, row: usize, asked: &str) -> Fault {
    let layer = &ledger.model.layers[row].name;
    let mut has: Vec<&str> = ledger.steps(row).map(|(name, _)| name).collect();
    has.extend(axes(ledger, row).iter().map(|(name, _)| *name));
    has.sort_unstable();
    has.dedup();
    let keys = has.iter().filter_map(|name| glossary::term_of(name)).map(|term| term.key);
    let near = nearest(asked, has.iter().copied().chain(keys));
    let near = near.map_or("it".to_owned(), |near| format!("did you mean `{near}`? It"));
    Fault::new(format!("{layer} has no “{asked}”")).hint(format!("{near} has {}", has.join(", ")))
}
