//! What a cell says for or against what somebody may have written in it: a cost in natural-log units, and a note for each
//! figure that is not simply what it should be.

use smallvec::SmallVec;

use super::alone::{Dims, Params};
use super::digest::{Digest, Said, Side};
use super::form::{Form, Part, WrittenForm};
use super::hand::{Hand, NEVER, stray};
use crate::worksheet::{Figure, Label};

/// What a sign, a factor or a term costs that was lost or turned round on the way.
const LOST: f32 = 3.0;
/// The most that one formula costs: beyond that it is another one.
const FORMULA: f32 = 9.0;
/// What it costs that a cell shows the number of another one.
const ELSEWHERE: f32 = 6.0;
/// What it costs that a result follows from the step as it is shown, not from the one that was meant.
const AS_SHOWN: f32 = 5.5;
/// What it costs, beside its digits, that a side cannot be read at all whose equal was read rightly.
const TWIN: f32 = 4.0;
/// From so many digits on the number of another cell is known with one of them misread.
const LONG: usize = 4;
/// What it costs that other factors come to the product that was meant.
const SAME_PRODUCT: f32 = 1.0;
/// What it costs that a number was split.
const SPLIT: f32 = 3.0;
/// The most that a whole cell costs: beyond that it is another row's, or made up.
const CELL: f32 = 26.0;

/// What a figure is, where it is not simply what it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// Misread: the digits of another number.
    Misread,
    /// The number of another cell.
    Elsewhere,
    /// It follows from a step as shown, which is not the step that leads to the result.
    AsShown,
    /// A step on the way that stops short: the bracket before `+ 1`.
    Short,
    /// A formula without the kernel, which comes to the same here.
    Shorter,
    /// A part of a formula is lost, or turned round.
    Lost,
    /// A formula begins with another row's size.
    OtherRow,
    /// A factor is left out.
    Factor,
    /// Digits that cannot be read, where the number is known.
    Garbled,
    /// A number in pieces.
    Split,
    /// Nothing explains it.
    Stray,
}

/// A note on a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note<'s> {
    pub figure: Option<&'s Figure>,
    pub meant: Option<i128>,
    pub fate: Fate,
    /// Whether it is the cell's answer, not a step towards it.
    pub last: bool,
}

/// A cost, and notes where they are wanted.
#[derive(Default)]
pub(crate) struct Tally<'s> {
    pub cost: f32,
    pub notes: Option<Vec<Note<'s>>>,
    /// Figures that are just what they should be.
    pub exact: usize,
}

/// A number that a figure may stand for, and what it costs to say so.
type Choice = (i128, f32, Fate);

impl<'s> Tally<'s> {
    pub fn noting() -> Tally<'s> {
        Tally { notes: Some(Vec::new()), ..Tally::default() }
    }

    fn note(&mut self, figure: Option<&'s Figure>, meant: Option<i128>, fate: Fate, last: bool) {
        if let Some(notes) = &mut self.notes {
            notes.push(Note { figure, meant, fate, last });
        }
    }

    fn take(&mut self, hand: &Hand, figure: &'s Figure, choices: &[Choice], last: bool) -> f32 {
        let (cost, choice) = best(hand, figure, choices);
        self.cost += cost;
        match choice {
            None => self.note(Some(figure), choices.first().map(|c| c.0), Fate::Stray, last),
            Some(((meant, base, fate), read)) => {
                if read > 0.0 && fate != Fate::Elsewhere {
                    self.note(Some(figure), Some(meant), Fate::Misread, last);
                } else if base > 0.0 {
                    let meant = if fate == Fate::Elsewhere { choices[0].0 } else { meant };
                    self.note(Some(figure), Some(meant), fate, last);
                } else {
                    self.exact += 1;
                }
            }
        }
        cost
    }
}

/// The cheapest number that a figure stands for; `None` if it stands for nothing.
fn best(hand: &Hand, figure: &Figure, choices: &[Choice]) -> (f32, Option<(Choice, f32)>) {
    let mut found = (stray(&figure.digits), None);
    let value = figure.value();
    for &choice in choices {
        if choice.1 < found.0 {
            // The number of another cell is only known by all of its digits, unless it has many.
            let read = match choice.2 {
                Fate::Elsewhere if value != Some(choice.0) && figure.digits.len() < LONG => continue,
                Fate::Garbled => 0.0,
                _ => hand.cost(&figure.digits, choice.0),
            };
            if choice.1 + read < found.0 {
                found = (choice.1 + read, Some((choice, read)));
            }
        }
    }
    found
}

