//! A table with thin rules, its columns fitted to the page.

use std::cmp::Reverse;

use super::line::{Role, Run, cut, plain, wide, width, wrap};
use crate::report::{Cell, Column, Table};

/// What stands between two columns.
const GAP: usize = 2;

/// How narrow a column that gives way may become; rather than all be that narrow, columns are left out.
const NARROW: usize = 8;
const ROOMY: usize = 14;

/// A line of a cell, and how wide it is.
struct Piece<'r> {
    runs: Vec<Run<'r>>,
    width: usize,
}

impl<'r> Piece<'r> {
    fn new(runs: Vec<Run<'r>>) -> Piece<'r> {
        Piece { width: wide(&runs), runs }
    }
}

/// The lines of a cell.
type Pieces<'r> = Vec<Piece<'r>>;

fn pieces(cell: &Cell) -> Pieces<'_> {
    cell.iter().map(|phrase| Piece::new(plain(phrase))).collect()
}

pub(super) fn lines(table: &Table, page: usize) -> Vec<Vec<Run<'_>>> {
    let mut rows: Vec<Vec<Pieces<'_>>> = table.rows.iter().map(|row| row.iter().map(pieces).collect()).collect();
    let needs = needs(table, &rows);
    let shown = shown(table, &needs, page);
    let columns: Vec<&Column> = shown.iter().map(|at| &table.columns[*at]).collect();
    let least: Vec<usize> = shown.iter().map(|at| least(table, *at)).collect();
    let widths = fitted(&columns, shown.iter().map(|at| needs[*at]).collect(), &least, page);

    let edge = edge(&widths, widths.len()).saturating_sub(GAP).min(page);
    let rule = || vec![Run::new(Role::Dim, "─".repeat(edge))];
    let head = |column: &&'_ Column| Some(Piece::new(vec![Run::new(Role::Dim, column.title.clone())]));
    let mut lines = vec![set(columns.iter().map(head), &columns, &widths), rule()];
    let airy = table.rows.iter().flatten().any(|cell| cell.len() > 2);
    for (i, row) in rows.iter_mut().enumerate() {
        if airy && i > 0 {
            lines.push(Vec::new());
        }
        let cells = shown.iter().filter_map(|at| row.get_mut(*at).map(std::mem::take)).zip(&widths);
        let mut cells: Vec<_> = cells.map(|(cell, width)| fit(cell, *width).into_iter()).collect();
        let tallest = cells.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        lines.extend((0..tallest).map(|_| set(cells.iter_mut().map(Iterator::next), &columns, &widths)));
    }
    if !table.foot.is_empty() {
        lines.push(rule());
        for row in &table.foot {
            let row: Vec<Option<&Cell>> = shown.iter().map(|at| row.get(*at)).collect();
            lines.extend(sum_up(&row, &columns, &widths));
        }
    }
    lines.extend(left_out(table, &shown, page));
    lines
}

