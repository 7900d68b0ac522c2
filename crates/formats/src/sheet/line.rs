//! What a line outside a table is: a title, a total, page furniture.

use super::columns;
use super::glyph::{Glyph, SOFT, text};
use super::plain::plain;

/// How long a title may be, in characters.
const LONGEST_TITLE: usize = 80;

/// The words that a title begins with.
const TITLES: [&str; 17] = [
    "question",
    "ques",
    "que",
    "quest",
    "q",
    "network",
    "net",
    "sheet",
    "worksheet",
    "problem",
    "exercise",
    "task",
    "example",
    "answer",
    "ans",
    "model",
    "§",
];

/// The words that paper brings along.
const FURNITURE: [&str; 6] = ["classmate", "date", "page", "pg", "roll", "name"];

/// Whether a line is printed on the paper: `Date _____`, `classmate`.
pub(super) fn is_furniture(line: &str) -> bool {
    let words = || line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let known = |word: &str| FURNITURE.iter().any(|known| word.eq_ignore_ascii_case(known));
    words().next().is_some_and(known)
        && words().all(|word| known(word) || word.eq_ignore_ascii_case("no") || word.parse::<u32>().is_ok())
}

/// A line that may name a sheet.
pub(super) struct Title {
    /// What it calls the sheet.
    pub name: String,
    /// Whether its form says that it is a title; else it is only words.
    pub sure: bool,
}

/// What a line says as a title, if it can be one.
pub(super) fn title(run: &[Glyph]) -> Option<Title> {
    if run.len() > 4 * LONGEST_TITLE {
        return None;
    }
    let raw = text(run);
    let marked = raw.trim_start().starts_with('#') || (raw.trim().starts_with("**") && raw.trim().ends_with("**"));
    let plain = text(&plain(run)).replace(SOFT, " ");
    let line = plain.trim().trim_start_matches('#').trim_matches(|c: char| c.is_whitespace() || ":*".contains(c));
    if line.is_empty() || line.chars().count() > LONGEST_TITLE || line.contains(['=', '×']) || is_furniture(line) {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let first = words[0].to_lowercase();
    let bare = first.trim_end_matches(|c: char| c.is_ascii_digit() || ".:#".contains(c));
    let known = TITLES.contains(&bare) && (words.len() > 1 || first.len() > bare.len());
    let sure = marked || known;
    if !sure && (words.len() > 8 || !line.starts_with(char::is_alphabetic) || columns::headings(line).is_some()) {
        return None;
    }
    // A label's line, `Weights: …`, is no title; nor is what ends like a sentence.
    if !sure && (line.contains(':') || line.ends_with('.') || super::parse::lexicon(&first, None).is_some()) {
        return None;
    }
    let name = match &words[..] {
        [_, rest] if ["network", "net", "model"].contains(&&*first) => (*rest).to_owned(),
        _ => line.to_owned(),
    };
    Some(Title { name, sure })
}

/// Whether a text begins like a total: `Total = …`, `TOTAL params: …`.
pub(super) fn is_total(line: &str) -> bool {
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .take(2)
        .map(str::to_lowercase)
        .collect();
    matches!(
        words.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["total" | "totals" | "sum", ..] | ["grand" | "overall", "total" | "sum"]
    )
}

/// How many words that a worksheet does not have make a line prose.
const PROSE: usize = 5;

/// Whether a line is prose: words that worksheets do not have, about as many as figures. Its figures are no layer's.
pub(super) fn is_prose(line: &str) -> bool {
    let words = || line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let known = |word: &str| columns::is_word(word) || super::parse::lexicon(word, None).is_some();
    let strange = words().filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic));
    let strange = strange.filter(|word| !known(&word.to_lowercase())).count();
    strange >= PROSE && 2 * strange > words().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).count()
}
