//! The schema `workings/verify/1`: a network that was run, held against its ledger, in the order in which it is printed. Its
//! comments become the schema's descriptions.

use schemars::JsonSchema;
use serde::Serialize;
use workings::verify;

use super::number::Number;

/// What `workings verify --as json` prints: a network, or all networks of a call that asks for several.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "workings/verify/1")]
pub(super) enum Answer<'a> {
    /// The only network that was asked for.
    One(Box<Verified<'a>>),
    /// Several networks.
    Several(Networks<'a>),
}

/// Several networks.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Networks<'a> {
    /// The version of this schema.
    schema: Version,
    /// Whether everything that the engine has is what the ledgers say.
    agrees: bool,
    /// The networks that could be run, in the order in which they were asked for.
    networks: Vec<Verified<'a>>,
}

/// A network that was run, held against its ledger.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Verified<'a> {
    /// The version of this schema.
    schema: Version,
    /// The network.
    network: &'a str,
    /// The device that it ran on: `cpu`, `wgpu` or `cuda`.
    device: &'a str,
    /// Whether everything that the engine has is what the ledger says.
    agrees: bool,
    /// The batches that were run, each forward and backward.
    runs: Vec<Run>,
    /// A row a layer, in order.
    rows: Vec<Row<'a>>,
    /// The sums over all rows.
    totals: Totals,
    /// The most bytes that the whole process held at once while the network ran, and what was there before with them;
    /// `null` where the system does not tell.
    peak_memory_bytes: Option<u64>,
    /// Everything that differs, in words.
    differences: Vec<Difference>,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
pub(super) enum Version {
    #[serde(rename = "workings/verify/1")]
    One,
}

/// A batch that was run.
#[derive(Serialize, JsonSchema)]
struct Run {
    /// How many examples it had.
    batch: u64,
    /// Seconds that it took forward.
    forward_seconds: f64,
    /// Seconds that it took backward, from a loss to the gradient of every parameter.
    backward_seconds: f64,
    /// Multiply-adds forward, as the ledger counts them.
    macs: Number,
    /// Multiply-adds a second, forward.
    macs_per_second: Option<f64>,
}

/// A layer that was run.
#[derive(Serialize, JsonSchema)]
struct Row<'a> {
    /// Its name.
    name: &'a str,
    /// Its operator.
    op: &'a str,
    /// Whether everything about it agrees.
    agrees: bool,
    /// Its output in each batch: batch, channels, space.
    outputs: Vec<Output>,
    /// Its tensors of parameters.
    tensors: Vec<Tensor<'a>>,
}

/// What a layer gave in a batch.
#[derive(Serialize, JsonSchema)]
struct Output {
    /// How many examples the batch had.
    batch: u64,
    /// What the ledger says; `null` if it does not know.
    expected: Shape,
    /// What the engine has.
    found: Shape,
}

type Shape = Option<Vec<Number>>;

/// A tensor of parameters.
#[derive(Serialize, JsonSchema)]
struct Tensor<'a> {
    /// Its name, without its layer's.
    name: &'a str,
    /// How many elements it has.
    elements: Count,
    /// Its shape, in PyTorch's order.
    shape: Pair,
    /// Whether a gradient comes to it.
    gradient: Is,
}

/// Two shapes.
#[derive(Serialize, JsonSchema)]
struct Pair {
    /// What the ledger says; `null` if it does not know.
    expected: Shape,
    /// What the engine has; `null` if it has no such thing.
    found: Shape,
}

/// Two numbers.
#[derive(Serialize, JsonSchema)]
struct Count {
    /// What the ledger says; `null` if it does not know.
    expected: Number,
    /// What the engine has; `null` if it has no such thing.
    found: Number,
}

/// Two answers.
#[derive(Serialize, JsonSchema)]
struct Is {
    /// What the ledger says; `null` if it knows of no such tensor.
    expected: Option<bool>,
    /// What the engine has; `null` if it has no such tensor.
    found: Option<bool>,
}

/// The sums over all rows.
#[derive(Serialize, JsonSchema)]
struct Totals {
    /// Elements of learned tensors.
    params: Count,
    /// Elements stored and never learned.
    statistics: Count,
    /// Tensors of the ledger, and tensors in the safetensors file that the parameters were saved to.
    saved_tensors: Count,
}

/// Something that differs.
#[derive(Serialize, JsonSchema)]
struct Difference {
    /// The layer or its parameter, or the network.
    at: String,
    /// What of it.
    what: String,
    /// What the ledger says.
    expected: String,
    /// What the engine has.
    found: String,
}

/// A verification as it is printed.
pub(super) fn one(one: &verify::Verified) -> Answer<'_> {
    Answer::One(Box::new(verified(one)))
}

/// Several as they are printed.
pub(super) fn several(all: &[verify::Verified]) -> Answer<'_> {
    let agrees = all.iter().all(verify::Verified::agrees);
    Answer::Several(Networks { schema: Version::One, agrees, networks: all.iter().map(verified).collect() })
}

fn verified(verified: &verify::Verified) -> Verified<'_> {
    Verified {
        schema: Version::One,
        network: &verified.network,
        device: &verified.device,
        agrees: verified.agrees(),
        runs: verified.runs.iter().map(run).collect(),
        rows: verified.rows.iter().map(row).collect(),
        totals: Totals {
            params: count(&verified.params),
            statistics: count(&verified.statistics),
            saved_tensors: count(&verified.saved),
        },
        peak_memory_bytes: verified.peak_memory,
        differences: verified.differences().into_iter().map(difference).collect(),
    }
}

fn run(run: &verify::Run) -> Run {
    Run {
        batch: run.batch,
        forward_seconds: run.forward,
        backward_seconds: run.backward,
        macs: number(run.macs),
        macs_per_second: run.macs_per_second(),
    }
}

fn row(row: &verify::Row) -> Row<'_> {
    let output = |output: &verify::Output| Output {
        batch: output.batch,
        expected: shape(&output.shape.expected),
        found: shape(&output.shape.found),
    };
    Row {
        name: &row.name,
        op: &row.operator,
        agrees: row.differences().is_empty(),
        outputs: row.outputs.iter().map(output).collect(),
        tensors: row.params.iter().map(tensor).collect(),
    }
}

fn tensor(param: &verify::Param) -> Tensor<'_> {
    let verify::Param { name, elements, shape: sizes, gradient } = param;
    Tensor {
        name,
        elements: count(elements),
        shape: Pair { expected: shape(&sizes.expected), found: shape(&sizes.found) },
        gradient: Is { expected: gradient.expected, found: gradient.found },
    }
}

fn difference(difference: verify::Difference) -> Difference {
    let verify::Difference { at, what, expected, found } = difference;
    Difference { at, what, expected, found }
}

fn count(held: &verify::Held<i128>) -> Count {
    Count { expected: number(held.expected), found: number(held.found) }
}

fn number(n: Option<i128>) -> Number {
    n.map_or(Number::Unknown, Number::from)
}

fn shape(sizes: &Option<Vec<i128>>) -> Shape {
    sizes.as_ref().map(|sizes| sizes.iter().map(|size| Number::from(*size)).collect())
}
