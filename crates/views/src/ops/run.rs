//! A rule, run with symbols only.

use calc::{Expr, Working};
use workings::fault::Place;
use workings::graph::Dtype;
use workings::model::{From, Input, Layer, Setting, Size};
use workings::ops::{Arg, Joins, Kind, Word, by_word};
use workings::{Fault, Ledger, Model, glossary};

use crate::notation;
use crate::report::Equation;

/// A formula of an operator.
#[derive(PartialEq)]
pub(super) struct Formula {
    pub equation: Equation,
    /// The quantity that has the same formula along the width.
    pub likewise: Option<String>,
    /// The names in it.
    pub names: Vec<String>,
}

/// Steps that say nothing of the operator.
const LEFT_OUT: [&str; 2] = ["read", "written"];

/// The inputs that are tried where a word does not fix its axes of space: an image first.
const SHAPES: [&[&str]; 4] = [&["N", "C", "H", "W"], &["N", "C", "L"], &["N", "C"], &["N", "C", "Z", "H", "W"]];

/// The formulas of a word, with one more argument if there is one.
pub(super) fn formulas(word: &Word, choice: Option<(&Arg, &'static str)>) -> Result<Vec<Formula>, Fault> {
    let fits = |shape: &&[&str]| word.axes.is_none_or(|axes| shape.len() == axes + 2);
    let mut first = None;
    for shape in SHAPES.iter().copied().filter(fits) {
        let (ledger, findings) = Ledger::of(model(word, shape, choice), &Default::default());
        match findings.into_iter().next() {
            None => return Ok(read(&ledger)),
            Some(finding) => first = first.or(Some(Fault::new(finding.says))),
        }
    }
    Err(first.unwrap_or_else(|| Fault::new("no input fits")))
}

/// Whether an argument is in every formula: at its neutral value it makes no difference.
pub(super) fn is_general(arg: &Arg) -> bool {
    matches!(arg.kind, Kind::Size { .. } | Kind::PerAxis { .. } | Kind::Pads) && glossary::neutral(arg.key).is_some()
}

fn model(word: &Word, shape: &[&str], choice: Option<(&Arg, &'static str)>) -> Model {
    let general = word.takes.iter().chain(word.may.iter().filter(|arg| is_general(arg)));
    let mut settings: Vec<(&'static str, Setting)> =
        general.filter_map(|arg| Some((arg.key, setting(arg, "")?))).collect();
    settings.extend(word.sets.iter().map(|(key, word)| (*key, Setting::Word(word))));
    let chosen = choice.and_then(|(arg, value)| Some((arg.key, setting(arg, value)?)));
    settings.extend(chosen);
    let label = choice.is_some_and(|(arg, _)| arg.kind == Kind::Label);
    let inputs = if word.joins == Joins::Labels || label { 2 } else { 1 };
    let input = |at: usize| Input {
        name: format!("input{at}").into(),
        // Two inputs of one layer have sizes of their own.
        shape: shape
            .iter()
            .map(|size| Size::Symbol(if at == 0 { (*size).into() } else { format!("{size}{at}").into() }))
            .collect(),
        dtype: Dtype::FLOAT32,
        shapeless: false,
        numbers: None,
        place: Place::default(),
    };
    let layer = Layer {
        name: word.word.into(),
        op: by_word(word.word).map(|(op, _)| op),
        inputs: (0..inputs).map(From::Input).collect(),
        settings,
        axes: word.axes,
        written: word.word.into(),
        ..Layer::default()
    };
    Model {
        name: word.word.into(),
        inputs: (0..inputs as usize).map(input).collect(),
        layers: vec![layer],
        ..Model::default()
    }
}

/// A setting that is a symbol, as far as it is a size.
fn setting(arg: &Arg, word: &'static str) -> Option<Setting> {
    let symbol = || Size::Symbol(arg.key.into());
    Some(match arg.kind {
        Kind::Size { .. } => Setting::Size(symbol()),
        Kind::PerAxis { .. } => Setting::PerAxis(vec![symbol()]),
        Kind::Pads => Setting::Pads(vec![(symbol(), symbol())]),
        Kind::Shape => Setting::Shape(vec![None, Some(Size::Symbol("C_out".into()))]),
        Kind::Count => Setting::Count(2),
        Kind::Fraction => Setting::Fraction("0.5".into()),
        Kind::Flag(word) => Setting::Word(word),
        Kind::OneOf(_) | Kind::Label => Setting::Word(word),
    })
}

/// The named steps of the only row, in symbols.
fn read(ledger: &Ledger) -> Vec<Formula> {
    let working = Working::plain(&ledger.page, glossary::neutral);
    let mut formulas: Vec<Formula> = Vec::new();
    for (name, line) in ledger.steps(0).filter(|(name, _)| !LEFT_OUT.contains(name)) {
        let symbols = working.symbols(line);
        if matches!(symbols, Expr::Number(_) | Expr::Unknown) {
            continue;
        }
        let parts = working.made_of(line);
        let names = parts.iter().filter_map(|part| notation::name_of(&ledger.page, *part));
        let names = [name].into_iter().chain(names).map(str::to_owned).collect();
        // Lines differ between two runs, and names alone are compared.
        let symbols = Some(
            working.put_in(&symbols, &mut |line| Expr::name(notation::name_of(&ledger.page, line).unwrap_or("?"))),
        );
        let equation = Equation { name: Some(name.to_owned()), symbols, numbers: None, result: None };
        let formula = Formula { equation, likewise: None, names };
        let across = notation::text(&formula.equation).replace('W', "H");
        match formulas.iter_mut().find(|known| notation::text(&known.equation) == across) {
            Some(known) if name.starts_with('W') => known.likewise = Some(name.to_owned()),
            Some(_) => {}
            None => formulas.push(formula),
        }
    }
    formulas
}
