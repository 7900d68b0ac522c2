//! An ONNX graph as it is being made, and its bytes (`onnx/onnx.proto`; the numbers of fields are from there).

use workings::Fault;

use super::wire::{Message, framed};
use crate::export::plan::{Dim, Tensor};

/// The set of operators that is written. 22 is the first whose pools leave out a last window outside of the input
/// (onnx/onnx#5741), as PyTorch does and as ONNX Runtime always did.
const OPSET: i64 = 22;

/// The version of the format that goes with it.
const IR: i64 = 10;

/// The most that Protobuf lets a message have.
const MOST: usize = i32::MAX as usize;

/// The types of elements.
pub(super) const FLOAT: i64 = 1;
pub(super) const INT64: i64 = 7;

/// An attribute of a node.
pub(super) enum Attribute<'a> {
    Float(f64),
    Int(i64),
    Ints(Vec<i64>),
    Text(&'a str),
    Tensor(Message),
}

use Attribute::{Float, Int, Ints, Text};

/// A node: an operator and what it takes. What it gives is named when it is done.
struct Node {
    operator: &'static str,
    inputs: Vec<String>,
    outputs: Vec<String>,
    attributes: Vec<Message>,
}

/// A graph that is being made.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    values: Vec<Message>,
    /// The layer that is being written: its name leads those of what stands in it.
    pub layer: String,
    inner: usize,
}

impl Graph {
    /// A name within the layer.
    fn inner(&mut self, says: &str) -> String {
        self.inner += 1;
        format!("{}/{says}{}", self.layer, self.inner)
    }

    /// A node with one output, whose name is given back.
    pub fn node(&mut self, operator: &'static str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        self.nodes(operator, inputs, attributes, 1).remove(0)
    }

    /// A node with several outputs.
    pub fn nodes(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
        outputs: usize,
    ) -> Vec<String> {
        let outputs: Vec<String> = (0..outputs).map(|_| self.inner(&operator.to_lowercase())).collect();
        let attributes = attributes.iter().map(|(name, value)| attribute(name, value)).collect();
        let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
        self.nodes.push(Node { operator, inputs, outputs: outputs.clone(), attributes });
        outputs
    }

    /// Whole numbers that an operator takes as an input. They are a node, so that initializers are parameters alone.
    pub fn ints(&mut self, all: &[i64]) -> String {
        let raw: Vec<u8> = all.iter().flat_map(|n| n.to_le_bytes()).collect();
        let value = Message::default().ints(1, &[all.len() as i64]).int(2, INT64).bytes(9, raw);
        self.node("Constant", &[], &[("value", Attribute::Tensor(value))])
    }

    /// A number that an operator takes as an input.
    pub fn float(&mut self, x: f64) -> String {
        self.node("Constant", &[], &[("value_float", Float(x))])
    }

    /// The same number over and over, in a shape.
    pub fn filled(&mut self, x: f32, shape: &[i64]) -> String {
        let elements = shape.iter().product::<i64>();
        let raw: Vec<u8> = (0..elements).flat_map(|_| x.to_le_bytes()).collect();
        let value = Message::default().ints(1, shape).int(2, FLOAT).bytes(9, raw);
        self.node("Constant", &[], &[("value", Attribute::Tensor(value))])
    }

    /// Names a value as its layer is called.
    pub fn call(&mut self, value: String) {
        let last = self.nodes.last_mut().and_then(|node| node.outputs.last_mut()).filter(|output| **output == value);
        match last {
            Some(output) => output.clone_from(&self.layer),
            None => {
                self.node("Identity", &[&value], &[]);
                if let Some(output) = self.nodes.last_mut().and_then(|node| node.outputs.last_mut()) {
                    output.clone_from(&self.layer);
                }
            }
        }
        self.inner = 0;
    }

    /// An input of the graph.
    pub fn input(&mut self, name: &str, kind: i64, shape: &[Dim]) {
        self.inputs.push(value(name, kind, shape));
    }

    /// An output of the graph.
    pub fn output(&mut self, name: &str, shape: &[Dim]) {
        self.outputs.push(value(name, FLOAT, shape));
    }

