//! The messages of an ONNX file as they stand there, names not yet looked up (`onnx/onnx.proto`, fields by their numbers).

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt, HashSet};
use smallvec::SmallVec;

use workings::Fault;
use workings::graph::{Attribute, Dtype, Numbers, Stored};
use workings::model::Size;

use crate::Source;
use crate::wire::protobuf::{Field, Reader, text};

/// The most elements of a tensor that are read.
const READ: i128 = 1024;

/// The most elements of a tensor of fractions that are read: a shape may hang on a factor an axis.
const FRACTIONS: i128 = 64;

/// How deep graphs may stand within graphs.
const DEEPEST: u32 = 40;

/// The most axes that a tensor may have.
const AXES: usize = 64;

/// The most numbers of an attribute that are kept: more are tables, on which no shape hangs.
const LISTED: usize = 1 << 16;

/// The longest text that is kept, in bytes: longer ones are no names.
const LONGEST: u64 = 1 << 20;

/// The most nodes of a file, and the most that calls of its functions may become.
pub(super) const NODES: usize = 1 << 20;

/// The most nodes, tensors, attributes and values of a file.
const PARTS: u32 = 1 << 22;

/// A name of a tensor, by number; 0 is the empty one, of what is left out.
pub(super) type Name = u32;

/// A model.
#[derive(Default)]
pub(super) struct Model {
    /// The version of the format.
    pub format: i64,
    pub graph: Option<Graph>,
    pub functions: Vec<Function>,
    pub versions: Vec<(Rc<str>, i64)>,
    pub names: Names,
}

/// The names of tensors, each kept once.
pub(super) struct Names {
    known: HashMap<Rc<str>, Name>,
    all: Vec<Rc<str>>,
}

impl Default for Names {
    fn default() -> Names {
        let empty: Rc<str> = "".into();
        Names { known: HashMap::from_iter([(empty.clone(), 0)]), all: vec![empty] }
    }
}

impl Names {
    /// The number of a name.
    fn number(&mut self, bytes: &[u8]) -> Name {
        let name = text(bytes);
        if let Some(&number) = self.known.get(&*name) {
            return number;
        }
        self.add(name.into())
    }

    fn add(&mut self, name: Rc<str>) -> Name {
        let number = self.all.len() as Name;
        self.all.push(name.clone());
        self.known.insert(name, number);
        number
    }

