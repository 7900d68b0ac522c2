//! Dropout: sets some elements to zero while a network learns, and passes everything on when it answers.
//!
//! - Shape: the input's (PyTorch `torch/nn/modules/dropout.py`).
//! - No parameters; no arithmetic when a network answers, which is what a ledger counts. The rate changes no number.

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "dropout",
    title: "Dropout",
    words: &[Word { word: "dropout", takes: &[RATE], ..Word::PLAIN }],
    rule,
    ..Operator::NEW
};

const RATE: Arg = Arg::told("RATE", "rate", Kind::Fraction);

fn rule<'c>(dropout: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let row = Row::of(dropout.input(0)?.clone());
    Ok(match dropout.fraction("rate") {
        Some(rate) => row.setting("rate", Built::Fraction(rate.into())),
        None => row,
    })
}
