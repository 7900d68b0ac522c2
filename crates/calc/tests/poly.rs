//! Closed forms: what they look like, that they agree with the page, and that they end.

use calc::{Calc, Expr, Forms, Line, NoForm, Page, Pair, Poly, Qty, Relation, Value};
use expect_test::{Expect, expect};
use proptest::collection::vec;
use proptest::prelude::*;

const NAMES: [&str; 3] = ["N", "H", "W"];

/// The form of what is made of the open symbols N, H and W.
fn form(of: impl for<'c> FnOnce(&'c Calc, [Qty<'c>; 3]) -> Qty<'c>) -> Result<Poly, NoForm> {
    let calc = Calc::new();
    let line = of(&calc, NAMES.map(|name| calc.symbol(name, None))).line();
    Forms::new(&calc.into_page()).form(line)
}

fn check(of: impl for<'c> FnOnce(&'c Calc, [Qty<'c>; 3]) -> Qty<'c>, text: Expect) {
    text.assert_eq(&form(of).map_or_else(|none| format!("{none:?}"), |poly| poly.to_string()));
}

/// The output size of a window: ⌊(size + 2·padding − kernel)/stride⌋ + 1.
fn slide(size: Qty<'_>, kernel: i64, stride: i64, padding: i64) -> Qty<'_> {
    (size + 2 * padding - kernel).floor_div(stride) + 1
}

#[test]
fn terms_are_collected_in_order() {
    check(|_, [n, h, w]| (h + w + 1) * (w + h - 1) * n, expect!["N*H*H + 2*N*H*W + N*W*W - N"]);
    check(|_, [n, h, _]| h * 2 + 5 - n * 3 - h, expect!["H - 3*N + 5"]);
    check(|_, [n, h, _]| h * n - n * h, expect!["0"]);
    check(|calc, [n, ..]| (n + 3) * calc.literal(0) - 4, expect!["-4"]);
}

#[test]
fn names_and_claims_are_seen_through() {
    check(
        |calc, [_, h, w]| {
            let given = calc.given_as("D", h).called("C_in").taken("C").fits("it fits");
            given.equals(w, "as wide as high") * calc.given("G", 7)
        },
        expect!["7*H"],
    );
}

#[test]
fn a_symbol_is_one_symbol_on_all_its_lines() {
    check(|calc, [_, h, w]| w + h + calc.symbol("W", None), expect!["H + 2*W"]);
}

#[test]
fn three_halvings_are_one_floor() {
    check(|_, [_, h, _]| slide(slide(slide(h, 3, 2, 1), 3, 2, 1), 3, 2, 1), expect!["(H + 7)//8"]);
    check(|_, [_, h, _]| h.floor_div(2).floor_div(2).floor_div(2), expect!["H//8"]);
    check(|_, [_, h, _]| (h.floor_div(4) - 1) * 3, expect!["3*(H//4) - 3"]);
}

#[test]
fn a_convolution_over_two_axes() {
    check(|_, [n, h, w]| n * slide(h, 7, 2, 3) * slide(w, 7, 2, 3) * 9408, expect!["9408*N*((H + 1)//2)*((W + 1)//2)"]);
    check(|_, [n, h, _]| n * 64 * h.floor_div(2), expect!["64*N*(H//2)"]);
    check(|_, [_, h, _]| slide(h, 2, 2, 0) * slide(h, 2, 2, 0), expect!["(H//2)*(H//2)"]);
}

#[test]
fn under_a_number_whole_parts_come_out() {
    check(|_, [n, h, _]| (n * 12 + h * 3 + 9).floor_div(4), expect!["3*N + (3*H + 1)//4 + 2"]);
    check(|_, [_, h, w]| (h * 2 + w * 2 + 3).floor_div(4), expect!["(H + W + 1)//2"]);
    check(|_, [_, h, _]| (h * 2 - 3).floor_div(4), expect!["H//2 - 1"]);
    check(|_, [_, h, _]| (h.floor_div(2) * 3).floor_div(4), expect!["3*(H//2)//4"]);
    check(|_, [_, h, w]| (h - w.floor_div(2)).floor_div(3), expect!["(2*H - W + 1)//6"]);
    check(|_, [_, h, _]| h.floor_div(1), expect!["H"]);
    check(|_, [_, h, _]| h.floor_div(-3), expect!["-((H + 2)//3)"]);
}

#[test]
fn up_is_down_from_the_other_side() {
    check(|_, [_, h, _]| h.ceil_div(2), expect!["(H + 1)//2"]);
    check(|calc, [_, h, _]| calc.literal(0) - (calc.literal(0) - h).floor_div(2), expect!["(H + 1)//2"]);
    check(|calc, [_, h, _]| (calc.literal(10) - h).floor_div(2), expect!["5 - (H + 1)//2"]);
    check(|_, [_, h, w]| (h * w).ceil_div(w + 1), expect!["-((-H*W)//(W + 1))"]);
}

#[test]
fn exact_quotients_cancel() {
    check(|_, [n, h, w]| (n * h * w * 6 + n * h * 9) / (n * 3), expect!["2*H*W + 3*H"]);
    check(|_, [n, h, w]| (n * h * 6) / (n * w * 4), expect!["3*H//(2*W)"]);
    check(|calc, [_, h, _]| (calc.literal(1) - h) / 2, expect!["1 - (H + 1)//2"]);
    check(|_, [_, h, _]| (h + 1) / (h + 1), expect!["1"]);
    // What a Reshape with −1 asks for.
    check(
        |_, [n, h, w]| (n * 64 * slide(h, 3, 1, 0) * slide(w, 3, 1, 0)) / (n * slide(h, 3, 1, 0)),
        expect!["64*W - 128"],
    );
    check(|_, [_, h, w]| (h / 2) * w / 3, expect!["W*(H//2)//3"]);
    check(|_, [n, h, w]| h / (n / w), expect!["H//(N//W)"]);
    check(|_, [_, h, _]| (h / 2 + 1) / 3, expect!["(H + 2)//6"]);
}

#[test]
fn the_smallest_and_the_largest() {
    check(|_, [_, h, w]| h.at_most(w).at_most(h + 2).at_most(7), expect!["min(7, H, W)"]);
    check(|_, [_, h, _]| (h + 1).at_least(h - 1), expect!["H + 1"]);
    check(|_, [_, h, w]| (h - 3).at_least(0) * 2 - w.at_most(h).at_most(w), expect!["2*max(0, H - 3) - min(H, W)"]);
}

#[test]
fn what_is_never_a_number_is_broken() {
    check(|_, [_, h, w]| w / (h - h), expect!["Broken(Line(5))"]);
    check(|_, [_, h, w]| (h * 2 + 1 - h * 2).floor_div(0) + w, expect!["Broken(Line(12))"]);
    check(|_, [_, h, _]| (h * 2 + 1) / 2, expect!["Broken(Line(9))"]);
    check(|calc, [_, h, _]| h + calc.broken("no rule"), expect!["Broken(Line(4))"]);
}

#[test]
fn an_expression_puts_the_number_first_and_a_minus_last() {
    let poly = form(|calc, [n, h, _]| calc.literal(3) - n * n * h.floor_div(2) * 4).unwrap();
    let Expr::Sum(terms) = poly.expr() else { panic!("a sum") };
    assert_eq!(terms[0], (false, Expr::Number(3)));
    let (true, Expr::Product(factors)) = &terms[1] else { panic!("a product taken away") };
    assert_eq!(factors[0], Expr::Number(4));
    assert_eq!(factors[1], factors[2]);
    let Expr::Name { name, line } = &factors[1] else { panic!("a name") };
    assert_eq!((&**name, line.map(Line::index)), ("N", Some(1)));
    assert!(matches!(&factors[3], Expr::Floor(_, by) if **by == Expr::Number(2)));
    assert_eq!(form(|calc, _| calc.literal(-3)).unwrap().expr(), Expr::Number(-3));
}

#[test]
fn a_long_chain_is_collected_without_recursion() {
    let calc = Calc::new();
    let (n, mut sum) = (calc.symbol("N", None), calc.literal(1));
    for _ in 0..100_000 {
        sum = sum + n;
    }
    let line = sum.line();
    let page = calc.into_page();
    assert_eq!(Forms::new(&page).form(line).unwrap().to_string(), "100000*N + 1");
}

#[test]
fn a_line_of_many_names_is_collected_as_the_line() {
    let calc = Calc::new();
    let n = calc.symbol("N", None);
    let named = |line: Qty<'_>, times: usize| (0..times).fold(line, |line, _| line.called("size").taken("size")).line();
    // As many names as are looked through at once, and more; sums of parts that all have names, some of them asked for before.
    let mut lines = Vec::new();
    let mut sum = n;
    for times in 0..200 {
        sum = calc.at(named(sum + calc.at(named(n * 3, times % 23)), times % 13));
        lines.push(sum.line());
    }
    let page = calc.into_page();
    for order in [[150, 199, 0], [199, 150, 3], [63, 64, 65]] {
        let mut forms = Forms::new(&page);
        for at in order {
            assert_eq!(forms.form(lines[at]).unwrap().to_string(), format!("{}*N", 3 * at + 4));
        }
    }
}

#[test]
fn what_grows_without_end_is_given_up_soon() {
    // Deeper and wider with every step.
    assert_eq!(form(|_, [_, h, w]| (0..300).fold(h, |x, _| (x * x + w).floor_div(x + 1))), Err(NoForm::TooLong));
    // A power of 2^300, a coefficient of 2^300, a pile of 300 quotients.
    assert_eq!(form(|_, [_, h, _]| (0..300).fold(h, |x, _| x * x)), Err(NoForm::TooLong));
    assert_eq!(form(|_, [_, h, _]| (0..300).fold(h, |x, _| x + x)), Err(NoForm::TooLong));
    assert_eq!(form(|_, [_, h, w]| (0..300).fold(h, |x, _| x.floor_div(w))), Err(NoForm::TooLong));
    // Forms of some length on every one of many lines.
    let calc = Calc::new();
    let symbols: Vec<Qty> = (0..1_000).map(|i| calc.symbol(&format!("s{i}"), None)).collect();
    let all = calc.sum(symbols.iter().copied());
    let many = (0..100_000).fold(all, |sum, i| sum + symbols[i % symbols.len()]);
    let (few, many) = (all.line(), many.line());
    let page = calc.into_page();
    let mut forms = Forms::new(&page);
    assert!(forms.form(few).is_ok());
    assert_eq!(forms.form(many), Err(NoForm::TooLong));
}

/// What a line of a random page is made from: an earlier line, or a small number.
#[derive(Clone, Debug)]
enum Part {
    Line(usize),
    Number(i64),
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![3 => (0..40_usize).prop_map(Part::Line), 2 => (-4..10_i64).prop_map(Part::Number)]
}

type Recipe = Vec<(usize, Part, Part)>;

/// The page that a recipe makes with the symbols open, or bound to numbers. Both have the same lines.
fn page(recipe: &Recipe, bound: Option<[i128; 3]>) -> (Page, Vec<Line>) {
    let calc = Calc::new();
    let mut made: Vec<Qty> = (0..3).map(|i| calc.symbol(NAMES[i], bound.map(|numbers| numbers[i]))).collect();
    for (how, a, b) in recipe {
        let [a, b] = [a, b].map(|part| match part {
            Part::Line(i) => made[made.len() - 1 - i % made.len()],
            Part::Number(n) => calc.literal(i128::from(*n)),
        });
        made.push(match how {
            0 | 1 => a + b,
            2 => a - b,
            3 | 4 => a * b,
            5 => a / b,
            6 | 7 => a.floor_div(b),
            8 => a.ceil_div(b),
            9 => a.at_most(b),
            10 => a.at_least(b),
            11 => calc.given_as("x", a.called("y").taken("z")),
            12 => a.claim(Relation::AtMost, b, "small enough"),
            // What networks do most: a window's steps.
            13 | 14 => (a - b).floor_div(2),
            _ => (a + b * 2) / 3,
        });
    }
    let lines = made.into_iter().map(Qty::line).collect();
    (calc.into_page(), lines)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_form_agrees_with_its_line(
        recipe in vec((0..16_usize, part(), part()), 1..14),
        bindings in vec(prop::array::uniform3(-6..40_i128), 4),
    ) {
        let (open, lines) = page(&recipe, None);
        let mut forms = Forms::new(&open);
        for numbers in bindings {
            let (bound, same) = page(&recipe, Some(numbers));
            prop_assert_eq!(&lines, &same);
            let symbol = |name: &str| NAMES.iter().position(|known| *known == name).map(|i| numbers[i]);
            for line in &lines {
                let value = bound.value(*line);
                match forms.form(*line) {
                    Err(NoForm::TooLong) => {}
                    Err(NoForm::Broken(_)) => prop_assert!(matches!(value, Value::Broken(_)), "{:?}", value),
                    Ok(poly) => {
                        let says = poly.evaluate(&symbol);
                        match value {
                            Value::Known(_) => prop_assert_eq!(says, value.known(), "{}", poly),
                            // A form may know more than its line: H/H at 0.
                            _ => prop_assert!(matches!(value, Value::Broken(_))),
                        }
                        if says.is_some() {
                            let text = poly.to_string();
                            prop_assert_eq!(python(&text, &symbol), says, "{}", text);
                        }
                    }
                }
            }
        }
    }

    /// The same sum of floors, written in another order and with whole parts inside or outside, is the same form.
    #[test]
    fn equal_things_compare_equal(a in -9..9_i64, b in 1..9_i64, c in -9..9_i64, d in 1..9_i64) {
        let one = form(|_, [_, h, w]| ((h * a + w + c).floor_div(b) + c).floor_div(d) + w * h);
        let other = form(|_, [_, h, w]| h * w - 2 + (w + c * (b + 1) + 2 * d * b + h * a).floor_div(b * d));
        prop_assert_eq!(one, other);
    }
}

/// What Python says of such a text: a second witness, which knows nothing of polynomials.
fn python(text: &str, symbol: &dyn Fn(&str) -> Option<i128>) -> Option<i128> {
    let mut reader = Reader { rest: text, symbol };
    let value = reader.sum();
    assert!(reader.rest.is_empty(), "{text} is read only up to {}", reader.rest);
    value
}

struct Reader<'t> {
    rest: &'t str,
    symbol: &'t dyn Fn(&str) -> Option<i128>,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(sign).inspect(|rest| self.rest = rest).is_some()
    }

    fn sum(&mut self) -> Option<i128> {
        let mut value = self.product();
        loop {
            let pair = if self.takes("+") {
                Pair::Add
            } else if self.takes("-") {
                Pair::Sub
            } else {
                return value;
            };
            value = apply(pair, value, self.product());
        }
    }

    fn product(&mut self) -> Option<i128> {
        let mut value = self.signed();
        loop {
            let pair = if self.takes("//") {
                Pair::FloorDiv
            } else if self.takes("*") {
                Pair::Mul
            } else {
                return value;
            };
            value = apply(pair, value, self.signed());
        }
    }

    fn signed(&mut self) -> Option<i128> {
        if self.takes("-") { apply(Pair::Sub, Some(0), self.signed()) } else { self.atom() }
    }

    fn atom(&mut self) -> Option<i128> {
        for (name, pair) in [("min(", Pair::Min), ("max(", Pair::Max), ("(", Pair::Add)] {
            if self.takes(name) {
                let mut value = self.sum();
                while self.takes(",") {
                    value = apply(pair, value, self.sum());
                }
                assert!(self.takes(")"), "no ) before {}", self.rest);
                return value;
            }
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.parse().ok().or_else(|| (self.symbol)(word))
    }
}

fn apply(pair: Pair, a: Option<i128>, b: Option<i128>) -> Option<i128> {
    let (a, b) = (a?, b?);
    match pair {
        Pair::Add => a.checked_add(b),
        Pair::Sub => a.checked_sub(b),
        Pair::Mul => a.checked_mul(b),
        Pair::Min => Some(a.min(b)),
        Pair::Max => Some(a.max(b)),
        // Python's remainder has the sign of the divisor.
        _ => a.checked_rem(b).map(|left| (a - if left != 0 && (left < 0) != (b < 0) { left + b } else { left }) / b),
    }
}
