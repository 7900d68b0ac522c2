//! The wrong rules that people use, each a function over the same page as the true rule.
//!
//! A mistake sees the lines that the true rule stands on ([`Seen`]) and writes what it would have made of them. So its
//! number comes with its working like any other, and it can be read again with the numbers that somebody wrote.
//!
//! Ids follow the literature of wrong rules ("bugs", Brown & Burton 1978, *Cognitive Science* 2, 155–192): S for sizes, P for
//! parameters, T for chains and totals, X for what a reader did to the sheet rather than its writer. A letter after the
//! number is one of several rules of a kind.
//!
//! A wrong rule may give the true value: then it is masked, and nothing can tell it. It gives `None` only where the layer
//! has nothing that it could go wrong with.

mod adaptive;
mod attention;
mod dense;
mod depth;
mod dilation;
mod flatten;
mod groups;
mod neighbour;
mod norm;
mod params;
mod readings;
mod recurrent;
mod size;
mod totals;
mod transposed;
mod window;

use calc::{Calc, Qty};

pub use readings::READINGS;

use crate::ledger::{Tensor, Told};
use crate::node::Role;

/// A wrong rule.
pub struct Mistake {
    /// Its id: `S3`.
    pub code: &'static str,
    /// What it is, shortly: "the + 1 left out".
    pub name: &'static str,
    /// What such a line does, as the middle of a sentence that begins with the line: "leaves the + 1 out".
    pub does: &'static str,
    /// The rule here, as a sentence: "The first window stands before any step, so 1 is added".
    pub here: &'static str,
    /// How rare it is: 0 for the commonest, a step for every factor of e. Judged, not counted: no source has these rates.
    pub rarity: u8,
    /// What it works out.
    pub rule: Wrong,
}

/// What a wrong rule works out. `None` where the layer has nothing that it could go wrong with.
#[derive(Clone, Copy)]
pub enum Wrong {
    /// One axis of the output's space.
    Size(for<'c> fn(&Seen<'c, '_>, usize) -> Option<Qty<'c>>),
    /// The channels of the output.
    Depth(for<'c> fn(&Seen<'c, '_>) -> Option<Qty<'c>>),
    /// The parameters.
    Params(for<'c> fn(&Seen<'c, '_>) -> Option<Parts<'c>>),
    /// The total, from every row: each way to get it wrong so.
    Total(for<'c> fn(&Column<'c>) -> Sums<'c>),
}

/// Wrong totals of a kind, each with the row that it is about, from 0, if it is one.
pub type Sums<'c> = Vec<(Option<usize>, Qty<'c>)>;

/// The parameters as a wrong rule makes them: what a row's working shows.
#[derive(Clone, Copy, Default)]
pub struct Parts<'c> {
    /// The weights of one kernel or unit, where it works them out by themselves.
    pub fan_in: Option<Qty<'c>>,
    /// The weights.
    pub weights: Option<Qty<'c>>,
    /// The biases.
    pub biases: Option<Qty<'c>>,
}

impl<'c> Parts<'c> {
    /// Weights and biases together.
    pub fn params(&self) -> Option<Qty<'c>> {
        match (self.weights, self.biases) {
            (Some(weights), Some(biases)) => Some(weights + biases),
            (one, other) => one.or(other),
        }
    }
}

/// What a wrong total sees: a place a row, `None` where the row has none.
pub struct Column<'c> {
    /// The page.
    pub calc: &'c Calc,
    /// The parameters of each row.
    pub params: Vec<Option<Qty<'c>>>,
    /// Of them, the biases.
    pub biases: Vec<Option<Qty<'c>>>,
    /// The elements of each row's output.
    pub outputs: Vec<Option<Qty<'c>>>,
}

/// What a wrong rule sees of a layer: the lines that the true rule stands on.
pub struct Seen<'c, 'p> {
    /// The page.
    pub calc: &'c Calc,
    /// The operator's name: `conv`, `pool`, `dense` …
    pub op: &'static str,
    /// The input's channels (features).
    pub c_in: Qty<'c>,
    /// The input's space.
    pub space: Vec<Qty<'c>>,
    /// The output's channels.
    pub c_out: Qty<'c>,
    /// The output's space.
    pub out: Vec<Qty<'c>>,
    /// The settings as understood, by the names that JSON gives them.
    pub settings: &'p [(&'static str, Told)],
    /// The tensors of parameters.
    pub tensors: &'p [Tensor],
    /// What came before, where that is known.
    pub before: Option<Before<'c>>,
}

/// What stands before a layer.
#[derive(Clone)]
pub struct Before<'c> {
    /// The shape that was flattened into this layer's features, channels first; empty where none was.
    pub flattened: Vec<Qty<'c>>,
    /// The shape before the last pool above, channels first; empty where there was none.
    pub unpooled: Vec<Qty<'c>>,
    /// Kernel, stride and padding of the window before this one.
    pub window: Option<[Qty<'c>; 3]>,
}

