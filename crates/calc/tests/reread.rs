//! A page read again says what a page written afresh with the same numbers says.

use calc::{Calc, Line, NotALeaf, Page, Qty, Reading, Relation, Tape, Value};
use proptest::collection::vec;
use proptest::prelude::*;

/// One line of a random page, or two. Operands are counted back from it.
#[derive(Clone, Debug)]
enum Make {
    Literal(i128),
    Open,
    Broken,
    Join(u8, usize, usize),
    With(u8, usize, i64),
    Claim(u8, usize, usize),
    Claimed(u8, usize, i64),
    Name(u8, usize),
}

/// How a leaf is written at first; a page written afresh has a number there.
#[derive(Clone, Copy, Debug)]
enum Leaf {
    Given(i64),
    Symbol(i64),
    Open,
}

fn join<'c>(op: u8, a: Qty<'c>, b: Qty<'c>) -> Qty<'c> {
    match op {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        3 => a / b,
        4 => a.floor_div(b),
        5 => a.ceil_div(b),
        6 => a.at_most(b),
        _ => a.at_least(b),
    }
}

fn claim<'c>(relation: u8, a: Qty<'c>, b: Qty<'c>) -> Qty<'c> {
    let relations = [Relation::AtLeast, Relation::AtMost, Relation::Equal, Relation::Joins, Relation::DividesInto];
    a.claim(relations[usize::from(relation)], b, "as it should")
}

fn write(leaves: &[Leaf], makes: &[Make], numbers: Option<&[i128]>) -> (Page, Vec<Line>) {
    let calc = Calc::new();
    let mut all: Vec<Qty> = Vec::new();
    for (i, leaf) in leaves.iter().enumerate() {
        let n = numbers.map(|numbers| numbers[i]);
        all.push(match *leaf {
            Leaf::Given(first) => calc.given("given", n.unwrap_or(first.into())),
            Leaf::Symbol(first) => calc.symbol("s", Some(n.unwrap_or(first.into()))),
            Leaf::Open => calc.symbol("o", n),
        });
    }
    let lines = all.iter().map(|leaf| leaf.line()).collect();
    for make in makes {
        let back = |i: usize| all[all.len() - 1 - i % all.len()];
        let made = match *make {
            Make::Literal(n) => calc.literal(n),
            Make::Open => calc.symbol("open", None),
            Make::Broken => calc.broken("nobody knows"),
            Make::Join(op, a, b) => join(op, back(a), back(b)),
            Make::With(op, a, n) if n % 2 == 0 => join(op, back(a), calc.literal(n.into())),
            Make::With(op, a, n) => join(op, calc.literal(n.into()), back(a)),
            Make::Claim(relation, a, b) => claim(relation, back(a), back(b)),
            Make::Claimed(relation, a, n) => claim(relation, back(a), calc.literal(n.into())),
            Make::Name(0, a) => back(a).called("called"),
            Make::Name(1, a) => back(a).taken("taken"),
            Make::Name(_, a) => calc.given_as("given as", back(a)),
        };
        all.push(made);
    }
    (calc.into_page(), lines)
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        12 => -4..40i64,
        4 => 1..1_000_000i64,
        1 => (-1..=1i64, 40..63u32).prop_map(|(by, bits)| (1 << bits) + by),
        1 => any::<i64>(),
    ]
}

fn page() -> impl Strategy<Value = (Vec<Leaf>, Vec<Make>)> {
    let leaf = prop_oneof![
        2 => number().prop_map(Leaf::Given),
        1 => number().prop_map(Leaf::Symbol),
        1 => Just(Leaf::Open),
    ];
    let back = || 0..16usize;
    let calm = prop_oneof![
        1 => (0..40i128).prop_map(Make::Literal),
        6 => (0..8u8, back(), back()).prop_map(|(op, a, b)| Make::Join(op, a, b)),
        8 => (0..8u8, back(), 1..40i64).prop_map(|(op, a, n)| Make::With(op, a, n)),
        1 => (0..2u8, back(), -2..9i64).prop_map(|(relation, a, n)| Make::Claimed(relation, a, n)),
        3 => (0..3u8, back()).prop_map(|(name, a)| Make::Name(name, a)),
    ];
    let wild = prop_oneof![
        2 => number().prop_map(|n| Make::Literal(n.into())),
        1 => any::<i128>().prop_map(Make::Literal),
        2 => Just(Make::Open),
        2 => Just(Make::Broken),
        9 => (0..8u8, back(), back()).prop_map(|(op, a, b)| Make::Join(op, a, b)),
        9 => (0..8u8, back(), number()).prop_map(|(op, a, n)| Make::With(op, a, n)),
        2 => (0..5u8, back(), back()).prop_map(|(relation, a, b)| Make::Claim(relation, a, b)),
        2 => (0..5u8, back(), number()).prop_map(|(relation, a, n)| Make::Claimed(relation, a, n)),
        3 => (0..3u8, back()).prop_map(|(name, a)| Make::Name(name, a)),
    ];
    // In calm pages most bindings stay whole for a long stretch; in wild ones nearly everything goes wrong somewhere.
    (vec(leaf, 1..4), prop_oneof![vec(calm, 1..24), vec(wild, 1..40)])
}

