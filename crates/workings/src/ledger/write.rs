//! Writing a ledger: each layer's rule in turn, and what every row says beside its rule.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use calc::{Calc, Line, Qty};
use smallvec::SmallVec;

use super::around::Around;
use super::{Binds, LedgerRow, Lines, Made, Sums, Total, Totals, nodes};
use crate::call::{Given, Stop, carried};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::model::{From, Input, Layer, Layout, Model, Size};
use crate::node::{Node, Role, Row, Shape, some};

/// What writing leaves beside the page.
pub(super) struct Written {
    pub rows: Vec<LedgerRow>,
    pub inputs: Vec<Lines>,
    pub stored: HashMap<u32, Lines>,
    pub symbols: Vec<(Rc<str>, Line)>,
    pub faults: Vec<(usize, Fault)>,
    pub totals: Totals,
}

/// The symbols met so far, in order and by name.
#[derive(Default)]
pub(super) struct Symbols {
    all: Vec<(Rc<str>, Line)>,
    known: HashMap<Rc<str>, Line>,
    unnamed: usize,
}

/// A size's layer, output and axis, and which of its symbols is meant.
type Place = ((usize, usize, usize), &'static str);

/// What is kept while the rows are written.
pub(super) struct Writer<'c, 'm> {
    pub(super) calc: &'c Calc,
    pub(super) model: &'m Model,
    pub(super) binds: &'m Binds,
    pub(super) symbols: RefCell<Symbols>,
    /// Symbols for sizes that are only known when the network runs.
    pub(super) open: RefCell<HashSet<Line>>,
    /// The same by the layer, its output and the axis.
    pub(super) sizes: RefCell<HashMap<Place, Line>>,
    /// The names of sizes in what the file says of tensors.
    pub(super) recorded: OnceCell<HashSet<Rc<str>>>,
    pub(super) inputs: Vec<Given<'c>>,
    /// What layers give, one after the other …
    pub(super) given: Vec<Given<'c>>,
    /// … and where each layer's begins.
    pub(super) begins: Vec<usize>,
    pub(super) stored: Vec<Option<Given<'c>>>,
    pub(super) formals: Vec<Option<Given<'c>>>,
    /// Which layer made a symbol for a size that is only known when the network runs.
    pub(super) makers: RefCell<foldhash::HashMap<Line, usize>>,
    /// How many layers may be gone through again.
    pub(super) again: usize,
    /// Which tensors of the file a row has counted.
    pub(super) counted: Vec<bool>,
    pub(super) rows: Vec<LedgerRow>,
    pub(super) faults: Vec<(usize, Fault)>,
}

impl<'c, 'm> Writer<'c, 'm> {
    pub(super) fn write(calc: &'c Calc, model: &'m Model, binds: &'m Binds) -> Written {
        let (layers, graph) = (model.layers.len(), &model.graph);
        let mut writer = Writer {
            calc,
            model,
            binds,
            symbols: RefCell::default(),
            open: RefCell::default(),
            sizes: RefCell::default(),
            recorded: OnceCell::new(),
            inputs: Vec::new(),
            given: Vec::with_capacity(layers),
            begins: Vec::with_capacity(layers),
            stored: vec![None; graph.stored.len()],
            formals: vec![None; graph.formals.len()],
            makers: RefCell::default(),
            again: nodes::again(layers),
            counted: vec![false; graph.stored.len()],
            rows: Vec::with_capacity(layers),
            faults: Vec::new(),
        };
        writer.inputs = model.inputs.iter().map(|input| writer.input(input)).collect();
        for (index, layer) in model.layers.iter().enumerate() {
            writer.layer(index, layer);
        }
        let totals = writer.total();
        let Writer { symbols, inputs, stored, rows, faults, .. } = writer;
        let inputs = inputs.iter().map(|given| given.shape.as_ref().map(lines).unwrap_or_default()).collect();
        let shapes = (0..).zip(&stored).filter_map(|(at, given)| Some((at, lines(given.as_ref()?.shape.as_ref()?))));
        let stored = shapes.collect();
        Written { rows, inputs, stored, symbols: symbols.into_inner().all, faults, totals }
    }

    fn input(&self, input: &Input) -> Given<'c> {
        if input.shapeless {
            return Given::unknown(input.dtype);
        }
        let image: &[&str] = crate::node::AXES[input.shape.len().saturating_sub(2).min(3)];
        let names: [&[&str]; 2] = match self.model.layout == Layout::AsInFile || input.shape.len() < 2 {
            true => [&[], &[]],
            false => [&["N", "C"], image],
        };
        let names = names.concat().into_iter().chain(std::iter::repeat("size"));
        let shape: Shape = input.shape.iter().zip(names).map(|(size, name)| self.size(name, size)).collect();
        let value = input.numbers.as_ref().map(carried);
        Given { value, ..Given::of(shape, input.dtype) }
    }

    pub(super) fn size(&self, name: &'static str, size: &Size) -> Qty<'c> {
        match size {
            Size::Number(n) => self.calc.given(name, i128::from(*n)),
            Size::Symbol(symbol) => some(name, self.calc.given_as(name, self.symbol(symbol))),
        }
    }

    fn symbol(&self, name: &str) -> Qty<'c> {
        let mut symbols = self.symbols.borrow_mut();
        let symbols = &mut *symbols;
        if let Some(&line) = symbols.known.get(name) {
            return self.calc.at(line);
        }
        // Every `?` without a name is an unknown of its own; nobody can write the number that it gets.
        let unnamed = name == "?";
        symbols.unnamed += usize::from(unnamed);
        let name: Rc<str> = if unnamed { format!("?{}", symbols.unnamed).into() } else { name.into() };
        let line = self.calc.symbol(&name, self.binds.get(&*name).map(|&n| i128::from(n))).line();
        if !unnamed {
            symbols.known.insert(name.clone(), line);
        }
        symbols.all.push((name, line));
        self.calc.at(line)
    }

    pub(super) fn layer(&mut self, index: usize, layer: &'m Layer) {
        if let Some(raw) = &layer.raw {
            nodes::settle(self, index, raw);
        }
        let start = self.calc.len();
        nodes::meet(self, &layer.inputs);
        let done = match &layer.raw {
            Some(raw) => Ok(nodes::worked(self, index, layer, raw)),
            None => match &layer.unknown {
                Some(why) => Ok(Err(Stop::Fault((**why).clone()))),
                None => self.shapes_of(layer).map(|inputs| self.worked(layer, &inputs)),
            },
        };
        let (row, given) = match done {
            Ok(Ok(done)) => done,
            Ok(Err(Stop::Fault(fault))) => {
                let nothing = self.nothing(&fault.says);
                // Whoever read a line that has no operator has said why.
                if layer.op.is_some() || layer.unknown.is_some() {
                    self.faults.push((index, fault));
                }
                nothing
            }
            // What is wrong is said where it began.
            Ok(Err(Stop::Unknown(why))) => match &layer.raw {
                Some(raw) => nodes::said(self, index, raw, self.nothing(&why)),
                None => self.nothing(&why),
            },
            Err(fault) => self.nothing(&fault.says),
        };
        let row = match &layer.raw {
            Some(_) => nodes::counted(self, layer, row),
            None => row,
        };
        self.rows.push(LedgerRow { lines: start..self.calc.len(), ..row });
        self.begins.push(self.given.len());
        self.given.extend(given);
    }

    /// The row of a layer of which nothing can be said, and why.
    fn nothing(&self, why: &str) -> (LedgerRow, Outputs<'c>) {
        let broken = Some(self.calc.broken(why).line());
        let sums = Sums::all(broken);
        let row = LedgerRow {
            lines: 0..0,
            out: None,
            dtype: Dtype::UNKNOWN,
            more: Box::default(),
            aside: false,
            params: Vec::new(),
            sums,
            settings: Vec::new(),
        };
        (row, std::iter::once(Given::unknown(Dtype::UNKNOWN)).collect())
    }

    /// A size of a layer's output that the file leaves open: a symbol of its own.
    pub(super) fn open_size(&self, index: usize, output: usize, axis: usize) -> Qty<'c> {
        self.own_size((index, output, axis), (index, output), "")
    }

    /// A size of the state that a loop hands on from turn to turn, by the name of what the turn before has made: a symbol of its
    /// own.
    pub(super) fn turned_size(&self, node: (usize, usize), maker: (usize, usize), axis: usize) -> Qty<'c> {
        self.own_size((node.0, node.1, axis), maker, "_before")
    }

    fn own_size(&self, key: (usize, usize, usize), named: (usize, usize), when: &'static str) -> Qty<'c> {
        let key = (key, when);
        if let Some(&line) = self.sizes.borrow().get(&key) {
            return self.calc.at(line);
        }
        let size = self.symbol(&self.open_name(named.0, named.1, &format!("{when}_d{}", key.0.2)));
        self.open.borrow_mut().insert(size.line());
        self.sizes.borrow_mut().insert(key, size.line());
        size
    }

    /// Its name: that of the tensor, with that of the layer before it where there is such a name already, with the layer's
    /// number where there is that too.
    fn open_name(&self, index: usize, output: usize, axis: &str) -> String {
        let plain = |name: &str| -> String {
            let letters: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            letters.trim_matches('_').to_owned()
        };
        let recorded = self.recorded.get_or_init(|| recorded(self.model));
        let is_free = |name: &String| !self.symbols.borrow().known.contains_key(&**name) && !recorded.contains(&**name);
        let tensor = plain(self.model.output_name(index as u32, output as u32));
        let layer = plain(&self.model.layers[index].name);
        let names = [format!("{tensor}{axis}"), format!("{layer}{axis}")];
        names.into_iter().find(is_free).unwrap_or_else(|| {
            let mut name = format!("{tensor}_{}{axis}", index + 1);
            while !is_free(&name) {
                name.push('_');
            }
            name
        })
    }

    /// Whether a size is one of those.
    pub(super) fn is_open_size(&self, size: Qty<'c>) -> bool {
        self.open.borrow().contains(&size.line())
    }

    /// What is known of something that a layer takes; `None` is nothing at all.
    pub(super) fn known(&self, from: From) -> Option<&Given<'c>> {
        match from {
            From::Input(at) => self.inputs.get(at as usize),
            From::Layer(at) => self.given.get(*self.begins.get(at as usize)?),
            From::Output(at, output) => {
                let end = self.begins.get(at as usize + 1).copied().unwrap_or(self.given.len());
                let own = self.given.get(*self.begins.get(at as usize)?..end)?;
                own.get(output as usize)
            }
            From::Stored(at) => self.stored[at as usize].as_ref(),
            From::Formal(at) => self.formals[at as usize].as_ref(),
            From::Nothing => None,
        }
    }

    /// The shapes of a layer's inputs.
    fn shapes_of(&self, layer: &Layer) -> Result<SmallVec<[&Shape<'c>; 2]>, Fault> {
        let shape = |from: &From| {
            self.known(*from).and_then(|given| given.shape.as_ref()).ok_or_else(|| {
                let above = match *from {
                    From::Layer(at) => &*self.model.layers[at as usize].name,
                    _ => "its input",
                };
                Fault::new(format!("{}: the shape that {above} gives is not known", layer.name))
            })
        };
        layer.inputs.iter().map(shape).collect()
    }

    fn worked(&self, layer: &Layer, inputs: &[&Shape<'c>]) -> Result<(LedgerRow, Outputs<'c>), Stop> {
        let op = layer.op.ok_or_else(|| Fault::new("this line could not be read"))?;
        let around = Around::of(layer, inputs)?;
        let within: SmallVec<[Shape<'c>; 2]> = inputs.iter().map(|shape| around.inward(shape)).collect();
        let within: SmallVec<[&Shape<'c>; 2]> = within.iter().collect();
        let node = Node {
            calc: self.calc,
            name: &layer.name,
            axes: layer.axes,
            settings: &layer.settings,
            inputs: if around.is_nothing() { inputs } else { &within },
            rules: self.model.rules,
            rounding: self.model.rounding,
            symbols: &|name| self.symbol(name),
            given: &[],
        };
        let mut row = (op.rule)(&node)?;
        around.outward(&mut row);
        if let Some(activation) = layer.activation {
            activation.onto(&mut row);
        }
        if layer.tied.is_some() {
            row.params.clear();
        }
        let sums = sums(self.calc, inputs.iter().copied(), &row);
        Ok(kept(row, sums))
    }

    fn total(&self) -> Totals {
        let start = self.calc.len();
        let layers = || self.model.layers.iter().zip(&self.rows);
        let complete = |total: Total| Total { exact: total.exact && self.model.complete, ..total };
        let sum_of = |parts: &mut dyn Iterator<Item = Line>, name| complete(sum_of(self.calc, parts, name));
        let of = |what: fn(&Sums) -> Option<Line>| layers().filter_map(move |(_, row)| what(&row.sums));
        let params = sum_of(&mut of(|sums| sums.params), "params");
        let mut learning = layers().filter(|(layer, _)| !layer.frozen).filter_map(|(_, row)| row.sums.params);
        let trainable = match self.model.layers.iter().any(|layer| layer.frozen) {
            true => sum_of(&mut learning, "params"),
            false => params,
        };
        let statistics = sum_of(&mut of(|sums| sums.statistics), "statistics");
        let constants = sum_of(&mut of(|sums| sums.constants), "constants");
        // What a graph within the network multiplies is part of the row that it belongs to.
        let outer = layers().filter(|(layer, _)| !layer.is_inner());
        let macs = sum_of(&mut outer.filter_map(|(_, row)| row.sums.macs), "MACs");
        Totals { lines: start..self.calc.len(), params, trainable, statistics, constants, macs }
    }
}

/// The names of sizes in what the file says of tensors: they are the file's, whether they were met or not.
fn recorded(model: &Model) -> HashSet<Rc<str>> {
    let sizes = model.graph.said.iter().flat_map(|said| said.values()).filter_map(|said| said.shape.as_ref()).flatten();
    let names = sizes.filter_map(|size| match size {
        Size::Symbol(name) => Some(name.clone()),
        Size::Number(_) => None,
    });
    names.collect()
}

/// The sum of what is known of these lines.
pub(super) fn sum_of(calc: &Calc, parts: impl Iterator<Item = Line>, name: &'static str) -> Total {
    let mut exact = true;
    let parts = parts.filter(|line| {
        let broken = calc.is_broken(*line);
        exact &= !broken;
        !broken
    });
    let sum = calc.sum(parts.map(|line| calc.at(line).taken(name))).called(name);
    Total { line: sum.line(), exact }
}

/// What a layer gives.
pub(super) type Outputs<'c> = SmallVec<[Given<'c>; 1]>;

/// A row as it is kept, and what it gives.
pub(super) fn kept<'c>(mut row: Row<'c>, sums: Sums) -> (LedgerRow, Outputs<'c>) {
    // A ledger keeps its rows: room to spare in each would be memory touched for nothing.
    row.params.shrink_to_fit();
    row.settings.shrink_to_fit();
    let given = match row.given.is_empty() {
        true => std::iter::once(Given::of(row.out, Dtype::FLOAT32)).collect(),
        false => row.given,
    };
    let kept = LedgerRow {
        lines: 0..0,
        out: given[0].shape.as_ref().map(lines),
        dtype: given[0].dtype,
        more: given[1..].iter().map(made).collect(),
        aside: given.iter().all(|given| given.fixed || given.value.is_some()) && row.params.is_empty(),
        sums,
        params: row.params,
        settings: row.settings,
    };
    (kept, given)
}

