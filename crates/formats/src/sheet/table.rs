//! Tables that are whole: rows under headings.

use workings::fault::Fault;
use workings::worksheet::{Cell, Column, Label, Piece, Sheet, SheetRow};

use super::block::Block;
use super::cell;
use super::columns::{Heading, heading};
use super::glyph::{Glyph, Run, piece, place, text, trim};
use super::line;

/// The headings of a table, for each column.
pub(super) type Head = Vec<Option<Heading>>;

/// The headings that a row is, if it is a row of headings: two known at least, and half of what is in it.
pub(super) fn head(cells: &[Run]) -> Option<Head> {
    let filled = cells.iter().filter(|cell| !trim(cell).is_empty()).count();
    let mut head: Head = cells.iter().map(|cell| word(cell).and_then(|word| heading(&word))).collect();
    // `F` is a filter's size as in (W − F + 2P)/S, and the number of filters beside a column of their sizes.
    let sized = head.contains(&Some(Heading::Cell(Column::Kernel)));
    let letter = |cell: &Run| trim(cell).len() == 1 && matches!(trim(cell)[0].c, 'F' | 'f');
    for (heading, _) in head.iter_mut().zip(cells).filter(|(_, cell)| letter(cell)) {
        *heading = Some(Heading::Cell(if sized { Column::Kernels } else { Column::Kernel }));
    }
    let known = head.iter().flatten().count();
    let columns = head.iter().flatten().any(|heading| matches!(heading, Heading::Cell(_)));
    (known >= 2 && known * 2 >= filled && columns).then(|| spread(head, cells))
}

fn word(cell: &[Glyph]) -> Option<String> {
    (cell.len() < 400).then(|| text(trim(&super::plain::plain(cell))).replace(['\n', super::glyph::SOFT], " "))
}

/// A heading over several columns stands over those behind it that have none. An HTML cell that spans columns leaves them
/// without a character; one that is only blank has no heading.
fn spread(mut head: Head, cells: &[Run]) -> Head {
    for at in 1..head.len() {
        if cells[at].is_empty() && head[at].is_none() && at + 1 < head.len() {
            head[at] = head[at - 1];
        }
    }
    head
}

/// A row of cells under headings, and what stands under none.
pub(super) fn row(head: &Head, cells: &[Run], unplaced: &mut Vec<Piece>) -> SheetRow {
    let first = cells.iter().map(|cell| trim(cell)).find(|cell| !cell.is_empty());
    let mut row = SheetRow { place: first.map(place).unwrap_or_default(), ..SheetRow::default() };
    for (at, run) in cells.iter().enumerate() {
        if trim(run).is_empty() {
            continue;
        }
        let (cell, column) = match head.get(at).copied().flatten() {
            Some(Heading::Cell(column)) => (row.cell_mut(column), Some(column)),
            Some(Heading::Name) => (&mut row.label, None),
            Some(Heading::Stride) => (&mut row.stride, None),
            Some(Heading::Padding) => (&mut row.padding, None),
            None => {
                unplaced.push(piece(run));
                continue;
            }
        };
        cell::join(cell, cell::read(run, column));
    }
    row
}

/// Whether nothing stands in a row.
pub(super) fn is_empty(row: &SheetRow) -> bool {
    let cells = row.cells.iter().chain([&row.label, &row.stride, &row.padding]);
    cells.into_iter().all(|cell| cell.written.is_empty() && cell.struck.is_empty())
}

/// The sheets in a page of tables, and what is to be said of it.
pub(super) fn sheets(blocks: &[Block]) -> (Vec<Sheet>, Vec<Fault>) {
    let mut page = Page::default();
    for block in blocks {
        match block {
            Block::Line(run) => page.line(run),
            Block::Row(cells) => page.row(cells),
            Block::End => page.first = true,
        }
    }
    page.end()
}

#[derive(Default)]
struct Page {
    sheets: Vec<Sheet>,
    head: Option<Head>,
    /// What stands before the next table.
    title: Option<(line::Title, Piece)>,
    loose: Vec<Piece>,
    /// Whether a heading has come and no row yet.
    fresh: bool,
    /// Whether a table has ended and the next has no row yet.
    first: bool,
    /// Whether it was said that the rows under no heading are not read.
    told: bool,
    faults: Vec<Fault>,
}

impl Page {
    fn line(&mut self, run: &[Glyph]) {
        let shown = trim(run);
        if shown.is_empty() {
            return;
        }
        let short = text(&shown[..shown.len().min(400)]);
        if line::is_total(&text(&super::plain::plain(&shown[..shown.len().min(400)])))
            && let Some(sheet) =
                self.sheets.last_mut().filter(|_| self.title.as_ref().is_none_or(|(title, _)| !title.sure))
        {
            cell::join(&mut sheet.total, cell::read(shown, Some(Column::Total)));
            return;
        }
        match line::title(shown).filter(|_| !line::is_furniture(&short)) {
            // What says that it is a title keeps its place against mere words.
            Some(title) if title.sure || self.title.as_ref().is_none_or(|(before, _)| !before.sure) => {
                let before = self.title.replace((title, piece(shown)));
                self.loose.extend(before.map(|(_, piece)| piece));
            }
            _ => self.loose.push(piece(shown)),
        }
    }