/// What a row should show, under the rules that its writer may have followed.
#[derive(Clone, Debug)]
pub(crate) struct Want<'w> {
    /// The kernel; empty for a layer without one.
    pub kernel: &'w [i128],
    /// The input, channels first.
    pub input: &'w Dims,
    /// The shape that was flattened into it, where it was.
    pub flattened: Option<&'w Dims>,
    /// How many kernels or units.
    pub kernels: Option<i128>,
    /// The output, channels first.
    pub out: &'w Dims,
    /// Its formula.
    pub forms: &'w [Option<Form>],
    /// The parameters, as the working shows them.
    pub params: Params,
    /// The numbers of other cells that may have strayed in.
    pub around: &'w [i128],
    /// The sizes of the shapes of other rows near by.
    pub shapes: &'w [i128],
}

impl Want<'_> {
    /// What one kernel or unit is joined to.
    pub fn features(&self) -> Option<i128> {
        self.params.fan_in.or(self.kernel.is_empty().then_some(*self.input.first()?))
    }
}

fn exactly(n: i128) -> Choice {
    (n, 0.0, Fate::Misread)
}

/// A shape in figures against sizes, in order; a misread pair of equal sizes counts once.
fn shape<'s>(tally: &mut Tally<'s>, hand: &Hand, figures: &[&'s Figure], sizes: &[i128], more: &[Choice], last: bool) {
    for (at, (figure, &size)) in figures.iter().zip(sizes).enumerate() {
        let again = at > 0 && figures[at - 1].digits == figure.digits && sizes[at - 1] == size;
        let before = tally.cost;
        let mut choices: SmallVec<[Choice; 6]> = SmallVec::from_slice(&[exactly(size)]);
        choices.extend(more.iter().copied());
        // A side that was read rightly vouches for the other side of a square.
        let twin = |other: Option<usize>| {
            let other = other.filter(|&other| sizes.get(other) == Some(&size))?;
            figures.get(other)?.value().filter(|n| *n == size)
        };
        if sizes.len() == 3 && at < 2 && twin(Some(1 - at)).is_some() {
            choices.push((size, TWIN + stray(&figure.digits) - stray(""), Fate::Garbled));
        }
        tally.take(hand, figure, &choices, last);
        if again {
            tally.cost = before + (tally.cost - before).min(0.7);
        }
    }
}

/// The sizes of a shape in the order of the sheet: space first, channels last.
pub(crate) fn on_paper(dims: &Dims) -> Dims {
    let mut sizes: Dims = dims.get(1..).unwrap_or_default().into();
    sizes.extend(dims.first().copied());
    sizes
}

/// The kernel cell.
pub(crate) fn kernel<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, kernel: &[i128]) {
    for side in cell.sides() {
        match side {
            Side::Figure(figure) => {
                let choices: SmallVec<[Choice; 4]> = kernel.iter().map(|&k| exactly(k)).collect();
                tally.take(hand, figure, &choices, true);
            }
            Side::Product(figures, _) if figures.len() == kernel.len() => {
                shape(tally, hand, figures, kernel, &[], true)
            }
            // `3x3x32`: some write the depth of the kernel too.
            Side::Product(figures, _) if figures.len() == kernel.len() + 1 => {
                shape(tally, hand, &figures[..kernel.len()], kernel, &[], true);
            }
            other => strays(tally, other, true),
        }
    }
}

fn strays<'s>(tally: &mut Tally<'s>, side: &Side<'s>, last: bool) {
    let mut each = |figure: &'s Figure| {
        tally.cost += stray(&figure.digits);
        tally.note(Some(figure), None, Fate::Stray, last);
    };
    match side {
        Side::Figure(figure) => each(figure),
        Side::Product(figures, _) | Side::Formula(_, _, figures) => figures.iter().for_each(|figure| each(figure)),
        Side::Names => {}
    }
}

