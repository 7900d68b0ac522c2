//! A sheet that somebody filled in, marked: what is wrong and where it began, the sheet as it was written beside the right
//! one, a sentence for each cell that is not right, how the sheet was read, and its marks.

use workings::audit::{Audit, Judged, Misreading, Score, Verdict, called};
use workings::worksheet::{self, Column, Piece, Sheet};

use crate::report::{self, Block, Cell, Mark, Report, Span, Table};
use crate::show::coded;

mod answer;
mod sentences;
mod sheet;

/// How much of what was read a report shows in one piece; JSON has all of it.
const LONGEST: usize = 160;

/// How many pieces that found no place are listed; JSON has all of them.
const UNPLACED: usize = 40;

/// A sheet, marked.
pub fn audit(sheet: &Sheet, audit: &Audit) -> Report {
    Report { title: title(sheet, audit), blocks: blocks(sheet, audit, 1) }
}

/// The sheets of one file, each marked, after what is to be said of all of them.
pub fn audits(all: &[(&Sheet, &Audit)]) -> Report {
    if let [(sheet, one)] = all {
        return audit(sheet, one);
    }
    let title = format!("{} sheets", all.len());
    let mut blocks = vec![Block::Heading(1, vec![text(&title)]), Block::Table(overview(all))];
    blocks.extend(all.iter().flat_map(|(sheet, audit)| self::blocks(sheet, audit, 2)));
    Report { title, blocks }
}

/// Whether a sheet was judged, and nothing is to be said against it.
pub fn is_right(audit: &Audit) -> bool {
    !audit.cells.is_empty() && audit.cells.iter().all(cell_is_right)
}

/// Whether nothing is to be said against a cell: it is right, or rightly left empty.
fn cell_is_right(cell: &Judged) -> bool {
    match cell.verdict {
        Verdict::Right => true,
        Verdict::Blank => cell.right.as_ref().is_none_or(|right| right.is_empty()),
        _ => false,
    }
}

/// The cell of a sheet that was judged; one that is missing is not on it.
fn of_sheet<'s>(sheet: &'s Sheet, judged: &Judged) -> Option<&'s worksheet::Cell> {
    match (judged.verdict, judged.column) {
        (Verdict::Missing, _) => None,
        (_, Column::Total) => Some(&sheet.total),
        (_, column) => sheet.rows.get(judged.row.checked_sub(1)?).map(|row| row.cell(column)),
    }
}

/// Whether something stands in a cell that was judged to be blank: no number was read in it.
fn is_unread(sheet: &Sheet, judged: &Judged) -> bool {
    let something = |cell: &worksheet::Cell| !cell.words.is_empty() || !cell.struck.is_empty();
    judged.verdict == Verdict::Blank && of_sheet(sheet, judged).is_some_and(something)
}

/// The cells in the order of the sheet: what is missing stands before the row that it should stand above.
fn ordered(audit: &Audit) -> Vec<&Judged> {
    let mut cells: Vec<&Judged> = audit.cells.iter().collect();
    cells.sort_by_key(|cell| (cell.row, cell.verdict != Verdict::Missing));
    cells
}

/// What a verdict's mark is.
pub(crate) fn mark(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Right => Mark::Right,
        Verdict::RightWithSlip => Mark::Slip,
        Verdict::Carried => Mark::Carried,
        Verdict::Convention => Mark::Convention,
        Verdict::Wrong => Mark::Wrong,
        Verdict::Misread => Mark::Misread,
        Verdict::Ambiguous => Mark::Ambiguous,
        Verdict::Unexplained => Mark::Unexplained,
        Verdict::Blank => Mark::Blank,
        Verdict::Missing => Mark::Missing,
    }
}

/// A cell as people speak of it: “row 3's output”, “the total”.
fn owned(row: usize, column: Column) -> String {
    match column {
        Column::Total => "the total".to_owned(),
        column => format!("row {row}'s {}", called(column)),
    }
}

fn title(sheet: &Sheet, audit: &Audit) -> String {
    match (&sheet.name, &*audit.network) {
        (Some(name), _) => short(name, LONGEST),
        (None, "") => "Sheet".to_owned(),
        (None, network) => network.to_owned(),
    }
}

