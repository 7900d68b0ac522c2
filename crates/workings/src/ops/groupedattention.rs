//! Grouped-query attention: heads of the query share the keys and values of fewer heads.
//!
//! - Shape: the query's (Ainslie et al. 2023, <https://arxiv.org/abs/2305.13245>; Keras
//!   `keras/src/layers/attention/grouped_query_attention.py`).
//! - Weights: d_model · h · d_k for the query and for the output, C_k · h_kv · d_k for keys and for values; with a bias for
//!   each feature that they give. A gate weighs the query once more.
//! - Multiply-adds: the projections as linear layers, and two products of computed matrices over all heads of the query.

use super::{Keras, Operator, activation};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Costs, Macs, Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "groupedattention",
    title: "Grouped-query attention",
    keras: &[
        Keras::layer("GroupedQueryAttention", of_keras).taking(TAKES),
        Keras::layer("GroupQueryAttention", of_keras).taking(TAKES),
    ],
    rule,
    ..Operator::NEW
};

const TAKES: &[(&str, usize)] = &[("query", 0), ("value", 1), ("key", 2)];

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = vec![
        config.knob("num_query_heads", "h")?,
        config.knob("num_key_value_heads", "G")?,
        config.knob("head_dim", "d_k")?,
    ];
    if config.is("use_gate", false) {
        settings.push(keras::word("gate", "yes"));
    }
    if config.kwargs.get("return_attention_scores").bool() == Some(true) {
        return Err(config.unknown("that gives its scores yet"));
    }
    keras::bias(config, &mut settings);
    Ok(settings)
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let query = node.sequence(0, "d_model", "L")?;
    let at = |index: usize| index.min(node.inputs() - 1);
    let values = node.sequence(at(1), "C_v", "L_v")?;
    let keys = node.sequence(at(2), "C_k", "L_k")?;
    let (heads, shared, features) = (node.knob("h")?, node.knob("G")?, node.knob("d_k")?);
    let all = (heads.splits_into(shared, super::attention::SHARED) * features).called("h_k");
    let fewer = (shared * features).called("h_v");
    let gates = if node.word("gate") == Some("yes") { 2 } else { 1 };

    let of_query = query.c * all;
    let (of_keys, of_values, of_output) = (keys.c * fewer, values.c * fewer, all * query.c);
    let gated = if gates == 2 { of_query * 2 } else { of_query };
    let mut row = Row::of(query.same())
        .param("q_proj_weight", Role::Weight, gated.called("weights_q"), [all, query.c])
        .param("k_proj_weight", Role::Weight, of_keys.called("weights_k"), [fewer, keys.c])
        .param("v_proj_weight", Role::Weight, of_values.called("weights_v"), [fewer, values.c])
        .param("out_proj.weight", Role::Weight, of_output.called("weights_out"), [query.c, all]);
    if node.has("bias") {
        let inner = if gates == 2 { all * 2 } else { all } + fewer + fewer;
        row = row.param("in_proj_bias", Role::Bias, inner.called("biases_in"), [inner]).param(
            "out_proj.bias",
            Role::Bias,
            query.c.called("biases_out"),
            [query.c],
        );
    }
    let (length, seen) = (query.space[0], keys.space[0]);
    let linear = query.n * (length * (gated + of_output) + seen * of_keys + values.space[0] * of_values);
    let pairs = (query.n * length * seen).called("pairs");
    row.macs = Macs { linear: Some(linear), matmul: Some(pairs * (all + all)), ..Macs::default() };
    let scores = (pairs * heads).called("scores");
    let softmax = activation::by_name("softmax").map(|softmax| softmax.of(scores)).unwrap_or_default();
    row.costs = Costs { multiplications: Some(scores), ..softmax };
    Ok(row)
}