/// The input cell.
pub(crate) fn input<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, want: &Want<'_>) {
    let start = tally.cost;
    let sizes = on_paper(want.input);
    let all = elements(want.input);
    for claim in &cell.claims {
        for (at, side) in claim.sides.iter().enumerate() {
            let result = at > 0;
            match side {
                Side::Product(figures, _) if !result && figures.len() == sizes.len() => {
                    cheaper(tally, hand, figures, &sizes, want.input, true);
                }
                Side::Product(figures, _) if want.flattened.is_some_and(|f| f.len() == figures.len()) => {
                    let flat = want.flattened.unwrap_or(want.input);
                    cheaper(tally, hand, figures, &on_paper(flat), flat, true);
                }
                // `1x1x64` and `1x64` for a vector.
                Side::Product(figures, _) if sizes.len() == 1 => {
                    let mut ones: Dims = SmallVec::from_elem(1, figures.len() - 1);
                    ones.push(sizes[0]);
                    shape(tally, hand, figures, &ones, &[], true);
                }
                // `169x169x`: the channels are lost.
                Side::Product(figures, _) if !result && figures.len() == 2 && sizes.len() == 3 => {
                    shape(tally, hand, figures, &sizes[..2], &[], true);
                    // One channel is often left unsaid.
                    if sizes[2] != 1 {
                        tally.cost += LOST;
                        tally.note(None, Some(sizes[2]), Fate::Factor, false);
                    }
                }
                Side::Figure(figure) => {
                    let mut choices: SmallVec<[Choice; 8]> = SmallVec::new();
                    if sizes.len() == 1 || at > 0 {
                        choices.extend(all.map(exactly));
                    }
                    choices.extend(sizes.iter().map(|&size| (size, 0.3, Fate::AsShown)));
                    if let Some(Side::Product(_, Some(shown))) = claim.sides.first().filter(|_| result) {
                        choices.push((*shown, 0.6, Fate::AsShown));
                    }
                    tally.take(hand, figure, &choices, sizes.len() == 1);
                }
                other => strays(tally, other, !result),
            }
        }
    }
    tally.cost = tally.cost.min(start + CELL);
}

/// A shape in the order of paper, or channels first, whichever costs less.
fn cheaper<'s>(tally: &mut Tally<'s>, hand: &Hand, figures: &[&'s Figure], paper: &[i128], dims: &[i128], last: bool) {
    let cost = |sizes: &[i128]| {
        let mut trial = Tally::default();
        shape(&mut trial, hand, figures, sizes, &[], last);
        trial.cost
    };
    let other = dims.len() > 1 && paper != dims && cost(dims) + 1.0 < cost(paper);
    shape(tally, hand, figures, if other { dims } else { paper }, &[], last);
}

/// The cell with the number of kernels.
pub(crate) fn kernels<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, want: &Want<'_>) {
    let channels = want.out.first().copied();
    for side in cell.sides() {
        match side {
            Side::Figure(figure) => {
                let choices: SmallVec<[Choice; 3]> = match want.kernels {
                    Some(n) => [exactly(n)].into_iter().collect(),
                    // A pool has none: its channels, or nothing.
                    None => channels.into_iter().chain([0, 1]).map(|n| (n, 0.3, Fate::AsShown)).collect(),
                };
                tally.take(hand, figure, &choices, true);
            }
            other => strays(tally, other, true),
        }
    }
}

/// A formula against its form.
fn formula<'s>(tally: &mut Tally<'s>, hand: &Hand, written: &WrittenForm<'s>, form: &Form) {
    let whole = |part: Part<'_>, outside: Part<'_>| part.value?.checked_add(outside.value?);
    // Without a division nobody knows where the bracket ends.
    let joined = form.by == 1
        && written.by.value == Some(1)
        && written.by.figure.is_none()
        && written.outside.value == Some(0)
        && whole(written.plus, written.outside) == form.plus.checked_add(form.outside);
    let mut each = |part: Part<'s>, meant: i128, lost: f32, fate: Fate| {
        if part.value == Some(meant) {
            tally.exact += 1;
            return;
        }
        let read = part.figure.map_or(NEVER, |figure| hand.cost(&figure.digits, meant));
        match read < lost {
            true => {
                tally.cost += read;
                tally.note(part.figure, Some(meant), Fate::Misread, false);
            }
            false => {
                tally.cost += lost;
                tally.note(part.figure, Some(meant), fate, false);
            }
        }
    };
    if written.minus.value == Some(0) && form.minus > 0 {
        // No kernel is taken away: a piece of something, not this formula.
        return each(written.minus, form.minus, 2.0 * LOST, Fate::Lost);
    }
    let first = written.first.figure.map_or(LOST * 2.0, |figure| stray(&figure.digits).min(FORMULA));
    each(written.first, form.first, first, Fate::OtherRow);
    each(written.minus, form.minus, LOST, Fate::Lost);
    if !joined {
        each(written.plus, form.plus, LOST, Fate::Lost);
        each(written.outside, form.outside, LOST, Fate::Lost);
    }
    each(written.by, form.by, LOST, Fate::Lost);
}

