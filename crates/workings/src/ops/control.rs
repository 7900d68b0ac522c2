//! Graphs within a graph: branches of a condition, bodies of loops.
//!
//! - Shape: what both branches give alike (ONNX operator `If`); the state as it is at the end of a turn, or as it was before
//!   where there may be none, and what every turn gives, one after the other (operators `Loop`, `Scan`). A size of a state
//!   that is another one every turn is open.
//! - Multiply-adds: those of the branch that runs, where it is settled or both have as many; those of a turn, times the turns,
//!   where all turns have as many. Otherwise they are not known.

use calc::Qty;

use super::{Onnx, Operator};
use crate::call::{Answer, Call, Given, Inner, Stop, Values};
use crate::node::{Macs, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "control",
    title: "Branches and loops",
    onnx: &[Onnx::word("If", branch), Onnx::word("Loop", turns), Onnx::word("Scan", scan)],
    ..Operator::NEW
};

fn inner<'c>(call: &Call<'c, '_>, name: &str) -> Result<Inner<'c>, Stop> {
    call.graph(name).ok_or_else(|| call.wrong(format!("it has no `{name}`")))
}

fn branch<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (first, second) = (inner(call, "then_branch")?, inner(call, "else_branch")?);
    if let Some(told) = call.told(0).and_then(|all| all.first().copied()) {
        let runs = if told != 0 { first } else { second };
        return Ok(Row { macs: runs.macs, ..Row::giving(runs.outputs) });
    }
    let outputs = first.outputs.iter().zip(&second.outputs).enumerate();
    let given = outputs.map(|(at, (one, other))| alike(call, at, one, other)).collect::<Vec<_>>();
    let number = |macs: &Macs<'c>| total(call, macs).map_or(Some(0), |sum| call.calc.known(sum.line()));
    let macs = match (number(&first.macs), number(&second.macs)) {
        (Some(one), Some(other)) if one == other => first.macs,
        _ => undecided(call, "which of its branches runs is only known then"),
    };
    Ok(Row { macs, ..Row::giving(given) })
}

/// What two branches give alike.
fn alike<'c>(call: &Call<'c, '_>, output: usize, one: &Given<'c>, other: &Given<'c>) -> Given<'c> {
    let shape = match (&one.shape, &other.shape) {
        (Some(one), Some(other)) if one.len() == other.len() => Some(same(call, output, one, other)),
        _ => None,
    };
    Given { shape, value: None, fixed: false, dtype: one.dtype }
}

fn same<'c>(call: &Call<'c, '_>, output: usize, one: &Shape<'c>, other: &Shape<'c>) -> Shape<'c> {
    let sizes = one.iter().zip(other).enumerate();
    sizes
        .map(|(axis, (a, b))| match (call.known(*a), call.known(*b)) {
            (Some(one), Some(other)) if one == other => *a,
            _ if a.line() == b.line() => *a,
            _ => call.open(output, axis),
        })
        .collect()
}

fn total<'c>(call: &Call<'c, '_>, macs: &Macs<'c>) -> Option<Qty<'c>> {
    let all: Vec<Qty<'c>> = [macs.conv, macs.linear, macs.matmul].into_iter().flatten().collect();
    (!all.is_empty()).then(|| call.calc.sum(all))
}

/// Multiply-adds of which nobody can say how many there are.
fn undecided<'c>(call: &Call<'c, '_>, why: &str) -> Macs<'c> {
    Macs { conv: Some(call.calc.broken(&format!("{}: {why}", call.name()))), ..Macs::default() }
}

/// The multiply-adds of so many turns.
fn times<'c>(macs: Macs<'c>, turns: Qty<'c>) -> Macs<'c> {
    let times = |of: Option<Qty<'c>>| of.map(|of| of * turns);
    Macs { conv: times(macs.conv), linear: times(macs.linear), matmul: times(macs.matmul) }
}

