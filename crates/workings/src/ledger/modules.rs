//! Rows folded into the modules that they were part of, each module with its subtotals.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use calc::{Calc, Line};

use super::{Ledger, QUANTITIES, Total, write};
use crate::graph::Module;
use crate::model::{From, Model};

/// What stands in a folded sheet: a row as it is, or a module by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A row, by index.
    Row(usize),
    /// A module, by index.
    Module(usize),
}

/// A network's rows, folded.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    /// What stands in the sheet, in the order of the first row of each.
    pub entries: Vec<Entry>,
    /// The modules.
    pub modules: Vec<Subtotal>,
}

/// A module and what its rows come to together.
#[derive(Clone, Debug)]
pub struct Subtotal {
    /// The module.
    pub module: Rc<Module>,
    /// Its rows, in order.
    pub rows: Vec<usize>,
    /// What it takes from outside of itself.
    pub inputs: Vec<From>,
    /// What it gives to the outside.
    pub outputs: Vec<From>,
    /// The sums over its rows, as [`QUANTITIES`] has them; `None` where no row has any of it.
    pub totals: Vec<Option<Total>>,
}

impl Ledger {
    /// Folds the rows into their modules down to this depth: 1 is the outermost. A module without modules in it is folded
    /// wherever it stands; a row that stands in no module, or beside modules that are folded, stays.
    pub fn fold(&mut self, depth: usize) -> Folded {
        let parents = self.parents();
        let mut known: HashMap<Rc<str>, usize> = HashMap::new();
        let mut folded = Folded::default();
        let mut members: Vec<(Rc<Module>, Vec<usize>)> = Vec::new();
        for (row, layer) in self.model.layers.iter().enumerate() {
            let Some(module) = layer.module().and_then(|module| folding(&module, depth, &parents).cloned()) else {
                folded.entries.push(Entry::Row(row));
                continue;
            };
            let at = *known.entry(module.path.clone()).or_insert_with(|| {
                folded.entries.push(Entry::Module(members.len()));
                members.push((module, Vec::new()));
                members.len() - 1
            });
            members[at].1.push(row);
        }
        folded.modules = self.subtotals(members);
        folded
    }

    /// The module of this path, with its subtotals.
    pub fn module(&mut self, path: &str) -> Option<Subtotal> {
        let within = |own: Rc<Module>| own.outwards().find(|module| &*module.path == path).cloned();
        let layers = self.model.layers.iter().enumerate();
        let members = layers.filter_map(|(row, layer)| Some((row, layer.module().and_then(within)?)));
        let (rows, mut modules): (Vec<usize>, Vec<Rc<Module>>) = members.unzip();
        let first = modules.drain(..).next()?;
        self.subtotals(vec![(first, rows)]).pop()
    }

    /// The modules that have modules in them.
    fn parents(&self) -> HashSet<Rc<str>> {
        let mut parents = HashSet::new();
        for module in self.model.layers.iter().filter_map(|layer| layer.module()) {
            parents.extend(module.outwards().skip(1).map(|module| module.path.clone()));
        }
        parents
    }

    fn subtotals(&mut self, members: Vec<(Rc<Module>, Vec<usize>)>) -> Vec<Subtotal> {
        let page = std::mem::replace(&mut self.page, Calc::new().into_page());
        let calc = Calc::on(page);
        let crossings = crossings(&self.model, &members);
        let holders = holders(&self.model);
        let subtotal = |((module, rows), (inputs, outputs)): ((Rc<Module>, Vec<usize>), Crossing)| {
            let apart = apart(&self.model, &holders, &rows);
            let totals = QUANTITIES.iter().map(|quantity| {
                let of = |row: &usize| (quantity.of)(&self.rows[*row].sums);
                // What a graph within the network multiplies is part of the row that it belongs to …
                let is_macs = quantity.name.ends_with("macs");
                let own = rows.iter().filter(|row| !is_macs || !self.model.layers[**row].is_inner());
                let parts: Vec<Line> = own.filter_map(of).collect();
                // … and where that is none of the module's, nobody says how much of it is the module's.
                let missing = apart.iter().find(|(row, _)| is_macs && of(row).is_some());
                match missing {
                    Some((_, holder)) if parts.is_empty() => {
                        let why = format!("what its rows multiply is part of {}", self.model.layers[*holder].name);
                        Some(Total { line: calc.broken(&why).line(), exact: false })
                    }
                    _ if parts.is_empty() => None,
                    _ => {
                        let total = write::sum_of(&calc, parts.into_iter(), quantity.called);
                        Some(Total { exact: total.exact && missing.is_none(), ..total })
                    }
                }
            });
            Subtotal { totals: totals.collect(), module, rows, inputs, outputs }
        };
        let subtotals = members.into_iter().zip(crossings).map(subtotal).collect();
        self.page = calc.into_page();
        subtotals
    }
}

