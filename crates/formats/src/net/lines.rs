//! Lines into words: labels, arguments and comments, each with its place.

use std::rc::Rc;

use workings::Place;

/// A word and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub text: &'t str,
    pub place: Place,
}

/// What stands between two commas, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument<'t> {
    pub words: Vec<Word<'t>>,
    pub place: Place,
}

/// A line taken apart: `label: word argument, argument # comment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    pub number: u32,
    pub label: Option<Word<'t>>,
    pub word: Option<Word<'t>>,
    pub arguments: Vec<Argument<'t>>,
    /// The line without its comment and the space around it; the layers that a block makes of it share it.
    pub written: Rc<str>,
    /// From the `#` on.
    pub comment: Option<&'t str>,
}

impl Line<'_> {
    /// Whether nothing stands on it but a comment.
    pub fn is_empty(&self) -> bool {
        self.label.is_none() && self.word.is_none() && self.arguments.is_empty()
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.trim_start_matches('\u{feff}').lines().zip(1..).map(|(text, number)| line(text, number))
}

fn line(text: &str, number: u32) -> Line<'_> {
    let (code, comment) = match text.find('#') {
        Some(at) => (&text[..at], Some(text[at..].trim_end())),
        None => (text, None),
    };
    let mut cursor = Cursor { text: code, at: 0, column: 1, number };
    cursor.skip_space();
    let mut first = cursor.word();
    let label = cursor.label(first);
    if label.is_some() {
        cursor.skip_space();
        first = cursor.word();
    }
    let word = (!first.text.is_empty()).then_some(first);
    if word.is_some() {
        cursor.skip_comma();
    }
    Line { number, label, word, arguments: cursor.arguments(), written: code.trim_matches(is_space).into(), comment }
}

/// Space, and the mark that some editors put before a text.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// A place in a line, counted in bytes and in characters.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    column: u32,
    number: u32,
}

impl<'t> Cursor<'t> {
    fn skip_space(&mut self) {
        self.take(is_space);
    }

    /// A comma behind the word is allowed where arguments follow: `batchnorm, relu`. Before a colon it is kept, since
    /// without it the word would be a label.
    fn skip_comma(&mut self) {
        self.skip_space();
        let behind = self.text[self.at..].strip_prefix(',').map(|rest| rest.trim_start_matches(is_space));
        if behind.is_some_and(|rest| !rest.is_empty() && !rest.starts_with([',', ':'])) {
            self.at += 1;
            self.column += 1;
        }
    }

    /// The label that a line's first word is, if a colon ends it. The cursor is then behind the colon.
    fn label(&mut self, first: Word<'t>) -> Option<Word<'t>> {
        let Some((name, rest)) = first.text.split_once(':') else {
            self.skip_space();
            return (!first.text.is_empty() && !self.take(|c| c == ':').is_empty()).then_some(first);
        };
        if name.is_empty() {
            return None;
        }
        let behind = u32::try_from(rest.chars().count()).unwrap_or(u32::MAX);
        self.at -= rest.len();
        self.column -= behind;
        Some(Word { text: name, place: Place { length: first.place.length - behind - 1, ..first.place } })
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        self.column = self.column.saturating_add(u32::try_from(rest[..end].chars().count()).unwrap_or(u32::MAX));
        &rest[..end]
    }

    /// The next word: up to a space or a comma.
    fn word(&mut self) -> Word<'t> {
        let (line, column) = (self.number, self.column);
        let text = self.take(|c| !is_space(c) && c != ',');
        Word { text, place: Place { line, column, length: self.column - column } }
    }

    fn arguments(&mut self) -> Vec<Argument<'t>> {
        let mut arguments = Vec::new();
        self.skip_space();
        if self.at == self.text.len() {
            return arguments;
        }
        loop {
            let (column, mut words) = (self.column, Vec::new());
            loop {
                self.skip_space();
                let word = self.word();
                if word.text.is_empty() {
                    break;
                }
                words.push(word);
            }
            let end = words.last().map_or(column, |w: &Word<'_>| w.place.column + w.place.length);
            let start = words.first().map_or(column, |w| w.place.column);
            arguments.push(Argument { words, place: Place { line: self.number, column: start, length: end - start } });
            match self.take(|c| c == ',').len() {
                0 => return arguments,
                1 => {}
                // Nothing stands between them, however many they are.
                _ => arguments.push(Argument {
                    words: Vec::new(),
                    place: Place { line: self.number, column: self.column - 1, length: 0 },
                }),
            }
        }
    }
}
