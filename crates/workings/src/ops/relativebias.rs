//! How much a query minds how far away a key is: a learned number for each distance and each head, looked up.
//!
//! - Shape: 1 × heads × queries × keys, as many as two inputs say (ONNX Runtime's `RelativePositionBias`,
//!   `docs/ContribOperators.md`; Raffel et al. 2019, <https://arxiv.org/abs/1910.10683>).
//! - Weights: the table, distances × heads. No arithmetic.

use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given};
use crate::node::{Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "relativebias",
    title: "Relative positions",
    onnx: &[Onnx::word("RelativePositionBias", onnx).with(&[Some(Role::Weight)]).microsoft()],
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let table = call.shape_of(0, 2)?;
    let told = |input: usize| call.whole(input).and_then(|all| all.first().copied());
    let length = |input: usize| told(input).unwrap_or_else(|| call.open(0, input + 1));
    let out = Shape::from_slice(&[call.calc.literal(1), table[1], length(1), length(2)]);
    Ok(Row::giving([Given::of(out, call.dtype(0))]))
}
