//! The product of two matrices, or of two stacks of them.
//!
//! - … × M × K times … × K × N gives … × M × N; what stands before stretches (NumPy `matmul`; ONNX operator `MatMul`).
//! - Multiply-adds: K for every element of the output. Where the second matrix stands in the file it is a linear layer, and
//!   its elements are weights.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::node::{Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "matmul",
    title: "Matrix product",
    onnx: &[Onnx::word("MatMul", onnx).with(&[None, Some(Role::Weight)])],
    ..Operator::NEW
};

/// What the inner sizes must do; `findings` has what to do about it.
pub(crate) const INNER: &str = "the columns of the first matrix are the rows of the second";

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (out, macs) = multiplied(call, call.shape_of(0, 1)?, call.shape_of(1, 1)?, fixed(call, 0) || fixed(call, 1));
    let mut row = Row::giving([Given::of(out, call.dtype(0))]);
    row.macs = macs;
    Ok(row)
}

/// Whether an input is made of what stands in the file alone.
pub(super) fn fixed(call: &Call<'_, '_>, input: usize) -> bool {
    call.arg_if_any(input).is_some_and(|given| given.fixed)
}

/// The shape of a product of matrices, and its multiply-adds.
pub(super) fn multiplied<'c>(call: &Call<'c, '_>, a: &Shape<'c>, b: &Shape<'c>, linear: bool) -> (Shape<'c>, Macs<'c>) {
    let one = call.calc.literal(1);
    // A vector counts as a matrix of one row or one column, which is taken off again.
    let left: Shape<'c> = if a.len() == 1 { Shape::from_slice(&[one, a[0]]) } else { a.clone() };
    let right: Shape<'c> = if b.len() == 1 { Shape::from_slice(&[b[0], one]) } else { b.clone() };
    let (stack_a, matrix_a) = left.split_at(left.len() - 2);
    let (stack_b, matrix_b) = right.split_at(right.len() - 2);
    let inner = inner(matrix_a[1], matrix_b[0]);
    let stack = tensor::stretched(call, &[&stack_a.iter().copied().collect(), &stack_b.iter().copied().collect()]);
    let outputs = tensor::product(call, &stack) * matrix_a[0] * matrix_b[1];
    let macs = outputs.called("outputs") * inner;
    let mut out = stack;
    out.extend((a.len() > 1).then_some(matrix_a[0]));
    out.extend((b.len() > 1).then_some(matrix_b[1]));
    let macs = match linear {
        true => Macs { linear: Some(macs), ..Macs::default() },
        false => Macs { matmul: Some(macs), ..Macs::default() },
    };
    (out, macs)
}

/// The size that is summed over.
pub(super) fn inner<'c>(a: Qty<'c>, b: Qty<'c>) -> Qty<'c> {
    let a = a.taken("inner");
    if a.line() == b.line() { a } else { a.equals(b, INNER) }
}

/// A matrix or its transpose: its rows and its columns.
pub(super) fn turned<'c>(call: &Call<'c, '_>, input: usize, transposed: bool) -> Result<[Qty<'c>; 2], Stop> {
    match (&call.shape(input)?[..], transposed) {
        (&[rows, columns], false) | (&[columns, rows], true) => Ok([rows, columns]),
        (other, _) => Err(call.wrong(format!("its input {} has {} axes, and 2 are needed", input + 1, other.len()))),
    }
}
