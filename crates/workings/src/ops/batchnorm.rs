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
use super::{Arg, Onnx, Operator, Word, tensor};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Costs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "batchnorm",
    title: "Batch normalisation",
    words: &[Word { word: "batchnorm", may: &[NO_SCALE, NO_SHIFT, NO_STATISTICS], ..Word::ACTIVATED }],
    keras: &[
        super::Keras::layer("BatchNormalization", of_keras),
        super::Keras::layer("SyncBatchNormalization", of_keras),
    ],
    rule,
    onnx: &[Onnx::word("BatchNormalization", onnx).with(&[
        None,
        Some(Role::Weight),
        Some(Role::Bias),
        Some(Role::Statistic),
        Some(Role::Statistic),
    ])],
};

/// `keras/src/layers/normalization/batch_normalization.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    norm::of_keras(config)
}

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

/// ONNX: the statistics are inputs three and four; where the node is told to learn, it gives new ones too.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let c = shape.get(1).copied().unwrap_or_else(|| call.calc.literal(1)).taken("C");
    let each = number(call.calc, 1) * c;
    let elements = tensor::product(call, shape);
    let further = (1..call.outputs()).map(|_| Given::of(Shape::from_slice(&[c]), call.dtype(1)));
    let mut row = Row::giving([tensor::given(call, shape.clone())].into_iter().chain(further));
    let (weights, biases) = (each.called("weights"), each.called("biases"));
    row = call.param(row, 1, Role::Weight, weights);
    row = call.param(row, 2, Role::Bias, biases);
    row = call.param(row, 3, Role::Statistic, each);
    row = call.param(row, 4, Role::Statistic, each);
    row.costs = Costs { multiplications: Some(elements), additions: Some(elements), ..Costs::default() };
    Ok(row)
}
