//! What is said of a cell: what was written, what it equals, which rule that is, the rule here, the number, its effect.
//!
//! The form follows what is known to help (van der Kleij et al. 2015, *Review of Educational Research* 85: an explanation
//! helps more than the answer, the answer more than right or wrong). It speaks of the line, never of the person, and says
//! "would fit" where more than one rule does, "seems" where the sheet only suggests it.

use calc::{Expr, Working};

use super::alone::Dims;
use super::evidence::{Fate, Note};
use super::hand::{Edit, Hand};
use super::judge::Origin;
use super::layers::Kind;
use super::mistakes::{self, MISTAKES, Wrong};
use super::search::{Search, Taken};
use super::{Cause, Judged, Verdict};
use crate::glossary;
use crate::worksheet::{Cell, Column};

/// How much of a cell stands in a sentence.
const QUOTED: usize = 60;

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

/// What stands in a cell, short enough for a sentence: its lines are parted, but for those that go on from the one before.
fn quoted(cell: &Cell) -> String {
    let mut text = String::new();
    for line in cell.written.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
        let goes_on = words.starts_with('=') || text.ends_with(['=', ';']);
        text.push_str(if text.is_empty() || words.is_empty() {
            ""
        } else if goes_on {
            " "
        } else {
            "; "
        });
        text.push_str(&words);
    }
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("`{}…`", text[..at].trim_end_matches([' ', ';'])),
        None => format!("`{text}`"),
    }
}