/// How wide every column would be.
fn needs(table: &Table, rows: &[Vec<Pieces<'_>>]) -> Vec<usize> {
    // A label may reach over its neighbours too, where its sum stands at the right of the page.
    let reaches = table.columns.last().is_some_and(|last| last.numbers);
    let mut needs: Vec<usize> = table.columns.iter().map(|column| width(&column.title)).collect();
    for row in rows {
        for (need, cell) in needs.iter_mut().zip(row) {
            *need = cell.iter().fold(*need, |need, piece| need.max(piece.width));
        }
    }
    for row in &table.foot {
        for (need, cell) in needs.iter_mut().zip(row).skip(usize::from(reaches)) {
            // A formula for a total may reach over its neighbours.
            let sums = cell.iter().map(|sum| wide(&plain(sum))).filter(|sum| *sum <= 2 * NARROW);
            *need = sums.fold(*need, usize::max);
        }
    }
    needs
}

/// How narrow a column may become: no number is cut.
fn least(table: &Table, at: usize) -> usize {
    let column = &table.columns[at];
    let least = NARROW.max(width(&column.title));
    if !column.numbers || !column.gives_way {
        return least;
    }
    let lines = table.rows.iter().filter_map(|row| row.get(at)).flatten();
    let runs = lines.flat_map(plain);
    runs.fold(least, |least, run| run.text.split(' ').map(width).fold(least, usize::max))
}

/// The columns for which there is room. The first and the last always stay.
fn shown(table: &Table, needs: &[usize], page: usize) -> Vec<usize> {
    // What stays in any case is rather narrow than that others go for it.
    let room = |at: usize| if table.columns[at].leaves.is_some() { ROOMY } else { least(table, at) };
    let least = |at: &usize| if table.columns[*at].gives_way { needs[*at].min(room(*at)) } else { needs[*at] };
    let mut shown: Vec<usize> = (0..table.columns.len()).collect();
    while shown.iter().map(least).sum::<usize>() + GAP * shown.len().saturating_sub(1) > page {
        let inner = 1..shown.len().saturating_sub(1);
        let leaving = inner.filter_map(|i| Some((table.columns[shown[i]].leaves?, Reverse(i)))).min();
        let Some((_, Reverse(i))) = leaving else { break };
        shown.remove(i);
    }
    shown
}

/// Which columns are left out, and how to see them.
fn left_out<'r>(table: &Table, shown: &[usize], page: usize) -> Vec<Vec<Run<'r>>> {
    let missing = || table.columns.iter().enumerate().filter(|(at, _)| !shown.contains(at)).map(|(_, c)| &*c.title);
    if missing().next().is_none() {
        return Vec::new();
    }
    let names = missing().collect::<Vec<_>>().join(", ");
    let mut note = vec![Run::new(Role::Dim, format!("Left out, for want of room: {names}."))];
    if let (Some(chooser), Some(first)) = (&table.chooser, table.columns.first()) {
        let asked = [&*first.title].into_iter().chain(missing()).collect::<Vec<_>>().join(",");
        note.extend([Run::new(Role::Dim, " To see them: "), Run::new(Role::Code, format!("{chooser} {asked}"))]);
    }
    [vec![Vec::new()], wrap(&note, page, 0)].concat()
}

/// The lines of a cell in this width. An equation goes on over up to four lines, and is cut if that is not enough;
/// words go on in as many lines as they take.
fn fit(cell: Pieces<'_>, room: usize) -> Pieces<'_> {
    if cell.iter().all(|piece| piece.width <= room) {
        return cell;
    }
    let mut lines = Vec::new();
    let several = cell.len() > 1 && cell.iter().flat_map(|piece| &piece.runs).all(|run| run.role != Role::Math);
    for piece in cell {
        let is_equation = piece.runs.iter().any(|run| run.role == Role::Math && run.text.contains(" = "));
        // What goes on is told from the line below it, and from what stands below a mark.
        let is_set_in = piece.runs.first().is_some_and(|run| matches!(run.role, Role::Mark(_)) || run.text == "  ");
        let indent = match (is_set_in, is_equation || several) {
            (true, _) => 4,
            (false, true) => 2,
            (false, false) => 0,
        };
        let broken = wrap(&piece.runs, room, indent);
        if is_equation && (broken.len() > 4 || broken.iter().any(|line| wide(line) > room)) {
            lines.push(Piece::new(cut(piece.runs, room)));
        } else {
            lines.extend(broken.into_iter().map(|line| Piece::new(cut(line, room))));
        }
    }
    lines
}

/// Where a column begins.
fn edge(widths: &[usize], column: usize) -> usize {
    widths[..column].iter().map(|width| width + GAP).sum()
}

/// The width of every column: what it needs, less what those that give way must give, the widest first.
fn fitted(columns: &[&Column], mut widths: Vec<usize>, least: &[usize], page: usize) -> Vec<usize> {
    loop {
        let over = edge(&widths, widths.len()).saturating_sub(GAP + page);
        let giving = |at: &usize| columns[*at].gives_way && widths[*at] > least[*at];
        let Some(widest) = (0..widths.len()).filter(giving).max_by_key(|at| widths[*at]).filter(|_| over > 0) else {
            return widths;
        };
        let next = (0..widths.len()).filter(|at| *at != widest && giving(at)).map(|at| widths[at]).max();
        // Down to the next one at once, then a column of text at a time.
        let step = next.map_or(over, |next| (widths[widest] - next).max(1)).min(over);
        widths[widest] = widths[widest].saturating_sub(step).max(least[widest]);
    }
}

/// One line of a row, a piece a column: numbers on the right.
fn set<'r>(pieces: impl Iterator<Item = Option<Piece<'r>>>, columns: &[&Column], widths: &[usize]) -> Vec<Run<'r>> {
    let mut line = Vec::with_capacity(3 * widths.len());
    let mut gap = 0;
    for ((piece, column), width) in pieces.zip(columns).zip(widths) {
        let Piece { runs, width: used } = piece.unwrap_or(Piece { runs: Vec::new(), width: 0 });
        let spare = width.saturating_sub(used);
        let (before, after) = if column.numbers { (spare, GAP) } else { (0, spare + GAP) };
        gap += before;
        if !runs.is_empty() {
            line.push(Run::blank(gap));
            line.extend(runs);
            gap = 0;
        }
        gap += after;
    }
    line
}

/// A row that sums up: its pieces may reach over empty neighbours, and a long formula over several lines.
fn sum_up<'r>(row: &[Option<&'r Cell>], columns: &[&Column], widths: &[usize]) -> Vec<Vec<Run<'r>>> {
    let (mut line, mut more): (Vec<Run<'r>>, Vec<Vec<Run<'r>>>) = Default::default();
    let first = |at: usize| row[at].and_then(|cell| cell.first());
    for (at, phrase) in (0..row.len()).filter_map(|at| Some((at, first(at)?))) {
        let start = wide(&line) + if line.is_empty() { 0 } else { GAP };
        let piece = plain(phrase);
        let end = edge(widths, at) + widths[at];
        let from = match columns[at].numbers {
            true => end.saturating_sub(wide(&piece)).max(start),
            false => edge(widths, at).max(start),
        };
        line.push(Run::blank(from.saturating_sub(wide(&line))));
        let room = if columns[at].numbers { end.max(from + NARROW) - from } else { usize::MAX };
        let mut lines = wrap(&piece, room, 0).into_iter();
        line.extend(lines.next().unwrap_or_default());
        more.extend(lines.map(|line| [vec![Run::blank(from)], line].concat()));
    }
    [vec![line], more].concat()
}
