//! Numbers in JSON: exact however large, symbolic, or unknown.

use std::borrow::Cow;

use calc::Poly;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// The largest integer that every JSON reader keeps exactly.
pub(super) const EXACT: i128 = (1 << 53) - 1;

/// A number.
pub(super) enum Number {
    /// An integer that every JSON reader keeps exactly.
    Small(i64),
    /// A larger one in decimal digits, or an expression with symbols.
    Text(String),
    /// Not known.
    Unknown,
}

impl From<i128> for Number {
    fn from(n: i128) -> Number {
        match i64::try_from(n) {
            Ok(small) if n.abs() <= EXACT => Number::Small(small),
            _ => Number::Text(n.to_string()),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, printer: S) -> Result<S::Ok, S::Error> {
        match self {
            Number::Small(n) => printer.serialize_i64(*n),
            Number::Text(text) => printer.serialize_str(text),
            Number::Unknown => printer.serialize_unit(),
        }
    }
}

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number. An integer beyond 2^53 − 1 is a string of its digits; one that depends on symbols is \
                an expression of `+ - * //` (the last for floor division), `min(a, b)`, `max(a, b)` and parentheses, \
                which Python evaluates as it stands; an unknown one is null.",
            "anyOf": [
                { "type": "integer", "minimum": -EXACT as i64, "maximum": EXACT as i64 },
                { "type": "string", "pattern": r"^[\w +*/(),-]+$" },
                { "type": "null" }
            ]
        })
    }
}

/// The symbols of a network by names that Python takes for names.
pub(super) struct Symbols<'a> {
    /// As written and as printed, in order of appearance.
    names: Vec<(&'a str, Cow<'a, str>)>,
    /// Those that are printed otherwise than they are written, the longest first.
    renamed: Vec<(&'a str, String)>,
}

/// What Python, or the grammar, has a meaning of its own for.
const TAKEN: [&str; 37] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "max", "min",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl<'a> Symbols<'a> {
    /// These symbols, as they were written.
    pub fn new(written: impl Iterator<Item = &'a str> + Clone) -> Symbols<'a> {
        let mut names: Vec<(&str, Cow<'_, str>)> = Vec::new();
        let is_free = |name: &str, names: &[(&str, Cow<'_, str>)]| {
            !TAKEN.contains(&name) && !written.clone().any(|w| w == name) && names.iter().all(|(_, n)| n != name)
        };
        for symbol in written.clone() {
            let mut name = identifier(symbol);
            while name != symbol && !is_free(&name, &names) || TAKEN.contains(&&*name) {
                name.to_mut().push('_');
            }
            names.push((symbol, name));
        }
        let mut renamed: Vec<_> =
            names.iter().filter(|(w, n)| w != n).map(|(w, n)| (*w, n.clone().into_owned())).collect();
        renamed.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
        Symbols { names, renamed }
    }

    /// Their names as printed.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(_, name)| &**name)
    }

    /// A form in these names.
    pub fn put_into(&self, form: &Poly) -> Number {
        let text = form.to_string();
        if self.renamed.is_empty() {
            return Number::Text(text);
        }
        let mut renamed = String::with_capacity(text.len());
        let mut rest = &*text;
        while let Some(first) = rest.chars().next() {
            let begins = !renamed.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let known = self.renamed.iter().find(|(written, _)| begins && is_next(rest, written));
            match known {
                Some((written, name)) => {
                    renamed.push_str(name);
                    rest = &rest[written.len()..];
                }
                None => {
                    renamed.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        Number::Text(renamed)
    }
}

/// Whether a text goes on with this whole name; `min(` and `max(` are calls.
fn is_next(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '('))
}

/// A name with an underscore in the place of what no name has in it, and without the `?` of an unknown.
fn identifier(name: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_';
    let begins = |c: char| fits(c) && !c.is_ascii_digit();
    if name.starts_with(begins) && name.chars().all(fits) {
        return name.into();
    }
    let bare = name.strip_prefix('?').unwrap_or(name);
    let mut made: String = bare.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if !made.starts_with(begins) {
        made.insert_str(0, "unknown");
    }
    made.into()
}

#[cfg(test)]
mod tests {
    use super::Symbols;

    #[test]
    fn every_symbol_is_printed_under_a_name_of_its_own() {
        let written = ["N", "?", "?k", "k", "in", "max", "batch size", "7up", "?N"];
        let symbols = Symbols::new(written.iter().copied());
        let names: Vec<_> = symbols.names().collect();
        assert_eq!(names, ["N", "unknown", "k_", "k", "in_", "max_", "batch_size", "unknown7up", "N_"]);
    }
}
