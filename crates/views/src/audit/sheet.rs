//! The sheet as it was written, and behind what is not right its mark and the right value.

use std::collections::HashMap;

use workings::audit::{Audit, Judged, Verdict, called};
use workings::worksheet::{self, Claim, Column, Label, Sheet, SheetRow};

use super::{cell_is_right, mark, ordered, short, text};
use crate::report::{self, Block, Cell, Mark, Phrase, Span, Table};

/// How many lines of a cell are shown, how long a line, and how long a word of it: JSON has all of it.
const LINES: usize = 12;
const LINE: usize = 64;
const WORD: usize = 24;

/// What a column of the table shows.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Row,
    Layer,
    Stride,
    Padding,
    Of(Column),
}

const ORDER: [Shown; 10] = [
    Shown::Row,
    Shown::Layer,
    Shown::Of(Column::Kernel),
    Shown::Stride,
    Shown::Padding,
    Shown::Of(Column::Input),
    Shown::Of(Column::Kernels),
    Shown::Of(Column::Calculation),
    Shown::Of(Column::Output),
    Shown::Of(Column::Params),
];

/// The sheet as a table, and what its marks say.
pub(super) fn blocks(sheet: &Sheet, audit: &Audit) -> Vec<Block> {
    let used: Vec<Shown> = ORDER.into_iter().filter(|shown| is_used(sheet, *shown)).collect();
    let (missing, there): (Vec<_>, Vec<_>) =
        ordered(audit).into_iter().partition(|cell| cell.verdict == Verdict::Missing);
    let judged: HashMap<(usize, Column), &Judged> =
        there.into_iter().map(|cell| ((cell.row, cell.column), cell)).collect();
    let mut missing = missing_rows(&missing).into_iter().peekable();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        while let Some(cells) = missing.next_if(|cells| cells[0].row <= at + 1) {
            rows.push(used.iter().map(|shown| absent(*shown, &cells)).collect());
        }
        let of = |column| judged.get(&(at + 1, column)).copied();
        rows.push(used.iter().map(|shown| present(*shown, at + 1, row, &of)).collect());
    }
    rows.extend(missing.map(|cells| used.iter().map(|shown| absent(*shown, &cells)).collect()));
    let total = judged.iter().find(|((_, column), _)| *column == Column::Total).map(|(_, cell)| *cell);
    let foot = total_row(used.len(), &sheet.total, total);
    if rows.is_empty() && foot.is_none() {
        return Vec::new();
    }
    let columns = used.iter().map(|shown| head(*shown)).collect();
    let table = Table { columns, rows, foot: foot.into_iter().collect(), chooser: None };
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(legend(audit).map(Block::Prose));
    blocks
}

/// Whether a sheet has such a column: the worksheet's own are always there.
fn is_used(sheet: &Sheet, shown: Shown) -> bool {
    let any =
        |cell: fn(&SheetRow) -> &worksheet::Cell| sheet.rows.iter().any(|row| !cell(row).written.trim().is_empty());
    match shown {
        Shown::Layer => any(|row| &row.label),
        Shown::Stride => any(|row| &row.stride),
        Shown::Padding => any(|row| &row.padding),
        Shown::Row | Shown::Of(_) => true,
    }
}

fn head(shown: Shown) -> report::Column {
    let (title, numbers, leaves) = match shown {
        Shown::Row => ("row", false, None),
        Shown::Layer => ("layer", false, Some(3)),
        Shown::Stride => ("stride", false, Some(0)),
        Shown::Padding => ("padding", false, Some(0)),
        Shown::Of(Column::Kernel) => ("kernel", false, Some(2)),
        Shown::Of(Column::Input) => ("input", false, Some(4)),
        Shown::Of(Column::Kernels) => ("kernels", true, Some(1)),
        Shown::Of(column @ (Column::Calculation | Column::Output)) => (called(column), false, None),
        Shown::Of(column) => (called(column), true, None),
    };
    report::Column { title: title.to_owned(), numbers, gives_way: shown != Shown::Row, leaves }
}

/// A cell of a row that is on the sheet.
fn present<'j>(shown: Shown, number: usize, row: &SheetRow, of: &impl Fn(Column) -> Option<&'j Judged>) -> Cell {
    let plain = |cell| lines(&written(cell), None, None);
    match shown {
        Shown::Row => {
            let cells = || Column::OF_ROW.into_iter().filter_map(of);
            let right = cells().next().is_some() && cells().all(cell_is_right);
            let tick = [text(" "), Span::Mark(Mark::Right)].into_iter().filter(|_| right);
            vec![[Span::Name(number.to_string())].into_iter().chain(tick).collect()]
        }
        Shown::Layer => plain(&row.label),
        Shown::Stride => plain(&row.stride),
        Shown::Padding => plain(&row.padding),
        Shown::Of(column) => match of(column) {
            Some(judged) if !cell_is_right(judged) => {
                lines(&written(row.cell(column)), Some(mark(judged.verdict)), judged.right.as_deref())
            }
            _ => plain(row.cell(column)),
        },
    }
}

/// A cell of a row that is not on the sheet.
fn absent(shown: Shown, cells: &[&Judged]) -> Cell {
    match shown {
        Shown::Row => vec![vec![Span::Mark(Mark::Missing)]],
        Shown::Of(column) => match cells.iter().find(|cell| cell.column == column) {
            Some(cell) => lines(&[], Some(Mark::Missing), cell.right.as_deref()),
            None => Cell::new(),
        },
        Shown::Layer | Shown::Stride | Shown::Padding => Cell::new(),
    }
}

