//! The ledger: a row a layer, every number of it a line on one page.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use calc::{Calc, Line, Page, Qty, Relation, Step, Value, Working};

use crate::fault::{Fault, Place};
use crate::{claims, glossary};
use crate::model::{From, Layer, Model, Size};
use crate::node::{Built, Node, Role, Row, Shape};

/// A network worked out: what was written, the page, and where on it everything stands.
pub struct Ledger {
    /// The network as it was written.
    pub model: Model,
    /// Every line of arithmetic.
    pub page: Page,
    /// The shapes of the network's inputs.
    pub inputs: Vec<Vec<Line>>,
    /// One row a layer, in order.
    pub rows: Vec<LedgerRow>,
    /// The sums over all rows.
    pub totals: Totals,
    /// The symbols, in order of appearance, with their lines.
    pub symbols: Vec<(Rc<str>, Line)>,
}

/// A layer worked out. Lines are lines of the ledger's page.
pub struct LedgerRow {
    /// The lines that its rule wrote.
    pub lines: Range<usize>,
    /// The shape of the output; `None` if there is none to be had.
    pub out: Option<Vec<Line>>,
    /// Its parameters, tensor by tensor.
    pub params: Vec<Tensor>,
    /// The named quantities that every row has.
    pub sums: Sums,
    /// Its settings as understood.
    pub settings: Vec<(&'static str, Told)>,
}

/// A tensor of parameters on the page.
pub struct Tensor {
    /// What PyTorch calls it.
    pub name: Cow<'static, str>,
    /// What it is for.
    pub role: Role,
    /// How many elements it has.
    pub elements: Line,
    /// Its shape, in PyTorch's order.
    pub shape: Vec<Line>,
}

/// A setting on the page.
pub enum Told {
    /// One quantity.
    One(Line),
    /// One an axis.
    List(Vec<Line>),
    /// Before and after, a pair an axis.
    Pairs(Vec<(Line, Line)>),
    /// A word.
    Word(&'static str),
}

/// The quantities that every row has. `None` is none: zero, and no line to show for it.
#[derive(Clone, Copy, Default)]
pub struct Sums {
    /// Elements of learned tensors.
    pub params: Option<Line>,
    /// Of them, what is multiplied by.
    pub weights: Option<Line>,
    /// Of them, what is added.
    pub biases: Option<Line>,
    /// Elements stored and never learned.
    pub statistics: Option<Line>,
    /// Multiply-adds, all kinds.
    pub macs: Option<Line>,
    /// Multiply-adds of convolutions.
    pub conv_macs: Option<Line>,
    /// Multiply-adds of linear layers.
    pub linear_macs: Option<Line>,
    /// Multiply-adds of products of two computed matrices.
    pub matmul_macs: Option<Line>,
    /// Multiplications beside them.
    pub multiplications: Option<Line>,
    /// Additions and subtractions beside them.
    pub additions: Option<Line>,
    /// Comparisons.
    pub comparisons: Option<Line>,
    /// Divisions.
    pub divisions: Option<Line>,
    /// Calls of exp, tanh, erf, √ and their like.
    pub transcendentals: Option<Line>,
    /// Elements read: inputs and parameters.
    pub read: Option<Line>,
    /// Elements written.
    pub written: Option<Line>,
}

/// A sum over rows, and whether every row could say its part.
#[derive(Clone, Copy)]
pub struct Total {
    /// The sum of what is known.
    pub line: Line,
    /// Whether that is all; otherwise the sum is "at least".
    pub exact: bool,
}

/// The sums over all rows.
pub struct Totals {
    /// The lines that they take.
    pub lines: Range<usize>,
    /// Elements of learned tensors.
    pub params: Total,
    /// Elements stored and never learned.
    pub statistics: Total,
    /// Multiply-adds.
    pub macs: Total,
}

/// Something to say about a network: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: &'static str,
    /// The layer that it is about.
    pub at: Box<str>,
    /// Where that was written.
    pub place: Place,
    /// What was found and what was needed.
    pub says: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Numbers for symbols.
pub type Binds = HashMap<String, i64>;

impl Ledger {
    /// Works a network out. Whatever is wrong with it becomes a finding; every row that can be had is there.
    pub fn of(model: Model, binds: &Binds) -> (Ledger, Vec<Finding>) {
        let calc = Calc::new();
        calc.reserve(model.layers.len() * 64);
        let Written { rows, inputs, symbols, faults, totals } = Writer::write(&calc, &model, binds);
        let ledger = Ledger { page: calc.into_page(), model, inputs, rows, totals, symbols };
        let findings = ledger.findings(faults);
        (ledger, findings)
    }

