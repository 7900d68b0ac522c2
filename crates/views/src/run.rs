//! What a network answers: the classes with the highest scores.

use workings::answers::{Answer, Answers};

use crate::report::{Block, Cell, Column, Report, Span, Table};

/// How many classes are listed; JSON has all of them.
const CLASSES: usize = 10;

/// What a network answers to one input.
pub fn run(answers: &Answers) -> Report {
    let mut blocks = vec![
        Block::Heading(1, vec![Span::Name(answers.network.clone())]),
        Block::Prose(vec![Span::Text(format!(
            "Run on `{}` with random parameters and a random input, both from the seed {}.",
            answers.device, answers.seed
        ))]),
    ];
    blocks.extend(answers.outputs.iter().flat_map(output));
    Report { title: answers.network.clone(), blocks }
}

fn output(answer: &Answer) -> Vec<Block> {
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
    let column = |title: String| Column { title, numbers: true, gives_way: false, leaves: None };
    let columns = vec![column("class".to_owned()), column(format!("score of {}", answer.layer))];
    let row = |(class, score): &(usize, f32)| vec![value(class.to_string()), value(format!("{score:.6}"))];
    let rows = ranked.iter().take(CLASSES).map(row).collect();
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

fn value(says: String) -> Cell {
    vec![vec![Span::Value(says)]]
}