/// The output cell, under a rule whose result and formula are these; `answer` is what its writer went on with.
pub(crate) fn output<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, want: &Want<'_>, form: Option<&Form>) {
    let start = tally.cost;
    let sizes = on_paper(want.out);
    let all = elements(want.out);
    let mut shown: Option<(i128, Option<i128>)> = None;
    let has_shape = cell.shapes(sizes.len()).next().is_some();
    for claim in &cell.claims {
        let mut stands: Option<i128> = None;
        for (at, side) in claim.sides.iter().enumerate() {
            match side {
                Side::Formula(written, value, figures) => {
                    let floor = value.map(|value| value.floor());
                    let before = tally.cost;
                    let fits = written.as_ref().zip(form);
                    let simpler = floor.is_some()
                        && (floor == sizes.first().copied() || floor == shown.map(|shown| shown.0))
                        && (at > 0 || shown.is_some() || form.is_none() || figures.len() <= 2);
                    match fits {
                        Some((written, form)) if !simpler => {
                            // The other side of an oblong has a formula of its own.
                            let right = want.forms.first().and_then(Option::as_ref) == Some(form);
                            let other =
                                want.forms.get(1).and_then(Option::as_ref).filter(|other| right && *other != form);
                            let form = other.filter(|other| nearer(hand, written, other, form)).unwrap_or(form);
                            formula(tally, hand, written, form);
                            tally.cost = tally.cost.min(before + FORMULA);
                        }
                        // `110/3 = 36`: a shorter way that comes to the same, by chance or because it always does.
                        _ if simpler && fits.is_none_or(|(written, form)| shorter(written, form)) => tally.exact += 1,
                        _ if simpler => {
                            tally.cost += 1.0;
                            tally.note(figures.last().copied(), None, Fate::Shorter, false);
                        }
                        _ => strays(tally, side, false),
                    }
                    let outside = written.as_ref().and_then(|written| written.outside.value);
                    if shown.is_none() || !simpler {
                        shown = floor.map(|floor| (floor, outside.and_then(|outside| floor.checked_sub(outside))));
                    }
                }
                Side::Product(figures, value) if figures.len() == sizes.len() => {
                    out_shape(tally, hand, figures, want, &sizes, shown);
                    stands = *value;
                }
                Side::Product(figures, value) if figures.len() == 2 && sizes.len() == 3 => {
                    let more = strayed(want, shown);
                    let fits = figures.iter().any(|figure| hand.cost(&figure.digits, sizes[0]) < LOST);
                    match fits
                        || !want.kernel.iter().eq(figures.iter().filter_map(|f| f.value()).collect::<Vec<_>>().iter())
                    {
                        true => shape(tally, hand, figures, &sizes[..2], &more, !has_shape),
                        // `3x3 = 27`: the kernel, from the weights' cell.
                        false => {
                            tally.cost += ELSEWHERE;
                            figures.iter().for_each(|figure| {
                                tally.note(Some(figure), None, Fate::Elsewhere, false);
                            });
                        }
                    }
                    stands = *value;
                }
                Side::Product(figures, value) if sizes.len() == 1 => {
                    let mut ones: Dims = SmallVec::from_elem(1, figures.len() - 1);
                    ones.push(sizes[0]);
                    shape(tally, hand, figures, &ones, &strayed(want, None), true);
                    stands = *value;
                }
                Side::Product(figures, value) => {
                    let more = strayed(want, shown);
                    for figure in figures {
                        tally.take(hand, figure, &more, false);
                    }
                    stands = *value;
                }
                Side::Figure(figure) => {
                    let mut choices: SmallVec<[Choice; 24]> = SmallVec::new();
                    match stands {
                        // Behind a product: what it comes to.
                        Some(stands) => {
                            choices.extend(all.map(exactly));
                            choices.push((stands, 0.4, Fate::AsShown));
                        }
                        None => {
                            choices.extend(sizes.iter().map(|&size| exactly(size)));
                            // The beginning of a formula whose rest was lost.
                            choices.extend(form.map(|form| (form.first, 2.0 * LOST, Fate::Lost)));
                            choices.extend(all.map(|n| (n, 0.4, Fate::Misread)));
                            if let Some((value, short)) = shown {
                                choices.push((value, 1.5, Fate::AsShown));
                                choices.extend(short.map(|short| (short, 2.5, Fate::Short)));
                            }
                            if let Some(form) = form {
                                let size = sizes[0];
                                choices.push((size.saturating_sub(form.outside), 3.0, Fate::Short));
                            }
                        }
                    }
                    choices.extend(strayed(want, None));
                    let last = !has_shape && stands.is_none();
                    if figure.digits.contains('.') {
                        tally.exact += 1;
                    } else {
                        tally.take(hand, figure, &choices, last);
                    }
                }
                Side::Names => {}
            }
        }
    }
    tally.cost = tally.cost.min(start + CELL);
}

