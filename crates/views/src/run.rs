//! What a network answers: input by input, the classes with the highest scores.

use workings::answers::{Answer, Answered, Answers};

use crate::report::{Block, Cell, Column, Phrase, Report, Span, Table};

/// How many classes are listed; JSON has all of them.
const CLASSES: usize = 10;

/// What a network answers to its inputs: to each, and where there are several, in short before that.
pub fn run(answers: &Answers) -> Report {
    let mut blocks = vec![Block::Heading(1, vec![Span::Name(answers.network.clone())]), Block::Prose(how(answers))];
    if answers.weights.is_none() {
        blocks.push(Block::Prose(vec![
            Span::Doubt("The parameters are random: what it answers means nothing.".into()),
            Span::Text(" Give it weights: ".into()),
            Span::Code("--weights FILE".into()),
            Span::Text(".".into()),
        ]));
    }
    if answers.answered.len() > 1 {
        blocks.extend(overview(answers).map(Block::Table));
    }
    for answered in &answers.answered {
        blocks.extend(answered.input.as_deref().map(|input| Block::Heading(2, vec![name(input)])));
        blocks.extend(answered.outputs.iter().flat_map(|answer| output(answers, answer)));
    }
    Report { title: answers.network.clone(), blocks }
}

/// On what it ran, and with which parameters.
fn how(answers: &Answers) -> Phrase {
    let ran = format!("Run on `{}` with ", answers.device);
    let weights_of = || Span::Text(format!("{ran}the weights of "));
    let random = answers.answered.iter().any(|answered| answered.input.is_none());
    let seed = answers.seed.map(|seed| format!(" from the seed {seed}.")).unwrap_or_default();
    match (&answers.weights, random) {
        (None, true) => text(format!("{ran}random parameters and a random input, both{seed}")),
        (None, false) => text(format!("{ran}random parameters{seed}")),
        (Some(weights), true) => {
            vec![weights_of(), name(weights), Span::Text(format!(" and a random input{seed}"))]
        }
        (Some(weights), false) => vec![weights_of(), name(weights), Span::Text(".".into())],
    }
}

/// The class that each input is given, where each has one.
fn overview(answers: &Answers) -> Option<Table> {
    let row = |answered: &Answered| {
        let [answer] = &answered.outputs[..] else { return None };
        let (class, score) = answer.class()?;
        let mut row = vec![vec![vec![name(answered.input.as_deref()?)]], value(class.to_string())];
        row.extend(answers.name(answer, class).map(|class| vec![vec![name(class)]]));
        row.push(value(scored(score)));
        Some(row)
    };
    let rows: Vec<Vec<Cell>> = answers.answered.iter().map(row).collect::<Option<_>>()?;
    let [answer] = &answers.answered.first()?.outputs[..] else { return None };
    let input = Column { gives_way: true, ..column("picture".to_owned(), false) };
    let columns = std::iter::once(input).chain(columns(answers, answer)).collect();
    Some(Table { columns, rows, ..Table::default() })
}

/// The class, what it is called where that is known, its score.
fn columns(answers: &Answers, answer: &Answer) -> Vec<Column> {
    // Only a softmax makes probabilities of scores.
    let what = if answer.is_probabilities() { "probability by" } else { "score of" };
    let mut columns = vec![column("class".to_owned(), true), column(format!("{what} {}", answer.layer), true)];
    if answers.name(answer, 0).is_some() {
        columns.insert(1, column("name".to_owned(), false));
    }
    columns
}

fn output(answers: &Answers, answer: &Answer) -> Vec<Block> {
    if let [score] = answer.values[..] {
        return vec![Block::Prose(single(answers, answer, score))];
    }
    let Some(ranked) = answer.ranked() else {
        let shape: Vec<String> = answer.shape.iter().map(usize::to_string).collect();
        return vec![Block::Prose(vec![
            Span::Name(answer.layer.clone()),
            Span::Text(" gives ".into()),
            Span::Value(shape.join("×")),
            Span::Text(", channels first; ".into()),
            Span::Code("--as json".into()),
            Span::Text(" has every value.".into()),
        ])];
    };
    let row = |(class, score): &(usize, f32)| {
        let mut row = vec![value(class.to_string()), value(scored(*score))];
        if let Some(class) = answers.name(answer, *class) {
            row.insert(1, vec![vec![name(class)]]);
        }
        row
    };
    let rows = ranked.iter().take(CLASSES).map(row).collect();
    let columns = columns(answers, answer);
    let mut blocks = vec![Block::Table(Table { columns, rows, ..Table::default() })];
    if ranked.len() > CLASSES {
        blocks.push(Block::Prose(vec![
            Span::Text(format!("These are the highest of {}; ", calc::grouped(ranked.len() as i128))),
            Span::Code("--as json".into()),
            Span::Text(" has them all. Classes are counted from 0.".into()),
        ]));
    }
    blocks
}

/// One number: a yes or no where it decides between two classes.
fn single(answers: &Answers, answer: &Answer, score: f32) -> Phrase {
    let mut says = vec![Span::Name(answer.layer.clone()), Span::Text(" gives ".into()), Span::Value(scored(score))];
    if let Some((class, _)) = answer.class() {
        says.push(Span::Text(": ".into()));
        match answers.name(answer, class) {
            Some(called) => says.extend([name(called), Span::Text(format!(" (class {class})."))]),
            None => says.push(Span::Text(format!("class {class}."))),
        }
        let from = answer.second_from.unwrap_or_default();
        says.push(Span::Text(format!(" Below {from} it is class 0, from there on class 1.")));
    } else {
        says.push(Span::Text(".".into()));
    }
    says
}

fn scored(score: f32) -> String {
    format!("{score:.6}")
}

/// What somebody called something, without what would move a terminal's cursor.
fn name(called: &str) -> Span {
    Span::Name(called.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect())
}

fn column(title: String, numbers: bool) -> Column {
    Column { title, numbers, gives_way: false, leaves: None }
}

fn text(says: String) -> Phrase {
    vec![Span::Text(says)]
}

fn value(says: String) -> Cell {
    vec![vec![Span::Value(says)]]
}
