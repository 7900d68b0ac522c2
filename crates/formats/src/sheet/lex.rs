//! A line of a cell into figures, words and marks.

use workings::worksheet::Column;

use super::glyph::{Glyph, SOFT};

/// What a piece of a line is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Digits without separators of thousands.
    Figure(String),
    Word(String),
    Plus,
    Minus,
    Times,
    Over,
    /// `//`
    FloorOver,
    Equals,
    Colon,
    /// With whether space stands around it.
    Comma(bool),
    /// What parts two claims: `;`, or the edge of a piece of mathematics.
    Break,
    Open(char),
    Close,
    /// A mark that says nothing here.
    Mark,
}

/// A piece of a line: what it is, and from which character to which.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Whether nothing stands between it and the one before.
    pub glued: bool,
}

/// The tokens of a line. In columns that hold shapes, `150,150,3` is one.
pub(super) fn lex(run: &[Glyph], column: Option<Column>) -> Vec<Token> {
    let mut lexer = Lexer { run, at: 0, column, tokens: Vec::new(), list: 0 };
    while lexer.at < run.len() {
        lexer.next();
    }
    lexer.tokens
}

struct Lexer<'r> {
    run: &'r [Glyph],
    at: usize,
    column: Option<Column>,
    tokens: Vec<Token>,
    /// Where a list of figures ends whose separators are not those of thousands.
    list: usize,
}

