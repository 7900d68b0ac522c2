//! Words, their positions and their segments looked up, added and normalised.
//!
//! - Shape: batch × length × features of the table (ONNX Runtime's `EmbedLayerNormalization`, `QEmbedLayerNormalization`, `docs/ContribOperators.md`;
//!   Devlin et al. 2018, <https://arxiv.org/abs/1810.04805>). How many words of each text count is given as one number a
//!   text, and the sum before the normalisation if it is asked for.
//! - Weights: the three tables and the scale; the shift is a bias.
//! - No multiply-adds: what is looked up is not multiplied.

use super::{Onnx, Operator, norm, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::Dtype;
use crate::node::{Costs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "embednorm",
    title: "Embed and normalise",
    onnx: &[
        Onnx::word("EmbedLayerNormalization", onnx)
            .with(&[None, None, WEIGHT, WEIGHT, WEIGHT, WEIGHT, Some(Role::Bias)])
            .microsoft(),
        Onnx::word("QEmbedLayerNormalization", quantized)
            .with(&[
                None,
                None,
                WEIGHT,
                WEIGHT,
                WEIGHT,
                WEIGHT,
                Some(Role::Bias),
                None,
                SCALE,
                SCALE,
                SCALE,
                SCALE,
                SCALE,
            ])
            .microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHT: Option<Role> = Some(Role::Weight);
const SCALE: Option<Role> = Some(Role::Constant);

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    embedded(call, call.dtype(2))
}

/// The tables are stored in 8 bits; their scales come behind the mask.
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    embedded(call, call.dtype(8))
}

fn embedded<'c>(call: &Call<'c, '_>, dtype: Dtype) -> Answer<'c> {
    let (words, table) = (call.shape_of(0, 2)?, call.shape_of(2, 2)?);
    let out: Shape<'c> = Shape::from_slice(&[words[0], words[1], table[1]]);
    let (groups, elements) = (words[0] * words[1], tensor::product(call, &out));
    let sum = Given::of(out, dtype);
    let counts = Given::of(Shape::from_slice(&words[..1]), call.dtype(0));
    let mut row = Row::giving([sum.clone(), counts, sum].into_iter().take(call.outputs().max(1)));
    let costs = norm::costs(true, true, elements, groups);
    let added = if call.has(4) { elements * 2 } else { elements };
    row.costs = Costs { additions: costs.additions.map(|own| own + added), ..costs };
    Ok(row)
}
