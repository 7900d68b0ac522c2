//! What rules of graphs' nodes share: products of sizes, shapes that stretch to one another, numbers that are carried.
//!
//! - Two shapes stretch from their last axes: sizes are equal or one of them is 1 (ONNX, `docs/Broadcasting.md`).

use calc::{Qty, Relation};

use super::join::{EQUAL, JOINS};
use crate::call::{Call, Given, Stop, Values};
use crate::node::{Row, Shape};

/// The product of some sizes; 1 of none.
pub(super) fn product<'c>(call: &Call<'c, '_>, sizes: &[Qty<'c>]) -> Qty<'c> {
    call.calc.product(sizes.iter().copied())
}

/// The size in which two meet.
pub(super) fn meet<'c>(call: &Call<'c, '_>, a: Qty<'c>, b: Qty<'c>) -> Qty<'c> {
    match (call.known(a), call.known(b)) {
        _ if a.line() == b.line() => a,
        (Some(1), _) => b,
        (_, Some(1)) => a,
        (Some(one), Some(other)) if one == other => a,
        (Some(_), None) => a,
        (None, Some(_)) => b,
        // Both are known and differ, or both are open.
        _ => a.claim(Relation::Joins, b, JOINS).at_least(b),
    }
}

/// The shape to which shapes stretch.
pub(super) fn stretched<'c>(call: &Call<'c, '_>, shapes: &[&Shape<'c>]) -> Shape<'c> {
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let along = |axis: usize| {
        let sizes = shapes.iter().filter_map(|shape| (axis + shape.len()).checked_sub(rank).map(|own| shape[own]));
        sizes.reduce(|a, b| meet(call, a, b)).unwrap_or_else(|| call.calc.literal(1))
    };
    (0..rank).map(along).collect()
}

/// Tensors one after the other along an axis; every other axis is the same in all of them.
pub(super) fn joined<'c>(call: &Call<'c, '_>, shapes: &[&Shape<'c>], axis: usize) -> Result<Shape<'c>, Stop> {
    let mut out = shapes[0].clone();
    for shape in &shapes[1..] {
        if shape.len() != out.len() {
            let (one, other) = (out.len(), shape.len());
            return Err(call.wrong(format!("its inputs have {one} and {other} axes, and need as many as each other")));
        }
        for (at, size) in shape.iter().enumerate() {
            out[at] = match (call.known(out[at]), call.known(*size)) {
                _ if at == axis => out[at] + *size,
                (Some(one), Some(other)) if one == other => out[at],
                _ if out[at].line() == size.line() => out[at],
                (None, Some(_)) => *size,
                (Some(_), None) => out[at],
                _ => out[at].equals(*size, EQUAL),
            };
        }
    }
    Ok(out)
}

/// A row that gives its first input's shape.
pub(super) fn same<'c>(call: &Call<'c, '_>) -> Result<Row<'c>, Stop> {
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), call.dtype(0))]))
}

/// The sizes of a shape and how many elements they come to, where those are few enough to be carried.
pub(super) fn few<'c>(call: &Call<'c, '_>, shape: &Shape<'c>) -> Option<(Vec<usize>, usize)> {
    let sizes: Vec<usize> = shape.iter().map(|q| usize::try_from(call.known(*q)?).ok()).collect::<Option<_>>()?;
    let count = sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size))?;
    (count <= crate::call::CARRIED).then_some((sizes, count))
}

/// Where the element of a tensor stands that meets this one of the shape to which it stretches, both counted row by row.
pub(super) fn place(flat: usize, sizes: &[usize], own: &[usize]) -> usize {
    let (mut rest, mut index, mut step) = (flat, 0, 1);
    for (axis, size) in sizes.iter().enumerate().rev() {
        let here = rest % size;
        rest /= size;
        if let Some(place) = (axis + own.len()).checked_sub(sizes.len()) {
            index += if own[place] == 1 { 0 } else { here * step };
            step *= own[place];
        }
    }
    index
}

/// The numbers of inputs that are carried, stretched to one shape: for each element of it one of each input.
pub(super) fn together<'c>(call: &Call<'c, '_>, inputs: &[usize], out: &Shape<'c>) -> Option<Vec<Vec<Qty<'c>>>> {
    let (sizes, count) = few(call, out)?;
    let mut all = Vec::new();
    for &input in inputs {
        let (own, _) = few(call, call.arg_if_any(input)?.shape.as_ref()?)?;
        all.push((call.whole(input)?, own));
    }
    let at = |flat: usize, own: &[usize]| place(flat, &sizes, own);
    (0..count).map(|flat| all.iter().map(|(values, own)| values.get(at(flat, own)).copied()).collect()).collect()
}

/// The type of what a node gives, where that is its first input's.
pub(super) fn given<'c>(call: &Call<'c, '_>, shape: impl Into<Shape<'c>>) -> Given<'c> {
    Given::of(shape, call.dtype(0))
}

/// A tensor with its elements in another shape.
pub(super) fn reshaped<'c>(call: &Call<'c, '_>, shape: Shape<'c>) -> Row<'c> {
    let value =
        call.arg_if_any(0).and_then(|given| given.value.clone()).filter(|value| !matches!(value, Values::Items(_)));
    Row::giving([Given { value, ..Given::of(shape, call.dtype(0)) }])
}
