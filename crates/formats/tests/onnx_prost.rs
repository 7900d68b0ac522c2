//! The reader of ONNX held to prost, another reader of Protocol Buffers that knows nothing of it: every node with its words,
//! inputs, outputs and attributes, every stored tensor, inputs, outputs, operator sets and modules.
//!
//! The project's own small files always; the networks of the corpus where `WORKINGS_CORPUS` names it.

mod messages;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use formats::Source;
use messages::{
    AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto,
};
use prost::Message;
use workings::Fault;
use workings::graph::{Attribute, Numbers, Stored};
use workings::model::{From, Model, Size};

struct Bytes<'b>(&'b [u8]);

impl Source for Bytes<'_> {
    fn name(&self) -> &str {
        "m.onnx"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

/// `TensorProto.DataType`, by its numbers.
const TYPES: &str = "undefined float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 \
    complex128 bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2 \
    float6e2m3 float6e3m2";

/// A type as it is called here.
fn dtype(number: Option<i32>) -> &'static str {
    match TYPES.split_whitespace().nth(number.unwrap_or(0) as usize) {
        Some("undefined") | None => "unknown",
        Some("float") => "float32",
        Some("double") => "float64",
        Some(name) => name,
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
enum Means {
    /// Which of the network's inputs.
    Input(String),
    /// Which stored tensor, by its place in the file.
    Stored(usize),
    /// Which output of which row.
    Made(usize, usize),
    /// What a graph within the network names for itself.
    Formal,
    /// An input that is left out.
    Nothing,
}

/// Goes through what prost read in the order in which the reader's layers stand, and holds each to the other.
struct Walk<'m> {
    proto: &'m ModelProto,
    model: &'m Model,
    /// The next layer, and the next stored tensor.
    layer: usize,
    stored: usize,
    wrong: Vec<String>,
}

/// Where a node stands: the names around it, the operator sets, and the call that it stands in the place of.
struct Place<'m> {
    names: HashMap<String, Means>,
    opsets: &'m [OperatorSetIdProto],
    call: Option<(String, HashMap<String, AttributeProto>)>,
    depth: u32,
}

