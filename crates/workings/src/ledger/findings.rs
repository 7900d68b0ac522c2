//! What is wrong with a network, said where it began and once.

use calc::{Line, Relation, Step, Value, Working};

use super::Ledger;
use crate::fault::{Fault, Place};
use crate::{claims, glossary};

/// Something to say about a network: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: &'static str,
    /// The layer that it is about.
    pub at: Box<str>,
    /// Where that was written.
    pub place: Place,
    /// What was found and what was needed.
    pub says: String,
    /// What to do.
    pub hint: Option<String>,
}

/// What is wrong with a network that was worked out, and the faults of its layers, in the order of the layers.
pub(super) fn of(ledger: &Ledger, faults: Vec<(usize, Fault)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (input, shape) in ledger.model.inputs.iter().zip(&ledger.inputs) {
        on(ledger, (&input.name, input.place), shape.iter().copied(), &mut findings);
    }
    let mut faults = faults.into_iter().peekable();
    for (index, (layer, row)) in ledger.model.layers.iter().zip(&ledger.rows).enumerate() {
        while let Some((_, Fault { says, hint, .. })) = faults.next_if(|(at, _)| *at == index) {
            findings.push(Finding { code: "layer", at: layer.name.clone(), place: layer.place, says, hint });
        }
        on(ledger, (&layer.name, layer.place), ledger.page.between(row.lines.clone()), &mut findings);
    }
    findings
}

/// What first went wrong on these lines, each thing once.
fn on(ledger: &Ledger, (at, place): (&str, Place), lines: impl Iterator<Item = Line>, findings: &mut Vec<Finding>) {
    let first = findings.len();
    for line in lines.filter(|line| ledger.page.value(*line) == Value::Broken(*line)) {
        let Some((code, says, hint)) = broken(ledger, line) else { continue };
        let says = format!("{at}: {says}");
        if findings[first..].iter().all(|known| known.says != says) {
            findings.push(Finding { code, at: at.into(), place, says, hint });
        }
    }
}

/// What broke on a line, in words with its numbers.
fn broken(ledger: &Ledger, line: Line) -> Option<(&'static str, String, Option<String>)> {
    let working = Working::plain(&ledger.page, glossary::neutral);
    let read = |line| working.numbers(line, &mut |_| calc::Expr::Unknown).to_string();
    match ledger.page.step(line) {
        Step::Claimed { claim } => {
            let known = claims::known(claim.says);
            let (subject, other) = (ledger.page.known(claim.subject)?, ledger.page.known(claim.other)?);
            let found = match claim.relation {
                Relation::DividesInto if other != 0 => {
                    let (q, r) = (subject.div_euclid(other), subject.rem_euclid(other));
                    format!("{subject} = {q} × {other} + {r}")
                }
                relation => match read(claim.subject) {
                    sum if sum == calc::grouped(subject) => format!("{sum} is not {} {other}", relation.says()),
                    sum => format!("{sum} = {} is not {} {other}", calc::grouped(subject), relation.says()),
                },
            };
            let hint = known.map(|claim| (claim.hint)(subject, other));
            Some((known.map_or("claim", |c| c.code), format!("“{}” does not hold: {found}", claim.says), hint))
        }
        Step::Pair { pair, a, b } => {
            let (a, b) = (read(a), read(b));
            Some(match pair {
                calc::Pair::Div => ("division", format!("{a} does not divide by {b} without a remainder"), None),
                calc::Pair::FloorDiv | calc::Pair::CeilDiv => ("division", format!("{a} is divided by {b}"), None),
                _ => (
                    "too-large",
                    format!("a number passes 2^127 where {a} and {b} are joined"),
                    Some("make the sizes smaller".to_owned()),
                ),
            })
        }
        _ => None,
    }
}
