//! Sheets as text, for tests.

use std::fmt::Write;

use formats::Source;
use workings::fault::Fault;
use workings::worksheet::{Cell, Column, Label, Sheet};

/// A text under a name.
pub struct Text<'t>(pub &'t str, pub &'t [u8]);

impl Source for Text<'_> {
    fn name(&self) -> &str {
        self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.1[range.start as usize..range.end as usize].to_vec())
    }
}

/// The sheets in a text.
pub fn sheets(name: &str, text: &str) -> Vec<Sheet> {
    formats::sheet::read(&Text(name, text.as_bytes())).expect("it is a sheet").0
}

/// A cell's claims, in one hand: `weights: 3 × 3 × 3 = 27 | .. = 64`.
pub fn claims(cell: &Cell) -> String {
    let claims = cell.claims.iter().map(|claim| {
        let label = match claim.label {
            Some(Label::Weights) => "weights: ",
            Some(Label::Bias) => "bias: ",
            Some(Label::Total) => "total: ",
            Some(Label::Output) => "output: ",
            None => "",
        };
        let sides: Vec<String> = claim.sides.iter().map(ToString::to_string).collect();
        format!("{label}{}{}", if claim.goes_on { ".. = " } else { "" }, sides.join(" = "))
    });
    let struck = cell.struck.iter().map(|piece| format!("~~{}~~", piece.text));
    let words = cell.words.iter().map(|piece| format!("“{}”", piece.text));
    let mut all: Vec<String> = claims.chain(struck).chain(words).collect();
    if all.is_empty() && !cell.written.is_empty() {
        all.push(format!("‘{}’", cell.written));
    }
    all.join(" | ")
}

/// A sheet, a row a paragraph.
pub fn shown(sheet: &Sheet) -> String {
    let mut out = format!("# {}\n", sheet.name.as_deref().unwrap_or("(no name)"));
    for (number, row) in sheet.rows.iter().enumerate() {
        write!(out, "{}.", number + 1).expect("a text takes all");
        for (name, cell) in [("label", &row.label), ("stride", &row.stride), ("padding", &row.padding)] {
            if !cell.written.is_empty() {
                write!(out, " {name} [{}]", claims(cell)).expect("a text takes all");
            }
        }
        for column in Column::OF_ROW {
            let cell = row.cell(column);
            if !cell.written.is_empty() || !cell.struck.is_empty() {
                write!(out, " {} [{}]", column.name(), claims(cell)).expect("a text takes all");
            }
        }
        out.push('\n');
    }
    if !sheet.total.written.is_empty() {
        writeln!(out, "total [{}]", claims(&sheet.total)).expect("a text takes all");
    }
    if !sheet.unplaced.is_empty() {
        let unplaced: Vec<&str> = sheet.unplaced.iter().map(|piece| &*piece.text).collect();
        writeln!(out, "unplaced [{}]", unplaced.join(" | ")).expect("a text takes all");
    }
    out
}

/// Every sheet of a text.
pub fn read(name: &str, text: &str) -> String {
    sheets(name, text).iter().map(shown).collect::<Vec<_>>().join("\n")
}
