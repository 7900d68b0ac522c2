//! The formula reference: every operator's formulas, written by running its rule with symbols only.
//!
//! Nothing here knows a formula, so the reference cannot differ from the arithmetic that is done.

use workings::Fault;
use workings::fault::nearest;
use workings::ops::{Arg, Joins, Kind, OPERATORS, Operator, Word, by_word, words};

use crate::report::{Block, Equation, Report, Span, Step};
use crate::show::legend;

mod coverage;
mod run;

pub use coverage::coverage;
use run::{Formula, formulas};

/// The reference of these operators; all of them are [`OPERATORS`].
pub fn ops(operators: &[Operator]) -> Report {
    let title = "The operators".to_owned();
    let about = "How each layer is written, and below it what its rule wrote when it was run with symbols alone.";
    let mut blocks = vec![Block::Heading(1, vec![text(&title)]), Block::Prose(vec![text(about)])];
    let mut names = Vec::new();
    // An operator without a word in the notation has nothing to be written down here.
    for operator in operators.iter().filter(|operator| !operator.words.is_empty()) {
        blocks.push(Block::Heading(2, vec![text(operator.title)]));
        blocks.extend(groups(operator.words, &mut names));
    }
    finished(title, blocks, names)
}

/// The reference of one word of the notation, or of one operator.
pub fn op(word: &str) -> Result<Report, Fault> {
    let mut names = Vec::new();
    let (title, blocks) =
        match (by_word(word), OPERATORS.iter().find(|operator| operator.name == word && !operator.words.is_empty())) {
            (Some((operator, word)), _) => (operator.title, groups(std::slice::from_ref(word), &mut names)),
            (None, Some(operator)) => (operator.title, groups(operator.words, &mut names)),
            (None, None) => {
                let fault = Fault::new(format!("there is no operator “{word}”"));
                return Err(match nearest(word, words()) {
                    Some(near) => fault.hint(format!("did you mean `{near}`?")),
                    None => fault.hint(format!("there are {}", words().collect::<Vec<_>>().join(", "))),
                });
            }
        };
    let heading = Block::Heading(1, vec![text(title)]);
    Ok(finished(title.to_owned(), [heading].into_iter().chain(blocks).collect(), names))
}

fn finished(title: String, mut blocks: Vec<Block>, names: Vec<String>) -> Report {
    let legend = legend(&names);
    blocks.extend((!legend.is_empty()).then_some(Block::Legend(legend)));
    Report { title, blocks }
}

fn text(text: &str) -> Span {
    Span::Text(text.to_owned())
}

/// The words of an operator; those that have the very same formulas share them.
fn groups(words: &[Word], names: &mut Vec<String>) -> Vec<Block> {
    let mut groups: Vec<(Vec<&Word>, Vec<Step>)> = Vec::new();
    for word in words {
        let steps = steps(word, names);
        match groups.iter_mut().find(|(_, known)| *known == steps) {
            Some((alike, _)) => alike.push(word),
            None => groups.push((vec![word], steps)),
        }
    }
    let block = |(words, below): (Vec<&Word>, Vec<Step>)| {
        let mut says = vec![Span::Code(usage(words[0]))];
        for word in &words[1..] {
            says.extend([text(", and so "), Span::Code(word.word.to_owned())]);
        }
        Block::Working(Step { says, below })
    };
    groups.into_iter().map(block).collect()
}

/// How a word is written: `conv KERNEL, KERNELS [, stride S] …`.
pub fn usage(word: &Word) -> String {
    let labels = (word.joins == Joins::Labels).then(|| "LABEL, …".to_owned());
    let must: Vec<String> = word.takes.iter().map(|arg| arg.word.to_owned()).chain(labels).collect();
    let may = word.may.iter().map(optional).chain(word.activated.then(|| "ACTIVATION".to_owned()));
    // Where nothing must stand before it, an argument has no comma.
    let may = may
        .enumerate()
        .map(|(i, arg)| if must.is_empty() && i == 0 { format!(" [{arg}]") } else { format!(" [, {arg}]") });
    let space = if must.is_empty() { "" } else { " " };
    format!("{}{space}{}{}", word.word, must.join(", "), may.collect::<String>())
}

fn optional(arg: &Arg) -> String {
    match arg.kind {
        Kind::Flag(_) => arg.word.to_owned(),
        Kind::OneOf(words) => format!("{} {}", arg.word, words.join("|")),
        Kind::Label => format!("{} LABEL", arg.word),
        Kind::Count => format!("{} NUMBER", arg.word),
        _ if arg.word == arg.key => format!("{} NUMBER", arg.word),
        Kind::Size { .. } | Kind::PerAxis { .. } | Kind::Pads | Kind::Shape | Kind::Fraction => {
            format!("{} {}", arg.word, arg.key)
        }
    }
}

/// The formulas of a word, then for each argument that changes them what is different.
fn steps(word: &Word, names: &mut Vec<String>) -> Vec<Step> {
    let plain = match formulas(word, None) {
        Ok(plain) => plain,
        Err(fault) => return vec![leaf(Span::Doubt(fault.to_string()))],
    };
    let mut steps: Vec<Step> = plain.iter().map(|formula| step(formula, names)).collect();
    for (phrase, arg, value) in choices(word) {
        let Ok(other) = formulas(word, Some((&arg, value))) else { continue };
        let new: Vec<Step> = other.iter().filter(|f| !plain.contains(f)).map(|formula| step(formula, names)).collect();
        match steps.iter_mut().find(|step| !step.below.is_empty() && step.below == new) {
            Some(step) => step.says.extend([text(" or "), Span::Code(phrase)]),
            None if new.is_empty() => {}
            None => steps.push(Step { says: vec![text("with "), Span::Code(phrase)], below: new }),
        }
    }
    steps
}

/// What may be chosen on a word's line beside the sizes that every formula has already.
fn choices(word: &Word) -> Vec<(String, Arg, &'static str)> {
    let mut choices = Vec::new();
    for arg in word.may {
        match arg.kind {
            Kind::Flag(value) => choices.push((arg.word.to_owned(), *arg, value)),
            Kind::OneOf(words) => choices.extend(words.iter().map(|w| (format!("{} {w}", arg.word), *arg, *w))),
            Kind::Label => choices.push((optional(arg), *arg, "given")),
            _ if run::is_general(arg) => {}
            Kind::Count => choices.push((format!("{} 2", arg.word), *arg, "")),
            _ => choices.push((optional(arg), *arg, "")),
        }
    }
    choices
}

fn step(formula: &Formula, names: &mut Vec<String>) -> Step {
    for name in &formula.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut says = vec![Span::Math(formula.equation.clone())];
    if let Some(name) = &formula.likewise {
        says.extend([text(", and "), Span::Math(Equation::named(name)), text(" likewise")]);
    }
    Step { says, below: Vec::new() }
}

fn leaf(span: Span) -> Step {
    Step { says: vec![span], below: Vec::new() }
}
