//! From an explanation of a sheet to a verdict on every cell.

use super::alone::{Dims, Made, Params, Wrongs};
use super::evidence::{self, Fate, Note, Tally, Want};
use super::hand::Edit;
use super::layers::Kind;
use super::mistakes::MISTAKES;
use super::search::{Copied, Path, Rule, Search, Sum, Taken, flatten_rules, written};
use super::total::Summed;
use super::wording::{self, Say};
use super::{Cause, Judged, Verdict};
use crate::worksheet::{Cell, Column, Sheet};
use std::collections::BTreeMap;

/// By how much the likeliest wrong rule must be ahead of the next to be named alone.
const AHEAD: f32 = 1.8;
/// Rules that are conventions where a whole sheet keeps to them: rounding up, `same`, no biases, four numbers a channel.
const CONVENTIONS: [&str; 6] = ["S5a", "S5b", "S6", "S7", "P1", "P14a"];

/// Where something began: a row from 0, and a column.
pub(super) type Origin = Option<(usize, Column)>;

/// The notes on a row's cells, in the order of [`Column::OF_ROW`].
pub(super) struct Notes<'s> {
    pub cells: [Vec<Note<'s>>; 6],
}

/// Everything that a path says of its sheet, cell by cell.
pub(super) fn notes<'s>(search: &Search<'_, 's>, taken: &Taken) -> Notes<'s> {
    let digest = &search.sheet.rows[taken.row];
    let kind = &search.kinds[taken.kind];
    let (kernel, sum) = (kind.kernel(&taken.settings), taken.sum());
    let around = search.around(taken.row, &taken.params_own, [&taken.input, &taken.out]);
    let want = Want {
        kernel: &kernel,
        input: &taken.input,
        flattened: taken.flattened.as_ref(),
        kernels: kind.count(&taken.settings),
        out: &taken.out,
        forms: &taken.forms,
        params: sum.shown,
        around: &around,
        shapes: &search.shapes(taken.row),
    };
    let noted = |write: &dyn Fn(&mut Tally<'s>)| {
        let mut tally = Tally::noting();
        write(&mut tally);
        tally.notes.unwrap_or_default()
    };
    let hand = search.hand;
    Notes {
        cells: [
            noted(&|tally| evidence::kernel(tally, hand, &digest.kernel, &kernel)),
            noted(&|tally| evidence::input(tally, hand, &digest.input, &want)),
            noted(&|tally| evidence::kernels(tally, hand, &digest.kernels, &want)),
            noted(&|tally| evidence::calculation(tally, hand, &digest.calculation, &want)),
            noted(&|tally| evidence::output(tally, hand, &digest.output, &want, taken.form.as_ref())),
            noted(&|tally| evidence::sum(tally, hand, &digest.params, sum.params.params.unwrap_or(0), &around)),
        ],
    }
}

/// What is said of one cell before it is put into words.
struct Finding {
    verdict: Verdict,
    cause: Option<Cause>,
    rivals: Vec<Cause>,
    began: Origin,
    confidence: f64,
    says: String,
}

impl Finding {
    fn plain(verdict: Verdict) -> Finding {
        Finding { verdict, cause: None, rivals: Vec::new(), began: None, confidence: 0.99, says: String::new() }
    }
}

/// Judges a sheet.
pub(super) struct Judge<'j, 'a, 's> {
    pub search: &'j Search<'a, 's>,
    pub path: &'j Path,
    /// How many rows each wrong rule fits.
    fits: Vec<usize>,
    conventions: Vec<usize>,
    /// Columns in which nothing stands in any row.
    absent: Vec<Column>,
}

