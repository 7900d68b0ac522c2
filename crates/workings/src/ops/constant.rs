//! Tensors that a node makes of its own: constants, shapes filled with one number, rows of numbers, random ones.
//!
//! - Shape: as told (ONNX operators `Constant`, `ConstantOfShape`, `EyeLike`, `Range`, `RandomNormal`, `RandomUniform`,
//!   `Bernoulli`, `Multinomial`).
//! - A row of numbers from s to e in steps of d has max(⌈(e − s)/d⌉, 0) elements (operator `Range`).
//! - No parameters, no arithmetic: nobody learns a constant.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Values, carried};
use crate::graph::{Attribute, Dtype, Stored};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "constant",
    title: "Constant",
    onnx: &[
        Onnx::word("Bernoulli", like),
        Onnx::word("Constant", constant),
        Onnx::word("ConstantOfShape", of_shape),
        Onnx::word("EyeLike", like),
        Onnx::word("Multinomial", drawn),
        Onnx::word("RandomNormal", random),
        Onnx::word("RandomNormalLike", like),
        Onnx::word("RandomUniform", random),
        Onnx::word("RandomUniformLike", like),
        Onnx::word("Range", range).settings(&[0, 1, 2]),
    ],
    ..Operator::NEW
};

/// So many draws for each example.
fn drawn<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let out = Shape::from_slice(&[shape[0], call.given("size", call.int("sample_size", 1))]);
    Ok(Row::giving([Given::of(out, Dtype::of_onnx(call.int("dtype", 6)))]))
}

fn constant<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let vector = |length: usize| Shape::from_slice(&[call.given("size", length as i64)]);
    let told = call.raw.attributes.iter().find(|(name, _)| name.starts_with("value") || **name == *"sparse_value");
    let given = match told.map(|(_, attribute)| attribute) {
        Some(Attribute::Tensor(stored)) => of_stored(call, stored),
        Some(Attribute::Int(n)) => {
            Given { value: Some(Values::Told([*n].into())), ..Given::of(Shape::new(), Dtype::INT64) }
        }
        Some(Attribute::Ints(all)) => {
            Given { value: Some(Values::Told((**all).into())), ..Given::of(vector(all.len()), Dtype::INT64) }
        }
        Some(Attribute::Float(x)) => {
            Given { value: Some(Values::Real([f64::from(*x)].into())), ..Given::of(Shape::new(), Dtype::FLOAT32) }
        }
        Some(Attribute::Floats(all)) => {
            let value = Values::Real(all.iter().map(|x| f64::from(*x)).collect());
            Given { value: Some(value), ..Given::of(vector(all.len()), Dtype::FLOAT32) }
        }
        Some(Attribute::Text(_)) => Given::of(Shape::new(), Dtype::STRING),
        Some(Attribute::Texts(all)) => Given::of(vector(all.len()), Dtype::STRING),
        _ => return Err(call.wrong("it has no value")),
    };
    Ok(Row::giving([Given { fixed: true, ..given }]))
}

/// A tensor that an attribute holds.
fn of_stored<'c>(call: &Call<'c, '_>, stored: &Stored) -> Given<'c> {
    let shape: Shape<'c> = stored.shape.iter().map(|n| call.given("size", *n)).collect();
    Given { value: stored.numbers.as_ref().map(carried), ..Given::of(shape, stored.dtype) }
}

fn of_shape<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let sizes = call.sizes(0)?;
    let (dtype, filled) = match call.attribute("value") {
        Some(Attribute::Tensor(stored)) => (stored.dtype, of_stored(call, stored).value),
        _ => (Dtype::FLOAT32, Some(Values::Real([0.0].into()))),
    };
    let shape: Shape<'c> = sizes.into_iter().collect();
    let count = tensor::product(call, &shape);
    let count = call.known(count).and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= crate::call::CARRIED);
    let value = match (filled, count) {
        (Some(Values::Told(told)), Some(count)) if told.len() == 1 => Some(Values::Told(vec![told[0]; count].into())),
        (Some(Values::Real(real)), Some(count)) if real.len() == 1 => Some(Values::Real(vec![real[0]; count].into())),
        _ => None,
    };
    Ok(Row::giving([Given { value, ..Given::of(shape, dtype) }]))
}

fn range<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let dtype = call.dtype(0);
    let one = |input: usize| call.whole(input).and_then(|all| all.first().copied());
    if let (Some(start), Some(limit), Some(delta)) = (one(0), one(1), one(2)) {
        if call.known(delta) == Some(0) {
            return Err(call.wrong("its step is 0"));
        }
        let count = match call.known(start) {
            Some(0) if call.known(delta) == Some(1) => limit,
            Some(0) => limit.ceil_div(delta),
            _ if call.known(delta) == Some(1) => limit - start,
            _ => (limit - start).ceil_div(delta),
        };
        let count = if call.known(count).is_some_and(|n| n < 0) { call.calc.literal(0) } else { count };
        let given = Given::of(Shape::from_slice(&[count]), dtype);
        let told = (call.known(start), call.known(delta), call.known(count));
        return Ok(Row::giving([match told {
            (Some(start), Some(delta), Some(count)) if count <= crate::call::CARRIED as i64 => Given {
                value: Some(Values::Told((0..count).map(|at| start.wrapping_add(at.wrapping_mul(delta))).collect())),
                ..given
            },
            _ => given,
        }]));
    }
    let real = |input: usize| call.real(input).and_then(|all| all.first().copied());
    let count = match (real(0), real(1), real(2)) {
        (Some(start), Some(limit), Some(delta)) if delta != 0.0 => {
            call.calc.literal((((limit - start) / delta).ceil().max(0.0)) as i128)
        }
        _ => call.open(0, 0),
    };
    Ok(Row::giving([Given::of(Shape::from_slice(&[count]), dtype)]))
}

/// As large as another tensor, of which only the shape is looked at.
fn like<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let dtype = call.int_if_told("dtype").map_or_else(|| call.dtype(0), Dtype::of_onnx);
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), dtype)]))
}

fn random<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let told = call.ints("shape").ok_or_else(|| call.wrong("it has no shape"))?;
    let shape: Shape<'c> = told.iter().map(|n| call.given("size", *n)).collect();
    Ok(Row::giving([Given::of(shape, call.int_if_told("dtype").map_or(Dtype::FLOAT32, Dtype::of_onnx))]))
}
