//! The text of a scanner: tables that fell apart, columns printed one after the other, pages without headings.
//!
//! What still is a row of a table is read as one. The rest is taken apart into claims ([`atom`]); what stands beside a
//! layer goes to it, and what stands in a column of its own is put beside the layers by how like them it looks
//! ([`align`]), digits that may be misread and all. Nothing here knows any network.

mod align;
mod atom;
mod likeness;
mod near;
mod walk;

use workings::fault::Fault;
use workings::worksheet::{Column, Label, Piece, Sheet};

use self::atom::{Atom, Kind, Under};
use self::walk::Event;
use super::block::Block;
use super::cell;
use super::columns::{Heading, exact, headings};
use super::glyph::{Glyph, Run, SOFT, piece, text, trim};
use super::line;
use super::plain::plain;
use super::table;

/// How many lines of arithmetic outside tables make a page one that fell apart.
const FEW: usize = 3;

/// Whether a page fell apart: arithmetic stands outside its tables.
pub(super) fn is_scan(blocks: &[Block]) -> bool {
    let heads = blocks.iter().any(|block| matches!(block, Block::Row(cells) if table::head(cells).is_some()));
    let outside = blocks.iter().filter(|block| match block {
        Block::Line(run) => {
            let digit = run.iter().any(|glyph| glyph.c.is_ascii_digit());
            let short = &run[..run.len().min(2000)];
            let says = || text(&plain(short));
            digit
                && !line::is_total(&says())
                && !line::is_prose(&says())
                && cell::pieces(short, None).iter().any(arithmetic)
        }
        _ => false,
    });
    let few = if heads && !blocks.iter().any(is_heading) { FEW } else { 1 };
    outside.take(few).count() >= few
}

/// Whether a line outside tables is a heading of a column: the page fell apart below it.
fn is_heading(block: &Block) -> bool {
    let Block::Line(run) = block else { return false };
    let run = trim(run);
    let words = run.len() < LONGEST_HEADING && !run.is_empty() && run.iter().all(|glyph| !glyph.c.is_ascii_digit());
    words && headings(&text(&plain(run))).is_some()
}

fn arithmetic(cell: &workings::worksheet::Cell) -> bool {
    let atom = Atom::new(cell.clone(), Under::default(), 0);
    !matches!(atom.kind, Kind::Count | Kind::Dash | Kind::Words | Kind::Step)
}

/// The sheets of a page.
pub(super) fn sheets(blocks: &[Block]) -> (Vec<Sheet>, Vec<Fault>) {
    let mut page =
        Page { blocks, events: Vec::new(), title: None, sheets: Vec::new(), under: Under::default(), head: None };
    let mut at = 0;
    while at < blocks.len() {
        at += page.block(at);
    }
    page.end();
    (page.sheets, Vec::new())
}

struct Page<'b> {
    blocks: &'b [Block],
    /// What has been read of the sheet so far.
    events: Vec<Event>,
    title: Option<(String, Piece)>,
    sheets: Vec<Sheet>,
    /// The headings that hold for what comes.
    under: Under,
    head: Option<table::Head>,
}

/// The shortest line that can be prose.
const LEAST_PROSE: usize = 20;

/// The longest line that can be a title or a heading.
const LONGEST_HEADING: usize = 200;

