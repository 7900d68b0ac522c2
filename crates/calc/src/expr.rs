//! An expression as a person writes it: what workings and closed forms are made of.

use crate::Line;

/// An expression, ready to be set in any notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A number.
    Number(i128),
    /// A named quantity or a symbol, with its line where it has one.
    Name {
        /// What it is called.
        name: Box<str>,
        /// Where it stands.
        line: Option<Line>,
    },
    /// What cannot be said: a broken line, or a form too long to write out.
    Unknown,
    /// Terms added, or taken away where the flag is set.
    Sum(Vec<(bool, Expr)>),
    /// Factors multiplied.
    Product(Vec<Expr>),
    /// A division that leaves nothing over.
    Quotient(Box<Expr>, Box<Expr>),
    /// A division rounded down.
    Floor(Box<Expr>, Box<Expr>),
    /// A division rounded up.
    Ceil(Box<Expr>, Box<Expr>),
    /// The smallest.
    Min(Vec<Expr>),
    /// The largest.
    Max(Vec<Expr>),
}

impl Expr {
    /// A name that is no line of a page.
    pub fn name(name: impl Into<Box<str>>) -> Expr {
        Expr::Name { name: name.into(), line: None }
    }
}

impl std::fmt::Display for Expr {
    /// As plain text, the way people type it: `⌊(224 − 11 + 2 × 2)/2⌋ + 1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expr::Number(n) => write_grouped(*n, f),
            Expr::Name { name, .. } => f.write_str(name),
            Expr::Unknown => f.write_str("?"),
            Expr::Sum(terms) => {
                for (i, (minus, term)) in terms.iter().enumerate() {
                    f.write_str(match (i, minus) {
                        (0, false) => "",
                        (0, true) => "−",
                        (_, false) => " + ",
                        (_, true) => " − ",
                    })?;
                    let bracketed = *minus && matches!(term, Expr::Sum(_)) || i > 0 && term.is_negative();
                    term.within(f, bracketed)?;
                }
                Ok(())
            }
            Expr::Product(factors) => {
                for (i, factor) in factors.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { " × " })?;
                    let quotient = i > 0 && matches!(factor, Expr::Quotient(..));
                    factor.within(f, quotient || matches!(factor, Expr::Sum(_)) || i > 0 && factor.is_negative())?;
                }
                Ok(())
            }
            Expr::Quotient(a, b) => over(f, "", a, b, ""),
            Expr::Floor(a, b) => over(f, "⌊", a, b, "⌋"),
            Expr::Ceil(a, b) => over(f, "⌈", a, b, "⌉"),
            Expr::Min(list) => call(f, "min", list),
            Expr::Max(list) => call(f, "max", list),
        }
    }
}

impl Expr {
    fn within(&self, f: &mut std::fmt::Formatter<'_>, bracketed: bool) -> std::fmt::Result {
        if !bracketed {
            return std::fmt::Display::fmt(self, f);
        }
        f.write_str("(")?;
        std::fmt::Display::fmt(self, f)?;
        f.write_str(")")
    }

    fn is_negative(&self) -> bool {
        matches!(self, Expr::Number(n) if *n < 0)
    }
}

fn over(f: &mut std::fmt::Formatter<'_>, open: &str, a: &Expr, b: &Expr, close: &str) -> std::fmt::Result {
    f.write_str(open)?;
    a.within(f, matches!(a, Expr::Sum(_) | Expr::Quotient(..)))?;
    f.write_str("/")?;
    b.within(f, matches!(b, Expr::Sum(_) | Expr::Product(_) | Expr::Quotient(..)) || b.is_negative())?;
    f.write_str(close)
}

fn call(f: &mut std::fmt::Formatter<'_>, name: &str, list: &[Expr]) -> std::fmt::Result {
    f.write_str(name)?;
    for (i, argument) in list.iter().enumerate() {
        write!(f, "{}{argument}", if i == 0 { "(" } else { ", " })?;
    }
    f.write_str(")")
}

/// A number in groups of three, as people write it: 155,399,050.
pub fn grouped(n: i128) -> String {
    let mut text = String::with_capacity(20);
    // A string takes whatever is written to it.
    let _ = write_grouped(n, &mut text);
    text
}

fn write_grouped(n: i128, to: &mut impl std::fmt::Write) -> std::fmt::Result {
    to.write_str(if n < 0 { "−" } else { "" })?;
    let digits = n.unsigned_abs().to_string();
    // What is before the first comma has one to three digits.
    let (mut group, mut rest) = digits.split_at((digits.len() + 2) % 3 + 1);
    while !rest.is_empty() {
        to.write_str(group)?;
        to.write_str(",")?;
        (group, rest) = rest.split_at(3);
    }
    to.write_str(group)
}
