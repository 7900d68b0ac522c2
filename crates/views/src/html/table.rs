//! A table: its head stays in sight, and on a narrow screen it scrolls by itself.

use super::{escaped, phrase};
use crate::report::{Cell, Column, Table};

pub(super) fn html(table: &Table, about: &str) -> String {
    let about = escaped(about);
    let heads: String = table.columns.iter().map(head).collect();
    let rows: String = table.rows.iter().map(|row| self::row(row, &table.columns)).collect();
    let sums: String = table.foot.iter().map(|row| self::sum(row, &table.columns)).collect();
    let foot = if sums.is_empty() { sums } else { format!("<tfoot>\n{sums}</tfoot>\n") };
    format!(
        "<div class=\"sheet\" role=\"region\" aria-label=\"{about}\" tabindex=\"0\">\n<table>\n<caption>{about}</caption>\n\
         <thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n{foot}</table>\n</div>\n"
    )
}

fn head(column: &Column) -> String {
    format!("<th scope=\"col\"{}>{}</th>", class(column), escaped(&column.title))
}

fn row(row: &[Cell], columns: &[Column]) -> String {
    let cells = row.iter().zip(columns).enumerate().map(|(at, (cell, column))| match at {
        0 => format!("<th scope=\"row\"{}>{}</th>", class(column), lines(cell)),
        _ => format!("<td{}>{}</td>", class(column), lines(cell)),
    });
    format!("<tr>{}</tr>\n", cells.collect::<String>())
}

/// A row that sums up: its label reaches over the empty cells after it.
fn sum(row: &[Cell], columns: &[Column]) -> String {
    let reach = row.iter().skip(1).take_while(|cell| cell.is_empty()).count() + 1;
    let label = row.first().map_or(String::new(), lines);
    let rest = row.iter().zip(columns).skip(reach);
    let cells: String = rest.map(|(cell, column)| format!("<td{}>{}</td>", class(column), lines(cell))).collect();
    format!("<tr><th scope=\"row\" colspan=\"{reach}\">{label}</th>{cells}</tr>\n")
}

fn class(column: &Column) -> &'static str {
    if column.numbers { " class=\"number\"" } else { "" }
}

fn lines(cell: &Cell) -> String {
    match &**cell {
        [line] => phrase(line),
        lines => lines.iter().map(|line| format!("<div>{}</div>", phrase(line))).collect(),
    }
}
