//! Any arithmetic at all: a page written from bytes, read again with the same numbers, gives the same; a closed form with
//! these numbers put in gives the same; and no working panics.
#![no_main]

use calc::{Calc, Forms, Line, Qty, Reading, Relation, Value, Working};
use libfuzzer_sys::fuzz_target;

const SYMBOLS: [&str; 3] = ["A", "B", "C"];

/// Writes the page that the bytes describe, with these numbers for the symbols, or without.
fn write<'c>(calc: &'c Calc, bytes: &[u8], bound: Option<[i128; 3]>) -> Vec<Qty<'c>> {
    let mut lines: Vec<Qty<'c>> = Vec::new();
    for (i, name) in SYMBOLS.iter().enumerate() {
        lines.push(calc.symbol(name, bound.map(|numbers| numbers[i])));
    }
    for step in bytes.chunks_exact(4).take(200) {
        let at = |byte: u8| lines[lines.len() - 1 - usize::from(byte) % lines.len()];
        let (a, b) = (at(step[1]), at(step[2]));
        lines.push(match step[0] % 14 {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            3 => a / b,
            4 => a.floor_div(b),
            5 => a.ceil_div(b),
            6 => a.at_most(b),
            7 => a.at_least(b),
            8 => a.called("step"),
            9 => a.taken("door"),
            10 => a.claim(Relation::AtLeast, b, "a is at least b"),
            11 => calc.given("given", i128::from(step[3] as i8)),
            12 => calc.literal(i128::from(step[3] as i8) << (step[2] % 100)),
            _ => a * i64::from(step[3]),
        });
    }
    lines
}

fuzz_target!(|bytes: &[u8]| {
    let Some((numbers, steps)) = bytes.split_first_chunk::<3>() else { return };
    let numbers = numbers.map(|n| i128::from(n as i8));
    let (open, bound) = (Calc::new(), Calc::new());
    let lines: Vec<Line> = write(&open, steps, None).iter().map(|q| q.line()).collect();
    let known: Vec<Line> = write(&bound, steps, Some(numbers)).iter().map(|q| q.line()).collect();
    let (open, bound) = (open.into_page(), bound.into_page());
    let mut reading = Reading::of(&open, &lines[..3]).expect("symbols are leaves");
    reading.read(&numbers);
    let mut forms = Forms::new(&open);
    let (plain, full) = (Working::plain(&open, |_| Some(1)), Working::full(&open));
    for (&line, &known) in lines.iter().zip(&known) {
        match (reading.value(line), bound.value(known)) {
            (Value::Broken(_), Value::Broken(_)) => {}
            (again, written) => assert_eq!(again, written),
        }
        if let (Ok(form), Value::Known(n)) = (forms.form(line), bound.value(known)) {
            let number = |name: &str| SYMBOLS.iter().position(|s| *s == name).map(|i| numbers[i]);
            if let Some(found) = form.evaluate(&number) {
                assert_eq!(found, n, "{form}");
            }
        }
        let _ = plain.symbols(line).to_string();
        let _ = full.numbers(line, &mut |_| calc::Expr::Unknown).to_string();
    }
});