/// Whether a formula is nearer to one form than to another.
fn nearer(hand: &Hand, written: &WrittenForm<'_>, one: &Form, other: &Form) -> bool {
    let cost = |form: &Form| {
        let mut tally = Tally::default();
        formula(&mut tally, hand, written, form);
        tally.cost
    };
    cost(one) < cost(other)
}

/// Whether a cell shows this formula, figure by figure.
pub(crate) fn shows(cell: &Digest<'_>, hand: &Hand, form: &Form) -> bool {
    cell.sides().any(|side| match side {
        Side::Formula(Some(written), ..) if written.minus.value != Some(0) => {
            let mut tally = Tally::default();
            formula(&mut tally, hand, written, form);
            tally.cost == 0.0
        }
        _ => false,
    })
}

/// Whether a formula says nothing else than the whole one: it takes the kernel away, it divides by nothing, or the kernel is
/// the stride, where ⌊(W − K)/K⌋ + 1 = ⌊W/K⌋.
fn shorter(written: &WrittenForm<'_>, form: &Form) -> bool {
    let by_kernel = form.minus == form.by && form.plus == 0 && form.outside == 1;
    by_kernel || written.by.figure.is_none() || written.minus.value != Some(0)
}

/// The shape in an output cell: the answer, or what the formula as it is shown would give, or another row's.
fn out_shape<'s>(
    tally: &mut Tally<'s>,
    hand: &Hand,
    figures: &[&'s Figure],
    want: &Want<'_>,
    sizes: &[i128],
    shown: Option<(i128, Option<i128>)>,
) {
    let cost = |sizes: &[i128]| {
        let mut trial = Tally::default();
        shape(&mut trial, hand, figures, sizes, &[], true);
        trial.cost
    };
    let channels = sizes[sizes.len() - 1];
    let mut best = (cost(sizes), None);
    if want.out.len() > 1 && want.out.as_slice() != sizes {
        let first = cost(want.out) + 1.0;
        if first < best.0 {
            return shape(tally, hand, figures, want.out, &[], true);
        }
    }
    let mut other = |size: i128, base: f32, fate: Fate| {
        let mut sizes: Dims = SmallVec::from_elem(size, sizes.len() - 1);
        sizes.push(channels);
        let cost = base + cost(&sizes);
        if cost < best.0 {
            best = (cost, Some((sizes, base, fate)));
        }
    };
    for &size in want.shapes {
        other(size, ELSEWHERE - 1.0, Fate::Elsewhere);
    }
    if let Some((value, short)) = shown {
        other(value, AS_SHOWN, Fate::AsShown);
        if let Some(short) = short {
            other(short, AS_SHOWN + 1.0, Fate::Short);
        }
    }
    match best.1 {
        None => shape(tally, hand, figures, sizes, &strayed(want, None), true),
        Some((shown, base, fate)) => {
            tally.cost += base;
            for (figure, &size) in figures.iter().zip(sizes) {
                match figure.value() == Some(size) {
                    true => tally.exact += 1,
                    false => tally.note(Some(figure), Some(size), fate, true),
                }
            }
            tally.cost += cost(&shown);
        }
    }
}

/// The numbers of other cells, as choices: only those that say something by their length.
fn strayed(want: &Want<'_>, shown: Option<(i128, Option<i128>)>) -> SmallVec<[Choice; 24]> {
    let around = want.around.iter().filter(|n| **n > 9).map(|&n| (n, ELSEWHERE, Fate::Elsewhere));
    let shown = shown.map(|(value, _)| (value, AS_SHOWN, Fate::AsShown));
    around.chain(shown).collect()
}

