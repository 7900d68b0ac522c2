//! What names mean where a line stands.

use std::collections::HashMap;
use std::rc::Rc;

use workings::fault::{Fault, nearest};
use workings::model::{From, Statement};

use super::Reader;
use crate::net::args::{Parameters, short};
use crate::net::lines::{Line, Word};

/// Among how many names the nearest to a misspelt one is looked for.
const NAMES: usize = 10_000;

/// What names mean where a line stands: the network itself, or one call of a block.
#[derive(Default)]
pub(super) struct Scope {
    pub prefix: String,
    pub labels: HashMap<String, From>,
    pub numbers: HashMap<String, u32>,
    pub parameters: Parameters,
    /// What the next line goes on from.
    pub at: Option<From>,
    /// The line of the network itself that is being carried out.
    pub call: Option<Rc<Statement>>,
    /// The innermost block around the line, which is a module.
    pub module: Option<Rc<workings::graph::Module>>,
}

impl<'t> Reader<'t> {
    /// Where a label stands.
    pub(super) fn find(&self, label: Word<'t>, scope: &Scope) -> Result<From, Fault> {
        if let Some(&from) = scope.labels.get(label.text) {
            return Ok(from);
        }
        if let Some(said) = self.said(label.place) {
            return Err(said.clone());
        }
        let fault = Fault::new(format!("there is no `{}` above this line", short(label.text))).at(label.place);
        let stands = |text: &str| {
            text.trim_start().strip_prefix(label.text).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        let found = self.text.lines().zip(1..).filter(|(text, _)| stands(text)).map(|(_, number)| number);
        if let Some(number) = found.min_by_key(|&number: &u32| (number < label.place.line, number)) {
            if number == label.place.line {
                let says = format!("`{}` cannot take itself", short(label.text));
                return Err(Fault::new(says).at(label.place).hint("name a line above it"));
            }
            return Err(fault.hint(if !scope.prefix.is_empty() {
                format!("line {number} has one, but a block knows `in` and its own labels above alone")
            } else if number < label.place.line {
                format!("line {number} has one, but the labels of a block are its own")
            } else {
                format!("it stands in line {number}; a label must stand before it is used")
            }));
        }
        Err(match near(label.text, scope.labels.keys().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint("write the label and a colon before the layer that you mean: `stem: conv 3x3, 64`"),
        })
    }

    /// Gives a name to what stands on a line.
    pub(super) fn mark(
        &mut self,
        name: &str,
        at: Option<Word<'t>>,
        from: From,
        scope: &mut Scope,
    ) -> Result<(), Fault> {
        let fault = |says: String| match at {
            Some(word) => Fault::new(says).at(word.place),
            None => Fault::new(says),
        };
        let first = name.split('.').next().unwrap_or_default();
        if at.is_some() && !(is_name(first) && name.chars().all(|c| is_letter(c) || c == '.')) {
            let says = format!("`{}` cannot be a label", short(name));
            return Err(fault(says).hint("a label is a letter, then letters, digits, `_` and `.`"));
        }
        if scope.labels.contains_key(name) {
            return Err(
                fault(format!("there are two lines called `{}`", short(name))).hint("give one of them another label")
            );
        }
        scope.labels.insert(name.to_owned(), from);
        let full = scope.prefix.clone() + name;
        if let Some(taken) = self.names.replace(full) {
            let says = format!("two lines are called `{}`, blocks written out", short(&taken));
            return Err(fault(says).hint("give one of them, or the call of the block, another label"));
        }
        Ok(())
    }

    /// The name of a line: its label, or its word and number. Numbers pass over labels that look the same.
    pub(super) fn name(&self, line: &Line<'t>, word: &str, scope: &mut Scope) -> String {
        match line.label {
            Some(label) => label.text.to_owned(),
            None => loop {
                let number = scope.numbers.entry(word.to_owned()).or_default();
                *number += 1;
                let name = format!("{word}{number}");
                if !scope.labels.contains_key(&name) {
                    return name;
                }
            },
        }
    }
}

/// The nearest to a misspelt name, the same in every run, if there are few enough to look at all of them.
pub(super) fn near<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut names: Vec<&str> = names.into_iter().take(NAMES + 1).collect();
    if names.len() > NAMES {
        return None;
    }
    names.sort_unstable();
    nearest(word, names)
}

/// Whether a word can be a name.
pub(in crate::net) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && word.chars().all(is_letter)
}

pub(in crate::net) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
