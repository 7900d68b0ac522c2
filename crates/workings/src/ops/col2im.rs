//! Columns of blocks put back into an image, where they overlap added up.
//!
//! - Shape: batch × channels × the image as told; a column holds all positions of a block for every channel (ONNX operator
//!   `Col2Im`; PyTorch `torch/nn/modules/fold.py`).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Stop};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator =
    Operator { name: "col2im", title: "Columns to image", onnx: &[Onnx::word("Col2Im", onnx)], ..Operator::NEW };

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let columns = call.shape_of(0, 3)?;
    let image = told(call, 1, 2)?;
    let channels = match call.whole(2) {
        Some(block) => columns[1] / tensor::product(call, &block),
        None => call.open(0, 1),
    };
    let out: Shape<'c> = [columns[0], channels].into_iter().chain(image).collect();
    Ok(Row::giving([tensor::given(call, out)]))
}

/// Sizes that an input gives; open ones from this axis on, where only their number is known.
fn told<'c>(call: &Call<'c, '_>, input: usize, first: usize) -> Result<Shape<'c>, Stop> {
    if let Some(sizes) = call.whole(input) {
        return Ok(sizes.into_iter().collect());
    }
    match call.shape(input)?.first().and_then(|count| call.known(*count)) {
        Some(count @ 1..=8) => Ok((first..first + count as usize).map(|axis| call.open(0, axis)).collect()),
        _ => Err(call.unknown("how many axes its image has is only known when it runs")),
    }
}
