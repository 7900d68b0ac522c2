//! The schema `workings/1`: what is printed, in the order in which it is printed. Its comments become the schema's
//! descriptions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::number::Number;

/// A shape; `null` where there is no tensor, or none could be worked out.
pub(super) type Shape = Option<Vec<Number>>;

/// A network worked out: what `workings show --as json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "workings/1")]
pub(super) struct Show<'a> {
    /// The version of this schema.
    pub schema: Version,
    /// The network as it was read.
    pub model: Model<'a>,
    /// One row for every layer or node of the file, in its order.
    pub rows: Vec<Row<'a>>,
    /// The sums over all rows.
    pub totals: Totals,
    /// What is wrong with the network.
    pub findings: Vec<Finding<'a>>,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
pub(super) enum Version {
    #[serde(rename = "workings/1")]
    One,
}

/// The network as it was read.
#[derive(Serialize, JsonSchema)]
pub(super) struct Model<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The format of the file: `net`, `onnx`, `keras` …
    pub format: &'a str,
    /// The order of the axes in shapes: `channels first` (batch × channels × space), `channels last`, or `as in the file`.
    pub layout: &'a str,
    /// Whose defaults hold where frameworks differ: `pytorch`, `keras` or `onnx`.
    pub rules: &'a str,
    /// How a stride rounds unless a layer says otherwise: `floor`, `ceil`, `ceil unclipped` or `strict`.
    pub rounding: &'a str,
    /// Its inputs.
    pub inputs: Vec<Input<'a>>,
    /// The symbols that stand in the numbers below, in order of appearance.
    pub symbols: Vec<String>,
}

/// An input of the network.
#[derive(Serialize, JsonSchema)]
pub(super) struct Input<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its shape.
    pub shape: Shape,
    /// The type of its elements.
    pub dtype: &'a str,
}

/// A layer worked out.
#[derive(Serialize, JsonSchema)]
pub(super) struct Row<'a> {
    /// Its number, from 1.
    #[schemars(range(min = 1))]
    pub id: usize,
    /// Its name in the file.
    pub name: &'a str,
    /// The operator: `conv`, `pool`, `dense` …; `null` if what was written could not be read.
    pub op: Option<&'a str>,
    /// The module that it was part of, by its path (`layer1.0.conv1`); `null` where the file names none.
    pub module: Option<&'a str>,
    /// Its settings as understood.
    pub settings: Keyed<'a, Setting<'a>>,
    /// What it takes.
    pub inputs: Vec<Port<'a>>,
    /// What it gives.
    pub outputs: Vec<Port<'a>>,
    /// Elements of learned tensors.
    pub params: Number,
    /// Of them, what is multiplied by.
    pub weights: Number,
    /// Of them, what is added.
    pub biases: Number,
    /// Of the parameters, what is trained.
    pub trainable: Number,
    /// Elements that are stored and never learned.
    pub statistics: Number,
    /// Elements that are stored and computed with, but are nobody's parameters.
    pub constants: Number,
    /// Multiply-adds of convolutions, linear layers and matrix products.
    pub macs: Number,
    /// Elementary operations beside the multiply-adds, and the traffic.
    pub costs: Costs,
    /// Its tensors of parameters.
    pub tensors: Vec<Tensor<'a>>,
    /// What one output position sees of the network's input; `null` until it is worked out.
    pub receptive_field: Option<ReceptiveField>,
    /// Every named step of its calculation, as the plain terminal prints it.
    pub working: Keyed<'a, String>,
}

/// A tensor that a layer takes or gives.
#[derive(Serialize, JsonSchema)]
pub(super) struct Port<'a> {
    /// The tensor by its name in the file, or the layer or input that gives it.
    pub name: &'a str,
    /// Its shape.
    pub shape: Shape,
}

/// A setting of a layer.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Setting<'a> {
    /// A number.
    One(Number),
    /// A number for each axis of space.
    List(Vec<Number>),
    /// Before and after, for each axis of space.
    Pairs(Vec<[Number; 2]>),
    /// A fraction from 0 to 1.
    Fraction(f64),
    /// A word.
    Word(&'a str),
}

/// Elementary operations beside the multiply-adds, and the traffic.
#[derive(Serialize, JsonSchema)]
pub(super) struct Costs {
    /// Multiplications.
    pub multiplications: Number,
    /// Additions and subtractions.
    pub additions: Number,
    /// Comparisons.
    pub comparisons: Number,
    /// Divisions.
    pub divisions: Number,
    /// Calls of exp, tanh, erf, √ and their like.
    pub transcendentals: Number,
    /// Elements read: inputs, parameters and statistics.
    pub read: Number,
    /// Elements written.
    pub written: Number,
}

/// A tensor of parameters.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tensor<'a> {
    /// What the framework calls it.
    pub name: &'a str,
    /// What it is for.
    pub role: Role,
    /// Its shape, in PyTorch's order, or as the file has it.
    pub shape: Vec<Number>,
    /// How many elements it has.
    pub elements: Number,
}

/// What a tensor of parameters is for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    /// Learned, and multiplied by.
    Weight,
    /// Learned, and added.
    Bias,
    /// Stored and counted by the framework, but never learned.
    Statistic,
    /// Stored and computed with, but nobody's parameter: a table, a mask.
    Constant,
}

/// What one output position sees of the network's input, a number for each axis of space.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReceptiveField {
    /// How many positions.
    size: Vec<Number>,
    /// How many positions further the next output looks.
    jump: Vec<Number>,
    /// The centre of what the first output sees, in positions counted from 0.
    start: Vec<f64>,
}

/// The sums over all rows.
#[derive(Serialize, JsonSchema)]
pub(super) struct Totals {
    /// Elements of learned tensors.
    pub params: Number,
    /// Of them, what is trained.
    pub trainable: Number,
    /// Elements that are stored and never learned.
    pub statistics: Number,
    /// Elements that are stored and computed with, but are nobody's parameters.
    pub constants: Number,
    /// Multiply-adds.
    pub macs: Number,
    /// Whether the sums are all there is; otherwise a row could not say its part, and they read "at least".
    pub exact: bool,
    /// Bytes of everything stored; `null` until it is worked out.
    pub weight_bytes: Number,
    /// The most bytes of tensors alive at once; `null` until it is worked out.
    pub peak_activation_bytes: Number,
}

/// Something that is wrong.
#[derive(Serialize, JsonSchema)]
pub(super) struct Finding<'a> {
    /// What kind of thing it is.
    pub code: &'a str,
    /// The layer that it is about.
    pub at: &'a str,
    /// What was found and what was needed.
    pub says: &'a str,
    /// What to do.
    pub hint: Option<&'a str>,
}

/// Values under keys, in the order in which they were made.
pub(super) struct Keyed<'a, T>(pub Vec<(Cow<'a, str>, T)>);

impl<T: Serialize> Serialize for Keyed<'_, T> {
    fn serialize<S: Serializer>(&self, printer: S) -> Result<S::Ok, S::Error> {
        printer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<T: JsonSchema> JsonSchema for Keyed<'_, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Keyed_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}
