//! Sequences: tensors one after the other, of which nodes take one out or make one tensor.
//!
//! - Shape: that of the tensor that is taken; of all of them along an axis (ONNX operators `SequenceAt`,
//!   `ConcatFromSequence`, `SequenceConstruct`, `SequenceLength` …).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator};
use crate::call::{Answer, Call};
use crate::node::Row;

pub(super) const OPERATOR: Operator =
    Operator { name: "sequence", title: "Sequence", onnx: &[Onnx::word("SequenceAt", at)], ..Operator::NEW };

fn at<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(0)?;
    let items = call.items(0).ok_or_else(|| call.unknown("what its sequence holds is not known"))?;
    let one = || call.unknown("which tensor of its sequence it takes is only known when it runs");
    let told = call.indices(1)?.first().copied().ok_or_else(one)?;
    let at = call.axis(told, items.len())?;
    Ok(Row::giving([items[at].clone()]))
}