/// A way to write a part of the working: its factors, what they come to, the label that it goes with.
struct Line {
    factors: SmallVec<[i128; 6]>,
    result: Option<i128>,
    label: Option<Label>,
}

/// The cell with the working of the parameters.
pub(crate) fn calculation<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, want: &Want<'_>) {
    let start = tally.cost;
    let lines = lines(want);
    let parts = want.params;
    let results: SmallVec<[Choice; 16]> = [parts.params, parts.weights, parts.fan_in, parts.biases, want.kernels]
        .into_iter()
        .flatten()
        .map(exactly)
        .chain(elements(want.input).filter(|_| want.input.len() == 1 || want.kernel.is_empty()).map(exactly))
        .chain(want.around.iter().filter(|n| **n > 9).map(|&n| (n, ELSEWHERE, Fate::Elsewhere)))
        .collect();
    let mut loose: SmallVec<[&'s Figure; 8]> = SmallVec::new();
    let mut totals = false;
    let mut claims = cell.claims.iter().peekable();
    while let Some(claim) = claims.next() {
        match &claim.sides[..] {
            [Side::Figure(figure)] if claim.label == Some(Label::Total) => {
                // A total may stand in two pieces, so it waits for the figure below it.
                pieces(tally, hand, &loose, &results, &|stands| stands.is_some() && stands == parts.params);
                loose.clear();
                loose.push(figure);
                totals = true;
            }
            [Side::Figure(figure)] => loose.push(figure),
            sides => {
                let rest = claims.peek().and_then(|next| match &next.sides[..] {
                    [Side::Figure(figure)] if next.label.is_none() => Some(*figure),
                    _ => None,
                });
                let split = rest.zip(sides.last()).and_then(|(rest, side)| match side {
                    Side::Figure(figure) => split(hand, figure, rest, &results),
                    _ => None,
                });
                match (split, rest) {
                    (Some(meant), Some(rest)) => {
                        let shorter = Said { label: claim.label, sides: sides[..sides.len() - 1].to_vec() };
                        equation(tally, hand, &shorter, want, &lines, &results);
                        tally.cost += SPLIT;
                        tally.note(Some(rest), Some(meant), Fate::Split, false);
                        claims.next();
                    }
                    _ => equation(tally, hand, claim, want, &lines, &results),
                }
            }
        }
    }
    match (totals, &loose[..]) {
        (true, [figure]) => total_of(tally, hand, figure, want, &results),
        _ => pieces(tally, hand, &loose, &results, &|stands| stands.is_some() && stands == parts.params),
    }
    tally.cost = tally.cost.min(start + CELL);
}

/// The result that two figures are the halves of, where neither of them is one.
fn split(hand: &Hand, first: &Figure, rest: &Figure, results: &[Choice]) -> Option<i128> {
    let alone = |figure: &Figure| best(hand, figure, results).1.is_none();
    let joined = [&*first.digits, &*rest.digits].concat();
    let meant =
        || results.iter().filter(|c| c.1 == 0.0).find(|c| hand.cost(&joined, c.0) < stray(&joined)).map(|c| c.0);
    if alone(first) && alone(rest) { meant() } else { None }
}

/// The ways in which people write the parts of a row's parameters.
fn lines(want: &Want<'_>) -> SmallVec<[Line; 10]> {
    let parts = want.params;
    let mut lines: SmallVec<[Line; 10]> = SmallVec::new();
    let mut line = |factors: &[&[i128]], result: Option<i128>, label: Option<Label>| {
        lines.push(Line { factors: factors.iter().flat_map(|f| f.iter().copied()).collect(), result, label });
    };
    let Some(n) = want.kernels else {
        line(&[want.kernel], None, None);
        if want.kernel.is_empty() {
            line(&[&on_paper(want.input)], elements(want.input), None);
        }
        return lines;
    };
    let c = &want.input[..1];
    let n = [n];
    let fan_in = want.features();
    if !want.kernel.is_empty() {
        line(&[want.kernel, c], fan_in, Some(Label::Weights));
        line(&[want.kernel, c, &n], parts.weights, Some(Label::Weights));
    }
    if let Some(fan_in) = fan_in {
        line(&[&[fan_in], &n], parts.weights, Some(Label::Weights));
        // A rule that exchanges the channels has another number of kernels.
        let count = parts.weights.filter(|weights| fan_in > 0 && weights % fan_in == 0).map(|weights| weights / fan_in);
        if let Some(count) = count.filter(|count| *count != n[0]) {
            line(&[&[fan_in, count]], parts.weights, Some(Label::Weights));
        }
    }
    line(&[&[1], &n], parts.biases.or(Some(n[0])), Some(Label::Bias));
    if let Some(biases) = parts.biases.filter(|biases| *biases != n[0]) {
        line(&[&[1, biases]], Some(biases), Some(Label::Bias));
    }
    if let Some(flat) = want.flattened {
        line(&[&on_paper(flat)], elements(flat), Some(Label::Weights));
        line(&[&on_paper(flat), &n], parts.weights, Some(Label::Weights));
    }
    lines
}

