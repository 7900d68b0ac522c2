//! What the rule of a graph's node sees, and what is known of the tensors that nodes hand on.
//!
//! A node of a graph takes tensors of any rank, some of which stand in the file, and some of which are small and whole: the
//! sizes that shapes are computed from. Those are carried as quantities, so that a shape that the graph works out for itself
//! is worked out here too, with symbols in it where the file leaves sizes open.

use std::cell::RefCell;
use std::rc::Rc;

use calc::{Calc, Line, Qty};
use smallvec::SmallVec;

use crate::fault::Fault;
use crate::graph::{Attribute, Dtype, Numbers, Raw};
use crate::ledger::Tensor;
use crate::model::{From, Layer, Rounding, Rules, Setting};
use crate::node::{Macs, Node, PerAxis, Role, Row, Shape};
use crate::ops::Operator;

/// The most elements that a tensor has whose numbers are carried: more than any shape hangs on.
pub(crate) const CARRIED: usize = 1024;

/// What is known of a tensor.
#[derive(Clone)]
pub struct Given<'c> {
    /// Its sizes; `None` where not even their number is known, or it is no tensor.
    pub shape: Option<Shape<'c>>,
    /// The type of its elements.
    pub dtype: Dtype,
    /// Its elements, where they are few and known.
    pub value: Option<Values<'c>>,
    /// Whether it is made of what stands in the file alone.
    pub fixed: bool,
}

