//! The schema `workings/audit/1`: a sheet, audited, in the order in which it is printed. Its comments become the schema's
//! descriptions.

use schemars::JsonSchema;
use serde::Serialize;
use workings::audit::{self, Judged};
use workings::fault;
use workings::worksheet::{self, Piece};

use super::number::EXACT;

/// What `workings audit --as json` prints: a sheet, or all sheets of a file that has several.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "workings/audit/1")]
pub(super) enum Answer<'a> {
    /// The only sheet of its file.
    One(Audit<'a>),
    /// Several sheets.
    Several(Sheets<'a>),
}

/// Several sheets of one file.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sheets<'a> {
    /// The version of this schema.
    schema: Version,
    /// The sheets, in the order of the file.
    sheets: Vec<Audit<'a>>,
}

/// A sheet, audited.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Audit<'a> {
    /// The version of this schema.
    schema: Version,
    /// What the sheet calls itself.
    sheet: Option<&'a str>,
    /// The network that it was held against: the key's name, or the sheet's own.
    network: &'a str,
    /// Every cell, row by row; the total is the last.
    cells: Vec<Cell<'a>>,
    /// The sheet's marks.
    scores: Scores,
    /// What was written and read as something else, the commonest first.
    misreadings: Vec<Misreading<'a>>,
    /// What was read and found no place in the sheet.
    unplaced: Vec<Unplaced<'a>>,
    /// What is to be said of the sheet as a whole.
    notes: Vec<&'a str>,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
pub(super) enum Version {
    #[serde(rename = "workings/audit/1")]
    One,
}

/// A cell, judged.
#[derive(Serialize, JsonSchema)]
struct Cell<'a> {
    /// Its row, from 1, in the order of the sheet; the total's is one more than the last.
    #[schemars(range(min = 1))]
    row: usize,
    /// Its column.
    column: Column,
    /// What was read in it.
    read: &'a str,
    /// What is said of it.
    verdict: Verdict,
    /// What should stand in it; `null` where that is not known, or nothing should.
    right: Option<Right<'a>>,
    /// What explains it.
    cause: Option<Cause<'a>>,
    /// What might explain it as well.
    #[schemars(length(max = 2))]
    rivals: Vec<Cause<'a>>,
    /// The earlier cell that it follows from.
    began_at: Option<Began>,
    /// How sure the verdict and its cause are, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    confidence: f64,
    /// The sentence that a person reads.
    says: &'a str,
    /// Where it was read; `null` where nothing was.
    place: Option<Place>,
}

/// A column of the worksheet; the total stands at its foot.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Column {
    /// The size of a kernel.
    Kernel,
    /// The size of the input.
    Input,
    /// How many kernels, or units.
    Kernels,
    /// The working of the parameters.
    Calculation,
    /// The working of the output's size, and the output.
    Output,
    /// The parameters of the row.
    Params,
    /// The parameters of the network.
    Total,
}

/// What is said of a cell.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// It is right, and its steps lead there.
    Right,
    /// Its result is right, and a step that is shown does not lead to it.
    RightWithSlip,
    /// It is worked out rightly from an earlier cell that is wrong.
    Carried,
    /// It is right under another convention, which the whole sheet keeps to.
    Convention,
    /// It is wrong, by a rule or a slip that has a name.
    Wrong,
    /// It was read wrongly: the rest of the sheet shows what was written.
    Misread,
    /// It is wrong, and two explanations fit.
    Ambiguous,
    /// It is wrong, and nothing explains it.
    Unexplained,
    /// Nothing stands in it.
    Blank,
    /// Its row is not on the sheet.
    Missing,
}

/// What should stand in a cell.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Right<'a> {
    /// A number, in a column of numbers (`kernels`, `params`, `total`). Beyond 2^53 − 1 it is text.
    Number(i64),
    /// Anything else: a shape, a working.
    Text(&'a str),
}

/// What explains a cell.
#[derive(Serialize, JsonSchema)]
struct Cause<'a> {
    /// Its code: `workings explain CODE` says what it means.
    rule: &'a str,
    /// What it did here.
    says: &'a str,
}

/// A place in the file, from 1, columns counted in characters.
#[derive(Serialize, JsonSchema)]
struct Place {
    /// The line.
    line: u32,
    /// The column of the text.
    column: u32,
}

/// An earlier cell.
#[derive(Serialize, JsonSchema)]
struct Began {
    /// Its row, from 1.
    #[schemars(range(min = 1))]
    row: usize,
    /// Its column.
    column: Column,
}

/// The sheet's marks.
#[derive(Serialize, JsonSchema)]
struct Scores {
    /// Only what stands there as it should counts.
    strict: Score,
    /// What follows rightly from an earlier cell counts too, and what was only read wrongly.
    carried: Score,
}

