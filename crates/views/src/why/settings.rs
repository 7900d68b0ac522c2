//! The lines of the network that a number hangs on.

use std::collections::{BTreeMap, BTreeSet};

use calc::{Forms, Line, Step, Value, grouped};
use workings::model::{Input, Setting, Size};
use workings::{Ledger, glossary};

use super::text;
use super::tree::tidy;
use crate::notation;
use crate::report::{Block, Cell, Column, Phrase, Span, Table};

/// How many lines are shown; of more, the first and the last.
const LINES: usize = 12;

/// Where a setting was written: an input of the network, or a layer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// The batch size of an input.
    Batch(usize),
    Input(usize),
    Layer(usize),
}

/// Whether the network was written in lines; what other formats hold has none to point at.
pub(super) fn has_lines(ledger: &Ledger) -> bool {
    ledger.model.format == "net"
}

/// The path back: the lines of the network that these numbers hang on, and what each of them says.
pub(super) fn path(ledger: &Ledger, lines: &[Line]) -> Vec<Block> {
    if !has_lines(ledger) {
        return Vec::new();
    }
    // Layers of one line of a block, called several times, stand in one row.
    let mut places: BTreeMap<(u32, String), (Place, Vec<Line>)> = BTreeMap::new();
    for line in below(ledger, lines) {
        if let Some(place) = place(ledger, line) {
            places.entry(at(ledger, place)).or_insert((place, Vec::new())).1.push(line);
            if let Some(call) = call(ledger, place) {
                places.entry(call).or_insert((place, Vec::new()));
            }
        }
    }
    let mut forms = Forms::new(&ledger.page);
    let mut rows: Vec<Vec<Cell>> =
        places.iter().filter_map(|(at, (place, said))| row(ledger, &mut forms, at, *place, said)).collect();
    let all = rows.len();
    if rows.is_empty() {
        return Vec::new();
    }
    if rows.len() > LINES {
        let left_out = rows.len() - LINES + 1;
        let more = vec![Cell::new(), vec![vec![text(&format!("… {} more …", grouped(left_out as i128)))]], Cell::new()];
        rows.splice(LINES / 2..LINES / 2 + left_out, [more]);
    }
    let column = |title: &str, numbers, gives_way| Column { title: title.to_owned(), numbers, gives_way, leaves: None };
    let columns = vec![column("line", true, false), column("written", false, true), column("says", false, true)];
    let sentence = match all {
        1 => "It hangs on one line of the network:".to_owned(),
        n => format!("It hangs on {} lines of the network:", grouped(n as i128)),
    };
    vec![Block::Prose(vec![text(&sentence)]), Block::Table(Table { columns, rows, ..Table::default() })]
}

/// Everything that these lines were made from, in order.
fn below(ledger: &Ledger, lines: &[Line]) -> BTreeSet<Line> {
    let (mut seen, mut ahead) = (BTreeSet::new(), lines.to_vec());
    while let Some(line) = ahead.pop() {
        if seen.insert(line) {
            ahead.extend(ledger.page.uses(line));
        }
    }
    seen
}

/// Where a line comes from: a setting from where it was told, a step from its layer.
fn place(ledger: &Ledger, line: Line) -> Option<Place> {
    let row = ledger.row_of(line);
    match (ledger.page.step(line), row) {
        (Step::Given { .. }, Some(row)) if is_told(ledger, row, line) => Some(Place::Layer(row)),
        (Step::Given { .. }, None) => {
            let at = ledger.inputs.iter().position(|shape| shape.iter().any(|size| is(ledger, *size, line)))?;
            Some(if is(ledger, ledger.inputs[at][0], line) { Place::Batch(at) } else { Place::Input(at) })
        }
        (Step::Called { .. }, row) => row.map(Place::Layer),
        _ => None,
    }
}

/// Whether a size is this line, or this line under a claim.
pub(super) fn is(ledger: &Ledger, size: Line, line: Line) -> bool {
    size == line || matches!(ledger.page.step(size), Step::Claimed { claim } if claim.subject == line)
}

