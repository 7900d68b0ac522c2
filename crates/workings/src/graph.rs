//! What a network has beyond a list of layers when it was read from a file that holds a graph: nodes in the words of their
//! dialect, tensors that are stored beside them, and the modules that they were part of.

use std::fmt;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::model::{From, Size};

/// The type of a tensor's elements.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Dtype(u8);

/// The types by the numbers that ONNX gives them (`onnx/onnx.proto`, `TensorProto.DataType`), with the bits that an element takes
/// where it is stored.
const DTYPES: [(&str, u8); 29] = [
    ("unknown", 0),
    ("float32", 32),
    ("uint8", 8),
    ("int8", 8),
    ("uint16", 16),
    ("int16", 16),
    ("int32", 32),
    ("int64", 64),
    ("string", 0),
    ("bool", 8),
    ("float16", 16),
    ("float64", 64),
    ("uint32", 32),
    ("uint64", 64),
    ("complex64", 64),
    ("complex128", 128),
    ("bfloat16", 16),
    ("float8e4m3fn", 8),
    ("float8e4m3fnuz", 8),
    ("float8e5m2", 8),
    ("float8e5m2fnuz", 8),
    ("uint4", 4),
    ("int4", 4),
    ("float4e2m1", 4),
    ("float8e8m0", 8),
    ("uint2", 2),
    ("int2", 2),
    ("float6e2m3", 6),
    ("float6e3m2", 6),
];

impl Dtype {
    /// Not said.
    pub const UNKNOWN: Dtype = Dtype(0);
    /// What most networks compute with.
    pub const FLOAT32: Dtype = Dtype(1);
    /// What quantised networks compute with.
    pub const UINT8: Dtype = Dtype(2);
    /// What sums of products of bytes have.
    pub const INT32: Dtype = Dtype(6);
    /// What shapes are computed with.
    pub const INT64: Dtype = Dtype(7);
    /// Texts.
    pub const STRING: Dtype = Dtype(8);
    /// Yes or no.
    pub const BOOL: Dtype = Dtype(9);

    /// The type that ONNX gives this number.
    pub fn of_onnx(kind: i64) -> Dtype {
        u8::try_from(kind).ok().filter(|kind| usize::from(*kind) < DTYPES.len()).map_or(Dtype::UNKNOWN, Dtype)
    }

    /// The type of this name.
    pub fn named(name: &str) -> Option<Dtype> {
        (0..).zip(DTYPES).find(|(_, (known, _))| *known == name).map(|(kind, _)| Dtype(kind))
    }

    /// What it is called: `float32`.
    pub fn name(self) -> &'static str {
        DTYPES[usize::from(self.0)].0
    }

    /// How many bits an element takes where it is stored; 0 where that is not fixed.
    pub fn bits(self) -> u8 {
        DTYPES[usize::from(self.0)].1
    }

    /// Whether it can be relied on to hold this whole number as it is: floating-point types have every one up to a power of 2,
    /// and some of those beyond.
    pub fn has_whole(self, n: i64) -> bool {
        let bits = match self.name() {
            "float64" => 53,
            "float32" => 24,
            "float16" => 11,
            "bfloat16" => 8,
            _ if self.is_float() => 2,
            _ => return true,
        };
        n.unsigned_abs() <= 1 << bits
    }

    /// Whether it is a floating-point type.
    pub fn is_float(self) -> bool {
        self.name().contains("float")
    }
}

impl fmt::Debug for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbers of a small tensor.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Whole ones.
    Whole(Rc<[i64]>),
    /// With a fraction.
    Real(Rc<[f64]>),
}

/// A tensor that stands in the file: a parameter or a constant.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What the file calls it.
    pub name: Rc<str>,
    /// The type of its elements.
    pub dtype: Dtype,
    /// Its sizes.
    pub shape: Vec<i64>,
    /// Its elements, where they are few enough that a shape may hang on them.
    pub numbers: Option<Numbers>,
    /// Whether it stands in a node of its own rather than among the network's parameters: then it is nobody's parameter.
    pub constant: bool,
}

/// An attribute of a node.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f32),
    /// A text.
    Text(Box<str>),
    /// Whole numbers.
    Ints(Box<[i64]>),
    /// Numbers with fractions.
    Floats(Box<[f32]>),
    /// Texts.
    Texts(Box<[Box<str>]>),
    /// A tensor.
    Tensor(Rc<Stored>),
    /// A graph within the network: its layers, and what it gives.
    Graph(Rc<Body>),
    /// Something that no rule asks for.
    Other,
}

/// A graph within a network: the branch of a condition, the body of a loop.
#[derive(Clone, Debug)]
pub struct Body {
    /// How many graphs within the network its layers are in.
    pub depth: u32,
    /// The attribute that it is the value of.
    pub name: Rc<str>,
    /// The layers that it is made of, which stand before the layer that it belongs to.
    pub layers: std::ops::Range<u32>,
    /// The inputs that it names for itself, by their numbers among [`Graph::formals`].
    pub formals: std::ops::Range<u32>,
    /// What it gives.
    pub outputs: Vec<From>,
    /// Which of its formals comes in as which output on the next turn: the state of a loop.
    pub states: Vec<(u32, usize)>,
}

