//! The same elements, of another type or under another name.
//!
//! - Shape: the input's (ONNX operators `BitCast`, `Cast`, `CastLike`, `Identity`).
//! - No parameters, no arithmetic.

use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given, Values};
use crate::graph::Dtype;
use crate::node::Row;

pub(super) const OPERATOR: Operator = Operator {
    name: "cast",
    title: "Cast",
    onnx: &[
        Onnx::word("BitCast", bits),
        Onnx::word("Cast", cast),
        Onnx::word("CastLike", cast).peeks(1),
        Onnx::word("Identity", identity),
    ],
    ..Operator::NEW
};

fn identity<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([call.arg(0)?.clone()]))
}

/// The same bits read as another type.
fn bits<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), Dtype::of_onnx(call.int("to", 0)))]))
}

fn cast<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let given = call.arg(0)?;
    let dtype = match call.int_if_told("to") {
        Some(to) => Dtype::of_onnx(to),
        None => call.dtype(1),
    };
    call.shape(0)?;
    let narrow = !dtype.is_float() && dtype.bits() < 32;
    let fits = if narrow { 0.0..128.0 } else { -9e18..9e18 };
    // A number with a fraction loses it when it becomes whole; a whole one stays what it is.
    let value = match &given.value {
        // What does not fit becomes another number.
        Some(Values::Real(real)) if !dtype.is_float() && real.iter().any(|x| !fits.contains(&x.trunc())) => None,
        Some(Values::Real(real)) if !dtype.is_float() => {
            let truth = dtype == Dtype::BOOL;
            Some(Values::Told(
                real.iter().map(|x| if truth { i64::from(*x != 0.0) } else { x.trunc() as i64 }).collect(),
            ))
        }
        Some(Values::Told(whole)) if dtype == Dtype::BOOL => {
            Some(Values::Told(whole.iter().map(|n| i64::from(*n != 0)).collect()))
        }
        Some(Values::Real(real)) => {
            super::elementwise::rounding(dtype).map(|rounded| Values::Real(real.iter().map(|x| rounded(*x)).collect()))
        }
        Some(Values::Told(whole)) if whole.iter().any(|n| !dtype.has_whole(*n)) => None,
        Some(Values::Whole(whole)) if whole.iter().any(|q| call.known(*q).is_some_and(|n| !dtype.has_whole(n))) => None,
        Some(Values::Told(whole)) if narrow && whole.iter().any(|n| !(0..128).contains(n)) => None,
        Some(Values::Whole(_)) if narrow => None,
        other => other.clone(),
    };
    Ok(Row::giving([Given { value, dtype, ..given.clone() }]))
}
