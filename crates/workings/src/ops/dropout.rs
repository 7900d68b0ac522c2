//! Dropout: sets some elements to zero while a network learns, and passes everything on when it answers.
//!
//! - Shape: the input's (PyTorch `torch/nn/modules/dropout.py`).
//! - No parameters; no arithmetic when a network answers, which is what a ledger counts. The rate changes no number.

use super::{Arg, Kind, Onnx, Operator, Word};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "dropout",
    title: "Dropout",
    words: &[Word { word: "dropout", takes: &[RATE], ..Word::PLAIN }],
    keras: &[
        super::Keras::layer("AlphaDropout", |config| Ok(config.fraction("rate", "rate"))),
        super::Keras::layer("Dropout", |config| Ok(config.fraction("rate", "rate"))),
        super::Keras::layer("GaussianDropout", |config| Ok(config.fraction("rate", "rate"))),
        super::Keras::layer("SpatialDropout1D", |config| Ok(config.fraction("rate", "rate"))),
        super::Keras::layer("SpatialDropout2D", |config| Ok(config.fraction("rate", "rate"))),
        super::Keras::layer("SpatialDropout3D", |config| Ok(config.fraction("rate", "rate"))),
    ],
    rule,
    onnx: &[Onnx::word("Dropout", onnx).settings(&[1])],
};

const RATE: Arg = Arg::told("RATE", "rate", Kind::Fraction);

fn rule<'c>(dropout: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let row = Row::of(dropout.input(0)?.clone());
    Ok(match dropout.fraction("rate") {
        Some(rate) => row.setting("rate", Built::Fraction(rate.into())),
        None => row,
    })
}

/// ONNX: the mask may be asked for too.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let mask = (1..call.outputs()).map(|_| Given::of(shape.clone(), Dtype::BOOL));
    let kept = Given { fixed: false, ..call.arg(0)?.clone() };
    Ok(Row::giving([kept].into_iter().chain(mask)))
}
