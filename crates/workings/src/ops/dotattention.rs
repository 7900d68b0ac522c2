//! Attention without projections: scores of the query with the keys, as products (Luong) or as tanh of sums (Bahdanau),
//! take from the values.
//!
//! - Shape: the query's with the values' features (Luong et al. 2015, <https://arxiv.org/abs/1508.04025>; Bahdanau et al.
//!   2014, <https://arxiv.org/abs/1409.0473>; Keras `keras/src/layers/attention/attention.py`, `additive_attention.py`).
//! - Weights: one scale with `use_scale` and one more for `score_mode="concat"`; of the additive kind one scale a feature.
//! - Multiply-adds: the scores as products of the features (the additive kind only where it has a scale), and the scores
//!   with the values.

use super::{Keras, Operator};
use crate::call::Given;
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras::{self, word};
use crate::node::{Macs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "dotattention",
    title: "Attention without projections",
    keras: &[
        Keras::layer("AdditiveAttention", |config| of_keras(config, "additive")),
        Keras::layer("Attention", |config| of_keras(config, "dot")),
    ],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>, kind: &'static str) -> Result<keras::Settings, Fault> {
    let scaled = config.is("use_scale", kind == "additive");
    let concat = config.get("score_mode").text() == Some("concat");
    let kind = if kind == "dot" && concat { "concat" } else { kind };
    let mut settings = vec![word("kind", kind), word("scale", if scaled { "yes" } else { "no" })];
    if config.kwargs.get("return_attention_scores").bool() == Some(true) {
        settings.push(word("scores", "given"));
    }
    Ok(settings)
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let query = node.sequence(0, "d_model", "L")?;
    let values = node.sequence(1, "C_v", "L_v")?;
    let keys = node.sequence(if node.inputs() > 2 { 2 } else { 1 }, "C_k", "L_k")?;
    let kind = node.word("kind").unwrap_or("dot");
    let mut row = Row::of(query.with_channels(values.c));
    let one = node.calc.literal(1);
    if node.has("scale") {
        let scale = if kind == "additive" { query.c } else { one };
        row = row.param("scale", Role::Weight, scale, [scale]);
    }
    if kind == "concat" {
        row = row.param("concat_score_weight", Role::Weight, one, [one]);
    }
    let pairs = (query.n * query.space[0] * keys.space[0]).called("pairs");
    let per_pair = if kind == "dot" || kind == "additive" && node.has("scale") { query.c + values.c } else { values.c };
    row.macs = Macs { matmul: Some(pairs * per_pair), ..Macs::default() };
    if node.word("scores") == Some("given") {
        // Batch × queries × keys, the last of which stands where channels stand.
        let scores: Shape = [query.n, keys.space[0], query.space[0]].into_iter().collect();
        row.given = [row.out.clone(), scores].map(|shape| Given::of(shape, Dtype::FLOAT32)).into_iter().collect();
    }
    Ok(row)
}
