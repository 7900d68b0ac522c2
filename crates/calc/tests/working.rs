//! The working behind a line, as a person writes it: plain and in full.

use calc::{Calc, Expr, Line, Page, Qty, Working};
use expect_test::{Expect, expect};

/// Dilation and stride disappear at 1, padding at 0.
fn neutral(name: &str) -> Option<i128> {
    match name {
        "D" | "S" => Some(1),
        "P" => Some(0),
        _ => None,
    }
}

fn both(page: &Page, line: Line) -> String {
    let text = |working: &Working<'_>| {
        let numbers = working.numbers(line, &mut |_| Expr::Unknown);
        format!("{} = {numbers}", working.symbols(line))
    };
    format!("plain {}\nfull  {}", text(&Working::plain(page, neutral)), text(&Working::full(page)))
}

/// A convolution's size along an axis.
fn size<'c>(calc: &'c Calc, [kernel, stride, dilation, pad]: [i128; 4]) -> Qty<'c> {
    let (size, stride) = (calc.given("H", 26).taken("H"), calc.given("S", stride));
    let (kernel, dilation, pad) = (calc.given("K", kernel), calc.given("D", dilation), calc.given("P", pad));
    let reach = (dilation * (kernel - 1) + 1).called("K_eff");
    ((size - reach + pad + pad).fits("it fits").floor_div(stride) + 1).called("H_out")
}

fn check(settings: [i128; 4], wanted: Expect) {
    let calc = Calc::new();
    let line = size(&calc, settings).line();
    wanted.assert_eq(&both(&calc.into_page(), line));
}

#[test]
fn what_makes_no_difference_is_left_out_of_a_plain_working() {
    check(
        [3, 1, 1, 0],
        expect![[r#"
        plain H − K + 1 = 26 − 3 + 1
        full  ⌊(H − K_eff + P + P)/S⌋ + 1 = ⌊(26 − 3 + 0 + 0)/1⌋ + 1"#]],
    );
    check(
        [3, 2, 1, 1],
        expect![[r#"
        plain ⌊(H − K + 2 × P)/S⌋ + 1 = ⌊(26 − 3 + 2 × 1)/2⌋ + 1
        full  ⌊(H − K_eff + P + P)/S⌋ + 1 = ⌊(26 − 3 + 1 + 1)/2⌋ + 1"#]],
    );
    check(
        [3, 2, 2, 0],
        expect![[r#"
        plain ⌊(H − K_eff)/S⌋ + 1 = ⌊(26 − 5)/2⌋ + 1
        full  ⌊(H − K_eff + P + P)/S⌋ + 1 = ⌊(26 − 5 + 0 + 0)/2⌋ + 1"#]],
    );
}

#[test]
fn a_step_of_which_nothing_would_be_left_is_said_in_full() {
    let calc = Calc::new();
    let kept = calc.given("H", 26).taken("H").ceil_div(calc.given("S", 1)).called("H_out").line();
    let page = calc.into_page();
    expect![[r#"
        plain ⌈H/S⌉ = ⌈26/1⌉
        full  ⌈H/S⌉ = ⌈26/1⌉"#]]
    .assert_eq(&both(&page, kept));
}

/// Sixty doublings without a name in between: each line would be twice as long as the one before.
#[test]
fn an_expression_without_names_does_not_grow_without_end() {
    let calc = Calc::new();
    let mut x = calc.given("x", 1);
    for _ in 0..60 {
        x = (x + x).at_least(x - 1);
    }
    let line = x.line();
    let page = calc.into_page();
    for working in [Working::plain(&page, neutral), Working::full(&page)] {
        let text = working.numbers(line, &mut |_| Expr::Unknown).to_string();
        assert!(text.len() < 20_000, "{} characters", text.len());
        assert!(text.contains("1,152,921,504,606,846,976") || text.contains("576,460,752,303,423,488"), "{text}");
    }
}