/// The module that a row of this one is folded into.
fn folding<'m>(own: &'m Rc<Module>, depth: usize, parents: &HashSet<Rc<str>>) -> Option<&'m Rc<Module>> {
    match own.outwards().count().checked_sub(depth) {
        Some(further) => own.outwards().nth(further),
        None => Some(own).filter(|module| !parents.contains(&module.path)),
    }
}

/// The row that each row's graph within the network belongs to; `None` for the network's own rows.
fn holders(model: &Model) -> Vec<Option<usize>> {
    // The rows of such a graph stand right before the one that it belongs to, which is in one graph less.
    let mut next: Vec<usize> = Vec::new();
    let mut holders = vec![None; model.layers.len()];
    for (row, layer) in model.layers.iter().enumerate().rev() {
        let depth = layer.depth() as usize;
        holders[row] = depth.checked_sub(1).and_then(|around| next.get(around)).copied();
        next.resize(depth, row);
        next.push(row);
    }
    holders
}

/// The rows of a module in graphs that belong to no row of it, each with the row of the network's own that it is part of.
fn apart(model: &Model, holders: &[Option<usize>], rows: &[usize]) -> Vec<(usize, usize)> {
    let inner = rows.iter().copied().filter(|row| model.layers[*row].is_inner());
    let around = |row: usize| std::iter::successors(holders[row], |holder| holders[*holder]);
    let apart = inner.filter(|row| !around(*row).any(|holder| rows.binary_search(&holder).is_ok()));
    apart.filter_map(|row| Some((row, around(row).last()?))).collect()
}

/// What a module takes from outside of itself, and what it gives to the outside.
type Crossing = (Vec<From>, Vec<From>);

fn crossings(model: &Model, members: &[(Rc<Module>, Vec<usize>)]) -> Vec<Crossing> {
    let mut of: Vec<Option<usize>> = vec![None; model.layers.len()];
    members.iter().enumerate().for_each(|(at, (_, rows))| rows.iter().for_each(|row| of[*row] = Some(at)));
    let maker = |from: From| match from {
        From::Layer(row) | From::Output(row, _) => of[row as usize],
        _ => None,
    };
    let mut crossings: Vec<Crossing> = vec![Crossing::default(); members.len()];
    let mut crosses = |from: From, into: Option<usize>| {
        let out_of = maker(from);
        if out_of == into {
            return;
        }
        let ends = [(out_of, true), (into, false)];
        for (at, gives) in ends.into_iter().filter_map(|(at, gives)| Some((at?, gives))) {
            let (inputs, outputs) = &mut crossings[at];
            let list = if gives { outputs } else { inputs };
            if !list.contains(&from) {
                list.push(from);
            }
        }
    };
    for (row, layer) in model.layers.iter().enumerate() {
        let taken =
            layer.inputs.iter().filter(|from| matches!(from, From::Input(_) | From::Layer(_) | From::Output(..)));
        taken.for_each(|from| crosses(*from, of[row]));
    }
    model.graph.outputs.iter().for_each(|(_, from)| crosses(*from, None));
    for ((_, rows), (_, outputs)) in members.iter().zip(&mut crossings) {
        if let (true, Some(last)) = (outputs.is_empty(), rows.last()) {
            outputs.push(From::Layer(*last as u32));
        }
    }
    crossings
}
