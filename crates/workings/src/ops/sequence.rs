//! Sequences: tensors one after the other, put together, taken out again, or joined into one tensor.
//!
//! - Shape: that of the tensor that is taken (ONNX operator `SequenceAt`); of all of them along an axis, or along a new one
//!   (`ConcatFromSequence`); one number (`SequenceLength`). A sequence itself has none (`SequenceConstruct`, `SequenceEmpty`,
//!   `SequenceErase`, `SequenceInsert`): what is known of its tensors is handed on.
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::graph::Dtype;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "sequence",
    title: "Sequence",
    onnx: &[
        Onnx::word("ConcatFromSequence", concat),
        Onnx::word("SequenceAt", at),
        Onnx::word("SequenceConstruct", construct),
        Onnx::word("SequenceEmpty", empty),
        Onnx::word("SequenceErase", erase),
        Onnx::word("SequenceInsert", insert),
        Onnx::word("SequenceLength", length),
    ],
    ..Operator::NEW
};

/// The tensors of a sequence, which the answer hangs on.
fn items<'c>(call: &Call<'c, '_>) -> Result<Vec<Given<'c>>, Stop> {
    call.arg(0)?;
    let items = call.items(0).ok_or_else(|| call.unknown("what its sequence holds is not known"))?;
    Ok(items.to_vec())
}

/// A place in a sequence of so many tensors: one that is told, or the last.
fn place(call: &Call<'_, '_>, input: usize, many: usize, last: usize) -> Result<usize, Stop> {
    if !call.has(input) {
        return Ok(last);
    }
    let one = || call.unknown("which place of its sequence is meant is only known when it runs");
    let told = call.indices(input)?.first().copied().ok_or_else(one)?;
    call.axis(told, many)
}

fn at<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let items = items(call)?;
    let at = place(call, 1, items.len(), 0)?;
    Ok(Row::giving([items[at].clone()]))
}

fn construct<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let items = (0..call.inputs()).map(|input| call.arg(input).cloned()).collect::<Result<Vec<_>, _>>()?;
    Ok(Row::giving([Given::sequence(items, call.dtype(0))]))
}

fn empty<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([Given::sequence(Vec::new(), Dtype::of_onnx(call.int("dtype", 1)))]))
}

fn insert<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut items = items(call)?;
    let one = call.arg(1)?.clone();
    let dtype = one.dtype;
    let at = match (call.has(2), call.told(2)) {
        // A tensor may also be put behind the last.
        (true, Some(told)) if told.first() == Some(&(items.len() as i64)) => items.len(),
        _ => place(call, 2, items.len(), items.len())?,
    };
    items.insert(at, one);
    Ok(Row::giving([Given::sequence(items, dtype)]))
}

fn erase<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut items = items(call)?;
    let Some(last) = items.len().checked_sub(1) else { return Err(call.wrong("its sequence is empty")) };
    let at = place(call, 1, items.len(), last)?;
    items.remove(at);
    Ok(Row::giving([Given::sequence(items, call.dtype(0))]))
}

fn length<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(0)?;
    let given = Given::of(Shape::new(), Dtype::INT64);
    Ok(Row::giving([match call.items(0) {
        Some(items) => given.with(vec![call.calc.literal(items.len() as i128)]),
        None => given,
    }]))
}

fn concat<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let items = items(call)?;
    let shapes = items.iter().map(|item| item.shape.as_ref()).collect::<Option<Vec<&Shape<'c>>>>();
    let shapes = shapes.ok_or_else(|| call.unknown("the shape of a tensor of its sequence is not known"))?;
    let Some(first) = shapes.first() else { return Err(call.wrong("its sequence is empty")) };
    let (told, dtype) = (call.int("axis", 0), items[0].dtype);
    if !call.is("new_axis") {
        let out = tensor::joined(call, &shapes, call.axis(told, first.len())?)?;
        return Ok(Row::giving([Given::of(out, dtype)]));
    }
    let axis = call.axis(told, first.len() + 1)?;
    let stacked: Vec<Shape<'c>> = shapes
        .iter()
        .map(|shape| {
            let mut shape = (*shape).clone();
            shape.insert(axis.min(shape.len()), call.calc.literal(1));
            shape
        })
        .collect();
    let out = tensor::joined(call, &stacked.iter().collect::<Vec<_>>(), axis)?;
    Ok(Row::giving([Given::of(out, dtype)]))
}
