//! Linear attention: a state that every position adds its key and its value to, and that its query reads.
//!
//! - At each position S ← S + k ⊗ v and o = Sᵀ q; with the rule `delta`, v is first lessened by what S has for k; with a gate,
//!   S is weakened before (ONNX operator `LinearAttention`; ONNX Runtime's of the same name, `docs/ContribOperators.md`;
//!   Yang et al. 2024, <https://arxiv.org/abs/2412.06464>).
//! - Shape: batch × length × features of all heads' values; the state is batch × heads × d_k × d_v, and where several states
//!   are kept, they come first.
//! - Multiply-adds: d_k · d_v at every position, for each head of the state to write and for each head of the output to read;
//!   once more for each head of the state with `delta`. A gate is one multiplication for each element of the state.

use super::attention::SHARED;
use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given, Stop};
use crate::node::{Built, Macs, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "linearattention",
    title: "Linear attention",
    onnx: &[Onnx::word("LinearAttention", onnx), Onnx::word("LinearAttention", onnx).microsoft()],
    ..Operator::NEW
};

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [batch, length, queries] = three(call, 0)?;
    let [_, _, values] = three(call, 2)?;
    let (of_queries, of_state) = (call.int("q_num_heads", 0), call.int("kv_num_heads", 0));
    if of_queries < 1 || of_state < 1 {
        return Err(call.wrong("q_num_heads and kv_num_heads are needed"));
    }
    let (heads, shared) = (call.given("h", of_queries), call.given("h", of_state));
    let d_k = (queries.splits_into(heads, SHARED) / heads).called("d_k");
    let d_v = (values.splits_into(shared, SHARED) / shared).called("d_v");
    let read = if of_state > of_queries { shared } else { heads };
    let mut state: Shape<'c> = Shape::from_slice(&[batch, shared, d_k, d_v]);
    let windows = call.int("state_window", 0);
    if windows > 0 {
        state.insert(0, call.given("size", windows));
    }
    let dtype = if call.has(3) { call.dtype(3) } else { call.dtype(0) };
    let out = Given::of(Shape::from_slice(&[batch, length, read * d_v]), call.dtype(0));
    let mut row = Row::giving([out, Given::of(state, dtype)].into_iter().take(call.outputs().max(1)))
        .setting("heads", Built::One(heads));
    let rule = call.text("update_rule").unwrap_or("gated_delta");
    let written = if rule.ends_with("delta") { shared * 2 } else { shared };
    let state = batch * length * d_k * d_v;
    row.macs = Macs { matmul: Some(state * (written + read)), ..Macs::default() };
    row.costs.multiplications = rule.starts_with("gated").then(|| state * shared);
    Ok(row)
}

fn three<'c>(call: &Call<'c, '_>, input: usize) -> Result<[calc::Qty<'c>; 3], Stop> {
    match call.shape(input)?[..] {
        [batch, length, features] => Ok([batch, length, features]),
        ref other => Err(call.wrong(format!("its input {} has {} axes, and 3 are needed", input + 1, other.len()))),
    }
}