impl<'j, 'a, 's> Judge<'j, 'a, 's> {
    pub fn new(search: &'j Search<'a, 's>, path: &'j Path) -> Judge<'j, 'a, 's> {
        let mut fits = vec![0; MISTAKES.len()];
        for taken in &path.rows {
            for rule in [taken.size, taken.depth, taken.sum().rule] {
                if let Rule::Wrong(at) = rule {
                    fits[at] += 1;
                }
            }
        }
        let mut judge = Judge { search, path, fits, conventions: Vec::new(), absent: absent(search.sheet.sheet) };
        judge.conventions = CONVENTIONS
            .iter()
            .filter_map(|code| MISTAKES.iter().position(|mistake| mistake.code == *code))
            .filter(|&at| judge.fits[at] > 0 && judge.kept_to(at))
            .collect();
        judge
    }

    /// Whether every row on which a rule makes a difference keeps to it, of the operators that ever do: convolutions without
    /// biases stand before dense layers with them.
    fn kept_to(&self, mistake: usize) -> bool {
        let followed = |taken: &Taken| taken.size == Rule::Wrong(mistake) || taken.sum().rule == Rule::Wrong(mistake);
        let op = |taken: &Taken| self.search.kinds[taken.kind].op;
        let ops: Vec<&str> = self.path.rows.iter().filter(|taken| followed(taken)).map(op).collect();
        self.path.rows.iter().filter(|taken| ops.contains(&op(taken))).all(|taken| {
            if followed(taken) {
                return true;
            }
            let Some(wrongs) = self.wrongs(taken, &taken.input) else { return true };
            wrongs.iter().filter(|wrong| wrong.mistake == mistake).all(|wrong| match &wrong.made {
                Made::Space(space, _) => space[..] == taken.out[1..] || taken.size != Rule::True,
                Made::Depth(depth) => *depth == taken.out[0],
                Made::Params(params) => params.params == taken.sum().params.params,
            })
        })
    }

    fn wrongs(&self, taken: &Taken, input: &Dims) -> Option<Wrongs> {
        let kind = &self.search.kinds[taken.kind];
        kind.wrongly(&self.search.readers[taken.kind], input, &taken.settings, &taken.context)
    }

    /// Every cell, in order, the total last.
    pub fn cells(&self) -> Vec<Judged> {
        let mut cells = Vec::new();
        // Where the shape in hand went wrong, if it did.
        let mut origin: Origin = None;
        let mut sums_began: Origin = None;
        let mut rows = self.path.rows.iter().peekable();
        for row in 0..self.search.sheet.rows.len() {
            match rows.next_if(|taken| taken.row == row) {
                Some(taken) => {
                    let (judged, after, sum) = self.row(taken, origin);
                    cells.extend(judged);
                    origin = after;
                    sums_began = sums_began.or(sum);
                }
                None => cells.extend(self.without_layer(row)),
            }
        }
        cells.push(self.total(sums_began));
        by_convention(&mut cells);
        self.with_effects(&mut cells);
        cells
    }

    fn judged(&self, row: usize, column: Column, right: Option<String>, finding: Finding) -> Judged {
        let sheet = self.search.sheet.sheet;
        let cell = match column {
            Column::Total => &sheet.total,
            column => sheet.rows[row].cell(column),
        };
        Judged {
            row: row + 1,
            column,
            read: cell.written.clone(),
            place: cell.place,
            verdict: finding.verdict,
            right,
            cause: finding.cause,
            rivals: finding.rivals,
            began_at: finding.began.map(|(row, column)| (row + 1, column)),
            confidence: finding.confidence,
            says: finding.says,
        }
    }

    /// A row that the key has no layer for.
    fn without_layer(&self, row: usize) -> Vec<Judged> {
        Column::OF_ROW
            .iter()
            .map(|&column| {
                let blank = self.search.sheet.sheet.rows[row].cell(column).is_blank();
                let finding = match blank {
                    true => Finding::plain(Verdict::Blank),
                    false => Finding {
                        confidence: 0.5,
                        says: "The network has no layer for this row.".to_owned(),
                        ..Finding::plain(Verdict::Unexplained)
                    },
                };
                self.judged(row, column, None, finding)
            })
            .collect()
    }

    /// A row's cells; where the shape that it hands on began to be wrong; where its parameters did.
    fn row(&self, taken: &Taken, before: Origin) -> (Vec<Judged>, Origin, Origin) {
        let row = taken.row;
        let kind = &self.search.kinds[taken.kind];
        let notes = notes(self.search, taken);
        let sheet_row = self.search.sheet.sheet.rows.get(row).expect("a row of the sheet");
        let blank = |column: Column| sheet_row.cell(column).is_blank();
        let off = taken.input_true.as_ref().is_some_and(|truth| *truth != taken.input);
        let input_began: Origin = match (off, taken.copied) {
            (false, _) => None,
            (true, Copied::Above) => before,
            (true, _) => Some((row, Column::Input)),
        };
        let wrong_out = taken.size != Rule::True || taken.depth != Rule::True;
        let out_off = taken.out_true.as_ref() != Some(&taken.out);
        let after: Origin = match (out_off, wrong_out) {
            (false, _) => None,
            (true, true) => Some((row, Column::Output)),
            (true, false) => input_began,
        };
        let sum = taken.sum();
        let sum_column =
            if blank(Column::Calculation) || sum.text != sum.rule { Column::Params } else { Column::Calculation };
        let sum_off = sum.params.params != taken.params_true.params;
        let sum_began: Origin = match (sum_off, sum.rule != Rule::True) {
            (false, _) => None,
            (true, true) => Some((row, sum_column)),
            (true, false) => input_began,
        };
        let shape = |dims: &Option<Dims>| dims.as_ref().map(written);
        let kernel = kind.kernel(&taken.settings);
        let count = kind.count(&taken.settings);
        let learns = taken.params_true.params.unwrap_or(0) > 0;
        let [of_kernel, of_input, of_kernels, of_calc, of_out, of_params] = &notes.cells;
        let kernel_right = (!kernel.is_empty()).then(|| wording::product(&kernel, "x"));
        // Of a column that the sheet does not have nothing is wanted.
        let judge = |column: Column, finding: Finding, right: Option<String>| {
            self.judged(row, column, right.filter(|_| !self.absent.contains(&column)), finding)
        };
        let cell = |column: Column| sheet_row.cell(column);
        let input = self.input(taken, of_input, input_began, cell(Column::Input));
        let out = self.output(taken, of_out, input_began, cell(Column::Output));
        let calc = self.calculation(taken, of_calc, input_began, cell(Column::Calculation));
        let params = self.params(taken, of_params, sum_began, cell(Column::Params));
        let judged = vec![
            judge(Column::Kernel, noted(of_kernel, cell(Column::Kernel)), kernel_right),
            judge(Column::Input, input, shape(&taken.input_true)),
            judge(Column::Kernels, noted(of_kernels, cell(Column::Kernels)), count.map(|n| n.to_string())),
            judge(Column::Calculation, calc, learns.then(|| wording::working(kind, taken))),
            judge(Column::Output, out, shape(&taken.out_true)),
            judge(
                Column::Params,
                params,
                taken.params_true.params.filter(|n| learns || *n == 0 && !blank(Column::Params)).map(|n| n.to_string()),
            ),
        ];
        (judged, after, sum_began)
    }

    fn input(&self, taken: &Taken, notes: &[Note<'s>], began: Origin, cell: &Cell) -> Finding {
        if cell.is_blank() {
            return Finding::plain(Verdict::Blank);
        }
        let off = taken.input_true.as_ref().is_some_and(|truth| *truth != taken.input);
        if !off {
            return noted(notes, cell);
        }
        let right = taken.input_true.as_ref().map(written).unwrap_or_default();
        match taken.copied {
            Copied::Above => carried(began, &right),
            Copied::Older(older) => Finding {
                verdict: Verdict::Wrong,
                cause: wording::reading("T2"),
                confidence: 0.9,
                says: wording::older(cell, older, &right),
                ..Finding::plain(Verdict::Wrong)
            },
            Copied::Flattened(rule) => {
                let before = &taken.context.flattened;
                let rules = flatten_rules(self.search, before, &taken.context, taken.input[0]);
                Finding {
                    cause: Some(wording::cause(rule)),
                    rivals: rules.into_iter().filter(|at| *at != rule).map(wording::cause).collect(),
                    confidence: 0.9,
                    says: wording::flattened(cell, rule, before, &right),
                    ..Finding::plain(Verdict::Wrong)
                }
            }
            Copied::Wrongly => Finding {
                cause: wording::reading("T1"),
                confidence: 0.85,
                says: wording::miscopied(cell, &right),
                ..Finding::plain(Verdict::Wrong)
            },
        }
    }

    fn output(&self, taken: &Taken, notes: &[Note<'s>], input_began: Origin, cell: &Cell) -> Finding {
        if cell.is_blank() {
            return Finding::plain(Verdict::Blank);
        }
        let right = taken.out_true.as_ref().map(written).unwrap_or_default();
        match (taken.size, taken.depth) {
            (Rule::True, Rule::True) => {
                let mut finding = noted(notes, cell);
                if taken.out_true.as_ref() != Some(&taken.out) {
                    return carried(input_began, &right);
                }
                if finding.verdict == Verdict::Misread && notes.iter().any(|note| note.last && is_shown(note.fate)) {
                    finding.rivals = self.shown_rivals(taken, notes);
                }
                finding
            }
            (Rule::Wrong(at), _) | (_, Rule::Wrong(at)) => self.wrong_out(taken, at, cell, &right),
            (Rule::Free, _) => Finding {
                confidence: 0.6,
                says: wording::unexplained(cell, &right),
                ..Finding::plain(Verdict::Unexplained)
            },
            (_, Rule::Free) => Finding {
                cause: wording::reading("T3"),
                confidence: 0.75,
                says: wording::channels(cell, &right),
                ..Finding::plain(Verdict::Wrong)
            },
        }
    }

    /// The wrong rules whose value stands where a formula was damaged: rivals of the misreading.
    fn shown_rivals(&self, taken: &Taken, notes: &[Note<'s>]) -> Vec<Cause> {
        let read = notes.iter().filter(|note| note.last).find_map(|note| note.figure?.value());
        let Some(wrongs) = self.wrongs(taken, &taken.input) else { return Vec::new() };
        let fits = wrongs.iter().filter(|wrong| match &wrong.made {
            Made::Space(space, _) => read.is_some() && space.first().copied() == read,
            _ => false,
        });
        let mut fits: Vec<usize> = fits.map(|wrong| wrong.mistake).collect();
        fits.sort_by_key(|&at| MISTAKES[at].rarity);
        fits.into_iter().take(2).map(wording::cause).collect()
    }

    fn wrong_out(&self, taken: &Taken, chosen: usize, cell: &Cell, right: &str) -> Finding {
        let size = matches!(taken.size, Rule::Wrong(_));
        let candidates = self.rules_for_out(taken, size);
        let (best, rivals) = split(&candidates, chosen);
        let named = self.fits[best] > 1 || rivals.first().is_none_or(|(_, gap)| *gap >= AHEAD);
        let verdict = match (self.conventions.contains(&best), named) {
            (true, _) => Verdict::Convention,
            (_, true) => Verdict::Wrong,
            _ => Verdict::Ambiguous,
        };
        let say = Say { search: self.search, taken, mistake: best };
        Finding {
            verdict,
            cause: Some(wording::cause(best)),
            rivals: rivals.iter().take(2).map(|(at, _)| wording::cause(*at)).collect(),
            began: None,
            confidence: sure(rivals.first().map_or(6.0, |(_, gap)| *gap)),
            says: say.output(cell, right, verdict),
        }
    }

    /// The rules that lead to the output, each with what it costs, the cheapest first.
    fn rules_for_out(&self, taken: &Taken, size: bool) -> Vec<(usize, f32)> {
        let Some(wrongs) = self.wrongs(taken, &taken.input) else { return Vec::new() };
        let digest = &self.search.sheet.rows[taken.row].output;
        let kernel = self.search.kinds[taken.kind].kernel(&taken.settings);
        let want = Want {
            kernel: &kernel,
            input: &taken.input,
            flattened: None,
            kernels: None,
            out: &taken.out,
            forms: &[],
            params: Params::default(),
            around: &[],
            shapes: &[],
        };
        let cost = |form: Option<&super::form::Form>| {
            let mut tally = Tally::default();
            evidence::output(&mut tally, self.search.hand, digest, &want, form);
            tally.cost
        };
        let mut rules: Vec<(usize, f32)> = wrongs
            .iter()
            .filter_map(|wrong| {
                let prior = f32::from(MISTAKES[wrong.mistake].rarity);
                match &wrong.made {
                    Made::Space(space, forms) if size && space[..] == taken.out[1..] => {
                        Some((wrong.mistake, prior + cost(forms.first().and_then(Option::as_ref))))
                    }
                    Made::Depth(depth) if !size && *depth == taken.out[0] => Some((wrong.mistake, prior)),
                    _ => None,
                }
            })
            .collect();
        rules.sort_by(|a, b| a.1.total_cmp(&b.1));
        rules
    }

    fn calculation(&self, taken: &Taken, notes: &[Note<'s>], input_began: Origin, cell: &Cell) -> Finding {
        if cell.is_blank() {
            return Finding::plain(Verdict::Blank);
        }
        let sum = taken.sum();
        let right = taken.params_true.params.map(|n| n.to_string()).unwrap_or_default();
        match (sum.rule, sum.text) {
            (Rule::True, Rule::True) | (Rule::Wrong(_) | Rule::Free, Rule::True) => {
                if taken.params_own.params != taken.params_true.params {
                    return carried(input_began, &right);
                }
                noted(notes, cell)
            }
            (Rule::True, Rule::Wrong(at)) => Finding {
                cause: wording::reading("X10"),
                rivals: vec![wording::cause(at)],
                confidence: 0.8,
                says: wording::echoed(cell, at, &right),
                ..Finding::plain(Verdict::Misread)
            },
            (Rule::Wrong(at), Rule::Wrong(text)) if at == text => self.wrong_sum(taken, sum, at, cell, &right),
            (Rule::Free, Rule::Free) => slipped(taken, sum, cell, &right),
            _ => Finding {
                confidence: 0.5,
                says: wording::unexplained(cell, &right),
                ..Finding::plain(Verdict::Unexplained)
            },
        }
    }

    fn wrong_sum(&self, taken: &Taken, sum: &Sum, chosen: usize, cell: &Cell, right: &str) -> Finding {
        let fan_in = |n: Option<i128>| n.is_none() || sum.params.fan_in.is_none() || n == sum.params.fan_in;
        let wrongs = self.wrongs(taken, &taken.input);
        let mut alike: Vec<(usize, f32)> = wrongs
            .iter()
            .flat_map(|wrongs| wrongs.iter())
            .filter_map(|wrong| match wrong.made {
                Made::Params(params) if params.params == sum.params.params => {
                    let other = if fan_in(params.fan_in) && params.biases == sum.params.biases { 0.0 } else { 2.0 };
                    Some((wrong.mistake, f32::from(MISTAKES[wrong.mistake].rarity) + other))
                }
                _ => None,
            })
            .collect();
        alike.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, rivals) = split(&alike, chosen);
        let named = self.fits[best] > 1 || rivals.first().is_none_or(|(_, gap)| *gap >= AHEAD);
        let verdict = match (self.conventions.contains(&best) && self.fits[best] > 1, named) {
            (true, _) => Verdict::Convention,
            (_, true) => Verdict::Wrong,
            _ => Verdict::Ambiguous,
        };
        let say = Say { search: self.search, taken, mistake: best };
        Finding {
            verdict,
            cause: Some(wording::cause(best)),
            rivals: rivals.iter().take(2).map(|(at, _)| wording::cause(*at)).collect(),
            began: None,
            confidence: sure(rivals.first().map_or(6.0, |(_, gap)| *gap)),
            says: say.params(cell, right, verdict),
        }
    }

    fn params(&self, taken: &Taken, notes: &[Note<'s>], began: Origin, cell: &Cell) -> Finding {
        if cell.is_blank() {
            return Finding::plain(Verdict::Blank);
        }
        let sum = taken.sum();
        let right = taken.params_true.params.map(|n| n.to_string()).unwrap_or_default();
        if sum.params.params == taken.params_true.params {
            let mut finding = noted(notes, cell);
            // A number of another cell where none belongs: whoever wrote it may have counted it.
            if taken.params_true.params == Some(0) && finding.verdict == Verdict::Misread {
                let read = notes.iter().find_map(|note| note.figure?.value());
                let wrongs = self.wrongs(taken, &taken.input);
                let fits = wrongs.iter().flat_map(|wrongs| wrongs.iter()).find(|wrong| match wrong.made {
                    Made::Params(params) => params.params == read,
                    _ => false,
                });
                if let Some(fits) = fits {
                    finding.verdict = Verdict::Ambiguous;
                    finding.rivals = finding.cause.take().into_iter().collect();
                    finding.cause = Some(wording::cause(fits.mistake));
                    finding.confidence = 0.5;
                }
            }
            return finding;
        }
        match (sum.rule, sum.text) {
            (Rule::True, _) => carried(began, &right),
            (_, text) if text == sum.rule && began.is_some_and(|(_, column)| column == Column::Calculation) => {
                carried(began, &right)
            }
            (Rule::Wrong(at), _) => self.wrong_sum(taken, sum, at, cell, &right),
            (Rule::Free, _) => slipped(taken, sum, cell, &right),
        }
    }

    fn total(&self, began: Origin) -> Judged {
        let row = self.search.sheet.rows.len();
        let cell = &self.search.sheet.sheet.total;
        let right = self.path.total_true.map(|n| n.to_string());
        if cell.is_blank() {
            return self.judged(row, Column::Total, right, Finding::plain(Verdict::Blank));
        }
        let said = right.clone().unwrap_or_default();
        let sum: i128 = self.path.rows.iter().filter_map(|row| row.sum().params.params).sum();
        let finding = match self.path.total_rule {
            Summed::Right if Some(self.path.total) == self.path.total_true => {
                let mut tally = Tally::noting();
                evidence::sum(&mut tally, self.search.hand, &self.search.sheet.total, self.path.total, &[]);
                noted(&tally.notes.unwrap_or_default(), cell)
            }
            Summed::Right => carried(began, &said),
            Summed::Wrong(at, about) => Finding {
                cause: Some(wording::cause(at)),
                confidence: 0.9,
                says: wording::total(cell, at, about, sum, &said),
                ..Finding::plain(Verdict::Wrong)
            },
            Summed::Free => Finding {
                confidence: 0.6,
                says: wording::unexplained(cell, &said),
                ..Finding::plain(Verdict::Unexplained)
            },
        };
        self.judged(row, Column::Total, right, finding)
    }

    /// How many cells follow from each beginning, said with it.
    fn with_effects(&self, cells: &mut [Judged]) {
        let effects: Vec<(usize, Column, usize)> = cells
            .iter()
            .map(|cell| {
                let from = cells.iter().filter(|other| other.began_at == Some((cell.row, cell.column)));
                (cell.row, cell.column, from.count())
            })
            .collect();
        for (cell, (_, _, effects)) in cells.iter_mut().zip(effects) {
            wording::effect(cell, effects);
        }
    }
}

/// The columns in which nothing stands in any row: they are not on the sheet.
fn absent(sheet: &Sheet) -> Vec<Column> {
    let empty = |column: &Column| sheet.rows.iter().all(|row| row.cell(*column).written.is_empty());
    Column::OF_ROW.into_iter().filter(empty).collect()
}

/// What follows rightly from a convention is as right as the convention; one row alone may be a mistake as well.
fn by_convention(cells: &mut [Judged]) {
    let kept = cells.iter().filter(|cell| cell.verdict == Verdict::Convention);
    let kept: Vec<(usize, Column)> = kept.map(|cell| (cell.row, cell.column)).collect();
    if kept.len() < 2 {
        return;
    }
    let follows =
        |cell: &Judged| cell.verdict == Verdict::Carried && cell.began_at.is_some_and(|at| kept.contains(&at));
    for cell in cells.iter_mut().filter(|cell| follows(cell)) {
        cell.verdict = Verdict::Convention;
        cell.says = wording::by_convention(cell.began_at, cell.right.as_deref().unwrap_or_default());
    }
}

/// The cheapest rule, or the chosen one where none is listed; and the others with how far behind they are.
fn split(candidates: &[(usize, f32)], chosen: usize) -> (usize, Vec<(usize, f32)>) {
    let Some(&(best, cost)) = candidates.first() else { return (chosen, Vec::new()) };
    (best, candidates[1..].iter().map(|&(at, other)| (at, other - cost)).filter(|(_, gap)| *gap < 4.0).collect())
}

fn sure(gap: f32) -> f64 {
    (1.0 / (1.0 + f64::from(-gap).exp()) * 100.0).round() / 100.0
}

fn is_shown(fate: Fate) -> bool {
    matches!(fate, Fate::AsShown | Fate::Short)
}

/// A cell that follows from an earlier one.
fn carried(began: Origin, right: &str) -> Finding {
    Finding { began, confidence: 0.95, says: wording::carried(began, right), ..Finding::plain(Verdict::Carried) }
}

/// A number that no rule leads to, but that its row and the total go on with.
fn slipped(taken: &Taken, sum: &Sum, cell: &Cell, right: &str) -> Finding {
    let (wrong, meant) = (sum.params.weights.unwrap_or(0), taken.params_own.weights.unwrap_or(0));
    let features = taken.params_own.fan_in.or(taken.input.first().copied().filter(|_| taken.input.len() == 1));
    let (read, steps) = (sum.params.params.unwrap_or(0), taken.params_own.params.unwrap_or(0));
    let cause = match sum.text == Rule::True && super::slips::copied(read, steps) {
        true => Some("T1"),
        false => super::slips::slip(wrong, meant, features).map(|slip| slip.code),
    };
    let verdict = if cause.is_some() { Verdict::Wrong } else { Verdict::Unexplained };
    Finding {
        cause: cause.and_then(wording::reading),
        confidence: 0.6,
        says: wording::slipped(cell, cause, right),
        ..Finding::plain(verdict)
    }
}

/// The verdict on a cell whose answer is the right one: that of its worst figure.
fn noted(notes: &[Note<'_>], cell: &Cell) -> Finding {
    if cell.is_blank() {
        return Finding::plain(Verdict::Blank);
    }
    let Some(worst) = notes.iter().max_by_key(|note| weight(note)) else { return Finding::plain(Verdict::Right) };
    let (verdict, code, confidence) = verdict_of(worst);
    Finding {
        cause: code.and_then(wording::reading),
        confidence,
        says: wording::noted(cell, worst, verdict),
        ..Finding::plain(verdict)
    }
}

fn weight(note: &Note<'_>) -> u8 {
    match verdict_of(note).0 {
        Verdict::Unexplained => 6,
        Verdict::Misread => 3 + u8::from(note.last) + 2 * u8::from(note.fate == Fate::OtherRow),
        Verdict::RightWithSlip => 2 + u8::from(note.fate == Fate::Lost),
        _ => 0,
    }
}

fn verdict_of(note: &Note<'_>) -> (Verdict, Option<&'static str>, f64) {
    let edits = match (note.figure, note.meant) {
        (Some(figure), Some(meant)) => super::hand::Hand::default().edits(&figure.digits, meant),
        _ => Vec::new(),
    };
    // Two digits at once are less likely misread than one.
    let sure = if edits.len() > 1 { 0.65 } else { 0.9 };
    match (note.fate, note.last) {
        (Fate::Misread, _) => (Verdict::Misread, edits.first().map(|edit| edit.code()).or(Some("X1")), sure),
        (Fate::Garbled, _) => (Verdict::Misread, Some("X1"), 0.6),
        (Fate::Split, _) => (Verdict::Misread, Some("X4"), 0.85),
        (Fate::Elsewhere, true) => (Verdict::Misread, Some("X5"), 0.75),
        (Fate::Elsewhere, false) => (Verdict::RightWithSlip, Some("X5"), 0.75),
        (Fate::AsShown | Fate::Short, true) => (Verdict::Misread, Some("X7"), 0.75),
        (Fate::Shorter, _) => (Verdict::RightWithSlip, Some("T7"), 0.8),
        (Fate::Lost, _) => (Verdict::RightWithSlip, Some("X7"), 0.8),
        (Fate::AsShown | Fate::Short, false) => (Verdict::RightWithSlip, Some("T7"), 0.8),
        (Fate::OtherRow, _) => (Verdict::Misread, Some("X10"), 0.7),
        (Fate::Factor, _) => (Verdict::RightWithSlip, Some("X6"), 0.85),
        (Fate::Stray, _) => (Verdict::Unexplained, None, 0.5),
    }
}

/// The digits of a path's figures.
pub(super) struct Learned {
    /// How often the first of two digits was read where the second was meant.
    pub seen: BTreeMap<(u8, u8), usize>,
    /// How often each digit was read at all.
    pub written: [usize; 10],
    /// How often each other misreading was seen.
    pub others: Vec<(Edit, usize)>,
}

/// What a path says of the hand and its reader.
pub(super) fn learned(search: &Search<'_, '_>, path: &Path) -> Learned {
    let mut seen = BTreeMap::new();
    let mut others: BTreeMap<Edit, usize> = BTreeMap::new();
    let mut written = [0usize; 10];
    let mut take = |notes: &[Note<'_>]| {
        for note in notes.iter().filter(|note| note.fate == Fate::Misread) {
            let (Some(figure), Some(meant)) = (note.figure, note.meant) else { continue };
            for edit in search.hand.edits(&figure.digits, meant) {
                match edit {
                    Edit::Digit(from, to) => {
                        *seen.entry((from, to)).or_insert(0) += 1;
                        written[usize::from(from)] += 1;
                    }
                    other => *others.entry(other).or_insert(0) += 1,
                }
            }
        }
    };
    for taken in &path.rows {
        notes(search, taken).cells.iter().for_each(|notes| take(notes));
    }
    let mut tally = Tally::noting();
    if path.total_rule == Summed::Right {
        evidence::sum(&mut tally, search.hand, &search.sheet.total, path.total, &[]);
        take(&tally.notes.unwrap_or_default());
    }
    let cells = search.sheet.sheet.rows.iter().flat_map(|row| &row.cells).chain([&search.sheet.sheet.total]);
    for figure in cells.flat_map(|cell| cell.figures()) {
        figure.digits.bytes().filter(u8::is_ascii_digit).for_each(|byte| written[usize::from(byte - b'0')] += 1);
    }
    Learned { seen, written, others: others.into_iter().collect() }
}

/// The kinds, for those who put findings into words.
pub(super) fn kind_of<'k>(kinds: &'k [Kind], taken: &Taken) -> &'k Kind {
    &kinds[taken.kind]
}
