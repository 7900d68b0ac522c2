//! Instance normalisation: every channel of every example brought to mean 0 and variance 1 over its space.
//!
//! - Shape: the input's.
//! - No parameters unless `affine`: then one scale and one shift a channel (Ulyanov, Vedaldi & Lempitsky 2016,
//!   <https://arxiv.org/abs/1607.08022>; PyTorch `torch/nn/modules/instancenorm.py`).

use super::norm;
use super::window::number;
use super::{Arg, Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::node::{Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "instancenorm",
    title: "Instance normalisation",
    words: &[Word { word: "instancenorm", may: &[AFFINE], ..Word::ACTIVATED }],
    rule,
    onnx: &[Onnx::word("InstanceNormalization", onnx).with(&[None, Some(Role::Weight), Some(Role::Bias)])],
    ..Operator::NEW
};

const AFFINE: Arg = Arg::flag("affine", "affine", "yes");

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.kept(0)?;
    let affine = node.word("affine") == Some("yes");
    let mut row = Row::of(input.same()).setting_of("affine", affine);
    if affine {
        row = norm::learned(node, row, number(node.calc, 1) * input.c, &[input.c].into_iter().collect());
    }
    row.costs = norm::costs(affine, affine, input.elements(), input.n * input.c);
    Ok(row)
}

/// ONNX: the scale and the shift are inputs.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let elements = tensor::product(call, call.shape_of(0, 2)?);
    let groups = tensor::product(call, &call.shape_of(0, 2)?[..2]);
    let mut row = tensor::same(call)?;
    row.costs = norm::costs(true, true, elements, groups);
    Ok(row)
}
