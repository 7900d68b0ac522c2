//! The ledger: a row a layer, every number of it a line on one page.

mod around;
mod findings;
mod modules;
mod nodes;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use calc::{Calc, Line, Page, Step, Value};
use smallvec::SmallVec;

use crate::graph::Dtype;
use crate::model::{From, Model};
use crate::node::Role;

pub use findings::Finding;
pub use modules::{Entry, Folded, Subtotal};
use write::{Writer, Written};

/// Lines of the page: a shape, or a setting with one number an axis.
pub type Lines = SmallVec<[Line; 6]>;

/// A network worked out: what was written, the page, and where on it everything stands.
pub struct Ledger {
    /// The network as it was written.
    pub model: Model,
    /// Every line of arithmetic.
    pub page: Page,
    /// The shapes of the network's inputs.
    pub inputs: Vec<Lines>,
    /// The shapes of the tensors of the file that a layer takes, by index.
    pub stored: HashMap<u32, Lines>,
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
    /// The shape of the output, the first if there are several; `None` if there is none to be had.
    pub out: Option<Lines>,
    /// The type of its elements.
    pub dtype: Dtype,
    /// Further outputs.
    pub more: Box<[Made]>,
    /// Whether it only computes numbers that shapes hang on, or what stands in the file already.
    pub aside: bool,
    /// Its parameters, tensor by tensor.
    pub params: Vec<Tensor>,
    /// The named quantities that every row has.
    pub sums: Sums,
    /// Its settings as understood.
    pub settings: Vec<(&'static str, Told)>,
}

/// A further output of a row.
pub struct Made {
    /// Its shape; `None` if there is none to be had, or it is no tensor.
    pub shape: Option<Lines>,
    /// The type of its elements.
    pub dtype: Dtype,
}

/// A tensor of parameters on the page.
pub struct Tensor {
    /// What PyTorch calls it.
    pub name: Cow<'static, str>,
    /// What it is for.
    pub role: Role,
    /// How many elements it has.
    pub elements: Line,
    /// Its shape, in PyTorch's order, or as the file has it.
    pub shape: Lines,
    /// The tensor of the file that it is, by index, where the file holds a graph.
    pub stored: Option<u32>,
}

/// A setting on the page.
pub enum Told {
    /// One quantity.
    One(Line),
    /// One an axis.
    List(Lines),
    /// Before and after, a pair an axis.
    Pairs(SmallVec<[(Line, Line); 3]>),
    /// A fraction that no arithmetic hangs on, as written.
    Fraction(Box<str>),
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
    /// Elements stored and computed with that are nobody's parameters.
    pub constants: Option<Line>,
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

impl Sums {
    /// The same line for every quantity: of nothing is anything known.
    fn all(line: Option<Line>) -> Sums {
        Sums {
            params: line,
            weights: line,
            biases: line,
            statistics: line,
            constants: line,
            macs: line,
            conv_macs: line,
            linear_macs: line,
            matmul_macs: line,
            multiplications: line,
            additions: line,
            comparisons: line,
            divisions: line,
            transcendentals: line,
            read: line,
            written: line,
        }
    }
}

/// A quantity that every row has, to be asked for and summed up.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// What it is asked for by.
    pub name: &'static str,
    /// What its sum is called on the page.
    pub called: &'static str,
    /// Where a row has it.
    pub of: fn(&Sums) -> Option<Line>,
}

impl Quantity {
    const fn new(name: &'static str, of: fn(&Sums) -> Option<Line>) -> Quantity {
        Quantity { name, called: name, of }
    }

    const fn called(self, called: &'static str) -> Quantity {
        Quantity { called, ..self }
    }
}

/// The quantities of a row that a sum over rows says something of, in alphabetical order.
pub const QUANTITIES: &[Quantity] = &[
    Quantity::new("additions", |sums| sums.additions),
    Quantity::new("biases", |sums| sums.biases),
    Quantity::new("comparisons", |sums| sums.comparisons),
    Quantity::new("conv_macs", |sums| sums.conv_macs),
    Quantity::new("divisions", |sums| sums.divisions),
    Quantity::new("linear_macs", |sums| sums.linear_macs),
    Quantity::new("macs", |sums| sums.macs).called("MACs"),
    Quantity::new("matmul_macs", |sums| sums.matmul_macs),
    Quantity::new("multiplications", |sums| sums.multiplications),
    Quantity::new("parameters", |sums| sums.params).called("params"),
    Quantity::new("read", |sums| sums.read),
    Quantity::new("statistics", |sums| sums.statistics),
    Quantity::new("transcendentals", |sums| sums.transcendentals),
    Quantity::new("weights", |sums| sums.weights),
    Quantity::new("written", |sums| sums.written),
];

/// A sum over rows, and whether every row could say its part.
#[derive(Clone, Copy, Debug)]
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
    /// Of the parameters, what is trained.
    pub trainable: Total,
    /// Elements stored and never learned.
    pub statistics: Total,
    /// Elements stored and computed with that are nobody's parameters.
    pub constants: Total,
    /// Multiply-adds.
    pub macs: Total,
}

/// Numbers for symbols.
pub type Binds = HashMap<String, i64>;

impl Ledger {
    /// Works a network out. Whatever is wrong with it becomes a finding; every row that can be had is there.
    pub fn of(model: Model, binds: &Binds) -> (Ledger, Vec<Finding>) {
        let calc = Calc::new();
        calc.reserve(model.layers.len() * 64);
        let Written { rows, inputs, stored, symbols, faults, totals } = Writer::write(&calc, &model, binds);
        let ledger = Ledger { page: calc.into_page(), model, inputs, stored, rows, totals, symbols };
        let findings = findings::of(&ledger, faults);
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

    fn named(&self, lines: Range<usize>) -> impl Iterator<Item = (&str, Line)> {
        self.page.between(lines).filter_map(|line| match self.page.step(line) {
            Step::Called { name, .. } => Some((name, line)),
            _ => None,
        })
    }

    /// The shape of what a layer's input comes from.
    pub fn shape(&self, from: From) -> Option<&[Line]> {
        match from {
            From::Input(index) if self.model.inputs[index as usize].shapeless => None,
            From::Input(index) => Some(&self.inputs[index as usize]),
            From::Layer(index) => self.rows[index as usize].out.as_deref(),
            From::Output(index, at) => self.rows[index as usize].more.get(at as usize - 1)?.shape.as_deref(),
            From::Stored(index) => self.stored.get(&index).map(|shape| &shape[..]),
            From::Formal(_) | From::Nothing => None,
        }
    }

    /// What an input of a layer is called.
    pub fn source_name(&self, from: From) -> &str {
        match from {
            From::Input(index) => &self.model.inputs[index as usize].name,
            From::Layer(index) => self.model.output_name(index, 0),
            From::Output(index, at) => self.model.output_name(index, at),
            From::Stored(index) => &self.model.graph.stored[index as usize].name,
            From::Formal(_) | From::Nothing => "",
        }
    }

    /// What a row has of something: nothing, or the line that says how much.
    pub fn value(&self, line: Option<Line>) -> Value {
        line.map_or(Value::Known(0), |line| self.page.value(line))
    }
}