    fn row(&mut self, cells: &[Run]) {
        if let Some(head) = head(cells) {
            for (cell, heading) in cells.iter().zip(&head) {
                if heading.is_none() && !trim(cell).is_empty() {
                    let piece = piece(cell);
                    self.faults.push(
                        Fault::new(format!(
                            "`{}` is no column of the worksheet; what stands under it is kept apart",
                            piece.text
                        ))
                        .at(piece.place)
                        .hint("columns are: layer, kernel size, input size, no of kernels, calc, output size, params"),
                    );
                }
            }
            self.head = Some(head);
            self.fresh = true;
            self.first = false;
            return;
        }
        // A table of other things, under headings of its own, is no more of the one before.
        let words = cells.iter().all(|cell| cell.iter().take(400).all(|glyph| !glyph.c.is_ascii_digit()));
        if std::mem::take(&mut self.first) && words && cells.iter().filter(|cell| !trim(cell).is_empty()).count() > 1 {
            self.head = None;
            self.told = false;
        }
        let Some(head) = &self.head else {
            return self.other(cells);
        };
        let filled: Vec<usize> = (0..cells.len()).filter(|at| !trim(&cells[*at]).is_empty()).collect();
        let [first, ..] = filled[..] else { return };
        let leads = head.get(first).copied().flatten();
        if filled.len() == 1
            && line::title(&cells[first]).is_some_and(|title| title.sure)
            && leads != Some(Heading::Name)
        {
            return self.line(&cells[first]);
        }
        if self.is_total(cells, &filled) {
            let runs = filled.iter().map(|at| cell::read(&cells[*at], Some(Column::Total)));
            let total = runs.filter(|cell| !(cell.claims.is_empty() && cell.struck.is_empty()));
            if let Some(sheet) = self.sheets.last_mut() {
                total.for_each(|cell| cell::join(&mut sheet.total, labelled(cell)));
            }
            return;
        }
        let mut unplaced = Vec::new();
        let made = row(head, cells, &mut unplaced);
        self.begin(&made);
        let Some(sheet) = self.sheets.last_mut() else { return };
        sheet.unplaced.append(&mut unplaced);
        match sheet.rows.last_mut().filter(|_| goes_on(&made)) {
            Some(last) => {
                for (cell, more) in last.cells.iter_mut().zip(made.cells) {
                    if !more.written.is_empty() {
                        cell::join(cell, more);
                    }
                }
            }
            None if !is_empty(&made) => sheet.rows.push(made),
            None => {}
        }
    }

    /// A row under no heading that is known.
    fn other(&mut self, cells: &[Run]) {
        let filled: Vec<&Run> = cells.iter().filter(|cell| !trim(cell).is_empty()).collect();
        if let [one] = filled[..] {
            return self.line(one);
        }
        let pieces: Vec<Piece> = filled.into_iter().map(|cell| piece(cell)).collect();
        if let (Some(first), false) = (pieces.first(), std::mem::replace(&mut self.told, true)) {
            let names: Vec<String> = pieces.iter().take(8).map(|piece| format!("`{}`", piece.text)).collect();
            self.faults.push(
                Fault::new(format!("a table without a column of the worksheet is not read: {}", names.join(", ")))
                    .at(first.place)
                    .hint("columns are: layer, kernel size, input size, no of kernels, calc, output size, params"),
            );
        }
        self.loose.extend(pieces);
    }

    /// Whether a row is the total at the foot: its first word says so, and no layer stands in it.
    fn is_total(&self, cells: &[Run], filled: &[usize]) -> bool {
        let Some(head) = &self.head else { return false };
        let Some(sheet) = self.sheets.last().filter(|_| !self.fresh) else { return false };
        let first = &cells[filled[0]];
        if first.len() > 400 || filled.len() > 3 || !line::is_total(&text(&super::plain::plain(first))) {
            return false;
        }
        // `Total = 896` under the calculation of the row above may be that row's.
        let alone =
            filled.len() == 1 && head.get(filled[0]).copied().flatten() == Some(Heading::Cell(Column::Calculation));
        let ended = |row: &SheetRow| {
            let calculation = row.cell(Column::Calculation);
            let total = calculation.claims.iter().any(|claim| claim.label == Some(Label::Total));
            total || (!row.cell(Column::Params).is_blank() && calculation.is_blank())
        };
        !alone || sheet.rows.last().is_some_and(ended)
    }

