//! A part of a tensor: from a start to an end, in steps.
//!
//! - Shape: ⌈(end − start)/step⌉ along each axis that is named; starts and ends below 0 count from the end, and what lies
//!   outside is cut off (ONNX operator `Slice`). Of an axis of which one position is taken nothing is left, and new axes have
//!   size 1 (Keras `keras/src/ops/numpy.py`, `GetItem`).
//! - No parameters, no arithmetic.

use calc::Qty;

use super::{Keras, Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::fault::Fault;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Node, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "slice",
    title: "Slice",
    keras: &[Keras::operation("GetItem", of_keras)],
    rule,
    onnx: &[Onnx::word("Slice", onnx)],
    ..Operator::NEW
};

/// What is done with an axis, as the first of four numbers; a slice has its start, end and step behind it.
const WHOLE: [i64; 4] = [0, 0, i64::MAX, 1];
const SLICE: i64 = 0;
const ONE: i64 = 1;
const NEW: i64 = 2;
const REST: i64 = 3;

/// Python's index: slices, positions, new axes and `...`, which stands at the end unless told
/// (`keras/src/saving/serialization_lib.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let key = config.args.get(1).unwrap_or(config.kwargs.get("key"));
    let items = if let keras::Value::List(all) = key { &all[..] } else { std::slice::from_ref(key) };
    let mut parts = items.iter().map(item).collect::<Option<Vec<[i64; 4]>>>();
    if let Some(parts) = &mut parts
        && parts.iter().all(|[kind, ..]| *kind != REST)
    {
        parts.push([REST, 0, 0, 0]);
    }
    // No array has more than 64 axes.
    let parts = parts.filter(|parts| parts.len() <= 32 && parts.iter().filter(|[kind, ..]| *kind == REST).count() == 1);
    let parts = parts.ok_or_else(|| config.unknown("with an index of this kind yet"))?;
    Ok(vec![("parts", Setting::PerAxis(parts.into_iter().flatten().map(Size::Number).collect()))])
}

fn item(value: &keras::Value) -> Option<[i64; 4]> {
    let of = value.get("config");
    let or = |key: &str, default: i64| match of.get(key) {
        keras::Value::Nothing => Some(default),
        told => told.number(),
    };
    match (value, value.get("class_name").text()) {
        (keras::Value::Nothing, _) => Some([NEW, 0, 0, 0]),
        (keras::Value::Number(at), _) => Some([ONE, *at, 0, 0]),
        (_, Some("__ellipsis__")) => Some([REST, 0, 0, 0]),
        (_, Some("__slice__")) => {
            let step = or("step", 1).filter(|step| *step != 0)?;
            let (start, end) = if step > 0 { (0, i64::MAX) } else { (i64::MAX, i64::MIN) };
            Some([SLICE, or("start", start)?, or("stop", end)?, step])
        }
        _ => None,
    }
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = node.input(0)?;
    // As written: the batch first, the channels last.
    let mut sizes = came.iter().take(1).chain(came.iter().skip(2)).chain(came.iter().skip(1).take(1)).copied();
    let told = node.numbers("parts").unwrap_or_default();
    let parts: Vec<[i64; 4]> = told.chunks_exact(4).map(|part| [part[0], part[1], part[2], part[3]]).collect();
    let taken = parts.iter().filter(|[kind, ..]| matches!(*kind, SLICE | ONE)).count();
    let rest = came.len().checked_sub(taken).ok_or_else(|| {
        Fault::new(format!("{}: it takes from {taken} axes, and the input has {}", node.name(), came.len()))
    })?;
    let batch = match parts.first() {
        Some([REST, ..]) => rest > 0,
        first => first == Some(&WHOLE),
    };
    if !batch {
        return Err(Fault::new(format!("{}: no rule for a part of the batch yet", node.name())));
    }
    let mut out = Shape::new();
    for part in parts {
        match part {
            [NEW, ..] => out.push(node.calc.literal(1)),
            [REST, ..] => out.extend(sizes.by_ref().take(rest)),
            [ONE, at, ..] => {
                let size = sizes.next().and_then(|size| node.calc.known(size.line()));
                if size.is_some_and(|size| !(-size..size).contains(&i128::from(at))) {
                    return Err(Fault::new(format!("{}: it takes position {at}, which is not there", node.name())));
                }
            }
            WHOLE => out.extend(sizes.next()),
            [_, start, end, step] => {
                let size = sizes.next().and_then(|size| node.calc.known(size.line()));
                let open = || Fault::new(format!("{}: no rule for a part of an axis of open size yet", node.name()));
                out.push(kept(node, size.ok_or_else(open)?, (start, end), step.into()));
            }
        }
    }
    // The last as written stands where channels stand.
    if let [_, rest @ ..] = &mut out[..]
        && !rest.is_empty()
    {
        rest.rotate_right(1);
    }
    Ok(Row::of(out))
}