    /// A value between layers.
    pub fn value(&mut self, name: &str, shape: &[Dim]) {
        self.values.push(value(name, FLOAT, shape));
    }

    /// The bytes of the whole file. `fill` writes a tensor's elements, four bytes each.
    pub fn file(
        self,
        name: &str,
        says: &str,
        tensors: &[&Tensor],
        mut fill: impl FnMut(&Tensor, &mut Vec<u8>),
    ) -> Result<Vec<u8>, Fault> {
        let mut graph = Message::default().bytes(2, name).bytes(10, says);
        for (at, node) in self.nodes.iter().enumerate() {
            graph = graph.message(1, &written(node, at));
        }
        for (field, values) in [(11, &self.inputs), (12, &self.outputs), (13, &self.values)] {
            graph = values.iter().fold(graph, |graph, value| graph.message(field, value));
        }
        // The tensors may be large, so their lengths come first and their bytes are written once, where they stay.
        let heads: Vec<(Message, usize)> = tensors.iter().map(|tensor| head(tensor)).collect();
        let whole = |(head, raw): &(Message, usize)| head.bytes.len() + framed(9, *raw);
        let length = graph.bytes.len() + heads.iter().map(|head| framed(5, whole(head))).sum::<usize>();
        let opset = Message::default().bytes(1, "").int(2, OPSET);
        let mut file = Message::default()
            .int(1, IR)
            .bytes(2, "workings")
            .bytes(3, env!("CARGO_PKG_VERSION"))
            .bytes(6, says)
            .message(8, &opset);
        if file.bytes.len() + framed(7, length) > MOST {
            return Err(Fault::new(format!(
                "the network takes {length} bytes as ONNX, and Protobuf has at most {MOST}"
            ))
            .hint("export it for PyTorch or Keras, whose weights stand in a file of their own"));
        }
        file.bytes.reserve_exact(framed(7, length));
        file.head(7, length);
        file.bytes.extend(graph.bytes);
        for (tensor, head) in tensors.iter().zip(&heads) {
            file.head(5, whole(head));
            file.bytes.extend(&head.0.bytes);
            file.head(9, head.1);
            fill(tensor, &mut file.bytes);
        }
        Ok(file.bytes)
    }
}

/// A tensor without its elements, and how many bytes those take.
fn head(tensor: &Tensor) -> (Message, usize) {
    (Message::default().ints(1, &tensor.shape).int(2, FLOAT).bytes(8, &tensor.name), 4 * tensor.elements() as usize)
}

fn written(node: &Node, at: usize) -> Message {
    let names = |message, field, names: &[String]| names.iter().fold(message, |m: Message, name| m.bytes(field, name));
    let message = names(names(Message::default(), 1, &node.inputs), 2, &node.outputs);
    let message = message.bytes(3, format!("{}_{at}", node.operator)).bytes(4, node.operator);
    node.attributes.iter().fold(message, |message, attribute| message.message(5, attribute))
}

fn attribute(name: &str, value: &Attribute) -> Message {
    let message = Message::default().bytes(1, name);
    match value {
        Float(x) => message.float(2, *x as f32).int(20, 1),
        Int(n) => message.int(3, *n).int(20, 2),
        Text(text) => message.bytes(4, text).int(20, 3),
        Attribute::Tensor(tensor) => message.message(5, tensor).int(20, 4),
        Ints(all) => all.iter().fold(message, |message, n| message.int(8, *n)).int(20, 7),
    }
}

/// A value: its name, its type and its shape. The batch is always open.
fn value(name: &str, kind: i64, shape: &[Dim]) -> Message {
    let dim = |at: usize, dim: &Dim| match dim {
        _ if at == 0 => Message::default().bytes(2, "batch"),
        Dim::Known(n) => Message::default().int(1, *n),
        Dim::Open(Some(name)) => Message::default().bytes(2, name.as_bytes()),
        Dim::Open(None) => Message::default(),
    };
    let dims = shape.iter().enumerate().fold(Message::default(), |shape, (at, size)| shape.message(1, &dim(at, size)));
    let tensor = Message::default().int(1, kind).message(2, &dims);
    Message::default().bytes(1, name).message(2, &Message::default().message(1, &tensor))
}
