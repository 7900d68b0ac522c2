//! Reshape: the same elements in another shape.
//!
//! - Shape: as written, height × width × channels; a size of −1 is what the others leave,
//!   H_out = H · W · C ÷ (the other sizes), without a remainder (PyTorch `torch.reshape`; Keras
//!   `keras/src/ops/operation_utils.py`, `compute_reshape_output_shape`).
//! - No parameters, no arithmetic.

use calc::Qty;

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::node::{Built, Node, OUT_AXES, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "reshape",
    title: "Reshape",
    words: &[Word { word: "reshape", takes: &[SHAPE], ..Word::PLAIN }],
    rule,
    ..Operator::NEW
};

const SHAPE: Arg = Arg::told("SHAPE", "size", Kind::Shape);

/// What the new shape must do; `findings` has what to do about it.
pub(crate) const DIVIDES: &str = "the other sizes divide the number of elements";
pub(crate) const ELEMENTS: &str = "the new shape holds as many elements as the old one";

fn rule<'c>(reshape: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = reshape.any(0)?;
    let elements = reshape.calc.product(input.space.iter().copied().chain([input.c])).called("elements");
    let mut sizes = reshape.shape("size");
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
