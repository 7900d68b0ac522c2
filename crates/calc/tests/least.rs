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
