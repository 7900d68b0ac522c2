//! A table over as many pages as it takes. A column that gives way is set in a paragraph where the page is too narrow.

use calc::Expr;

use super::{escaped, phrase};
use crate::report::{Cell, Column, Phrase, Span, Table};

/// How many letters of a table stand side by side on a page, upright and turned.
const UPRIGHT: usize = 120;
const TURNED: usize = 180;

/// What stands between two columns, in letters.
const GAP: usize = 3;

/// Whether a page must be turned for a table.
pub(super) fn is_wide(table: &Table) -> bool {
    widths(table).iter().map(|width| width + GAP).sum::<usize>() > UPRIGHT
}

pub(super) fn latex(table: &Table, turned: bool) -> String {
    let page = if turned { TURNED } else { UPRIGHT };
    let (widths, paragraphs) = (widths(table), paragraphs(table, page));
    let kinds: Vec<String> = table.columns.iter().zip(&paragraphs).map(|(c, width)| kind(c, *width)).collect();
    let heads: Vec<String> = table.columns.iter().map(|column| escaped(&column.title)).collect();
    let set = |row: &Vec<Cell>| {
        let cells: Vec<String> =
            row.iter().zip(&paragraphs).map(|(cell, width)| lines(cell, width.is_some())).collect();
        format!("{} \\\\\n", cells.join(" & "))
    };
    let rows: Vec<String> = table.rows.iter().map(set).collect();
    let airy = if table.rows.iter().flatten().any(|cell| cell.len() > 1) { "\\addlinespace\n" } else { "" };
    let sums: String = table.foot.iter().map(|row| sum(row, &table.columns, &widths, page)).collect();
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
        Span::Text(text) | Span::Value(text) | Span::Name(text) | Span::Doubt(text) | Span::Code(text) => {
            text.chars().count()
        }
        Span::Mark(_) => 1,
        Span::Math(equation) => {
            let sides = [&equation.symbols, &equation.numbers, &equation.result].into_iter().flatten().map(breadth);
            // Half of a long name stands below, in small letters.
            let name = equation.name.iter().map(|name| name.chars().count() * 3 / 4);
            name.chain(sides).map(|side| side + 3).sum::<usize>().saturating_sub(3)
        }
    };
    words.iter().map(of).sum()
}

/// How wide an expression is, in letters: a fraction is as wide as its wider half.
fn breadth(expr: &Expr) -> usize {
    let joined = |all: &mut dyn Iterator<Item = &Expr>| all.map(|e| breadth(e) + 3).sum::<usize>().saturating_sub(3);
    match expr {
        Expr::Number(_) | Expr::Name { .. } | Expr::Unknown => expr.to_string().chars().count(),
        Expr::Sum(terms) => joined(&mut terms.iter().map(|(_, term)| term)),
        Expr::Product(factors) => joined(&mut factors.iter()),
        Expr::Quotient(a, b) => breadth(a).max(breadth(b)),
        Expr::Floor(a, b) | Expr::Ceil(a, b) => breadth(a).max(breadth(b)) + 2,
        Expr::Min(list) | Expr::Max(list) => joined(&mut list.iter()) + 4,
    }
}

/// A line, with air around its fractions.
fn airy(line: &String) -> String {
    if line.contains("\\frac") { format!("\\tall{{{line}}}") } else { line.clone() }
}

fn lines(cell: &Cell, paragraph: bool) -> String {
    let lines: Vec<String> = cell.iter().map(phrase).collect();
    match (&*lines, paragraph) {
        ([], _) => String::new(),
        ([line], true) => line.clone(),
        ([line], false) => airy(line),
        (lines, true) => lines.join(" \\newline "),
        (lines, false) => {
            let lines: Vec<String> = lines.iter().map(airy).collect();
            format!("\\lines{{{}}}", lines.join(" \\\\ "))
        }
    }
}

/// A row that sums up: a number may reach over the empty cells before it.
fn sum(row: &[Cell], columns: &[Column], widths: &[usize], page: usize) -> String {
    let label = row.first().into_iter().flatten().map(letters).max().unwrap_or(0);
    let empty = row.iter().skip(1).take_while(|cell| cell.is_empty()).count();
    let reach = (1..=empty).find(|reach| widths[..*reach].iter().sum::<usize>() >= label).unwrap_or(empty + 1);
    let mut cells = vec![format!(
        "\\multicolumn{{{reach}}}{{@{{}}l}}{{{}}}",
        row.first().map_or(String::new(), |c| lines(c, false))
    )];
    let mut before = 0;
    for (at, (cell, column)) in row.iter().zip(columns).enumerate().skip(reach) {
        before += 1;
        if !cell.is_empty() && column.numbers {
            let is_long = cell.iter().any(|line| letters(line) * 3 > page);
            let text = if is_long { format!("\\longsum{{{}}}", lines(cell, true)) } else { lines(cell, false) };
            let edge = if at + 1 == columns.len() { "@{}" } else { "" };
            cells.push(format!("\\multicolumn{{{before}}}{{r{edge}}}{{{text}}}"));
            before = 0;
        } else if !cell.is_empty() {
            cells.extend(std::iter::repeat_n(String::new(), before - 1).chain([lines(cell, false)]));
            before = 0;
        }
    }
    format!("{} \\\\\n", cells.join(" & "))
}
