//! Audits of sheets with planted mistakes.

use std::collections::BTreeMap;

use formats::sheet;
use sources::Memory;
use workings::Model;
use workings::audit::mistakes::MISTAKES;
use workings::audit::{Audit, Judged, Verdict, audit};
use workings::worksheet::fill::{self, Filled, Outcome, Planted, SLIPS, Style, Truth};
use workings::worksheet::{Column, Sheet};

use crate::damage::damage;
use crate::network::network;
use crate::render;
use crate::rng::Rng;
use crate::sheet::{Paper, style};

/// Wrong rules for layers that these networks do not have: dilation, unequal sides, transposed, adaptive, groups, norms,
/// recurrences, attention.
const ELSEWHERE: [&str; 10] = ["S16", "S17e", "S19", "S20a", "S20b", "S20c", "P13", "P14", "P15", "P16"];

/// What most cells are.
pub const RIGHT: Truth = Truth::Right;

/// A sheet with planted mistakes.
pub struct Case {
    /// The network in the project's notation.
    pub net: String,
    /// The same, read.
    pub model: Model,
    /// How it is written.
    pub style: Style,
    /// As it was filled in.
    pub filled: Filled,
    /// As it came out of the scanner.
    pub paper: Paper,
    /// Whether it was damaged.
    pub damaged: bool,
}

/// Every code that can be planted here.
pub fn codes() -> Vec<&'static str> {
    let here = |code: &&str| !ELSEWHERE.iter().any(|other| code.starts_with(other)) && !code.starts_with("P17");
    MISTAKES.iter().map(|mistake| mistake.code).filter(here).chain(SLIPS).collect()
}

/// A network of a trial.
pub fn model_of(net: &str) -> Model {
    let (model, faults) = formats::net::read(net);
    assert!(faults.is_empty(), "{faults:?} in\n{net}");
    model
}

impl Case {
    /// The case of a trial: every second one is damaged.
    pub fn of(seed: u64, trial: u64) -> Case {
        let mut rng = Rng::of(seed, trial);
        let damaged = trial % 2 == 1;
        let codes = codes();
        let net = network(&mut rng, &format!("trial-{trial}"));
        let model = model_of(&net);
        let rows = model.layers.iter().filter(|layer| layer.op.is_some_and(|op| has_row(op.name))).count();
        let style = style(&mut rng);
        let filled = loop {
            let count = rng.between(1, 3);
            let mut planted: Vec<Planted> = Vec::new();
            while planted.len() < count {
                let code = rng.one(&codes);
                let row = if code.starts_with("T4") { rows } else { rng.below(rows) };
                let plant = Planted { row, code, pick: rng.next() };
                let all: Vec<Planted> = planted.iter().copied().chain([plant]).collect();
                let free = planted.iter().all(|other| other.row != row || family(other.code) != family(code));
                if free && fill::fill(&model, &style, &all).is_some_and(|filled| seen(&filled)) {
                    planted = all;
                }
            }
            if let Some(filled) = fill::fill(&model, &style, &planted).filter(seen) {
                break filled;
            }
        };
        let mut paper = Paper::of(&filled);
        if damaged {
            damage(&mut rng, &mut paper);
        }
        Case { net, model, style, filled, paper, damaged }
    }

    /// The sheet, read from Markdown.
    pub fn sheet(&self) -> Result<Sheet, String> {
        read("trial.md", render::markdown(&self.paper))
    }
}

/// Whether a layer has a row of its own.
pub fn has_row(op: &str) -> bool {
    matches!(op, "conv" | "pool" | "dense")
}

/// The one sheet of a text.
pub fn read(name: &str, text: String) -> Result<Sheet, String> {
    let (mut sheets, _) = sheet::read(&Memory::new(name, text.into_bytes())).map_err(|fault| fault.says)?;
    match sheets.len() {
        1 => Ok(sheets.remove(0)),
        n => Err(format!("read as {n} sheets")),
    }
}

fn seen(filled: &Filled) -> bool {
    filled.outcomes.iter().all(|outcome| outcome.visible)
}

fn family(code: &str) -> u8 {
    match code {
        "T1" | "T2" | "S20d" | "S20e" | "S20f" => 0,
        "T3" => 1,
        code if code.starts_with('S') => 1,
        code if code.starts_with('P') => 2,
        _ => 3,
    }
}