/// The elements of a tensor that are known, row by row; or the tensors that a sequence is made of.
#[derive(Clone)]
pub enum Values<'c> {
    /// Whole numbers as they stand in the file.
    Told(Rc<[i64]>),
    /// Whole numbers that were worked out.
    Whole(Rc<[Qty<'c>]>),
    /// Numbers with a fraction.
    Real(Rc<[f64]>),
    /// The tensors of a sequence.
    Items(Rc<[Given<'c>]>),
}

impl<'c> Given<'c> {
    /// A tensor of which the shape and the type are known.
    pub fn of(shape: impl Into<Shape<'c>>, dtype: Dtype) -> Given<'c> {
        Given { shape: Some(shape.into()), dtype, value: None, fixed: false }
    }

    /// A tensor of which nothing but the type is known.
    pub fn unknown(dtype: Dtype) -> Given<'c> {
        Given { shape: None, dtype, value: None, fixed: false }
    }

    /// A sequence of these tensors.
    pub fn sequence(items: Vec<Given<'c>>, dtype: Dtype) -> Given<'c> {
        Given { value: Some(Values::Items(items.into())), ..Given::unknown(dtype) }
    }

    /// With these whole numbers as its elements, if they are few.
    pub fn with(self, elements: Vec<Qty<'c>>) -> Given<'c> {
        match elements.len() <= CARRIED {
            true => Given { value: Some(Values::Whole(elements.into())), ..self },
            false => self,
        }
    }

    /// A vector of these whole numbers.
    pub fn vector(calc: &'c Calc, elements: Vec<Qty<'c>>) -> Given<'c> {
        let length = calc.literal(elements.len() as i128);
        Given::of(SmallVec::from_slice(&[length]), Dtype::INT64).with(elements)
    }
}

/// Why a rule could not answer.
pub enum Stop {
    /// Something is wrong with the network.
    Fault(Fault),
    /// The file does not decide it, or no rule says it yet: why.
    Unknown(String),
}

impl std::convert::From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// A graph within the network, worked out.
pub struct Inner<'c> {
    /// What it gives.
    pub outputs: Vec<Given<'c>>,
    /// The multiply-adds of one turn through it; broken where one of its nodes cannot say its own.
    pub macs: Macs<'c>,
}

/// A node of a graph as its rule sees it.
pub struct Call<'c, 'm> {
    /// The page that the rule writes on.
    pub calc: &'c Calc,
    /// The node as its file has it.
    pub raw: &'m Raw,
    pub(crate) layer: &'m Layer,
    pub(crate) args: &'m [Option<&'m Given<'c>>],
    /// A size that the file leaves open: of which output, on which axis.
    pub(crate) open: &'m dyn Fn(usize, usize) -> Qty<'c>,
    /// Whether a line hangs on a size that may be another one every turn of the node's body.
    pub(crate) varies: &'m dyn Fn(Line) -> bool,
    pub(crate) inner: &'m dyn Fn(&str) -> Option<Inner<'c>>,
    /// An attribute that is something else than what the rule asked for.
    pub(crate) odd: &'m RefCell<Option<String>>,
}

/// What the rule of a node answers.
pub type Answer<'c> = Result<Row<'c>, Stop>;

impl<'c, 'm> Call<'c, 'm> {
    /// The node's own name, for messages.
    pub fn name(&self) -> &'m str {
        &self.layer.name
    }

    /// The version of the operator set that its word is from.
    pub fn version(&self) -> i64 {
        self.raw.version
    }

    /// How many inputs it has, left out ones among them.
    pub fn inputs(&self) -> usize {
        self.args.len()
    }

    /// How many outputs it has.
    pub fn outputs(&self) -> usize {
        self.raw.outputs.len()
    }

    /// Whether it has this input.
    pub fn has(&self, input: usize) -> bool {
        self.args.get(input).is_some_and(|arg| arg.is_some())
    }

    /// What is known of an input that may be left out.
    pub fn arg_if_any(&self, input: usize) -> Option<&'m Given<'c>> {
        self.args.get(input).copied().flatten()
    }

    /// What is known of an input.
    pub fn arg(&self, input: usize) -> Result<&'m Given<'c>, Stop> {
        self.arg_if_any(input).ok_or_else(|| {
            let found = self.args.iter().flatten().count();
            Fault::new(format!("{}: {} has no input {}, which it needs", self.name(), self.raw.kind, input + 1))
                .hint(format!("the file gives it {found}; export the network again"))
                .into()
        })
    }

    /// The shape of an input.
    pub fn shape(&self, input: usize) -> Result<&'m Shape<'c>, Stop> {
        let shape = self.arg(input)?.shape.as_ref();
        shape.ok_or_else(|| self.unknown(format!("the shape of its input {} is not known", input + 1)))
    }

    /// The shape of an input of this many axes at least.
    pub fn shape_of(&self, input: usize, least: usize) -> Result<&'m Shape<'c>, Stop> {
        let shape = self.shape(input)?;
        match shape.len() >= least {
            true => Ok(shape),
            false => Err(self.wrong(format!(
                "its input {} has {} axes, and at least {least} are needed",
                input + 1,
                shape.len()
            ))),
        }
    }

    /// The type of an input's elements.
    pub fn dtype(&self, input: usize) -> Dtype {
        self.arg_if_any(input).map_or(Dtype::UNKNOWN, |given| given.dtype)
    }

    /// An input's elements as whole numbers, as far as they are carried.
    pub fn whole(&self, input: usize) -> Option<Vec<Qty<'c>>> {
        match self.arg_if_any(input)?.value.as_ref()? {
            Values::Told(told) => Some(told.iter().map(|&n| self.calc.literal(i128::from(n))).collect()),
            Values::Whole(whole) => Some(whole.to_vec()),
            Values::Real(_) | Values::Items(_) => None,
        }
    }

    /// An input's elements as whole numbers, which its shape hangs on.
    pub fn sizes(&self, input: usize) -> Result<Vec<Qty<'c>>, Stop> {
        self.arg(input)?;
        let why = || self.unknown(format!("the numbers of its input {} are only known when it runs", input + 1));
        self.whole(input).ok_or_else(why)
    }

    /// An input's elements, where all of them are settled: axes, indices.
    pub fn told(&self, input: usize) -> Option<Vec<i64>> {
        match self.arg_if_any(input)?.value.as_ref()? {
            Values::Told(told) => Some(told.to_vec()),
            Values::Whole(whole) => whole.iter().map(|q| self.known(*q)).collect(),
            Values::Real(_) | Values::Items(_) => None,
        }
    }

    /// The same, where the shape hangs on it.
    pub fn indices(&self, input: usize) -> Result<Vec<i64>, Stop> {
        self.arg(input)?;
        let why = || self.unknown(format!("the numbers of its input {} are only known when it runs", input + 1));
        self.told(input).ok_or_else(why)
    }

    /// An input's elements as numbers with a fraction.
    pub fn real(&self, input: usize) -> Option<Vec<f64>> {
        match self.arg_if_any(input)?.value.as_ref()? {
            Values::Real(real) => Some(real.to_vec()),
            _ => Some(self.told(input)?.into_iter().map(|n| n as f64).collect()),
        }
    }

    /// The tensors of a sequence.
    pub fn items(&self, input: usize) -> Option<Rc<[Given<'c>]>> {
        match self.arg_if_any(input)?.value.as_ref()? {
            Values::Items(items) => Some(items.clone()),
            _ => None,
        }
    }

    /// The number that a quantity of a carried tensor comes to. Rules about sizes have no use for it: it is for what a graph
    /// computes with indices.
    pub fn known(&self, q: Qty<'c>) -> Option<i64> {
        self.calc.known(q.line()).and_then(|n| i64::try_from(n).ok())
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&'m Attribute> {
        self.raw.attributes.iter().find(|(known, _)| **known == *name).map(|(_, attribute)| attribute)
    }

    /// An attribute that is a whole number.
    pub fn int_if_told(&self, name: &str) -> Option<i64> {
        match self.attribute(name)? {
            Attribute::Int(n) => Some(*n),
            other => self.odd(name, other, "a whole number"),
        }
    }

    /// The same, or what it is unless told.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.int_if_told(name).unwrap_or(default)
    }

    /// An attribute that is a switch.
    pub fn is(&self, name: &str) -> bool {
        self.int(name, 0) != 0
    }

    /// An attribute that is a row of whole numbers.
    pub fn ints(&self, name: &str) -> Option<&'m [i64]> {
        match self.attribute(name)? {
            Attribute::Ints(all) => Some(all),
            other => self.odd(name, other, "a row of whole numbers"),
        }
    }

    /// An attribute that is a text.
    pub fn text(&self, name: &str) -> Option<&'m str> {
        match self.attribute(name)? {
            Attribute::Text(text) => Some(text),
            other => self.odd(name, other, "a text"),
        }
    }

    /// An attribute that is not what it should be: it is kept in mind, so that no default takes its place unsaid.
    fn odd<T>(&self, name: &str, found: &Attribute, needed: &str) -> Option<T> {
        let found = match found {
            Attribute::Int(_) => "a whole number",
            Attribute::Float(_) => "a number with a fraction",
            Attribute::Text(_) => "a text",
            Attribute::Ints(_) => "a row of whole numbers",
            Attribute::Floats(_) => "a row of numbers with fractions",
            Attribute::Texts(_) => "a row of texts",
            Attribute::Tensor(_) => "a tensor",
            Attribute::Graph(_) => "a graph",
            // An empty row of the first years, which said no types.
            Attribute::Other => return None,
        };
        self.odd.replace(Some(format!("its attribute `{name}` is {found}, and {needed} is needed")));
        None
    }

    /// Whether a quantity may be another one every turn of the node's body.
    pub fn varies(&self, q: Qty<'c>) -> bool {
        (self.varies)(q.line())
    }

    /// A graph among its attributes, worked out.
    pub fn graph(&self, name: &str) -> Option<Inner<'c>> {
        (self.inner)(name)
    }

    /// An axis counted from the front, of so many; one that is negative counts from the back.
    pub fn axis(&self, told: i64, rank: usize) -> Result<usize, Stop> {
        let counted = if told < 0 { told + rank as i64 } else { told };
        match usize::try_from(counted) {
            Ok(axis) if axis < rank => Ok(axis),
            _ => Err(self.wrong(format!("its axis is {told}, and there are {rank} axes"))),
        }
    }

    /// A size that the file leaves open, by the number of the output and of its axis.
    pub fn open(&self, output: usize, axis: usize) -> Qty<'c> {
        (self.open)(output, axis)
    }

    /// A whole number that the file gives.
    pub fn given(&self, name: &'static str, n: i64) -> Qty<'c> {
        self.calc.given(name, i128::from(n))
    }

    /// Something that the file does not decide.
    pub fn unknown(&self, why: impl AsRef<str>) -> Stop {
        Stop::Unknown(format!("{}: {}", self.name(), why.as_ref()))
    }

    /// Something that is wrong with the node.
    pub fn wrong(&self, what: impl AsRef<str>) -> Stop {
        let fault = Fault::new(format!("{}: {}: {}", self.name(), self.raw.kind, what.as_ref()));
        fault.hint("the node is not as its operator is defined; export the network again").into()
    }

    /// An input that is a parameter, counted as the rule counts it; nothing where it does not stand in the file.
    pub fn param(&self, row: Row<'c>, input: usize, role: Role, elements: Qty<'c>) -> Row<'c> {
        match self.layer.inputs.get(input) {
            Some(&From::Stored(stored)) => {
                let shape = self.arg_if_any(input).and_then(|given| given.shape.as_ref());
                let shape = shape.map(|shape| shape.iter().map(|size| size.line()).collect()).unwrap_or_default();
                let mut row = row;
                row.params.push(Tensor {
                    name: "".into(),
                    role,
                    elements: elements.line(),
                    shape,
                    stored: Some(stored),
                });
                row
            }
            _ => row,
        }
    }
}

