//! Signals: windows, spectra of a whole signal or of frames of it, and the filters of the mel scale.
//!
//! - A window: as many values as told (ONNX operators `BlackmanWindow`, `HammingWindow`, `HannWindow`).
//! - A spectrum: the input's shape with the transform's length along its axis, ⌊n/2⌋ + 1 of it where one side is enough, and
//!   real and imaginary parts last (ONNX operator `DFT`). Of frames: batch × ⌊(length − frame)/step⌋ + 1 × the same (`STFT`).
//! - Filters: ⌊n/2⌋ + 1 × bands (ONNX operator `MelWeightMatrix`).
//! - No parameters. A transform is no product of matrices when it is run, so it has no multiply-adds.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "signal",
    title: "Signal",
    onnx: &[
        Onnx::word("BlackmanWindow", window),
        Onnx::word("DFT", transform),
        Onnx::word("HammingWindow", window),
        Onnx::word("HannWindow", window),
        Onnx::word("MelWeightMatrix", mel).settings(&[3, 4]),
        Onnx::word("STFT", frames).settings(&[2]),
    ],
    ..Operator::NEW
};

/// A whole number that an input gives alone.
fn number<'c>(call: &Call<'c, '_>, input: usize) -> Option<Qty<'c>> {
    call.whole(input).and_then(|all| all.first().copied())
}

/// Half of a spectrum mirrors the other.
fn one_side<'c>(length: Qty<'c>) -> Qty<'c> {
    length.floor_div(2) + 1
}

fn window<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(0)?;
    let size = number(call, 0).unwrap_or_else(|| call.open(0, 0));
    Ok(Row::giving([Given::of(Shape::from_slice(&[size]), Dtype::of_onnx(call.int("output_datatype", 1)))]))
}

fn mel<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(1)?;
    let bands = number(call, 0).unwrap_or_else(|| call.open(0, 1));
    let bins = number(call, 1).map_or_else(|| call.open(0, 0), one_side);
    Ok(Row::giving([Given::of(Shape::from_slice(&[bins, bands]), Dtype::of_onnx(call.int("output_datatype", 1)))]))
}

/// The axis is an attribute, from version 20 on an input.
fn transform<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut out = call.shape_of(0, 2)?.clone();
    let told = match call.has(2) {
        true => call.indices(2)?.first().copied().unwrap_or(-2),
        false => call.int("axis", if call.version() < 20 { 1 } else { -2 }),
    };
    let axis = call.axis(told, out.len())?;
    let length = match call.has(1) {
        true => number(call, 1),
        false => Some(out[axis]),
    };
    let (one_sided, inverse) = (call.is("onesided"), call.is("inverse"));
    out[axis] = match length {
        None => call.open(0, axis),
        // Back from one side, the whole signal comes; unless told, its length is taken for an even one.
        Some(length) if one_sided && inverse && !call.has(1) => (length - 1) * 2,
        Some(length) if one_sided && !inverse => one_side(length),
        Some(length) => length,
    };
    if let Some(parts) = out.last_mut() {
        *parts = call.calc.literal(if one_sided && inverse { 1 } else { 2 });
    }
    Ok(Row::giving([tensor::given(call, out)]))
}

fn frames<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let signal = call.shape_of(0, 2)?;
    let window = call.arg_if_any(2).and_then(|given| given.shape.as_ref()).and_then(|shape| shape.first().copied());
    let frame = match (number(call, 3), window) {
        (Some(told), _) => Some(told),
        (None, Some(window)) => Some(window),
        (None, None) if !call.has(2) && !call.has(3) => Some(signal[1]),
        (None, None) => None,
    };
    let bins = match frame {
        Some(frame) if call.int("onesided", 1) != 0 => one_side(frame),
        Some(frame) => frame,
        None => call.open(0, 2),
    };
    let count = match (frame, number(call, 1)) {
        (Some(frame), Some(step)) => (signal[1] - frame).floor_div(step) + 1,
        _ => call.open(0, 1),
    };
    Ok(Row::giving([tensor::given(call, Shape::from_slice(&[signal[0], count, bins, call.calc.literal(2)]))]))
}
