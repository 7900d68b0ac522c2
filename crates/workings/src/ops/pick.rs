//! Elements picked by their size or by a condition: the largest, those that are not 0, those that are told.
//!
//! - Shape: k along the axis (ONNX operator `TopK`). How many are not 0, differ, or fulfil a condition is only known when the
//!   network runs: a size of its own (operators `NonZero`, `Unique`, `Compress`, `NonMaxSuppression`).
//! - The classes of a vector of indices as an axis of their own (operator `OneHot`).
//! - No parameters, no multiply-adds.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "pick",
    title: "Pick",
    onnx: &[
        Onnx::word("Compress", compress),
        Onnx::word("NonMaxSuppression", suppress).settings(&[3, 4]),
        Onnx::word("NonZero", non_zero),
        Onnx::word("OneHot", one_hot).settings(&[1, 2]),
        Onnx::word("TopK", top),
        Onnx::word("Unique", unique),
        Onnx::word("Unique", contributed).microsoft(),
    ],
    ..Operator::NEW
};

fn top<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut out = call.shape_of(0, 1)?.clone();
    let axis = call.axis(call.int("axis", -1), out.len())?;
    out[axis] = match (call.int_if_told("k"), call.whole(1)) {
        (Some(k), _) => call.given("size", k),
        (None, Some(all)) if !all.is_empty() => all[0],
        _ => call.open(0, axis),
    };
    Ok(Row::giving([tensor::given(call, out.clone()), Given::of(out, Dtype::INT64)]))
}

fn non_zero<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let rank = call.calc.literal(call.shape(0)?.len() as i128);
    Ok(Row::giving([Given::of(Shape::from_slice(&[rank, call.open(0, 1)]), Dtype::INT64)]))
}

fn compress<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let out: Shape<'c> = match call.int_if_told("axis") {
        None => Shape::from_slice(&[kept(call, 0)]),
        Some(axis) => {
            let axis = call.axis(axis, shape.len())?;
            let mut out = shape.clone();
            out[axis] = kept(call, axis);
            out
        }
    };
    Ok(Row::giving([tensor::given(call, out)]))
}

/// How many of the conditions hold.
fn kept<'c>(call: &Call<'c, '_>, axis: usize) -> Qty<'c> {
    match call.told(1) {
        Some(told) => call.calc.literal(told.iter().filter(|is| **is != 0).count() as i128),
        None => call.open(0, axis),
    }
}

fn unique<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let count = call.open(0, 0);
    let (out, all) = match call.int_if_told("axis") {
        None => (Shape::from_slice(&[count]), tensor::product(call, shape)),
        Some(axis) => {
            let axis = call.axis(axis, shape.len())?;
            let mut out = shape.clone();
            out[axis] = count;
            (out, shape[axis])
        }
    };
    let vector = |size: Qty<'c>| Given::of(Shape::from_slice(&[size]), Dtype::INT64);
    let further = [vector(count), vector(all), vector(count)];
    Ok(Row::giving([tensor::given(call, out)].into_iter().chain(further).take(call.outputs())))
}

/// ONNX Runtime's, of a vector: what differs, where each element went, and how often each is there.
fn contributed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let all = tensor::product(call, call.shape(0)?);
    let count = call.open(0, 0);
    let vector = |size: Qty<'c>, dtype: Dtype| Given::of(Shape::from_slice(&[size]), dtype);
    let outputs = [vector(count, call.dtype(0)), vector(all, Dtype::INT64), vector(count, Dtype::INT64)];
    Ok(Row::giving(outputs.into_iter().take(call.outputs().max(1))))
}

fn suppress<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let three = call.calc.literal(3);
    Ok(Row::giving([Given::of(Shape::from_slice(&[call.open(0, 0), three]), Dtype::INT64)]))
}

fn one_hot<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let axis = call.axis(call.int("axis", -1), shape.len() + 1)?;
    // The depth may be of any type, a fraction's too.
    let whole = |x: &f64| (x.fract() == 0.0).then(|| call.calc.literal(*x as i128));
    let told = call.whole(1).and_then(|all| all.first().copied());
    let depth = told.or_else(|| call.real(1).and_then(|all| all.first().and_then(whole)));
    let depth = depth.unwrap_or_else(|| call.open(0, axis));
    let mut out = shape.clone();
    out.insert(axis, depth);
    Ok(Row::giving([Given::of(out, call.dtype(2))]))
}
