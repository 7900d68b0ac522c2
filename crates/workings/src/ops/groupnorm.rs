//! Group normalisation: the channels of an example in groups, each brought to mean 0 and variance 1, then scaled and
//! shifted channel by channel.
//!
//! - Shape: the input's. The groups must share the channels evenly.
//! - One scale and one shift a channel (Wu & He 2018, <https://arxiv.org/abs/1803.08494>; PyTorch
//!   `torch/nn/modules/normalization.py`, `GroupNorm`).

use super::conv::GROUPS_IN;
use super::norm::{self, NO_SCALE, NO_SHIFT};
use super::window::number;
use super::{Arg, Kind, Onnx, Operator, Word, activation, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "groupnorm",
    title: "Group normalisation",
    words: &[Word { word: "groupnorm", takes: &[GROUPS], may: &[NO_SCALE, NO_SHIFT], ..Word::ACTIVATED }],
    keras: &[super::Keras::layer("GroupNormalization", of_keras)],
    rule,
    onnx: &[
        Onnx::word("GroupNormalization", onnx).with(SCALED),
        Onnx::word("GroupNorm", contributed).with(SCALED).microsoft(),
        Onnx::word("SkipGroupNorm", contributed)
            .with(&[None, Some(Role::Weight), Some(Role::Bias), None, Some(Role::Bias)])
            .microsoft(),
    ],
    ..Operator::NEW
};

const SCALED: &[Option<Role>] = &[None, Some(Role::Weight), Some(Role::Bias)];

/// `groups=-1` is one group a channel (`keras/src/layers/normalization/group_normalization.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = norm::of_keras(config)?;
    match config.get("groups").number() {
        Some(-1) => settings.push(keras::word("groups", "channels")),
        _ => settings.push(config.knob("groups", "G")?),
    }
    Ok(settings)
}

const GROUPS: Arg = Arg::told("GROUPS", "G", Kind::Size { least: 1 });

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let groups = if node.word("groups") == Some("channels") { input.c.called("G") } else { node.knob("G")? };
    let channels = input.c.splits_into(groups, GROUPS_IN);
    let row = Row::of(input.with_channels(channels)).setting("groups", Built::One(groups));
    let row = norm::learned(node, row, number(node.calc, 1) * channels, &[channels].into_iter().collect());
    Ok(Row { costs: norm::costs(node.has("scale"), node.has("shift"), input.elements(), input.n * groups), ..row })
}

/// ONNX: the scale and the shift are inputs.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let elements = tensor::product(call, call.shape_of(0, 2)?);
    let groups = call.shape_of(0, 2)?[0] * call.int("num_groups", 1);
    let mut row = tensor::same(call)?;
    row.costs = norm::costs(true, true, elements, groups);
    Ok(row)
}

/// ONNX Runtime: what is passed around, and a bias, may be added first, and the sum be asked for; SiLU may follow
/// (`docs/ContribOperators.md`, `GroupNorm`, `SkipGroupNorm`).
fn contributed<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 2)?;
    let elements = tensor::product(call, shape);
    let same = || tensor::given(call, shape.clone());
    let mut row = Row::giving([same(), same()].into_iter().take(call.outputs().max(1)));
    row.costs = norm::costs(true, true, elements, shape[0] * call.int("groups", 1));
    let added = i64::from(call.has(3)) + i64::from(call.has(4));
    row.costs.additions = row.costs.additions.map(|own| if added > 0 { own + elements * added } else { own });
    match call.is("activation") {
        true => Ok(activation::named(row, "silu")),
        false => Ok(row),
    }
}
