//! What an engine has of a network, held against its sheet: a row a layer, then what differs, then how long it took.

use workings::verify::{Difference, Held, Row, Run, Verified};

use crate::report::{Block, Cell, Column, Mark, Report, Span, Table};

/// A network that was run, held against its ledger.
pub fn verify(verified: &Verified) -> Report {
    Report { title: verified.network.clone(), blocks: blocks(verified, 1) }
}

/// Several networks, each held against its ledger, after what is to be said of all of them.
pub fn several(all: &[Verified]) -> Report {
    let title = format!("{} networks", all.len());
    let mut blocks = vec![Block::Heading(1, vec![Span::Text(title.clone())]), Block::Table(overview(all))];
    blocks.extend(all.iter().flat_map(|verified| self::blocks(verified, 2)));
    Report { title, blocks }
}

fn overview(all: &[Verified]) -> Table {
    let columns = vec![
        column("", false),
        column("network", false),
        column("layers", true),
        column("parameters", true),
        column("differences", true),
    ];
    let row = |verified: &Verified| {
        let differences = verified.differences().len();
        vec![
            vec![vec![Span::Mark(if differences == 0 { Mark::Right } else { Mark::Wrong })]],
            vec![vec![Span::Name(verified.network.clone())]],
            value(calc::grouped(verified.rows.len() as i128)),
            found(&verified.params),
            value(calc::grouped(differences as i128)),
        ]
    };
    Table { columns, rows: all.iter().map(row).collect(), ..Table::default() }
}

fn blocks(verified: &Verified, level: u8) -> Vec<Block> {
    let differences = verified.differences();
    let mut blocks = vec![
        Block::Heading(level, vec![Span::Name(verified.network.clone())]),
        Block::Prose(vec![Span::Text(summary(verified, differences.len()))]),
        Block::Table(layers(verified)),
    ];
    if !differences.is_empty() {
        blocks.push(Block::Table(differing(&differences)));
        blocks.push(Block::Prose(vec![Span::Text("An output is batch × channels × space here.".into())]));
    }
    blocks.push(Block::Table(runs(&verified.runs)));
    blocks.extend(verified.peak_memory.map(|bytes| Block::Prose(vec![Span::Text(memory(bytes))])));
    blocks
}

fn summary(verified: &Verified, differences: usize) -> String {
    let ran = format!("Built and run on `{}`, forward and backward.", verified.device);
    match differences {
        0 => format!("{ran} Every shape, every parameter, every gradient and the saved file are what the sheet says."),
        1 => format!("{ran} 1 thing is not what the sheet says."),
        more => format!("{ran} {more} things are not what the sheet says."),
    }
}

fn layers(verified: &Verified) -> Table {
    let columns = vec![
        column("", false),
        column("layer", false),
        column("output", false),
        column("parameters", true),
        column("gradients", true),
    ];
    let total = |says: &str, held: &Held<i128>| vec![Cell::new(), text(says), Cell::new(), found(held), Cell::new()];
    let foot = vec![total("total parameters", &verified.params), total("tensors in the saved file", &verified.saved)];
    Table { columns, rows: verified.rows.iter().map(layer).collect(), foot, ..Table::default() }
}

fn found(held: &Held<i128>) -> Cell {
    held.found.map_or_else(|| text("none"), |all| value(calc::grouped(all)))
}

fn layer(row: &Row) -> Vec<Cell> {
    let mark = if row.differences().is_empty() { Mark::Right } else { Mark::Wrong };
    let output = row.outputs.first().and_then(|output| output.shape.found.as_deref());
    let (came, wanted) = row.gradients();
    let gradients = match wanted.max(came) {
        0 => Cell::new(),
        _ => value(format!("{came} of {wanted}")),
    };
    vec![
        vec![vec![Span::Mark(mark)]],
        vec![vec![Span::Name(row.name.clone())]],
        output.map_or_else(|| text("none"), |shape| value(shaped(shape))),
        value(calc::grouped(row.learned())),
        gradients,
    ]
}

/// A shape as on a worksheet, height × width × channels, the batch left out.
fn shaped(shape: &[i128]) -> String {
    match shape {
        [_, only] => calc::grouped(*only),
        [_, channels, space @ ..] => {
            let sizes: Vec<String> = space.iter().chain([channels]).map(i128::to_string).collect();
            sizes.join("×")
        }
        _ => "none".to_owned(),
    }
}

fn differing(differences: &[Difference]) -> Table {
    let columns = vec![
        column("where", false),
        column("what", false),
        column("the sheet says", true),
        column("the engine has", true),
    ];
    let row = |difference: &Difference| {
        vec![
            vec![vec![Span::Name(difference.at.clone())]],
            text(&difference.what),
            value(difference.expected.clone()),
            value(difference.found.clone()),
        ]
    };
    Table { columns, rows: differences.iter().map(row).collect(), ..Table::default() }
}

fn runs(runs: &[Run]) -> Table {
    let columns = vec![
        column("batch", true),
        column("forward", true),
        column("backward", true),
        column("multiply-adds a second, forward", true),
    ];
    let row = |run: &Run| {
        vec![
            value(run.batch.to_string()),
            value(duration(run.forward)),
            value(duration(run.backward)),
            run.macs_per_second().map_or_else(Cell::new, |each| value(rate(each))),
        ]
    };
    Table { columns, rows: runs.iter().map(row).collect(), ..Table::default() }
}

fn duration(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

fn rate(each: f64) -> String {
    if each < 1e9 { format!("{:.1} million", each / 1e6) } else { format!("{:.1} billion", each / 1e9) }
}

fn memory(bytes: u64) -> String {
    format!("The whole process held {:.0} MiB at most while it ran.", bytes as f64 / f64::from(1 << 20))
}

fn column(title: &str, numbers: bool) -> Column {
    Column { title: title.to_owned(), numbers, gives_way: false, leaves: None }
}

fn text(says: &str) -> Cell {
    vec![vec![Span::Text(says.to_owned())]]
}

fn value(says: String) -> Cell {
    vec![vec![Span::Value(says)]]
}