/// How many positions a slice keeps, as Python's `slice.indices` counts them.
fn kept<'c>(node: &Node<'c, '_>, size: i128, (start, end): (i64, i64), step: i128) -> Qty<'c> {
    let from_end = |n: i64| if n < 0 { i128::from(n) + size } else { i128::from(n) };
    let (least, most) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let (first, last) = (from_end(start).clamp(least, most), from_end(end).clamp(least, most));
    let (low, high) = if step > 0 { (first, last.max(first)) } else { (last.min(first), first) };
    let room = node.calc.literal(high) - node.calc.literal(low);
    if step.abs() == 1 { room } else { room.ceil_div(step.unsigned_abs() as i64) }.called("size")
}

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let (starts, ends) = (told(call, "starts", 1)?, told(call, "ends", 2)?);
    let (Some(starts), Some(ends)) = (starts, ends) else {
        return bare(call, shape);
    };
    let numbers = |all: Vec<Qty<'c>>| all.into_iter().map(|q| call.known(q)).collect::<Option<Vec<i64>>>();
    let axes = match told(call, "axes", 3)? {
        Some(axes) => numbers(axes).ok_or_else(|| call.unknown("its axes are only known when it runs"))?,
        None if call.has(3) => return Err(call.unknown("its axes are only known when it runs")),
        None => (0..starts.len() as i64).collect(),
    };
    let steps = match told(call, "steps", 4)? {
        Some(steps) => numbers(steps).ok_or_else(|| call.unknown("its steps are only known when it runs"))?,
        None if call.has(4) => return Err(call.unknown("its steps are only known when it runs")),
        None => vec![1; starts.len()],
    };
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return Err(call.wrong("it has not as many starts, ends, axes and steps"));
    }
    let mut out: Shape<'c> = shape.clone();
    let mut cut = None;
    for (((start, end), axis), step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
        let axis = call.axis(*axis, shape.len())?;
        if *step == 0 {
            return Err(call.wrong("its step is 0"));
        }
        out[axis] = part(call, axis, shape[axis], *start, *end, *step);
        cut = Some((*start, *step));
        // Whether it counts from the front or from the end hangs on the sizes.
        if !is_from_front(call, *start) || !is_from_front(call, *end) {
            out[axis] = call.open(0, axis);
        }
    }
    let given = tensor::given(call, out);
    Ok(Row::giving([match (call.whole(0), cut, shape.len()) {
        (Some(whole), Some((start, step)), 1) => carry(call, &whole, start, step, given),
        _ => given,
    }]))
}

/// Numbers that are an attribute up to version 9, and an input from then on.
fn told<'c>(call: &Call<'c, '_>, name: &str, input: usize) -> Result<Option<Vec<Qty<'c>>>, Stop> {
    match call.ints(name) {
        Some(told) => Ok(Some(told.iter().map(|n| call.calc.literal((*n).into())).collect())),
        None => Ok(call.whole(input)),
    }
}

/// Where the starts or ends are only known when it runs, so are the sizes of the axes that are named.
fn bare<'c>(call: &Call<'c, '_>, shape: &Shape<'c>) -> Answer<'c> {
    let axes = match (call.has(3), call.told(3), call.arg(1)?.shape.as_ref().map(|shape| shape.as_slice())) {
        (true, Some(axes), _) => axes,
        // One more than there are axes is enough to say that there are too many.
        (false, _, Some(&[count])) if call.known(count).is_some() => {
            (0..call.known(count).unwrap_or(0).min(shape.len() as i64 + 1)).collect()
        }
        _ => return Err(call.unknown("what it cuts is only known when it runs")),
    };
    let mut out = shape.clone();
    for axis in axes {
        let axis = call.axis(axis, shape.len())?;
        out[axis] = call.open(0, axis);
    }
    Ok(Row::giving([tensor::given(call, out)]))
}

