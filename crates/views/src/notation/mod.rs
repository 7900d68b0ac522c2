//! Equations, read off a ledger's page: `name = symbols = numbers = result`.
//!
//! Whatever stands between the last two `=` comes to what stands after them, in every notation.

pub mod latex;
pub mod mathml;

use std::fmt::Write;

use calc::{Expr, Forms, Line, NoForm, Page, Step, Value, Working};
use workings::ledger::Total;
use workings::{Ledger, glossary};

use crate::report::{Equation, Span};

/// How long a closed form may be, in characters, where it stands in the place of a name.
const LONG: usize = 120;

/// The equation of a line, without what makes no difference in it (a padding of 0, a stride of 1).
pub fn equation(ledger: &Ledger, forms: &mut Forms<'_>, line: Line, name: &str) -> Equation {
    let working = Working::plain(&ledger.page, glossary::neutral);
    Equation { name: Some(name.to_owned()), ..read(&ledger.page, &working, forms, line) }
}

/// What a working says of a line: how it is worked out, in names and in numbers, and what it comes to.
///
/// A line that is nothing but another name or a number has only a result. Names are left out where two different lines
/// have the same, because nobody could tell them apart.
pub fn read(page: &Page, working: &Working<'_>, forms: &mut Forms<'_>, line: Line) -> Equation {
    let result = result(page, forms, line);
    let symbols = working.symbols(line);
    if matches!(symbols, Expr::Name { .. } | Expr::Number(_) | Expr::Unknown) {
        return Equation { name: None, symbols: None, numbers: None, result };
    }
    let numbers = working.put_in(&symbols, &mut |line| in_place(page, forms, line));
    let said = numbers.to_string();
    let symbols = Some(symbols).filter(|symbols| !reads(symbols, &said) && !is_ambiguous(symbols));
    let numbers = Some(numbers).filter(|_| result.as_ref().is_none_or(|result| !reads(result, &said)));
    Equation { name: None, symbols, numbers, result }
}

/// Whether this is the text of an expression. It is not written out further than to the first difference.
fn reads(expr: &Expr, text: &str) -> bool {
    struct Rest<'t>(&'t str);
    impl Write for Rest<'_> {
        fn write_str(&mut self, piece: &str) -> std::fmt::Result {
            self.0 = self.0.strip_prefix(piece).ok_or(std::fmt::Error)?;
            Ok(())
        }
    }
    let mut rest = Rest(text);
    write!(rest, "{expr}").is_ok() && rest.0.is_empty()
}

/// What a line comes to: a number, or the closed form of an open one. Nothing where the form is too long to write out.
pub fn result(page: &Page, forms: &mut Forms<'_>, line: Line) -> Option<Expr> {
    match page.value(line) {
        Value::Known(n) => Some(Expr::Number(n)),
        Value::Broken(_) => Some(Expr::Unknown),
        Value::Open => match forms.form(line) {
            Ok(form) => Some(form.expr()),
            Err(NoForm::Broken(_)) => Some(Expr::Unknown),
            Err(NoForm::TooLong) => None,
        },
    }
}

/// What a line comes to, as text that says how sure it is.
pub fn amount(page: &Page, forms: &mut Forms<'_>, line: Line) -> Span {
    match result(page, forms, line) {
        Some(Expr::Unknown) => Span::Doubt("?".to_owned()),
        Some(known) => Span::Value(known.to_string()),
        None => Span::Doubt("too long to write out".to_owned()),
    }
}

/// A total as text; "at least" where a part of it is not known.
pub fn total(ledger: &Ledger, forms: &mut Forms<'_>, total: Total) -> Span {
    match amount(&ledger.page, forms, total.line) {
        Span::Value(sum) if !total.exact => Span::Doubt(format!("at least {sum}")),
        amount => amount,
    }
}

/// An open line in the place of a name: its closed form, or the name where that would be too long.
fn in_place(page: &Page, forms: &mut Forms<'_>, line: Line) -> Expr {
    match result(page, forms, line) {
        Some(form) if form.to_string().chars().count() <= LONG => form,
        _ => match name_of(page, line) {
            Some(name) => Expr::Name { name: name.into(), line: Some(line) },
            None => Expr::Unknown,
        },
    }
}

/// The name that a line has, if it has one.
pub fn name_of(page: &Page, line: Line) -> Option<&str> {
    match page.step(line) {
        Step::Called { name, .. } | Step::Taken { name, .. } | Step::Given { name, .. } | Step::Symbol { name } => {
            Some(name)
        }
        _ => None,
    }
}

/// Whether two different lines stand in an expression under one name.
fn is_ambiguous(expr: &Expr) -> bool {
    let mut lines: Vec<(&str, &Option<Line>)> = Vec::new();
    let mut ahead = vec![expr];
    while let Some(expr) = ahead.pop() {
        match expr {
            Expr::Name { name, line } => match lines.iter().find(|(known, _)| *known == &**name) {
                Some((_, known)) if *known != line => return true,
                Some(_) => {}
                None => lines.push((name, line)),
            },
            Expr::Number(_) | Expr::Unknown => {}
            Expr::Sum(terms) => ahead.extend(terms.iter().map(|(_, term)| term)),
            Expr::Product(list) | Expr::Min(list) | Expr::Max(list) => ahead.extend(list),
            Expr::Quotient(a, b) | Expr::Floor(a, b) | Expr::Ceil(a, b) => ahead.extend([&**a, &**b]),
        }
    }
    false
}

/// An equation as plain text: `H_out = ⌊(H − K)/S⌋ + 1 = ⌊(224 − 11)/2⌋ + 1 = 107`.
pub fn text(equation: &Equation) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(equation.name.as_deref().unwrap_or_default());
    for side in [&equation.symbols, &equation.numbers, &equation.result].into_iter().flatten() {
        // A string takes whatever is written to it.
        let _ = write!(text, "{}{side}", if text.is_empty() { "" } else { " = " });
    }
    text
}
