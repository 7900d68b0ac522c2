//! Graphs within a graph: branches of a condition, bodies of loops.
//!
//! - Shape: what both branches give alike (ONNX operator `If`); the state as it is at the end of a turn, and what every turn
//!   gives, one after the other (operators `Loop`, `Scan`).
//! - Multiply-adds: those of the branch that runs, where it is settled or both have as many; those of a turn, times the turns
//!   (the largest number, where a loop may end before). Otherwise they are not known.

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
    // A condition that is missing, or true all the time, ends no loop.
    let goes_on = !call.has(1) || call.told(1).is_some_and(|all| all.first() == Some(&1));
    let stays = body.outputs.first().and_then(|given| given.value.as_ref());
    let stays = matches!(stays, Some(Values::Told(all)) if all.first() == Some(&1));
    let count = most.filter(|_| goes_on && (stays || !call.has(1)));
    let mut given: Vec<Given<'c>> = body.outputs.iter().skip(1).take(states).map(bare).collect();
    for (at, one) in body.outputs.iter().enumerate().skip(1 + states) {
        let output = at - 1;
        given.push(stacked(one, count.unwrap_or_else(|| call.open(output, 0)), 0));
    }
    let macs = match (total(call, &body.macs), count) {
        (None, _) => Macs::default(),
        (Some(_), Some(count)) => times(body.macs, count),
        (Some(_), None) => undecided(call, "how often it goes round is only known then"),
    };
    Ok(Row { macs, ..Row::giving(given) })
}

/// A state, of which the elements are others after every turn.
fn bare<'c>(given: &Given<'c>) -> Given<'c> {
    Given { value: None, fixed: false, ..given.clone() }
}

/// What every turn gives, along an axis of its own.
fn stacked<'c>(given: &Given<'c>, count: Qty<'c>, axis: usize) -> Given<'c> {
    let shape = given.shape.as_ref().map(|shape| {
        let mut shape = shape.clone();
        shape.insert(axis.min(shape.len()), count);
        shape
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
    let mut given: Vec<Given<'c>> = body.outputs.iter().take(states).map(bare).collect();
    for (at, one) in body.outputs.iter().skip(states).enumerate() {
        let told = call.ints("scan_output_axes").and_then(|all| all.get(at).copied()).unwrap_or(0);
        let rank = one.shape.as_ref().map_or(0, |shape| shape.len()) + 1;
        given.push(stacked(one, length, call.axis(told, rank)?));
    }
    let macs = if total(call, &body.macs).is_some() { times(body.macs, length) } else { Macs::default() };
    Ok(Row { macs, ..Row::giving(given) })
}
