//! A grid of places in an image, and what stands at them.
//!
//! - A grid: batch × positions along each axis × the axes of space (ONNX operator `AffineGrid`; Jaderberg et al. 2015,
//!   <https://arxiv.org/abs/1506.02025>). At its places: batch × channels × the grid's positions (ONNX operator `GridSample`;
//!   ONNX Runtime's of the same name).
//! - No parameters. Every place of an affine grid is a product of computed matrices: a row for each axis of space, with one
//!   column more than there are rows. Sampling has no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::node::{Macs, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "grid",
    title: "Grid",
    onnx: &[
        Onnx::word("AffineGrid", affine),
        Onnx::word("GridSample", sample),
        Onnx::word("GridSample", sample).microsoft(),
    ],
    ..Operator::NEW
};

/// The size of the image, batch × channels × space, is an input.
fn affine<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let theta = call.shape(0)?;
    let [batch, rows, columns] = theta[..] else {
        return Err(call.wrong(format!("its input 1 has {} axes, and 3 are needed", theta.len())));
    };
    let sizes: Shape<'c> = match (call.whole(1), call.known(rows)) {
        (Some(told), _) if told.len() > 2 => told[2..].iter().copied().collect(),
        (None, Some(axes @ 2..=3)) => (1..=axes as usize).map(|axis| call.open(0, axis)).collect(),
        _ => return Err(call.unknown("how many axes its image has is only known when it runs")),
    };
    let positions = batch * tensor::product(call, &sizes);
    let out: Shape<'c> = [batch].into_iter().chain(sizes).chain([rows]).collect();
    let mut row = Row::giving([Given::of(out, call.dtype(0))]);
    row.macs = Macs { matmul: Some(positions * rows * columns), ..Macs::default() };
    Ok(row)
}

fn sample<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (image, grid) = (call.shape_of(0, 3)?, call.shape_of(1, 3)?);
    if image.len() != grid.len() {
        let (one, other) = (image.len(), grid.len());
        return Err(call.wrong(format!("its image has {one} axes and its grid {other}, and both need as many")));
    }
    let out: Shape<'c> = image[..2].iter().chain(&grid[1..grid.len() - 1]).copied().collect();
    Ok(Row::giving([tensor::given(call, out)]))
}
