//! Activations: a function of each element alone, on a line of its own or at the end of a layer's line.
//!
//! - Shape: the input's. No parameters, no multiply-adds.
//! - Elementary costs an element, by the definition of each (PyTorch `torch/nn/modules/activation.py`); a hard function is
//!   counted as its clipped line, `σ(x) = 1/(1 + e^−x)` as one call, one addition and one division.

use calc::Qty;

use super::window::elements;
use super::{Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::keras;
use crate::ledger::Told;
use crate::node::{Built, Costs, Node, Row};

/// An activation, and what one element of it costs.
#[derive(Debug)]
pub struct Activation {
    /// As it is written.
    pub name: &'static str,
    /// Multiplications, additions, comparisons, divisions, transcendental calls.
    pub costs: [i64; 5],
}

/// Every activation that may stand at the end of a line.
pub const ACTIVATIONS: &[Activation] = &[
    Activation { name: "elu", costs: [1, 1, 1, 0, 1] },
    Activation { name: "gelu", costs: [3, 1, 0, 0, 1] },
    Activation { name: "hardsigmoid", costs: [1, 1, 2, 0, 0] },
    Activation { name: "hardswish", costs: [2, 1, 2, 0, 0] },
    Activation { name: "leakyrelu", costs: [1, 0, 1, 0, 0] },
    Activation { name: "mish", costs: [1, 1, 0, 0, 3] },
    Activation { name: "relu", costs: [0, 0, 1, 0, 0] },
    Activation { name: "relu6", costs: [0, 0, 2, 0, 0] },
    Activation { name: "selu", costs: [2, 1, 1, 0, 1] },
    Activation { name: "sigmoid", costs: [0, 1, 0, 1, 1] },
    Activation { name: "silu", costs: [1, 1, 0, 1, 1] },
    // Less the largest, for every element: one comparison, one subtraction, one exp, one addition, one division.
    Activation { name: "softmax", costs: [0, 2, 1, 1, 1] },
    Activation { name: "softplus", costs: [0, 1, 0, 0, 2] },
    Activation { name: "tanh", costs: [0, 0, 0, 0, 1] },
];

macro_rules! words {
    ($($word:literal)*) => { &[$(Word { word: $word, sets: &[("function", $word)], ..Word::PLAIN }),*] };
}

pub(super) const OPERATOR: Operator = Operator {
    name: "activation",
    title: "Activation",
    words: words!("elu" "gelu" "hardsigmoid" "hardswish" "leakyrelu" "mish" "relu" "relu6" "selu" "sigmoid" "silu"
        "softmax" "softplus" "tanh"),
    keras: &[
        super::Keras::layer("Activation", of_keras),
        super::Keras::layer("ELU", |_| Ok(function("elu"))),
        super::Keras::layer("LeakyReLU", |_| Ok(function("leakyrelu"))),
        super::Keras::layer("ReLU", relu_of_keras),
        super::Keras::layer("Softmax", softmax_of_keras),
        super::Keras::layer("ThresholdedReLU", keras::nothing),
        super::Keras::operation("Elu", |_| Ok(function("elu"))),
        super::Keras::operation("Gelu", |_| Ok(function("gelu"))),
        super::Keras::operation("LeakyRelu", |_| Ok(function("leakyrelu"))),
        super::Keras::operation("Relu", |_| Ok(function("relu"))),
        super::Keras::operation("Relu6", |_| Ok(function("relu6"))),
        super::Keras::operation("Selu", |_| Ok(function("selu"))),
        super::Keras::operation("Sigmoid", |_| Ok(function("sigmoid"))),
        super::Keras::operation("Silu", |_| Ok(function("silu"))),
        super::Keras::operation("Softmax", softmax_of_keras),
        super::Keras::operation("Softplus", |_| Ok(function("softplus"))),
        super::Keras::operation("Tanh", |_| Ok(function("tanh"))),
    ],
    rule,
    onnx: &[
        Onnx::word("Celu", onnx),
        Onnx::word("Elu", onnx),
        Onnx::word("Gelu", onnx),
        Onnx::word("HardSigmoid", onnx),
        Onnx::word("HardSwish", onnx),
        Onnx::word("Hardmax", onnx),
        Onnx::word("LeakyRelu", onnx),
        Onnx::word("LogSoftmax", onnx),
        Onnx::word("Mish", onnx),
        Onnx::word("Relu", onnx),
        Onnx::word("Selu", onnx),
        Onnx::word("Shrink", onnx),
        Onnx::word("Sigmoid", onnx),
        Onnx::word("Softmax", onnx),
        Onnx::word("Softplus", onnx),
        Onnx::word("Softsign", onnx),
        Onnx::word("Swish", onnx),
        Onnx::word("Tanh", onnx),
        Onnx::word("ThresholdedRelu", onnx),
        Onnx::word("Gelu", onnx).microsoft(),
        Onnx::word("QuickGelu", onnx).microsoft(),
    ],
};

/// Keras names its functions a little otherwise; one that is not known has the input's shape all the same
/// (`keras/src/layers/activations/activation.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let known = keras::function(config.get("activation")).and_then(keras::activation);
    Ok(known.map(|known| function(known.name)).unwrap_or_default())
}

