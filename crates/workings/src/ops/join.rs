//! What layers of several inputs share: their axes side by side.
//!
//! - Two sizes join where they are equal or one of them is 1, which is then stretched (NumPy,
//!   <https://numpy.org/doc/stable/user/basics.broadcasting.html>; ONNX, `docs/Broadcasting.md`).
//! - Shapes of different rank join under Keras's rules alone: missing axes of space come first as written and count as 1
//!   (`keras/src/layers/merging/base_merge.py`). PyTorch would line up its own order of axes, which is another one.

use calc::{Qty, Relation};

use crate::fault::Fault;
use crate::model::Rules;
use crate::node::{AXES, Node, OUT_AXES, Shape};

/// What sizes that meet must do; `findings` has what to do about it.
pub(crate) const JOINS: &str = "the sizes are equal or one of them is 1";
pub(crate) const EQUAL: &str = "the sizes are equal on every other axis";

/// The inputs of a layer that joins at least two.
pub(super) fn shapes<'c, 'm>(node: &Node<'c, 'm>) -> Result<Vec<&'m Shape<'c>>, Fault> {
    node.input(1)?;
    (0..node.inputs()).map(|index| node.input(index)).collect()
}

/// The inputs of a layer that joins at least two of one rank.
pub(super) fn level<'c, 'm>(node: &Node<'c, 'm>) -> Result<Vec<&'m Shape<'c>>, Fault> {
    let shapes = shapes(node)?;
    let axes = |shape: &Shape<'c>| shape.len() - 1;
    match shapes.iter().find(|shape| shape.len() != shapes[0].len()) {
        None => Ok(shapes),
        Some(other) => {
            let (name, one, two) = (node.name(), axes(shapes[0]), axes(other));
            Err(Fault::new(format!(
                "{name}: the inputs have {one} and {two} axes, and must have as many as each other"
            ))
            .hint("bring them to one rank with `reshape`: a vector of C features to `reshape 1x1xC`"))
        }
    }
}

/// The shape in which the inputs join.
pub(super) fn stretched<'c>(node: &Node<'c, '_>) -> Result<Shape<'c>, Fault> {
    let shapes = if node.rules() == Rules::Keras { shapes(node)? } else { level(node)? };
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let joined = |axis: usize| {
        let [own, other, out] = names(rank, axis);
        let mut sizes = distinct(shapes.iter().filter_map(|shape| {
            let missing = rank - shape.len();
            match axis {
                0 | 1 => Some(shape[axis]),
                _ if axis - missing < 2 => None,
                _ => Some(shape[axis - missing]),
            }
        }));
        if let [only] = sizes[..] {
            return only;
        }
        let first = sizes.remove(0).taken(own);
        let join = |size: Qty<'c>, next: Qty<'c>| size.claim(Relation::Joins, next, JOINS).at_least(next);
        sizes.into_iter().map(|size| size.taken(other)).fold(first, join).called(out)
    };
    Ok((0..rank).map(joined).collect())
}

/// A shape with an array that stretches to it or it to the array, from the last axis as written: NumPy's rule.
pub(super) fn with_constant<'c>(node: &Node<'c, '_>, mut shape: Shape<'c>, sizes: &[i64]) -> Result<Shape<'c>, Fault> {
    let rank = shape.len();
    for (written, size) in (0..sizes.len()).rev().zip(sizes).filter(|(_, size)| **size != 1) {
        // Counted from the last as written, which stands where channels stand.
        let axis = match (rank - 1).checked_sub(written) {
            Some(axis) if written == 0 && axis > 0 => 1,
            Some(axis) if axis > 0 => axis + 1,
            _ => {
                let says = format!("{}: no rule for an array that changes the batch yet", node.name());
                return Err(Fault::new(says));
            }
        };
        let [own, other, out] = names(rank, axis);
        let size = node.calc.given(other, i128::from(*size));
        shape[axis] = shape[axis].taken(own).claim(Relation::Joins, size, JOINS).at_least(size).called(out);
    }
    if sizes.len() > rank {
        return Err(Fault::new(format!("{}: no rule for an array of more axes than its input yet", node.name())));
    }
    Ok(shape)
}

/// The size that the inputs have in common on an axis.
pub(super) fn common<'c>(shapes: &[&Shape<'c>], axis: usize) -> Qty<'c> {
    let [own, other, _] = names(shapes[0].len(), axis);
    let mut sizes = distinct(shapes.iter().map(|shape| shape[axis]));
    if let [only] = sizes[..] {
        return only;
    }
    let first = sizes.remove(0).taken(own);
    sizes.into_iter().map(|size| size.taken(other)).fold(first, |size, next| size.equals(next, EQUAL))
}

/// The sizes together on an axis.
pub(super) fn sum<'c>(shapes: &[&Shape<'c>], axis: usize) -> Qty<'c> {
    let [own, other, out] = names(shapes[0].len(), axis);
    let first = shapes[0][axis].taken(own);
    shapes[1..].iter().fold(first, |sum, shape| sum + shape[axis].taken(other)).called(out)
}

/// So many operations for every input after the first.
pub(super) fn after_the_first<'c>(node: &Node<'c, '_>, each: Qty<'c>) -> Qty<'c> {
    match node.inputs() {
        2 => each,
        inputs => each * (inputs as i64 - 1),
    }
}

/// The quantities that stand on lines of their own; one line joins itself without a claim.
fn distinct<'c>(sizes: impl Iterator<Item = Qty<'c>>) -> Vec<Qty<'c>> {
    let mut distinct: Vec<Qty<'c>> = Vec::new();
    for size in sizes {
        if distinct.iter().all(|known| known.line() != size.line()) {
            distinct.push(size);
        }
    }
    distinct
}

/// What an axis is called in the first input, in a further one and in the output.
fn names(rank: usize, axis: usize) -> [&'static str; 3] {
    match axis {
        0 => ["N", "N_i", "N_out"],
        1 => ["C", "C_i", "C_out"],
        _ => match (AXES.get(rank - 2), OUT_AXES.get(rank - 2)) {
            (Some(own), Some(out)) => [own[axis - 2], further(own[axis - 2]), out[axis - 2]],
            _ => ["size"; 3],
        },
    }
}

fn further(axis: &str) -> &'static str {
    match axis {
        "L" => "L_i",
        "H" => "H_i",
        "W" => "W_i",
        _ => "Z_i",
    }
}
