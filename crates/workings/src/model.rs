//! A network as it was written: inputs, layers and their settings, before anything is worked out.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::fault::Place;
use crate::graph::{Dtype, Graph, Member, Module, Numbers, Raw};
use crate::ops::Operator;

/// A size as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// A whole number.
    Number(i64),
    /// A symbol, or an unknown (`?`, `?name`): the answer is a formula in it.
    Symbol(Rc<str>),
}

/// A setting of a layer, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// One size.
    Size(Size),
    /// One size an axis; a single one stands for every axis.
    PerAxis(Vec<Size>),
    /// Padding before and after, one pair an axis; a single pair stands for every axis.
    Pads(Vec<(Size, Size)>),
    /// A shape in the order it was written, in which `None` is the size to be worked out (`-1`).
    Shape(Vec<Option<Size>>),
    /// How many of something that the rule repeats: stacked layers, axes.
    Count(u32),
    /// A fraction that no arithmetic hangs on, as written.
    Fraction(Box<str>),
    /// One of a fixed set of words.
    Word(&'static str),
}

/// Whose defaults hold where frameworks differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// PyTorch's.
    #[default]
    Pytorch,
    /// Keras's.
    Keras,
    /// ONNX's.
    Onnx,
}

impl Rules {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Rules::Pytorch => "pytorch",
            Rules::Keras => "keras",
            Rules::Onnx => "onnx",
        }
    }
}

/// How the division by the stride rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// Down: what does not fill a window is left unread.
    #[default]
    Floor,
    /// Up, but the last window must start inside the input or its left padding (PyTorch, ONNX from opset 22).
    Ceil,
    /// Up without that condition (ONNX up to opset 21, Caffe without padding).
    CeilUnclipped,
    /// Not at all: a remainder is an error (CS231n).
    Strict,
    /// Towards zero, as C++ divides: what `floor` means to ONNX, where a window a little larger than its input counts once.
    TowardsZero,
}

impl Rounding {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Rounding::Floor => "floor",
            Rounding::Ceil => "ceil",
            Rounding::CeilUnclipped => "ceil unclipped",
            Rounding::Strict => "strict",
            Rounding::TowardsZero => "towards zero",
        }
    }
}

/// Where a layer's input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// An input of the network, by index.
    Input(u32),
    /// A layer's output, by index; the first, if it has several.
    Layer(u32),
    /// A further output of a layer: its index, and the output's, from 1.
    Output(u32, u32),
    /// A tensor that stands in the file, by index.
    Stored(u32),
    /// What a graph within the network names for itself, by index.
    Formal(u32),
    /// Nothing: an input that may be left out, and is.
    Nothing,
}

/// Where the inputs of a layer come from: few have more than three.
pub type Inputs = SmallVec<[From; 3]>;

/// The order of the axes in a network's shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Batch × channels × space.
    #[default]
    ChannelsFirst,
    /// Kept as batch × channels × space, and written by the format as batch × space × channels.
    ChannelsLast,
    /// As the file has it, whatever the axes mean.
    AsInFile,
}

impl Layout {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Layout::ChannelsFirst => "channels first",
            Layout::ChannelsLast => "channels last",
            Layout::AsInFile => "as in the file",
        }
    }
}

/// An input of the network.
#[derive(Clone, Debug)]
pub struct Input {
    /// What it is called.
    pub name: Box<str>,
    /// Batch × channels × space, or as the file has it.
    pub shape: Vec<Size>,
    /// The type of its elements.
    pub dtype: Dtype,
    /// Whether the file says no shape at all, or it is no tensor.
    pub shapeless: bool,
    /// Its elements, where somebody has said them: sizes that a shape hangs on.
    pub numbers: Option<Numbers>,
    /// Where it was written.
    pub place: Place,
}

/// A line of the network as it was written.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Where it stands.
    pub place: Place,
    /// The line, without its comment.
    pub written: Rc<str>,
}

/// A layer as it was written.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Its label, or its word and number.
    pub name: Box<str>,
    /// What it does; `None` if the line could not be read, which a fault has said.
    pub op: Option<&'static Operator>,
    /// Where its inputs come from.
    pub inputs: Inputs,
    /// Its settings, by the names that its rule asks for.
    pub settings: Vec<(&'static str, Setting)>,
    /// The activation that belongs to its row.
    pub activation: Option<&'static crate::ops::Activation>,
    /// How many axes of space its word says that there are (`conv1d`).
    pub axes: Option<usize>,
    /// Where it was written.
    pub place: Place,
    /// The line as written, without its comment.
    pub written: Rc<str>,
    /// The line of the network itself that called the block in which it stands, and gave its parameters their numbers.
    pub call: Option<Rc<Statement>>,
    /// The node as its file has it, where the file holds a graph.
    pub raw: Option<Box<Raw>>,
    /// The innermost module that it was part of ([`Layer::module`]).
    pub member: Member,
    /// The layer whose parameters it uses again, by index.
    pub tied: Option<u32>,
    /// Whether its parameters are kept as they are when the network learns.
    pub frozen: bool,
    /// Why nothing can be said of it, where no operator is known for it.
    pub unknown: Option<Box<crate::fault::Fault>>,
}

/// A network as it was written.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it is called.
    pub name: Box<str>,
    /// The format that it was written in.
    pub format: &'static str,
    /// Whose defaults hold.
    pub rules: Rules,
    /// How strides round unless a layer says otherwise.
    pub rounding: Rounding,
    /// Where its batch size was written, if it was.
    pub batch: Option<Statement>,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its layers, in order.
    pub layers: Vec<Layer>,
    /// Whether all of what was written is in it; otherwise its totals are only "at least".
    pub complete: bool,
    /// The order of the axes in its shapes.
    pub layout: Layout,
    /// What it has beside its layers, where it was read from a file that holds a graph.
    pub graph: Graph,
}

impl Layer {
    /// How many graphs within the network it is in.
    pub fn depth(&self) -> u32 {
        self.raw.as_ref().map_or(0, |raw| raw.depth)
    }

    /// The innermost module that it was part of.
    pub fn module(&self) -> Option<Rc<Module>> {
        self.member.module(&self.name)
    }

    /// The path of that module.
    pub fn module_path(&self) -> Option<&str> {
        self.member.path(&self.name)
    }

    /// Whether it is in a graph within the network.
    pub fn is_inner(&self) -> bool {
        self.depth() > 0
    }
}

impl Model {
    /// What a layer's output is called: the tensor by its name in the file, or else as the layer.
    pub fn output_name(&self, layer: u32, output: u32) -> &str {
        let layer = &self.layers[layer as usize];
        layer.raw.as_ref().and_then(|raw| raw.outputs.get(output as usize)).map_or(&*layer.name, |name| &**name)
    }
}

impl Default for Model {
    /// A network of the notation in which nothing is written yet.
    fn default() -> Model {
        Model {
            name: "network".into(),
            format: "net",
            rules: Rules::default(),
            rounding: Rounding::default(),
            batch: None,
            inputs: Vec::new(),
            layers: Vec::new(),
            complete: true,
            layout: Layout::default(),
            graph: Graph::default(),
        }
    }
}
