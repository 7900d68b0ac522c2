//! Elements of space as channels, and channels as space.
//!
//! - Shape: C/B² × H·B × W·B, and back (ONNX operators `DepthToSpace`, `SpaceToDepth`, attribute `blocksize`).
//! - No parameters, no arithmetic.

use super::reshape::DIVIDES;
use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Stop};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "rearrange",
    title: "Space and channels",
    onnx: &[Onnx::word("DepthToSpace", to_space), Onnx::word("SpaceToDepth", to_depth)],
    ..Operator::NEW
};

fn block<'c>(call: &Call<'c, '_>) -> Result<(Shape<'c>, i64), Stop> {
    let shape = call.shape_of(0, 4)?;
    match call.int("blocksize", 0) {
        size @ 1..=65_536 => Ok((shape.clone(), size)),
        size => Err(call.wrong(format!("its blocksize is {size}"))),
    }
}

fn to_space<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (mut out, size) = block(call)?;
    let squared = call.calc.literal((size * size).into());
    out[1] = out[1].splits_into(squared, DIVIDES) / squared;
    (out[2], out[3]) = (out[2] * size, out[3] * size);
    Ok(Row::giving([tensor::given(call, out)]))
}

fn to_depth<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (mut out, size) = block(call)?;
    let each = call.calc.literal(size.into());
    out[1] = out[1] * (size * size);
    (out[2], out[3]) = (out[2].splits_into(each, DIVIDES) / each, out[3].splits_into(each, DIVIDES) / each);
    Ok(Row::giving([tensor::given(call, out)]))
}