fn of(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

impl<'m> Walk<'m> {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: impl FnOnce() -> String, ours: T, theirs: T) {
        if ours != theirs {
            self.wrong.push(format!("{}: {ours:?}, and prost has {theirs:?}", what()));
        }
    }

    fn model(&mut self, graph: &'m GraphProto) {
        let proto = self.proto;
        let mut place = Place { names: HashMap::new(), opsets: &proto.opset_import, call: None, depth: 0 };
        let stored: Vec<&str> = graph.initializer.iter().map(|tensor| of(&tensor.name)).collect();
        let inputs: Vec<&ValueInfoProto> =
            graph.input.iter().filter(|input| !stored.contains(&of(&input.name))).collect();
        self.same(|| "inputs".into(), self.model.inputs.len(), inputs.len());
        for (ours, theirs) in self.model.inputs.iter().zip(inputs) {
            let name = of(&theirs.name);
            self.same(|| "an input".into(), &*ours.name, name);
            place.names.insert(name.into(), Means::Input(name.into()));
            let tensor = theirs.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
            let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
            self.same(|| format!("{name}: shapeless"), ours.shapeless, shape.is_none());
            self.same(|| name.into(), ours.dtype.name(), dtype(tensor.and_then(|tensor| tensor.elem_type)));
            let sizes: Vec<&messages::Dimension> = shape.iter().flat_map(|shape| &shape.dim).collect();
            self.same(|| format!("{name}: axes"), ours.shape.len(), sizes.len());
            for (ours, theirs) in ours.shape.iter().zip(sizes) {
                let theirs = (theirs.dim_value, theirs.dim_param.as_deref().filter(|name| !name.is_empty()));
                let agree = match (ours, theirs) {
                    (Size::Number(n), (Some(size), None)) => *n == size,
                    (Size::Symbol(name), (None, Some(symbol))) => **name == *symbol,
                    // One that is open without a name gets one.
                    (Size::Symbol(_), (None, None)) => true,
                    _ => false,
                };
                self.same(|| format!("{name}: {ours:?} for {theirs:?}"), agree, true);
            }
        }
        self.graph(graph, &mut place);
        let outputs: Vec<&str> = self.model.graph.outputs.iter().map(|(name, _)| &**name).collect();
        self.same(|| "outputs".into(), outputs, graph.output.iter().map(|output| of(&output.name)).collect());
        for (output, (_, from)) in graph.output.iter().zip(&self.model.graph.outputs) {
            let theirs = place.names.get(of(&output.name)).cloned();
            self.same(|| format!("output {}", of(&output.name)), Some(self.means(*from)), theirs);
        }
        for value in graph.value_info.iter().chain(&graph.output) {
            let name = of(&value.name);
            let Some(tensor) = value.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref()) else { continue };
            let said = self.model.graph.said[0].get(name);
            self.same(|| format!("{name}: said"), said.map(|said| said.dtype.name()), Some(dtype(tensor.elem_type)));
        }
        self.same(|| "layers".into(), self.model.layers.len(), self.layer);
        self.same(|| "stored tensors".into(), self.model.graph.stored.len(), self.stored);
    }

    /// The tensors and nodes of a graph.
    fn graph(&mut self, graph: &'m GraphProto, place: &mut Place<'m>) {
        // In the order of the file, which has all of one kind together.
        let sparse = graph.sparse_initializer.iter().filter_map(|sparse| Some((sparse.values.as_ref()?, &sparse.dims)));
        for (tensor, dims) in graph.initializer.iter().map(|tensor| (tensor, &tensor.dims)).chain(sparse) {
            place.names.insert(of(&tensor.name).into(), Means::Stored(self.stored));
            if let Some(ours) = self.model.graph.stored.get(self.stored) {
                self.tensor(ours, tensor, dims);
            }
            self.stored += 1;
        }
        for node in &graph.node {
            self.node(node, place);
        }
    }

    fn tensor(&mut self, ours: &Stored, theirs: &TensorProto, dims: &[i64]) {
        let name = of(&theirs.name);
        self.same(|| "a stored tensor".into(), &*ours.name, name);
        self.same(|| format!("{name}: type"), ours.dtype.name(), dtype(theirs.data_type));
        self.same(|| format!("{name}: sizes"), &ours.shape[..], dims);
        let (elements, whole) = (dims.iter().product::<i64>(), dims == theirs.dims);
        // Fractions are factors of axes, or weights that nobody asks for.
        let most = if dtype(theirs.data_type).contains("float") { 64 } else { 1024 };
        let Some(raw) = theirs.raw_data.as_ref().filter(|_| elements <= most && whole) else {
            // As lists of their own type.
            match (&ours.numbers, dtype(theirs.data_type)) {
                (Some(Numbers::Whole(all)), "int64") => {
                    self.same(|| format!("{name}: numbers"), &all[..], &theirs.int64_data[..]);
                }
                (Some(Numbers::Whole(all)), "int32") => {
                    let own: Vec<i64> = theirs.int32_data.iter().map(|n| i64::from(*n)).collect();
                    self.same(|| format!("{name}: numbers"), &all[..], &own[..]);
                }
                (Some(Numbers::Real(all)), "float32") => {
                    let own: Vec<u64> = theirs.float_data.iter().map(|n| f64::from(*n).to_bits()).collect();
                    self.same(|| format!("{name}: numbers"), all.iter().map(|n| n.to_bits()).collect(), own);
                }
                _ => {}
            }
            return;
        };
        let numbers = match dtype(theirs.data_type) {
            "int64" => Numbers::Whole(raw.as_chunks().0.iter().map(|part| i64::from_le_bytes(*part)).collect()),
            "int32" => Numbers::Whole(raw.as_chunks().0.iter().map(|part| i32::from_le_bytes(*part).into()).collect()),
            "float32" => Numbers::Real(raw.as_chunks().0.iter().map(|part| f32::from_le_bytes(*part).into()).collect()),
            _ => return,
        };
        // Numbers that are none differ from themselves; as text they do not.
        self.same(|| format!("{name}: numbers"), format!("{:?}", ours.numbers), format!("{:?}", Some(numbers)));
    }

    fn node(&mut self, node: &'m NodeProto, place: &mut Place<'m>) {
        let (domain, kind) = (of(&node.domain), of(&node.op_type));
        let overload = of(&node.overload);
        let is_called = |one: &&'m FunctionProto| (of(&one.domain), of(&one.name)) == (domain, kind);
        let function = self.proto.functions.iter().filter(is_called).find(|one| of(&one.overload) == overload);
        let known = workings::ops::onnx(domain, kind).is_some();
        let own = node.name.as_deref().filter(|name| !name.is_empty());
        let first = || node.output.iter().find(|name| !name.is_empty()).map(String::as_str);
        let named = own.or_else(first).unwrap_or_default();
        let name = match &place.call {
            Some((call, _)) => format!("{call}/{named}"),
            None => named.to_owned(),
        };
        let inputs: Vec<Means> = node.input.iter().map(|input| place.means(input)).collect();
        if let (Some(function), false) = (function, known) {
            let takes = function
                .input
                .iter()
                .enumerate()
                .map(|(at, own)| (own.clone(), inputs.get(at).cloned().unwrap_or(Means::Nothing)));
            let mut told: HashMap<String, AttributeProto> =
                function.attribute_proto.iter().map(|one| (of(&one.name).to_owned(), one.clone())).collect();
            told.extend(node.attribute.iter().filter_map(|one| place.told(one)));
            let mut within = Place {
                names: takes.collect(),
                opsets: &function.opset_import,
                call: Some((name, told)),
                depth: place.depth,
            };
            for inner in &function.node {
                self.node(inner, &mut within);
            }
            for (own, given) in function.output.iter().zip(&node.output) {
                place.names.insert(given.clone(), within.means(own));
            }
            return;
        }
        // Graphs among the attributes stand before their node.
        for graph in node.attribute.iter().filter_map(|attribute| attribute.g.as_ref()) {
            let mut names = place.names.clone();
            names.extend(graph.input.iter().map(|input| (of(&input.name).to_owned(), Means::Formal)));
            let mut within = Place { names, opsets: place.opsets, call: place.call.clone(), depth: place.depth + 1 };
            self.graph(graph, &mut within);
        }
        let index = self.layer;
        self.layer += 1;
        let outputs = node.output.iter().enumerate().filter(|(_, output)| !output.is_empty());
        place.names.extend(outputs.map(|(at, output)| (output.clone(), Means::Made(index, at))));
        let model = self.model;
        let Some(layer) = model.layers.get(index) else { return };
        let Some(raw) = &layer.raw else { return self.wrong.push(format!("{name}: it is no node")) };
        self.same(|| format!("row {index}: name"), &*layer.name, &*name);
        self.same(|| format!("{name}: word"), (&*raw.domain, &*raw.kind), (domain, kind));
        self.same(|| format!("{name}: depth"), raw.depth, place.depth);
        let outputs: Vec<&str> = raw.outputs.iter().map(|output| &**output).collect();
        self.same(|| format!("{name}: outputs"), outputs, node.output.iter().map(String::as_str).collect());
        let ours: Vec<Means> = layer.inputs.iter().map(|from| self.means(*from)).collect();
        self.same(|| format!("{name}: inputs"), ours, inputs);
        let own = |domain: &str| if domain == "ai.onnx" { String::new() } else { domain.to_owned() };
        let version = place.opsets.iter().find(|opset| own(of(&opset.domain)) == own(domain));
        if let Some(version) = version {
            self.same(|| format!("{name}: operator set"), raw.version, version.version.unwrap_or(0));
        }
        let theirs: Vec<(String, AttributeProto)> = node.attribute.iter().filter_map(|one| place.told(one)).collect();
        self.same(|| format!("{name}: attributes"), raw.attributes.len(), theirs.len());
        for ((key, ours), (theirs_key, theirs)) in raw.attributes.iter().zip(&theirs) {
            self.same(|| format!("{name}: attribute"), &**key, theirs_key);
            self.attribute(&format!("{name}.{key}"), ours, theirs);
        }
        let scopes = node.metadata_props.iter().find(|entry| of(&entry.key) == "pkg.torch.onnx.name_scopes");
        if let Some(scopes) = scopes {
            // A list as Python prints it; its last but one is the innermost module.
            let all: Vec<&str> = of(&scopes.value).trim_matches(['[', ']']).split(", ").collect();
            let inner = all.len().checked_sub(2).map(|at| all[at].trim_matches('\'')).unwrap_or_default();
            self.same(|| format!("{name}: modules"), layer.module_path().unwrap_or_default(), inner);
        }
    }

    fn attribute(&mut self, name: &str, ours: &Attribute, theirs: &AttributeProto) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // `AttributeProto.AttributeType`.
        let agree = match (theirs.r#type.unwrap_or(0), ours) {
            (1, Attribute::Float(f)) => f.to_bits() == theirs.f.unwrap_or(0.0).to_bits(),
            (2, Attribute::Int(n)) => *n == theirs.i.unwrap_or(0),
            (3, Attribute::Text(own)) => **own == *text(theirs.s.as_deref().unwrap_or_default()),
            (4, Attribute::Tensor(own)) => {
                if let Some(tensor) = &theirs.t {
                    self.tensor(own, tensor, &tensor.dims);
                }
                theirs.t.is_some()
            }
            (5, Attribute::Graph(body)) => {
                let graph = theirs.g.clone().unwrap_or_default();
                body.outputs.len() == graph.output.len() && body.formals.len() == graph.input.len()
            }
            (6, Attribute::Floats(all)) => {
                all.iter().map(|f| f.to_bits()).eq(theirs.floats.iter().map(|f| f.to_bits()))
            }
            (7, Attribute::Ints(all)) => **all == *theirs.ints,
            (8, Attribute::Texts(all)) => {
                all.iter().map(|one| (**one).to_owned()).eq(theirs.strings.iter().map(|one| text(one)))
            }
            (11, Attribute::Tensor(own)) => {
                let sparse = theirs.sparse_tensor.clone().unwrap_or_default();
                self.tensor(own, &sparse.values.unwrap_or_default(), &sparse.dims);
                true
            }
            // Types, and lists of graphs and tensors: no rule asks for them.
            (9 | 10 | 12.., Attribute::Other) => true,
            _ => false,
        };
        self.same(|| format!("{name}: {ours:?} for {theirs:?}"), agree, true);
    }

    fn means(&self, from: From) -> Means {
        match from {
            From::Input(at) => Means::Input(self.model.inputs[at as usize].name.to_string()),
            From::Layer(at) => Means::Made(at as usize, 0),
            From::Output(at, output) => Means::Made(at as usize, output as usize),
            From::Stored(at) => Means::Stored(at as usize),
            From::Formal(_) => Means::Formal,
            From::Nothing => Means::Nothing,
        }
    }
}

