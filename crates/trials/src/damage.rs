//! What a scanner does to handwriting, at the rates of a scan of five sheets: 41 digits read as others, 5 dropped and 1 added
//! in some 1,500. One or two pairs of digits make most of it (a 4 read as a 9: 23 of the 41), for each writer others.

use workings::worksheet::Column;

use crate::rng::Rng;
use crate::sheet::{Paper, Spot};

/// Digits in the scan whose rates these are.
const DIGITS: f64 = 1500.0;
const DROPPED: f64 = 5.0 / DIGITS;
const ADDED: f64 = 1.0 / DIGITS;
/// Any digit read as any other, beside the writer's own pairs.
const CHANGED: f64 = 12.0 / DIGITS;
/// How often a digit of the writer's first and second pair is read as the other: with one digit in ten of each kind, some
/// 29 of the 41.
const FIRST: f64 = 0.14;
const SECOND: f64 = 0.05;
/// A formula that loses a part or has a sign read as another (X7); a product that loses a factor (X6).
const OPERATOR: f64 = 0.1;
const FACTOR: f64 = 0.1;
/// A number of at least five digits that is split (X4).
const SPLIT: f64 = 0.01;
/// A sheet with a struck-out number (X8); with the value of a neighbouring cell in another (X5).
const STRUCK: f64 = 0.3;
const NEIGHBOUR: f64 = 0.25;

/// Digits that look alike: written, read. What stands oftener is likelier.
const ALIKE: [(u8, u8); 17] = [
    (4, 9),
    (4, 9),
    (4, 9),
    (4, 1),
    (9, 4),
    (3, 2),
    (1, 7),
    (7, 1),
    (3, 8),
    (8, 3),
    (5, 6),
    (6, 5),
    (0, 6),
    (6, 0),
    (5, 3),
    (2, 7),
    (7, 9),
];

/// A writer's hand, as a scanner reads it.
struct Reader {
    first: (u8, u8),
    second: (u8, u8),
}

/// Damages a sheet.
pub fn damage(rng: &mut Rng, paper: &mut Paper) {
    let reader = Reader { first: rng.one(&ALIKE), second: rng.one(&ALIKE) };
    let results: Vec<String> = paper.rows.iter().map(|row| row[Column::Params as usize].text.clone()).collect();
    if rng.chance(NEIGHBOUR) {
        neighbour(rng, paper, &results);
    }
    let struck = rng.chance(STRUCK).then(|| rng.below(paper.rows.len() + 1));
    let mut row = 0;
    for (column, spot) in paper.spots() {
        let before = spot.text.clone();
        match column {
            Column::Output => operator(rng, spot),
            Column::Calculation => factor(rng, spot),
            _ => {}
        }
        if matches!(column, Column::Calculation | Column::Params) {
            split(rng, spot);
        }
        digits(rng, &reader, spot);
        if matches!(column, Column::Kernels | Column::Total) {
            let last = column == Column::Total;
            let plain = !spot.text.is_empty() && spot.text != "-";
            if plain && (struck == Some(row) || last && struck.is_some_and(|struck| struck >= row)) {
                spot.text = format!("~~{}~~ {}", rng.between(10, 9999), spot.text);
            }
            row += usize::from(!last);
        }
        spot.damaged |= spot.text != before;
    }
}

/// The parameters of another row in a cell that is written on.
fn neighbour(rng: &mut Rng, paper: &mut Paper, results: &[String]) {
    let row = rng.below(paper.rows.len());
    let near = [row.checked_sub(1), row.checked_add(1).filter(|&next| next < results.len())];
    let value = near.into_iter().flatten().map(|near| &results[near]).find(|value| value.len() > 2);
    let spot = &mut paper.rows[row][Column::Output as usize];
    if let (Some(value), false) = (value, spot.text.is_empty()) {
        spot.text += &format!("\n= {value}");
        spot.damaged = true;
    }
}

/// An operator lost or read as another.
fn operator(rng: &mut Rng, spot: &mut Spot) {
    let mut lines: Vec<String> = spot.text.lines().map(str::to_owned).collect();
    for line in lines.iter_mut().filter(|line| line.contains('(')) {
        if !rng.chance(OPERATOR) {
            continue;
        }
        let close = line.find(')').unwrap_or(0);
        let after: String = line[close + 1..].chars().take_while(|c| *c == '/' || c.is_ascii_digit()).collect();
        let plus = line[..close].find(" + ");
        *line = match (rng.below(4), plus) {
            (0, _) if after.len() > 1 => format!("{}{}", &line[..=close], &line[close + 1 + after.len()..]),
            (1, Some(plus)) => format!("{}{}", &line[..plus], &line[close..]),
            (2, Some(plus)) => format!("{} + 1{}", &line[..plus], &line[close..]),
            _ => line.replacen(") + 1", ") - 1", 1).replacen(&format!("{after} + 1"), &format!("{after} - 1"), 1),
        };
    }
    spot.text = lines.join("\n");
}

/// A factor lost: `7 × 7 = 147`.
fn factor(rng: &mut Rng, spot: &mut Spot) {
    let mut lines: Vec<String> = spot.text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        let Some((product, result)) = line.split_once(" = ") else { continue };
        let sign = ['x', '×', '*'].into_iter().find(|sign| product.matches(*sign).count() == 2);
        if let (Some(sign), true) = (sign, rng.chance(FACTOR) && !product.contains('+')) {
            let at = product.rfind(sign).unwrap_or(0);
            *line = format!("{} = {result}", product[..at].trim_end());
        }
    }
    spot.text = lines.join("\n");
}

/// A number split over two lines.
fn split(rng: &mut Rng, spot: &mut Spot) {
    let bytes = spot.text.as_bytes();
    let ends = (0..=bytes.len()).filter(|&at| {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        at >= 5 && (1..=5).all(|back| digit(at - back)) && !digit(at)
    });
    let ends: Vec<usize> = ends.collect();
    if let Some(end) = ends.into_iter().find(|_| rng.chance(SPLIT)) {
        let at = end - rng.between(1, 4);
        spot.text.insert(at, '\n');
    }
}

/// Digits read as others, dropped and added.
fn digits(rng: &mut Rng, reader: &Reader, spot: &mut Spot) {
    let mut out = String::new();
    for c in spot.text.chars() {
        let Some(digit) = c.to_digit(10).map(|digit| digit as u8) else {
            out.push(c);
            continue;
        };
        let mut read = digit;
        for ((written, other), rate) in [(reader.first, FIRST), (reader.second, SECOND)] {
            if digit == written && rng.chance(rate) {
                read = other;
            }
        }
        if rng.chance(CHANGED) {
            read = (digit + rng.between(1, 9) as u8) % 10;
        }
        if !rng.chance(DROPPED) {
            out.push((b'0' + read) as char);
        }
        if rng.chance(ADDED) {
            out.push((b'0' + rng.below(10) as u8) as char);
        }
    }
    spot.text = out;
}
