//! The networks that come along, each with what it is made of.

use calc::Forms;
use workings::Ledger;

use crate::notation;
use crate::report::{Block, Column, Phrase, Report, Span, Table};

/// A network that comes along.
#[derive(Clone, Copy)]
pub struct Entry<'l> {
    /// What it is asked for by.
    pub name: &'l str,
    /// What it is.
    pub title: &'l str,
    /// The network, worked out.
    pub ledger: &'l Ledger,
}

/// The networks that come along.
pub fn networks(entries: &[Entry<'_>]) -> Report {
    let column = |title: &str, numbers, gives_way| {
        let leaves = ["layers", "parameters"].iter().zip(0..).find(|(known, _)| **known == title).map(|(_, at)| at);
        Column { title: title.to_owned(), numbers, gives_way, leaves }
    };
    let open = entries.iter().any(|entry| !entry.ledger.symbols.is_empty());
    let columns = vec![
        column("name", false, false),
        column("what it is", false, true),
        column("layers", true, false),
        column("parameters", true, open),
        column("MACs", true, open),
    ];
    let rows = entries.iter().map(|entry| row(entry).into_iter().map(|span| vec![vec![span]]).collect()).collect();
    let mut blocks = vec![Block::Table(Table { columns, rows, ..Table::default() })];
    if let Some(first) = entries.first() {
        let show = Span::Code(format!("workings show {}", first.name));
        blocks.push(Block::Prose(vec![
            Span::Text("To see one of them: ".into()),
            show,
            Span::Text(". A file of your own goes in the same place.".into()),
        ]));
    }
    Report { title: "Networks".to_owned(), blocks }
}

fn row(entry: &Entry<'_>) -> Phrase {
    let (ledger, totals) = (entry.ledger, &entry.ledger.totals);
    let mut forms = Forms::new(&ledger.page);
    vec![
        Span::Name(entry.name.to_owned()),
        Span::Text(entry.title.to_owned()),
        Span::Value(calc::grouped(ledger.rows.len() as i128)),
        notation::total(ledger, &mut forms, totals.params),
        notation::total(ledger, &mut forms, totals.macs),
    ]
}
