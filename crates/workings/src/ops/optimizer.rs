//! A step of learning, as a node: parameters, their gradients and what is kept of earlier ones come in, and go out changed.
//!
//! - Shape: each output's is that of the tensor that it replaces (operators `Adagrad`, `Adam`, `Momentum` of ONNX's operator
//!   set `ai.onnx.preview.training`). Behind the rate and the number of the step stand all parameters, then all gradients,
//!   then what is kept, a kind after the other.
//! - No multiply-adds.

use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given};
use crate::node::Row;

pub(super) const OPERATOR: Operator = Operator {
    name: "optimizer",
    title: "Step of learning",
    onnx: &[
        Onnx::word("Adagrad", |call| step(call, 1)).of(TRAINING),
        Onnx::word("Adam", |call| step(call, 2)).of(TRAINING),
        Onnx::word("Momentum", |call| step(call, 1)).of(TRAINING),
    ],
    ..Operator::NEW
};

const TRAINING: &str = "ai.onnx.preview.training";

/// Of each parameter so many tensors are kept, beside itself.
fn step<'c>(call: &Call<'c, '_>, kept: usize) -> Answer<'c> {
    let count = call.inputs().saturating_sub(2);
    let kinds = kept + 2;
    if count == 0 || !count.is_multiple_of(kinds) {
        return Err(call.wrong(format!("it has {count} tensors, and {kinds} for each parameter are needed")));
    }
    let each = count / kinds;
    let one =
        |at: usize| -> Result<Given<'c>, crate::call::Stop> { Ok(Given::of(call.shape(at)?.clone(), call.dtype(at))) };
    // The gradients, which are the second kind, are not handed on.
    let places = (0..each).chain(2 * each..count).map(|at| one(2 + at));
    Ok(Row::giving(places.collect::<Result<Vec<_>, _>>()?))
}
