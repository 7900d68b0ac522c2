//! How like one another two numbers look, digits that may be misread and all.

/// The longest figures that are compared digit by digit.
const LONGEST: usize = 24;

/// How many digits must be changed, added or dropped to make one of the other; at most 4 is told apart.
pub(super) fn distance(a: &str, b: &str) -> u32 {
    if a == b {
        return 0;
    }
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) > 3 {
        return 4;
    }
    let mut last: Vec<u32> = (0..=b.len() as u32).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut row = vec![i as u32 + 1];
        for (j, y) in b.bytes().enumerate() {
            row.push((last[j] + u32::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1));
        }
        last = row;
    }
    last[b.len()].min(4)
}

/// How unlike two figures are: 0 alike, 4 nothing in common. A digit weighs more in a short figure.
pub(super) fn unlike(a: &str, b: &str) -> u32 {
    let longer = a.len().max(b.len()) as u32;
    match distance(a, b) {
        0 => 0,
        1 if longer >= 2 => 1,
        2 if longer >= 4 => 2,
        3 if longer >= 6 => 3,
        _ => 4,
    }
}

/// Whether two figures may be one, misread: no more than a third of the digits differ.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let longer = a.len().max(b.len()) as u32;
    a.len().abs_diff(b.len()) <= 1 && distance(a, b) * 3 <= longer
}