/// What stands in a cell, and what it comes to where that is not plainly what stands there.
fn comes_to(cell: &Cell, own: &str) -> String {
    let plain: String = cell.written.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    match plain.replace(['×', 'X', '*'], "x") == own {
        true => quoted(cell),
        false => format!("{} comes to {own}, which", quoted(cell)),
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
        let own = super::search::written(&self.taken.out);
        // The formula is that of a side: it says nothing of the channels.
        let formula = if matches!(mistake.rule, Wrong::Depth(_)) { None } else { self.formula(None) };
        let here = match formula {
            Some(formula) => led(mistake.here, &format!("{formula} = {}", side(self.taken.out_true.as_ref()))),
            None => mistake.here.to_owned(),
        };
        format!("{} {}. {here}. Here it is {right}.", comes_to(cell, &own), fits(verdict, mistake.name))
    }

    /// For the working of the parameters, or their cell.
    pub fn params(&self, cell: &Cell, right: &str, verdict: Verdict) -> String {
        let mistake = &MISTAKES[self.mistake];
        let kind = super::judge::kind_of(self.search.kinds, self.taken);
        let own = self.taken.sum().params.params.unwrap_or(0).to_string();
        let working = working(kind, self.taken);
        let here = match working.rsplit_once("; ") {
            Some((steps, total)) => led(mistake.here, &format!("{}; together {total}", steps.replace('x', " × "))),
            None => format!("{}. Here it is {right}", mistake.here),
        };
        format!("{} {}. {here}.", comes_to(cell, &own), fits(verdict, mistake.name))
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

/// A rule and its numbers here: behind a colon, if the rule has none itself.
fn led(rule: &str, numbers: &str) -> String {
    match rule.contains(": ") {
        true => format!("{rule}. Here {numbers}"),
        false => format!("{rule}: {numbers}"),
    }
}

/// The first side of a space.
fn side(dims: Option<&Dims>) -> i128 {
    dims.and_then(|dims| dims.get(1).copied()).unwrap_or(0)
}

/// How surely a rule fits.
fn fits(verdict: Verdict, name: &str) -> String {
    match verdict {
        Verdict::Ambiguous => format!("would fit “{name}”, though not that alone"),
        Verdict::Convention => format!("fits “{name}”, and the whole sheet keeps to it"),
        _ => format!("fits “{name}”"),
    }
}

pub(super) fn carried(began: Origin, right: &str) -> String {
    match began {
        Some((row, column)) => format!(
            "This is worked out rightly from row {}'s {}. Once that is mended, it is {right}.",
            row + 1,
            called(column)
        ),
        None => format!("This is worked out rightly from an earlier cell. Once that is mended, it is {right}."),
    }
}

/// What people call a column.
pub fn called(column: Column) -> &'static str {
    match column {
        Column::Kernel => "kernel",
        Column::Input => "input",
        Column::Kernels => "number of kernels",
        Column::Calculation => "calculation",
        Column::Output => "output",
        Column::Params => "parameters",
        Column::Total => "total",
    }
}

pub(super) fn older(cell: &Cell, older: usize, right: &str) -> String {
    format!("{} is what row {} gave; what comes into this row is {right}.", quoted(cell), older + 1)
}

/// For a cell that follows rightly from a convention.
pub(super) fn by_convention(began: Option<(usize, Column)>, right: &str) -> String {
    let from = began.map_or("an earlier cell".to_owned(), |(row, column)| format!("row {row}'s {}", called(column)));
    format!("This follows rightly from the convention of {from}; without it, it is {right}.")
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
    format!("{} stands here and the row goes on with it, but what comes into this row is {right}.", quoted(cell))
}

pub(super) fn channels(cell: &Cell, right: &str) -> String {
    format!(
        "The channels in {} are not those of this layer: a convolution gives one a kernel, a pool keeps those of its \
         input. Here it is {right}.",
        quoted(cell)
    )
}

pub(super) fn unexplained(cell: &Cell, right: &str) -> String {
    format!("No rule, slip or misreading that is known leads to {}. Here it is {right}.", quoted(cell))
}

pub(super) fn echoed(cell: &Cell, at: usize, right: &str) -> String {
    format!(
        "{} would fit “{}”, but the parameters of the row, or the total, agree with {right}: it was probably worked out \
         so, and the text here read from a similar row.",
        quoted(cell),
        MISTAKES[at].name
    )
}

pub(super) fn slipped(cell: &Cell, cause: Option<&'static str>, right: &str) -> String {
    match cause.and_then(mistakes::reading) {
        Some(reading) if reading.code == "T1" => format!(
            "{} is not what the steps lead to, {right}, and is gone on with. A number seems copied wrongly within the row.",
            quoted(cell)
        ),
        Some(reading) => format!(
            "{} is near what the steps lead to, {right}. It looks like a slip of arithmetic: {}.",
            quoted(cell),
            reading.name
        ),
        None => unexplained(cell, right),
    }
}

pub(super) fn total(cell: &Cell, at: usize, about: Option<usize>, sum: i128, right: &str) -> String {
    let mistake = &MISTAKES[at];
    let which = about.map(|row| format!(" (row {})", row + 1)).unwrap_or_default();
    let fed = match sum.to_string() == right {
        true => format!("Here it is {right}."),
        false => format!("The rows as they stand come to {sum}; once they are mended it is {right}."),
    };
    format!("{} fits “{}”{which}. {}. {fed}", quoted(cell), mistake.name, mistake.here)
}

/// A figure that is not simply what it should be, in a cell whose answer is.
pub(super) fn noted(cell: &Cell, note: &Note<'_>, verdict: Verdict) -> String {
    let digits = note.figure.map(|figure| &*figure.digits).unwrap_or_default();
    let read = if digits.is_empty() { quoted(cell) } else { format!("`{digits}`") };
    let meant = note.meant.map(|n| n.to_string()).unwrap_or_default();
    match note.fate {
        Fate::Misread if meant == "0" => format!("{read} was read here, and this row has no parameters."),
        Fate::Misread => {
            format!(
                "{read} was read where {meant} agrees with the cells around it{}.",
                note.meant.map_or(String::new(), |meant| changed(digits, meant))
            )
        }
        Fate::Garbled => {
            format!("{read} cannot be read as {meant}, but {meant} is what stands beside it and in the rows around.")
        }
        Fate::Shorter => {
            "The answer is right; the formula shown leaves the kernel out, and comes to the same here by chance."
                .to_owned()
        }
        Fate::Split => format!("{read} is a piece of {meant}, which was split in reading."),
        // Whoever wrote it may have counted it: then it is a wrong rule, and this is said of both.
        Fate::Elsewhere if note.last && meant == "0" => {
            format!("This row has no parameters; {read} is a number of another cell, counted or read here.")
        }
        Fate::Elsewhere if note.last => {
            format!("{read} is a number of another cell; {meant} agrees with the rows around this one.")
        }
        Fate::Elsewhere => format!("The answer here is right; {read} belongs in another cell."),
        Fate::AsShown | Fate::Short if verdict == Verdict::Misread && meant == digits => {
            format!("{read} does not go with the cells around it.")
        }
        Fate::AsShown | Fate::Short if verdict == Verdict::Misread => format!(
            "{read} follows from the formula as it is read here, but the rows around it go on with {meant}: a part of the \
             formula seems to be lost."
        ),
        Fate::AsShown | Fate::Short => {
            format!("The answer is right; a step shown on the way comes to {read}, which does not lead there.")
        }
        Fate::Lost => {
            "The answer is right; a sign or a number of the formula seems to be lost or changed in reading.".to_owned()
        }
        Fate::OtherRow => format!(
            "The formula begins with another row's size; this row's input has {meant}. The text seems to be read from a \
             similar row."
        ),
        Fate::Factor => {
            format!("The answer is right; the factor {meant} is missing from the product as it is read here.")
        }
        Fate::Stray if meant.is_empty() || meant == digits => format!("Nothing on the sheet leads to {read}."),
        Fate::Stray => format!("Nothing on the sheet leads to {read}; {meant} agrees with the cells around it."),
    }
}

/// Which digits were read as others, where that alone leads from one number to the other.
fn changed(read: &str, meant: i128) -> String {
    let mut pairs: Vec<String> = Vec::new();
    for edit in Hand::default().edits(read, meant) {
        let Edit::Digit(written, read) = edit else { return String::new() };
        let pair = format!("{written} read as {read}");
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    // A number of one digit says it already.
    match pairs.is_empty() || read.len() == 1 {
        true => String::new(),
        false => format!(" ({})", pairs.join(", ")),
    }
}

/// What a cell means for those below it.
pub(super) fn effect(cell: &mut Judged, effects: usize) {
    match effects {
        0 => {}
        1 => cell.says.push_str(" 1 cell follows from it."),
        _ => cell.says.push_str(&format!(" {effects} cells follow from it.")),
    }
}
