//! Writing a ledger: each layer's rule in turn, and what every row says beside its rule.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use calc::{Calc, Line, Qty};
use smallvec::SmallVec;

use super::{Binds, LedgerRow, Lines, Sums, Total, Totals};
use crate::fault::Fault;
use crate::model::{From, Layer, Model, Size};
use crate::node::{Node, Role, Row, Shape, some};

/// The shapes of a layer's inputs.
type Inputs<'s, 'c> = SmallVec<[&'s Shape<'c>; 2]>;

/// What writing leaves beside the page.
pub(super) struct Written {
    pub rows: Vec<LedgerRow>,
    pub inputs: Vec<Lines>,
    pub symbols: Vec<(Rc<str>, Line)>,
    pub faults: Vec<(usize, Fault)>,
    pub totals: Totals,
}

/// The symbols met so far, in order and by name.
#[derive(Default)]
struct Symbols {
    all: Vec<(Rc<str>, Line)>,
    known: HashMap<Rc<str>, Line>,
    unnamed: usize,
}

/// What is kept while the rows are written.
pub(super) struct Writer<'c, 'm> {
    calc: &'c Calc,
    model: &'m Model,
    binds: &'m Binds,
    symbols: RefCell<Symbols>,
    inputs: Vec<Shape<'c>>,
    shapes: Vec<Option<Shape<'c>>>,
    rows: Vec<LedgerRow>,
    faults: Vec<(usize, Fault)>,
}

impl<'c, 'm> Writer<'c, 'm> {
    pub(super) fn write(calc: &'c Calc, model: &'m Model, binds: &'m Binds) -> Written {
        let layers = model.layers.len();
        let mut writer = Writer {
            calc,
            model,
            binds,
            symbols: RefCell::default(),
            inputs: Vec::new(),
            shapes: Vec::with_capacity(layers),
            rows: Vec::with_capacity(layers),
            faults: Vec::new(),
        };
        writer.inputs = model.inputs.iter().map(|input| writer.input(&input.shape)).collect();
        for (index, layer) in model.layers.iter().enumerate() {
            writer.layer(index, layer);
        }
        let totals = writer.total();
        let Writer { symbols, inputs, rows, faults, .. } = writer;
        let inputs = inputs.iter().map(lines).collect();
        Written { rows, inputs, symbols: symbols.into_inner().all, faults, totals }
    }

    fn input(&self, shape: &[Size]) -> Shape<'c> {
        let axes = crate::node::AXES[(shape.len() - 2).min(3)];
        let names = ["N", "C"].iter().chain(axes).chain(std::iter::repeat(&"size"));
        shape.iter().zip(names).map(|(size, name)| self.size(name, size)).collect()
    }

    fn size(&self, name: &'static str, size: &Size) -> Qty<'c> {
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

    fn layer(&mut self, index: usize, layer: &Layer) {
        let start = self.calc.len();
        let done = self.inputs_of(layer).map(|inputs| self.worked(layer, &inputs));
        let (row, out) = match done {
            Ok(Ok(done)) => done,
            Ok(Err(fault)) => {
                let nothing = self.nothing(&fault);
                // Whoever read a line that has no operator has said why.
                if layer.op.is_some() {
                    self.faults.push((index, fault));
                }
                nothing
            }
            // What is wrong is said where it began.
            Err(fault) => self.nothing(&fault),
        };
        self.rows.push(LedgerRow { lines: start..self.calc.len(), ..row });
        self.shapes.push(out);
    }

    /// The row of a layer of which nothing can be said, and why.
    fn nothing(&self, why: &Fault) -> (LedgerRow, Option<Shape<'c>>) {
        let broken = Some(self.calc.broken(&why.says).line());
        let sums = Sums { params: broken, macs: broken, statistics: broken, ..Sums::default() };
        (LedgerRow { lines: 0..0, out: None, params: Vec::new(), sums, settings: Vec::new() }, None)
    }

    /// The shapes of a layer's inputs.
    fn inputs_of(&self, layer: &Layer) -> Result<Inputs<'_, 'c>, Fault> {
        let shape = |from: &From| match *from {
            From::Input(input) => Ok(&self.inputs[input as usize]),
            From::Layer(at) => self.shapes[at as usize].as_ref().ok_or_else(|| {
                let above = &self.model.layers[at as usize].name;
                Fault::new(format!("{}: the shape that {above} gives is not known", layer.name))
            }),
        };
        layer.inputs.iter().map(shape).collect()
    }

    fn worked(&self, layer: &Layer, inputs: &Inputs<'_, 'c>) -> Result<(LedgerRow, Option<Shape<'c>>), Fault> {
        let op = layer.op.ok_or_else(|| Fault::new("this line could not be read"))?;
        let node = Node {
            calc: self.calc,
            layer,
            inputs,
            rules: self.model.rules,
            rounding: self.model.rounding,
            symbols: &|name| self.symbol(name),
        };
        let mut row = (op.rule)(&node)?;
        if let Some(activation) = layer.activation {
            activation.onto(&mut row);
        }
        // A ledger keeps its rows: room to spare in each would be memory touched for nothing.
        row.params.shrink_to_fit();
        row.settings.shrink_to_fit();
        let done = LedgerRow {
            lines: 0..0,
            out: Some(lines(&row.out)),
            sums: sums(self.calc, inputs, &row),
            params: row.params,
            settings: row.settings,
        };
        Ok((done, Some(row.out)))
    }

    fn total(&self) -> Totals {
        let start = self.calc.len();
        let params = self.sum_of(|sums| sums.params, "params");
        let statistics = self.sum_of(|sums| sums.statistics, "statistics");
        let macs = self.sum_of(|sums| sums.macs, "MACs");
        Totals { lines: start..self.calc.len(), params, statistics, macs }
    }

    fn sum_of(&self, what: impl Fn(&Sums) -> Option<Line>, name: &'static str) -> Total {
        let mut exact = self.model.complete;
        let parts = self.rows.iter().filter_map(|row| what(&row.sums)).filter(|line| {
            let broken = self.calc.is_broken(*line);
            exact &= !broken;
            !broken
        });
        let sum = self.calc.sum(parts.map(|line| self.calc.at(line).taken(name))).called(name);
        Total { line: sum.line(), exact }
    }
}

/// What every row says beside its rule: its parameters summed by role, its multiply-adds, what is read and written.
fn sums<'c>(calc: &'c Calc, inputs: &Inputs<'_, 'c>, row: &Row<'c>) -> Sums {
    let of = |role: Role, name: &'static str| {
        let mut tensors = row.params.iter().filter(|tensor| tensor.role == role).map(|tensor| calc.at(tensor.elements));
        let first = tensors.next()?;
        Some(match tensors.next() {
            None if role == Role::Statistic => first.called(name),
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
    let own = [params, statistics].into_iter().flatten();
    let read = inputs.iter().map(|shape| crate::ops::elements(shape)).chain(own).reduce(|a, b| a + b);
    let named = |q: Option<Qty<'c>>, name| q.map(|q| q.called(name).line());
    let line = |q: Option<Qty<'c>>| q.map(|q| q.line());
    let written = (!row.out.is_empty()).then(|| crate::ops::elements(&row.out));
    Sums {
        params: line(params),
        weights: line(weights),
        biases: line(biases),
        statistics: line(statistics),
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

fn lines(shape: &Shape<'_>) -> Lines {
    shape.iter().map(|size| size.line()).collect()
}
