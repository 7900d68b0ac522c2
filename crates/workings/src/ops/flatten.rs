//! Flatten: an example's elements in one row.
//!
//! - Shape: H · W · C features (PyTorch `torch/nn/modules/flatten.py`; Keras `keras/src/layers/reshaping/flatten.py`). The
//!   order of the elements differs between the two, their number does not.
//! - No parameters, no arithmetic.

use super::{Operator, Word};
use crate::fault::Fault;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "flatten",
    title: "Flatten",
    words: &[Word { word: "flatten", ..Word::PLAIN }],
    rule,
    ..Operator::NEW
};

fn rule<'c>(flatten: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = flatten.any(0)?;
    let features = flatten.calc.product(input.space.iter().copied().chain([input.c])).called("features");
    Ok(Row::of(input.shape(features, [])))
}
