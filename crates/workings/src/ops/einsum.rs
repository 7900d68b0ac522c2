//! Einstein's sum: products of elements by named axes, summed over the names that the output leaves out.
//!
//! - Shape: the sizes of the output's names; an ellipsis stands for the axes that have none (NumPy `einsum`; ONNX operator
//!   `Einsum`).
//! - Multiply-adds: one for every combination of all names, where two tensors meet. Of more tensors each further one is
//!   joined in turn, over the names that are still needed.

use std::collections::BTreeMap;

use calc::Qty;

use super::matmul::fixed;
use super::{Onnx, Operator, join, tensor};
use crate::call::{Answer, Call, Given, Stop};
use crate::node::{Macs, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "einsum",
    title: "Einstein's sum",
    onnx: &[Onnx::word("Einsum", onnx).with(&[None, Some(Role::Weight)])],
    ..Operator::NEW
};

/// What stands for the axes of an ellipsis, from its last one: no letter is among them.
const ELLIPSIS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let told: String = call.text("equation").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = told.split_once("->").map_or((&*told, None), |(left, right)| (left, Some(right)));
    let terms: Vec<&str> = left.split(',').collect();
    if terms.len() != call.inputs() {
        return Err(call.wrong(format!("`{told}` names {} tensors, and it takes {}", terms.len(), call.inputs())));
    }
    let mut sizes: BTreeMap<char, Qty<'c>> = BTreeMap::new();
    let mut names: Vec<Vec<char>> = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let shape = call.shape(at)?;
        let own = letters(call, term, shape.len())?;
        for (name, size) in own.iter().zip(shape) {
            let known = sizes.get(name).copied();
            let met = match known {
                Some(known) if name.is_ascii_digit() => tensor::meet(call, known, *size),
                Some(known)
                    if known.line() == size.line()
                        || call.known(known).is_some_and(|n| call.known(*size) == Some(n)) =>
                {
                    known
                }
                Some(known) => known.equals(*size, join::EQUAL),
                None => *size,
            };
            sizes.insert(*name, met);
        }
        names.push(own);
    }
    let dots: Vec<char> = sizes.keys().copied().filter(char::is_ascii_digit).rev().collect();
    let out: Vec<char> = match right {
        Some(right) => right.replace("...", &dots.iter().collect::<String>()).chars().collect(),
        // Without an output: the ellipsis, and every name that stands there once, in alphabetical order.
        None => {
            let count = |name: &char| names.iter().flatten().filter(|known| *known == name).count();
            dots.iter()
                .copied()
                .chain(sizes.keys().copied().filter(|name| name.is_alphabetic() && count(name) == 1))
                .collect()
        }
    };
    let size = |name: &char| {
        sizes.get(name).copied().ok_or_else(|| call.wrong(format!("`{told}` gives a `{name}` that it does not take")))
    };
    let shape: Shape<'c> = out.iter().map(size).collect::<Result<_, Stop>>()?;
    let mut row = Row::giving([Given::of(shape, call.dtype(0))]);
    row.macs = macs(call, &names, &out, &sizes);
    Ok(row)
}

/// The names of a tensor's axes, an ellipsis spelled out.
fn letters(call: &Call<'_, '_>, term: &str, rank: usize) -> Result<Vec<char>, Stop> {
    let named = term.replace("...", "");
    let named = named.chars().count();
    let wrong = || call.wrong(format!("`{term}` names {named} axes, and the tensor has {rank}"));
    let Some((before, after)) = term.split_once("...") else {
        return if named == rank { Ok(term.chars().collect()) } else { Err(wrong()) };
    };
    let free = rank.checked_sub(named).filter(|free| *free <= ELLIPSIS.len()).ok_or_else(wrong)?;
    Ok(before.chars().chain(ELLIPSIS[..free].iter().rev().copied()).chain(after.chars()).collect())
}

/// Tensor after tensor: every combination of the names of what is there and of the next.
fn macs<'c>(call: &Call<'c, '_>, names: &[Vec<char>], out: &[char], sizes: &BTreeMap<char, Qty<'c>>) -> Macs<'c> {
    let mut have: Vec<char> = names.first().cloned().unwrap_or_default();
    let mut sum: Option<Qty<'c>> = None;
    for at in 1..names.len() {
        let mut all = have.clone();
        all.extend(&names[at]);
        all.sort_unstable();
        all.dedup();
        let every: Vec<Qty<'c>> = all.iter().filter_map(|name| sizes.get(name).copied()).collect();
        let own = tensor::product(call, &every);
        sum = Some(sum.map_or(own, |sum| sum + own));
        let later = |name: &char| out.contains(name) || names[at + 1..].iter().any(|own| own.contains(name));
        have = all.into_iter().filter(later).collect();
    }
    match names.len() == 2 && (fixed(call, 0) || fixed(call, 1)) {
        true => Macs { linear: sum, ..Macs::default() },
        false => Macs { matmul: sum, ..Macs::default() },
    }
}
