//! Stored: a layer of which a file has the tensors and nothing else: no wiring, no settings.
//!
//! - Its parameters are known, tensor by tensor; what goes in and comes out, and what is multiplied, is not.
//! - Keras's files of weights alone: `keras/src/saving/saving_lib.py`, `save_weights_only`; Keras 2
//!   `tf_keras/src/saving/legacy/hdf5_format.py`.

use super::Operator;
use crate::call::Given;
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::node::{Macs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator { name: "stored", title: "Stored tensors", rule, ..Operator::NEW };

/// Why nothing but the parameters is known.
pub(crate) const WEIGHTS_ALONE: &str = "the file holds weights alone: no wiring, so no shapes and no multiply-adds";

/// What a tensor is for, by the name that Keras gives it.
fn role(name: &str) -> Role {
    match name {
        "bias" | "beta" => Role::Bias,
        "moving_mean" | "moving_variance" | "mean" | "variance" | "count" | "vector_u" | "sn_u" => Role::Statistic,
        _ => Role::Weight,
    }
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let given = [Given::unknown(Dtype::UNKNOWN)].into_iter().collect();
    let mut row = Row { given, ..Row::default() };
    for (name, sizes) in node.shapes() {
        let shape: Shape<'c> = sizes.iter().map(|n| node.calc.given("size", i128::from(*n))).collect();
        let elements = if shape.is_empty() { node.calc.literal(1) } else { node.calc.product(shape.iter().copied()) };
        row = row.param(name, role(name), elements, shape);
    }
    row.macs = Macs { conv: Some(node.calc.broken(WEIGHTS_ALONE)), ..Macs::default() };
    Ok(row)
}
