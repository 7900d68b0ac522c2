//! Reshape: the same elements in another shape.
//!
//! - Shape: as written, height × width × channels; a size of −1 is what the others leave,
//!   H_out = H · W · C ÷ (the other sizes), without a remainder (PyTorch `torch.reshape`; Keras
//!   `keras/src/ops/operation_utils.py`, `compute_reshape_output_shape`).
//! - No parameters, no arithmetic.

use calc::Qty;

use super::{Arg, Kind, Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Built, Node, OUT_AXES, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "reshape",
    title: "Reshape",
    words: &[Word { word: "reshape", takes: &[SHAPE], ..Word::PLAIN }],
    keras: &[super::Keras::layer("Reshape", of_keras)],
    rule,
    onnx: &[Onnx::word("Reshape", onnx)],
};

/// `keras/src/layers/reshaping/reshape.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let sizes = config.numbers("target_shape")?;
    let size = |n: i64| match n {
        -1 => Ok(None),
        1.. => Ok(Some(Size::Number(n))),
        _ => Err(config.wrong("target_shape", "sizes from 1, or -1,")),
    };
    Ok(vec![("size", Setting::Shape(sizes.into_iter().map(size).collect::<Result<_, Fault>>()?))])
}

const SHAPE: Arg = Arg::told("SHAPE", "size", Kind::Shape);

/// What the new shape must do; `findings` has what to do about it.
pub(crate) const DIVIDES: &str = "the other sizes divide the number of elements";
pub(crate) const ELEMENTS: &str = "the new shape holds as many elements as the old one";

fn rule<'c>(reshape: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = reshape.any(0)?;
    let elements = reshape.calc.product(input.space.iter().copied().chain([input.c])).called("elements");
    let mut sizes = reshape.shape("size");
    if reshape.told("size") && sizes.is_empty() {
        // One number an example: Keras's `Reshape(())`.
        return match reshape.calc.known(elements.line()) {
            Some(1) => Ok(Row::of(input.same()[..1].iter().copied().collect::<Shape>())),
            _ => Err(Fault::new(format!("{}: the new shape holds one number, and the input more", reshape.name()))),
        };
    }
    let Some(channels) = sizes.pop() else {
        return Err(Fault::new(format!("{}: the new shape is not given", reshape.name())));
    };
    // As written the channels come last; inside they come first.
    sizes.insert(0, channels);
    if sizes.iter().filter(|size| size.is_none()).count() > 1 {
        return Err(Fault::new(format!("{}: more than one size is -1", reshape.name())).hint("give all sizes but one"));
    }

    // What the others leave for one axis: the one that is not told, or else the channels, which then must agree.
    let open = sizes.iter().position(|size| size.is_none()).unwrap_or(0);
    let others = sizes.iter().enumerate().filter(|(axis, _)| *axis != open).filter_map(|(_, size)| *size);
    let others = reshape.calc.product(others);
    let left = elements.splits_into(others, DIVIDES) / others;
    let axes = sizes.len() - 1;
    let settled = |(axis, size): (usize, &Option<Qty<'c>>)| match *size {
        None => left.called(name(axes, axis)),
        Some(told) if axis == open => told.equals(left, ELEMENTS),
        Some(told) => told,
    };
    let out: Shape = sizes.iter().enumerate().map(settled).collect();
    let row = Row::of(input.shape(out[0], out[1..].iter().copied()));
    Ok(row.setting("shape", Built::List(out)))
}

fn name(axes: usize, axis: usize) -> &'static str {
    match axis.checked_sub(1) {
        None => "C_out",
        Some(axis) => OUT_AXES.get(axes).map_or("size", |names| names[axis]),
    }
}

/// ONNX: sizes from an input (up to version 4 an attribute); 0 keeps the size of the axis, -1 is what the others leave.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let told = match call.ints("shape") {
        Some(told) => told.iter().map(|n| call.given("size", *n)).collect(),
        None if call.whole(1).is_some() => call.sizes(1)?,
        None => return open(call),
    };
    let mut out = Shape::new();
    let mut left = None;
    for (axis, size) in told.iter().enumerate() {
        out.push(match (call.known(*size), shape.get(axis)) {
            (Some(-1), _) if left.replace(axis).is_none() => *size,
            (Some(-1), _) => return Err(call.wrong("more than one size is -1")),
            (Some(0), Some(own)) if !call.is("allowzero") => *own,
            _ => *size,
        });
    }
    let elements = tensor::product(call, shape);
    let others: Vec<Qty<'c>> =
        out.iter().enumerate().filter(|(axis, _)| Some(*axis) != left).map(|(_, size)| *size).collect();
    let others = tensor::product(call, &others);
    match left {
        Some(axis) if call.known(others) == Some(0) => out[axis] = call.calc.literal(0),
        Some(axis) => out[axis] = (elements.splits_into(others, DIVIDES) / others).called("size"),
        // The file's own sizes stand, and what is wrong with them is said: a batch that was baked in fits no other.
        None if call.known(elements).is_some() && call.known(others).is_some() => {
            let _ = others.equals(elements, ELEMENTS);
        }
        None => {}
    }
    Ok(tensor::reshaped(call, out))
}

/// Where the new shape is only known when it runs, at least the number of its axes may be.
fn open<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let told = call.arg(1)?.shape.as_ref().and_then(|shape| call.known(*shape.first()?));
    let axes = told.and_then(|axes| usize::try_from(axes).ok()).filter(|axes| *axes <= 64);
    let axes = axes.ok_or_else(|| call.unknown("its new shape is only known when it runs"))?;
    let out: Shape<'c> = (0..axes).map(|axis| call.open(0, axis)).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}
