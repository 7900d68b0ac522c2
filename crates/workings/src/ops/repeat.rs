//! Repeat: a vector again and again, as a sequence.
//!
//! - Shape: L_out = U steps of the input's features (Keras `keras/src/layers/reshaping/repeat_vector.py`).
//! - No parameters; elements are copied, so no arithmetic.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "repeat",
    title: "Repeat",
    keras: &[Keras::layer("RepeatVector", of_keras)],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.knob("n", "U")?])
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    if !input.space.is_empty() {
        return Err(Fault::new(format!("{}: a vector is needed, and the input has axes of space", node.name())));
    }
    let times = node.knob("U")?;
    Ok(Row::of(input.with_space([times.called("L_out")])).setting("times", Built::One(times)))
}
