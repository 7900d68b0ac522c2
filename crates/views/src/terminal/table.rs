//! A table with thin rules, its columns fitted to the page.

use super::line::{Role, Run, cut, plain, wide, width, wrap};
use crate::report::{Cell, Phrase, Table};

/// What stands between two columns.
const GAP: usize = 2;

/// How narrow a column that gives way may become.
const NARROW: usize = 8;

pub(super) fn lines(table: &Table, page: usize) -> Vec<Vec<Run>> {
    let widths = fitted(table, page);
    let rule = || vec![Run::new(Role::Dim, "─".repeat(edge(&widths, widths.len()).saturating_sub(GAP).min(page)))];
    let heads: Vec<Vec<Run>> = table.columns.iter().map(|c| vec![Run::new(Role::Dim, c.title.clone())]).collect();
    let mut lines = vec![set(heads, table, &widths), rule()];
    let airy = table.rows.iter().flatten().any(|cell| cell.len() > 2);
    for (i, row) in table.rows.iter().enumerate() {
        if airy && i > 0 {
            lines.push(Vec::new());
        }
        let cells: Vec<Vec<Vec<Run>>> = row.iter().zip(&widths).map(|(cell, width)| fit(cell, *width)).collect();
        let tallest = cells.iter().map(Vec::len).max().unwrap_or(0);
        let nth = |at: usize| cells.iter().map(|cell| cell.get(at).cloned().unwrap_or_default()).collect();
        lines.extend((0..tallest).map(|at| set(nth(at), table, &widths)));
    }
    if !table.foot.is_empty() {
        lines.push(rule());
        lines.extend(table.foot.iter().flat_map(|row| sum_up(row, table, &widths)));
    }
    lines
}

fn nth(cell: &Cell, at: usize) -> Vec<Run> {
    cell.get(at).map(plain).unwrap_or_default()
}

/// The lines of a cell in this width: an equation goes on in a second line or a third if that is enough, all else is cut.
fn fit(cell: &Cell, room: usize) -> Vec<Vec<Run>> {
    let mut lines = Vec::new();
    for line in cell.iter().map(plain) {
        let broken = if line.iter().any(|run| run.role == Role::Math) { wrap(&line, room, 2) } else { Vec::new() };
        if (2..=3).contains(&broken.len()) && broken.iter().all(|line| wide(line) <= room) {
            lines.extend(broken);
        } else {
            lines.push(cut(line, room));
        }
    }
    lines
}

/// Where a column begins.
fn edge(widths: &[usize], column: usize) -> usize {
    widths[..column].iter().map(|width| width + GAP).sum()
}

/// The width of every column: what it needs, less what those that give way must give, the widest first.
fn fitted(table: &Table, page: usize) -> Vec<usize> {
    let needs = |phrase: &Phrase| wide(&plain(phrase));
    // A label may reach over its neighbours too, where its sum stands at the right of the page.
    let reaches = table.columns.last().is_some_and(|last| last.numbers);
    let mut widths: Vec<usize> = (0..table.columns.len())
        .map(|at| {
            let cells = table.rows.iter().filter_map(|row| row.get(at)).flatten().map(needs);
            let sums =
                table.foot.iter().filter(|_| at > 0 || !reaches).filter_map(|row| row.get(at)).flatten().map(needs);
            // A formula for a total may reach over its neighbours.
            cells.chain(sums.filter(|sum| *sum <= 2 * NARROW)).fold(width(&table.columns[at].title), usize::max)
        })
        .collect();
    loop {
        let over = edge(&widths, widths.len()).saturating_sub(GAP + page);
        let giving = |at: &usize| table.columns[*at].gives_way && widths[*at] > NARROW;
        let Some(widest) = (0..widths.len()).filter(giving).max_by_key(|at| widths[*at]).filter(|_| over > 0) else {
            return widths;
        };
        let next = (0..widths.len()).filter(|at| *at != widest && giving(at)).map(|at| widths[at]).max();
        // Down to the next one at once, then a column of text at a time.
        let step = next.map_or(over, |next| (widths[widest] - next).max(1)).min(over);
        widths[widest] = widths[widest].saturating_sub(step).max(NARROW);
    }
}

/// One line of a row, a piece a column: numbers on the right.
fn set(pieces: Vec<Vec<Run>>, table: &Table, widths: &[usize]) -> Vec<Run> {
    let mut line = Vec::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        let spare = widths[at].saturating_sub(wide(&piece));
        let (before, after) = if table.columns[at].numbers { (spare, GAP) } else { (0, spare + GAP) };
        line.push(Run::new(Role::Plain, " ".repeat(before)));
        line.extend(piece);
        line.push(Run::new(Role::Plain, " ".repeat(after)));
    }
    line
}

/// A row that sums up: its pieces may reach over empty neighbours, and a long formula over several lines.
fn sum_up(row: &[Cell], table: &Table, widths: &[usize]) -> Vec<Vec<Run>> {
    let (mut line, mut more): (Vec<Run>, Vec<Vec<Run>>) = Default::default();
    for at in (0..row.len()).filter(|at| !row[*at].is_empty()) {
        let start = wide(&line) + if line.is_empty() { 0 } else { GAP };
        let piece = nth(&row[at], 0);
        let end = edge(widths, at) + widths[at];
        let from = match table.columns[at].numbers {
            true => end.saturating_sub(wide(&piece)).max(start),
            false => edge(widths, at).max(start),
        };
        line.push(Run::new(Role::Plain, " ".repeat(from.saturating_sub(wide(&line)))));
        let room = if table.columns[at].numbers { end.max(from + NARROW) - from } else { usize::MAX };
        let mut lines = wrap(&piece, room, 0).into_iter();
        line.extend(lines.next().unwrap_or_default());
        more.extend(lines.map(|line| [vec![Run::new(Role::Plain, " ".repeat(from))], line].concat()));
    }
    [vec![line], more].concat()
}
