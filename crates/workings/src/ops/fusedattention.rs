//! Attention as ONNX Runtime joins it into one node: with the projections before it, with keys and values of before, with
//! fewer heads of keys than of queries.
//!
//! - softmax(Q Kᵀ/√d_k) V in h heads (Vaswani et al. 2017, <https://arxiv.org/abs/1706.03762>); the inputs and outputs of
//!   `Attention`, `QAttention`, `PackedAttention`, `MultiHeadAttention`, `GroupQueryAttention` are in ONNX Runtime, `docs/ContribOperators.md`.
//! - Shape: batch × length × features of all heads' values. Keys and values go on as batch × heads × length × features, those
//!   of before and those that came.
//! - Multiply-adds: a projection within the node is a linear layer; Q Kᵀ and the scores with V are products of computed
//!   matrices, over every pair of a query and a key, also those that a mask leaves out. How many keys a buffer that is
//!   shared from step to step holds is only known when it runs, where the node is not told.

use calc::Qty;

use super::attention::SHARED;
use super::{Onnx, Operator, activation, matmul};
use crate::call::{Answer, Call, Given, Stop};
use crate::graph::Dtype;
use crate::node::{Built, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "fusedattention",
    title: "Fused attention",
    onnx: &[
        Onnx::word("Attention", attention).with(&[None, WEIGHT, BIAS]).microsoft(),
        Onnx::word("GroupQueryAttention", grouped).with(GROUPED).microsoft(),
        Onnx::word("MultiHeadAttention", multihead).with(&[None, None, None, BIAS]).microsoft(),
        Onnx::word("PackedAttention", packed).with(&[None, WEIGHT, BIAS]).microsoft(),
        Onnx::word("QAttention", quantized)
            .with(&[None, WEIGHT, BIAS, Some(Role::Constant), Some(Role::Constant)])
            .microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHT: Option<Role> = Some(Role::Weight);
const BIAS: Option<Role> = Some(Role::Bias);
/// The angles that positions are turned by are constants.
const GROUPED: &[Option<Role>] =
    &[None, None, None, None, None, None, None, Some(Role::Constant), Some(Role::Constant)];

/// What the products of an attention hang on.
struct Heads<'c> {
    batch: Qty<'c>,
    heads: Qty<'c>,
    /// How many queries there are …
    length: Qty<'c>,
    /// … and how many keys; broken where that is only known when it runs.
    keys: Qty<'c>,
    /// The features of all heads of the queries, and of as many of the values.
    features: [Qty<'c>; 2],
}

impl<'c> Heads<'c> {
    /// The products of computed matrices, and the softmax between them.
    fn cost(&self, row: &mut Row<'c>) {
        let pairs = (self.batch * self.length * self.keys).called("pairs");
        row.macs.matmul = Some(pairs * (self.features[0] + self.features[1]));
        let scores = (pairs * self.heads).called("scores");
        row.costs = activation::by_name("softmax").map(|softmax| softmax.of(scores)).unwrap_or_default();
        row.costs.multiplications = Some(scores);
    }
}

fn heads<'c>(call: &Call<'c, '_>, attribute: &str) -> Result<Qty<'c>, Stop> {
    match call.int(attribute, 0) {
        told @ 1.. => Ok(call.given("h", told)),
        told => Err(call.wrong(format!("its {attribute} is {told}, and at least 1 is needed"))),
    }
}

fn three<'c>(call: &Call<'c, '_>, input: usize) -> Result<[Qty<'c>; 3], Stop> {
    match call.shape(input)?[..] {
        [batch, length, features] => Ok([batch, length, features]),
        ref other => Err(call.wrong(format!("its input {} has {} axes, and 3 are needed", input + 1, other.len()))),
    }
}

/// A size of an output that only the run decides: a symbol, if there is such an output.
fn open<'c>(call: &Call<'c, '_>, output: usize, axis: usize) -> Qty<'c> {
    if output < call.outputs() { call.open(output, axis) } else { call.calc.literal(1) }
}

/// How many keys there are when only the run decides it.
fn undecided<'c>(call: &Call<'c, '_>) -> Qty<'c> {
    call.calc.broken(&format!("{}: how many keys its buffer holds is only known when it runs", call.name()))
}

fn attention<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    projected(call, 4, call.dtype(0))
}

