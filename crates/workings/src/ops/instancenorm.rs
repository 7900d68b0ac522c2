//! Instance normalisation: every channel of every example brought to mean 0 and variance 1 over its space.
//!
//! - Shape: the input's.
//! - No parameters unless `affine`: then one scale and one shift a channel (Ulyanov, Vedaldi & Lempitsky 2016,
//!   <https://arxiv.org/abs/1607.08022>; PyTorch `torch/nn/modules/instancenorm.py`).

use super::norm;
use super::window::number;
use super::{Arg, Operator, Word};
use crate::fault::Fault;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "instancenorm",
    title: "Instance normalisation",
    words: &[Word { word: "instancenorm", may: &[AFFINE], ..Word::ACTIVATED }],
    rule,
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
