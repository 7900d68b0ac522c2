//! The product of two matrices, or of two stacks of them.
//!
//! - … × M × K times … × K × N gives … × M × N; what stands before stretches (NumPy `matmul`; ONNX operator `MatMul`).
//! - Multiply-adds: K for every element of the output. Where the second matrix stands in the file it is a linear layer, and
//!   its elements are weights.
//! - In whole numbers, among scales and zero points: ONNX operators `MatMulInteger`, `QLinearMatMul`; ONNX Runtime's
//!   `DynamicQuantizeMatMul`, `MatMulInteger16`, `MatMulIntegerToFloat`. Turned first: its `FusedMatMul`, `TransposeMatMul`
//!   (`docs/ContribOperators.md`).

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::graph::Dtype;
use crate::node::{Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "matmul",
    title: "Matrix product",
    onnx: &[
        Onnx::word("MatMul", onnx).with(SECOND),
        Onnx::word("MatMulInteger", integer).with(SECOND),
        Onnx::word("QLinearMatMul", quantized).with(&[
            None,
            Some(Role::Constant),
            None,
            Some(Role::Weight),
            Some(Role::Constant),
            None,
            Some(Role::Constant),
        ]),
        Onnx::word("DynamicQuantizeMatMul", dynamic)
            .with(&[None, Some(Role::Weight), Some(Role::Constant), None, Some(Role::Bias)])
            .microsoft(),
        Onnx::word("FusedMatMul", turned_first).with(SECOND).microsoft(),
        Onnx::word("MatMulInteger16", integer).with(SECOND).microsoft(),
        Onnx::word("MatMulIntegerToFloat", to_float)
            .with(&[None, Some(Role::Weight), Some(Role::Constant), Some(Role::Constant), None, None, Some(Role::Bias)])
            .microsoft(),
        Onnx::word("TransposeMatMul", turned_first).with(SECOND).microsoft(),
    ],
    ..Operator::NEW
};

const SECOND: &[Option<Role>] = &[None, Some(Role::Weight)];

/// What the inner sizes must do; `findings` has what to do about it.
pub(crate) const INNER: &str = "the columns of the first matrix are the rows of the second";

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    placed(call, 1, call.dtype(0))
}

/// Sums of products of bytes.
fn integer<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    placed(call, 1, Dtype::INT32)
}

/// Each matrix is followed by its scale and its zero point, and so is the output, which one multiplication an element brings
/// to its scale.
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = placed(call, 3, call.dtype(7))?;
    row.costs.multiplications = outputs(call, &row);
    Ok(row)
}

/// The first matrix is brought into 8 bits on the way, and the output out of them.
fn dynamic<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = placed(call, 1, call.dtype(0))?;
    row.costs.divisions = Some(tensor::product(call, call.shape(0)?));
    row.costs.multiplications = outputs(call, &row);
    row.costs.additions = outputs(call, &row).filter(|_| call.has(4));
    Ok(row)
}

fn to_float<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = placed(call, 1, call.dtype(2))?;
    row.costs.multiplications = outputs(call, &row);
    row.costs.additions = outputs(call, &row).filter(|_| call.has(6));
    Ok(row)
}

fn outputs<'c>(call: &Call<'c, '_>, row: &Row<'c>) -> Option<Qty<'c>> {
    row.given.first().and_then(|given| given.shape.as_ref()).map(|shape| tensor::product(call, shape))
}

/// The second matrix stands at this place, and the output has this type.
fn placed<'c>(call: &Call<'c, '_>, second: usize, dtype: Dtype) -> Answer<'c> {
    let linear = fixed(call, 0) || fixed(call, second);
    let (out, macs) = multiplied(call, call.shape_of(0, 1)?, call.shape_of(second, 1)?, linear);
    let mut row = Row::giving([Given::of(out, dtype)]);
    row.macs = macs;
    Ok(row)
}

/// ONNX Runtime: either matrix is turned on demand, and so is a stack of them, of which the first axis is then the rows'.
fn turned_first<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let side = |input: usize, stack: &str, matrix: &str| -> Result<Shape<'c>, Stop> {
        let mut shape = call.shape_of(input, 1)?.clone();
        let rank = shape.len();
        if call.is(stack) && rank > 2 {
            shape[..rank - 1].rotate_left(1);
        }
        if call.is(matrix) && rank > 1 {
            shape.swap(rank - 2, rank - 1);
        }
        Ok(shape)
    };
    let (a, b) = (side(0, "transBatchA", "transA")?, side(1, "transBatchB", "transB")?);
    let (out, macs) = multiplied(call, &a, &b, fixed(call, 0) || fixed(call, 1));
    let mut row = Row::giving([tensor::given(call, out)]);
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
