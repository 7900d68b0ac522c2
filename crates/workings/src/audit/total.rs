//! The total at the foot: a checksum over the rows, which chooses between their explanations.

use calc::Calc;

use super::digest::Digest;
use super::evidence::{self, Tally};
use super::hand::Hand;
use super::mistakes::{Column, MISTAKES, Wrong};
use super::search::{Taken, WRONG};

/// How the total was summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summed {
    /// Every row, once.
    Right,
    /// A wrong rule, by its index; about a row, where it is.
    Wrong(usize, Option<usize>),
    /// None that is known.
    Free,
}

/// What a slip in adding up costs.
const SLIPPED: f32 = 14.0;

/// Chooses for each row the parameters that the total agrees with best. Gives what that costs more, the total as its
/// writer made it, and how.
pub(crate) fn settle(hand: &Hand, cell: &Digest<'_>, rows: &mut [Taken]) -> (f32, i128, Summed) {
    let sum = |rows: &[Taken]| rows.iter().map(|row| row.sum().params.params.unwrap_or(0)).sum::<i128>();
    let plain = sum(rows);
    if cell.is_blank() {
        return (0.0, plain, Summed::Right);
    }
    let around: Vec<i128> = rows.iter().filter_map(|row| row.sums[0].params.params).filter(|n| *n > 99).collect();
    let cost = |total: i128| {
        let mut tally = Tally::default();
        evidence::sum(&mut tally, hand, cell, total, &around);
        tally.cost
    };
    let mut best = (cost(plain), plain, Summed::Right, Vec::new());
    if best.0 > 0.0 {
        otherwise(rows, plain, &cost, &mut best);
        for (more, change) in alternatives(rows, best.0) {
            if more + WRONG >= best.0 {
                break;
            }
            change.iter().for_each(|&(row, at)| rows[row].chosen = at);
            for (extra, total, how) in wrong_totals(rows) {
                let cost = more + extra + cost(total);
                if cost < best.0 {
                    best = (cost, total, how, change.clone());
                }
            }
            change.iter().for_each(|&(row, _)| rows[row].chosen = 0);
        }
        let read = cell.alone().last().and_then(|figure| figure.value());
        // A slip in adding up: nothing says which.
        if let Some(read) = read.filter(|_| best.0 > SLIPPED) {
            best = (SLIPPED, read, Summed::Free, Vec::new());
        }
    }
    for (row, chosen) in &best.3 {
        rows[*row].chosen = *chosen;
    }
    (best.0, best.1, best.2)
}

/// Rows taken otherwise than their cheapest explanation has it: each with the index of another.
type Change = Vec<(usize, usize)>;
type Best = (f32, i128, Summed, Change);
/// How many rows a wrong total may be put beside another explanation of.
const BESIDE: usize = 6;

/// The rows as they are, and with one taken otherwise, the cheapest first.
fn alternatives(rows: &[Taken], most: f32) -> Vec<(f32, Change)> {
    let mut changes: Vec<(f32, Change)> = vec![(0.0, Vec::new())];
    for (index, row) in rows.iter().enumerate() {
        for (at, sum) in row.sums.iter().enumerate().skip(1) {
            let more = sum.cost - row.sums[0].cost;
            if more < most {
                changes.push((more, vec![(index, at)]));
            }
        }
    }
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    changes.truncate(1 + BESIDE);
    changes
}

/// One or two rows taken otherwise than their cheapest explanation has it.
fn otherwise(rows: &[Taken], plain: i128, cost: &impl Fn(i128) -> f32, best: &mut Best) {
    let params = |row: &Taken, at: usize| row.sums[at].params.params.unwrap_or(0);
    let mut changes: Vec<(usize, usize, f32, i128)> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        for at in 1..row.sums.len() {
            let more = row.sums[at].cost - row.sums[0].cost;
            if more < best.0 {
                changes.push((index, at, more, params(row, at) - params(row, 0)));
            }
        }
    }
    changes.sort_by(|a, b| a.2.total_cmp(&b.2));
    changes.truncate(24);
    for (i, first) in changes.iter().enumerate() {
        let cost_one = first.2 + cost(plain + first.3);
        if cost_one < best.0 {
            *best = (cost_one, plain + first.3, Summed::Right, vec![(first.0, first.1)]);
        }
        for second in changes.iter().skip(i + 1).filter(|second| second.0 != first.0) {
            let more = first.2 + second.2;
            if more < best.0 {
                let total = plain + first.3 + second.3;
                let cost = more + cost(total);
                if cost < best.0 {
                    *best = (cost, total, Summed::Right, vec![(first.0, first.1), (second.0, second.1)]);
                }
            }
        }
    }
}

/// What the wrong rules for totals make of the rows.
fn wrong_totals(rows: &[Taken]) -> Vec<(f32, i128, Summed)> {
    let calc = Calc::new();
    let given = |n: Option<i128>| n.filter(|n| *n > 0).map(|n| calc.given("params", n));
    let column = Column {
        calc: &calc,
        params: rows.iter().map(|row| given(row.sum().params.params)).collect(),
        biases: rows.iter().map(|row| given(row.sum().params.biases)).collect(),
        outputs: rows.iter().map(|row| given(row.out.iter().try_fold(1i128, |p, &n| p.checked_mul(n)))).collect(),
    };
    let mut made = Vec::new();
    for (index, mistake) in MISTAKES.iter().enumerate() {
        if let Wrong::Total(rule) = mistake.rule {
            for (row, total) in rule(&column) {
                made.push((WRONG + f32::from(mistake.rarity), total.line(), Summed::Wrong(index, row)));
            }
        }
    }
    drop(column);
    let page = calc.into_page();
    made.into_iter().filter_map(|(cost, line, how)| Some((cost, page.known(line)?, how))).collect()
}