    /// The name of a number.
    pub fn name(&self, number: Name) -> &Rc<str> {
        &self.all[number as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

/// Where a tensor's elements stand outside of the file: in which other file, and where they begin there.
pub(super) type Beside = (Box<str>, Box<str>);

/// A graph.
#[derive(Default)]
pub(super) struct Graph {
    /// Where it begins in the file: a copy of it is known by that.
    pub place: u64,
    pub name: Box<str>,
    pub nodes: Vec<Node>,
    pub stored: Vec<(Name, Stored, Option<Beside>)>,
    pub inputs: Vec<Value>,
    pub outputs: Vec<Value>,
    pub values: Vec<Value>,
}

/// A node.
pub(super) struct Node {
    pub name: Box<str>,
    pub kind: Rc<str>,
    pub domain: Rc<str>,
    /// Which of the file's functions of its name it calls.
    pub overload: Option<Rc<str>>,
    pub inputs: SmallVec<[Name; 4]>,
    pub outputs: SmallVec<[Name; 4]>,
    pub attributes: Vec<(Rc<str>, Told)>,
    /// Whether a graph is among them.
    pub holds: bool,
    /// The modules that it was part of, as PyTorch's exporter writes them: names and classes.
    pub scopes: Rc<str>,
    pub classes: Rc<str>,
}

impl Node {
    /// A node of which nothing is known yet; `blank` is an empty text.
    fn blank(blank: &Rc<str>) -> Node {
        Node {
            name: Box::default(),
            kind: blank.clone(),
            domain: blank.clone(),
            inputs: SmallVec::new(),
            outputs: SmallVec::new(),
            attributes: Vec::new(),
            scopes: blank.clone(),
            classes: blank.clone(),
            overload: None,
            holds: false,
        }
    }

    /// A copy, as for a function that is called again. A graph among its attributes goes with it.
    pub fn copy(&self) -> Node {
        Node {
            name: self.name.clone(),
            kind: self.kind.clone(),
            domain: self.domain.clone(),
            overload: self.overload.clone(),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            holds: self.holds,
            attributes: self.attributes.iter().map(|(key, told)| (key.clone(), told.copy())).collect(),
            scopes: self.scopes.clone(),
            classes: self.classes.clone(),
        }
    }
}

impl Told {
    fn copy(&self) -> Told {
        match self {
            Told::Known(attribute) => Told::Known(attribute.clone()),
            Told::Caller(name) => Told::Caller(name.clone()),
            Told::Graph(graph) => Told::Graph(Box::new(graph.copy())),
        }
    }
}

impl Graph {
    fn copy(&self) -> Graph {
        let value = |value: &Value| Value { name: value.name, kind: Kind::Unknown };
        Graph {
            place: self.place,
            name: self.name.clone(),
            nodes: self.nodes.iter().map(Node::copy).collect(),
            stored: self.stored.clone(),
            inputs: self.inputs.iter().map(value).collect(),
            outputs: self.outputs.iter().map(value).collect(),
            values: Vec::new(),
        }
    }
}

/// What an attribute is.
pub(super) enum Told {
    Known(Attribute),
    Graph(Box<Graph>),
    /// The attribute of this name of the function's call.
    Caller(Rc<str>),
}

/// A function of the file's own.
#[derive(Default)]
pub(super) struct Function {
    pub name: Rc<str>,
    pub domain: Rc<str>,
    /// What tells it from others of its name.
    pub overload: Option<Rc<str>>,
    pub inputs: Vec<Name>,
    pub outputs: Vec<Name>,
    pub values: Vec<Value>,
    pub nodes: Vec<Node>,
    pub versions: Vec<(Rc<str>, i64)>,
    /// What its attributes are unless the call says so.
    pub defaults: Vec<(Rc<str>, Told)>,
}

/// A tensor by name, and what is said of it.
#[derive(Default)]
pub(super) struct Value {
    pub name: Name,
    pub kind: Kind,
}

/// What a value is.
#[derive(Default)]
pub(super) enum Kind {
    /// Nothing is said.
    #[default]
    Unknown,
    /// A tensor, with its sizes if they are said; of those, `None` is an open one without a name.
    Tensor(Dtype, Option<Vec<Option<Size>>>),
    /// A sequence, a map, or something that may be missing.
    Other,
}

/// Reads a model, and what is wrong with parts of it that the rest can do without.
pub(super) fn model(source: &dyn Source) -> Result<(Model, Vec<Fault>), Fault> {
    let mut parser = Parser {
        wire: Reader::new(source),
        model: Model::default(),
        words: HashMap::new(),
        blank: Rc::from(""),
        faults: Vec::new(),
        outside: HashSet::default(),
        parts: 0,
        nodes: 0,
    };
    let end = source.size();
    if end == 0 {
        return Err(Fault::new("the file is empty").hint("export the network again"));
    }
    while let Some((number, field)) = parser.wire.field(end)? {
        match (number, field) {
            (1, Field::Varint(n)) => parser.model.format = n as i64,
            (7, Field::Bytes(length)) => {
                let end = parser.wire.place() + length;
                let graph = parser.graph(end, 0)?;
                if parser.model.graph.replace(graph).is_some() {
                    return Err(parser.wire.wrong("a second graph, and a model has one"));
                }
            }
            (8, Field::Bytes(length)) => {
                let version = parser.version(length)?;
                parser.model.versions.push(version);
            }
            (25, Field::Bytes(length)) => {
                let function = parser.function(length)?;
                parser.model.functions.push(function);
            }
            (_, field) => parser.wire.pass(field),
        }
    }
    Ok((parser.model, parser.faults))
}

struct Parser<'s> {
    wire: Reader<'s>,
    model: Model,
    /// Words that come again and again: operators, attributes, operator sets.
    words: HashMap<Box<[u8]>, Rc<str>>,
    /// The empty one, which most nodes have somewhere.
    blank: Rc<str>,
    faults: Vec<Fault>,
    /// Files outside of the model's folder that tensors are said to stand in, each named once.
    outside: HashSet<Box<str>>,
    /// How many nodes, tensors, attributes and values were met …
    parts: u32,
    /// … and how many of these were nodes.
    nodes: usize,
}

impl Parser<'_> {
    fn end(&self, length: u64) -> u64 {
        self.wire.place() + length
    }

    /// Where a message ends that is kept.
    fn part(&mut self, length: u64) -> Result<u64, Fault> {
        self.parts += 1;
        if self.parts > PARTS {
            return Err(self.wire.wrong(format!("more than {PARTS} nodes, tensors, attributes and values")));
        }
        Ok(self.end(length))
    }

    /// That a text is short enough to be kept.
    fn short(&self, length: u64) -> Result<(), Fault> {
        match length > LONGEST {
            true => Err(self.wire.wrong(format!("a text of {length} bytes, and at most {LONGEST} are read"))),
            false => Ok(()),
        }
    }

    fn word(&mut self, length: u64) -> Result<Rc<str>, Fault> {
        self.short(length)?;
        let bytes = self.wire.bytes(length)?;
        if let Some(known) = self.words.get(bytes) {
            return Ok(known.clone());
        }
        let word: Rc<str> = text(bytes).into();
        self.words.insert(bytes.into(), word.clone());
        Ok(word)
    }

    fn text(&mut self, length: u64) -> Result<Box<str>, Fault> {
        self.short(length)?;
        Ok(text(self.wire.bytes(length)?).into())
    }

    fn name(&mut self, length: u64) -> Result<Name, Fault> {
        self.short(length)?;
        let bytes = self.wire.bytes(length)?;
        Ok(self.model.names.number(bytes))
    }

    /// `OperatorSetIdProto`.
    fn version(&mut self, length: u64) -> Result<(Rc<str>, i64), Fault> {
        let end = self.end(length);
        let (mut domain, mut version) = (Rc::from(""), 0);
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => domain = self.word(length)?,
                (2, Field::Varint(n)) => version = n as i64,
                (_, field) => self.wire.pass(field),
            }
        }
        Ok((domain, version))
    }

    /// `FunctionProto`.
    fn function(&mut self, length: u64) -> Result<Function, Fault> {
        let end = self.part(length)?;
        let mut function = Function::default();
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => function.name = self.word(length)?,
                (4, Field::Bytes(length)) => function.inputs.push(self.name(length)?),
                (5, Field::Bytes(length)) => function.outputs.push(self.name(length)?),
                (7, Field::Bytes(length)) => function.nodes.push(self.node(length, 0)?),
                (9, Field::Bytes(length)) => function.versions.push(self.version(length)?),
                (10, Field::Bytes(length)) => function.domain = self.word(length)?,
                (11, Field::Bytes(length)) => function.defaults.push(self.attribute(length, 0)?),
                (12, Field::Bytes(length)) => function.values.push(self.value(length)?),
                (13, Field::Bytes(length)) if length > 0 => function.overload = Some(self.word(length)?),
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(function)
    }

    /// `GraphProto`.
    fn graph(&mut self, end: u64, depth: u32) -> Result<Graph, Fault> {
        if depth > DEEPEST {
            return Err(self.wire.wrong(format!("graphs stand within graphs, more than {DEEPEST} deep")));
        }
        let mut graph = Graph { place: self.wire.place(), ..Graph::default() };
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => graph.nodes.push(self.node(length, depth)?),
                (2, Field::Bytes(length)) => graph.name = self.text(length)?,
                (5, Field::Bytes(length)) => {
                    let stored = self.tensor(length)?;
                    graph.stored.push(stored);
                }
                (11, Field::Bytes(length)) => graph.inputs.push(self.value(length)?),
                (12, Field::Bytes(length)) => graph.outputs.push(self.value(length)?),
                (13, Field::Bytes(length)) => graph.values.push(self.value(length)?),
                (15, Field::Bytes(length)) => {
                    let (name, stored) = self.sparse(length)?;
                    graph.stored.push((name, stored, None));
                }
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(graph)
    }

    /// `NodeProto`.
    fn node(&mut self, length: u64, depth: u32) -> Result<Node, Fault> {
        let end = self.part(length)?;
        self.nodes += 1;
        if self.nodes > NODES {
            return Err(self.wire.wrong(format!("more than {NODES} nodes")));
        }
        let mut node = Node::blank(&self.blank);
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => node.inputs.push(self.name(length)?),
                (2, Field::Bytes(length)) => node.outputs.push(self.name(length)?),
                (3, Field::Bytes(length)) => node.name = self.text(length)?,
                (4, Field::Bytes(length)) => node.kind = self.word(length)?,
                (5, Field::Bytes(length)) => {
                    let (key, told) = self.attribute(length, depth)?;
                    node.holds |= matches!(told, Told::Graph(_));
                    node.attributes.push((key, told));
                }
                (7, Field::Bytes(length)) => node.domain = self.word(length)?,
                (8, Field::Bytes(length)) if length > 0 => node.overload = Some(self.word(length)?),
                (9, Field::Bytes(length)) => self.module(length, &mut node)?,
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(node)
    }

    /// `StringStringEntryProto`: the modules that PyTorch's exporter says a node was part of.
    fn module(&mut self, length: u64, node: &mut Node) -> Result<(), Fault> {
        let end = self.end(length);
        let mut into: Option<&mut Rc<str>> = None;
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                // Longer ones are none of these.
                (1 | 2, Field::Bytes(length)) if length > LONGEST => self.wire.skip(length),
                (1, Field::Bytes(length)) => {
                    into = match self.wire.bytes(length)? {
                        b"pkg.torch.onnx.name_scopes" => Some(&mut node.scopes),
                        b"pkg.torch.onnx.class_hierarchy" => Some(&mut node.classes),
                        _ => None,
                    }
                }
                (2, Field::Bytes(length)) => match &mut into {
                    Some(into) => **into = self.word(length)?,
                    None => self.wire.skip(length),
                },
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(())
    }

    /// `AttributeProto`.
    fn attribute(&mut self, length: u64, depth: u32) -> Result<(Rc<str>, Told), Fault> {
        let end = self.part(length)?;
        let (mut name, mut told, mut caller) = (self.blank.clone(), None, None);
        let mut ints = SmallVec::<[i64; 8]>::new();
        let mut floats = SmallVec::<[f32; 8]>::new();
        let mut texts: Vec<Box<str>> = Vec::new();
        // A default is not written: which of the values counts, the type says.
        let mut kind = 0;
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => name = self.word(length)?,
                (2, Field::Fixed32(bits)) => told = Some(Told::Known(Attribute::Float(f32::from_bits(bits)))),
                (3, Field::Varint(n)) => told = Some(Told::Known(Attribute::Int(n as i64))),
                // Whatever is in so long a text or row, no shape hangs on it.
                (4 | 7..=9, Field::Bytes(length)) if length > LONGEST => {
                    self.wire.skip(length);
                    told = Some(Told::Known(Attribute::Other));
                }
                (4, Field::Bytes(length)) => told = Some(Told::Known(Attribute::Text(self.text(length)?))),
                (5, Field::Bytes(length)) => {
                    told = Some(Told::Known(Attribute::Tensor(Rc::new(self.tensor(length)?.1))))
                }
                (6, Field::Bytes(length)) => {
                    let end = self.end(length);
                    told = Some(Told::Graph(Box::new(self.graph(end, depth + 1)?)));
                }
                (7, Field::Fixed32(bits)) => floats.push(f32::from_bits(bits)),
                (7, Field::Bytes(length)) => {
                    floats.extend(self.wire.bytes(length)?.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)));
                }
                (8, Field::Varint(n)) => ints.push(n as i64),
                (8, Field::Bytes(length)) => self.packed(length, LISTED, |n| ints.push(n))?,
                (9, Field::Bytes(length)) => texts.push(self.text(length)?),
                (20, Field::Varint(n)) => kind = n,
                (21, Field::Bytes(length)) if length > 0 => caller = Some(self.word(length)?),
                (22, Field::Bytes(length)) => {
                    told = Some(Told::Known(Attribute::Tensor(Rc::new(self.sparse(length)?.1))))
                }
                (_, field) => self.wire.pass(field),
            }
            if ints.len().max(floats.len()).max(texts.len()) > LISTED {
                (ints, floats, texts) = Default::default();
                told = Some(Told::Known(Attribute::Other));
            }
        }
        let told = match (caller, told) {
            (Some(caller), _) => Told::Caller(caller),
            (None, Some(told)) => told,
            (None, None) => Told::Known(match kind {
                1 => Attribute::Float(0.0),
                2 => Attribute::Int(0),
                3 => Attribute::Text("".into()),
                6 => Attribute::Floats(floats.into_vec().into()),
                7 => Attribute::Ints(ints.into_vec().into()),
                8 => Attribute::Texts(texts.into()),
                // Files of the first years say no type.
                0 if !ints.is_empty() => Attribute::Ints(ints.into_vec().into()),
                0 if !floats.is_empty() => Attribute::Floats(floats.into_vec().into()),
                0 if !texts.is_empty() => Attribute::Texts(texts.into()),
                _ => Attribute::Other,
            }),
        };
        Ok((name, told))
    }

    /// Numbers one after the other; of more than the most, one more is there, which says so.
    fn packed(&mut self, length: u64, most: usize, mut push: impl FnMut(i64)) -> Result<(), Fault> {
        let end = self.end(length);
        let mut left = most + 1;
        while self.wire.place() < end && left > 0 {
            push(self.wire.varint(end)? as i64);
            left -= 1;
        }
        self.wire.skip(end.saturating_sub(self.wire.place()));
        Ok(())
    }

    /// `SparseTensorProto`: of its parts only the shape and the type are of use.
    fn sparse(&mut self, length: u64) -> Result<(Name, Stored), Fault> {
        let end = self.end(length);
        let (mut values, mut dims) = (None, Vec::new());
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => values = Some(self.tensor(length)?),
                (3, Field::Varint(n)) => dims.push(n as i64),
                (3, Field::Bytes(length)) => self.packed(length, AXES, |n| dims.push(n))?,
                (_, field) => self.wire.pass(field),
            }
            self.axes(dims.len())?;
        }
        let (name, values, _) = values.ok_or_else(|| self.wire.wrong("a sparse tensor without values"))?;
        self.sizes(&values.name, &dims)?;
        Ok((name, Stored { shape: dims, numbers: None, ..values }))
    }

    /// That a tensor has no more axes than there may be.
    fn axes(&self, axes: usize) -> Result<(), Fault> {
        match axes > AXES {
            true => Err(self.wire.wrong(format!("a tensor of more than {AXES} axes"))),
            false => Ok(()),
        }
    }

    /// That a tensor has the sizes of one.
    fn sizes(&self, name: &str, dims: &[i64]) -> Result<(), Fault> {
        match dims.iter().find(|size| **size < 0) {
            Some(size) => {
                Err(self.wire.wrong(format!("the tensor `{name}` has the size {size}, and sizes are 0 or more")))
            }
            None => Ok(()),
        }
    }

    /// `TensorProto`: its shape and type; of its elements only those that a shape may hang on, and where they stand if that is
    /// outside of the file.
    fn tensor(&mut self, length: u64) -> Result<(Name, Stored, Option<Beside>), Fault> {
        let end = self.part(length)?;
        let (mut called, mut dims, mut kind) = (0, Vec::new(), 0);
        let (mut whole, mut real): (Vec<i64>, Vec<f64>) = Default::default();
        let (mut bytes, mut listed, mut outside) = (None, false, Vec::new());
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Varint(n)) => dims.push(n as i64),
                (1, Field::Bytes(length)) => self.packed(length, AXES, |n| dims.push(n))?,
                (2, Field::Varint(n)) => kind = n,
                (8, Field::Bytes(length)) => called = self.name(length)?,
                (9, Field::Bytes(length)) if length <= most(kind) as u64 * 8 => {
                    bytes = Some(self.wire.bytes(length)?.to_vec())
                }
                (4, Field::Bytes(length)) if length <= FRACTIONS as u64 * 4 => {
                    let floats =
                        self.wire.bytes(length)?.as_chunks().0.iter().map(|four| f64::from(f32::from_le_bytes(*four)));
                    real.extend(floats);
                }
                (10, Field::Bytes(length)) if length <= FRACTIONS as u64 * 8 => {
                    real.extend(self.wire.bytes(length)?.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)));
                }
                (4, Field::Fixed32(bits)) => real.push(f64::from(f32::from_bits(bits))),
                (10, Field::Fixed64(bits)) => real.push(f64::from_bits(bits)),
                (5 | 7 | 11, Field::Bytes(length)) if length <= READ as u64 * 10 => {
                    listed = true;
                    self.packed(length, READ as usize, |n| whole.push(n))?;
                }
                (5 | 7 | 11, Field::Varint(n)) => {
                    listed = true;
                    whole.push(n as i64);
                }
                (13, Field::Bytes(length)) => outside.push(self.entry(length)?),
                (_, field) => self.wire.pass(field),
            }
            self.axes(dims.len())?;
            if whole.len() as i128 > READ || real.len() as i128 > FRACTIONS {
                (whole, real, listed) = Default::default();
            }
        }
        let (dtype, name) = (Dtype::of_onnx(kind as i64), self.model.names.name(called).clone());
        self.sizes(&name, &dims)?;
        let elements = dims.iter().try_fold(1i128, |product, size| product.checked_mul(i128::from(*size)));
        let few = elements.filter(|elements| *elements <= most(kind));
        let mut beside = None;
        if bytes.is_none() && !outside.is_empty() {
            beside = self::beside(&outside);
            bytes = self.outside(&name, &outside, few.map(|few| (few as u64 * u64::from(dtype.bits())).div_ceil(8)));
        }
        let numbers = few.and_then(|elements| match bytes {
            Some(bytes) => unpacked(&bytes, dtype),
            None if listed && !dtype.is_float() => Some(Numbers::Whole(signed(&whole, dtype).into())),
            None if !real.is_empty() => Some(Numbers::Real(real.into())),
            None if elements == 0 => Some(Numbers::Whole(Rc::from([]))),
            None => None,
        });
        let is_all = |numbers: &Numbers| {
            let found = match numbers {
                Numbers::Whole(whole) => whole.len(),
                Numbers::Real(real) => real.len(),
            };
            Some(found as i128) == elements
        };
        Ok((called, Stored { name, dtype, shape: dims, numbers: numbers.filter(is_all), constant: false }, beside))
    }

    fn entry(&mut self, length: u64) -> Result<(Rc<str>, Box<str>), Fault> {
        let end = self.end(length);
        let (mut key, mut value) = (Rc::from(""), Box::from(""));
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => key = self.word(length)?,
                (2, Field::Bytes(length)) => value = self.text(length)?,
                (_, field) => self.wire.pass(field),
            }
        }
        Ok((key, value))
    }

    /// The elements of a small tensor that stand in a file beside this one, if that is there; a large one has no length here,
    /// and its elements are left where they are. Nothing but a plain name below the model's own folder is looked for.
    fn outside(&mut self, tensor: &str, told: &[(Rc<str>, Box<str>)], length: Option<u64>) -> Option<Vec<u8>> {
        let of = |key: &str| told.iter().find(|(known, _)| **known == *key).map(|(_, value)| &**value);
        let name = of("location")?;
        if !is_beside(name) {
            if self.outside.insert(name.into()) {
                let says = format!("the tensor `{tensor}` is said to stand in `{}`", name.escape_debug());
                self.faults.push(
                    Fault::new(format!("{says}, which is not beside the model; nothing was read there"))
                        .hint("put the file into the model's folder, if you trust the one who made it"),
                );
            }
            return None;
        }
        let (length, offset) = (length?, of("offset").unwrap_or("0"));
        let source = self.wire.sibling(name)?;
        let start = offset.parse::<u64>().ok();
        match start.and_then(|start| Some(start..start.checked_add(length)?)).filter(|range| range.end <= source.size())
        {
            Some(range) => source.read(range).ok(),
            None => {
                let says =
                    format!("the tensor `{tensor}` is said to begin at byte {} of `{name}`", offset.escape_debug());
                self.faults.push(
                    Fault::new(format!("{says} and takes {length}, and that file has {}", source.size()))
                        .hint("the two files do not belong together; get both again"),
                );
                None
            }
        }
    }
}