/// How many cells are right, of all that are filled in or should be.
#[derive(Serialize, JsonSchema)]
struct Score {
    /// Right ones.
    right: usize,
    /// All.
    of: usize,
}

/// What was written and read as something else.
#[derive(Serialize, JsonSchema)]
struct Misreading<'a> {
    /// What was written; empty where something was read that is not there.
    written: &'a str,
    /// What was read for it; empty where it was lost.
    read: &'a str,
    /// How often.
    times: usize,
}

/// What was read and found no place.
#[derive(Serialize, JsonSchema)]
struct Unplaced<'a> {
    /// The text.
    text: &'a str,
    /// Its line, from 1.
    line: u32,
    /// Its column, from 1.
    column: u32,
}

/// The answer for the sheets of a file.
pub(super) fn answer<'a>(all: &[(&'a worksheet::Sheet, &'a audit::Audit)]) -> Answer<'a> {
    match all {
        [(sheet, audit)] => Answer::One(one(sheet, audit)),
        all => {
            let sheets = all.iter().map(|(sheet, audit)| one(sheet, audit)).collect();
            Answer::Several(Sheets { schema: Version::One, sheets })
        }
    }
}

fn one<'a>(sheet: &'a worksheet::Sheet, audit: &'a audit::Audit) -> Audit<'a> {
    let misreading =
        |one: &'a audit::Misreading| Misreading { written: &one.written, read: &one.read, times: one.times };
    Audit {
        schema: Version::One,
        sheet: sheet.name.as_deref(),
        network: &audit.network,
        cells: audit.cells.iter().map(cell).collect(),
        scores: Scores { strict: score(audit.strict), carried: score(audit.carried) },
        misreadings: audit.misreadings.iter().map(misreading).collect(),
        unplaced: audit.unplaced.iter().map(unplaced).collect(),
        notes: audit.notes.iter().map(String::as_str).collect(),
    }
}

fn cell(cell: &Judged) -> Cell<'_> {
    Cell {
        row: cell.row,
        column: column(cell.column),
        read: &cell.read,
        verdict: verdict(cell.verdict),
        right: cell.right.as_deref().map(|right| self::right(right, cell.column)),
        cause: cell.cause.as_ref().map(cause),
        rivals: cell.rivals.iter().map(cause).collect(),
        began_at: cell.began_at.map(|(row, of)| Began { row, column: column(of) }),
        confidence: cell.confidence,
        says: &cell.says,
        place: place(cell.place),
    }
}

/// What should stand in a cell: a number where the column holds numbers.
fn right(right: &str, column: worksheet::Column) -> Right<'_> {
    use worksheet::Column::{Kernels, Params, Total};
    match right.parse::<i64>() {
        Ok(n) if matches!(column, Kernels | Params | Total) && i128::from(n).abs() <= EXACT => Right::Number(n),
        _ => Right::Text(right),
    }
}

fn cause(cause: &audit::Cause) -> Cause<'_> {
    Cause { rule: cause.rule, says: &cause.says }
}

fn place(place: fault::Place) -> Option<Place> {
    (place.line > 0).then_some(Place { line: place.line, column: place.column })
}

fn score(score: audit::Score) -> Score {
    Score { right: score.right, of: score.of }
}

fn unplaced(piece: &Piece) -> Unplaced<'_> {
    Unplaced { text: &piece.text, line: piece.place.line, column: piece.place.column }
}

fn column(column: worksheet::Column) -> Column {
    match column {
        worksheet::Column::Kernel => Column::Kernel,
        worksheet::Column::Input => Column::Input,
        worksheet::Column::Kernels => Column::Kernels,
        worksheet::Column::Calculation => Column::Calculation,
        worksheet::Column::Output => Column::Output,
        worksheet::Column::Params => Column::Params,
        worksheet::Column::Total => Column::Total,
    }
}

fn verdict(verdict: audit::Verdict) -> Verdict {
    match verdict {
        audit::Verdict::Right => Verdict::Right,
        audit::Verdict::RightWithSlip => Verdict::RightWithSlip,
        audit::Verdict::Carried => Verdict::Carried,
        audit::Verdict::Convention => Verdict::Convention,
        audit::Verdict::Wrong => Verdict::Wrong,
        audit::Verdict::Misread => Verdict::Misread,
        audit::Verdict::Ambiguous => Verdict::Ambiguous,
        audit::Verdict::Unexplained => Verdict::Unexplained,
        audit::Verdict::Blank => Verdict::Blank,
        audit::Verdict::Missing => Verdict::Missing,
    }
}
