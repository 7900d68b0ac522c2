//! Permute: the same elements with their axes in another order.
//!
//! - Shape: the input's sizes, in the order that is told; the batch stays where it is (Keras
//!   `keras/src/layers/reshaping/permute.py`, whose `dims` count the axes from 1).
//! - No parameters, no arithmetic.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Row, Shape};

pub(super) const OPERATOR: Operator =
    Operator { name: "permute", title: "Permute", keras: &[Keras::layer("Permute", of_keras)], rule, ..Operator::NEW };

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.axes("dims", "order")?])
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = node.input(0)?;
    let order = node.keras_axes("order", input.len())?.unwrap_or_default();
    let mut seen = order.clone();
    seen.sort_unstable();
    if seen != (1..input.len()).collect::<Vec<_>>() {
        let says = format!("{}: the order has not each of the {} axes once", node.name(), input.len() - 1);
        return Err(Fault::new(says).hint("count the axes from 1, without the batch"));
    }
    // As written the last comes last; inside it comes first.
    let mut sizes: Shape = order.iter().map(|axis| input[*axis]).collect();
    sizes.rotate_right(1);
    sizes.insert(0, input[0]);
    Ok(Row::of(sizes))
}
