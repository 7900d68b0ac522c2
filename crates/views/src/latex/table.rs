//! A table over as many pages as it takes. A column that gives way is set in a paragraph where the page is too narrow.

use super::{escaped, phrase};
use crate::notation;
use crate::report::{Cell, Column, Phrase, Span, Table};

/// How many letters of a table stand side by side on a page, upright and turned.
const UPRIGHT: usize = 105;
const TURNED: usize = 160;

/// What stands between two columns, in letters.
const GAP: usize = 2;

/// Whether a page must be turned for a table.
pub(super) fn is_wide(table: &Table) -> bool {
    widths(table).iter().map(|width| width + GAP).sum::<usize>() > UPRIGHT
}

pub(super) fn latex(table: &Table, turned: bool) -> String {
    let paragraphs = paragraphs(table, if turned { TURNED } else { UPRIGHT });
    let kinds: Vec<String> = table.columns.iter().zip(&paragraphs).map(|(c, width)| kind(c, *width)).collect();
    let heads: Vec<String> = table.columns.iter().map(|column| escaped(&column.title)).collect();
    let set = |row: &Vec<Cell>| {
        let cells: Vec<String> = row.iter().zip(&paragraphs).map(|(cell, width)| lines(cell, width.is_some())).collect();
        format!("{} \\\\\n", cells.join(" & "))
    };
    let rows: Vec<String> = table.rows.iter().map(set).collect();
    let airy = if table.rows.iter().flatten().any(|cell| cell.len() > 1) { "\\addlinespace\n" } else { "" };
    let sums: String = table.foot.iter().map(|row| sum(row)).collect();
    let foot = if sums.is_empty() { sums } else { format!("\\midrule\n{sums}") };
    format!(
        "{{\\footnotesize\n\\begin{{longtable}}[l]{{@{{}}{}@{{}}}}\n\\toprule\n{} \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n\
         {}{foot}\\end{{longtable}}\n}}\n\n",
        kinds.concat(),
        heads.join(" & "),
        rows.join(airy)
    )
}

/// The columns that are set in paragraphs, with their share of the page.
fn paragraphs(table: &Table, page: usize) -> Vec<Option<f64>> {
    let mut widths: Vec<usize> = widths(table);
    let natural = widths.clone();
    let total = |widths: &[usize]| widths.iter().map(|width| width + GAP).sum::<usize>();
    while total(&widths) > page {
        let giving = (0..widths.len()).filter(|at| table.columns[*at].gives_way && widths[*at] > NARROW);
        let Some(widest) = giving.max_by_key(|at| widths[*at]) else { break };
        widths[widest] -= 1;
    }
    let share = |(width, natural): (&usize, &usize)| (width < natural).then(|| *width as f64 / page as f64);
    widths.iter().zip(&natural).map(share).collect()
}

/// How narrow a column that gives way may become.
const NARROW: usize = 12;

fn kind(column: &Column, paragraph: Option<f64>) -> String {
    match paragraph {
        Some(share) => format!(">{{\\raggedright\\arraybackslash}}p{{{share:.3}\\linewidth}}"),
        None => if column.numbers { "r" } else { "l" }.to_owned(),
    }
}

/// The widest line of every column, in letters.
fn widths(table: &Table) -> Vec<usize> {
    let widest = |at: usize| table.rows.iter().filter_map(|row| row.get(at)).flatten().map(letters).max();
    let title = |column: &Column| column.title.chars().count();
    table.columns.iter().enumerate().map(|(at, column)| title(column).max(widest(at).unwrap_or(0))).collect()
}

fn letters(words: &Phrase) -> usize {
    let of = |span: &Span| match span {
        Span::Text(text) | Span::Value(text) | Span::Name(text) | Span::Doubt(text) | Span::Code(text) => text.chars().count(),
        Span::Math(equation) => notation::text(equation).chars().count(),
    };
    words.iter().map(of).sum()
}

fn lines(cell: &Cell, paragraph: bool) -> String {
    let lines: Vec<String> = cell.iter().map(phrase).collect();
    match (&*lines, paragraph) {
        ([], _) => String::new(),
        ([line], _) => line.clone(),
        (lines, true) => lines.join(" \\newline "),
        (lines, false) => format!("\\lines{{{}}}", lines.join(" \\\\ ")),
    }
}

/// A row that sums up: its label reaches over the empty cells after it.
fn sum(row: &[Cell]) -> String {
    let reach = row.iter().skip(1).take_while(|cell| cell.is_empty()).count() + 1;
    let label = row.first().map_or(String::new(), |cell| lines(cell, false));
    let rest = row.iter().skip(reach).map(|cell| lines(cell, false));
    let cells: Vec<String> = [format!("\\multicolumn{{{reach}}}{{@{{}}l}}{{{label}}}")].into_iter().chain(rest).collect();
    format!("{} \\\\\n", cells.join(" & "))
}
