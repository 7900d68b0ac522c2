//! Explaining a sheet: the search run until the hand is learned, then every cell judged.

use std::collections::BTreeMap;

use super::alone::{Dims, Reader};
use super::digest::{RowDigest, SheetDigest};
use super::hand::{Edit, Hand, NEVER};
use super::judge::{Judge, Learned, learned};
use super::layers::{self, Kind};
use super::plan::{self, Plan};
use super::search::{Path, Search, Stand};
use super::total::Summed;
use super::{Audit, Judged, MOST_ROWS, Misreading, Score, Verdict, candidates};
use crate::ledger::{Binds, Ledger};
use crate::model::Model;
use crate::worksheet::{Column, Sheet};

/// What it costs at first to say that a hand has a habit, and what the habit costs afterwards.
const HABIT: f32 = 5.0;
const HABITUAL: f32 = 1.2;
/// How often the hand is learned anew.
const ROUNDS: usize = 3;
/// Sheets with more rows are explained with the hand as it is at first.
const LONG: usize = 200;
/// How many habits are tried at once.
const MOST: usize = 4;

/// A sheet explained, with the hand that it took.
pub(super) struct Explained {
    pub path: Path,
    pub hand: Hand,
    pub misreadings: Vec<Misreading>,
}

/// Explains a sheet: searches, learns the hand from what had to be repaired, and searches again.
pub(super) fn explain<'s>(
    sheet: &SheetDigest<'s>,
    kinds: &'s [Kind],
    stands: Option<&[Stand]>,
    inputs: &[(Dims, f32)],
) -> Option<Explained> {
    if sheet.rows.len() > MOST_ROWS {
        return None;
    }
    let readers: Vec<Reader<'_>> = kinds.iter().map(|kind| kind.alone.reader()).collect();
    let run = |hand: &Hand, most: f32| {
        let search = Search::new(sheet, kinds, &readers, hand, stands);
        let inputs = if stands.is_some() { inputs.to_vec() } else { candidates::inputs(&search) };
        search.run(&inputs, most)
    };
    let mut hand = Hand::default();
    let mut path = run(&hand, f32::INFINITY)?;
    let rounds = if sheet.rows.len() > LONG { 0 } else { ROUNDS };
    for _ in 0..rounds {
        let search = Search::new(sheet, kinds, &readers, &hand, stands);
        let Learned { seen, written, .. } = learned(&search, &path);
        let suspected = suspected(&path, &seen);
        if seen.is_empty() && suspected.is_empty() {
            break;
        }
        let base = Hand::learned(&seen, &written);
        // Where nothing is put down to a wrong rule or a slip, other habits have nothing to explain.
        let seldom: Vec<(Pair, usize)> = match suspected.is_empty() {
            true => Vec::new(),
            false => seen.iter().map(|(&pair, &times)| (pair, times)).collect(),
        };
        let mut best: Option<(f32, Hand, Path)> = None;
        for (price, hand) in tries(&base, &seldom, &suspected, &written) {
            let most = best.as_ref().map_or(f32::INFINITY, |(least, ..)| least - price);
            let Some(path) = run(&hand, most) else { continue };
            let cost = path.cost + price;
            if best.as_ref().is_none_or(|(least, ..)| cost < *least - 0.01) {
                best = Some((cost, hand, path));
            }
        }
        let Some((_, next, found)) = best else { break };
        let same = same(&found, &path);
        (hand, path) = (next, found);
        if same {
            break;
        }
    }
    let search = Search::new(sheet, kinds, &readers, &hand, stands);
    let Learned { seen, others, .. } = learned(&search, &path);
    let misreadings = misreadings(seen.into_iter().map(|((from, to), n)| (Edit::Digit(from, to), n)).chain(others));
    Some(Explained { path, hand, misreadings })
}

/// A misreading of a digit: written, read.
type Pair = (u8, u8);

