//! A sheet filled in for a network the way a person does it, with mistakes where they are wanted.
//!
//! Every number comes from the page on which the audit's wrong rules stand, so that a planted mistake is worth what the rule
//! says. Each row is worked out from the person's own earlier numbers: what went wrong once is carried forward. The same
//! sheet is filled in without mistakes too, and what is said of each cell ([`Truth`]) comes from the two side by side.

mod chain;
mod style;
mod text;

pub use style::{Formulas, Nothing, Style, Sums};

use crate::audit::alone::Reader;
use chain::{Chain, Filler, Row};

use super::Column;
use crate::audit::mistakes::MISTAKES;
use crate::model::Model;

/// A mistake in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The row, from 0; the total's is one more than the last.
    pub row: usize,
    /// The code of a wrong rule, or one of [`SLIPS`].
    pub code: &'static str,
    /// Chooses where there are several: which digit was changed, which row's channels were taken.
    pub pick: u64,
}

/// The mistakes that can be planted and have no formula: what was copied wrongly, and slips in a product.
pub const SLIPS: [&str; 7] = ["P18a", "P18b", "P18c", "P18d", "T1", "T2", "T3"];

/// What is true of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// As it stands without any mistake.
    Right,
    /// It follows from the cell that went wrong: a row from 0, and a column.
    Carried(usize, Column),
    /// Wrong, by the mistake of this code.
    Wrong(&'static str),
    /// A wrong rule gave the right number; its step is seen.
    Masked(&'static str),
}

/// A cell as it was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was written, a line a line.
    pub text: String,
    /// What is true of it.
    pub truth: Truth,
}

/// A mistake as it came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The mistake.
    pub planted: Planted,
    /// The cells that it stands in, the first one first.
    pub cells: Vec<(usize, Column)>,
    /// Whether it gives the right number.
    pub masked: bool,
    /// Whether anything is seen of it.
    pub visible: bool,
    /// The other wrong rules under which the same would have been written.
    pub alike: Vec<&'static str>,
    /// Whether a layer with another stride or padding, worked out rightly, has the same output.
    pub reached: bool,
    /// Whether it would have been written so too: only the network tells that it is wrong.
    pub otherwise: bool,
}

/// A filled sheet.
#[derive(Clone, Debug)]
pub struct Filled {
    /// What the network is called.
    pub name: String,
    /// Its rows, a cell a column of [`Column::OF_ROW`].
    pub rows: Vec<[Entry; 6]>,
    /// The total.
    pub total: Entry,
    /// What came of each mistake.
    pub outcomes: Vec<Outcome>,
}