/// Columns for four leaves: some of layer sizes, some of anything.
fn columns() -> impl Strategy<Value = Vec<Vec<i64>>> {
    (1..300usize).prop_flat_map(|bindings| {
        vec(prop_oneof![vec(1..300i64, bindings), vec(-4..40i64, bindings), vec(number(), bindings)], 4)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_reading_equals_a_page_written_afresh(
        (leaves, makes) in page(),
        bindings in vec(vec(prop_oneof![4 => number().prop_map(i128::from), 1 => any::<i128>()], 4), 1..4),
    ) {
        let (page, lines) = write(&leaves, &makes, None);
        let mut reading = Reading::of(&page, &lines).unwrap();
        for numbers in &bindings {
            let numbers = &numbers[..leaves.len()];
            reading.read(numbers);
            let (afresh, _) = write(&leaves, &makes, Some(numbers));
            for line in page.lines() {
                prop_assert_eq!(reading.value(line), afresh.value(line), "line {}", line.index());
            }
        }
    }

    #[test]
    fn a_tape_equals_a_reading((leaves, makes) in page(), columns in columns()) {
        let (page, lines) = write(&leaves, &makes, None);
        let columns: Vec<&[i64]> = columns[..leaves.len()].iter().map(Vec::as_slice).collect();
        let all: Vec<Line> = page.lines().collect();
        // Each line by itself too: an act that is left out for one wanted line is kept for all of them.
        for wanted in [&all[..], &all[all.len() - 1..]] {
            let answers = Tape::new(&page, &lines, wanted).unwrap().read(&columns);
            let mut reading = Reading::of(&page, &lines).unwrap();
            for binding in 0..columns[0].len() {
                reading.read(&columns.iter().map(|column| column[binding].into()).collect::<Vec<_>>());
                for (i, &line) in wanted.iter().enumerate() {
                    let (tape, reading) = (answers.value(i, binding), reading.value(line));
                    prop_assert_eq!(tape, reading, "line {} with binding {}", line.index(), binding);
                }
            }
        }
    }
}

#[test]
fn every_division_rounds_as_it_should() {
    let edges = [1, 2, 3, 7, 8, 1000, (1 << 31) - 1, 1 << 32, (1 << 52) + 1, (1 << 53) - 1, 1 << 53, (1 << 62) - 1];
    let numbers: Vec<i64> = edges.iter().flat_map(|n| [-n - 1, -n, -n + 1, n - 1, *n, n + 1]).collect();
    for &divisor in numbers.iter().chain(&[0]) {
        let calc = Calc::new();
        let (n, by) = (calc.given("n", 0), calc.given("by", divisor.into()));
        let wanted = [n / by, n.floor_div(by), n.ceil_div(by)].map(Qty::line);
        let (n, by) = (n.line(), by.line());
        let page = calc.into_page();
        for leaves in [&[n][..], &[n, by]] {
            let (mut tape, mut reading) =
                (Tape::new(&page, leaves, &wanted).unwrap(), Reading::of(&page, leaves).unwrap());
            for &number in &numbers {
                // Alone, so that one number that cannot be proven does not send the others to a reading.
                let columns: [&[i64]; 2] = [&[number], &[divisor]];
                let answers = tape.read(&columns[..leaves.len()]);
                reading.read(&[number.into(), divisor.into()][..leaves.len()]);
                for (i, &line) in wanted.iter().enumerate() {
                    assert_eq!(answers.value(i, 0), reading.value(line), "{number} by {divisor}, way {i}");
                }
            }
        }
    }
}

/// Every way of joining and claiming, over a range of numbers, and then brought to the very edge of what can be proven.
#[test]
fn no_range_is_too_narrow() {
    let pairs: Vec<(i64, i64)> = (-9..=9).flat_map(|n| (-3..=5).map(move |by| (n, by))).collect();
    let (numbers, divisors): (Vec<i64>, Vec<i64>) = pairs.into_iter().unzip();
    let others = (-3..=5).map(Some).chain([None]);
    for (other, way) in others.flat_map(|other| (0..13).map(move |way| (other, way))) {
        let calc = Calc::new();
        let (n, by) = (calc.given("n", 0), calc.given("by", 0));
        let other = other.map_or(by, |n| calc.literal(n));
        let made = if way < 8 { join(way, n, other) } else { claim(way - 8, n, other) };
        let wanted: Vec<Line> = (54..63).map(|bits| (made * (1 << bits)).line()).collect();
        let leaves = [n.line(), by.line()];
        let page = calc.into_page();
        let mut reading = Reading::of(&page, &leaves).unwrap();
        for &line in &wanted {
            let answers = Tape::new(&page, &leaves, &[line]).unwrap().read(&[&numbers, &divisors]);
            for (i, (&n, &by)) in numbers.iter().zip(&divisors).enumerate() {
                reading.read(&[n.into(), by.into()]);
                assert_eq!(
                    answers.value(0, i),
                    reading.value(line),
                    "way {way} of {n} and {by}, line {}",
                    line.index()
                );
            }
        }
    }
}

#[test]
fn numbers_go_only_to_leaves() {
    let calc = Calc::new();
    let (h, k) = (calc.symbol("H", None), calc.given("K", 3));
    let (out, name) = ((h - k + 1).line(), calc.given_as("size", h).line());
    let (h, k) = (h.line(), k.line());
    let page = calc.into_page();
    assert_eq!(Reading::of(&page, &[h, out]).err(), Some(NotALeaf(out)));
    assert_eq!(Tape::new(&page, &[name], &[out]).err(), Some(NotALeaf(name)));

    let mut reading = Reading::of(&page, &[h, k]).unwrap();
    assert_eq!(reading.value(out), Value::Open);
    reading.read(&[224, 11]);
    assert_eq!(reading.value(out), Value::Known(214));
}