impl Page<'_> {
    /// Reads a block, and says how many it took.
    fn block(&mut self, at: usize) -> usize {
        match &self.blocks[at] {
            Block::End => 1,
            Block::Row(cells) => {
                self.row(cells, at);
                1
            }
            Block::Line(run) => {
                let run = trim(run);
                if run.len() < LONGEST_HEADING
                    && let Some(taken) = self.heading(at, run)
                {
                    return taken;
                }
                let start = &run[..run.len().min(2000)];
                if start.len() > LEAST_PROSE && line::is_prose(&text(&plain(start))) {
                    self.events.push(Event::Loose(piece(run)));
                } else {
                    self.line(run, at);
                }
                1
            }
        }
    }

    /// A line that is a heading, a title or furniture; how many blocks it took.
    fn heading(&mut self, at: usize, run: &[Glyph]) -> Option<usize> {
        let plain = plain(run);
        let says = text(&plain).replace([SOFT, '\n'], " ");
        let says = says.trim().trim_matches('*').trim();
        if says.is_empty() {
            return Some(1);
        }
        if line::is_furniture(says) || says.chars().all(|c| matches!(c, '-' | '|' | ':' | ' ' | '=') && c != '-') {
            self.events.push(Event::Loose(piece(run)));
            return Some(1);
        }
        if !says.contains(|c: char| c.is_ascii_digit()) {
            // A heading over two lines: `No of` above `channels`.
            if let Some((next, below)) = self.next_line(at)
                && below.contains(char::is_alphabetic)
                && let Some(heading) = exact(&format!("{says} {below}"))
            {
                self.under = under([heading]);
                self.events.push(Event::Heading { closes: true });
                return Some(next + 1 - at);
            }
            let words = says.trim_end_matches([':', '=']).trim();
            if let Some(found) = headings(words).or_else(|| sized(words)) {
                self.under = under(found);
                self.events.push(Event::Heading { closes: true });
                return Some(1);
            }
        }
        if let Some(title) = line::title(run)
            && (title.sure || self.heads(at))
        {
            self.end();
            self.title = Some((title.name, piece(run)));
            return Some(1);
        }
        None
    }

    /// The next line that is not empty, if it is words, and which block it is.
    fn next_line(&self, at: usize) -> Option<(usize, String)> {
        let (next, block) = (at + 1..).zip(&self.blocks[at + 1..]).take(4).find(|(_, block)| match block {
            Block::Line(run) => !trim(run).is_empty(),
            _ => true,
        })?;
        let Block::Line(run) = block else { return None };
        (run.len() < LONGEST_HEADING).then(|| (next, text(trim(&plain(run)))))
    }

    /// Whether a heading comes next.
    fn heads(&self, at: usize) -> bool {
        let mut rest = self.blocks[at + 1..].iter().take(6);
        let next = rest.find(|block| !matches!(block, Block::Line(run) if trim(run).is_empty()));
        match next {
            Some(Block::Row(cells)) => table::head(cells).is_some(),
            Some(Block::Line(run)) if run.len() < LONGEST_HEADING => {
                let words = text(trim(&plain(run)));
                let kernel =
                    |found: &Vec<Heading>| found.first() == Some(&Heading::Cell(Column::Kernel)) && found.len() > 1;
                headings(words.trim_end_matches(':')).as_ref().is_some_and(kernel)
            }
            _ => false,
        }
    }

    fn row(&mut self, cells: &[Run], at: usize) {
        if let Some(head) = table::head(cells) {
            self.under = under(head.iter().flatten().copied());
            self.head = Some(head);
            self.events.push(Event::Heading { closes: true });
            return;
        }
        if cells.iter().all(|cell| cell.iter().all(|glyph| matches!(glyph.c, '-' | ':' | ' ' | '|'))) {
            return;
        }
        let fits = self.head.as_ref().filter(|head| {
            let over = cells.iter().skip(head.len()).any(|cell| !trim(cell).is_empty());
            !over && cells.iter().filter(|cell| !trim(cell).is_empty()).count() > 1
        });
        let Some(head) = fits else {
            let mut run = Run::new();
            for cell in cells {
                run.extend(cell);
                run.extend(cell.last().map(|glyph| glyph.as_char(SOFT)));
            }
            return self.line(trim(&run), at);
        };
        let mut unplaced = Vec::new();
        let row = table::row(head, cells, &mut unplaced);
        self.events.extend(unplaced.into_iter().map(Event::Loose));
        if !table::is_empty(&row) {
            self.events.push(Event::Row(Box::new(row)));
        }
    }

    /// A line of content, with a heading before it perhaps: `No. of kernels: 256`.
    fn line(&mut self, run: &[Glyph], at: usize) {
        let mut rest = run;
        let colon = run.iter().take(40).position(|glyph| glyph.c == ':');
        if let Some(colon) = colon.filter(|colon| colon + 1 < run.len()) {
            let before = text(&plain(&run[..colon]));
            let label = super::parse::lexicon(&before.trim().to_lowercase(), None);
            let weights = matches!(label, Some(Label::Weights | Label::Bias));
            if let Some(heading) =
                exact(&before).filter(|_| !weights && before.trim().len() > 1 && !line::is_total(&before))
            {
                self.under = under([heading]);
                self.events.push(Event::Heading { closes: false });
                rest = trim(&run[colon + 1..]);
            }
        }
        for (at_cell, cell) in cell::pieces(rest, None).into_iter().enumerate() {
            if let Some((kernel, shape)) = torn(rest, &cell).filter(|_| at_cell == 0) {
                for (cell, kind) in [(kernel, Kind::Kernel), (shape, Kind::Shape)] {
                    self.events.push(Event::Atom(Atom { cell, kind, under: self.under, block: at }));
                }
                continue;
            }
            if cell.written.chars().all(|c| c == '-') && cell.written.len() > 1 {
                continue;
            }
            self.events.push(Event::Atom(Atom::new(cell, self.under, at)));
        }
    }

    fn end(&mut self) {
        let title = self.title.take();
        self.sheets.extend(walk::sheets(title, std::mem::take(&mut self.events)));
        self.under = Under::default();
        self.head = None;
    }
}

/// A kernel that lost its second side, and the shape behind it: `2x 23x23x25`. Weights begin with two sides that are alike.
fn torn(
    run: &[Glyph],
    cell: &workings::worksheet::Cell,
) -> Option<(workings::worksheet::Cell, workings::worksheet::Cell)> {
    let [claim] = &cell.claims[..] else { return None };
    let [side] = &claim.sides[..] else { return None };
    let [kernel, width, height, _] = side.factors()?[..] else { return None };
    let alike = near::alike(&width.digits, &height.digits) && !near::alike(&kernel.digits, &width.digits);
    if claim.label.is_some() || claim.goes_on || !alike || kernel.digits.len() > 2 {
        return None;
    }
    let (line, column) = (width.place.line, width.place.column);
    let at = run.iter().position(|glyph| (glyph.line, glyph.column) == (line, column))?;
    Some((cell::read(&run[..at], None), cell::read(&run[at..], None)))
}

/// `Neuron size`: a size that is neither the input's nor the output's is the kernel's.
fn sized(words: &str) -> Option<Vec<Heading>> {
    let (first, last) = words.split_once(' ')?;
    (last.eq_ignore_ascii_case("size") && first.chars().all(char::is_alphabetic))
        .then(|| vec![Heading::Cell(Column::Kernel)])
}

fn under(headings: impl IntoIterator<Item = Heading>) -> Under {
    let mut under = Under::default();
    for heading in headings {
        match heading {
            Heading::Cell(Column::Kernel) => under.kernel = true,
            Heading::Cell(Column::Input) => under.input = true,
            Heading::Cell(Column::Kernels) => under.kernels = true,
            Heading::Cell(Column::Calculation) => under.calculation = true,
            Heading::Cell(Column::Output) => under.output = true,
            Heading::Cell(Column::Params) => under.params = true,
            _ => {}
        }
    }
    under
}
