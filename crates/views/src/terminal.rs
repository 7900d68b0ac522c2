//! A report on a terminal: fitted to its width, quiet, with colours that say what a thing is.

use crate::report::{Block, Finding, Phrase, Report, Step};

mod line;
mod table;

use line::{Role, Run, paint, plain, wrap};

/// How a terminal takes it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How many columns there are.
    pub width: usize,
    /// Whether colours are wanted.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { width: 100, color: false }
    }
}

/// The report as text, blocks a blank line apart.
pub fn render(report: &Report, style: &Style) -> String {
    let width = style.width.max(20);
    let mut text = String::new();
    for (i, block) in report.blocks.iter().enumerate() {
        let joined = i > 0 && matches!((&report.blocks[i - 1], block), (Block::Finding(_), Block::Finding(_)));
        if i > 0 && !joined {
            text.push('\n');
        }
        for line in lines(block, width) {
            paint(&line, style.color, &mut text);
            text.push('\n');
        }
    }
    text
}

fn lines(block: &Block, width: usize) -> Vec<Vec<Run<'_>>> {
    match block {
        Block::Heading(_, phrase) => wrap(&strong(phrase), width, 0),
        Block::Prose(phrase) => wrap(&plain(phrase), width, 0),
        Block::Table(table) => table::lines(table, width),
        Block::Working(step) => working(step, width),
        Block::Finding(finding) => complaint(finding, width),
        Block::Legend(names) => legend(names, width),
    }
}

fn strong(phrase: &Phrase) -> Vec<Run<'_>> {
    plain(phrase).into_iter().map(|run| Run { role: Role::Strong, ..run }).collect()
}

/// A working as a tree.
fn working(step: &Step, width: usize) -> Vec<Vec<Run<'_>>> {
    let mut lines = wrap(&plain(&step.says), width, 2);
    branches(&step.below, "", width, &mut lines);
    lines
}

fn branches<'r>(steps: &'r [Step], stem: &str, width: usize, lines: &mut Vec<Vec<Run<'r>>>) {
    for (i, step) in steps.iter().enumerate() {
        let last = i + 1 == steps.len();
        let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let room = width.saturating_sub(stem.chars().count() + 3).max(20);
        for (j, line) in wrap(&plain(&step.says), room, 2).into_iter().enumerate() {
            // What wraps goes on beside the branch that leads to the steps below.
            let lead = if j == 0 { first } else { rest };
            lines.push([vec![Run::new(Role::Dim, format!("{stem}{lead}"))], line].concat());
        }
        branches(&step.below, &format!("{stem}{rest}"), width, lines);
    }
}

fn complaint(finding: &Finding, width: usize) -> Vec<Vec<Run<'_>>> {
    let says = [vec![Run::new(Role::Bad, finding.code.clone()), Run::new(Role::Plain, "  ")], plain(&finding.says)];
    let mut lines = wrap(&says.concat(), width, 2);
    if let Some(hint) = &finding.hint {
        let hint = [vec![Run::new(Role::Dim, "  → ")], plain(hint)].concat();
        lines.extend(wrap(&hint, width, 4));
    }
    lines
}

fn legend(names: &[(String, String)], width: usize) -> Vec<Vec<Run<'_>>> {
    let widest = names.iter().map(|(name, _)| line::width(name)).max().unwrap_or(0);
    let says = |(name, says): &(String, String)| {
        let name = Run::new(Role::Name, format!("{name:<widest$}  "));
        wrap(&[name, Run::new(Role::Dim, says.clone())], width, (widest + 2).min(width / 2))
    };
    names.iter().flat_map(says).collect()
}
