//! What is said of a cell: what was written, what it equals, which rule that is, the rule here, the number, its effect.
//!
//! The form follows what is known to help (van der Kleij et al. 2015, *Review of Educational Research* 85: an explanation
//! helps more than the answer, the answer more than right or wrong). It speaks of the line, never of the person, and says
//! "fits" where more than one rule does.

use calc::{Expr, Working};

use super::alone::Dims;
use super::evidence::{Fate, Note};
use super::judge::Origin;
use super::layers::Kind;
use super::mistakes::{self, MISTAKES};
use super::search::{Search, Taken};
use super::{Cause, Judged, Verdict};
use crate::glossary;
use crate::worksheet::{Cell, Column};

/// A wrong rule as a cause.
pub(super) fn cause(at: usize) -> Cause {
    let mistake = &MISTAKES[at];
    Cause { rule: mistake.code, says: format!("The line {}.", mistake.does) }
}

/// A misreading or slip as a cause.
pub(super) fn reading(code: &'static str) -> Option<Cause> {
    mistakes::reading(code).map(|reading| Cause { rule: reading.code, says: reading.says.to_owned() })
}

/// A product: `3x3x32`.
pub(super) fn product(factors: &[i128], sign: &str) -> String {
    factors.iter().map(i128::to_string).collect::<Vec<_>>().join(sign)
}

/// The working of a row's parameters, as it should be.
pub(super) fn working(kind: &Kind, taken: &Taken) -> String {
    let params = &taken.params_true;
    let (Some(total), Some(count)) = (params.params, kind.count(&taken.settings)) else {
        return params.params.map(|n| n.to_string()).unwrap_or_default();
    };
    let channels = taken.input_true.as_ref().and_then(|dims| dims.first().copied());
    let kernel = kind.kernel(&taken.settings);
    let mut lines = Vec::new();
    if let (Some(fan_in), Some(channels), false) = (params.fan_in, channels, kernel.is_empty()) {
        let factors: Dims = kernel.iter().copied().chain([channels]).collect();
        if factors.iter().product::<i128>() == fan_in {
            lines.push(format!("{} = {fan_in}", product(&factors, "x")));
        }
    }
    if let (Some(weights), Some(fan_in)) = (params.weights, params.fan_in.or(channels))
        && fan_in.checked_mul(count) == Some(weights)
    {
        lines.push(format!("{fan_in}x{count} = {weights}"));
    }
    if let Some(biases) = params.biases {
        lines.push(format!("1x{count} = {biases}"));
    }
    lines.push(total.to_string());
    lines.join("; ")
}

/// What stands in a cell, short enough for a sentence.
fn quoted(cell: &Cell) -> String {
    let text = cell.written.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("`{}…`", &text[..at]),
        None => format!("`{text}`"),
    }
}

/// A wrong rule, put into words for one row.
pub(super) struct Say<'w, 'a, 's> {
    pub search: &'w Search<'a, 's>,
    pub taken: &'w Taken,
    pub mistake: usize,
}

impl Say<'_, '_, '_> {
    /// For the output's cell.
    pub fn output(&self, cell: &Cell, right: &str, verdict: Verdict) -> String {
        let mistake = &MISTAKES[self.mistake];
        let own = &self.taken.out;
        let theirs = super::search::written(own);
        let here =
            self.formula(None).map(|formula| format!(" {formula} = {}.", own_size(self.taken.out_true.as_ref())));
        format!(
            "{} comes to {theirs}. That {} {}. {}.{} Here it is {right}.",
            quoted(cell),
            fits(verdict),
            mistake.name,
            mistake.here,
            here.unwrap_or_default(),
        )
    }

    /// For the working of the parameters, or their cell.
    pub fn params(&self, cell: &Cell, right: &str, verdict: Verdict) -> String {
        let mistake = &MISTAKES[self.mistake];
        let kind = super::judge::kind_of(self.search.kinds, self.taken);
        format!(
            "{} comes to {}. That {} {}. {}: {}. Here it is {right}.",
            quoted(cell),
            self.taken.sum().params.params.unwrap_or(0),
            fits(verdict),
            mistake.name,
            mistake.here,
            working(kind, self.taken),
        )
    }

    /// The right formula in the numbers of this row.
    fn formula(&self, mistake: Option<usize>) -> Option<String> {
        let kind = super::judge::kind_of(self.search.kinds, self.taken);
        let reader = &self.search.readers[self.taken.kind];
        let truth = self.taken.input_true.as_ref()?;
        kind.work(reader, truth, &self.taken.settings, &self.taken.context_true)?;
        let line = kind.alone.line_of(mistake, 0)?;
        let numbers = Working::plain(kind.alone.page(), glossary::neutral)
            .numbers(line, &mut |line| reader.value(line).known().map_or(Expr::Unknown, Expr::Number));
        Some(numbers.to_string())
    }
}

fn own_size(dims: Option<&Dims>) -> i128 {
    dims.and_then(|dims| dims.get(1).copied()).unwrap_or(0)
}