fn turns<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let body = inner(call, "body")?;
    let states = call.inputs().saturating_sub(2);
    let most = call.whole(0).and_then(|all| all.first().copied());
    // A condition that is true all the time ends no loop. That of the body counts where none comes in too: ONNX Runtime looks
    // at it, though by the operator's definition it does not.
    let begins = call.told(1).and_then(|all| all.first().copied());
    let goes_on = !call.has(1) || begins == Some(1);
    let stays = body.outputs.first().and_then(|given| given.value.as_ref());
    let stays = matches!(stays, Some(Values::Told(all)) if all.first() == Some(&1));
    let count = most.filter(|_| goes_on && stays);
    // It need not begin at all.
    let never = begins == Some(0) || most.and_then(|most| call.known(most)).is_some_and(|most| most <= 0);
    let count = match never {
        true => Some(call.calc.literal(0)),
        false => count.map(|count| if least(call, count) < 0 { count.at_least(0) } else { count }),
    };
    let after = body.outputs.iter().skip(1).take(states).enumerate();
    let mut given: Vec<Given<'c>> = after.map(|(at, one)| state(call, at, 2 + at, one, count)).collect();
    for (at, one) in body.outputs.iter().enumerate().skip(1 + states) {
        let output = at - 1;
        given.push(stacked(call, output, one, count.unwrap_or_else(|| call.open(output, 0)), 0));
    }
    Ok(Row { macs: in_all(call, body.macs, count), ..Row::giving(given) })
}

/// The least that a count can be.
fn least<'c>(call: &Call<'c, '_>, count: Qty<'c>) -> i64 {
    call.calc.least(count.line()).unwrap_or(i64::MIN)
}

/// A state after the last turn: what the body makes of it, or what it was before the first if there is none.
fn state<'c>(call: &Call<'c, '_>, output: usize, input: usize, after: &Given<'c>, count: Option<Qty<'c>>) -> Given<'c> {
    let before = || call.arg_if_any(input).cloned().unwrap_or(Given::unknown(after.dtype));
    match count {
        Some(count) if call.known(count) == Some(0) => before(),
        Some(count) if least(call, count) >= 1 => {
            let shape = after.shape.as_ref().map(|shape| closed(call, output, shape));
            // The elements are others after every turn.
            Given { shape, value: None, fixed: false, dtype: after.dtype }
        }
        _ => alike(call, output, after, &before()),
    }
}

/// A shape without the sizes of a single turn.
fn closed<'c>(call: &Call<'c, '_>, output: usize, shape: &Shape<'c>) -> Shape<'c> {
    let sizes = shape.iter().enumerate();
    sizes.map(|(axis, size)| if call.varies(*size) { call.open(output, axis) } else { *size }).collect()
}

/// The multiply-adds of all turns, where every one of them has as many.
fn in_all<'c>(call: &Call<'c, '_>, macs: Macs<'c>, count: Option<Qty<'c>>) -> Macs<'c> {
    match (total(call, &macs), count) {
        (None, _) => Macs::default(),
        (_, Some(count)) if call.known(count) == Some(0) => Macs::default(),
        (Some(one), _) if call.varies(one) => undecided(call, "every turn has sizes of its own"),
        (Some(_), Some(count)) => times(macs, count),
        (Some(_), None) => undecided(call, "how often it goes round is only known then"),
    }
}

/// What every turn gives, along an axis of its own.
fn stacked<'c>(call: &Call<'c, '_>, output: usize, given: &Given<'c>, count: Qty<'c>, axis: usize) -> Given<'c> {
    let shape = given.shape.as_ref().map(|shape| {
        let mut shape = shape.clone();
        shape.insert(axis.min(shape.len()), count);
        closed(call, output, &shape)
    });
    Given { shape, value: None, fixed: false, dtype: given.dtype }
}

fn scan<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    if call.version() < 9 {
        return Err(call.unknown("its first version, which goes through a batch, has no rule yet"));
    }
    let body = inner(call, "body")?;
    let scanned = usize::try_from(call.int("num_scan_inputs", 0)).unwrap_or(0);
    let states =
        call.inputs().checked_sub(scanned).ok_or_else(|| call.wrong("it goes through more inputs than it has"))?;
    let first = call.shape_of(states, 1)?;
    let told = call.ints("scan_input_axes").and_then(|all| all.first().copied()).unwrap_or(0);
    let length = first[call.axis(told, first.len())?];
    let after = body.outputs.iter().take(states).enumerate();
    let mut given: Vec<Given<'c>> = after.map(|(at, one)| state(call, at, at, one, Some(length))).collect();
    for (at, one) in body.outputs.iter().skip(states).enumerate() {
        let told = call.ints("scan_output_axes").and_then(|all| all.get(at).copied()).unwrap_or(0);
        let rank = one.shape.as_ref().map_or(0, |shape| shape.len()) + 1;
        given.push(stacked(call, states + at, one, length, call.axis(told, rank)?));
    }
    Ok(Row { macs: in_all(call, body.macs, Some(length)), ..Row::giving(given) })
}