/// A number of some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub of: usize,
    /// Of how many.
    pub all: usize,
}

impl Share {
    fn take(&mut self, yes: bool) {
        self.of += usize::from(yes);
        self.all += 1;
    }

    fn add(&mut self, other: Share) {
        self.of += other.of;
        self.all += other.all;
    }

    /// In hundredths; 100 of none.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { self.of as f64 * 100.0 / self.all as f64 }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.all {
            0 => f.pad("–"),
            all => f.pad(&format!("{:.2} % ({}/{all})", self.percent(), self.of)),
        }
    }
}

/// What is counted of a kind of mistake.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Mistakes that make a number wrong: those that the audit says something of.
    pub found: Share,
    /// Those that it calls wrong, not misread.
    pub blamed: Share,
    /// Those whose cause is the first or second that it names.
    pub named: Share,
    /// The same where the number and the text do not hide it.
    pub named_open: Share,
    /// Masked ones whose step the audit speaks of.
    pub masked: Share,
    /// Mistakes that another network, worked out rightly, would show too.
    pub otherwise: Share,
}

/// What is counted of some sheets.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By code.
    pub codes: BTreeMap<&'static str, Found>,
    /// Right cells that are accused: called wrong, or said to follow from a mistake.
    pub accused: Share,
    /// Right cells of which a figure is left unexplained.
    pub open: Share,
    /// Right cells, not damaged, in which a slip is seen.
    pub slips: Share,
    /// Cells that carry an error forward and are blamed for it.
    pub blamed: Share,
    /// Cells that carry an error forward whose beginning is told rightly.
    pub began: Share,
    /// Sheets that were not read as one sheet of as many rows.
    pub unread: Share,
}

impl Counts {
    /// All kinds together.
    pub fn all(&self) -> Found {
        let mut all = Found::default();
        for found in self.codes.values() {
            all.found.add(found.found);
            all.blamed.add(found.blamed);
            all.named.add(found.named);
            all.named_open.add(found.named_open);
            all.masked.add(found.masked);
            all.otherwise.add(found.otherwise);
        }
        all
    }

    /// Counts with others.
    pub fn add(&mut self, other: &Counts) {
        for (code, found) in &other.codes {
            let mine = self.codes.entry(code).or_default();
            mine.found.add(found.found);
            mine.blamed.add(found.blamed);
            mine.named.add(found.named);
            mine.named_open.add(found.named_open);
            mine.masked.add(found.masked);
            mine.otherwise.add(found.otherwise);
        }
        self.accused.add(other.accused);
        self.open.add(other.open);
        self.slips.add(other.slips);
        self.blamed.add(other.blamed);
        self.began.add(other.began);
        self.unread.add(other.unread);
    }
}

/// Something that an audit did not get right.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The kind, for grouping.
    pub kind: String,
    /// The row, from 1, and the column.
    pub cell: (usize, Column),
    /// What was said.
    pub says: String,
}

/// The audit of a case, against its network or from the sheet alone.
pub fn audited(case: &Case, key: bool) -> Result<Audit, String> {
    let sheet = case.sheet()?;
    if sheet.rows.len() != case.paper.rows.len() {
        return Err(format!("read as {} rows of {}", sheet.rows.len(), case.paper.rows.len()));
    }
    Ok(audit(&sheet, key.then_some(&case.model)))
}