impl Lexer<'_> {
    fn c(&self, at: usize) -> char {
        self.run.get(at).map_or('\n', |glyph| glyph.c)
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let start = self.at;
        let glued = self.tokens.last().is_some_and(|last| last.end == start);
        self.at += length;
        self.tokens.push(Token { kind, start, end: self.at, glued });
    }

    fn next(&mut self) {
        let c = self.c(self.at);
        let one = match c {
            SOFT | ';' => Kind::Break,
            c if c.is_whitespace() || c == '\u{200b}' => {
                self.at += 1;
                return;
            }
            '0'..='9' => return self.figure(),
            '+' => Kind::Plus,
            '-' | '−' | '–' | '—' | '‐' | '‑' if self.c(self.at + 1) == '>' => {
                return self.push(Kind::Equals, 2);
            }
            '-' | '−' | '–' | '—' | '‐' | '‑' => Kind::Minus,
            '×' | '*' | '·' | '⋅' | '✕' | '✖' | '∗' | '•' | '⨯' => Kind::Times,
            '/' if self.c(self.at + 1) == '/' => return self.push(Kind::FloorOver, 2),
            '/' | '÷' | '∕' => Kind::Over,
            '=' if matches!(self.c(self.at + 1), '=' | '>') => return self.push(Kind::Equals, 2),
            '=' | '≈' | '≅' | '≡' | '→' | '⇒' | '⟶' | '⟹' => Kind::Equals,
            ':' => Kind::Colon,
            ',' => Kind::Comma(self.c(self.at + 1).is_whitespace()),
            '(' | '[' | '{' | '⌊' | '⌈' => Kind::Open(c),
            ')' | ']' | '}' | '⌋' | '⌉' => Kind::Close,
            c if c.is_alphabetic() => return self.word(),
            _ => Kind::Mark,
        };
        self.push(one, 1);
    }

    /// Letters and what is glued to them, but for an `x` between figures, which multiplies.
    fn word(&mut self) {
        let first = self.c(self.at);
        let after = self.tokens.last().is_some_and(|last| matches!(last.kind, Kind::Figure(_) | Kind::Close));
        let next = self.c(self.at + 1);
        // The Cyrillic letter looks the same.
        if matches!(first, 'x' | 'X' | 'х' | 'Х') {
            let name = next.is_alphabetic() && !self.c(self.at + 2).is_alphanumeric();
            if !next.is_alphabetic() || (after && name) {
                return self.push(Kind::Times, 1);
            }
        }
        let mut end = self.at;
        while self.c(end).is_alphanumeric()
            || (matches!(self.c(end), '.' | '\'' | '’') && self.c(end + 1).is_alphabetic())
        {
            end += 1;
        }
        let word: String = self.run[self.at..end].iter().map(|glyph| glyph.c).collect();
        let by = after && word == "by";
        self.push(if by { Kind::Times } else { Kind::Word(word) }, end - self.at);
    }

    /// Digits, with their separators of thousands or a decimal point.
    fn figure(&mut self) {
        let shapes = matches!(self.column, Some(Column::Kernel | Column::Input | Column::Output));
        let start = self.at;
        let mut groups: Vec<(usize, usize)> = vec![self.digits(start)];
        let separator = self.c(groups[0].1);
        let mut end = groups[0].1;
        let parts =
            |c: char| matches!(c, ',' | '.' | '\'' | '’') || (!shapes && matches!(c, ' ' | '\u{a0}' | '\u{202f}'));
        if parts(separator) && start >= self.list {
            while self.c(end) == separator && self.c(end + 1).is_ascii_digit() {
                let group = self.digits(end + 1);
                end = group.1;
                groups.push(group);
            }
        }
        let lengths = |(a, b): &(usize, usize)| b - a;
        let first = lengths(&groups[0]);
        let thousands = groups.len() > 1 && first <= 3 && groups[1..].iter().all(|group| lengths(group) == 3);
        let written = |(a, b): (usize, usize)| self.run[a..b].iter().map(|glyph| glyph.c);
        // `224,224,128` is a shape where a shape belongs: a number seldom repeats its thousands.
        let repeats = groups.windows(2).any(|pair| written(pair[0]).eq(written(pair[1])));
        let joined = match separator {
            '.' => groups.len() == 2 || thousands,
            ',' => (thousands && !(shapes && repeats)) || (!shapes && !repeats && self.lost_one(end, &groups)),
            ' ' | '\u{a0}' | '\u{202f}' => thousands && self.stands_alone(end, groups.len()),
            _ => thousands,
        };
        // `07,568` was `67,568`; nothing else is written so where no shape belongs.
        let zero = self.c(start) == '0' && separator != '.' && !(separator == ',' && thousands && !shapes);
        if (zero || !joined) && groups.len() > 1 {
            self.list = end;
        }
        let taken = if joined && !zero { &groups[..] } else { &groups[..1] };
        let mut digits: String = taken.iter().flat_map(|group| written(*group)).collect();
        if separator == '.' && taken.len() == 2 {
            digits.insert(first, '.');
        }
        let end = taken.last().map_or(start + 1, |group| group.1);
        self.push(Kind::Figure(digits), end - start);
    }

    /// Whether groups are thousands of which one lost a digit or got one: `1,574,91`; two groups only where a number
    /// stands, alone or between signs: `= 41,72`.
    fn lost_one(&self, end: usize, groups: &[(usize, usize)]) -> bool {
        let length = |(a, b): &(usize, usize)| b - a;
        let first = length(&groups[0]);
        let odd = groups[1..].iter().filter(|group| length(group) != 3).count() + usize::from(first == 4);
        let lost = first <= 4 && groups[1..].iter().all(|group| (2..=4).contains(&length(group))) && odd == 1;
        let behind = self.run[end..].iter().take(8).map(|glyph| glyph.c).find(|c| !c.is_whitespace());
        let result = self.tokens.last().is_some_and(|last| last.kind == Kind::Equals) && groups.len() == 2;
        let alone = self.tokens.is_empty() && behind.is_none();
        lost && (groups.len() > 2 || result || alone || behind.is_some_and(|c| "x×X*·⋅".contains(c)))
    }

    /// Whether groups of digits parted by space are one number: `27 864` may be two. Factors are never parted so, and where
    /// the column is not known, a sign of equality or a label must stand before two groups.
    fn stands_alone(&self, end: usize, groups: usize) -> bool {
        let before = self.tokens.last().map(|token| &token.kind);
        let rest = self.run.get(end..).unwrap_or_default().iter().take(8).map(|glyph| glyph.c);
        let next = rest.skip_while(|c| c.is_whitespace()).find(|c| !c.is_whitespace());
        let factor = before == Some(&Kind::Times) || next.is_some_and(|c| "x×X*·⋅".contains(c));
        let led = matches!(before, Some(Kind::Equals | Kind::Colon | Kind::Word(_)));
        !factor && (groups > 2 || led || (self.column.is_some() && before.is_none()))
    }

    fn digits(&self, start: usize) -> (usize, usize) {
        let mut end = start;
        while self.c(end).is_ascii_digit() {
            end += 1;
        }
        (start, end)
    }
}
