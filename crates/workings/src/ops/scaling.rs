//! Scaling: every feature times a learned factor.
//!
//! - Shape: the input's. Weights: one a feature (Touvron et al. 2021, <https://arxiv.org/abs/2103.17239>, section 2; Keras
//!   `keras/src/applications/convnext.py`, `LayerScale`).
//! - One multiplication an element.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "scaling",
    title: "Scaling",
    keras: &[Keras::layer("LayerScale", of_keras)],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.knob("projection_dim", "features")?])
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.any(0)?;
    let factors = node.knob("features")?;
    let mut row = Row::of(input.same()).param("gamma", Role::Weight, factors.called("weights"), [factors]);
    row.costs.multiplications = Some(input.elements());
    Ok(row)
}
