//! A report in Markdown, with the tables of GitHub: as readable in a file as where it is shown.

use crate::notation;
use crate::report::{Block, Cell, Phrase, Report, Span, Step, Table};

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let blocks: Vec<String> = report.blocks.iter().map(block).collect();
    blocks.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, phrase) => format!("{} {}", "#".repeat(usize::from(*level).clamp(1, 6)), words(phrase)),
        Block::Prose(phrase) => at_start(words(phrase)),
        Block::Table(table) => rows(table),
        Block::Working(step) => list(step),
        Block::Finding(finding) => {
            let hint = finding.hint.as_ref().map_or(String::new(), |hint| format!("  \n> → {}", words(hint)));
            format!("> **{}** {}{hint}", escaped(&finding.code), words(&finding.says))
        }
        Block::Legend(names) => {
            let line = |(name, says): &(String, String)| format!("- {}: {}", code(name), escaped(says));
            names.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

fn words(phrase: &Phrase) -> String {
    phrase
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Value(text) | Span::Name(text) | Span::Doubt(text) => escaped(text),
            Span::Code(text) => code(text),
            Span::Math(equation) => escaped(&notation::text(equation)),
            Span::Mark(mark) => escaped(mark.sign()),
        })
        .collect()
}

/// Text in which no character means anything to Markdown. An underscore inside a word means nothing as it is.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let inside = before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '_' if inside => safe.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '&' => safe.extend(['\\', c]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
        before = c;
    }
    safe
}

/// Code, between more backticks than it has in a row. A table takes `|` apart before it sees the code.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{}{pad}{ticks}", text.replace('|', "\\|"))
}

/// A paragraph that begins like a list or a number does not become one.
fn at_start(text: String) -> String {
    match text.chars().next() {
        Some('-' | '+' | '=' | '#' | '>') => format!("\\{text}"),
        Some(c) if c.is_ascii_digit() => match text.trim_start_matches(|c: char| c.is_ascii_digit()) {
            rest if rest.starts_with(['.', ')']) => {
                let at = text.len() - rest.len();
                format!("{}\\{rest}", &text[..at])
            }
            _ => text,
        },
        _ => text,
    }
}

fn rows(table: &Table) -> String {
    let titles: Vec<String> = table.columns.iter().map(|column| escaped(&column.title)).collect();
    let foot = |row: &Vec<Cell>| row.iter().map(|cell| bold(&lines(cell))).collect::<Vec<_>>();
    let body = table.rows.iter().map(|row| row.iter().map(lines).collect::<Vec<_>>());
    let all: Vec<Vec<String>> = [titles].into_iter().chain(body).chain(table.foot.iter().map(foot)).collect();
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|at| all.iter().filter_map(|row| row.get(at)).map(|cell| narrow(cell)).max().unwrap_or(0).max(3))
        .collect();
    let rule: Vec<String> = table.columns.iter().zip(&widths).map(|(c, w)| rule(c.numbers, *w)).collect();
    let mut text = vec![line(&all[0], table, &widths), format!("| {} |", rule.join(" | "))];
    text.extend(all[1..].iter().map(|row| line(row, table, &widths)));
    text.join("\n")
}

fn lines(cell: &Cell) -> String {
    cell.iter().map(words).collect::<Vec<_>>().join("<br>")
}

fn bold(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("**{text}**") }
}

/// How far a cell is aligned; one of many lines stands as long as it is.
fn narrow(cell: &str) -> usize {
    if cell.contains("<br>") { 0 } else { cell.chars().count() }
}

fn rule(numbers: bool, width: usize) -> String {
    if numbers { format!("{}:", "-".repeat(width - 1)) } else { "-".repeat(width) }
}

fn line(cells: &[String], table: &Table, widths: &[usize]) -> String {
    let cell = |(at, cell): (usize, &String)| match table.columns[at].numbers {
        true => format!("{cell:>width$}", width = widths[at]),
        false => format!("{cell:<width$}", width = widths[at]),
    };
    format!("| {} |", cells.iter().enumerate().map(cell).collect::<Vec<_>>().join(" | "))
}

/// A working as a list in lists.
fn list(step: &Step) -> String {
    let mut text = format!("- {}", words(&step.says));
    let mut ahead: Vec<(usize, &Step)> = step.below.iter().rev().map(|below| (1, below)).collect();
    while let Some((depth, step)) = ahead.pop() {
        text.push_str(&format!("\n{}- {}", "  ".repeat(depth), words(&step.says)));
        ahead.extend(step.below.iter().rev().map(|below| (depth + 1, below)));
    }
    text
}
