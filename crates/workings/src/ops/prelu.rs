//! PReLU: x where x is positive, and else x times a slope that is learned.
//!
//! - Shape: the input's.
//! - Weights: one slope (PyTorch's default), one a channel, or one an element (Keras's default): H · W · C.
//!   PyTorch `torch/nn/modules/activation.py`; Keras `keras/src/layers/activations/prelu.py`.
//! - One comparison and one multiplication an element.

use calc::Qty;

use super::window::number;
use super::{Arg, Kind, Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::keras;
use crate::model::{Rules, Setting, Size};
use crate::node::{Built, Costs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "prelu",
    title: "PReLU",
    words: &[Word { word: "prelu", may: &[SLOPES], ..Word::PLAIN }],
    keras: &[super::Keras::layer("PReLU", of_keras)],
    rule,
    onnx: &[Onnx::word("PRelu", onnx).with(&[None, Some(Role::Weight)])],
    ..Operator::NEW
};

/// The slopes are shared along `shared_axes` (`keras/src/layers/activations/prelu.py`). Keras takes 1 from each axis and looks it
/// up in a shape without the batch, so one that counts from the end means the axis before.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    if config.get("shared_axes").is_nothing() {
        return Ok(Vec::new());
    }
    let meant = |axis: i64| if axis > 0 { axis } else { axis - 1 };
    let axes = config.numbers("shared_axes")?.into_iter().map(|axis| Size::Number(meant(axis))).collect();
    Ok(vec![("shared", Setting::PerAxis(axes))])
}

const SLOPES: Arg = Arg::keyed("slopes", "slopes", Kind::OneOf(&["one", "channels", "elements"]));

fn rule<'c>(prelu: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = prelu.any(0)?;
    let one = number(prelu.calc, 1);
    let default = if prelu.rules() == Rules::Keras { "elements" } else { "one" };
    let slopes = prelu.word("slopes").unwrap_or(default);
    let shared = prelu.keras_axes("shared", input.space.len() + 2)?.unwrap_or_default();
    if shared.contains(&0) {
        return Err(Fault::new(format!("{}: it shares its slopes along an axis that the input has not", prelu.name())));
    }
    let (weights, shape): (_, Shape) = match slopes {
        "elements" if !shared.is_empty() => {
            let own = |axis: usize, size: Qty<'c>| if shared.contains(&axis) { one } else { size };
            let space = input.space.iter().enumerate().map(|(axis, size)| own(axis + 2, *size));
            let shape: Shape = std::iter::once(own(1, input.c)).chain(space).collect();
            (prelu.calc.product(shape.iter().copied()), shape)
        }
        "elements" => {
            let each = prelu.calc.product(input.space.iter().copied().chain([input.c]));
            (each, [input.c].into_iter().chain(input.space.iter().copied()).collect())
        }
        "channels" => (one * input.c, [input.c].into_iter().collect()),
        _ => (one, [one].into_iter().collect()),
    };

    let elements = Some(input.elements());
    let row = Row::of(input.same()).setting("slopes", Built::Word(slopes)).param(
        "weight",
        Role::Weight,
        weights.called("weights"),
        shape,
    );
    Ok(Row { costs: Costs { comparisons: elements, multiplications: elements, ..Costs::default() }, ..row })
}

/// ONNX: slopes that stretch to the input.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let elements = tensor::product(call, call.shape(0)?);
    let mut row = tensor::same(call)?;
    row.costs = Costs { multiplications: Some(elements), comparisons: Some(elements), ..Costs::default() };
    Ok(row)
}