/// Hands to try: the one that was learned, and the same with habits that were seen too seldom, or are only suspected. Each
/// with what it costs to say so: a habit is the dearer the oftener its digit was read rightly.
fn tries(base: &Hand, seen: &[(Pair, usize)], suspected: &[(Pair, usize)], written: &[usize; 10]) -> Vec<(f32, Hand)> {
    let share = |pair: Pair, times: usize| times as f32 / (written[usize::from(pair.0)].max(times) + 1) as f32;
    let with = |hand: &Hand, (pair, times): (Pair, usize)| {
        hand.with(pair.0, pair.1, (-share(pair, times).ln()).clamp(HABITUAL, HABIT))
    };
    let price = |(pair, times): (Pair, usize)| {
        let rightly = written[usize::from(pair.0)].saturating_sub(times) as f32;
        HABIT - HABITUAL - rightly * (1.0 - share(pair, times)).ln()
    };
    let mut seldom: Vec<(Pair, usize)> = seen.iter().copied().filter(|(_, times)| *times < 3).collect();
    seldom.truncate(MOST);
    let mut tries = vec![(0.0, base.clone())];
    tries.extend(seldom.iter().map(|&habit| (price(habit), with(base, habit))));
    let others = suspected.iter().filter(|(pair, _)| !seldom.iter().any(|(known, _)| known == pair));
    tries.extend(others.map(|&habit| (price(habit), with(base, habit))));
    // Habits that hide each other are only seen together.
    if suspected.len() > 1 {
        let all = suspected.iter().fold(base.clone(), |hand, habit| with(&hand, *habit));
        tries.push((suspected.iter().map(|&habit| price(habit)).sum(), all));
    }
    tries
}

/// The misreadings that would explain what was put down to a wrong rule, a slip or a wrong copy, and how often they would
/// have happened.
fn suspected(path: &Path, seen: &BTreeMap<Pair, usize>) -> Vec<(Pair, usize)> {
    let hand = Hand::default();
    let mut times: BTreeMap<Pair, usize> = BTreeMap::new();
    let mut take = |own: i128, truth: i128| {
        if own != truth && hand.cost(&own.to_string(), truth) < NEVER {
            for edit in hand.edits(&own.to_string(), truth) {
                if let Edit::Digit(from, to) = edit {
                    *times.entry((from, to)).or_insert(0) += 1;
                }
            }
        }
    };
    for taken in &path.rows {
        if let Some(truth) = &taken.out_true {
            taken.out.iter().zip(truth).skip(1).take(1).for_each(|(own, truth)| take(*own, *truth));
        }
        if let (Some(own), Some(truth)) = (taken.sum().params.params, taken.params_true.params) {
            take(own, truth);
        }
    }
    if let (Summed::Free, Some(truth)) = (path.total_rule, path.total_true) {
        take(path.total, truth);
    }
    times.retain(|pair, _| seen.get(pair).is_none_or(|times| *times < 3));
    let mut pairs: Vec<(Pair, usize)> = times.into_iter().collect();
    pairs.iter_mut().for_each(|(pair, times)| *times += seen.get(pair).copied().unwrap_or(0));
    pairs.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    pairs.truncate(MOST);
    pairs
}

/// Whether two paths say the same.
fn same(a: &Path, b: &Path) -> bool {
    a.total == b.total
        && a.rows.len() == b.rows.len()
        && a.rows.iter().zip(&b.rows).all(|(a, b)| {
            a.settings == b.settings && a.out == b.out && a.input == b.input && a.size == b.size && a.chosen == b.chosen
        })
}

fn misreadings(edits: impl Iterator<Item = (Edit, usize)>) -> Vec<Misreading> {
    let mut list: Vec<Misreading> = edits
        .map(|(edit, times)| {
            let (written, read) = match edit {
                Edit::Digit(from, to) => (from.to_string(), to.to_string()),
                Edit::Dropped(digit) => (digit.to_string(), String::new()),
                Edit::Added(digit) => (String::new(), digit.to_string()),
                Edit::Swapped(a, b) => (format!("{a}{b}"), format!("{b}{a}")),
                Edit::Cut => ("…".to_owned(), String::new()),
            };
            Misreading { written, read, times }
        })
        .collect();
    list.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| (&a.written, &a.read).cmp(&(&b.written, &b.read))));
    list
}

/// Judges every cell of a sheet.
pub(super) fn audit(sheet: &Sheet, key: Option<&Model>) -> Audit {
    let digest = SheetDigest::of(sheet);
    let network = key.map(|key| key.name.to_string()).or_else(|| sheet.name.as_deref().map(str::to_owned));
    let mut audit =
        Audit { network: network.unwrap_or_default(), unplaced: sheet.unplaced.clone(), ..Audit::default() };
    let done = match key {
        Some(key) => against(&digest, key, &mut audit),
        None => alone(&digest, &mut audit),
    };
    audit.notes.extend(too_long(&digest));
    if done.is_none() {
        audit.notes.push(match key {
            Some(key) => format!("No row of the sheet could be held against the network `{}`.", key.name),
            None => "There is too little on the sheet to check it against itself.".to_owned(),
        });
    }
    score(&mut audit);
    audit
}

