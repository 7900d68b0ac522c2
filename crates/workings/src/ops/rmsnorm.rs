//! Root mean square normalisation: the last axes as written, together, divided by their root mean square, then scaled.
//!
//! - Shape: the input's.
//! - One scale for each element of the normalised axes, no shift (Zhang & Sennrich 2019, <https://arxiv.org/abs/1910.07467>;
//!   PyTorch `torch/nn/modules/normalization.py`, `RMSNorm`).
//! - An element: squared, added to the sum of squares, times 1/√(mean + ε), times its scale. A group that is normalised
//!   together: two divisions (mean, 1/√), one addition (ε), one root.

use calc::Qty;

use super::layernorm::{AXES, Last, last};
use super::norm::NO_SCALE;
use super::window::number;
use super::{Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::node::{Built, Costs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "rmsnorm",
    title: "Root mean square normalisation",
    words: &[Word { word: "rmsnorm", may: &[AXES, NO_SCALE], ..Word::PLAIN }],
    keras: &[super::Keras::layer("RMSNormalization", of_keras)],
    rule,
    onnx: &[
        Onnx::word("RMSNormalization", onnx).with(&[None, Some(Role::Weight)]),
        Onnx::word("SimplifiedLayerNormalization", onnx).with(&[None, Some(Role::Weight)]),
    ],
    ..Operator::NEW
};

/// `keras/src/layers/normalization/rms_normalization.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    if config.get("axis").is_nothing() { Ok(Vec::new()) } else { Ok(vec![config.axes("axis", "at")?]) }
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let Last { elements, shape, groups } = last(node, &input)?;
    let mut row = Row::of(input.same())
        .setting("axes", Built::One(number(node.calc, shape.len() as i64)))
        .setting_of("scale", node.has("scale"));
    if node.has("scale") {
        row = row.param("weight", Role::Weight, elements.called("weights"), shape);
    }
    let elements = input.elements();
    row.costs = Costs {
        multiplications: Some(elements * (2 + i64::from(node.has("scale")))),
        additions: Some(elements + groups),
        divisions: Some(groups * 2),
        transcendentals: Some(groups),
        ..Costs::default()
    };
    Ok(row)
}

/// What it costs with a scale.
pub(super) fn scaled<'c>(elements: Qty<'c>, groups: Qty<'c>) -> Costs<'c> {
    Costs {
        multiplications: Some(elements * 3),
        additions: Some(elements),
        divisions: Some(groups * 2),
        transcendentals: Some(groups),
        ..Costs::default()
    }
}

/// ONNX: from an axis on; the scale is an input. 1/√ of the mean square may be asked for too (ONNX Runtime's
/// `SimplifiedLayerNormalization`, which stands in ONNX's own operator set).
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let axis = call.axis(call.int("axis", -1), shape.len())?;
    let (elements, groups) = (tensor::product(call, shape), tensor::product(call, &shape[..axis]));
    let one = call.calc.literal(1);
    let reduced: Shape<'c> = shape.iter().enumerate().map(|(at, size)| if at < axis { *size } else { one }).collect();
    let outputs = [tensor::given(call, shape.clone()), Given::of(reduced, Dtype::FLOAT32)];
    let mut row = Row::giving(outputs.into_iter().take(call.outputs().max(1)));
    row.costs = scaled(elements, groups);
    Ok(row)
}
