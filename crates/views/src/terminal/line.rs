//! A line of text whose pieces know what they are: measured, cut, wrapped and painted.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::notation;
use crate::report::{Mark, Phrase, Span};

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    Value,
    Name,
    Doubt,
    Code,
    Math,
    Strong,
    Dim,
    Bad,
    Mark(Mark),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run<'r> {
    pub role: Role,
    pub text: Cow<'r, str>,
}

impl<'r> Run<'r> {
    pub fn new(role: Role, text: impl Into<Cow<'r, str>>) -> Run<'r> {
        Run { role, text: text.into() }
    }

    /// Nothing, this wide.
    pub fn blank(width: usize) -> Run<'r> {
        const BLANK: &str = "                                                                                ";
        let text = BLANK.get(..width).map_or_else(|| " ".repeat(width).into(), Cow::Borrowed);
        Run { role: Role::Plain, text }
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// How many columns a line takes.
pub(super) fn wide(line: &[Run<'_>]) -> usize {
    line.iter().map(|run| width(&run.text)).sum()
}

/// A phrase as pieces of one line.
pub(super) fn plain(phrase: &Phrase) -> Vec<Run<'_>> {
    phrase
        .iter()
        .map(|span| match span {
            Span::Text(text) => Run::new(Role::Plain, harmless(text)),
            Span::Value(text) => Run::new(Role::Value, harmless(text)),
            Span::Name(text) => Run::new(Role::Name, harmless(text)),
            Span::Doubt(text) => Run::new(Role::Doubt, harmless(text)),
            Span::Code(text) => Run::new(Role::Code, harmless(text)),
            Span::Math(equation) => Run::new(Role::Math, harmless(notation::text(equation))),
            Span::Mark(mark) => Run::new(Role::Mark(*mark), mark.sign()),
        })
        .collect()
}

/// Without what would move the cursor or turn the direction of writing: a name comes from a file.
fn harmless<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let harms = |c: char| c.is_control() || turns(c);
    if text.contains(harms) { text.replace(harms, "\u{fffd}").into() } else { text }
}

/// The line in at most this many columns. An equation keeps its result, and a name its end.
pub(super) fn cut(line: Vec<Run<'_>>, room: usize) -> Vec<Run<'_>> {
    let too_wide = wide(&line);
    if too_wide <= room {
        return line;
    }
    let tail = match line.last() {
        Some(Run { role: Role::Math, text }) => text.rfind(" = ").map_or("", |at| &text[at..]),
        Some(Run { role: Role::Name, text }) => end(text, room.saturating_sub(1)),
        _ => "",
    };
    let tail = if width(tail) < room { tail.to_owned() } else { String::new() };
    let role = line.last().map_or(Role::Plain, |run| run.role);
    let mut left = room.saturating_sub(width(&tail) + 1);
    let mut kept: Vec<Run<'_>> = Vec::new();
    for run in &line {
        let start = start(&run.text, left).to_owned();
        left -= width(&start);
        let whole = start.len() == run.text.len();
        kept.push(Run::new(run.role, start));
        if !whole {
            break;
        }
    }
    kept.push(Run::new(role, format!("…{tail}")));
    kept
}

/// As much of the beginning as fits, without a space at its end.
fn start(text: &str, room: usize) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let fits = ends.take_while(|at| width(&text[..*at]) <= room).last().unwrap_or(0);
    if fits == text.len() { text } else { text[..fits].trim_end() }
}

/// As much of the end as fits.
fn end(text: &str, room: usize) -> &str {
    let from = text.char_indices().map(|(at, _)| at).find(|at| width(&text[*at..]) <= room);
    &text[from.unwrap_or(text.len())..]
}

/// The line broken at spaces, an equation rather at its `=`; what follows the first is indented.
pub(super) fn wrap<'r>(line: &[Run<'r>], room: usize, indent: usize) -> Vec<Vec<Run<'r>>> {
    if wide(line) <= room {
        return vec![line.to_vec()];
    }
    let mut lines: Vec<Vec<Run<'r>>> = vec![Vec::new()];
    let mut used = 0;
    let words: Vec<Run<'_>> = line.iter().flat_map(|run| words(run, room.saturating_sub(indent))).collect();
    for group in words.chunk_by(|word, next| !word.text.ends_with(' ') && !next.text.starts_with(' ')) {
        // A full stop stays with the name before it, unless both have no room on one line.
        let whole = wide(group) + indent <= room;
        for words in group.chunks(if whole { group.len() } else { 1 }) {
            let bare = wide(words) - words.last().map_or(0, |word| width(&word.text) - width(word.text.trim_end()));
            if used + bare > room && used > if lines.len() > 1 { indent } else { 0 } {
                trim(lines.last_mut());
                lines.push(vec![Run::blank(indent)]);
                used = indent;
            }
            used += wide(words);
            if let Some(last) = lines.last_mut() {
                last.extend(words.iter().cloned());
            }
        }
    }
    lines
}

