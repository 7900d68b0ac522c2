//! A report as JSON, for programs that want what a person reads: words and workings, block by block.

use serde_json::{Value, json};

use crate::notation;
use crate::report::{Block, Cell, Phrase, Report, Span, Step};

/// A report, one object and a line break, schema `workings/report/1` (`schema/workings-report-1.schema.json`).
pub fn report(report: &Report) -> String {
    let blocks: Vec<Value> = report.blocks.iter().map(block).collect();
    let object = json!({ "schema": "workings/report/1", "title": report.title, "blocks": blocks });
    format!("{object:#}\n")
}

fn block(block: &Block) -> Value {
    match block {
        Block::Heading(level, says) => json!({ "kind": "heading", "level": level, "says": text(says) }),
        Block::Prose(says) => json!({ "kind": "prose", "says": text(says) }),
        Block::Table(table) => {
            let rows =
                |rows: &[Vec<Cell>]| rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<Vec<_>>>();
            let columns: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
            json!({ "kind": "table", "columns": columns, "rows": rows(&table.rows), "foot": rows(&table.foot) })
        }
        Block::Working(step) => json!({ "kind": "working", "step": working(step) }),
        Block::Finding(finding) => {
            let hint = finding.hint.as_ref().map(text);
            json!({ "kind": "finding", "code": finding.code, "says": text(&finding.says), "hint": hint })
        }
        Block::Legend(entries) => {
            let entries: Vec<Value> =
                entries.iter().map(|(name, says)| json!({ "name": name, "says": says })).collect();
            json!({ "kind": "legend", "entries": entries })
        }
    }
}

/// A step and what it rests on; `why` bounds how deep that goes.
fn working(step: &Step) -> Value {
    let below: Vec<Value> = step.below.iter().map(working).collect();
    json!({ "says": text(&step.says), "below": below })
}

fn cell(cell: &Cell) -> String {
    cell.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn text(phrase: &Phrase) -> String {
    phrase
        .iter()
        .map(|span| match span {
            Span::Math(equation) => notation::text(equation),
            Span::Mark(mark) => mark.sign().to_owned(),
            Span::Text(text) | Span::Value(text) | Span::Name(text) | Span::Doubt(text) | Span::Code(text) => {
                text.clone()
            }
        })
        .collect()
}
