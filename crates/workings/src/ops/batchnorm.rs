//! Batch normalisation: every channel brought to mean 0 and variance 1, then scaled and shifted.
//!
//! - Shape: the input's.
//! - One scale and one shift a channel, learned; one running mean and one running variance a channel, stored and never
//!   learned (Ioffe & Szegedy 2015, <https://arxiv.org/abs/1502.03167>; PyTorch `torch/nn/modules/batchnorm.py`, whose
//!   count of batches is left out here).
//! - With stored statistics a channel is a line, y = a·x + b, whose a and b do not depend on the input: one multiplication
//!   and one addition an element (PyTorch `aten/src/ATen/native/cpu/batch_norm_kernel.cpp`). Without them, mean and variance
//!   are worked out from the batch, as in other normalisations.

use super::norm::{self, NO_SCALE, NO_SHIFT};
use super::window::number;
use super::{Arg, Operator, Word};
use crate::fault::Fault;
use crate::node::{Costs, Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "batchnorm",
    title: "Batch normalisation",
    words: &[Word { word: "batchnorm", may: &[NO_SCALE, NO_SHIFT, NO_STATISTICS], ..Word::ACTIVATED }],
    rule,
    ..Operator::NEW
};

const NO_STATISTICS: Arg = Arg::flag("no statistics", "statistics", "no");

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let each = number(node.calc, 1) * input.c;
    let channels = [input.c].into_iter().collect();
    let mut row =
        norm::learned(node, Row::of(input.same()), each, &channels).setting_of("statistics", node.has("statistics"));
    if !node.has("statistics") {
        row.costs = norm::costs(node.has("scale"), node.has("shift"), input.elements(), input.c);
        return Ok(row);
    }
    row = row.param("running_mean", Role::Statistic, each, [input.c]).param(
        "running_var",
        Role::Statistic,
        each,
        [input.c],
    );
    let elements = Some(input.elements());
    row.costs = Costs { multiplications: elements, additions: elements, ..Costs::default() };
    Ok(row)
}