/// How many positions of an axis are kept.
fn part<'c>(call: &Call<'c, '_>, axis: usize, size: Qty<'c>, start: Qty<'c>, end: Qty<'c>, step: i64) -> Qty<'c> {
    let (s, e) = (call.known(start), call.known(end));
    if let (Some(size), Some(s), Some(e)) = (call.known(size), s, e) {
        let (size, s, e) = (i128::from(size), i128::from(s), i128::from(e));
        let from_end = |n: i128| if n < 0 { n + size } else { n };
        let (first, last) = match step > 0 {
            true => (from_end(s).clamp(0, size), from_end(e).clamp(0, size)),
            false => (from_end(s).clamp(0, (size - 1).max(0)), from_end(e).clamp(-1, size - 1)),
        };
        let step = i128::from(step);
        let kept = if step > 0 {
            (last - first + step - 1).div_euclid(step)
        } else {
            (first - last - step - 1).div_euclid(-step)
        };
        // The whole axis stays the axis that it was.
        return if kept == size { call.calc.literal(size) } else { call.calc.literal(kept.max(0)) };
    }
    if step < 0 {
        // The whole axis, backwards.
        return if s == Some(-1) && e.is_some_and(|e| e < i64::MIN / 2 || e == -i64::from(i32::MAX)) && step == -1 {
            size
        } else {
            call.open(0, axis)
        };
    }
    let room = room(call, size, (start, s), (end, e));
    if step == 1 { room } else { room.ceil_div(step) }
}

/// How many positions there are from a start to an end on an axis of an open size. What no size from 1 on can bring below 0, or
/// above the axis, is not held there.
fn room<'c>(
    call: &Call<'c, '_>,
    size: Qty<'c>,
    (start, s): (Qty<'c>, Option<i64>),
    (end, e): (Qty<'c>, Option<i64>),
) -> Qty<'c> {
    let from_0 = |q: Qty<'c>| if call.calc.least(q.line()).is_none_or(|n| n < 0) { q.at_least(0) } else { q };
    let far = |n: i64| n >= i64::from(i32::MAX);
    let at_end = end.line() == size.line() || e.is_some_and(far);
    match (s, e) {
        // Both count from the end: as many as lie between them, and not more than there are before the second.
        (Some(s), Some(e)) if s < 0 && e < 0 => match e.saturating_sub(s) {
            ..=0 => call.calc.literal(0),
            apart => from_0(size + e).at_most(apart),
        },
        (Some(s), _) if s < 0 && at_end => size.at_most(s.saturating_neg()),
        (Some(s), Some(e)) if s >= 0 && (0..=s).contains(&e) => call.calc.literal(0),
        (Some(0), Some(e)) if e < 0 => from_0(size + e),
        (Some(0), _) if at_end => size,
        (Some(0), _) => end.at_most(size),
        (Some(s), Some(e)) if s > 0 && e < 0 => from_0(size + e.saturating_sub(s)),
        (Some(s), _) => {
            let last = if at_end { size } else { end.at_most(size) };
            let first = if s < 0 { from_0(size + s) } else { start };
            from_0(last - first)
        }
        (None, _) => {
            let last = match e {
                _ if at_end => size,
                Some(e) if e < 0 => from_0(size + e),
                _ => end.at_most(size),
            };
            from_0(last - start)
        }
    }
}

/// Whether a number of which only its formula is known counts from the front at every size.
fn is_from_front<'c>(call: &Call<'c, '_>, q: Qty<'c>) -> bool {
    call.known(q).is_some() || call.calc.least(q.line()).is_some_and(|n| n >= 0)
}

/// The numbers of a vector of which a part is taken.
fn carry<'c>(call: &Call<'c, '_>, whole: &[Qty<'c>], start: Qty<'c>, step: i64, given: Given<'c>) -> Given<'c> {
    let count = given.shape.as_ref().and_then(|shape| call.known(shape[0]));
    let (Some(count), Some(start)) = (count, call.known(start)) else { return given };
    let length = whole.len() as i64;
    let start = if start < 0 { start + length } else { start }.clamp(0, (length - 1).max(0));
    let kept = (0..count).map(|at| {
        let at = at.checked_mul(step).and_then(|by| start.checked_add(by));
        at.and_then(|at| usize::try_from(at).ok()).and_then(|at| whole.get(at).copied())
    });
    match kept.collect::<Option<Vec<_>>>() {
        Some(kept) => given.with(kept),
        None => given,
    }
}
