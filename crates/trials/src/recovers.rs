//! Networks recovered from damaged sheets.

use workings::audit::{Recovered, recover};
use workings::ledger::{Binds, Ledger};
use workings::model::Model;
use workings::worksheet::fill::{self, Style, Sums};
use workings::worksheet::{Column, Sheet};

use crate::audits::{has_row, model_of, read};
use crate::damage::damage;
use crate::network::network;
use crate::render;
use crate::rng::Rng;
use crate::sheet::{Paper, style};

/// How a sheet comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A whole table.
    Markdown,
    /// What a scanner makes of it.
    Scan,
}

/// A damaged sheet without mistakes.
pub struct Case {
    /// The network in the project's notation.
    pub net: String,
    /// The same, read.
    pub model: Model,
    /// How it is written.
    pub style: Style,
    /// The sheet as it came to the scanner.
    pub paper: Paper,
    /// The sheet as text.
    pub text: String,
    /// In this form.
    pub form: Form,
    /// In which manner.
    pub manner: &'static str,
}

/// How a recovery came out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// Every output and every number of parameters as it was.
    Exact,
    /// Not as it was, and it is said that the sheet does not decide.
    Undecided,
    /// Another network, and nothing is said.
    Other(&'static str),
    /// The text was not read as one sheet.
    Unread(String),
    /// Nothing came back.
    Nothing,
}

impl Case {
    /// The case of a trial.
    pub fn of(seed: u64, trial: u64, form: Form) -> Case {
        let mut rng = Rng::of(seed.wrapping_add(0x7265), trial);
        let net = network(&mut rng, &format!("trial-{trial}"));
        let model = model_of(&net);
        let mut style = style(&mut rng);
        if form == Form::Scan {
            // As on the sheets that were scanned: every sum is worked out, and dense rows have no shape of their own.
            style.sums = if style.sums == Sums::None { Sums::Steps } else { style.sums };
            style.vectors = false;
        }
        let filled = fill::fill(&model, &style, &[]).expect("a network without mistakes can be filled in");
        let mut paper = Paper::of(&filled);
        paper.name = format!("Question {}", trial + 1);
        damage(&mut rng, &mut paper);
        let (manner, text) = match form {
            Form::Markdown => ("markdown", render::markdown(&paper)),
            Form::Scan => render::scan::scanned(&mut rng, &paper),
        };
        Case { net, model, style, paper, text, form, manner }
    }

    /// The sheet as it is read.
    pub fn sheet(&self) -> Result<Sheet, String> {
        let name = if self.form == Form::Markdown { "trial.md" } else { "trial.txt" };
        read(name, self.text.clone())
    }

    /// How many rows were read; how many were written.
    pub fn rows(&self) -> (usize, usize) {
        (self.sheet().map_or(0, |sheet| sheet.rows.len()), rows(&self.model).len())
    }

    /// How many cells are filled in.
    pub fn cells(&self) -> usize {
        self.paper.rows.iter().flatten().filter(|spot| !digits(&spot.text).is_empty()).count() + 1
    }

    /// The cells that do not hold the digits that were written in them.
    pub fn strays(&self) -> Vec<String> {
        let sheet = self.sheet().unwrap_or_default();
        let mut strays = Vec::new();
        for (at, row) in self.paper.rows.iter().enumerate() {
            for column in Column::OF_ROW {
                let written = &row[column as usize].text;
                let read = sheet.rows.get(at).map_or("", |row| &row.cell(column).written);
                if digits(written) != digits(read) {
                    strays.push(format!("{}.{}: {written:?} read as {read:?}", at + 1, column.name()));
                }
            }
        }
        if digits(&self.paper.total.text) != digits(&sheet.total.written) {
            strays.push(format!("total: {:?} read as {:?}", self.paper.total.text, sheet.total.written));
        }
        strays
    }

    /// Recovers it.
    pub fn recovered(&self) -> Result<Option<Recovered>, String> {
        self.sheet().map(|sheet| recover(&sheet))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Output and parameters of every layer that has a row.
fn rows(model: &Model) -> Vec<(Option<Vec<i128>>, Option<i128>)> {
    let (ledger, _) = Ledger::of(model.clone(), &Binds::new());
    let rows = ledger.rows.iter().zip(&model.layers);
    let rows = rows.filter(|(_, layer)| layer.op.is_some_and(|op| has_row(op.name)));
    let known = |line: &_| ledger.page.known(*line);
    rows.map(|(row, _)| {
        (row.out.as_ref().and_then(|out| out.iter().map(known).collect()), ledger.value(row.sums.params).known())
    })
    .collect()
}

/// Compares what came back with what was.
pub fn came(case: &Case, recovered: &Result<Option<Recovered>, String>) -> Came {
    let recovered = match recovered {
        Err(says) => return Came::Unread(says.clone()),
        Ok(None) => return Came::Nothing,
        Ok(Some(recovered)) => recovered,
    };
    let (mine, theirs) = (rows(&case.model), rows(&recovered.model));
    let other = match mine.len().cmp(&theirs.len()) {
        std::cmp::Ordering::Less => "more rows",
        std::cmp::Ordering::Greater => "fewer rows",
        std::cmp::Ordering::Equal if mine == theirs => return Came::Exact,
        std::cmp::Ordering::Equal => {
            let shape = mine.iter().zip(&theirs).find(|(a, b)| a.0 != b.0);
            if shape.is_some() { "an output" } else { "parameters" }
        }
    };
    if recovered.decided { Came::Other(other) } else { Came::Undecided }
}