/// The most elements that are read of a tensor of this type; of one whose type is not said yet it may be all.
fn most(kind: u64) -> i128 {
    match kind != 0 && Dtype::of_onnx(kind as i64).is_float() {
        true => FRACTIONS,
        false => READ,
    }
}

/// Where elements outside of the file are said to begin: at the front, unless told.
fn beside(told: &[(Rc<str>, Box<str>)]) -> Option<Beside> {
    let of = |key: &str| told.iter().find(|(known, _)| **known == *key).map(|(_, value)| value.clone());
    Some((of("location")?, of("offset").unwrap_or_else(|| "0".into())))
}

/// Whether a name is that of a file in the model's own folder or below it, on any system.
fn is_beside(name: &str) -> bool {
    !name.starts_with(['/', '\\']) && !name.contains(':') && name.split(['/', '\\']).all(|part| part != "..")
}

/// The elements of a tensor that stand there as bytes, the lowest first.
fn unpacked(bytes: &[u8], dtype: Dtype) -> Option<Numbers> {
    fn each<const N: usize, T>(bytes: &[u8], of: fn([u8; N]) -> T) -> Rc<[T]> {
        bytes.as_chunks().0.iter().map(|part| of(*part)).collect()
    }
    Some(match dtype.name() {
        "int64" => Numbers::Whole(each(bytes, i64::from_le_bytes)),
        "uint64" => Numbers::Whole(each(bytes, |part| u64::from_le_bytes(part) as i64)),
        "int32" => Numbers::Whole(each(bytes, |part| i64::from(i32::from_le_bytes(part)))),
        "uint32" => Numbers::Whole(each(bytes, |part| i64::from(u32::from_le_bytes(part)))),
        "int16" => Numbers::Whole(each(bytes, |part| i64::from(i16::from_le_bytes(part)))),
        "uint16" => Numbers::Whole(each(bytes, |part| i64::from(u16::from_le_bytes(part)))),
        "int8" => Numbers::Whole(each(bytes, |part| i64::from(i8::from_le_bytes(part)))),
        "uint8" | "bool" => Numbers::Whole(each(bytes, |[part]| i64::from(part))),
        "float32" => Numbers::Real(each(bytes, |part| f64::from(f32::from_le_bytes(part)))),
        "float64" => Numbers::Real(each(bytes, f64::from_le_bytes)),
        _ => return None,
    })
}

