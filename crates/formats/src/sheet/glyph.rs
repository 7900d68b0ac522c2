//! Text whose every character knows where it stands, so that whatever is read out of it can say where.

use workings::fault::Place;
use workings::worksheet::Piece;

/// A character and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    pub c: char,
    pub line: u32,
    pub column: u32,
    /// Whether it is struck out.
    pub struck: bool,
}

impl Glyph {
    /// Another character that stands for this one.
    pub fn as_char(self, c: char) -> Glyph {
        Glyph { c, ..self }
    }
}

/// Characters in a row.
pub(super) type Run = Vec<Glyph>;

/// Parts two pieces of mathematics that stand side by side: no figure goes on over it.
pub(super) const SOFT: char = '\u{1f}';

/// A figure, letter or sign of twice the width, as East Asian keyboards write them, in its usual width. Marks that part
/// cells or set type stay: at twice the width they are none.
fn usual(c: char) -> char {
    let signs = ['＝', '＋', '－', '（', '）', '／', '＊', '．', '，', '：', '；'];
    let wide = matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ') || signs.contains(&c);
    let usual = u32::from(c).wrapping_sub(u32::from('！') - u32::from('!'));
    char::from_u32(usual).filter(|_| wide).unwrap_or(c)
}

/// The characters of a text that begins at this line and column.
pub(super) fn glyphs(text: &str, mut line: u32, mut column: u32) -> Run {
    let mut run = Run::with_capacity(text.len());
    for c in text.chars() {
        run.push(Glyph { c: usual(c), line, column, struck: false });
        if c == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    run
}

/// The lines of a text, each with its number.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

/// Where a run stands: to the end of its first line.
pub(super) fn place(run: &[Glyph]) -> Place {
    let Some(first) = run.first() else { return Place::default() };
    let last = run.iter().rev().find(|glyph| glyph.line == first.line).unwrap_or(first);
    Place { line: first.line, column: first.column, length: (last.column + 1).saturating_sub(first.column) }
}

/// The text of a run.
pub(super) fn text(run: &[Glyph]) -> String {
    run.iter().map(|glyph| glyph.c).collect()
}

/// A run as a piece of text.
pub(super) fn piece(run: &[Glyph]) -> Piece {
    let run = trim(run);
    let text: String = run.iter().map(|glyph| if glyph.c == SOFT { ' ' } else { glyph.c }).collect();
    Piece { text: text.into(), place: place(run) }
}

/// A run without the space around it.
pub(super) fn trim(run: &[Glyph]) -> &[Glyph] {
    let start = run.iter().position(|glyph| !space(glyph.c)).unwrap_or(run.len());
    let end = run.iter().rposition(|glyph| !space(glyph.c)).map_or(start, |at| at + 1);
    &run[start..end]
}

/// Space, and the marks that part without being seen.
pub(super) fn space(c: char) -> bool {
    c.is_whitespace() || c == SOFT || c == '\u{feff}' || c == '\u{200b}'
}

/// Where byte offsets of a text stand; asked in rising order, it goes through the text once.
pub(super) struct Places<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str) -> Places<'t> {
        Places { text, at: 0, line: 1, column: 1 }
    }

    /// The characters between two offsets.
    pub fn run(&mut self, start: usize, end: usize) -> Run {
        if start < self.at {
            *self = Places::new(self.text);
        }
        for c in self.text.get(self.at..start).unwrap_or_default().chars() {
            if c == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.at = start;
        glyphs(self.text.get(start..end).unwrap_or_default(), self.line, self.column)
    }
}
