//! Axes of size 1, taken off or put in.
//!
//! - Shape: without these axes, or with them (ONNX operators `Squeeze`, `Unsqueeze`); up to version 12 the axes are an
//!   attribute, and from then on an input. ONNX Runtime's `ExpandDims` puts one in (`docs/ContribOperators.md`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Stop};
use crate::node::Shape;

pub(super) const OPERATOR: Operator = Operator {
    name: "squeeze",
    title: "Squeeze",
    onnx: &[
        Onnx::word("Squeeze", squeeze),
        Onnx::word("Unsqueeze", unsqueeze),
        Onnx::word("ExpandDims", unsqueeze).microsoft(),
    ],
    ..Operator::NEW
};

fn axes(call: &Call<'_, '_>) -> Result<Option<Vec<i64>>, Stop> {
    match call.ints("axes") {
        Some(told) => Ok(Some(told.to_vec())),
        None if call.has(1) => call.indices(1).map(Some),
        None => Ok(None),
    }
}

fn squeeze<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let off: Vec<usize> = match axes(call)? {
        Some(told) => told.iter().map(|axis| call.axis(*axis, shape.len())).collect::<Result<_, _>>()?,
        None if shape.iter().all(|size| call.known(*size).is_some()) => {
            (0..shape.len()).filter(|axis| call.known(shape[*axis]) == Some(1)).collect()
        }
        None => return Err(call.unknown("which axes are 1 is only known when it runs")),
    };
    let kept = shape.iter().enumerate().filter(|(axis, _)| !off.contains(axis));
    let out: Shape<'c> = kept.map(|(_, size)| *size).collect();
    Ok(tensor::reshaped(call, out))
}

fn unsqueeze<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let Some(told) = axes(call)? else { return Err(call.wrong("it has no axes")) };
    let rank = shape.len() + told.len();
    let new: Vec<usize> = told.iter().map(|axis| call.axis(*axis, rank)).collect::<Result<_, _>>()?;
    let (one, mut sizes) = (call.calc.literal(1), shape.iter());
    let out: Shape<'c> =
        (0..rank).map(|axis| if new.contains(&axis) { one } else { sizes.next().copied().unwrap_or(one) }).collect();
    Ok(tensor::reshaped(call, out))
}
