//! Layer normalisation: the last axes as written, together, brought to mean 0 and variance 1, then scaled and shifted.
//!
//! - Shape: the input's.
//! - One scale and one shift for each element of the normalised axes: C, or W · C, … (Ba, Kiros & Hinton 2016,
//!   <https://arxiv.org/abs/1607.06450>; PyTorch `torch/nn/modules/normalization.py`, `normalized_shape`).

use calc::Qty;

use super::norm::{self, NO_SCALE, NO_SHIFT};
use super::window::{number, times};
use super::{Arg, Kind, Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::node::{Built, Image, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "layernorm",
    title: "Layer normalisation",
    words: &[Word { word: "layernorm", may: &[AXES, NO_SCALE, NO_SHIFT], ..Word::PLAIN }],
    keras: &[super::Keras::layer("LayerNormalization", of_keras)],
    rule,
    onnx: &[Onnx::word("LayerNormalization", onnx).with(&[None, Some(Role::Weight), Some(Role::Bias)])],
};

/// Any axes may be normalised together (`keras/src/layers/normalization/layer_normalization.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let told = [("scale", "scale"), ("center", "shift")];
    // With `rms_scaling` there is always a scale and never a shift (keras/src/layers/normalization/layer_normalization.py).
    let rms = config.is("rms_scaling", false);
    let has = |key: &str| if rms { key == "scale" } else { config.is(key, true) };
    let mut settings: keras::Settings =
        told.iter().filter(|(key, _)| !has(key)).map(|(_, ours)| keras::word(ours, "no")).collect();
    if !config.get("axis").is_nothing() {
        settings.push(config.axes("axis", "at")?);
    }
    Ok(settings)
}

pub(super) const AXES: Arg = Arg::keyed("axes", "axes", Kind::Count);

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let Last { elements, shape, groups } = last(node, &input)?;
    let row = Row::of(input.same()).setting("axes", Built::One(number(node.calc, shape.len() as i64)));
    let row = norm::learned(node, row, elements, &shape);
    Ok(Row { costs: norm::costs(node.has("scale"), node.has("shift"), input.elements(), groups), ..row })
}

/// The axes that are normalised together.
pub(super) struct Last<'c> {
    /// How many elements they have.
    pub elements: Qty<'c>,
    /// Their sizes, as written.
    pub shape: Shape<'c>,
    /// How often they are normalised: the product of the other axes.
    pub groups: Qty<'c>,
}

/// The last axes as written, as many as the layer says: channels, then from the last axis of space backwards.
pub(super) fn last<'c>(node: &Node<'c, '_>, input: &Image<'c>) -> Result<Last<'c>, Fault> {
    let all: Shape = [input.n, input.c].into_iter().chain(input.space.iter().copied()).collect();
    if let Some(at) = node.keras_axes("at", all.len())? {
        let shape: Shape = at.iter().map(|axis| all[*axis]).collect();
        let others = (0..all.len()).filter(|axis| !at.contains(axis)).map(|axis| all[axis]);
        let groups = node.calc.product(others);
        let elements = match shape[..] {
            [only] => number(node.calc, 1) * only,
            _ => node.calc.product(shape.iter().copied()),
        };
        return Ok(Last { elements, shape, groups });
    }
    let (axes, found) = (node.count("axes", 1) as usize, input.space.len() + 1);
    if axes == 0 || axes > found {
        return Err(Fault::new(format!(
            "{}: {axes} axes are to be normalised, and the input has {found}",
            node.name()
        ))
        .hint(format!("write `axes` with a number from 1 to {found}")));
    }
    let (kept, normalised) = input.space.split_at(found - axes);
    let shape: Shape = normalised.iter().copied().chain([input.c]).collect();
    let elements = match normalised {
        [] => number(node.calc, 1) * input.c,
        _ => node.calc.product(shape.iter().copied()),
    };
    Ok(Last { elements, shape, groups: times(input.n, kept) })
}

/// ONNX: from an axis on; mean and 1/√ of the variance may be asked for too, with 1 in the place of these axes.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let axis = call.axis(call.int("axis", -1), shape.len())?;
    let (kept, normalised) = shape.split_at(axis);
    let (elements, groups) = (tensor::product(call, shape), tensor::product(call, kept));
    let one = call.calc.literal(1);
    let reduced: Shape<'c> = kept.iter().copied().chain(normalised.iter().map(|_| one)).collect();
    let further = (1..call.outputs()).map(|_| Given::of(reduced.clone(), Dtype::FLOAT32));
    let mut row = Row::giving([tensor::given(call, shape.clone())].into_iter().chain(further));
    row.costs = norm::costs(true, call.has(2), elements, groups);
    Ok(row)
}
