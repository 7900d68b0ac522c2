//! Multi-head attention: every position of the query looks at every position of the keys and takes from the values.
//!
//! - softmax(Q Kᵀ/√d_k) V in h heads, between four projections (Vaswani et al. 2017, <https://arxiv.org/abs/1706.03762>).
//! - Shape: the query's.
//! - A head has d_model/h features unless told (PyTorch `torch/nn/modules/activation.py`, `MultiheadAttention`, whose
//!   weights do not depend on h); Keras names them (`keras/src/layers/attention/multi_head_attention.py`, `key_dim`, and
//!   `value_dim`, which is `key_dim` unless told).
//! - Weights: d_model · h · d_k for the query, C_k · h · d_k and C_v · h · d_v for keys and values, h · d_v · d_model for the
//!   output; with a bias for each feature that they give.
//! - Multiply-adds: the projections as linear layers, and two products of computed matrices, Q Kᵀ and the scores with V.
//! - Beside them: a score is divided by √d_k as one multiplication, and goes through softmax.

use calc::Qty;

use super::conv::NO_BIAS;
use super::window::number;
use super::{Arg, Kind, Onnx, Operator, Word, activation};
use crate::call::{Answer, Call, Given, Stop};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Built, Costs, Image, Macs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "attention",
    title: "Attention",
    words: &[Word {
        word: "attention",
        takes: &[HEADS],
        may: &[MEMORY, KEYS, VALUES, KEY, VALUE, NO_BIAS],
        ..Word::PLAIN
    }],
    keras: &[super::Keras::layer("MultiHeadAttention", of_keras).taking(&[("query", 0), ("key", 2), ("value", 1)])],
    rule,
    onnx: &[Onnx::word("Attention", onnx), Onnx::word("FlexAttention", flexible).of("ai.onnx.preview")],
    ..Operator::NEW
};

/// The query, the value and, if it is another tensor, the key (`keras/src/layers/attention/multi_head_attention.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = vec![config.knob("num_heads", "h")?, config.knob("key_dim", "d_k")?];
    if !config.get("value_dim").is_nothing() {
        settings.push(config.knob("value_dim", "d_v")?);
    }
    match config.given {
        ["query", "key", "value"] => settings.extend([keras::word("keys", "given"), keras::word("values", "given")]),
        ["query", _] => settings.push(keras::word("memory", "given")),
        _ => {}
    }
    if !config.get("output_shape").is_nothing() {
        match config.numbers("output_shape")?[..] {
            [features] if features > 0 => settings.push(("d_out", Setting::Size(Size::Number(features)))),
            _ => return Err(config.unknown("with an output of several axes")),
        }
    }
    if config.is("use_gate", false) {
        settings.push(keras::word("gate", "yes"));
    }
    if config.kwargs.get("return_attention_scores").bool() == Some(true) {
        settings.push(keras::word("scores", "given"));
    }
    keras::bias(config, &mut settings);
    Ok(settings)
}

const HEADS: Arg = Arg::told("HEADS", "h", Kind::Size { least: 1 });
const MEMORY: Arg = Arg::keyed("memory", "memory", Kind::Label);
const KEYS: Arg = Arg::keyed("keys", "keys", Kind::Label);
const VALUES: Arg = Arg::keyed("values", "values", Kind::Label);
const KEY: Arg = Arg::keyed("key", "d_k", Kind::Size { least: 1 });
const VALUE: Arg = Arg::keyed("value", "d_v", Kind::Size { least: 1 });

/// What the inputs must do; `findings` has what to do about it.
pub(crate) const SHARED: &str = "the heads share the features evenly";
pub(crate) const LENGTHS: &str = "there are as many values as keys";
pub(crate) const BATCHES: &str = "the query and the memory have one batch size";

/// Where the keys and the values come from.
struct Sources<'c> {
    query: Image<'c>,
    keys: Source<'c>,
    values: Source<'c>,
    /// Whether all three are the one input.
    own: bool,
}

