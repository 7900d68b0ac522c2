//! One sentence for each cell that is not right, in the order of the sheet; cells that follow from one are summed up.

use workings::audit::{Audit, Cause, Judged, Verdict, called};
use workings::worksheet::{Column, Sheet};

use super::answer::{Beginning, beginnings};
use super::{cell_is_right, column, is_unread, mark, of_sheet, one, ordered, owned, short, table, text, wide};
use crate::report::{Block, Cell, Mark, Phrase, Span};
use crate::show::coded;

/// Below this, it is said how sure a cause is.
const SURE: f64 = 0.7;

/// Which cells are not right, the code of what explains each, and what is said of it.
pub(super) fn sentences(sheet: &Sheet, audit: &Audit) -> Vec<Block> {
    let mut begun: Vec<Option<Beginning<'_>>> = beginnings(audit).into_iter().map(Some).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut follow = |from: (usize, Column), rows: &mut Vec<Vec<Cell>>| {
        let found = begun.iter_mut().find(|known| known.as_ref().is_some_and(|(known, _)| *known == from));
        rows.extend(found.and_then(Option::take).map(|found| followers(&found)));
    };
    for cell in ordered(audit).into_iter().filter(|cell| !cell_is_right(cell)) {
        match cell.began_at.filter(|_| cell.verdict == Verdict::Carried) {
            // Where the cell that it began at has no sentence of its own, the first that follows has it.
            Some(began_at) => follow(began_at, &mut rows),
            None => {
                rows.push(sentence(sheet, cell));
                follow((cell.row, cell.column), &mut rows);
            }
        }
    }
    match rows.is_empty() {
        true => Vec::new(),
        false => {
            let columns = vec![column("cell", false), column("code", false), wide("what is said of it")];
            vec![Block::Table(table(columns, rows))]
        }
    }
}

/// What is said of a cell, and below it what might be said as well.
fn sentence(sheet: &Sheet, cell: &Judged) -> Vec<Cell> {
    let mut says = coded(&explained(sheet, cell));
    if cell.cause.is_some() && cell.confidence < SURE {
        says.extend([text(" "), Span::Doubt(format!("(confidence {:.2})", cell.confidence))]);
    }
    let code = cell.cause.as_ref().map_or_else(Cell::new, |cause| one(Span::Code(cause.rule.to_owned())));
    let says = std::iter::once(says).chain(cell.rivals.iter().map(rival)).collect();
    vec![headed(mark(cell.verdict), &places(&[cell])), code, says]
}

fn headed(mark: Mark, place: &str) -> Cell {
    vec![vec![Span::Mark(mark), text(" "), Span::Name(place.to_owned())]]
}

fn explained(sheet: &Sheet, cell: &Judged) -> String {
    let cause = cell.cause.as_ref().map(|cause| cause.says.as_str());
    match (cell.says.as_str(), cause, &cell.right) {
        ("", Some(cause), _) => cause.to_owned(),
        ("", None, Some(right)) if is_unread(sheet, cell) => {
            format!("{}; {} belongs here.", unread(sheet, cell), in_line(right))
        }
        ("", None, Some(right)) if cell.verdict == Verdict::Blank => {
            format!("Nothing stands here; {} belongs here.", in_line(right))
        }
        ("", None, Some(right)) => format!("Here it is {}.", in_line(right)),
        ("", None, None) => format!("It is {}.", mark(cell.verdict).word()),
        (says, ..) => says.to_owned(),
    }
}

/// How much of what stands in a cell is said.
const QUOTED: usize = 40;

/// What stands in a cell in which no number was read: words, or what is struck out.
fn unread(sheet: &Sheet, judged: &Judged) -> String {
    let Some(cell) = of_sheet(sheet, judged) else { return String::new() };
    match cell.words.is_empty() {
        true => "What stands here is struck out".to_owned(),
        // What stands between backticks would be set as code.
        false => {
            let written = short(&cell.written, QUOTED).replace('`', "'");
            format!("“{written}” stands here, and no number was read in it")
        }
    }
}

fn in_line(right: &str) -> String {
    right.lines().collect::<Vec<_>>().join("; ")
}

fn rival(rival: &Cause) -> Phrase {
    [vec![text("or "), Span::Code(rival.rule.to_owned()), text(": ")], coded(&rival.says)].concat()
}

/// What follows from a cell, in one sentence: where the mark stands, there is nothing else to mend.
fn followers(((row, column), cells): &Beginning<'_>) -> Vec<Cell> {
    let turn = if cells.len() == 1 { "turns" } else { "turn" };
    let says = format!("Worked out rightly from {}; {turn} right once that is mended.", owned(*row, *column));
    vec![headed(Mark::Carried, &places(cells)), Cell::new(), one(Span::Text(says))]
}

/// Where cells stand: “rows 4–9, 11; the total”; of one row, its cells: “row 3, output, parameters; the total”.
fn places(cells: &[&Judged]) -> String {
    let of_rows: Vec<&&Judged> = cells.iter().filter(|cell| cell.column != Column::Total).collect();
    let mut rows: Vec<usize> = of_rows.iter().map(|cell| cell.row).collect();
    rows.sort_unstable();
    rows.dedup();
    let runs = rows.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [] => String::new(),
        [one] => one.to_string(),
        [first, .., last] => format!("{first}–{last}"),
    });
    let listed = runs.collect::<Vec<_>>().join(", ");
    let rows = match rows.len() {
        0 => return "total".to_owned(),
        1 => {
            let columns: Vec<&str> = of_rows.iter().map(|cell| called(cell.column)).collect();
            format!("row {listed}, {}", columns.join(", "))
        }
        _ => format!("rows {listed}"),
    };
    match of_rows.len() == cells.len() {
        true => rows,
        false => format!("{rows}; the total"),
    }
}