impl Place<'_> {
    fn means(&self, name: &str) -> Means {
        match name {
            "" => Means::Nothing,
            name => self.names.get(name).cloned().unwrap_or_else(|| panic!("nothing makes `{name}`")),
        }
    }

    /// An attribute as the node has it: one of the call's that it stands in the place of, or its own.
    fn told(&self, attribute: &AttributeProto) -> Option<(String, AttributeProto)> {
        let told = match attribute.ref_attr_name.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => self.call.as_ref()?.1.get(name)?.clone(),
            None => attribute.clone(),
        };
        Some((of(&attribute.name).to_owned(), told))
    }
}

/// How many layers, stored tensors and attributes of a file agree.
fn held(path: &Path, bytes: &[u8]) -> (usize, usize, usize) {
    let proto = ModelProto::decode(bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (model, faults) = formats::read(&Bytes(bytes)).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    assert_eq!(faults, [], "{}", path.display());
    let mut walk = Walk { proto: &proto, model: &model, layer: 0, stored: 0, wrong: Vec::new() };
    walk.model(proto.graph.as_ref().expect("a graph"));
    let Walk { wrong, layer, stored, .. } = walk;
    assert!(
        wrong.is_empty(),
        "{}: {} differ:\n{}",
        path.display(),
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    let attributes = model.layers.iter().filter_map(|layer| layer.raw.as_ref()).map(|raw| raw.attributes.len()).sum();
    (layer, stored, attributes)
}

/// The files of a folder that are ONNX's.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut all: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "onnx"))
        .collect();
    all.sort();
    all
}

#[test]
fn small_files_are_read_as_prost_reads_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/onnx");
    let all = files(Path::new(folder));
    for path in &all {
        held(path, &std::fs::read(path).expect("a file of the project"));
    }
    assert!(all.len() >= 8, "{} files", all.len());
}

