//! Forms written out.

use std::fmt;

use super::{Atom, Monomial, Poly, Term};
use crate::{Expr, Line};

impl Poly {
    /// The form as a person writes it.
    pub fn expr(&self) -> Expr {
        if let Some(n) = self.constant() {
            return Expr::Number(n);
        }
        let mut terms: Vec<(bool, Expr)> = self.as_read().map(|(m, c)| (*c < 0, product(m, c.abs()))).collect();
        if terms.len() == 1 && !terms[0].0 { terms.remove(0).1 } else { Expr::Sum(terms) }
    }

    /// The terms in order, but one that is added before all that are taken away.
    fn as_read(&self) -> impl Iterator<Item = &Term> {
        let first = self.terms.iter().position(|term| term.1 > 0).unwrap_or(0);
        self.terms[first..].iter().take(1).chain(&self.terms[..first]).chain(self.terms.iter().skip(first + 1))
    }
}

fn product(monomial: &Monomial, n: i128) -> Expr {
    let number = (n != 1 || monomial.0.is_empty()).then_some(Expr::Number(n));
    let mut factors: Vec<Expr> = number.into_iter().chain(monomial.factors().map(Atom::expr)).collect();
    if factors.len() == 1 { factors.remove(0) } else { Expr::Product(factors) }
}

impl Monomial {
    /// Every atom, as often as its power says.
    fn factors(&self) -> impl Iterator<Item = &Atom> {
        self.0.iter().flat_map(|(atom, power)| std::iter::repeat_n(atom, *power as usize))
    }
}

impl Atom {
    fn expr(&self) -> Expr {
        let all = |polys: &[Poly]| polys.iter().map(Poly::expr).collect();
        match self {
            Atom::Symbol(line, name) => Expr::Name { name: (&**name).into(), line: Some(Line::new(*line)) },
            Atom::Floor(parts) => Expr::Floor(Box::new(parts.0.expr()), Box::new(parts.1.expr())),
            Atom::Exact(parts) => Expr::Quotient(Box::new(parts.0.expr()), Box::new(parts.1.expr())),
            Atom::Min(polys) => Expr::Min(all(polys)),
            Atom::Max(polys) => Expr::Max(all(polys)),
        }
    }
}

/// As Python reads it: `64*N*(H//2)`.
impl fmt::Display for Poly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        for (i, (m, c)) in self.as_read().enumerate() {
            f.write_str(match (i, *c < 0) {
                (0, true) => "-",
                (0, false) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            })?;
            let number = (*c != 1 && *c != -1 || m.0.is_empty()).then(|| c.abs().to_string());
            // `-H//2` would be (−H)//2, and `3*H//2` is (3·H)//2.
            let alone = m.factors().count() == 1 && number.is_none() && (i > 0 || *c > 0);
            let atoms = m.factors().map(|atom| match atom {
                Atom::Floor(_) | Atom::Exact(_) if !alone => format!("({atom})"),
                _ => atom.to_string(),
            });
            f.write_str(&number.into_iter().chain(atoms).collect::<Vec<_>>().join("*"))?;
        }
        Ok(())
    }
}

/// As Python reads it. An exact quotient is written as a floor too, which is the same number wherever it is one.
impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |polys: &[Poly]| polys.iter().map(Poly::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Atom::Symbol(_, name) => f.write_str(name),
            Atom::Floor(parts) | Atom::Exact(parts) => {
                let (over, under) = &**parts;
                // `*` and `//` are read from the left, so a product above needs no parentheses and one below does.
                let bare_over = over.terms.len() <= 1 && !over.is_led_by_minus();
                let bare_under = match &*under.terms {
                    [(m, 1)] => matches!(&*m.0, [] | [(Atom::Symbol(..) | Atom::Min(_) | Atom::Max(_), 1)]),
                    _ => under.constant().is_some(),
                };
                if bare_over {
                    write!(f, "{over}//")?
                } else {
                    write!(f, "({over})//")?
                }
                if bare_under { write!(f, "{under}") } else { write!(f, "({under})") }
            }
            Atom::Min(polys) => write!(f, "min({})", list(polys)),
            Atom::Max(polys) => write!(f, "max({})", list(polys)),
        }
    }
}