/// Numbers that the wire has without their sign's width.
fn signed(whole: &[i64], dtype: Dtype) -> Vec<i64> {
    let one = |n: &i64| match dtype.name() {
        "int32" => i64::from(*n as i32),
        "int16" => i64::from(*n as i16),
        "int8" => i64::from(*n as i8),
        _ => *n,
    };
    whole.iter().map(one).collect()
}

impl Parser<'_> {
    /// `ValueInfoProto`.
    fn value(&mut self, length: u64) -> Result<Value, Fault> {
        let end = self.part(length)?;
        let mut value = Value::default();
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => value.name = self.name(length)?,
                (2, Field::Bytes(length)) => value.kind = self.kind(length)?,
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(value)
    }

    /// `TypeProto`.
    fn kind(&mut self, length: u64) -> Result<Kind, Fault> {
        let end = self.end(length);
        let mut kind = Kind::Unknown;
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1 | 8, Field::Bytes(length)) => kind = self.tensor_kind(length)?,
                (4 | 5 | 9 | 7, Field::Bytes(length)) => {
                    self.wire.skip(length);
                    kind = Kind::Other;
                }
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(kind)
    }

    /// `TypeProto.Tensor`.
    fn tensor_kind(&mut self, length: u64) -> Result<Kind, Fault> {
        let end = self.end(length);
        let (mut kind, mut shape) = (0, None);
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Varint(n)) => kind = n,
                (2, Field::Bytes(length)) => shape = Some(self.shape(length)?),
                (_, field) => self.wire.pass(field),
            }
        }
        Ok(Kind::Tensor(Dtype::of_onnx(kind as i64), shape))
    }

    /// `TensorShapeProto`.
    fn shape(&mut self, length: u64) -> Result<Vec<Option<Size>>, Fault> {
        let end = self.end(length);
        let mut shape = Vec::new();
        while let Some((number, field)) = self.wire.field(end)? {
            match (number, field) {
                (1, Field::Bytes(length)) => {
                    let end = self.end(length);
                    let mut size = None;
                    while let Some((number, field)) = self.wire.field(end)? {
                        match (number, field) {
                            (1, Field::Varint(n)) => size = (n as i64 >= 0).then_some(Size::Number(n as i64)),
                            (2, Field::Bytes(length)) if length > 0 => size = Some(Size::Symbol(self.word(length)?)),
                            (_, field) => self.wire.pass(field),
                        }
                    }
                    shape.push(size);
                }
                (_, field) => self.wire.pass(field),
            }
            self.axes(shape.len())?;
        }
        Ok(shape)
    }
}
