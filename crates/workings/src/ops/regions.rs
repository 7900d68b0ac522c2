//! Regions of an image, each brought to one size.
//!
//! - Shape: regions × channels × height × width, as told (ONNX operators `RoiAlign`, `MaxRoiPool`; ONNX Runtime's
//!   `CropAndResize`, `docs/ContribOperators.md`).
//! - No parameters, no multiply-adds.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "regions",
    title: "Regions",
    onnx: &[
        Onnx::word("MaxRoiPool", pool).settings(&[1]),
        Onnx::word("RoiAlign", align).settings(&[1]),
        Onnx::word("CropAndResize", crop).settings(&[1]).microsoft(),
    ],
    ..Operator::NEW
};

/// As many regions as the second input has, of this size.
fn sized<'c>(call: &Call<'c, '_>, size: &[Qty<'c>]) -> Answer<'c> {
    let (image, regions) = (call.shape_of(0, 2)?, call.shape_of(1, 1)?);
    let out: Shape<'c> = [regions[0], image[1]].into_iter().chain(size.iter().copied()).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}

fn align<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    sized(call, &["output_height", "output_width"].map(|name| call.given("size", call.int(name, 1))))
}

fn pool<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let Some(&[height, width]) = call.ints("pooled_shape") else {
        return Err(call.wrong("it has no pooled_shape of 2 sizes"));
    };
    sized(call, &[height, width].map(|n| call.given("size", n)))
}

/// The size is an input.
fn crop<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    match call.whole(3) {
        Some(size) if size.len() == 2 => sized(call, &size),
        Some(size) => Err(call.wrong(format!("its size has {} numbers, and 2 are needed", size.len()))),
        None => sized(call, &[2, 3].map(|axis| call.open(0, axis))),
    }
}