/// A node said in the settings of an operator of the notation, for that operator's own rule.
pub(crate) struct Said<'c> {
    /// Which inputs of the node the layer takes.
    pub takes: &'static [usize],
    /// Settings that stand in the file as numbers …
    pub settings: Vec<(&'static str, Setting)>,
    /// … and those that the shapes of its inputs say.
    pub given: Vec<(&'static str, PerAxis<'c>)>,
    /// Which parameter of the layer is which input of the node.
    pub params: &'static [(&'static str, usize)],
}

impl<'c> Call<'c, '_> {
    /// What the rule of an operator of the notation makes of the node.
    pub(crate) fn as_layer(&self, operator: &Operator, said: &Said<'c>) -> Result<Row<'c>, Stop> {
        let inputs = said.takes.iter().map(|at| self.shape(*at)).collect::<Result<SmallVec<[_; 2]>, _>>()?;
        self.as_layer_of(operator, said, &inputs)
    }

    /// The same, of inputs whose axes were put into the notation's order.
    pub(crate) fn as_layer_of(
        &self,
        operator: &Operator,
        said: &Said<'c>,
        inputs: &[&Shape<'c>],
    ) -> Result<Row<'c>, Stop> {
        let node = Node {
            calc: self.calc,
            name: self.name(),
            axes: None,
            settings: &said.settings,
            inputs,
            rules: Rules::Onnx,
            rounding: Rounding::Floor,
            symbols: &|_| self.calc.broken("a node has numbers for its settings"),
            given: &said.given,
        };
        let mut row = (operator.rule)(&node)?;
        let params = std::mem::take(&mut row.params);
        for param in params {
            let input = said.params.iter().find(|(name, _)| *name == param.name).map(|(_, input)| *input);
            if let Some(input) = input {
                row = self.param(row, input, param.role, self.calc.at(param.elements));
            }
        }
        let out = std::mem::take(&mut row.out);
        row.given.push(Given::of(out, self.dtype(0)));
        Ok(row)
    }
}

impl<'c> Row<'c> {
    /// A row that gives these tensors.
    pub fn giving(given: impl IntoIterator<Item = Given<'c>>) -> Row<'c> {
        Row { given: given.into_iter().collect(), ..Row::default() }
    }
}

/// The numbers of a stored tensor as they are carried.
pub(crate) fn carried<'c>(numbers: &Numbers) -> Values<'c> {
    match numbers {
        Numbers::Whole(whole) => Values::Told(whole.clone()),
        Numbers::Real(real) => Values::Real(real.clone()),
    }
}
