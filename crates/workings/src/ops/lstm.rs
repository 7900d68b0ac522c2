//! Long short-term memory: gates for input, forgetting and output, and a cell that keeps.
//!
//! - Shape, parameters and multiply-adds: `recurrent.rs`, with four gates: 4 · units · (C_in + units) weights.
//! - `projection R` hands on R features instead of the units (PyTorch's `proj_size`; Sak et al. 2014,
//!   <https://arxiv.org/abs/1402.1128>).
//! - A unit at a step: c = f · c + i · g, h = o · tanh(c): three multiplications, one addition and one tanh, beside the tanh
//!   of g and three sigmoids of one addition, one division and one call each.
//! - Hochreiter & Schmidhuber 1997; PyTorch `torch/nn/modules/rnn.py`, `LSTM`; Keras `keras/src/layers/rnn/lstm.py`.

use super::conv::NO_BIAS;
use super::dense::UNITS;
use super::recurrent::{self, BIASES, BIDIRECTIONAL, Cell, LAST, LAYERS, SEQUENCE};
use super::{Arg, Kind, Onnx, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "lstm",
    title: "Long short-term memory",
    words: &[Word {
        word: "lstm",
        takes: &[UNITS],
        may: &[LAYERS, BIDIRECTIONAL, BIASES, NO_BIAS, PROJECTION, LAST, SEQUENCE],
        ..Word::PLAIN
    }],
    keras: &[super::Keras::layer("LSTM", of_keras)],
    rule,
    onnx: &[
        Onnx::word("LSTM", recurrent::onnx).with(recurrent::ROLES),
        Onnx::word("DynamicQuantizeLSTM", recurrent::quantized).with(QUANTIZED).microsoft(),
    ],
    ..Operator::NEW
};

/// As `recurrent::ROLES`, and a scale and a zero point for each of the weights behind them.
const QUANTIZED: &[Option<Role>] = &[
    None,
    Some(Role::Weight),
    Some(Role::Weight),
    Some(Role::Bias),
    None,
    None,
    None,
    Some(Role::Weight),
    Some(Role::Constant),
    None,
    Some(Role::Constant),
];

/// `keras/src/layers/rnn/lstm.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    recurrent::of_keras(config)
}

const PROJECTION: Arg = Arg::keyed("projection", "projection", Kind::Size { least: 1 });
const CELL: Cell = Cell { gates: 4, biases_in_keras: 1, costs: [3, 4, 3, 5] };

fn rule<'c>(lstm: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    recurrent::rule(lstm, &CELL)
}