fn equation<'s>(
    tally: &mut Tally<'s>,
    hand: &Hand,
    claim: &Said<'s>,
    want: &Want<'_>,
    lines: &[Line],
    results: &[Choice],
) {
    let mut stands: Option<(Option<i128>, Option<i128>)> = None;
    for side in &claim.sides {
        match side {
            Side::Product(figures, value) => {
                let line = lines
                    .iter()
                    .map(|line| {
                        let other = f32::from(u8::from(claim.label.is_some() && claim.label != line.label)) * 4.0;
                        (factors(hand, figures, &line.factors).0 + other, line)
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0));
                let known = value.is_some() && results.iter().any(|c| Some(c.0) == *value && c.1 == 0.0);
                match line {
                    Some((0.0, line)) => {
                        tally.exact += figures.len();
                        stands = Some((line.result, *value));
                    }
                    // Other factors that come to the same.
                    _ if known => {
                        tally.cost += SAME_PRODUCT;
                        tally.exact += 1;
                        stands = Some((*value, *value));
                    }
                    Some((cost, line)) if cost < figures.iter().map(|f| stray(&f.digits)).sum() => {
                        tally.cost += cost;
                        for (figure, meant) in factors(hand, figures, &line.factors).1 {
                            let fate = match figure {
                                None => Fate::Factor,
                                Some(figure) if meant.is_some_and(|m| hand.cost(&figure.digits, m) < NEVER) => {
                                    Fate::Misread
                                }
                                Some(_) => Fate::Stray,
                            };
                            tally.note(figure, meant, fate, false);
                        }
                        stands = Some((line.result, *value));
                    }
                    _ => {
                        strays(tally, side, false);
                        stands = Some((None, *value));
                    }
                }
            }
            Side::Figure(figure) => match stands {
                Some((result, shown)) => {
                    let mut choices: SmallVec<[Choice; 20]> = result.map(exactly).into_iter().collect();
                    choices.extend(shown.map(|shown| (shown, 0.4, Fate::AsShown)));
                    choices.extend(results.iter().map(|&(n, base, fate)| (n, base + 2.0, fate)));
                    tally.take(hand, figure, &choices, false);
                }
                None if claim.label == Some(Label::Total) => total_of(tally, hand, figure, want, results),
                None => {
                    tally.take(hand, figure, results, false);
                }
            },
            Side::Formula(_, value, figures) => {
                let value = value.and_then(|value| value.whole());
                let known = value.is_some() && results.iter().any(|c| Some(c.0) == value && c.1 == 0.0);
                match known {
                    true => tally.exact += 1,
                    false => {
                        // `864 + 32`: each term by itself.
                        let mut choices: SmallVec<[Choice; 24]> = results.iter().copied().collect();
                        choices.extend(want.kernel.iter().chain(want.input).map(|&n| exactly(n)));
                        choices.extend([exactly(1)]);
                        tally.cost += 1.0;
                        figures.iter().for_each(|figure| {
                            tally.take(hand, figure, &choices, false);
                        });
                    }
                }
                stands = Some((value.filter(|_| known).or(want.params.params), value));
            }
            Side::Names => {}
        }
    }
}

/// A figure behind the word "total": the parameters; any other number of the row belongs elsewhere.
fn total_of<'s>(tally: &mut Tally<'s>, hand: &Hand, figure: &'s Figure, want: &Want<'_>, results: &[Choice]) {
    let choices: SmallVec<[Choice; 16]> = results
        .iter()
        .map(|&(n, base, fate)| match Some(n) == want.params.params {
            true => (n, base, fate),
            false => (n, base.max(ELSEWHERE), Fate::Elsewhere),
        })
        .collect();
    tally.take(hand, figure, &choices, true);
}