#[derive(Clone, Copy)]
struct Source<'c> {
    features: Qty<'c>,
    length: Qty<'c>,
}

fn rule<'c>(attention: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let heads = attention.knob("h")?;
    let Sources { query, keys, values, own } = sources(attention)?;
    let features = query.c;
    // All heads together: the query's features, shared out, unless a head's own are told.
    let (key, value) = (attention.knob_if_told("d_k"), attention.knob_if_told("d_v"));
    let d_k = key.map(|each| (heads * each).called("h_k"));
    let d_v = value.map(|each| (heads * each).called("h_v"));
    let all_k = d_k.unwrap_or_else(|| features.splits_into(heads, SHARED));
    let all_v = d_v.or(d_k).unwrap_or(all_k);

    let of_query = (features * all_k).called("weights_q");
    let of_keys = (keys.features * all_k).called("weights_k");
    let of_values = (values.features * all_v).called("weights_v");
    let made = attention.knob_if_told("d_out").unwrap_or(features);
    let of_output = (all_v * made).called("weights_out");
    let biases = all_k + all_k + all_v;
    let gate = (attention.word("gate") == Some("yes")).then(|| features * all_v);

    let mut row = Row::of(if attention.told("d_out") { query.with_channels(made) } else { query.same() })
        .setting("heads", Built::One(heads))
        .setting_of("bias", attention.has("bias"));
    for (name, told) in [("key", key), ("value", value)] {
        if let Some(told) = told {
            row = row.setting(name, Built::One(told));
        }
    }
    let mut row = match own {
        true => {
            let together = (of_query + of_keys + of_values).called("weights_in");
            row.param("in_proj_weight", Role::Weight, together, [biases, features])
        }
        false => row
            .param("q_proj_weight", Role::Weight, of_query, [all_k, features])
            .param("k_proj_weight", Role::Weight, of_keys, [all_k, keys.features])
            .param("v_proj_weight", Role::Weight, of_values, [all_v, values.features]),
    };
    row = row.param("out_proj.weight", Role::Weight, of_output, [made, all_v]);
    if let Some(gate) = gate {
        row = row.param("gate.weight", Role::Weight, gate, [all_v, features]);
    }

    let length = query.space[0];
    let of_gate = gate.map_or(of_output, |gate| of_output + gate);
    let linear = query.n * (length * (of_query + of_gate) + keys.length * of_keys + values.length * of_values);
    let pairs = (query.n * length * keys.length).called("pairs");
    row.macs = Macs { linear: Some(linear), matmul: Some(pairs * (all_k + all_v)), ..Macs::default() };

    let scores = (pairs * heads).called("scores");
    let softmax = activation::by_name("softmax").map(|softmax| softmax.of(scores)).unwrap_or_default();
    row.costs = Costs { multiplications: Some(scores), ..softmax };
    if attention.has("bias") {
        row = row.param("in_proj_bias", Role::Bias, biases.called("biases_in"), [biases]).param(
            "out_proj.bias",
            Role::Bias,
            (number(attention.calc, 1) * made).called("biases_out"),
            [made],
        );
        if gate.is_some() {
            row = row.param("gate.bias", Role::Bias, all_v, [all_v]);
        }
        let added = query.n * (length * (all_k + made) + keys.length * all_k + values.length * all_v);
        row.costs.additions = row.costs.additions.map(|softmax| softmax + added);
    }
    if attention.word("scores") == Some("given") {
        // Batch × heads × queries × keys, the last of which stands where channels stand.
        let scores: crate::node::Shape = [query.n, keys.length, heads, length].into_iter().collect();
        let given = [row.out.clone(), scores].map(|shape| Given::of(shape, Dtype::FLOAT32));
        row.given = given.into_iter().collect();
    }
    Ok(row)
}

