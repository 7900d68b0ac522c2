//! A cell: its text into claims, struck pieces and words. Every reader uses this grammar.

use workings::worksheet::{Cell, Column};

use super::glyph::{Glyph, Run, SOFT, piece, place, space, trim};
use super::lex::lex;
use super::parse::{Part, parts};
use super::plain::plain;

/// What stands for nothing.
const BLANK: [&str; 12] = ["-", "--", "---", "–", "—", "−", "n/a", "na", "none", "nil", "/", "N/A"];

/// Reads a cell of this column, or of none.
pub(super) fn read(run: &[Glyph], column: Option<Column>) -> Cell {
    made(&plain(run), column)
}

/// Reads a cell whose text is plain already.
pub(super) fn made(run: &[Glyph], column: Option<Column>) -> Cell {
    let run = trim(run);
    let mut cell = Cell { written: written(run), place: place(run), ..Cell::default() };
    if BLANK.iter().any(|blank| cell.written.eq_ignore_ascii_case(blank)) {
        return cell;
    }
    for stretch in run.chunk_by(|a, b| a.struck == b.struck).filter(|stretch| stretch[0].struck) {
        let piece = piece(stretch);
        if !piece.text.is_empty() {
            cell.struck.push(piece);
        }
    }
    // What is struck out parts what stands around it.
    let live: Run = run.iter().map(|glyph| if glyph.struck { glyph.as_char(SOFT) } else { *glyph }).collect();
    for line in live.split(|glyph| glyph.c == '\n') {
        for (part, _) in parts(line, &lex(line, column), column) {
            match part {
                Part::Claim(claim) => cell.claims.push(claim),
                Part::Word(word) => cell.words.push(word),
            }
        }
    }
    cell
}

/// A text taken apart: a cell for each claim, with the words and the struck pieces before it, and one for what is behind.
pub(super) fn pieces(run: &[Glyph], column: Option<Column>) -> Vec<Cell> {
    let plain = plain(run);
    let mut cells = Vec::new();
    for line in plain.split(|glyph| glyph.c == '\n') {
        let live: Run = line.iter().map(|glyph| if glyph.struck { glyph.as_char(SOFT) } else { *glyph }).collect();
        let found = parts(&live, &lex(&live, column), column);
        let mut ends: Vec<usize> =
            found.iter().filter(|(part, _)| matches!(part, Part::Claim(_))).map(|(_, end)| *end).collect();
        // A closing bracket or a mark belongs to what it closes; words are the next piece's.
        for end in &mut ends {
            while line.get(*end).is_some_and(|glyph| matches!(glyph.c, ')' | ']' | '.' | ';' | ',')) {
                *end += 1;
            }
        }
        ends.push(line.len());
        let mut start = 0;
        for end in ends {
            let cell = made(&line[start.min(end)..end], column);
            start = end;
            if !cell.written.is_empty() {
                cells.push(cell);
            }
        }
    }
    cells
}

/// A cell and what goes on from it elsewhere: pieces that stood apart are joined by line ends.
pub(super) fn join(cell: &mut Cell, more: Cell) {
    if cell.written.is_empty() && cell.struck.is_empty() {
        *cell = more;
        return;
    }
    if !more.written.is_empty() {
        cell.written.push('\n');
        cell.written += &more.written;
    }
    cell.claims.extend(more.claims);
    cell.struck.extend(more.struck);
    cell.words.extend(more.words);
}

/// A run as it was written: what is struck out between `~~`, space as one space, no empty lines.
fn written(run: &[Glyph]) -> String {
    let mut text = String::with_capacity(run.len());
    for stretch in run.chunk_by(|a, b| a.struck == b.struck) {
        let marks = if stretch[0].struck { "~~" } else { "" };
        let inner = if stretch[0].struck { trim(stretch) } else { stretch };
        if !inner.is_empty() {
            text += marks;
            text.extend(inner.iter().map(|glyph| glyph.c));
            text += marks;
        }
    }
    let lines = text.split('\n').map(|line| line.split(space).filter(|word| !word.is_empty()));
    let lines = lines.map(|words| words.collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