    /// The row whose rule wrote a line, if it is a row's.
    pub fn row_of(&self, line: Line) -> Option<usize> {
        let row = self.rows.partition_point(|row| row.lines.end <= line.index());
        self.rows.get(row).filter(|row| row.lines.contains(&line.index())).map(|_| row)
    }

    /// The named steps of a row, in order.
    pub fn steps(&self, row: usize) -> impl Iterator<Item = (&str, Line)> {
        self.named(self.rows[row].lines.clone())
    }

    /// The named steps of the totals.
    pub fn total_steps(&self) -> impl Iterator<Item = (&str, Line)> {
        self.named(self.totals.lines.clone())
    }

    fn named(&self, lines: Range<usize>) -> impl Iterator<Item = (&str, Line)> {
        self.page.between(lines).filter_map(|line| match self.page.step(line) {
            Step::Called { name, .. } => Some((name, line)),
            _ => None,
        })
    }

    /// The shape of what a layer's input comes from.
    pub fn shape(&self, from: From) -> Option<&[Line]> {
        match from {
            From::Input(index) => Some(&self.inputs[index as usize]),
            From::Layer(index) => self.rows[index as usize].out.as_deref(),
        }
    }

    /// What an input of a layer is called.
    pub fn source_name(&self, from: From) -> &str {
        match from {
            From::Input(index) => &self.model.inputs[index as usize].name,
            From::Layer(index) => &self.model.layers[index as usize].name,
        }
    }

    /// What a row has of something: nothing, or the line that says how much.
    pub fn value(&self, line: Option<Line>) -> Value {
        line.map_or(Value::Known(0), |line| self.page.value(line))
    }

    fn findings(&self, faults: Vec<(usize, Fault)>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut faults = faults.into_iter().peekable();
        for (index, (layer, row)) in self.model.layers.iter().zip(&self.rows).enumerate() {
            let finding = |code, says, hint| Finding { code, at: layer.name.clone(), place: layer.place, says, hint };
            while let Some((_, fault)) = faults.next_if(|(at, _)| *at == index) {
                findings.push(finding("layer", fault.says, fault.hint));
            }
            let first = findings.len();
            for line in self.page.between(row.lines.clone()) {
                if self.page.value(line) != Value::Broken(line) {
                    continue;
                }
                if let Some((code, says, hint)) = self.broken(line) {
                    let says = format!("{}: {says}", layer.name);
                    if findings[first..].iter().all(|known| known.says != says) {
                        findings.push(finding(code, says, hint));
                    }
                }
            }
        }
        findings
    }

