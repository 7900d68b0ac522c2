//! A residual connection and a normalisation in one: what is passed around is added first, and a bias.
//!
//! - Shape: the input's; the sum itself may be asked for too (ONNX Runtime's `SkipLayerNormalization`,
//!   `SkipSimplifiedLayerNormalization`, `docs/ContribOperators.md`).
//! - Along the last axis: a scale and a shift (Ba, Kiros & Hinton 2016, <https://arxiv.org/abs/1607.06450>), or, simplified, a
//!   scale alone (Zhang & Sennrich 2019, <https://arxiv.org/abs/1910.07467>).

use super::{Onnx, Operator, norm, rmsnorm, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Costs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "skipnorm",
    title: "Skip and normalise",
    onnx: &[
        Onnx::word("SkipLayerNormalization", layer).with(&[None, None, WEIGHT, BIAS, BIAS]).microsoft(),
        Onnx::word("SkipSimplifiedLayerNormalization", simplified).with(&[None, None, WEIGHT, BIAS]).microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHT: Option<Role> = Some(Role::Weight);
const BIAS: Option<Role> = Some(Role::Bias);

fn layer<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (elements, groups) = sizes(call)?;
    added(call, norm::costs(true, call.has(3), elements, groups), call.has(4))
}

fn simplified<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (elements, groups) = sizes(call)?;
    added(call, rmsnorm::scaled(elements, groups), call.has(3))
}

type Sizes<'c> = (calc::Qty<'c>, calc::Qty<'c>);

/// How many elements there are, and how often the last axis is normalised.
fn sizes<'c>(call: &Call<'c, '_>) -> Result<Sizes<'c>, crate::call::Stop> {
    let shape = call.shape_of(0, 1)?;
    Ok((tensor::product(call, shape), tensor::product(call, &shape[..shape.len() - 1])))
}

/// What normalising costs, and the sum before it.
fn added<'c>(call: &Call<'c, '_>, costs: Costs<'c>, bias: bool) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let elements = tensor::product(call, shape);
    let sum = if bias { elements * 2 } else { elements };
    let mut reduced: Shape<'c> = shape.clone();
    reduced.pop();
    reduced.push(call.calc.literal(1));
    let statistic = || Given::of(reduced.clone(), Dtype::FLOAT32);
    let same = || tensor::given(call, shape.clone());
    let outputs = [same(), statistic(), statistic(), same()];
    let mut row = Row::giving(outputs.into_iter().take(call.outputs().max(1)));
    row.costs = Costs { additions: costs.additions.map(|own| own + sum), ..costs };
    Ok(row)
}
