//! A network that learned: an epoch a row.

use workings::training::{Epoch, Score, Training};

use crate::report::{Block, Cell, Column, Phrase, Report, Span, Table};

/// What became of a network; `places` are the files that were written and what is in them.
pub fn train(training: &Training, places: &[(String, &str)]) -> Report {
    let blocks = vec![
        Block::Heading(1, vec![Span::Name(training.network.clone())]),
        Block::Prose(summary(training)),
        Block::Table(epochs(training)),
        Block::Table(options(training)),
        Block::Table(files(places)),
    ];
    Report { title: training.network.clone(), blocks }
}

fn summary(training: &Training) -> Phrase {
    let (from, held) = training.images;
    let learned = format!("Learned {} classes from {} on ", training.classes.len(), images(from));
    let held = match held {
        0 => "; no image was held out, so nothing tells how it does on others".to_owned(),
        held => format!(", with {} held out", images(held)),
    };
    let early = if training.ended_early { " It ended early: the held-out images got no better." } else { "" };
    let best = training.best().map_or_else(String::new, |best| match best.validation {
        Some(score) => {
            format!(" The weights kept are those of epoch {}: {} right.", best.number, percent(score.accuracy))
        }
        None => format!(" The weights kept are those of epoch {}.", best.number),
    });
    let rest = format!("{held}.{early}{best}");
    vec![Span::Text(learned), Span::Code(training.device.clone()), Span::Text(rest)]
}

fn images(count: usize) -> String {
    if count == 1 { "1 image".to_owned() } else { format!("{} images", calc::grouped(count as i128)) }
}

fn epochs(training: &Training) -> Table {
    let held = training.images.1 > 0;
    let mut columns = vec![column("epoch", true), column("loss", true), column("right", true)];
    if held {
        columns.extend([column("loss, held out", true), column("right, held out", true)]);
    }
    columns.extend([column("learning rate", true), column("time", true), column("images a second", true)]);
    let rows = training.epochs.iter().map(|epoch| row(epoch, held, training.images.0 + training.images.1)).collect();
    Table { columns, rows, ..Table::default() }
}

fn row(epoch: &Epoch, held: bool, images: usize) -> Vec<Cell> {
    let score = |score: &Score| [value(format!("{:.4}", score.loss)), value(percent(score.accuracy))];
    let mut cells = vec![value(epoch.number.to_string())];
    cells.extend(score(&epoch.training));
    if held {
        cells.extend(epoch.validation.as_ref().map_or([Cell::new(), Cell::new()], score));
    }
    cells.push(value(rate(epoch.learning_rate)));
    cells.push(value(format!("{:.1} s", epoch.seconds)));
    cells.push(epoch.rate(images).map_or_else(Cell::new, |each| value(format!("{each:.0}"))));
    cells
}

fn options(training: &Training) -> Table {
    let columns = vec![column("option", false), column("", false)];
    let row = |(name, told): &(&'static str, String)| {
        let told = if told.is_empty() { "none" } else { told };
        vec![vec![vec![Span::Code(format!("--{name}"))]], value(told.to_owned())]
    };
    Table { columns, rows: training.options.iter().map(row).collect(), ..Table::default() }
}

fn files(places: &[(String, &str)]) -> Table {
    let columns = vec![column("file", false), column("", false)];
    let row = |(place, says): &(String, &str)| {
        vec![vec![vec![Span::Name(place.clone())]], vec![vec![Span::Text((*says).to_owned())]]]
    };
    Table { columns, rows: places.iter().map(row).collect(), ..Table::default() }
}

/// A fraction as it is written here: `98.25 %`.
pub fn percent(fraction: f64) -> String {
    format!("{:.2} %", fraction * 100.0)
}

/// A learning rate, four digits of it.
fn rate(rate: f64) -> String {
    if rate == 0.0 || rate >= 1e-4 { format!("{rate:.6}") } else { format!("{rate:.3e}") }
}

fn column(title: &str, numbers: bool) -> Column {
    Column { title: title.to_owned(), numbers, gives_way: false, leaves: None }
}

fn value(says: String) -> Cell {
    vec![vec![Span::Value(says)]]
}