fn fits(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ambiguous => "would fit",
        _ => "fits",
    }
}

pub(super) fn carried(began: Origin, right: &str) -> String {
    match began {
        Some((row, column)) => {
            format!(
                "This follows from row {}, {}, and is worked out rightly from there. With that mended it is {right}.",
                row + 1,
                place(column)
            )
        }
        None => format!("This follows from an earlier cell. With that mended it is {right}."),
    }
}

fn place(column: Column) -> &'static str {
    match column {
        Column::Kernel => "the kernel",
        Column::Input => "the input",
        Column::Kernels => "the number of kernels",
        Column::Calculation => "the calculation",
        Column::Output => "the output",
        Column::Params => "the parameters",
        Column::Total => "the total",
    }
}

pub(super) fn older(cell: &Cell, older: usize, right: &str) -> String {
    format!("{} is what row {} gave. The row above hands on {right}.", quoted(cell), older + 1)
}

/// For an input that a wrong rule made of the shape above.
pub(super) fn flattened(cell: &Cell, rule: usize, before: &super::alone::Dims, right: &str) -> String {
    let mistake = &MISTAKES[rule];
    format!(
        "{} fits {}. {}: {} = {right}.",
        quoted(cell),
        mistake.name,
        mistake.here,
        super::search::written(before).replace('x', " × ")
    )
}

pub(super) fn miscopied(cell: &Cell, right: &str) -> String {
    format!("{} is not what the row above hands on, and the row goes on with it. Handed on is {right}.", quoted(cell))
}

pub(super) fn channels(cell: &Cell, right: &str) -> String {
    format!(
        "In {} the last number is not the number of kernels: each kernel makes one channel. Here it is {right}.",
        quoted(cell)
    )
}

pub(super) fn unexplained(cell: &Cell, right: &str) -> String {
    format!("{}: no rule and no misreading that is known leads there. Here it is {right}.", quoted(cell))
}

pub(super) fn echoed(cell: &Cell, at: usize, right: &str) -> String {
    format!(
        "{} would fit {}, but the parameters of the row, or the total, show that it was worked out as {right}: \
         the text seems to repeat a similar row.",
        quoted(cell),
        MISTAKES[at].name
    )
}

pub(super) fn slipped(cell: &Cell, cause: Option<&'static str>, right: &str) -> String {
    match cause.and_then(mistakes::reading) {
        Some(reading) => format!(
            "{}: the steps lead to {right}. {} seems to have happened here.",
            quoted(cell),
            capital(reading.name)
        ),
        None => unexplained(cell, right),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn total(cell: &Cell, at: usize, about: Option<usize>, sum: i128, right: &str) -> String {
    let mistake = &MISTAKES[at];
    let which = about.map(|row| format!(" (row {})", row + 1)).unwrap_or_default();
    let fed = if sum.to_string() == right { String::new() } else { format!(" With the numbers above it is {sum}.") };
    format!("{} fits {}{which}. {}.{fed} Here it is {right}.", quoted(cell), mistake.name, mistake.here)
}

/// A figure that is not simply what it should be, in a cell whose answer is.
pub(super) fn noted(cell: &Cell, note: &Note<'_>, verdict: Verdict) -> String {
    let read = note.figure.map(|figure| format!("`{}`", figure.digits)).unwrap_or_else(|| quoted(cell));
    let meant = note.meant.map(|n| n.to_string()).unwrap_or_default();
    match note.fate {
        Fate::Misread => format!("Read as {read}; {meant} is what agrees with the cells around it."),
        Fate::Garbled => format!("{read} cannot be read as {meant}, but {meant} is what stands beside it and in the rows around."),
        Fate::Split => format!("{read} is a piece of a number that was split: {meant}."),
        Fate::Elsewhere if note.last => format!("{read} is the number of another cell; {meant} belongs here."),
        Fate::Elsewhere => format!("{read} belongs in another cell; the answer here is right."),
        Fate::AsShown | Fate::Short if verdict == Verdict::Misread => {
            format!(
                "{read} follows from the formula as it is read here, but the rows around it go on with {meant}: part of the formula was lost."
            )
        }
        Fate::AsShown | Fate::Short => {
            format!("The answer is right; {read} is not where the steps lead on the way to it.")
        }
        Fate::Lost => {
            "The answer is right; in the formula as it is read here, a sign or a number is lost or changed.".to_owned()
        }
        Fate::OtherRow => format!(
            "The formula begins with another row's size; this row's input has {meant}. The text seems to repeat a similar row."
        ),
        Fate::Factor => format!("The answer is right; the factor {meant} is not in the product as it is read here."),
        Fate::Stray => format!("{read}: nothing on the sheet leads there."),
    }
}

/// What a cell means for those below it.
pub(super) fn effect(cell: &mut Judged, effects: usize) {
    if effects > 0 {
        let cells = if effects == 1 { "1 cell follows".to_owned() } else { format!("{effects} cells follow") };
        cell.says =
            format!("{} {cells} from it and turn{} right with it.", cell.says, if effects == 1 { "s" } else { "" });
    }
}
