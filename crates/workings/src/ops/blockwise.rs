//! A matrix that is stored in blocks of a few bits, each with a scale of its own: a linear layer, or a table.
//!
//! - … × K times the matrix gives … × N (ONNX Runtime's `MatMulNBits`, `MatMulBnb4`, `docs/ContribOperators.md`). What is
//!   stored are bytes that hold several numbers each; K and N are attributes.
//! - Rows of a table by their numbers (`GatherBlockQuantized`): the indices' shape and the row's.
//! - Weights: K · N, as the matrix has them, and not as many as there are bytes; N biases.
//! - Multiply-adds: K for every element of the output.
//! - Beside them: a weight is brought to a number with a fraction by one multiplication.

use super::{Onnx, Operator, matmul, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::node::{Built, Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "blockwise",
    title: "Matrix in blocks",
    onnx: &[
        Onnx::word("GatherBlockQuantized", gather).with(&[WEIGHT, None, SCALE, SCALE]).microsoft(),
        Onnx::word("MatMulBnb4", bnb4).with(&[None, WEIGHT, SCALE]).microsoft(),
        Onnx::word("MatMulNBits", nbits).with(&[None, WEIGHT, SCALE, SCALE, None, Some(Role::Bias)]).microsoft(),
    ],
    ..Operator::NEW
};

const WEIGHT: Option<Role> = Some(Role::Weight);
const SCALE: Option<Role> = Some(Role::Constant);

/// Bytes hold several numbers along the last axis; other types hold one each.
fn gather<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut table = call.shape_of(0, 1)?.clone();
    let bits = call.int("bits", 4);
    let packed = match call.dtype(0).name() {
        "uint8" if bits < 1 || 8 % bits != 0 => return Err(call.wrong(format!("its numbers have {bits} bits"))),
        "uint8" => 8 / bits,
        _ => 1,
    };
    let last = table.len() - 1;
    if packed > 1 {
        table[last] = table[last] * packed;
    }
    let axis = call.axis(call.int("gather_axis", 0), table.len())?;
    let indices = call.shape(1)?;
    let out = table[..axis].iter().chain(indices).chain(&table[axis + 1..]).copied().collect::<Shape<'c>>();
    let elements = tensor::product(call, &out);
    let row = Row::giving([Given::of(out, call.dtype(2))]);
    let mut row = call.param(row, 0, Role::Weight, tensor::product(call, &table).called("weights"));
    row.costs.multiplications = Some(elements);
    Ok(row)
}

/// The matrix stands as N × K.
fn nbits<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = product(call, size(call, "K")?, size(call, "N")?)?;
    if call.has(5) {
        row.costs.additions = row.given[0].shape.as_ref().map(|out| tensor::product(call, out));
    }
    Ok(row)
}

/// The matrix stands as N × K, and is turned unless the node says otherwise.
fn bnb4<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (k, n) = (size(call, "K")?, size(call, "N")?);
    if call.int("transB", 1) == 0 { product(call, n, k) } else { product(call, k, n) }
}

fn size(call: &Call<'_, '_>, name: &str) -> Result<i64, Stop> {
    match call.int(name, 0) {
        told @ 1.. => Ok(told),
        told => Err(call.wrong(format!("its {name} is {told}, and at least 1 is needed"))),
    }
}

fn product<'c>(call: &Call<'c, '_>, k: i64, n: i64) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let (features, units) = (call.given("C_in", k), call.given("units", n));
    let (before, last) = shape.split_at(shape.len() - 1);
    let features = matmul::inner(last[0], features);
    let weights = (features * units).called("weights");
    let outputs = (tensor::product(call, before) * units).called("outputs");
    let out = before.iter().copied().chain([units]).collect::<Shape<'c>>();
    let row = Row::giving([tensor::given(call, out)]).setting("units", Built::One(units));
    let mut row = call.param(row, 1, Role::Weight, weights);
    row.macs = Macs { linear: Some(outputs * features), ..Macs::default() };
    row.costs.multiplications = Some(weights);
    Ok(row)
}