/// Factors that were written against those that were meant, in any order: the cost, and each pair that differs.
#[expect(clippy::type_complexity, reason = "pairs of what was written and what was meant")]
fn factors<'s>(
    hand: &Hand,
    written: &[&'s Figure],
    meant: &[i128],
) -> (f32, SmallVec<[(Option<&'s Figure>, Option<i128>); 6]>) {
    let mut pairs = SmallVec::new();
    let mut free: SmallVec<[i128; 6]> = meant.into();
    let mut rest: SmallVec<[&'s Figure; 6]> = SmallVec::new();
    let mut cost = 0.0;
    for &figure in written.iter().take(12) {
        match free.iter().position(|&n| figure.value() == Some(n)) {
            Some(at) => {
                free.remove(at);
            }
            None => rest.push(figure),
        }
    }
    cost += 8.0 * written.len().saturating_sub(12) as f32;
    for figure in rest {
        let near = free
            .iter()
            .enumerate()
            .map(|(at, &n)| (hand.cost(&figure.digits, n), at))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match near {
            Some((read, at)) if read < stray(&figure.digits) => {
                cost += read;
                pairs.push((Some(figure), Some(free.remove(at))));
            }
            _ => {
                cost += stray(&figure.digits);
                pairs.push((Some(figure), None));
            }
        }
    }
    for n in free {
        // A factor of 1 is often left out.
        if n != 1 {
            cost += LOST;
            pairs.push((None, Some(n)));
        }
    }
    (cost, pairs)
}

/// Figures that stand alone: each is one of the results, or a piece of one.
///
/// `answer` says which of them are the answer of their cell, by what they stand for.
fn pieces<'s>(
    tally: &mut Tally<'s>,
    hand: &Hand,
    figures: &[&'s Figure],
    results: &[Choice],
    answer: &dyn Fn(Option<i128>) -> bool,
) {
    let mut at = 0;
    while at < figures.len() {
        let alone = best(hand, figures[at], results).0;
        let joined = figures.get(at + 1).map(|next| {
            let digits: Box<str> = [&*figures[at].digits, &*next.digits].concat().into();
            Figure { digits, place: figures[at].place }
        });
        if let Some(joined) = &joined {
            let apart = alone + best(hand, figures[at + 1], results).0;
            if let (cost, Some(((meant, ..), _))) = best(hand, joined, results)
                && SPLIT + cost < apart
            {
                tally.cost += SPLIT + cost;
                tally.note(Some(figures[at]), Some(meant), Fate::Split, answer(Some(meant)));
                tally.note(Some(figures[at + 1]), Some(meant), Fate::Split, answer(Some(meant)));
                at += 2;
                continue;
            }
        }
        let stands = best(hand, figures[at], results).1.map(|(choice, _)| choice.0);
        tally.take(hand, figures[at], results, answer(stands));
        at += 1;
    }
}

/// The cell with the parameters, or the total.
pub(crate) fn sum<'s>(tally: &mut Tally<'s>, hand: &Hand, cell: &Digest<'s>, sum: i128, around: &[i128]) {
    let start = tally.cost;
    let results: SmallVec<[Choice; 12]> = [exactly(sum)]
        .into_iter()
        .chain(around.iter().filter(|n| **n > 9 && **n != sum).map(|&n| (n, ELSEWHERE, Fate::Elsewhere)))
        .collect();
    let mut loose: SmallVec<[&'s Figure; 8]> = SmallVec::new();
    for claim in &cell.claims {
        for (at, side) in claim.sides.iter().enumerate() {
            match side {
                Side::Figure(figure) => loose.push(figure),
                Side::Formula(_, value, _) if value.and_then(|v| v.whole()) == Some(sum) => tally.exact += 1,
                Side::Product(_, Some(value)) if *value == sum => tally.exact += 1,
                // The steps that lead to the sum are compared where they are worked out.
                _ if at + 1 < claim.sides.len() => tally.cost += 1.0,
                other => strays(tally, other, true),
            }
        }
    }
    pieces(tally, hand, &loose, &results, &|_| true);
    tally.cost = tally.cost.min(start + CELL);
}

/// How many elements a shape has.
pub(crate) fn elements(dims: &Dims) -> Option<i128> {
    dims.iter().try_fold(1i128, |product, &n| product.checked_mul(n))
}