/// The input and the weights are in 8 bits, and their scales and zero points stand among the inputs.
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    projected(call, 8, call.dtype(2))
}

/// Queries, keys and values come from one product with weights that stand beside one another; keys and values of before are
/// the input `past`.
fn projected<'c>(call: &Call<'c, '_>, past: usize, dtype: Dtype) -> Answer<'c> {
    let [batch, length, inner] = three(call, 0)?;
    let [rows, columns] = matmul::turned(call, 1, false)?;
    let inner = matmul::inner(inner, rows);
    let heads = heads(call, "num_heads")?;
    let [queries, values] = match call.ints("qkv_hidden_sizes") {
        Some(&[queries, _, values]) => [queries, values].map(|n| call.given("features", n)),
        _ => [columns / 3; 2],
    };
    let before = call.arg_if_any(past).and_then(|given| given.shape.as_ref()).and_then(|shape| shape.get(3).copied());
    let shared = call.is("past_present_share_buffer");
    let keys = match before {
        _ if call.has(past) && shared => undecided(call),
        None if call.has(past) => return Err(call.unknown("the shape of its input `past` is not known")),
        None => length,
        Some(before) => before + length,
    };
    let kept = match before {
        Some(room) if shared => room,
        None if call.has(past) => open(call, 1, 3),
        _ => keys,
    };
    let two = call.calc.literal(2);
    let each = values.splits_into(heads, SHARED) / heads;
    let outputs = [
        Given::of(Shape::from_slice(&[batch, length, values]), dtype),
        Given::of(Shape::from_slice(&[two, batch, heads, kept, each]), dtype),
    ];
    let mut row = Row::giving(outputs.into_iter().take(call.outputs().max(1))).setting("heads", Built::One(heads));
    Heads { batch, heads, length, keys, features: [queries, values] }.cost(&mut row);
    row.macs.linear = Some(batch * length * inner * columns);
    if call.has(2) {
        let added = batch * length * columns;
        row.costs.additions = Some(row.costs.additions.map_or(added, |softmax| softmax + added));
    }
    Ok(row)
}

/// The texts of a batch one after the other, without the positions that would fill the shorter ones: how long each is stands
/// in the elements of an input.
fn packed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [tokens, inner] = matmul::turned(call, 0, false)?;
    let [rows, columns] = matmul::turned(call, 1, false)?;
    let inner = matmul::inner(inner, rows);
    let heads = heads(call, "num_heads")?;
    let values = match call.ints("qkv_hidden_sizes") {
        Some(&[_, _, values]) => call.given("features", values),
        _ => columns / 3,
    };
    let out = Given::of(Shape::from_slice(&[tokens, values]), call.dtype(0));
    let mut row = Row::giving([out]).setting("heads", Built::One(heads));
    let why =
        format!("{}: how long each text is, and so how many pairs there are, is only known when it runs", call.name());
    row.macs.linear = Some(tokens * inner * columns);
    row.macs.matmul = Some(call.calc.broken(&why));
    Ok(row)
}

/// Keys or values: how many there are, and the features of all heads.
struct Source<'c> {
    length: Qty<'c>,
    features: Qty<'c>,
}