    /// Begins a sheet where a title came, or where the first row of a new table is no layer behind those before.
    fn begin(&mut self, row: &SheetRow) {
        let fresh = std::mem::take(&mut self.fresh);
        let goes_on = match self.sheets.last() {
            None => false,
            Some(sheet) => !fresh || (self.title.is_none() && !starts(row, sheet) && !restarts(row, sheet)),
        };
        if goes_on {
            let sheet = self.sheets.len() - 1;
            self.sheets[sheet].unplaced.append(&mut self.loose);
            return;
        }
        let mut sheet = Sheet { place: row.place, unplaced: std::mem::take(&mut self.loose), ..Sheet::default() };
        if let Some((title, piece)) = self.title.take() {
            sheet.name = Some(title.name.into());
            sheet.place = piece.place;
        }
        self.sheets.push(sheet);
    }

    fn end(mut self) -> (Vec<Sheet>, Vec<Fault>) {
        self.loose.extend(self.title.take().map(|(_, piece)| piece));
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.unplaced.append(&mut self.loose);
        }
        (self.sheets, self.faults)
    }
}

/// The cell of a total whose word stands in another column.
fn labelled(mut cell: Cell) -> Cell {
    if let Some(first) = cell.claims.first_mut() {
        first.label.get_or_insert(Label::Total);
        first.goes_on = false;
    }
    cell
}

/// The factors of the first claim of a cell that is a shape.
pub(super) fn shape(cell: &Cell) -> Option<Vec<&str>> {
    let claim = cell.claims.iter().find(|claim| claim.sides[0].factors().is_some_and(|factors| factors.len() >= 2))?;
    Some(claim.sides[0].factors()?.into_iter().map(|figure| &*figure.digits).collect())
}

/// Whether a row looks like the first of a sheet: an image of 1 or 3 channels, which the sheet before does not end with.
pub(super) fn starts(row: &SheetRow, before: &Sheet) -> bool {
    let Some(input) = shape(row.cell(Column::Input)) else { return false };
    let image = input.len() == 3 && matches!(input[2], "1" | "3");
    let Some(last) = before.rows.last().filter(|_| image) else { return false };
    let mut outputs = last.cell(Column::Output).claims.iter().flat_map(|claim| &claim.sides);
    let follows = outputs.any(|side| {
        let factors = side.factors().unwrap_or_default();
        same(&factors.iter().map(|figure| &*figure.digits).collect::<Vec<_>>(), &input)
    });
    // Images do not grow from layer to layer.
    !follows && shape(last.cell(Column::Input)).is_none_or(|above| number(above[0]) <= number(input[0]))
}

/// Whether a row under headings that are written again is the first of another sheet: the one before has its total, or the
/// rows are counted from 1 again, or a kernel comes behind a dense layer, or the first row's input stands there again.
fn restarts(row: &SheetRow, before: &Sheet) -> bool {
    let (Some(first), Some(last)) = (before.rows.first(), before.rows.last()) else { return false };
    let number = |row: &SheetRow| row.label.figures().next().map(|figure| figure.digits.to_string());
    let blank = |row: &SheetRow, column: Column| row.cell(column).is_blank();
    let anew = number(row).as_deref() == Some("1") && number(last).is_some_and(|number| number != "1");
    let dense = blank(last, Column::Kernel) && !blank(last, Column::Kernels) && !blank(row, Column::Kernel);
    let outputs = || last.cell(Column::Output).claims.iter().flat_map(|claim| &claim.sides);
    let again = shape(row.cell(Column::Input)).is_some_and(|input| {
        let figures = |side: &workings::worksheet::Written| {
            side.factors().unwrap_or_default().iter().map(|figure| figure.digits.to_string()).collect::<Vec<_>>()
        };
        let follows = outputs().any(|side| figures(side) == input);
        !follows
            && shape(last.cell(Column::Input)).is_some_and(|last| last != input)
            && shape(first.cell(Column::Input)).is_some_and(|first| first == input)
    });
    !before.total.is_blank() || anew || dense || again
}

/// Whether two shapes are one: a digit of a factor may be misread.
pub(super) fn same(a: &[&str], b: &[&str]) -> bool {
    a.len() == b.len() && a.iter().zip(b).filter(|(a, b)| a != b).count() <= usize::from(a.len() > 2)
}

fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

/// Whether a row of a table is no layer but more of the one above: nothing stands in it but a calculation that goes on, or
/// an output.
pub(super) fn goes_on(row: &SheetRow) -> bool {
    let blank = |column: Column| row.cell(column).written.is_empty();
    let before = [Column::Kernel, Column::Input, Column::Kernels].into_iter().all(blank);
    let calculation = row.cell(Column::Calculation);
    let first = calculation.claims.first();
    let more = first.is_some_and(|claim| claim.goes_on || matches!(claim.label, Some(Label::Bias | Label::Total)));
    let output = blank(Column::Calculation) && !blank(Column::Output);
    before && row.label.written.is_empty() && (more || output) && !is_empty(row)
}
