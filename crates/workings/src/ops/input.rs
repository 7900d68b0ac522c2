//! Input: what comes into a network, or into a network within it, as a row of its own.
//!
//! - Shape: as it comes. No parameters, no arithmetic (Keras `keras/src/layers/core/input_layer.py`).
//! - A network that is applied to every step of a sequence takes the steps as part of the batch and puts them back at its
//!   end: N · L examples (Keras `keras/src/layers/rnn/time_distributed.py`).

use super::Operator;
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "input",
    title: "Input",
    keras: &[super::Keras::layer("InputLayer", keras::nothing)],
    rule,
    ..Operator::NEW
};

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let mut shape = node.input(0)?.clone();
    let Some(steps) = node.word("steps") else { return Ok(Row::of(shape)) };
    match steps {
        "folded" if shape.len() > 2 => {
            let length = shape.remove(2);
            shape[0] = (shape[0] * length).called("positions");
        }
        "unfolded" if node.input(1)?.len() > 2 => {
            let whole = node.input(1)?;
            shape[0] = whole[0];
            shape.insert(2.min(shape.len()), whole[2]);
        }
        _ => return Err(Fault::new(format!("{}: the input has no steps", node.name()))),
    }
    Ok(Row::of(shape).setting("steps", Built::Word(steps)))
}