#[test]
fn onnx_own_node_tests_are_read_as_prost_reads_them() {
    // A line has a name, and at its end the model's bytes in hexadecimal (tests/truth/onnx_nodes.py).
    let recorded = include_str!("../../../tests/data/onnx_nodes.tsv");
    let cases = recorded.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| {
        let ((name, _), (_, model)) = (line.split_once('\t')?, line.rsplit_once('\t')?);
        let byte = |two: &[u8; 2]| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok();
        Some((name, model.as_bytes().as_chunks().0.iter().map(byte).collect::<Option<Vec<u8>>>()?))
    });
    let mut count = 0;
    for (name, bytes) in cases {
        held(Path::new(name), &bytes);
        count += 1;
    }
    assert!(count >= 200, "{count} cases");
}

#[test]
fn networks_of_the_corpus_are_read_as_prost_reads_them() {
    let Some(corpus) = std::env::var_os("WORKINGS_CORPUS").map(PathBuf::from) else {
        return eprintln!("LEFT OUT: networks held to prost: WORKINGS_CORPUS names no corpus");
    };
    let (mut networks, mut all) = (0, (0, 0, 0));
    for path in ["formats", "torchvision", "torchvision-folded"].iter().flat_map(|folder| files(&corpus.join(folder))) {
        let (layers, stored, attributes) = held(&path, &std::fs::read(&path).expect("a file of the corpus"));
        networks += 1;
        all = (all.0 + layers, all.1 + stored, all.2 + attributes);
    }
    assert_eq!(networks, 29);
    assert!(all.0 > 8000 && all.1 > 3000 && all.2 > 5000, "layers, stored tensors, attributes: {all:?}");
}