/// Takes the spaces off the end of a line.
fn trim(line: Option<&mut Vec<Run<'_>>>) {
    if let Some(last) = line.and_then(|line| line.last_mut()) {
        last.text = last.text.trim_end().to_owned().into();
    }
}

/// The pieces between which a line may be broken, each with the space after it.
fn words<'r>(run: &Run<'_>, room: usize) -> Vec<Run<'r>> {
    let pieces = match run.role {
        Role::Math => sides(&run.text)
            .into_iter()
            .flat_map(|side| if width(&side) > room { terms(&side) } else { vec![side] })
            .flat_map(|term| if width(&term) > room { spaced(&term) } else { vec![term] })
            .collect(),
        _ => spaced(&run.text),
    };
    pieces.into_iter().map(|piece| Run::new(run.role, piece)).collect()
}

/// The sides of an equation, every one but the first with its `=`.
fn sides(equation: &str) -> Vec<String> {
    let starts = equation.match_indices(" = ").map(|(at, _)| at + 1);
    apart(equation, starts)
}

/// The terms and factors of an expression, every one but the first with its sign.
fn terms(side: &str) -> Vec<String> {
    let signs = [" + ", " − ", " × "].iter().flat_map(|sign| side.match_indices(sign));
    let mut starts: Vec<usize> = signs.map(|(at, _)| at + 1).collect();
    starts.sort_unstable();
    apart(side, starts.into_iter())
}

/// Words; what stands in brackets, as an argument that may be left out, is one.
fn spaced(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let starts = text.char_indices().filter_map(|(at, c)| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        (c == ' ' && depth <= 0).then_some(at + 1)
    });
    apart(text, starts)
}

/// A text taken apart at these places.
fn apart(text: &str, starts: impl Iterator<Item = usize>) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in starts.chain([text.len()]) {
        pieces.push(text[from..at].to_owned());
        from = at;
    }
    pieces
}

/// The line as it is printed, after what is printed already.
pub(super) fn paint(line: &[Run<'_>], color: bool, text: &mut String) {
    let start = text.len();
    for run in line {
        match code(run.role).filter(|_| color && !run.text.trim().is_empty()) {
            Some(code) => text.extend(["\x1b[", code, "m", &*run.text, "\x1b[0m"]),
            None => text.push_str(&run.text),
        }
    }
    text.truncate(start + text[start..].trim_end().len());
}

/// What colour says what.
fn code(role: Role) -> Option<&'static str> {
    match role {
        Role::Plain | Role::Math => None,
        Role::Value | Role::Strong => Some("1"),
        Role::Name => Some("36"),
        Role::Doubt => Some("33"),
        Role::Code => Some("32"),
        Role::Dim => Some("2"),
        Role::Bad => Some("1;31"),
        Role::Mark(mark) => Some(match mark {
            Mark::Right => "32",
            Mark::Wrong | Mark::Unexplained | Mark::Blank | Mark::Missing => "1;31",
            Mark::Carried => "1;36",
            Mark::Misread => "1;35",
            Mark::Ambiguous | Mark::Slip | Mark::Convention => "1;33",
        }),
    }
}
