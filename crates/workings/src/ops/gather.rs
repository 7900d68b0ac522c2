//! Elements or slices of a tensor, chosen by indices.
//!
//! - Shape: the indices' in the place of the axis that they choose from (ONNX operator `Gather`); the indices' own (operator
//!   `GatherElements`); the indices' without their last axis, and what is left of the tensor (operator `GatherND`).
//! - No arithmetic. A table that stands in the file is a parameter: this is how an embedding is exported.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::node::{Built, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "gather",
    title: "Gather",
    onnx: &[
        Onnx::word("Gather", gather),
        Onnx::word("GatherElements", elements),
        Onnx::word("GatherND", nd),
        Onnx::word("GatherND", nd).microsoft(),
    ],
    ..Operator::NEW
};

fn gather<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (shape, indices) = (call.shape_of(0, 1)?, call.shape(1)?);
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let out: Shape<'c> = shape[..axis].iter().chain(indices).chain(&shape[axis + 1..]).copied().collect();
    let given = tensor::given(call, out);
    let row = Row::giving([match (call.whole(0), call.told(1), shape.len()) {
        (Some(whole), Some(told), 1) => chosen(whole, &told, given),
        _ => given,
    }]);
    Ok(row.setting("axis", Built::One(call.given("axis", axis as i64))))
}

/// Numbers of a vector, by their places.
fn chosen<'c>(whole: Vec<Qty<'c>>, told: &[i64], given: Given<'c>) -> Given<'c> {
    let length = whole.len() as i64;
    let one =
        |at: &i64| usize::try_from(if *at < 0 { at + length } else { *at }).ok().and_then(|at| whole.get(at).copied());
    match told.iter().map(one).collect::<Option<Vec<_>>>() {
        Some(kept) => given.with(kept),
        None => given,
    }
}

fn elements<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([tensor::given(call, call.shape(1)?.clone())]))
}

fn nd<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (shape, indices) = (call.shape_of(0, 1)?, call.shape_of(1, 1)?);
    let (outer, last) = indices.split_at(indices.len() - 1);
    let Some(depth) = call.known(last[0]) else {
        return Err(call.unknown("how many axes its indices choose from is only known when it runs"));
    };
    let start = usize::try_from(call.int("batch_dims", 0) + depth).unwrap_or(usize::MAX);
    let Some(rest) = shape.get(start..) else {
        return Err(call.wrong(format!("its indices choose from {start} axes, and the tensor has {}", shape.len())));
    };
    Ok(Row::giving([tensor::given(call, outer.iter().chain(rest).copied().collect::<Shape<'c>>())]))
}