/// Whether somebody wrote a setting down. What differs between axes has the setting's name with a further letter: `K_h`.
pub(super) fn is_told(ledger: &Ledger, row: usize, line: Line) -> bool {
    let name = notation::name_of(&ledger.page, line).unwrap_or_default();
    let base = name.split('_').next().unwrap_or(name);
    ledger.model.layers[row].settings.iter().any(|(key, _)| *key == name || *key == base)
}

/// The line of a place and what is written there.
fn at(ledger: &Ledger, place: Place) -> (u32, String) {
    let model = &ledger.model;
    match (place, &model.batch) {
        (Place::Batch(_), Some(batch)) => (batch.place.line, tidy(&batch.written)),
        (Place::Batch(at) | Place::Input(at), _) => (model.inputs[at].place.line, input(&model.inputs[at])),
        (Place::Layer(row), _) => (model.layers[row].place.line, tidy(&model.layers[row].written)),
    }
}

/// The line that called the block of a layer.
fn call(ledger: &Ledger, place: Place) -> Option<(u32, String)> {
    let Place::Layer(row) = place else { return None };
    let call = ledger.model.layers[row].call.as_ref()?;
    Some((call.place.line, tidy(&call.written)))
}

fn row(
    ledger: &Ledger,
    forms: &mut Forms<'_>,
    (number, written): &(u32, String),
    place: Place,
    said: &[Line],
) -> Option<Vec<Cell>> {
    let number = if *number > 0 { vec![vec![Span::Value(number.to_string())]] } else { Cell::new() };
    let steps = said.iter().any(|line| matches!(ledger.page.step(*line), Step::Called { .. }));
    let says = match said {
        [] => vec![text("calls the block")],
        said => says(ledger, forms, place, said),
    };
    (steps || !says.is_empty()).then(|| vec![number, vec![vec![Span::Code(written.clone())]], vec![says]])
}

/// What a line of the network says for these steps: the settings, and the words that choose a rule.
fn says(ledger: &Ledger, forms: &mut Forms<'_>, place: Place, said: &[Line]) -> Phrase {
    let mut told: Vec<(Option<Span>, Span)> = Vec::new();
    let mut names: Vec<(&str, Value)> = Vec::new();
    for line in said.iter().filter(|line| matches!(ledger.page.step(**line), Step::Given { .. })) {
        let name = notation::name_of(&ledger.page, *line).unwrap_or_default();
        let neutral = glossary::neutral(name).is_some_and(|n| ledger.page.known(*line) == Some(n));
        let value = ledger.page.value(*line);
        if !neutral && !names.contains(&(name, value)) {
            names.push((name, value));
            told.push(match notation::amount(&ledger.page, forms, *line) {
                Span::Value(open) if open == name => (None, super::name(name)),
                amount => (Some(super::name(name)), amount),
            });
        }
    }
    let steps = said.iter().any(|line| matches!(ledger.page.step(*line), Step::Called { .. }));
    if let (Place::Layer(row), true) = (place, steps) {
        let layer = &ledger.model.layers[row];
        // What the word of the line says by itself: `pool` is the largest of each window.
        let own =
            |key: &str, word: &str| layer.op.is_some_and(|op| op.words.iter().any(|w| w.sets.contains(&(key, word))));
        let words = layer.settings.iter().filter_map(|(key, setting)| match setting {
            Setting::Word(word) if !own(key, word) => Some((Some(text(key)), Span::Value((*word).to_owned()))),
            _ => None,
        });
        told.extend(words);
    }
    let mut phrase = Vec::new();
    for (i, (name, value)) in told.into_iter().enumerate() {
        phrase.extend((i > 0).then(|| text(", ")));
        phrase.extend(name.into_iter().flat_map(|name| [name, text(" ")]));
        phrase.push(value);
    }
    phrase
}

/// An input as it is written: `input 224x224x3`.
pub(super) fn input(input: &Input) -> String {
    let size = |size: &Size| match size {
        Size::Number(n) => n.to_string(),
        Size::Symbol(name) => name.to_string(),
    };
    let space = input.shape.iter().skip(2).chain(input.shape.get(1)).map(size).collect::<Vec<_>>().join("x");
    match &*input.name {
        "input" => format!("input {space}"),
        name => format!("{name}: input {space}"),
    }
}