/// Cells of rows that are missing, row by row: where a column comes again, another row begins.
fn missing_rows<'j>(cells: &[&'j Judged]) -> Vec<Vec<&'j Judged>> {
    let mut rows: Vec<Vec<&Judged>> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.column != Column::Total) {
        match rows.last_mut() {
            Some(row) if row.iter().all(|known| known.row == cell.row && known.column < cell.column) => row.push(cell),
            _ => rows.push(vec![cell]),
        }
    }
    rows
}

/// What was written in a cell, in lines. What was set as a formula for a page is shown as it reads.
fn written(cell: &worksheet::Cell) -> Vec<String> {
    let is_set = cell.written.contains(['\\', '$']);
    match is_set && !cell.claims.is_empty() {
        true => cell.claims.iter().take(LINES + 1).map(|one| cut(&claimed(one))).collect(),
        false => {
            let lines = cell.written.lines().filter(|line| !line.trim().is_empty());
            lines.take(LINES + 1).map(|line| cut(&struck(line))).collect()
        }
    }
}

/// A line that says in words what is struck out in it.
fn struck(line: &str) -> String {
    let parts: Vec<&str> = line.split("~~").collect();
    // A sign that has no partner strikes nothing out.
    if parts.len().is_multiple_of(2) {
        return line.to_owned();
    }
    let said = |(at, part): (usize, &&str)| match at % 2 {
        0 => (*part).to_owned(),
        _ => format!("{} (struck out)", part.trim()),
    };
    parts.iter().enumerate().map(said).collect()
}

/// A chain of equations in one hand.
fn claimed(claim: &Claim) -> String {
    let label = claim.label.map_or("", |label| match label {
        Label::Weights => "weights: ",
        Label::Bias => "bias: ",
        Label::Total => "total: ",
        Label::Output => "output: ",
    });
    let goes_on = if claim.goes_on { "= " } else { "" };
    let sides: Vec<String> = claim.sides.iter().map(ToString::to_string).collect();
    format!("{label}{goes_on}{}", sides.join(" = "))
}

/// A line that is no longer than a cell can be, nor any word of it.
fn cut(line: &str) -> String {
    let words = short(line, LINE);
    words.split_whitespace().map(|word| short(word, WORD)).collect::<Vec<_>>().join(" ")
}

/// What was read under its mark, and the right value below.
fn lines(written: &[String], mark: Option<Mark>, right: Option<&str>) -> Cell {
    let mut cell: Cell = Vec::new();
    for (at, line) in written.iter().enumerate().take(LINES) {
        let lead = match (mark, at) {
            (None, _) => Vec::new(),
            (Some(mark), 0) => vec![Span::Mark(mark), text(" ")],
            (Some(_), _) => vec![text("  ")],
        };
        let line = if at + 1 == LINES && written.len() > LINES { "…" } else { line };
        cell.push(lead.into_iter().chain([text(line)]).collect());
    }
    if let (true, Some(mark)) = (cell.is_empty(), mark) {
        cell.push(vec![Span::Mark(mark)]);
    }
    let parts = right.into_iter().flat_map(|right| right.split(['\n', ';'])).map(str::trim);
    for (at, line) in parts.filter(|line| !line.is_empty()).enumerate() {
        let lead = if at == 0 { vec![Span::Mark(Mark::Right), text(" ")] } else { vec![text("  ")] };
        cell.push(lead.into_iter().chain([Span::Value(line.to_owned())]).collect());
    }
    cell
}

/// The total at the foot, on one line.
fn total_row(columns: usize, cell: &worksheet::Cell, judged: Option<&Judged>) -> Option<Vec<Cell>> {
    let judged = judged.filter(|judged| !cell_is_right(judged));
    let (mark, right) = (judged.map(|judged| mark(judged.verdict)), judged.and_then(|judged| judged.right.as_deref()));
    let written: Vec<String> = written(cell).iter().map(|line| unlabelled(line).to_owned()).collect();
    let lines = lines(&written, mark, right);
    if lines.is_empty() {
        return None;
    }
    let mut row = vec![Cell::new(); columns];
    let total: Phrase = lines.into_iter().collect::<Vec<_>>().join(&text("  "));
    (row[0], row[columns - 1]) = (vec![vec![text("total")]], vec![total]);
    Some(row)
}

/// A total without the word for it, which the row has.
fn unlabelled(line: &str) -> &str {
    let word = "total";
    match line.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)) {
        Some(_) => line[word.len()..].trim_start_matches([' ', ':', '=']),
        None => line,
    }
}

/// What the marks of a sheet say; nothing where it has none.
fn legend(audit: &Audit) -> Option<Phrase> {
    let used = |one: &Mark| audit.cells.iter().any(|cell| !cell_is_right(cell) && mark(cell.verdict) == *one);
    let against =
        Mark::ALL.into_iter().filter(used).map(|mark| vec![Span::Mark(mark), text(&format!(" {}", mark.word()))]);
    let mut all: Vec<Phrase> = against.collect();
    if all.is_empty() {
        return None;
    }
    all.push(vec![Span::Mark(Mark::Right), text(" what is right")]);
    Some(all.join(&text(" · ")))
}
