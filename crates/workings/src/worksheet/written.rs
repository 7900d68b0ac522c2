//! Arithmetic as somebody wrote it.

use crate::fault::Place;

/// A figure as it was read, digit by digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its digits, without separators of thousands; at most one decimal point.
    pub digits: Box<str>,
    /// Where it was read.
    pub place: Place,
}

impl Figure {
    /// The whole number that it is, if it is one that fits.
    pub fn value(&self) -> Option<i128> {
        self.digits.parse().ok()
    }
}

/// Arithmetic as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A figure.
    Figure(Figure),
    /// A name: `W`, `2P`'s `P`. It has no value.
    Name(Box<str>),
    /// `a × b × c`; a shape too.
    Product(Vec<Written>),
    /// `a − b + c`: each term with whether it is taken away.
    Sum(Vec<(bool, Written)>),
    /// `a / b`
    Quotient(Box<Written>, Box<Written>),
    /// `⌊a⌋`
    Floor(Box<Written>),
    /// `⌈a⌉`
    Ceil(Box<Written>),
}

/// A fraction, its denominator above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub over: i128,
    /// Below it.
    pub under: i128,
}

impl Ratio {
    fn of(over: i128, under: i128) -> Option<Ratio> {
        if under == 0 || over == i128::MIN || under == i128::MIN {
            return None;
        }
        let divisor = gcd(over.unsigned_abs(), under.unsigned_abs()) as i128 * under.signum();
        Some(Ratio { over: over / divisor, under: under / divisor })
    }

    /// Rounded down.
    pub fn floor(self) -> i128 {
        self.over.div_euclid(self.under)
    }

    /// Rounded up.
    pub fn ceil(self) -> i128 {
        -(-self.over).div_euclid(self.under)
    }

    /// The whole number that it is, if it is one.
    pub fn whole(self) -> Option<i128> {
        (self.under == 1).then_some(self.over)
    }

    fn plus(self, other: Ratio) -> Option<Ratio> {
        let over = self.over.checked_mul(other.under)?.checked_add(other.over.checked_mul(self.under)?)?;
        Ratio::of(over, self.under.checked_mul(other.under)?)
    }

    fn times(self, other: Ratio) -> Option<Ratio> {
        Ratio::of(self.over.checked_mul(other.over)?, self.under.checked_mul(other.under)?)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

impl Written {
    /// The figures in it, in order.
    pub fn figures(&self) -> Vec<&Figure> {
        let mut figures = Vec::new();
        self.each(&mut |figure| figures.push(figure));
        figures
    }

    fn each<'w>(&'w self, found: &mut impl FnMut(&'w Figure)) {
        match self {
            Written::Figure(figure) => found(figure),
            Written::Name(_) => {}
            Written::Product(parts) => parts.iter().for_each(|part| part.each(&mut *found)),
            Written::Sum(terms) => terms.iter().for_each(|(_, term)| term.each(&mut *found)),
            Written::Quotient(a, b) => [a, b].into_iter().for_each(|part| part.each(&mut *found)),
            Written::Floor(inner) | Written::Ceil(inner) => inner.each(found),
        }
    }

    /// The figure that it is, if it is nothing else.
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Written::Figure(figure) => Some(figure),
            _ => None,
        }
    }

    /// The figures of a product of figures, or of a figure alone: a shape, a list of factors.
    pub fn factors(&self) -> Option<Vec<&Figure>> {
        match self {
            Written::Figure(figure) => Some(vec![figure]),
            Written::Product(parts) => parts.iter().map(Written::figure).collect(),
            _ => None,
        }
    }

    /// What it comes to, exactly; `None` where there is a name in it, a division by zero, or more than 127 bits.
    pub fn value(&self) -> Option<Ratio> {
        match self {
            Written::Figure(figure) => match figure.digits.split_once('.') {
                None => Ratio::of(figure.value()?, 1),
                Some((whole, part)) => {
                    let under = 10i128.checked_pow(u32::try_from(part.len()).ok()?)?;
                    Ratio::of(format!("{whole}{part}").parse().ok()?, under)
                }
            },
            Written::Name(_) => None,
            Written::Product(parts) => {
                parts.iter().try_fold(Ratio { over: 1, under: 1 }, |product, part| product.times(part.value()?))
            }
            Written::Sum(terms) => terms.iter().try_fold(Ratio { over: 0, under: 1 }, |sum, (minus, term)| {
                let term = term.value()?;
                sum.plus(if *minus { Ratio { over: -term.over, ..term } } else { term })
            }),
            Written::Quotient(a, b) => {
                let (a, b) = (a.value()?, b.value()?);
                a.times(Ratio::of(b.under, b.over)?)
            }
            Written::Floor(inner) => Ratio::of(inner.value()?.floor(), 1),
            Written::Ceil(inner) => Ratio::of(inner.value()?.ceil(), 1),
        }
    }
}

impl std::fmt::Display for Written {
    /// As it was written, in one hand: `(150 − 3 + 2)/1 + 1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Written::Figure(figure) => f.write_str(&figure.digits),
            Written::Name(name) => f.write_str(name),
            Written::Product(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { " × " })?;
                    part.within(f, matches!(part, Written::Sum(_)))?;
                }
                Ok(())
            }
            Written::Sum(terms) => {
                for (i, (minus, term)) in terms.iter().enumerate() {
                    f.write_str(match (i, minus) {
                        (0, false) => "",
                        (0, true) => "−",
                        (_, false) => " + ",
                        (_, true) => " − ",
                    })?;
                    term.within(f, matches!(term, Written::Sum(_)))?;
                }
                Ok(())
            }
            Written::Quotient(a, b) => {
                a.within(f, matches!(**a, Written::Sum(_) | Written::Product(_)))?;
                f.write_str("/")?;
                b.within(f, matches!(**b, Written::Sum(_) | Written::Product(_) | Written::Quotient(..)))
            }
            Written::Floor(inner) => write!(f, "⌊{inner}⌋"),
            Written::Ceil(inner) => write!(f, "⌈{inner}⌉"),
        }
    }
}

impl Written {
    fn within(&self, f: &mut std::fmt::Formatter<'_>, bracketed: bool) -> std::fmt::Result {
        if bracketed { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}