/// A node as its file has it.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The operator set that its word is from; empty for the dialect's own.
    pub domain: Rc<str>,
    /// Its word there: `Conv`.
    pub kind: Rc<str>,
    /// The version of the operator set.
    pub version: i64,
    /// Its attributes.
    pub attributes: Vec<(Rc<str>, Attribute)>,
    /// What the tensors that it gives are called; empty for one that is left out.
    pub outputs: SmallVec<[Rc<str>; 1]>,
    /// How many graphs within the network it is in.
    pub depth: u32,
    /// Which of [`Graph::said`] is of the names of what it gives.
    pub said: u32,
}

/// The most modules that are told apart in a path.
const DEEPEST: usize = 64;

/// The innermost module that a layer was part of, as far as its file says so.
#[derive(Clone, Debug, Default)]
pub enum Member {
    /// Nobody says one.
    #[default]
    None,
    /// This one.
    Of(Rc<Module>),
    /// The one that its name says, as PyTorch's older exporter writes them: `/encoder/layers.0/conv/Conv`.
    Named,
}

impl Member {
    /// This one, if there is one.
    pub fn of(module: Option<Rc<Module>>) -> Member {
        module.map_or(Member::None, Member::Of)
    }

    /// The module of a layer of this name.
    pub fn module(&self, name: &str) -> Option<Rc<Module>> {
        match self {
            Member::Of(module) => Some(module.clone()),
            _ => self.path(name).map(Module::of_path),
        }
    }

    /// The path of that.
    pub fn path<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        match self {
            Member::None => None,
            Member::Of(module) => Some(&module.path),
            Member::Named => name.strip_prefix('/')?.rsplit_once('/').map(|(modules, _)| modules),
        }
    }
}

/// A module that a node or a layer was part of when its network was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name, behind those of the modules around it: `layer1.0.conv1`.
    pub path: Rc<str>,
    /// Its class: `torch.nn.modules.conv.Conv2d`; empty where the file does not say it.
    pub class: Rc<str>,
    /// The module that it is in, if it is in one.
    pub around: Option<Rc<Module>>,
}

impl Module {
    /// A module within another, whose path has this separator before its own name.
    pub fn within(around: Option<&Rc<Module>>, name: &str, separator: &str, class: &str) -> Rc<Module> {
        let path = match around {
            Some(around) => [&*around.path, separator, name].concat().into(),
            None => name.into(),
        };
        Rc::new(Module { path, class: class.into(), around: around.cloned() })
    }

    /// The module of a path with slashes, with those that it is in; of a very deep one the innermost.
    pub fn of_path(path: &str) -> Rc<Module> {
        let ends = path.rmatch_indices('/').map(|(at, _)| at).take(DEEPEST - 1);
        let mut paths: SmallVec<[&str; 8]> = ends.map(|end| &path[..end]).collect();
        paths.reverse();
        let class = Rc::from("");
        let within = |around, path: &str| Some(Rc::new(Module { path: path.into(), class: Rc::clone(&class), around }));
        let around = paths.into_iter().fold(None, within);
        Rc::new(Module { path: path.into(), class: class.clone(), around })
    }

    /// The module itself, the one that it is in, and so on outwards.
    pub fn outwards(self: &Rc<Module>) -> impl Iterator<Item = &Rc<Module>> {
        std::iter::successors(Some(self), |module| module.around.as_ref())
    }
}

/// What a graph within the network names for itself.
#[derive(Clone, Debug)]
pub enum Formal {
    /// What comes in from outside, as it is: the state of a loop.
    Whole(Option<From>),
    /// One slice of it along an axis.
    Slice(From, i64),
    /// A number of this type that changes from turn to turn.
    Counter(Dtype),
}

/// An input's or an output's own size and type, where the file says it.
#[derive(Clone, Debug)]
pub struct Said {
    /// The type of its elements.
    pub dtype: Dtype,
    /// Its sizes; `None` where not even their number is said.
    pub shape: Option<Vec<Size>>,
}

/// What a network of nodes has beside its layers.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The tensors that stand in the file.
    pub stored: Vec<Stored>,
    /// What graphs within it name for themselves.
    pub formals: Vec<Formal>,
    /// What it gives: a name, and where that comes from.
    pub outputs: Vec<(Rc<str>, From)>,
    /// What the file says of tensors by name, for each graph and function with names of its own, the network's first; it is
    /// taken where no rule says anything. A size `?` is one that the file leaves open.
    pub said: Vec<foldhash::HashMap<Rc<str>, Said>>,
    /// The tensors that are inputs too, ascending: they are what stands in the file unless the network is given others.
    pub defaults: Vec<u32>,
}