/// What every row says beside its rule: its parameters summed by role, its multiply-adds, what is read and written.
pub(super) fn sums<'s, 'c: 's>(calc: &'c Calc, inputs: impl Iterator<Item = &'s Shape<'c>>, row: &Row<'c>) -> Sums {
    let of = |role: Role, name: &'static str| {
        let mut tensors = row.params.iter().filter(|tensor| tensor.role == role).map(|tensor| calc.at(tensor.elements));
        let first = tensors.next()?;
        Some(match tensors.next() {
            None if matches!(role, Role::Statistic | Role::Constant) => first.called(name),
            None => first,
            Some(second) => tensors.fold(first + second, |sum, next| sum + next).called(name),
        })
    };
    let join = |a: Option<Qty<'c>>, b: Option<Qty<'c>>| match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    };
    let (weights, biases) = (of(Role::Weight, "weights"), of(Role::Bias, "biases"));
    let params = join(weights, biases).map(|sum| sum.called("params"));
    let macs = join(join(row.macs.conv, row.macs.linear), row.macs.matmul).map(|sum| sum.called("MACs"));
    let statistics = of(Role::Statistic, "statistics");
    let constants = of(Role::Constant, "constants");
    let own = [params, statistics].into_iter().flatten();
    let read = inputs.filter(|shape| !shape.is_empty()).map(crate::ops::elements).chain(own).reduce(|a, b| a + b);
    let named = |q: Option<Qty<'c>>, name| q.map(|q| q.called(name).line());
    let line = |q: Option<Qty<'c>>| q.map(|q| q.line());
    let written = match &row.given[..] {
        [] => (!row.out.is_empty()).then(|| crate::ops::elements(&row.out)),
        all => all
            .iter()
            .filter_map(|given| given.shape.as_ref())
            .filter(|shape| !shape.is_empty())
            .map(crate::ops::elements)
            .reduce(|a, b| a + b),
    };
    Sums {
        params: line(params),
        weights: line(weights),
        biases: line(biases),
        statistics: line(statistics),
        constants: line(constants),
        macs: line(macs),
        conv_macs: line(row.macs.conv),
        linear_macs: line(row.macs.linear),
        matmul_macs: line(row.macs.matmul),
        multiplications: named(row.costs.multiplications, "multiplications"),
        additions: named(row.costs.additions, "additions"),
        comparisons: named(row.costs.comparisons, "comparisons"),
        divisions: named(row.costs.divisions, "divisions"),
        transcendentals: named(row.costs.transcendentals, "transcendentals"),
        read: named(read, "read"),
        written: named(written, "written"),
    }
}

/// A further output as it is kept.
pub(super) fn made(given: &Given<'_>) -> Made {
    Made { shape: given.shape.as_ref().map(lines), dtype: given.dtype }
}

pub(super) fn lines(shape: &Shape<'_>) -> Lines {
    shape.iter().map(|size| size.line()).collect()
}
