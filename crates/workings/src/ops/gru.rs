//! Gated recurrent unit: a reset gate, an update gate, and a new state.
//!
//! - Shape, parameters and multiply-adds: `recurrent.rs`, with three gates: 3 · units · (C_in + units) weights. Keras keeps
//!   two biases a gate, as PyTorch does, unless the reset comes before the product (`biases 1`).
//! - A unit at a step: n = tanh(… + r · (…)), h = (1 − z) · n + z · h: three multiplications, two additions and one tanh,
//!   beside two sigmoids of one addition, one division and one call each.
//! - Cho et al. 2014, <https://arxiv.org/abs/1406.1078>; PyTorch `torch/nn/modules/rnn.py`, `GRU`; Keras
//!   `keras/src/layers/rnn/gru.py`.

use super::dense::UNITS;
use super::recurrent::{self, Cell, MAY};
use super::{Onnx, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "gru",
    title: "Gated recurrent unit",
    words: &[Word { word: "gru", takes: &[UNITS], may: &MAY, ..Word::PLAIN }],
    keras: &[super::Keras::layer("GRU", of_keras)],
    rule,
    onnx: &[Onnx::word("GRU", recurrent::onnx).with(recurrent::ROLES)],
    ..Operator::NEW
};

/// `keras/src/layers/rnn/gru.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    recurrent::of_keras(config)
}

const CELL: Cell = Cell { gates: 3, biases_in_keras: 2, costs: [3, 4, 2, 3] };

fn rule<'c>(gru: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    recurrent::rule(gru, &CELL)
}