/// The inputs in the order of the word's labels: the query, then the memory, the keys, the values, as far as they are given.
/// Where only one of keys and values is given, it is both.
fn sources<'c>(attention: &Node<'c, '_>) -> Result<Sources<'c>, Fault> {
    let mut query = attention.sequence(0, "d_model", "L")?;
    let mut next = 1;
    let mut take = |label: &str, features: &'static str, length: &'static str| {
        if attention.word(label) != Some("given") {
            return Ok(None);
        }
        let source = attention.sequence(next, features, length)?;
        if attention.input(next)?[0].line() != attention.input(0)?[0].line() {
            query.n = query.n.equals(source.n, BATCHES);
        }
        next += 1;
        Ok(Some(Source { features: source.c, length: source.space[0] }))
    };
    let memory = take("memory", "C_k", "L_k")?;
    let keys = take("keys", "C_k", "L_k")?;
    let values = take("values", "C_v", "L_v")?;
    let own = Source { features: query.c, length: query.space[0] };
    let told = memory.or(keys).or(values);
    let keys_from = keys.or(memory).or(values).unwrap_or(own);
    let mut values_from = values.or(memory).or(keys).unwrap_or(own);
    if values_from.length.line() != keys_from.length.line() {
        values_from.length = values_from.length.equals(keys_from.length, LENGTHS);
    }
    Ok(Sources { query, keys: keys_from, values: values_from, own: told.is_none() })
}

/// ONNX: queries, keys and values that are projected already, batch × heads × length × features, or with all heads' features
/// in one axis; keys and values of before may come first (operator `Attention`).
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (queries, keys, values) =
        (heads(call, 0, "q_num_heads")?, heads(call, 1, "kv_num_heads")?, heads(call, 2, "kv_num_heads")?);
    let before = |input: usize| {
        call.arg_if_any(input).and_then(|given| given.shape.as_ref()).and_then(|shape| shape.get(2).copied())
    };
    let all = before(4).map_or(keys[2], |before| before + keys[2]);
    let [batch, count, length, _] = queries;
    let out: Shape<'c> = match call.shape(0)?.len() {
        3 => Shape::from_slice(&[batch, length, count * values[3]]),
        _ => Shape::from_slice(&[batch, count, length, values[3]]),
    };
    let four = |sizes: [Qty<'c>; 4]| Given::of(Shape::from_slice(&sizes), call.dtype(0));
    let further = [
        four([batch, keys[1], all, keys[3]]),
        four([batch, values[1], all, values[3]]),
        four([batch, count, length, all]),
    ];
    let mut row = Row::giving([Given::of(out, call.dtype(0))].into_iter().chain(further).take(call.outputs().max(1)));
    let scores = batch * count * length * all;
    row.macs = Macs { matmul: Some(scores * (keys[3] + values[3])), ..Macs::default() };
    row.costs = activation::by_name("softmax").map(|softmax| softmax.of(scores)).unwrap_or_default();
    Ok(row)
}

/// ONNX's preview: scores and probabilities may go through graphs of the node's own (operator `FlexAttention`), of which what
/// they multiply is part of the row.
fn flexible<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = onnx(call)?;
    for name in ["score_mod", "prob_mod"] {
        let Some(inner) = call.graph(name) else { continue };
        let own: Vec<Qty<'c>> = [inner.macs.conv, inner.macs.linear, inner.macs.matmul].into_iter().flatten().collect();
        if !own.is_empty() {
            let own = call.calc.sum(own);
            row.macs.matmul = row.macs.matmul.map(|all| all + own);
        }
    }
    Ok(row)
}

/// An input as batch, heads, length and features of a head.
fn heads<'c>(call: &Call<'c, '_>, input: usize, attribute: &str) -> Result<[Qty<'c>; 4], Stop> {
    match call.shape(input)?[..] {
        [batch, heads, length, features] => Ok([batch, heads, length, features]),
        [batch, length, features] => {
            let told = call.int(attribute, 0);
            if told < 1 {
                return Err(call.wrong(format!("its input {} has 3 axes, and {attribute} is not given", input + 1)));
            }
            let heads = call.given("h", told);
            Ok([batch, heads, length, features.splits_into(heads, SHARED) / heads])
        }
        _ => Err(call.wrong(format!("its input {} needs 3 or 4 axes", input + 1))),
    }
}
