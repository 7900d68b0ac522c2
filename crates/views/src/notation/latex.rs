//! Expressions in LaTeX, and text that LaTeX takes as text.

use calc::{Expr, grouped};
use workings::glossary;

use crate::report::Equation;

/// An equation, for math mode.
pub fn equation(equation: &Equation) -> String {
    let name = equation.name.as_ref().map(|name| Expr::name(name.as_str()));
    let meant = [name.as_ref(), equation.symbols.as_ref()].into_iter().flatten().map(|side| written(side, true));
    let own =
        [equation.numbers.as_ref(), equation.result.as_ref()].into_iter().flatten().map(|side| written(side, false));
    meant.chain(own).collect::<Vec<_>>().join(" = ")
}

/// An expression, for math mode, its names as the glossary has them.
pub fn expr(expr: &Expr) -> String {
    written(expr, true)
}

/// A name, for math mode: the glossary's.
pub fn name(name: &str) -> String {
    glossary::term_of(name).map_or_else(|| symbol(name), |term| term.latex.to_owned())
}

fn written(expr: &Expr, meant: bool) -> String {
    let all = |list: &[Expr]| list.iter().map(|e| written(e, meant)).collect::<Vec<_>>();
    match expr {
        Expr::Number(n) => number(*n),
        Expr::Name { name: known, .. } if meant => name(known),
        Expr::Name { name, .. } => symbol(name),
        Expr::Unknown => "{?}".to_owned(),
        Expr::Sum(terms) => {
            let terms = terms.iter().enumerate();
            terms.map(|(i, (minus, term))| format!("{}{}", sign(i, *minus), summand(i, *minus, term, meant))).collect()
        }
        Expr::Product(factors) => {
            let factors: Vec<String> = factors.iter().enumerate().map(|(i, e)| factor(i, e, meant)).collect();
            factors.join(r" \times ")
        }
        Expr::Quotient(a, b) => over(a, b, meant),
        Expr::Floor(a, b) => format!(r"\left\lfloor {} \right\rfloor", over(a, b, meant)),
        Expr::Ceil(a, b) => format!(r"\left\lceil {} \right\rceil", over(a, b, meant)),
        Expr::Min(list) => format!(r"\min\left({}\right)", all(list).join(", ")),
        Expr::Max(list) => format!(r"\max\left({}\right)", all(list).join(", ")),
    }
}

fn over(a: &Expr, b: &Expr, meant: bool) -> String {
    format!(r"\frac{{{}}}{{{}}}", written(a, meant), written(b, meant))
}

fn summand(i: usize, minus: bool, term: &Expr, meant: bool) -> String {
    within(term, minus && matches!(term, Expr::Sum(_)) || i > 0 && is_negative(term), meant)
}

fn factor(i: usize, factor: &Expr, meant: bool) -> String {
    within(factor, matches!(factor, Expr::Sum(_)) || i > 0 && is_negative(factor), meant)
}

fn within(expr: &Expr, bracketed: bool, meant: bool) -> String {
    let inside = written(expr, meant);
    if bracketed { format!(r"\left({inside}\right)") } else { inside }
}

fn sign(i: usize, minus: bool) -> &'static str {
    match (i, minus) {
        (0, false) => "",
        (0, true) => "-",
        (_, false) => " + ",
        (_, true) => " - ",
    }
}

fn is_negative(expr: &Expr) -> bool {
    matches!(expr, Expr::Number(n) if *n < 0)
}

fn number(n: i128) -> String {
    grouped(n).replace(',', "{,}").replace('−', "-")
}

/// A symbol of the network's own: what follows its first `_` stands below.
fn symbol(name: &str) -> String {
    match name.split_once('_') {
        Some((base, below)) if !base.is_empty() && !below.is_empty() => format!("{}_{{{}}}", word(base), word(below)),
        _ => word(name),
    }
}

/// A letter as it is; more of them upright.
fn word(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii_alphanumeric() => text.to_owned(),
        _ if text.chars().all(|c| c.is_ascii_alphanumeric()) => format!(r"\mathrm{{{text}}}"),
        _ => format!(r"\text{{{}}}", escaped(text)),
    }
}

