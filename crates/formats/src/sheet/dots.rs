//! Dots between digits: thousands as much of the world parts them (`14.400`), or decimal points.
//!
//! `2.747.585` says what it is, and is thousands in any cell. One dot may be either, so the whole sheet decides: where a
//! figure has other than three digits behind its dot, or none to three before it, dots are decimal points. Else they part
//! thousands, but for what was divided: `227/3 = 75.666` is a decimal unless a figure with two dots stands on the sheet.

use workings::worksheet::{Cell, Claim, Column, Sheet, Written};

/// Reads the dots of a sheet as what they are.
pub(super) fn settle(sheet: &mut Sheet) {
    let figures = || cells(sheet).flat_map(Cell::figures).map(|figure| &*figure.digits);
    let dotted = figures().filter(|digits| digits.contains('.')).count();
    if dotted == 0 || figures().filter(|digits| parts_thousands(digits)).count() < dotted {
        return;
    }
    let sure = cells(sheet).any(|cell| has_two(&cell.written));
    for row in &mut sheet.rows {
        for column in Column::OF_ROW {
            // What a window leaves comes of a division; counts, and the outputs of dense layers, are whole numbers.
            let counts = column != Column::Output || row.cell(Column::Kernel).written.is_empty();
            join(row.cell_mut(column), sure, counts);
        }
    }
    join(&mut sheet.total, sure, true);
}

fn cells(sheet: &Sheet) -> impl Iterator<Item = &Cell> {
    sheet.rows.iter().flat_map(|row| &row.cells).chain([&sheet.total])
}

/// Whether a figure with a dot may be thousands: `14.400`, and neither `0.125` nor `54.25`.
fn parts_thousands(digits: &str) -> bool {
    digits
        .split_once('.')
        .is_some_and(|(whole, rest)| (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3)
}

/// Whether a figure with two dots stands in a text: `2.747.585`.
fn has_two(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|figure| {
        let mut groups = figure.trim_matches('.').split('.');
        let first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
        let rest: Vec<&str> = groups.collect();
        first && rest.len() > 1 && rest.iter().all(|group| group.len() == 3)
    })
}

/// Takes the dots out of the figures of a cell.
fn join(cell: &mut Cell, sure: bool, counts: bool) {
    let whole = |claim: &&mut Claim| sure || (counts && !claim.sides.iter().any(divides));
    for claim in cell.claims.iter_mut().filter(whole) {
        claim.sides.iter_mut().for_each(joined);
    }
}

/// Whether something is divided.
fn divides(side: &Written) -> bool {
    match side {
        Written::Quotient(..) | Written::Floor(_) | Written::Ceil(_) => true,
        Written::Product(parts) => parts.iter().any(divides),
        Written::Sum(terms) => terms.iter().any(|(_, term)| divides(term)),
        Written::Figure(_) | Written::Name(_) => false,
    }
}

fn joined(side: &mut Written) {
    match side {
        Written::Figure(figure) if figure.digits.contains('.') => figure.digits = figure.digits.replace('.', "").into(),
        Written::Figure(_) | Written::Name(_) => {}
        Written::Product(parts) => parts.iter_mut().for_each(joined),
        Written::Sum(terms) => terms.iter_mut().for_each(|(_, term)| joined(term)),
        Written::Quotient(a, b) => [a, b].into_iter().for_each(|part| joined(part)),
        Written::Floor(inner) | Written::Ceil(inner) => joined(inner),
    }
}
