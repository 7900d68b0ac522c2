//! An image, or any tensor, in another size.
//!
//! - Shape: as told, or ⌊size · scale⌋ along each axis (ONNX operators `Resize`, `Upsample`); along the axes that are named, if
//!   any are. With `keep_aspect_ratio_policy` the smallest or largest scale of all holds for every axis, rounded.
//! - Factors are numbers of 32 bits, and so is a size times one (ONNX Runtime,
//!   `onnxruntime/core/providers/cpu/tensor/upsamplebase.h`): 10 · 0.7 is 7, which it is not in 64 bits.
//! - No parameters, no multiply-adds.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Stop};
use crate::graph::Attribute;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "resize",
    title: "Resize",
    onnx: &[Onnx::word("Resize", resize).settings(&[1, 2]), Onnx::word("Upsample", upsample).settings(&[1])],
    ..Operator::NEW
};

fn upsample<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let told = match call.attribute("scales") {
        Some(Attribute::Floats(told)) => Some(told.iter().map(|x| f64::from(*x)).collect()),
        _ => call.real(1),
    };
    let axes: Vec<usize> = (0..call.shape(0)?.len()).collect();
    by_scale(call, &axes, told)
}

fn resize<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let axes: Vec<usize> = match call.ints("axes").filter(|told| !told.is_empty()) {
        Some(told) => told.iter().map(|axis| call.axis(*axis, shape.len())).collect::<Result<_, Stop>>()?,
        None => (0..shape.len()).collect(),
    };
    // Version 10 had the scales second; from 11 on the region of interest is there.
    let (scales, sizes) = if call.version() < 11 { (1, 9) } else { (2, 3) };
    let told = call.has(sizes)
        && call.arg(sizes)?.shape.as_ref().is_none_or(|shape| shape.first().is_none_or(|n| call.known(*n) != Some(0)));
    if !told {
        let empty = |all: &Vec<f64>| all.is_empty();
        return by_scale(call, &axes, call.real(scales).filter(|all| !empty(all)));
    }
    let Some(told) = call.whole(sizes) else { return Ok(open(call, &axes)) };
    if told.len() != axes.len() {
        return Err(call.wrong(format!("{} sizes are given for {} axes", told.len(), axes.len())));
    }
    let mut out = shape.clone();
    match call.text("keep_aspect_ratio_policy").filter(|told| *told != "stretch") {
        None => axes.iter().zip(told).for_each(|(axis, size)| out[*axis] = size),
        Some(policy) => kept(call, &axes, &told, policy, &mut out)?,
    }
    Ok(Row::giving([tensor::given(call, out)]))
}

/// The sides keep their ratio: all axes have one scale.
fn kept<'c>(
    call: &Call<'c, '_>,
    axes: &[usize],
    told: &[Qty<'c>],
    policy: &str,
    out: &mut Shape<'c>,
) -> Result<(), Stop> {
    let number = |q: Qty<'c>| call.known(q).map(|n| n as f32);
    let scales = axes.iter().zip(told).map(|(axis, size)| Some(number(*size)? / number(out[*axis])?));
    let why = || call.unknown("the scale that keeps its sides is only known when it runs");
    let scales = scales.collect::<Option<Vec<f32>>>().ok_or_else(why)?;
    let scale =
        scales.into_iter().reduce(|a, b| if policy == "not_larger" { a.min(b) } else { a.max(b) }).unwrap_or(1.0);
    for axis in axes {
        if let Some(size) = number(out[*axis]) {
            out[*axis] = call.calc.literal((size * scale + 0.5).floor() as i128);
        }
    }
    Ok(())
}

fn by_scale<'c>(call: &Call<'c, '_>, axes: &[usize], told: Option<Vec<f64>>) -> Answer<'c> {
    let Some(told) = told else { return Ok(open(call, axes)) };
    if told.len() != axes.len() {
        return Err(call.wrong(format!("{} scales are given for {} axes", told.len(), axes.len())));
    }
    let mut out = call.shape(0)?.clone();
    for (axis, scale) in axes.iter().zip(told) {
        out[*axis] = match call.known(out[*axis]) {
            _ if scale == 1.0 => out[*axis],
            Some(size) => call.calc.literal((size as f32 * scale as f32).floor() as i128),
            None if scale.fract() == 0.0 && (1.0..1e9).contains(&scale) => out[*axis] * scale as i64,
            None if (1.0 / scale).fract() == 0.0 && scale > 0.0 => out[*axis].floor_div((1.0 / scale) as i64),
            None => call.open(0, *axis),
        };
    }
    Ok(Row::giving([tensor::given(call, out)]))
}

/// Where the sizes or scales are only known when it runs, so are those of the axes.
fn open<'c>(call: &Call<'c, '_>, axes: &[usize]) -> Row<'c> {
    let mut out = call.arg_if_any(0).and_then(|given| given.shape.clone()).unwrap_or_default();
    axes.iter().for_each(|axis| out[*axis] = call.open(0, *axis));
    Row::giving([tensor::given(call, out)])
}