/// Text that LaTeX sets as it stands. What its fonts have no sign for is named by its number: `[U+4E2D]`.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    let mut last = ' ';
    for c in text.chars() {
        // `--`, `,,`, `<<`, `>>` and `''` would become one sign.
        if c == last && "-,<>'".contains(c) {
            safe.push_str("{}");
        }
        match c {
            '\\' => safe.push_str(r"\textbackslash{}"),
            '^' => safe.push_str(r"\textasciicircum{}"),
            '~' => safe.push_str(r"\textasciitilde{}"),
            '`' => safe.push_str(r"\textasciigrave{}"),
            '#' | '$' | '%' | '&' | '_' | '{' | '}' => safe.extend(['\\', c]),
            ' '..='~' => safe.push(c),
            c if c.is_whitespace() => safe.push(' '),
            c => match sign_of(c) {
                Some(sign) => safe.push_str(sign),
                None if is_letter(c) => safe.push(c),
                None => safe.push_str(&format!("[U+{:04X}]", u32::from(c))),
            },
        }
        last = c;
    }
    safe
}

/// The letters of European languages that every Latin font of LaTeX has.
fn is_letter(c: char) -> bool {
    let is_sign = matches!(c, '×' | '÷');
    matches!(c, 'À'..='ž') && !is_sign && !"ĦħĸĿŀŉŦŧ".contains(c)
}

/// Signs that LaTeX has a command for.
fn sign_of(c: char) -> Option<&'static str> {
    let at = SIGNS.binary_search_by_key(&c, |(sign, _)| *sign).ok()?;
    Some(SIGNS[at].1)
}

/// In the order of their numbers.
const SIGNS: &[(char, &str)] = &[
    ('§', r"\S{}"),
    ('±', r"\ensuremath{\pm}"),
    ('²', r"\textsuperscript{2}"),
    ('³', r"\textsuperscript{3}"),
    ('·', r"\ensuremath{\cdot}"),
    ('×', r"\ensuremath{\times}"),
    ('÷', r"\ensuremath{\div}"),
    ('α', r"\ensuremath{\alpha}"),
    ('β', r"\ensuremath{\beta}"),
    ('γ', r"\ensuremath{\gamma}"),
    ('δ', r"\ensuremath{\delta}"),
    ('ε', r"\ensuremath{\varepsilon}"),
    ('η', r"\ensuremath{\eta}"),
    ('θ', r"\ensuremath{\theta}"),
    ('κ', r"\ensuremath{\kappa}"),
    ('λ', r"\ensuremath{\lambda}"),
    ('μ', r"\ensuremath{\mu}"),
    ('π', r"\ensuremath{\pi}"),
    ('ρ', r"\ensuremath{\rho}"),
    ('σ', r"\ensuremath{\sigma}"),
    ('τ', r"\ensuremath{\tau}"),
    ('φ', r"\ensuremath{\varphi}"),
    ('ω', r"\ensuremath{\omega}"),
    ('–', "--"),
    ('—', "---"),
    ('‘', "`"),
    ('’', "'"),
    ('“', "``"),
    ('”', "''"),
    ('…', r"\dots{}"),
    ('→', r"\ensuremath{\to}"),
    ('⇄', r"\ensuremath{\rightleftharpoons}"),
    ('∅', r"\ensuremath{\emptyset}"),
    ('−', r"\ensuremath{-}"),
    ('√', r"\ensuremath{\surd}"),
    ('∞', r"\ensuremath{\infty}"),
    ('≈', r"\ensuremath{\approx}"),
    ('≠', r"\ensuremath{\neq}"),
    ('≤', r"\ensuremath{\le}"),
    ('≥', r"\ensuremath{\ge}"),
    ('⌈', r"\ensuremath{\lceil}"),
    ('⌉', r"\ensuremath{\rceil}"),
    ('⌊', r"\ensuremath{\lfloor}"),
    ('⌋', r"\ensuremath{\rfloor}"),
    ('✓', r"\ensuremath{\surd}"),
    ('✗', r"\ensuremath{\otimes}"),
];

#[cfg(test)]
mod tests {
    use super::{SIGNS, escaped};

    #[test]
    fn signs_are_in_order() {
        assert!(SIGNS.windows(2).all(|two| two[0].0 < two[1].0));
    }

    #[test]
    fn nothing_in_a_text_is_a_command() {
        assert_eq!(
            escaped(r"\input{a_b} 100% & #1 ~^$x$"),
            concat!(r"\textbackslash{}input\{a\_b\} 100\% \& \#1 ", r"\textasciitilde{}\textasciicircum{}\$x\$")
        );
        assert_eq!(
            escaped("a--b,,c\n\nd 中 “é” ⌊×⌋"),
            concat!("a-{}-b,{},c  d [U+4E2D] ``é'' ", r"\ensuremath{\lfloor}\ensuremath{\times}\ensuremath{\rfloor}")
        );
    }
}
