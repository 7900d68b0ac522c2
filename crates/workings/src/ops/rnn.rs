//! The plain recurrent layer (Elman): h = tanh(W_ih x + b_ih + W_hh h + b_hh).
//!
//! - Shape, parameters and multiply-adds: `recurrent.rs`, with one gate: units · (C_in + units) weights.
//! - A unit at a step: one tanh.
//! - PyTorch `torch/nn/modules/rnn.py`, `RNN`; Keras `keras/src/layers/rnn/simple_rnn.py`.

use super::dense::UNITS;
use super::recurrent::{self, Cell, MAY};
use super::{Onnx, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "rnn",
    title: "Recurrent layer",
    words: &[Word { word: "rnn", takes: &[UNITS], may: &MAY, ..Word::PLAIN }],
    keras: &[super::Keras::layer("SimpleRNN", of_keras)],
    rule,
    onnx: &[Onnx::word("RNN", recurrent::onnx).with(recurrent::ROLES)],
    ..Operator::NEW
};

/// `keras/src/layers/rnn/simple_rnn.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    recurrent::of_keras(config)
}

const CELL: Cell = Cell { gates: 1, biases_in_keras: 1, costs: [0, 0, 0, 1] };

fn rule<'c>(rnn: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    recurrent::rule(rnn, &CELL)
}
