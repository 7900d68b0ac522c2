//! Any bytes at all, as a table and as the text of a scanner: reading never panics, every figure stands where it says, and
//! what was read is judged and recovered without a panic too.
#![no_main]

mod source;

use libfuzzer_sys::fuzz_target;
use workings::audit::{audit, recover};
use workings::fault::Place;
use workings::worksheet::Sheet;

fuzz_target!(|bytes: &[u8]| {
    let all: std::rc::Rc<[u8]> = bytes.into();
    for name in ["sheet", "sheet.csv", "sheet.tsv"] {
        let Ok((sheets, faults)) = formats::sheet::read(&source::Bytes(name, all.clone())) else { continue };
        // What is no UTF-8 has places of its own; the rest is held to the text.
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let text = text.trim_start_matches('\u{feff}');
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        for fault in &faults {
            fault.place.into_iter().for_each(|place| lies_in(&lines, place));
        }
        sheets.iter().for_each(|sheet| holds(&lines, sheet));
        // Under the other names the same sheets come again, mostly.
        if name == "sheet" {
            sheets.iter().filter(|sheet| is_small(sheet)).for_each(judged);
        }
    }
});

/// The most rows of a sheet that is judged: more take longer, and have nothing that fewer have not.
const ROWS: usize = 12;

/// The most that is written in all cells of a sheet that is judged, in bytes.
const WRITTEN: usize = 1000;

fn is_small(sheet: &Sheet) -> bool {
    let cells = sheet.rows.iter().flat_map(|row| row.cells.iter().chain([&row.label, &row.stride, &row.padding]));
    let written: usize = cells.chain([&sheet.total]).map(|cell| cell.written.len()).sum();
    sheet.rows.len() <= ROWS && written <= WRITTEN
}

/// A sheet is judged against what explains it, and the network that is recovered judges it too.
fn judged(sheet: &Sheet) {
    let _ = audit(sheet, None);
    if let Some(found) = recover(sheet) {
        let _ = formats::net::write(&found.model, &found.notes);
        let _ = audit(sheet, Some(&found.model));
    }
}

/// A digit in its usual width.
fn usual(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        c => c,
    }
}

/// Every place of a sheet lies in the text, and every figure's digits stand there.
fn holds(lines: &[Vec<char>], sheet: &Sheet) {
    let cells = sheet.rows.iter().flat_map(|row| row.cells.iter().chain([&row.label, &row.stride, &row.padding]));
    for cell in cells.chain([&sheet.total]) {
        for piece in cell.struck.iter().chain(&cell.words) {
            lies_in(lines, piece.place);
        }
        for claim in &cell.claims {
            assert!(!claim.sides.is_empty(), "a claim says something");
            lies_in(lines, claim.place);
            for side in &claim.sides {
                let _ = (side.value(), side.to_string());
            }
        }
        for figure in cell.figures() {
            lies_in(lines, figure.place);
            // An entity, `&#49;`, is one character that is written with several.
            let line = &lines[figure.place.line as usize - 1];
            let first = usual(line[figure.place.column as usize - 1]);
            let digit = figure.digits.chars().next();
            assert!(first == '&' || Some(first) == digit, "{first:?} stands where {} was read", figure.digits);
        }
    }
    sheet.unplaced.iter().for_each(|piece| lies_in(lines, piece.place));
}

fn lies_in(lines: &[Vec<char>], place: Place) {
    if place == Place::default() {
        return;
    }
    let line = &lines[place.line as usize - 1];
    // A line's end stands behind its last character.
    assert!((place.column + place.length) as usize <= line.len() + 2, "{place:?} lies behind its line's end");
}