    /// What broke on a line, in words with its numbers.
    fn broken(&self, line: Line) -> Option<(&'static str, String, Option<String>)> {
        let working = Working::plain(&self.page, glossary::neutral);
        let read = |line| working.numbers(line, &mut |_| calc::Expr::Unknown).to_string();
        match self.page.step(line) {
            Step::Claimed { claim } => {
                let known = claims::known(claim.says);
                let (subject, other) = (self.page.known(claim.subject)?, self.page.known(claim.other)?);
                let found = match claim.relation {
                    Relation::DividesInto if other != 0 => {
                        let (q, r) = (subject.div_euclid(other), subject.rem_euclid(other));
                        format!("{subject} = {q} × {other} + {r}")
                    }
                    relation => match read(claim.subject) {
                        sum if sum == calc::grouped(subject) => format!("{sum} is not {} {other}", says(relation)),
                        sum => format!("{sum} = {} is not {} {other}", calc::grouped(subject), says(relation)),
                    },
                };
                let hint = known.map(|claim| (claim.hint)(subject, other));
                Some((known.map_or("claim", |c| c.code), format!("“{}” does not hold: {found}", claim.says), hint))
            }
            Step::Pair { pair, a, b } => {
                let (a, b) = (read(a), read(b));
                Some(match pair {
                    calc::Pair::Div => {
                        ("division", format!("{a} does not divide by {b} without a remainder"), None)
                    }
                    calc::Pair::FloorDiv | calc::Pair::CeilDiv => ("division", format!("{a} is divided by {b}"), None),
                    _ => (
                        "too-large",
                        format!("a number passes 2^127 where {a} and {b} are joined"),
                        Some("make the sizes smaller".to_owned()),
                    ),
                })
            }
            _ => None,
        }
    }
}

/// A relation in words.
fn says(relation: Relation) -> &'static str {
    match relation {
        Relation::AtLeast => "at least",
        Relation::AtMost => "at most",
        Relation::Equal => "equal to",
        Relation::Joins => "1 or equal to",
        Relation::DividesInto => "a multiple of",
    }
}

/// What writing leaves beside the page.
struct Written {
    rows: Vec<LedgerRow>,
    inputs: Vec<Vec<Line>>,
    symbols: Vec<(Rc<str>, Line)>,
    faults: Vec<(usize, Fault)>,
    totals: Totals,
}

/// What is kept while the rows are written.
struct Writer<'c, 'm> {
    calc: &'c Calc,
    model: &'m Model,
    binds: &'m Binds,
    symbols: RefCell<Vec<(Rc<str>, Line)>>,
    inputs: Vec<Shape<'c>>,
    shapes: Vec<Option<Shape<'c>>>,
    rows: Vec<LedgerRow>,
    faults: Vec<(usize, Fault)>,
}

impl<'c, 'm> Writer<'c, 'm> {
    fn write(calc: &'c Calc, model: &'m Model, binds: &'m Binds) -> Written {
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
        Written { rows, inputs, symbols: symbols.into_inner(), faults, totals }
    }

    fn input(&self, shape: &[Size]) -> Shape<'c> {
        let axes = crate::node::AXES[(shape.len() - 2).min(3)];
        let names = ["N", "C"].iter().chain(axes).chain(std::iter::repeat(&"size"));
        shape.iter().zip(names).map(|(size, name)| self.size(name, size)).collect()
    }

    fn size(&self, name: &'static str, size: &Size) -> Qty<'c> {
        match size {
            Size::Number(n) => self.calc.given(name, i128::from(*n)),
            Size::Symbol(symbol) => self.calc.given_as(name, self.symbol(symbol)),
        }
    }

    fn symbol(&self, name: &str) -> Qty<'c> {
        let mut symbols = self.symbols.borrow_mut();
        // Every `?` without a name is an unknown of its own.
        let number = symbols.iter().filter(|(known, _)| known.starts_with('?')).count() + 1;
        let name = if name == "?" { format!("?{number}") } else { name.to_owned() };
        if let Some((_, line)) = symbols.iter().find(|(known, _)| **known == *name) {
            return self.calc.at(*line);
        }
        let symbol = self.calc.symbol(&name, self.binds.get(&name).map(|&n| i128::from(n)));
        symbols.push((name.into(), symbol.line()));
        symbol
    }

