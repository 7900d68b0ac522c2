//! A report as a small LaTeX document, for pdfLaTeX with the usual packages.

mod table;

use crate::notation::latex::{self, escaped};
use crate::report::{Block, Finding, Phrase, Report, Span, Step};

/// What every document begins with.
const PREAMBLE: &str = include_str!("latex/preamble.tex");

/// How many levels of a working stand further in than the one above them.
const LEVELS: usize = 12;

/// The report as one document.
pub fn render(report: &Report) -> String {
    let wide = report.blocks.iter().any(|block| matches!(block, Block::Table(table) if table::is_wide(table)));
    let paper = if wide { "a4paper,landscape" } else { "a4paper" };
    let body: String = report.blocks.iter().map(|block| self::block(block, wide)).collect();
    format!("\\documentclass[{paper}]{{article}}\n{PREAMBLE}\\begin{{document}}\n\n{body}\\end{{document}}\n")
}

fn block(block: &Block, wide: bool) -> String {
    match block {
        Block::Heading(1, words) => format!("\\section*{{{}}}\n\n", phrase(words)),
        Block::Heading(2, words) => format!("\\subsection*{{{}}}\n\n", phrase(words)),
        Block::Heading(_, words) => format!("\\subsubsection*{{{}}}\n\n", phrase(words)),
        Block::Prose(words) => format!("{}\\par\n\n", phrase(words)),
        Block::Table(table) => table::latex(table, wide),
        Block::Working(step) => working(step),
        Block::Finding(one) => finding(one),
        Block::Legend(names) => legend(names),
    }
}

/// A phrase, each piece by what it says.
fn phrase(words: &Phrase) -> String {
    words.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(text) | Span::Value(text) => escaped(text),
        Span::Name(text) => format!("\\name{{{}}}", breakable(text)),
        Span::Doubt(text) => format!("\\doubt{{{}}}", escaped(text)),
        Span::Code(text) => format!("\\code{{{}}}", escaped(text)),
        Span::Math(equation) => format!("$\\displaystyle {}$", latex::equation(equation)),
        Span::Mark(mark) => escaped(mark.sign()),
    }
}

/// A name that may be broken where it is made up of parts.
fn breakable(name: &str) -> String {
    let parts = name.split_inclusive(['.', '_', '/', ':']).map(escaped);
    parts.collect::<Vec<_>>().join("\\allowbreak{}")
}

/// A working, a line a step, each as far in as it is deep. LaTeX's own lists go only four levels deep.
fn working(step: &Step) -> String {
    let mut body = String::new();
    let mut ahead = vec![(step, 0)];
    while let Some((step, level)) = ahead.pop() {
        body.push_str(&format!("\\step{{{level}}}{{{}}}\n", phrase(&step.says)));
        ahead.extend(step.below.iter().rev().map(|below| (below, LEVELS.min(level + 1))));
    }
    body + "\n"
}

fn finding(finding: &Finding) -> String {
    let hint = finding.hint.as_ref().map_or(String::new(), phrase);
    format!("\\finding{{{}}}{{{}}}{{{hint}}}\n\n", escaped(&finding.code), phrase(&finding.says))
}

fn legend(names: &[(String, String)]) -> String {
    let line = |(name, says): &(String, String)| format!("${}$ & {} \\\\\n", latex::name(name), escaped(says));
    let lines: String = names.iter().map(line).collect();
    format!("\\begin{{longtable}}[l]{{@{{}}ll@{{}}}}\n{lines}\\end{{longtable}}\n\n")
}