/// Counts what an audit says of a case.
pub fn count(case: &Case, key: bool, said: &Result<Audit, String>) -> (Counts, Vec<Failure>) {
    let mut counts = Counts::default();
    let mut failures = Vec::new();
    let audit = match said {
        Ok(audit) => audit,
        Err(says) => {
            counts.unread.take(true);
            failures.push(Failure { kind: "unread".to_owned(), cell: (0, Column::Total), says: says.clone() });
            return (counts, failures);
        }
    };
    counts.unread.take(false);
    let cells: BTreeMap<(usize, Column), &Judged> = audit
        .cells
        .iter()
        .filter(|cell| cell.verdict != Verdict::Missing)
        .map(|cell| ((cell.row, cell.column), cell))
        .collect();
    let mut fail = |kind: String, cell: (usize, Column), of: Option<&Judged>| {
        let says = of.map_or_else(
            || "not judged".to_owned(),
            |of| {
                let rule = |cause: &workings::audit::Cause| cause.rule;
                let rivals: Vec<_> = of.rivals.iter().map(rule).collect();
                format!(
                    "{} {} {rivals:?}, right {:?}: {}",
                    of.verdict.name(),
                    of.cause.as_ref().map_or("-", rule),
                    of.right,
                    of.says
                )
            },
        );
        failures.push(Failure { kind, cell, says });
    };
    for outcome in &case.filled.outcomes {
        planted(&mut counts, outcome, key, &cells, &mut fail);
    }
    let rows = case.filled.rows.iter().enumerate();
    let entries =
        rows.flat_map(|(row, cells)| Column::OF_ROW.into_iter().zip(cells).map(move |(c, entry)| (row, c, entry)));
    for (row, column, entry) in entries.chain([(case.filled.rows.len(), Column::Total, &case.filled.total)]) {
        let judged = cells.get(&(row + 1, column)).copied();
        let verdict = judged.map_or(Verdict::Missing, |judged| judged.verdict);
        let damaged = case.paper.spot(row.min(case.paper.rows.len() - 1), column).damaged;
        let wrong = matches!(
            verdict,
            Verdict::Wrong | Verdict::Ambiguous | Verdict::Unexplained | Verdict::Convention | Verdict::Missing
        );
        let name = column.name();
        // From the sheet alone, what a mistake hides behind another network makes other cells right.
        match entry.truth {
            Truth::Right => {
                if entry.text.is_empty() && verdict == Verdict::Blank {
                    continue;
                }
                let open = verdict == Verdict::Unexplained;
                counts.open.take(open);
                let accused = wrong && !open || verdict == Verdict::Carried || verdict == Verdict::Misread && !damaged;
                counts.accused.take(accused);
                if accused || open {
                    fail(format!("accused {name} {}", verdict.name()), (row + 1, column), judged);
                }
                if !damaged {
                    counts.slips.take(verdict == Verdict::RightWithSlip);
                    if verdict == Verdict::RightWithSlip {
                        fail(format!("slip {name}"), (row + 1, column), judged);
                    }
                }
            }
            Truth::Carried(from, of) => {
                counts.blamed.take(wrong);
                if wrong {
                    fail(format!("carried-blamed {name} {}", verdict.name()), (row + 1, column), judged);
                }
                if let Some(judged) = judged.filter(|judged| judged.verdict == Verdict::Carried) {
                    counts.began.take(judged.began_at == Some((from + 1, of)));
                }
            }
            Truth::Wrong(_) | Truth::Masked(_) => {}
        }
    }
    (counts, failures)
}

fn planted(
    counts: &mut Counts,
    outcome: &Outcome,
    key: bool,
    cells: &BTreeMap<(usize, Column), &Judged>,
    fail: &mut impl FnMut(String, (usize, Column), Option<&Judged>),
) {
    let code = outcome.planted.code;
    let found = counts.codes.entry(code).or_default();
    let judged: Vec<&Judged> =
        outcome.cells.iter().filter_map(|&(row, column)| cells.get(&(row + 1, column)).copied()).collect();
    let said = |judged: &&&Judged| !matches!(judged.verdict, Verdict::Right | Verdict::Blank | Verdict::Carried);
    let blames = |judged: &&Judged| {
        matches!(judged.verdict, Verdict::Wrong | Verdict::Ambiguous | Verdict::Unexplained | Verdict::Convention)
    };
    let speaks = judged.iter().find(said);
    let first = outcome.cells[0];
    let cell = (first.0 + 1, first.1);
    if outcome.masked {
        found.masked.take(speaks.is_some());
        if speaks.is_none() {
            fail(format!("masked {code}"), cell, judged.first().copied());
        }
        return;
    }
    if !key && outcome.otherwise {
        found.otherwise.take(speaks.is_some());
        return;
    }
    found.found.take(speaks.is_some());
    found.blamed.take(judged.iter().any(blames));
    if speaks.is_none() {
        fail(format!("missed {code}"), cell, judged.first().copied());
    }
    let names = |judged: &&Judged| judged.cause.iter().chain(judged.rivals.first()).any(|cause| cause.rule == code);
    let named = judged.iter().any(names);
    found.named.take(named);
    if outcome.alike.is_empty() && (key || !outcome.reached) {
        found.named_open.take(named);
        if !named && speaks.is_some() {
            fail(format!("cause {code}"), cell, speaks.copied());
        }
    }
}
