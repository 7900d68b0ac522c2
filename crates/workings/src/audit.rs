//! The audit: each cell of a filled sheet beside what it should be, with the mistake or the misreading that explains it.

pub(crate) mod alone;
mod candidates;
mod digest;
mod evidence;
mod explain;
pub(crate) mod form;
mod hand;
mod judge;
pub(crate) mod layers;
pub mod mistakes;
mod plan;
mod recover;
mod search;
mod slips;
mod total;
mod wording;

pub use wording::called;

use crate::fault::Place;
use crate::model::Model;
use crate::worksheet::{Column, Piece, Sheet};

/// What is said of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Right, and its steps too.
    Right,
    /// The result is right, and a step that is shown does not lead to it.
    RightWithSlip,
    /// Worked out rightly from an earlier cell that is wrong.
    Carried,
    /// Right under another convention, which the whole sheet keeps to.
    Convention,
    /// A wrong rule or a slip, named.
    Wrong,
    /// Read wrongly: the rest of the sheet shows what was written.
    Misread,
    /// Wrong, and two explanations fit.
    Ambiguous,
    /// Wrong, and nothing explains it.
    Unexplained,
    /// Nothing stands in it.
    Blank,
    /// Its row is not on the sheet.
    Missing,
}

impl Verdict {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        [
            "right",
            "right-with-slip",
            "carried",
            "convention",
            "wrong",
            "misread",
            "ambiguous",
            "unexplained",
            "blank",
            "missing",
        ][self as usize]
    }
}

/// What explains a cell: a wrong rule (`S1` …, `P1` …, `T1` …) or a misreading (`X1` …).
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Its code in [`mistakes::MISTAKES`] or [`mistakes::READINGS`].
    pub rule: &'static str,
    /// What it did here, in a sentence about the line.
    pub says: String,
}

/// A cell, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its row from 1, in the order of the sheet; the total's is one more than the last.
    pub row: usize,
    /// Its column.
    pub column: Column,
    /// What was read in it.
    pub read: String,
    /// Where.
    pub place: Place,
    /// What is said of it.
    pub verdict: Verdict,
    /// What it should be: `75x75x64`, `18496`, or the working.
    pub right: Option<String>,
    /// What explains it.
    pub cause: Option<Cause>,
    /// What might explain it as well: at most two.
    pub rivals: Vec<Cause>,
    /// The cell that it follows from: a row from 1, and a column.
    pub began_at: Option<(usize, Column)>,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// The sentence for a person: what was written, what it equals, which rule that is, the rule here, the number, its effect.
    pub says: String,
}

/// Cells that are right, of those that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Right ones.
    pub right: usize,
    /// All that are filled in or should be.
    pub of: usize,
}

/// A character that was read as another, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misreading {
    /// What was written.
    pub written: String,
    /// What was read.
    pub read: String,
    /// How often.
    pub times: usize,
}

/// A sheet, audited.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The network that it was held against: the key's name, or the sheet's own.
    pub network: String,
    /// Every cell, row by row, the total last.
    pub cells: Vec<Judged>,
    /// Strictly: only what stands there as it should counts.
    pub strict: Score,
    /// With errors carried forward and the benefit of the doubt for misreadings.
    pub carried: Score,
    /// The misreadings of this sheet, the commonest first.
    pub misreadings: Vec<Misreading>,
    /// What was read and found no place.
    pub unplaced: Vec<Piece>,
    /// What is to be said of the sheet as a whole: that the key is for another network, that nothing could be checked.
    pub notes: Vec<String>,
}

/// A network recovered from a sheet.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The network, determined throughout.
    pub model: Model,
    /// What is to be said beside it: of a layer by index, or of the whole. Repaired figures, and choices that the sheet leaves.
    pub notes: Vec<(Option<usize>, String)>,
    /// Whether a figure had to be repaired.
    pub repaired: bool,
    /// Whether the sheet decides every setting.
    pub decided: bool,
}

/// How many rows a sheet may have to be judged or recovered: more layers than any network that is worked out by hand.
pub const MOST_ROWS: usize = 2_000;

/// Judges every cell of a sheet: against a network, or against the one that explains most of it.
pub fn audit(sheet: &Sheet, key: Option<&Model>) -> Audit {
    explain::audit(sheet, key)
}

/// The network that explains most of a sheet; `None` where it holds too little to tell.
pub fn recover(sheet: &Sheet) -> Option<Recovered> {
    recover::recover(sheet)
}