/// Everything that is to be said of one sheet, its own heading of this level.
fn blocks(sheet: &Sheet, audit: &Audit, level: u8) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(level, vec![Span::Name(title(sheet, audit))])];
    blocks.extend(answer::answer(sheet, audit).into_iter().map(Block::Prose));
    blocks.extend(audit.notes.iter().map(|note| Block::Prose(coded(note))));
    let mut section = |name: &str, below: Vec<Block>| {
        if !below.is_empty() {
            blocks.push(Block::Heading(level + 1, vec![text(name)]));
            blocks.extend(below);
        }
    };
    section("The sheet", sheet::blocks(sheet, audit));
    section("What is not right", sentences::sentences(sheet, audit));
    section("Figures that were read wrongly", misreadings(audit));
    section("Score", scores(audit));
    section("What found no place", unplaced(audit));
    blocks
}

/// A line a sheet: how many of its cells are right.
fn overview(all: &[(&Sheet, &Audit)]) -> Table {
    let columns = vec![
        wide("sheet"),
        wide("held against"),
        column("right, strictly", true),
        column("with errors carried forward", true),
    ];
    let row = |(sheet, audit): &(&Sheet, &Audit)| {
        let mark = if is_right(audit) { Mark::Right } else { Mark::Wrong };
        let name = vec![Span::Mark(mark), text(" "), Span::Name(title(sheet, audit))];
        vec![vec![name], one(Span::Name(audit.network.clone())), one(score(audit.strict)), one(score(audit.carried))]
    };
    table(columns, all.iter().map(row).collect())
}

/// What was written, what was read for it, and how often.
fn misreadings(audit: &Audit) -> Vec<Block> {
    if audit.misreadings.is_empty() {
        return Vec::new();
    }
    let columns = vec![column("written", false), column("read as", false), column("times", true)];
    let sign = |sign: &str| match sign {
        "" => one(Span::Doubt("nothing".to_owned())),
        "…" => one(Span::Doubt("the rest of a number".to_owned())),
        sign => one(Span::Value(short(sign, LONGEST))),
    };
    let row = |misreading: &Misreading| {
        vec![sign(&misreading.written), sign(&misreading.read), one(Span::Value(misreading.times.to_string()))]
    };
    vec![Block::Table(table(columns, audit.misreadings.iter().map(row).collect()))]
}

/// Both scores, each with what it counts.
fn scores(audit: &Audit) -> Vec<Block> {
    if audit.strict.of == 0 && audit.carried.of == 0 {
        return Vec::new();
    }
    let columns = vec![column("counted", false), column("right", true), wide("what counts as right")];
    let row = |name: &str, marks: Score, counts: &str| vec![one(text(name)), one(score(marks)), one(text(counts))];
    let rows = vec![
        row("strictly", audit.strict, "what stands there as it should"),
        row(
            "with errors carried forward",
            audit.carried,
            "also what follows rightly from an earlier cell; and in doubt a slip in a step, another convention, a misreading",
        ),
    ];
    vec![Block::Table(table(columns, rows))]
}

fn score(score: Score) -> Span {
    Span::Value(format!("{} of {}", score.right, score.of))
}

/// What was read and belongs to no cell.
fn unplaced(audit: &Audit) -> Vec<Block> {
    if audit.unplaced.is_empty() {
        return Vec::new();
    }
    let columns = vec![column("line", true), wide("what was read there")];
    let row = |piece: &Piece| {
        vec![one(Span::Value(piece.place.line.to_string())), one(Span::Text(short(&piece.text, LONGEST)))]
    };
    let mut blocks = vec![Block::Table(table(columns, audit.unplaced.iter().take(UNPLACED).map(row).collect()))];
    if let Some(more) = audit.unplaced.len().checked_sub(UNPLACED).filter(|more| *more > 0) {
        let says = format!("{more} more {} not shown here: ", if more == 1 { "is" } else { "are" });
        blocks.push(Block::Prose(vec![text(&says), Span::Code("--as json".to_owned()), text(" has all of them.")]));
    }
    blocks
}

fn table(columns: Vec<report::Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table { columns, rows, ..Table::default() }
}

fn column(title: &str, numbers: bool) -> report::Column {
    report::Column { title: title.to_owned(), numbers, gives_way: false, leaves: None }
}

fn wide(title: &str) -> report::Column {
    report::Column { gives_way: true, ..column(title, false) }
}

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}

fn one(span: Span) -> Cell {
    vec![vec![span]]
}

/// A text on one line, cut where it is longer than this.
fn short(text: &str, longest: usize) -> String {
    let line: String = text.chars().take(longest + 1).map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line.trim().to_owned(),
    }
}