/// Queries, keys and values are projected already. Keys and values may stand in the tensor of the queries or in one tensor, or
/// may be those of before.
fn multihead<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let heads = heads(call, "num_heads")?;
    let query = call.shape(0)?;
    let (batch, length, features) = match query[..] {
        [batch, length, features] => (batch, length, features),
        [batch, length, heads, _, each] => (batch, length, heads * each),
        _ => return Err(call.wrong("its input 1 needs 3 or 5 axes")),
    };
    let own = || Source { length, features };
    let keys = if call.has(1) { source(call, 1)? } else { own() };
    let values = if call.has(2) { source(call, 2)? } else { Source { ..keys } };
    let past = call.arg_if_any(6).map(|given| given.shape.as_ref().and_then(|shape| shape.get(2).copied()));
    let shared = call.has(8) && past.is_some();
    let all = match past {
        Some(_) if shared => undecided(call),
        Some(None) => return Err(call.unknown("the shape of its input `past_key` is not known")),
        Some(Some(before)) => before + keys.length,
        None => keys.length,
    };
    let (kept, seen) = match past {
        Some(room) if shared => (room.unwrap_or_else(|| open(call, 1, 2)), open(call, 3, 3)),
        _ => (all, all),
    };
    let each = |features: Qty<'c>| features.splits_into(heads, SHARED) / heads;
    let four = |sizes: [Qty<'c>; 4]| Given::of(Shape::from_slice(&sizes), call.dtype(0));
    let outputs = [
        Given::of(Shape::from_slice(&[batch, length, values.features]), call.dtype(0)),
        four([batch, heads, kept, each(features)]),
        four([batch, heads, kept, each(values.features)]),
        four([batch, heads, length, seen]),
    ];
    let mut row = Row::giving(outputs.into_iter().take(call.outputs().max(1))).setting("heads", Built::One(heads));
    Heads { batch, heads, length, keys: all, features: [features, values.features] }.cost(&mut row);
    if call.has(3) {
        let added = batch * (length * features + keys.length * (features + values.features));
        row.costs.additions = Some(row.costs.additions.map_or(added, |softmax| softmax + added));
    }
    Ok(row)
}

/// Keys or values as batch × length × features, as batch × heads × length × features of a head, or both in one tensor.
fn source<'c>(call: &Call<'c, '_>, input: usize) -> Result<Source<'c>, Stop> {
    match call.shape(input)?[..] {
        [_, length, features] => Ok(Source { length, features }),
        [_, heads, length, each] => Ok(Source { length, features: heads * each }),
        [_, length, heads, _, each] => Ok(Source { length, features: heads * each }),
        ref other => {
            Err(call.wrong(format!("its input {} has {} axes, and 3 to 5 are needed", input + 1, other.len())))
        }
    }
}

/// Several heads of the queries share one of keys and values. Without keys, all three stand in the tensor of the queries.
fn grouped<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let [batch, length, packed] = three(call, 0)?;
    let (heads, fewer) = (heads(call, "num_heads")?, heads(call, "kv_num_heads")?);
    let (each, came) = match call.has(1) {
        true => (packed.splits_into(heads, SHARED) / heads, source(call, 1)?.length),
        false => {
            let all = heads + fewer * 2;
            (packed.splits_into(all, SHARED) / all, length)
        }
    };
    let before = call.arg_if_any(3).and_then(|given| given.shape.as_ref());
    let room = before.and_then(|shape| shape.get(2).copied());
    let total = call.whole(6).and_then(|all| all.first().copied());
    let keys = match (total, call.has(3)) {
        (Some(total), _) => total,
        (None, false) => came,
        (None, true) => undecided(call),
    };
    let kept = match (room, total) {
        (None, _) if !call.has(3) => keys,
        (Some(room), _) if call.is("sliding_window_cache") => room,
        (Some(room), Some(total)) => room.at_least(total),
        _ => open(call, 1, 2),
    };
    let stored = before.and_then(|shape| shape.get(3).copied()).unwrap_or(each);
    let dtype = if call.has(3) { call.dtype(3) } else { call.dtype(0) };
    let features = heads * each;
    let cache = Given::of(Shape::from_slice(&[batch, fewer, kept, stored]), dtype);
    let scores =
        Given::of(Shape::from_slice(&[batch, heads, length, total.unwrap_or_else(|| open(call, 3, 3))]), call.dtype(0));
    let outputs =
        [Given::of(Shape::from_slice(&[batch, length, features]), call.dtype(0)), cache.clone(), cache, scores];
    let mut row = Row::giving(outputs.into_iter().take(call.outputs().max(1))).setting("heads", Built::One(heads));
    Heads { batch, heads, length, keys, features: [features, features] }.cost(&mut row);
    Ok(row)
}
