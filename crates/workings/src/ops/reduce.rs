//! A tensor summed, averaged or searched along some of its axes.
//!
//! - Shape: 1 in the place of these axes, or without them (ONNX operators `ReduceSum` …, `ArgMax`, `ArgMin`, attribute
//!   `keepdims`). The axes are an attribute, or from version 13 (`ReduceSum`) and 18 (the others) on an input; without any, all
//!   of them are meant.
//! - No parameters, no multiply-adds; one addition or comparison an element, and what the function does beside it.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::graph::Dtype;
use crate::node::{Costs, Row, Shape};

macro_rules! words {
    ($($kind:literal)*) => { &[$(Onnx::word($kind, reduce)),*, Onnx::word("ArgMax", search), Onnx::word("ArgMin", search)] };
}

pub(super) const OPERATOR: Operator = Operator {
    name: "reduce",
    title: "Reduce",
    onnx: words!("ReduceL1" "ReduceL2" "ReduceLogSum" "ReduceLogSumExp" "ReduceMax" "ReduceMean" "ReduceMin" "ReduceProd"
        "ReduceSum" "ReduceSumSquare"),
    ..Operator::NEW
};

fn reduce<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let axes = match (call.ints("axes"), call.has(1)) {
        (Some(told), _) => told.to_vec(),
        (None, true) => match (call.told(1), call.is("keepdims") || call.int_if_told("keepdims").is_none()) {
            (Some(told), _) => told,
            // Which axes is open; how many axes there are afterwards is not.
            (None, true) => return open(call, shape),
            (None, false) => return Err(call.unknown("its axes are only known when it runs")),
        },
        (None, false) => Vec::new(),
    };
    if axes.is_empty() && call.is("noop_with_empty_axes") {
        return tensor::same(call);
    }
    let axes: Vec<usize> = match axes.is_empty() {
        true => (0..shape.len()).collect(),
        false => axes.iter().map(|axis| call.axis(*axis, shape.len())).collect::<Result<_, _>>()?,
    };
    let out = left(call, shape, &axes, call.int("keepdims", 1) != 0);
    let given = tensor::given(call, out.clone());
    let given = match (&*call.raw.kind, call.whole(0), axes.len() == shape.len()) {
        ("ReduceProd", Some(whole), true) => given.with(vec![call.calc.product(whole)]),
        ("ReduceSum", Some(whole), true) => given.with(vec![call.calc.sum(whole)]),
        ("ReduceMax", Some(whole), true) => {
            given.with(whole.into_iter().reduce(|a, b| a.at_least(b)).into_iter().collect())
        }
        ("ReduceMin", Some(whole), true) => {
            given.with(whole.into_iter().reduce(|a, b| a.at_most(b)).into_iter().collect())
        }
        _ => given,
    };
    let mut row = Row::giving([given]);
    row.costs = costs(call, tensor::product(call, shape), tensor::product(call, &out));
    Ok(row)
}

fn open<'c>(call: &Call<'c, '_>, shape: &Shape<'c>) -> Answer<'c> {
    let out: Shape<'c> = (0..shape.len()).map(|axis| call.open(0, axis)).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}

/// What is left of a shape when some axes have become 1.
fn left<'c>(call: &Call<'c, '_>, shape: &Shape<'c>, axes: &[usize], kept: bool) -> Shape<'c> {
    let one = call.calc.literal(1);
    let sizes = shape.iter().enumerate().filter(|(axis, _)| kept || !axes.contains(axis));
    sizes.map(|(axis, size)| if axes.contains(&axis) { one } else { *size }).collect()
}

/// So many elements become so many.
fn costs<'c>(call: &Call<'c, '_>, elements: Qty<'c>, outputs: Qty<'c>) -> Costs<'c> {
    let joined = Some(elements - outputs);
    let (all, none) = (Some(elements), Costs::default());
    match &*call.raw.kind {
        "ReduceMax" | "ReduceMin" => Costs { comparisons: joined, ..none },
        "ReduceProd" => Costs { multiplications: joined, ..none },
        "ReduceMean" => Costs { additions: joined, divisions: Some(outputs), ..none },
        "ReduceL1" => Costs { additions: joined, comparisons: all, ..none },
        "ReduceSumSquare" => Costs { additions: joined, multiplications: all, ..none },
        "ReduceL2" => Costs { additions: joined, multiplications: all, transcendentals: Some(outputs), ..none },
        "ReduceLogSum" => Costs { additions: joined, transcendentals: Some(outputs), ..none },
        "ReduceLogSumExp" => Costs { additions: joined, transcendentals: Some(elements + outputs), ..none },
        _ => Costs { additions: joined, ..none },
    }
}

fn search<'c>(call: &Call<'c, '_>) -> Result<Row<'c>, Stop> {
    let shape = call.shape(0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let out = left(call, shape, &[axis], call.int("keepdims", 1) != 0);
    let joined = tensor::product(call, shape) - tensor::product(call, &out);
    let mut row = Row::giving([Given::of(out, Dtype::INT64)]);
    row.costs = Costs { comparisons: Some(joined), ..Costs::default() };
    Ok(row)
}
