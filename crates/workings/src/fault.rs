//! What is wrong with an input: where, what was found, what was needed, what to do.

use std::fmt;

/// A place in a text: line and column from 1, counted in characters, and how many characters it spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Characters.
    pub length: u32,
}

/// One thing that is wrong, said so that it can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where in the text it was found, if it has a place.
    pub place: Option<Place>,
    /// What was found and what was needed.
    pub says: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault without a place.
    pub fn new(says: impl Into<String>) -> Fault {
        Fault { place: None, says: says.into(), hint: None }
    }

    /// The same fault, found here.
    pub fn at(mut self, place: Place) -> Fault {
        self.place.get_or_insert(place);
        self
    }

    /// The same fault, with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.says)?;
        match &self.hint {
            Some(hint) => write!(f, " — {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

/// The candidate nearest to a misspelt word, if one is near: at most a third of its letters changed, added, left out or
/// swapped with their neighbour.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).flat_map(char::to_lowercase).collect();
    let allowed = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (distance(&word, &candidate.chars().flat_map(char::to_lowercase).collect::<Vec<_>>()), candidate)
        })
        .filter(|&(d, _)| d <= allowed)
        .min_by_key(|&(d, _)| d)
        .map(|(_, candidate)| candidate)
}

/// How many single-letter changes and swaps of neighbours lead from one word to the other (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_its_word() {
        let words = ["conv", "pool", "dense", "flatten"];
        assert_eq!(nearest("cnov", words), Some("conv"));
        assert_eq!(nearest("Flaten", words), Some("flatten"));
        assert_eq!(nearest("xyz", words), None);
        assert_eq!(nearest("", words), None);
    }
}
