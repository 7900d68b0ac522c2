//! How small a line may be, where symbols are sizes.

use calc::Calc;

#[test]
fn the_least_that_a_line_comes_to_is_not_believed_too_large() {
    let calc = Calc::new();
    let size = calc.symbol("N", None);
    let rest = size - size.floor_div(2) * 2;
    assert_eq!(calc.least((size * 3 + 1).line()), Some(4));
    assert_eq!(calc.least((size - 5).line()), Some(-4));
    assert_eq!(calc.least(size.floor_div(2).line()), Some(0));
    // What is left of a division may be 0.
    assert!(calc.least(rest.line()).is_none_or(|least| least <= 0));
}

/// 4 + N − N is 4 where N is 1 or more, in whichever order the sum is written, and whatever name it has.
#[test]
fn what_was_added_is_taken_away_again() {
    let calc = Calc::new();
    let size = calc.symbol("N", None);
    let four = calc.literal(4);
    assert_eq!(calc.least((four + size - size).line()), Some(4));
    assert_eq!(calc.least(((size + four).called("all") - size).line()), Some(4));
    assert_eq!(calc.least((four - size).line()), None);
    // Sums of sums, of which each has the one before twice, end.
    let doubled = (0..100).fold(size, |sum, _| sum + sum);
    assert!(calc.least(doubled.line()).is_none_or(|least| least >= 1));
}

/// A line hangs on a symbol where it was made from it, however long ago the symbol was written.
#[test]
fn a_line_hangs_on_what_it_was_made_from() {
    let calc = Calc::new();
    let (one, other) = (calc.symbol("N", None), calc.symbol("M", None));
    let from = calc.len();
    let (first, second) = (one * 2 + 1, other * 3);
    let both = (first + second).called("both");
    let found = &mut Vec::new();
    let mut hangs = |line: calc::Line| calc.hangs_on(line, from, found, |symbol| symbol == one.line());
    assert!(hangs(one.line()) && hangs(first.line()) && hangs(both.line()));
    assert!(!hangs(other.line()) && !hangs(second.line()));
}
