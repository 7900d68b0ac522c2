//! Expressions in MathML Core, which browsers set without a script.
//!
//! An equation is several `<math>` elements, one a side: browsers break a line between two of them, but never in one.

use calc::{Expr, grouped};
use workings::glossary;

use crate::report::Equation;

/// How many terms of a sum, or factors of a product, stand together before a line may be broken between them.
const TOGETHER: usize = 4;

/// An equation, ready to stand in a line of text.
pub fn equation(equation: &Equation) -> String {
    let name = equation.name.as_ref().map(|name| Expr::name(name.as_str()));
    let meant = [name.as_ref(), equation.symbols.as_ref()].into_iter().flatten().map(|side| (side, true));
    let own = [equation.numbers.as_ref(), equation.result.as_ref()].into_iter().flatten().map(|side| (side, false));
    let mut pieces = Vec::new();
    for (i, (side, meant)) in meant.chain(own).enumerate() {
        let lead = if i == 0 { "" } else { r#"<mo form="infix">=</mo>"# };
        pieces.extend(Writer { meant }.pieces(side, lead));
    }
    pieces.join("<wbr>")
}

/// An expression in one piece.
pub fn expr(expr: &Expr) -> String {
    math(&Writer { meant: true }.row(expr))
}

/// A name as it stands in a legend.
pub fn name(name: &str) -> String {
    math(&Writer { meant: false }.named(name))
}

fn math(inside: &str) -> String {
    format!("<math>{inside}</math>")
}

/// Writes expressions.
struct Writer {
    /// Whether names are the glossary's, and say what they mean; else they are symbols of the network's own.
    meant: bool,
}

impl Writer {
    /// A side of an equation in pieces between which a line may be broken.
    fn pieces(&self, side: &Expr, lead: &str) -> Vec<String> {
        let piece = |i: usize, sign: &str, part: String| {
            let lead = if i == 0 { lead } else { "" };
            math(&format!("{lead}{sign}{part}"))
        };
        match side {
            Expr::Sum(terms) if terms.len() > TOGETHER => {
                let terms = terms.iter().enumerate();
                terms.map(|(i, (minus, term))| piece(i, sign(i, *minus), self.term(i, *minus, term))).collect()
            }
            Expr::Product(factors) if factors.len() > TOGETHER => {
                let factors = factors.iter().enumerate();
                factors.map(|(i, factor)| piece(i, if i == 0 { "" } else { TIMES }, self.factor(i, factor))).collect()
            }
            _ => vec![piece(0, "", self.row(side))],
        }
    }

    /// An expression without brackets around it.
    fn row(&self, expr: &Expr) -> String {
        match expr {
            Expr::Number(n) => number(*n),
            Expr::Name { name, .. } => self.named(name),
            Expr::Unknown => "<mi>?</mi>".to_owned(),
            Expr::Sum(terms) => {
                let terms = terms.iter().enumerate();
                terms.map(|(i, (minus, term))| format!("{}{}", sign(i, *minus), self.term(i, *minus, term))).collect()
            }
            Expr::Product(factors) => {
                let factors: Vec<String> = factors.iter().enumerate().map(|(i, e)| self.factor(i, e)).collect();
                factors.join(TIMES)
            }
            Expr::Quotient(a, b) => self.over(a, b),
            Expr::Floor(a, b) => format!("<mrow><mo>⌊</mo>{}<mo>⌋</mo></mrow>", self.over(a, b)),
            Expr::Ceil(a, b) => format!("<mrow><mo>⌈</mo>{}<mo>⌉</mo></mrow>", self.over(a, b)),
            Expr::Min(list) => self.call("min", list),
            Expr::Max(list) => self.call("max", list),
        }
    }

    fn term(&self, i: usize, minus: bool, term: &Expr) -> String {
        self.within(term, minus && matches!(term, Expr::Sum(_)) || i > 0 && is_negative(term))
    }

    fn factor(&self, i: usize, factor: &Expr) -> String {
        self.within(factor, matches!(factor, Expr::Sum(_)) || i > 0 && is_negative(factor))
    }

    fn within(&self, expr: &Expr, bracketed: bool) -> String {
        let row = self.row(expr);
        if bracketed { format!("<mrow><mo>(</mo>{row}<mo>)</mo></mrow>") } else { row }
    }

    fn over(&self, a: &Expr, b: &Expr) -> String {
        format!("<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>", self.row(a), self.row(b))
    }

    fn call(&self, name: &str, list: &[Expr]) -> String {
        let arguments: Vec<String> =
            list.iter().map(|argument| format!("<mrow>{}</mrow>", self.row(argument))).collect();
        format!("<mi>{name}</mi><mrow><mo>(</mo>{}<mo>)</mo></mrow>", arguments.join("<mo>,</mo>"))
    }

    fn named(&self, name: &str) -> String {
        let term = glossary::term_of(name).filter(|_| self.meant);
        let title = term.map_or(String::new(), |term| format!(r#" title="{}""#, escaped(term.says)));
        match name.split_once('_') {
            Some((base, below)) if !base.is_empty() && !below.is_empty() => {
                format!("<msub{title}><mi>{}</mi><mi>{}</mi></msub>", escaped(base), escaped(below))
            }
            _ => format!("<mi{title}>{}</mi>", escaped(name)),
        }
    }
}

const TIMES: &str = r#"<mo form="infix">×</mo>"#;

fn sign(i: usize, minus: bool) -> &'static str {
    match (i, minus) {
        (0, false) => "",
        (0, true) => r#"<mo form="prefix">−</mo>"#,
        (_, false) => r#"<mo form="infix">+</mo>"#,
        (_, true) => r#"<mo form="infix">−</mo>"#,
    }
}

fn number(n: i128) -> String {
    let digits = grouped(n);
    match digits.strip_prefix('−') {
        Some(digits) => format!(r#"<mrow><mo form="prefix">−</mo><mn>{digits}</mn></mrow>"#),
        None => format!("<mn>{digits}</mn>"),
    }
}

fn is_negative(expr: &Expr) -> bool {
    matches!(expr, Expr::Number(n) if *n < 0)
}

/// Text that HTML takes as text, also between double quotes.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            // Also the signs that turn the direction of what follows.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => safe.push('\u{FFFD}'),
            c if c.is_control() => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}