impl<'c> Seen<'c, '_> {
    /// A number that stands in a formula.
    pub fn number(&self, n: i128) -> Qty<'c> {
        self.calc.literal(n)
    }

    /// A setting that is one quantity.
    pub fn one(&self, name: &str) -> Option<Qty<'c>> {
        match self.setting(name)? {
            Told::One(line) => Some(self.calc.at(*line)),
            _ => None,
        }
    }

    /// A setting of an axis: `kernel`, `stride`, `dilation`.
    pub fn on(&self, name: &str, axis: usize) -> Option<Qty<'c>> {
        match self.setting(name)? {
            Told::List(lines) => lines.get(axis).map(|line| self.calc.at(*line)),
            _ => None,
        }
    }

    /// A setting of every axis, in order; empty where it is none.
    pub fn all(&self, name: &str) -> Vec<Qty<'c>> {
        match self.setting(name) {
            Some(Told::List(lines)) => lines.iter().map(|line| self.calc.at(*line)).collect(),
            _ => Vec::new(),
        }
    }

    /// The zeros before and after an axis.
    pub fn pads(&self, axis: usize) -> Option<(Qty<'c>, Qty<'c>)> {
        match self.setting("padding")? {
            Told::Pairs(pairs) => {
                // A padding that is itself worked out (`same`) is one term of a formula.
                let named = |line: &calc::Line| self.calc.at(*line).called("P");
                pairs.get(axis).map(|(before, after)| (named(before), named(after)))
            }
            _ => None,
        }
    }

    /// Whether a setting is this word.
    pub fn is(&self, name: &str, word: &str) -> bool {
        matches!(self.setting(name), Some(Told::Word(told)) if *told == word)
    }

    fn setting(&self, name: &str) -> Option<&Told> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, told)| told)
    }

    /// The elements of all tensors of a role; `None` where there is none.
    pub fn tensors_of(&self, role: Role) -> Option<Qty<'c>> {
        let tensors = self.tensors.iter().filter(|tensor| tensor.role == role);
        tensors.map(|tensor| self.calc.at(tensor.elements)).reduce(|a, b| a + b)
    }

    /// The product of some quantities.
    pub fn product(&self, of: impl IntoIterator<Item = Qty<'c>>) -> Qty<'c> {
        self.calc.product(of)
    }
}

/// Every wrong rule, by id. A new one is an entry in its family's file and its line here.
pub const MISTAKES: &[Mistake] = &[
    size::S1,
    size::S2,
    size::S3,
    size::S4,
    size::S5A,
    size::S5B,
    size::S6,
    size::S7,
    size::S8,
    size::S9,
    size::S10,
    size::S11,
    size::S12,
    size::S13,
    size::S14,
    size::S15,
    dilation::S16A,
    dilation::S16B,
    neighbour::S17A,
    neighbour::S17B,
    neighbour::S17C,
    neighbour::S17D,
    neighbour::S17E,
    neighbour::S17F,
    depth::S18A,
    depth::S18B,
    depth::S18C,
    depth::S18D,
    transposed::S19A,
    transposed::S19B,
    transposed::S19C,
    transposed::S19D,
    adaptive::S20A,
    adaptive::S20B,
    adaptive::S20C,
    flatten::S20D,
    flatten::S20E,
    flatten::S20F,
    params::P1,
    params::P2,
    params::P3,
    params::P4A,
    params::P4B,
    params::P5,
    params::P6,
    params::P7A,
    params::P7B,
    params::P8,
    params::P9A,
    params::P9B,
    params::P10,
    params::P11A,
    params::P11B,
    params::P11C,
    params::P11D,
    dense::P12A,
    dense::P12B,
    dense::P12C,
    dense::P12D,
    dense::P12E,
    groups::P13A,
    groups::P13B,
    groups::P13C,
    groups::P13D,
    norm::P14A,
    norm::P14B,
    norm::P14C,
    recurrent::P15A,
    recurrent::P15B,
    recurrent::P15C,
    recurrent::P15D,
    recurrent::P16A,
    recurrent::P16B,
    attention::P17A,
    attention::P17B,
    attention::P17C,
    attention::P17D,
    totals::T4A,
    totals::T4B,
    totals::T4C,
    totals::T4D,
];

/// A way in which a sheet is read wrongly, or copied wrongly: it has no formula.
pub struct Misread {
    /// Its id: `X1`.
    pub code: &'static str,
    /// What it is, shortly.
    pub name: &'static str,
    /// What it is, as a sentence.
    pub says: &'static str,
}

/// The wrong rule of an id.
pub fn mistake(code: &str) -> Option<&'static Mistake> {
    MISTAKES.iter().find(|mistake| mistake.code == code)
}

/// The misreading or slip of an id.
pub fn reading(code: &str) -> Option<&'static Misread> {
    READINGS.iter().find(|reading| reading.code == code)
}
