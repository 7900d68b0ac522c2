//! HTML: its tables as rows, what stands around them as lines.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::block::Block;
use super::glyph::{Glyph, Places, Run, trim};

/// How many cells one may span; the standard says 1000.
const MOST: usize = 1000;

/// The blocks of a page.
pub(super) fn html(source: &str) -> Vec<Block> {
    let mut page = Page { places: Places::new(source), ..Page::new(source) };
    let tokenizer = Tokenizer::new_with_emitter(source, DefaultEmitter::<usize>::new_with_span());
    for token in tokenizer.flatten() {
        match token {
            Token::StartTag(tag) => {
                let number = |name: &[u8]| {
                    let value =
                        tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned());
                    value.and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, MOST)
                };
                page.opens(&tag.name, number(b"colspan"), number(b"rowspan"), tag.span.start);
            }
            Token::EndTag(tag) => page.closes(&tag.name),
            Token::String(string) => page.text(string.span.start, string.span.end),
            _ => {}
        }
    }
    page.end_row();
    page.end_line();
    page.blocks
}

struct Page<'t> {
    places: Places<'t>,
    blocks: Vec<Block>,
    line: Run,
    row: Option<Vec<Run>>,
    cell: Option<Run>,
    /// For each column, how many rows more a cell from above reaches down.
    spans: Vec<usize>,
    /// How many columns the open cell takes, and how many rows.
    open: (usize, usize),
    struck: u32,
    /// Inside `<style>` or `<script>`.
    hidden: bool,
}

impl<'t> Page<'t> {
    fn new(source: &'t str) -> Page<'t> {
        Page {
            places: Places::new(source),
            blocks: Vec::new(),
            line: Run::new(),
            row: None,
            cell: None,
            spans: Vec::new(),
            open: (1, 1),
            struck: 0,
            hidden: false,
        }
    }

    fn text(&mut self, start: usize, end: usize) {
        if self.hidden {
            return;
        }
        let struck = self.struck > 0;
        let inside = self.cell.is_some();
        let run = self.places.run(start, end);
        // A line end in the source of a page is space.
        let run =
            run.into_iter().map(|glyph| Glyph { struck, c: if glyph.c == '\n' { ' ' } else { glyph.c }, ..glyph });
        if inside { self.cell.as_mut() } else { Some(&mut self.line) }
            .into_iter()
            .for_each(|to| to.extend(run.clone()));
    }

    fn breaks(&mut self, at: usize) {
        let run = self.places.run(at, at + 1);
        let breaks = run.first().map(|glyph| glyph.as_char('\n'));
        match &mut self.cell {
            Some(cell) => cell.extend(breaks),
            None => self.end_line(),
        }
    }

    fn opens(&mut self, name: &[u8], columns: usize, rows: usize, at: usize) {
        match name {
            b"del" | b"s" | b"strike" => self.struck += 1,
            b"style" | b"script" => self.hidden = true,
            b"table" => {
                self.end_row();
                self.end_line();
                self.spans.clear();
            }
            b"tr" => {
                self.end_row();
                self.end_line();
                self.row = Some(Vec::new());
            }
            b"td" | b"th" => {
                self.end_cell();
                self.end_line();
                let row = self.row.get_or_insert_with(Vec::new);
                // Cells from above stand in the way.
                while self.spans.get(row.len()).is_some_and(|left| *left > 0) && row.len() < MOST {
                    row.push(Run::new());
                }
                self.open = (columns, rows);
                self.cell = Some(Run::new());
            }
            b"br" | b"p" | b"div" | b"li" | b"h1" | b"h2" | b"h3" | b"h4" | b"caption" | b"title" | b"body" => {
                self.breaks(at);
            }
            _ => {}
        }
    }

    fn closes(&mut self, name: &[u8]) {
        match name {
            b"del" | b"s" | b"strike" => self.struck = self.struck.saturating_sub(1),
            b"style" | b"script" => self.hidden = false,
            b"td" | b"th" => self.end_cell(),
            b"tr" => self.end_row(),
            b"table" => {
                self.end_row();
                self.blocks.push(Block::End);
            }
            b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"caption" | b"title" if self.cell.is_none() => {
                self.end_line();
            }
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !trim(&line).is_empty() {
            self.blocks.push(Block::Line(line));
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let row = self.row.get_or_insert_with(Vec::new);
        let (columns, rows) = self.open;
        let start = row.len();
        row.push(cell);
        for _ in 1..columns.min(MOST.saturating_sub(start).max(1)) {
            row.push(Run::new());
        }
        if rows > 1 || self.spans.len() > start {
            self.spans.resize(self.spans.len().max(row.len()), 0);
            // This row counts one down when it ends.
            self.spans[start..row.len()].fill(rows);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(row) = self.row.take() {
            self.spans.iter_mut().for_each(|left| *left = left.saturating_sub(1));
            if !row.is_empty() {
                self.blocks.push(Block::Row(row));
            }
        }
    }
}
