//! Division of forms: what cancels, what comes out whole, and what stays a quotient.

use std::rc::Rc;

use super::{Atom, Formed, NoForm, Poly, STEPS};
use crate::arithmetic::join;
use crate::{Line, Pair};

/// p ÷ q, rounded down unless it is `exact`.
///
/// What cancels is taken not to be 0: where it is, q is 0 too and the line is broken.
pub(super) fn divided(mut p: Poly, mut q: Poly, exact: bool, here: Line) -> Formed {
    if q.terms.is_empty() {
        return Err(NoForm::Broken(here));
    }
    let (mut whole, mut sign) = (Poly::number(0)?, 1);
    loop {
        if q.is_led_by_minus() {
            (p, q) = (p.negated(), q.negated());
        }
        (p, q) = lowest_terms(&p, &q, exact)?;
        let (quotient, rest) = p.shared_out(&q)?;
        whole = whole.plus(&quotient, sign)?;
        p = rest;
        let Some(b) = q.constant() else { break };
        if exact && p.constant().is_some_and(|left| left != 0) {
            return Err(NoForm::Broken(here));
        }
        if let Some((x, a)) = p.nested(exact) {
            // ⌊(⌊x/a⌋ + y)/b⌋ = ⌊(x + a·y)/(a·b)⌋, and the same where nothing is left over
            p = x?;
            q = Poly::number(a.checked_mul(b).ok_or(NoForm::TooLong)?)?;
        } else if p.is_led_by_minus() {
            // ⌊p/b⌋ = −⌈−p/b⌉ = −⌊(−p + b − 1)/b⌋
            p = p.negated().plus(&Poly::number(if exact { 0 } else { b - 1 })?, 1)?;
            sign = -sign;
        } else {
            break;
        }
    }
    if p.terms.is_empty() {
        return Ok(whole);
    }
    let parts = Rc::new((p, q));
    whole.plus(&Poly::atom(if exact { Atom::Exact(parts) } else { Atom::Floor(parts) })?, sign)
}

/// Both without the factors that all their terms share.
fn lowest_terms(p: &Poly, q: &Poly, exact: bool) -> Result<(Poly, Poly), NoForm> {
    // ⌊(g·x + c)/(g·b)⌋ = ⌊(x + ⌊c/g⌋)/b⌋: under a number, rounding down frees the constant from having the factor.
    let free = !exact && q.constant().is_some();
    let counted = || q.terms.iter().chain(p.terms.iter().filter(|(m, _)| !(free && m.0.is_empty())));
    let number = counted().fold(0, |g, (_, c)| gcd(g, *c));
    let atoms = counted().skip(1).fold(q.terms[0].0.clone(), |shared, (m, _)| shared.common(m));
    if number == 1 && atoms.0.is_empty() {
        return Ok((p.clone(), q.clone()));
    }
    let reduce =
        |poly: &Poly| Poly::collect(poly.terms.iter().map(|(m, c)| Some((m.over(&atoms)?, c.div_euclid(number)))));
    Ok((reduce(p)?, reduce(q)?))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Poly {
    /// A quotient and a rest: self = quotient · by + rest. A sum shares out everything or nothing.
    fn shared_out(&self, by: &Poly) -> Result<(Poly, Poly), NoForm> {
        let [(atoms, number)] = &*by.terms else {
            return match self.without_rest(by) {
                Some(quotient) => Ok((quotient, Poly::number(0)?)),
                None => Ok((Poly::number(0)?, self.clone())),
            };
        };
        let (mut quotient, mut rest) = (Vec::new(), Vec::new());
        for (m, c) in self.terms.iter() {
            match m.over(atoms) {
                Some(left) if c % number == 0 || m.0.is_empty() => {
                    quotient.push(Some((left, c.div_euclid(*number))));
                    rest.push(Some((m.clone(), c.rem_euclid(*number))));
                }
                _ => rest.push(Some((m.clone(), *c))),
            }
        }
        Ok((Poly::collect(quotient)?, Poly::collect(rest)?))
    }

    /// The long division by a sum, where it ends.
    fn without_rest(&self, by: &Poly) -> Option<Poly> {
        let (atoms, number) = by.terms.first()?;
        let (mut quotient, mut rest) = (Poly::number(0).ok()?, self.clone());
        for _ in 0..STEPS {
            let Some((m, c)) = rest.terms.first() else { return Some(quotient) };
            let term = Poly::collect([Some((m.over(atoms)?, join(Pair::Div, *c, *number)?))]).ok()?;
            rest = rest.plus(&by.times(&term).ok()?, -1).ok()?;
            quotient = quotient.plus(&term, 1).ok()?;
        }
        rest.terms.is_empty().then_some(quotient)
    }

    /// x and a, where this is x/a: a quotient by a number, and whatever else is added to it, brought over its divisor.
    fn nested(&self, exact: bool) -> Option<(Formed, i128)> {
        let mut quotients =
            self.terms.iter().filter(|(m, _)| m.0.iter().any(|(atom, _)| atom.divided(exact).is_some()));
        let (Some((m, sign @ (1 | -1))), None) = (quotients.next(), quotients.next()) else { return None };
        let [(atom, 1)] = &*m.0 else { return None };
        let (x, by) = atom.divided(exact)?;
        let a = by.constant()?;
        // self = s·⌊x/a⌋ + others, and −⌊x/a⌋ = ⌊(−x + a − 1)/a⌋
        let up = if exact || *sign == 1 { 0 } else { a - 1 };
        let whole = || {
            let others = self.plus(&Poly::atom(atom.clone())?, -sign)?;
            Poly::number(up)?.plus(x, *sign)?.plus(&others, a)
        };
        Some((whole(), a))
    }
}

impl Atom {
    /// What is divided by what, of a quotient of this kind.
    fn divided(&self, exact: bool) -> Option<(&Poly, &Poly)> {
        match (self, exact) {
            (Atom::Floor(parts), false) | (Atom::Exact(parts), true) => Some((&parts.0, &parts.1)),
            _ => None,
        }
    }
}
