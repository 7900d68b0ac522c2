//! A tensor cut into parts along an axis.
//!
//! - Shape: as long as told, or equally long; where the last part is shorter, the others have ⌈size ÷ parts⌉ (ONNX operator
//!   `Split`, attribute `num_outputs`; operator `SplitToSequence`).
//! - No parameters, no arithmetic.

use calc::Qty;

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::node::{Built, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "split",
    title: "Split",
    onnx: &[Onnx::word("Split", split), Onnx::word("SplitToSequence", to_sequence)],
    ..Operator::NEW
};

/// What equal parts must do; `findings` has what to do about it.
pub(crate) const PARTS: &str = "the parts share the axis evenly";

fn split<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let parts = call.outputs();
    let lengths = match (call.ints("split").filter(|told| !told.is_empty()), call.has(1)) {
        (Some(told), _) => told.iter().map(|n| call.given("size", *n)).collect(),
        (None, true) => call.sizes(1)?,
        (None, false) if call.version() >= 18 || call.attribute("num_outputs").is_some() => {
            uneven(call, shape[axis], call.int("num_outputs", parts as i64))
        }
        (None, false) => {
            let count = call.given("parts", parts as i64);
            vec![shape[axis].splits_into(count, PARTS) / count; parts]
        }
    };
    if lengths.len() != parts {
        return Err(call.wrong(format!("it is split into {} parts, and gives {parts}", lengths.len())));
    }
    let part = |length: &Qty<'c>| {
        let mut out: Shape<'c> = shape.clone();
        out[axis] = *length;
        tensor::given(call, out)
    };
    let mut given: Vec<Given<'c>> = lengths.iter().map(part).collect();
    if let (Some(whole), 1) = (call.whole(0), shape.len()) {
        carry(call, &whole, &lengths, &mut given);
    }
    Ok(Row::giving(given).setting("axis", Built::One(call.given("axis", axis as i64))))
}

/// Equal parts, of which the last is what is left.
fn uneven<'c>(call: &Call<'c, '_>, size: Qty<'c>, parts: i64) -> Vec<Qty<'c>> {
    let each = size.ceil_div(parts.max(1));
    let last =
        if call.known(size).is_some_and(|size| size % parts.max(1) == 0) { each } else { size - each * (parts - 1) };
    (0..parts.clamp(0, 1 << 16)).map(|part| if part + 1 == parts { last } else { each }).collect()
}

/// The numbers of a vector that is split.
fn carry<'c>(call: &Call<'c, '_>, whole: &[Qty<'c>], lengths: &[Qty<'c>], given: &mut [Given<'c>]) {
    let mut start = 0_usize;
    for (length, part) in lengths.iter().zip(given) {
        let Some(length) = call.known(*length).and_then(|n| usize::try_from(n).ok()) else { return };
        let Some(end) = start.checked_add(length) else { return };
        let Some(own) = whole.get(start..end) else { return };
        *part = part.clone().with(own.to_vec());
        start = end;
    }
}

fn to_sequence<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let lengths = pieces(call, shape[axis])?;
    let kept = call.has(1) || call.int("keepdims", 1) != 0;
    let item = |length: Qty<'c>| {
        let mut out = shape.clone();
        match kept {
            true => out[axis] = length,
            false => drop(out.remove(axis)),
        }
        tensor::given(call, out)
    };
    Ok(Row::giving([Given::sequence(lengths.into_iter().map(item).collect(), call.dtype(0))]))
}

fn pieces<'c>(call: &Call<'c, '_>, size: Qty<'c>) -> Result<Vec<Qty<'c>>, Stop> {
    let known = || call.known(size).ok_or_else(|| call.unknown("how many parts there are is only known when it runs"));
    let most = crate::call::CARRIED as i64;
    let count = |each: i64, size: i64| {
        let (each, size) = (each.max(1), size.max(0));
        let count = size / each + i64::from(size % each > 0);
        if count > most { Err(call.unknown(format!("{count} parts are more than are followed"))) } else { Ok(count) }
    };
    if !call.has(1) {
        return Ok(vec![call.calc.literal(1); count(1, known()?)? as usize]);
    }
    let told = call.sizes(1)?;
    let scalar = call.shape(1)?.is_empty();
    match (&told[..], scalar) {
        (&[each], true) => {
            let each = call.known(each).filter(|each| *each > 0).ok_or_else(|| call.wrong("a part has no length"))?;
            let size = known()?;
            let all = count(each, size)?;
            Ok((0..all).map(|at| call.calc.literal(each.min(size - at * each).into())).collect())
        }
        _ => Ok(told),
    }
}