/// The cells of which only the beginning was looked at.
fn too_long(digest: &SheetDigest<'_>) -> Vec<String> {
    let cells = |row: &RowDigest<'_>| {
        let cells = [&row.kernel, &row.input, &row.kernels, &row.calculation, &row.output, &row.params];
        cells.map(|cell| cell.left_out)
    };
    let rows = digest.rows.iter().enumerate().flat_map(|(at, row)| {
        let left_out = Column::OF_ROW.iter().zip(cells(row)).filter(|(_, left_out)| *left_out > 0);
        left_out.map(move |(column, n)| format!("Row {}, {}: {n}", at + 1, column.name())).collect::<Vec<_>>()
    });
    rows.map(|cell| format!("{cell} of its steps not looked at; the cell is longer than a working of one row."))
        .collect()
}

/// Against a network.
fn against(digest: &SheetDigest<'_>, key: &Model, audit: &mut Audit) -> Option<()> {
    let (ledger, _) = Ledger::of(key.clone(), &Binds::new());
    let kinds = layers::of_model(key, &ranks(&ledger));
    let Plan { stands, missing, alike } = plan::align(digest, &ledger, &kinds, &Hand::default());
    let known = |lines: &[calc::Line]| -> Option<Dims> {
        lines.get(1..)?.iter().map(|&line| ledger.page.known(line)).collect()
    };
    let input = ledger.inputs.first().and_then(|lines| known(lines))?;
    if alike * 2 < digest.rows.len() {
        audit.notes.push(format!(
            "Only {alike} of {} rows look like the network `{}`: it may be the key of another sheet. \
             `workings recover` finds the network that this sheet describes.",
            digest.rows.len(),
            key.name
        ));
    }
    let explained = explain(digest, &kinds, Some(&stands), &[(input, 0.0)])?;
    judged(digest, &kinds, Some(&stands), explained, audit);
    for (layer, row) in missing {
        audit.cells.push(missed(&ledger, layer, row));
    }
    Some(())
}

/// From the sheet alone.
fn alone(digest: &SheetDigest<'_>, audit: &mut Audit) -> Option<()> {
    let kinds = layers::open(digest.sheet);
    let explained = explain(digest, &kinds, None, &[])?;
    judged(digest, &kinds, None, explained, audit);
    Some(())
}

fn judged(digest: &SheetDigest<'_>, kinds: &[Kind], stands: Option<&[Stand]>, explained: Explained, audit: &mut Audit) {
    let readers: Vec<Reader<'_>> = kinds.iter().map(|kind| kind.alone.reader()).collect();
    let search = Search::new(digest, kinds, &readers, &explained.hand, stands);
    audit.cells = Judge::new(&search, &explained.path).cells();
    audit.misreadings = explained.misreadings;
}

/// How many sizes each layer's inputs have.
pub(super) fn ranks(ledger: &Ledger) -> Vec<Vec<usize>> {
    let rank = |from: &crate::model::From| ledger.shape(*from).map_or(3, |lines| lines.len().saturating_sub(1).max(1));
    ledger.model.layers.iter().map(|layer| layer.inputs.iter().map(rank).collect()).collect()
}

/// A layer of the key without a row.
fn missed(ledger: &Ledger, layer: usize, row: usize) -> Judged {
    let name = &ledger.model.layers[layer].name;
    let written = &ledger.model.layers[layer].written;
    Judged {
        row: row + 1,
        column: Column::Output,
        read: String::new(),
        place: Default::default(),
        verdict: Verdict::Missing,
        right: None,
        cause: None,
        rivals: Vec::new(),
        began_at: None,
        confidence: 0.8,
        says: format!("The network has {name} (`{written}`) here, and the sheet has no row for it."),
    }
}

/// What counts as right: strictly, and with errors carried forward and the benefit of the doubt.
fn score(audit: &mut Audit) {
    for cell in &audit.cells {
        let empty = cell.verdict == Verdict::Blank && cell.right.is_none();
        if empty {
            continue;
        }
        let strictly = cell.verdict == Verdict::Right;
        let kindly = matches!(
            cell.verdict,
            Verdict::Right | Verdict::RightWithSlip | Verdict::Carried | Verdict::Convention | Verdict::Misread
        );
        audit.strict = Score { right: audit.strict.right + usize::from(strictly), of: audit.strict.of + 1 };
        audit.carried = Score { right: audit.carried.right + usize::from(kindly), of: audit.carried.of + 1 };
    }
}
