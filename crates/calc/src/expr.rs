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
