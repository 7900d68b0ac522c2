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

/// A row that sums up. Its label reaches over the empty cells after it, and a long formula over those before it.
fn sum(row: &[Cell], columns: &[Column]) -> String {
    let empty = row.iter().skip(1).take_while(|cell| cell.is_empty()).count();
    let reach = 1 + empty / 2;
    let label = row.first().map_or(String::new(), lines);
    let mut cells = format!("<th scope=\"row\"{}>{label}</th>", over(reach));
    let mut before = 0;
    for (cell, column) in row.iter().zip(columns).skip(reach) {
        if cell.is_empty() {
            before += 1;
            continue;
        }
        cells.push_str(&format!("<td{}{}>{}</td>", over(before + 1), class(column), lines(cell)));
        before = 0;
    }
    if before > 0 {
        cells.push_str(&format!("<td{}></td>", over(before)));
    }
    format!("<tr>{cells}</tr>\n")
}

fn over(columns: usize) -> String {
    if columns == 1 { String::new() } else { format!(" colspan=\"{columns}\"") }
}

fn class(column: &Column) -> &'static str {
    match (column.numbers, column.gives_way) {
        (true, true) => " class=\"number wide\"",
        (true, false) => " class=\"number\"",
        (false, true) => " class=\"wide\"",
        (false, false) => "",
    }
}

fn lines(cell: &Cell) -> String {
    cell.iter().map(|line| format!("<div>{}</div>", phrase(line))).collect()
}
