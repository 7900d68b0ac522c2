//! Dot: two inputs multiplied and summed along an axis of each, example by example.
//!
//! - Shape: the axes of both without those; a single number for each example is one feature (Keras
//!   `keras/src/layers/merging/dot.py`, `compute_output_shape`).
//! - No parameters. Multiply-adds: one for every pair of elements that meet, a product of computed matrices.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Macs, Node, Row, Shape};
use crate::ops::join::EQUAL;

pub(super) const OPERATOR: Operator = Operator {
    name: "dotproduct",
    title: "Dot product",
    keras: &[Keras::layer("Dot", of_keras)],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    match config.numbers("axes")?[..] {
        [_] | [_, _] => Ok(vec![config.axes("axes", "at")?]),
        _ => Err(config.wrong("axes", "one axis, or one of each input,")),
    }
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let (one, other) = (node.input(0)?, node.input(1)?);
    let at = |input: &Shape<'c>, which: usize| -> Result<usize, Fault> {
        let axes = node.keras_axes("at", input.len())?.unwrap_or_default();
        let axis = axes.get(which).or(axes.first()).copied().filter(|axis| *axis > 0);
        axis.ok_or_else(|| Fault::new(format!("{}: it is summed along the batch", node.name())))
    };
    let (first, second) = (at(one, 0)?, at(other, 1)?);
    let summed = match one[first].line() == other[second].line() {
        true => one[first],
        false => one[first].taken("C").equals(other[second].taken("C_i"), EQUAL),
    };
    // In the order as written, the batch first and the channels last, without the axis that is summed along.
    let left = |input: &Shape<'c>, without: usize| -> Vec<_> {
        (2..input.len()).chain([1]).filter(|axis| *axis != without).map(|axis| input[axis]).collect()
    };
    let mut out: Shape = left(one, first).into_iter().chain(left(other, second)).collect();
    if out.is_empty() {
        out.push(node.calc.literal(1));
    }
    out.rotate_right(1);
    out.insert(0, one[0]);
    let macs = Macs { matmul: Some(super::elements(&out) * summed), ..Macs::default() };
    Ok(Row { macs, ..Row::of(out) })
}