fn function(name: &'static str) -> keras::Settings {
    vec![keras::word("function", name)]
}

/// `max_value=6` is ReLU6, and `negative_slope` a leaky one (`keras/src/layers/activations/relu.py`).
fn relu_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let slope = ["negative_slope", "alpha"]
        .iter()
        .any(|key| config.get(key).number().unwrap_or(1) != 0 && !config.get(key).is_nothing());
    Ok(function(match config.get("max_value").number() {
        Some(6) if !slope => "relu6",
        _ if slope => "leakyrelu",
        _ => "relu",
    }))
}

/// Along another axis than the last it is another function of the same cost (`keras/src/layers/activations/softmax.py`).
fn softmax_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = function("softmax");
    if !config.get("axis").is_nothing() && config.numbers("axis")? != [-1] {
        settings.push(config.axes("axis", "along")?);
    }
    Ok(settings)
}

/// The activation of this name.
pub fn by_name(name: &str) -> Option<&'static Activation> {
    ACTIVATIONS.iter().find(|activation| activation.name == name)
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let mut row = Row::of(node.input(0)?.clone());
    if let Some(activation) = node.word("function").and_then(by_name) {
        row.costs = activation.of(input.elements());
        row = row.setting("function", Built::Word(activation.name));
    }
    Ok(row)
}

/// What ONNX calls an activation otherwise than the notation, and those that the notation has no word for.
const ONNX: &[Activation] = &[
    Activation { name: "celu", costs: [1, 1, 2, 1, 1] },
    Activation { name: "clip", costs: [0, 0, 2, 0, 0] },
    Activation { name: "hardmax", costs: [0, 0, 1, 0, 0] },
    Activation { name: "logsoftmax", costs: [0, 3, 1, 0, 1] },
    Activation { name: "quickgelu", costs: [2, 1, 0, 1, 1] },
    Activation { name: "shrink", costs: [0, 1, 2, 0, 0] },
    Activation { name: "softsign", costs: [0, 1, 1, 1, 0] },
    Activation { name: "swish", costs: [1, 1, 0, 1, 1] },
    Activation { name: "thresholdedrelu", costs: [0, 0, 1, 0, 0] },
];

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let name = call.raw.kind.to_ascii_lowercase();
    let mut row = Row::giving([tensor::given(call, shape.clone())]);
    if let Some(known) = of_onnx(&name) {
        row.costs = known.of(tensor::product(call, shape));
        row = row.setting("function", Built::Word(known.name));
    }
    Ok(row)
}

/// A row with the activation that a node of ONNX Runtime's names for its output.
pub(super) fn after<'c>(call: &Call<'c, '_>, row: Row<'c>) -> Row<'c> {
    named(row, &call.text("activation").map(str::to_ascii_lowercase).unwrap_or_default())
}

/// A row with the activation of this name for its output.
pub(super) fn named<'c>(mut row: Row<'c>, name: &str) -> Row<'c> {
    if let Some(known) = of_onnx(name)
        && let Some(shape) = &row.given[0].shape
    {
        let outputs = elements(shape);
        known.over(&mut row, outputs);
    }
    row
}

/// The activation that ONNX calls this, in small letters.
pub(super) fn of_onnx(name: &str) -> Option<&'static Activation> {
    by_name(name).or_else(|| ONNX.iter().find(|known| known.name == name))
}

impl Activation {
    /// What it costs over this many elements.
    pub(crate) fn of<'c>(&self, elements: Qty<'c>) -> Costs<'c> {
        let [multiplications, additions, comparisons, divisions, transcendentals] =
            self.costs.map(|each| (each > 0).then(|| if each == 1 { elements } else { elements * each }));
        Costs { multiplications, additions, comparisons, divisions, transcendentals }
    }

    /// What it costs over a layer's output, beside what the layer costs.
    pub(crate) fn onto<'c>(&self, row: &mut Row<'c>) {
        self.over(row, elements(&row.out));
    }

    /// What it costs over this many elements, beside what the row costs.
    fn over<'c>(&self, row: &mut Row<'c>, elements: Qty<'c>) {
        let own = self.of(elements);
        let add = |a: Option<Qty<'c>>, b: Option<Qty<'c>>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (one, other) => one.or(other),
        };
        row.costs = Costs {
            multiplications: add(row.costs.multiplications, own.multiplications),
            additions: add(row.costs.additions, own.additions),
            comparisons: add(row.costs.comparisons, own.comparisons),
            divisions: add(row.costs.divisions, own.divisions),
            transcendentals: add(row.costs.transcendentals, own.transcendentals),
        };
        row.settings.push(("activation", Told::Word(self.name)));
    }
}