    fn layer(&mut self, index: usize, layer: &Layer) {
        let start = self.calc.len();
        let worked = self.rule(layer);
        let mut row = match worked {
            Ok(row) => row,
            Err(why) => {
                let broken = self.calc.broken(&why.says).line();
                self.faults.push((index, why));
                self.shapes.push(None);
                let sums = Sums { params: Some(broken), macs: Some(broken), statistics: Some(broken), ..Sums::default() };
                let lines = start..self.calc.len();
                self.rows.push(LedgerRow { lines, out: None, params: Vec::new(), sums, settings: Vec::new() });
                return;
            }
        };
        if let Some(activation) = layer.activation {
            activation.onto(&mut row);
        }
        let sums = self.sums(layer, &row);
        self.rows.push(LedgerRow {
            lines: start..self.calc.len(),
            out: Some(lines(&row.out)),
            params: row.params.iter().map(tensor).collect(),
            sums,
            settings: row.settings.iter().map(|(name, built)| (*name, told(built))).collect(),
        });
        self.shapes.push(Some(row.out));
    }

    fn rule(&self, layer: &Layer) -> Result<Row<'c>, Fault> {
        let op = layer.op.ok_or_else(|| Fault::new("this line could not be read"))?;
        let shapes = self.taken(layer)?;
        let node = Node {
            calc: self.calc,
            layer,
            inputs: &shapes,
            rules: self.model.rules,
            rounding: self.model.rounding,
            symbols: &|name| self.symbol(name),
        };
        (op.rule)(&node)
    }

    /// The shapes of a layer's inputs.
    fn taken(&self, layer: &Layer) -> Result<Vec<Shape<'c>>, Fault> {
        layer.inputs.iter().map(|from| match *from {
            From::Input(input) => Ok(self.inputs[input as usize].clone()),
            From::Layer(at) => self.shapes[at as usize].clone().ok_or_else(|| {
                Fault::new(format!("{}: the shape that {} gives is not known", layer.name, self.model.layers[at as usize].name))
            }),
        }).collect()
    }

    /// What every row says beside its rule: its parameters summed by role, its multiply-adds, what is read and written.
    fn sums(&self, layer: &Layer, row: &Row<'c>) -> Sums {
        let of = |role: Role, name: &'static str| {
            let mut tensors = row.params.iter().filter(|param| param.role == role).map(|param| param.elements);
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
        let read = self.taken(layer).ok().and_then(|shapes| {
            let own = [params, statistics].into_iter().flatten();
            shapes.iter().map(crate::ops::elements).chain(own).reduce(|a, b| a + b)
        });
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

    fn total(&self) -> Totals {
        let start = self.calc.len();
        let params = self.sum_of(|sums| sums.params, "params");
        let statistics = self.sum_of(|sums| sums.statistics, "statistics");
        let macs = self.sum_of(|sums| sums.macs, "MACs");
        Totals { lines: start..self.calc.len(), params, statistics, macs }
    }

    fn sum_of(&self, what: impl Fn(&Sums) -> Option<Line>, name: &'static str) -> Total {
        let mut exact = true;
        let parts = self.rows.iter().filter_map(|row| what(&row.sums)).filter(|line| {
            let broken = self.calc.is_broken(*line);
            exact &= !broken;
            !broken
        });
        let sum = self.calc.sum(parts.map(|line| self.calc.at(line).taken(name))).called(name);
        Total { line: sum.line(), exact }
    }
}

fn lines(shape: &Shape<'_>) -> Vec<Line> {
    shape.iter().map(|size| size.line()).collect()
}

fn tensor(param: &crate::node::Param<'_>) -> Tensor {
    Tensor { name: param.name.clone(), role: param.role, elements: param.elements.line(), shape: lines(&param.shape) }
}

fn told(built: &Built<'_>) -> Told {
    match built {
        Built::One(q) => Told::One(q.line()),
        Built::List(list) => Told::List(lines(list)),
        Built::Pairs(pairs) => Told::Pairs(pairs.iter().map(|(a, b)| (a.line(), b.line())).collect()),
        Built::Word(word) => Told::Word(word),
    }
}