/// Fills in a sheet for a network of one chain of layers; `None` where that is not so, a mistake cannot be made in its
/// place, or the layers after it cannot go on with what it gives.
pub fn fill(model: &Model, style: &Style, planted: &[Planted]) -> Option<Filled> {
    let filler = Filler::of(model, style)?;
    let readers = filler.readers();
    let right = filler.chain(&readers, &[])?;
    let made = filler.chain(&readers, planted)?;
    let outcome = |at: usize| filler.outcome(&readers, planted, at, &made);
    let outcomes: Option<Vec<Outcome>> = (0..planted.len()).map(outcome).collect();
    let mut outcomes = outcomes?;
    let plain = Style { formulas: Formulas::Plain, ..*style };
    if outcomes.iter().any(|outcome| outcome.masked) {
        let filler = Filler::of(model, &plain)?;
        let readers = filler.readers();
        let made = filler.chain(&readers, planted)?;
        for (at, outcome) in outcomes.iter_mut().enumerate().filter(|(_, outcome)| outcome.masked) {
            // A neutral term more or less is nothing to speak of, nor is a formula that is not written.
            let shown = style.formulas != Formulas::None && outcome.planted.code != "S14";
            outcome.visible &= shown && filler.outcome(&readers, planted, at, &made)?.visible;
        }
    }
    let truth = |row: usize, column: Column, made_text: &str, right_text: &str, begun: Option<(usize, Column)>| {
        let here = outcomes.iter().find(|o| o.visible && o.cells.first() == Some(&(row, column)));
        match (here, begun) {
            (Some(outcome), _) if outcome.masked => Truth::Masked(outcome.planted.code),
            (Some(outcome), _) => Truth::Wrong(outcome.planted.code),
            (None, Some((from, of))) if made_text != right_text => Truth::Carried(from, of),
            _ => Truth::Right,
        }
    };
    let rows = made.rows.iter().zip(&right.rows).enumerate().map(|(at, (made, right))| {
        std::array::from_fn(|column| {
            let of = Column::OF_ROW[column];
            let truth = truth(at, of, &made.texts[column], &right.texts[column], made.began(of, right));
            Entry { text: made.texts[column].clone(), truth }
        })
    });
    let rows: Vec<[Entry; 6]> = rows.collect();
    let begun = made.rows.iter().zip(&right.rows).find_map(|(made, right)| {
        if made.params.params == right.params.params {
            None
        } else {
            made.began(Column::Params, right).or(made.began_sum())
        }
    });
    let total = Entry { truth: truth(rows.len(), Column::Total, &made.total, &right.total, begun), text: made.total };
    Some(Filled { name: model.name.to_string(), rows, total, outcomes })
}

impl Filler<'_> {
    /// What came of a mistake.
    fn outcome(&self, readers: &[Reader<'_>], planted: &[Planted], at: usize, made: &Chain) -> Option<Outcome> {
        let one = planted[at];
        let without: Vec<Planted> = planted.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| *p).collect();
        let last = one.row + 1;
        let plain = self.upto(readers, last, &without)?;
        let total = one.row == self.len();
        let cells = match made.rows.get(one.row) {
            Some(row) => cells(&one, row),
            None => vec![(one.row, Column::Total)],
        };
        let texts = |chain: &Chain| -> Vec<String> {
            cells.iter().map(|&(row, column)| chain.text(row, column).to_owned()).collect()
        };
        let seen = texts(made);
        let masked = match total {
            true => plain.sum == made.sum,
            false => made.rows[one.row].same(&plain.rows[one.row]),
        };
        let alike = MISTAKES.iter().map(|mistake| mistake.code).filter(|&code| {
            let other = Planted { code, ..one };
            let others: Vec<Planted> = without.iter().copied().chain([other]).collect();
            code != one.code
                && total == code.starts_with("T4")
                && self.upto(readers, last, &others).is_some_and(|other| texts(&other) == seen)
        });
        let output = cells[0].1 == Column::Output;
        let (reached, otherwise) = if output { self.otherwise(&made.rows[one.row]) } else { (false, false) };
        Some(Outcome {
            planted: one,
            masked,
            visible: texts(&plain) != seen,
            alike: alike.collect(),
            reached,
            otherwise,
            cells,
        })
    }
}

/// The cells in which a mistake stands.
fn cells(planted: &Planted, row: &Row) -> Vec<(usize, Column)> {
    let columns: &[Column] = match kind_of(planted.code) {
        Kind::Copy => &[Column::Input],
        Kind::Output => &[Column::Output],
        Kind::Params if row.texts[Column::Calculation as usize].is_empty() => &[Column::Params],
        Kind::Params => &[Column::Calculation, Column::Params],
        Kind::Total => &[Column::Total],
    };
    columns.iter().map(|&column| (planted.row, column)).collect()
}

/// What a mistake is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Copy,
    Output,
    Params,
    Total,
}

fn kind_of(code: &str) -> Kind {
    match code {
        "T1" | "T2" | "S20d" | "S20e" | "S20f" => Kind::Copy,
        "T3" => Kind::Output,
        code if code.starts_with('S') => Kind::Output,
        code if code.starts_with('T') => Kind::Total,
        _ => Kind::Params,
    }
}
