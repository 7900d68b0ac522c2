//! Closed forms: what an open line comes to, collected into a polynomial.
//!
//! Its coefficients are integers and its atoms are the symbols of the page and what does not multiply out: quotients,
//! minima and maxima. Equal forms are collected into equal polynomials as far as the rules here reach: three halvings
//! become one `H//8`. A form and its line agree wherever the line comes to a number. Where the line is broken the form may
//! still have a value: `H/H` is 1, also for H = 0.

mod divide;
mod write;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::rc::Rc;

use self::divide::divided;
use crate::arithmetic::{floor_div, join};
use crate::working::ByNumber;
use crate::{Line, Page, Pair, Step, Value};

/// The largest form: symbols and terms, those inside its atoms too, each as often as it would be written.
const SIZE: usize = 4_000;

/// How deep atoms stand in atoms.
const DEPTH: usize = 200;

/// What one reading may spend, in sizes of the forms that it handles: bounds its time and its memory.
const WORK: usize = 5_000_000;

/// How many names of one line are looked through at once.
const NAMES: usize = 8;

/// How many parts of a sum are added up at once.
const PARTS: usize = 64;

/// How many terms a quotient by a sum may have.
const STEPS: usize = 32;

/// Why a line has no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoForm {
    /// The line comes to no number, whatever the symbols are; the line where it first went wrong.
    Broken(Line),
    /// The form, or all forms of this reading together, are longer than anybody reads, or a coefficient has more than
    /// 127 bits.
    TooLong,
}

type Formed = Result<Poly, NoForm>;

/// What is multiplied and added in a [`Poly`]. The order is the one of factors in a product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// A symbol: the first line on the page that has its name, and the name.
    Symbol(u32, Rc<str>),
    /// A quotient rounded down.
    Floor(Rc<(Poly, Poly)>),
    /// A quotient that leaves nothing over.
    Exact(Rc<(Poly, Poly)>),
    /// The smallest of two or more.
    Min(Rc<[Poly]>),
    /// The largest of two or more.
    Max(Rc<[Poly]>),
}

/// Atoms with their powers, in order; none is the factor of a constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Monomial(Rc<[(Atom, u32)]>);

type Term = (Monomial, i128);

/// A polynomial: terms in order, the highest degree first and the constant last. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Poly {
    terms: Rc<[Term]>,
    size: usize,
    depth: usize,
}

/// The forms of one page: a reading that remembers what it has collected.
///
/// ```
/// use calc::{Calc, Forms};
///
/// let calc = Calc::new();
/// let (batch, size) = (calc.symbol("N", None), calc.symbol("H", None));
/// let out = (size + 2 * 3 - 7).floor_div(2) + 1;
/// let outputs = (batch * 64 * out).line();
/// assert_eq!(Forms::new(&calc.into_page()).form(outputs).unwrap().to_string(), "64*N*((H + 1)//2)");
/// ```
pub struct Forms<'p> {
    page: &'p Page,
    symbols: HashMap<&'p str, u32>,
    known: HashMap<Line, Formed, BuildHasherDefault<ByNumber>>,
    work: usize,
}

impl<'p> Forms<'p> {
    /// A reading of this page.
    pub fn new(page: &'p Page) -> Forms<'p> {
        let mut symbols = HashMap::new();
        for (line, name) in page.symbols() {
            symbols.entry(name).or_insert(line.number());
        }
        Forms { page, symbols, known: HashMap::default(), work: WORK }
    }

    /// What a line comes to, collected.
    pub fn form(&mut self, line: Line) -> Result<Poly, NoForm> {
        // No recursion: a page may be a chain of a hundred thousand lines. Lines stand after the lines that they use.
        let mut met: HashSet<Line, BuildHasherDefault<ByNumber>> = HashSet::default();
        let line = self.source(line);
        let mut ahead = vec![line];
        while let Some(line) = ahead.pop() {
            let open = self.page.value(line) == Value::Open;
            if open && !self.known.contains_key(&line) && met.insert(line) {
                match self.summands(line) {
                    Some(parts) => ahead.extend(parts),
                    None => ahead.extend(self.page.uses(line).map(|used| self.source(used))),
                }
            }
        }
        let mut needed: Vec<Line> = met.into_iter().collect();
        needed.sort_unstable();
        self.known.reserve(needed.len());
        for line in needed {
            let form = self.collected(line);
            self.known.insert(line, form);
        }
        self.at(line)
    }

    /// The line that another name or a place of this line stands for, a few of these further up at most.
    fn source(&self, line: Line) -> Line {
        let of = |line: &Line| match self.page.step(*line) {
            Step::Given { of: Some(of), .. } | Step::Called { of, .. } | Step::Taken { of, .. } => Some(of),
            _ => None,
        };
        std::iter::successors(Some(line), of).take(NAMES).last().unwrap_or(line)
    }

    /// What is added up where a line is the end of a long sum: nobody asks for what that comes to halfway. The last first; the
    /// rest of a sum with more parts than this takes is one part.
    fn summands(&self, line: Line) -> Option<Vec<Line>> {
        let (mut parts, mut rest) = (Vec::new(), line);
        while let Step::Pair { pair: Pair::Add, a, b } = self.page.step(rest)
            && parts.len() < PARTS
            && !self.known.contains_key(&rest)
        {
            parts.push(self.source(b));
            rest = self.source(a);
        }
        parts.push(rest);
        (parts.len() > 1).then_some(parts)
    }

    fn at(&self, line: Line) -> Formed {
        match self.page.value(line) {
            Value::Known(n) => Poly::number(n),
            Value::Broken(first) => Err(NoForm::Broken(first)),
            Value::Open => self.known[&line].clone(),
        }
    }

    fn collected(&mut self, line: Line) -> Formed {
        if let Some(mut parts) = self.summands(line) {
            let first = parts.pop().map_or_else(|| Poly::number(0), |first| self.at(first));
            return parts.iter().rev().try_fold(first?, |sum, part| {
                let part = self.at(*part)?;
                self.spend(Pair::Add, &sum, &part)?;
                sum.and(&part)
            });
        }
        match self.page.step(line) {
            Step::Symbol { name } => Poly::atom(Atom::Symbol(self.symbols[name], name.into())),
            Step::Given { of: Some(of), .. } | Step::Called { of, .. } | Step::Taken { of, .. } => {
                self.at(self.source(of))
            }
            Step::Claimed { claim } => self.at(self.source(claim.subject)),
            Step::Pair { pair, a, b } => {
                let (p, q) = (self.at(self.source(a))?, self.at(self.source(b))?);
                self.spend(pair, &p, &q)?;
                joined(pair, &p, &q, line)
            }
            // These are never open.
            Step::Literal | Step::Given { of: None, .. } | Step::Broken { .. } => Err(NoForm::Broken(line)),
        }
    }

    /// Asked before anything is multiplied out.
    fn spend(&mut self, pair: Pair, p: &Poly, q: &Poly) -> Result<(), NoForm> {
        let cost = match pair {
            Pair::Mul => p.size_with(q)?,
            Pair::Div | Pair::FloorDiv | Pair::CeilDiv if q.terms.len() > 1 => STEPS * (p.size + q.size),
            _ => p.size + q.size,
        };
        self.work = self.work.checked_sub(cost).ok_or(NoForm::TooLong)?;
        Ok(())
    }
}

fn joined(pair: Pair, p: &Poly, q: &Poly, here: Line) -> Formed {
    if let (Some(a), Some(b)) = (p.constant(), q.constant()) {
        return Poly::number(join(pair, a, b).ok_or(NoForm::Broken(here))?);
    }
    match pair {
        Pair::Add => p.plus(q, 1),
        Pair::Sub => p.plus(q, -1),
        Pair::Mul => p.times(q),
        Pair::Div => divided(p.clone(), q.clone(), true, here),
        Pair::FloorDiv => divided(p.clone(), q.clone(), false, here),
        Pair::CeilDiv => match q.constant() {
            Some(b) if b > 0 => divided(p.plus(&Poly::number(b - 1)?, 1)?, q.clone(), false, here),
            _ => Ok(divided(p.negated(), q.clone(), false, here)?.negated()),
        },
        Pair::Min => extreme(p, q, true),
        Pair::Max => extreme(p, q, false),
    }
}

/// The smallest of all, or the largest. Of those that differ by a number, one is enough.
fn extreme(p: &Poly, q: &Poly, smallest: bool) -> Formed {
    let mut all: Vec<Poly> = [p, q].into_iter().flat_map(|poly| poly.candidates(smallest)).cloned().collect();
    all.sort_by(|a, b| {
        let constants = a.last().cmp(&b.last());
        a.varying().cmp(b.varying()).then(if smallest { constants } else { constants.reverse() })
    });
    all.dedup_by(|later, kept| later.varying() == kept.varying());
    match &*all {
        [only] => Ok(only.clone()),
        _ if smallest => Poly::atom(Atom::Min(all.into())),
        _ => Poly::atom(Atom::Max(all.into())),
    }
}

impl Poly {
    fn number(n: i128) -> Formed {
        match n {
            0 => Ok(Poly { terms: Rc::new([]), size: 0, depth: 0 }),
            i128::MIN => Err(NoForm::TooLong),
            n => Ok(Poly { terms: Rc::new([(Monomial(Rc::new([])), n)]), size: 1, depth: 0 }),
        }
    }

    fn atom(atom: Atom) -> Formed {
        Poly::collect([Some((Monomial(Rc::new([(atom, 1)])), 1))])
    }

    /// The sum of these terms; none of them where a coefficient is too large.
    fn collect(terms: impl IntoIterator<Item = Option<Term>>) -> Formed {
        let mut terms: Vec<Term> = terms.into_iter().collect::<Option<_>>().ok_or(NoForm::TooLong)?;
        terms.sort_by(|a, b| a.0.cmp(&b.0));
        Poly::merged(terms.len(), terms.into_iter())
    }

    /// The sum of terms that are in order, and so many at most.
    fn merged(most: usize, terms: impl Iterator<Item = Term>) -> Formed {
        let mut merged: Vec<Term> = Vec::with_capacity(most);
        for (monomial, n) in terms {
            match merged.last_mut() {
                Some((last, sum)) if *last == monomial => *sum = sum.checked_add(n).ok_or(NoForm::TooLong)?,
                _ => merged.push((monomial, n)),
            }
        }
        merged.retain(|term| term.1 != 0);
        let size = merged.iter().map(|(m, _)| 1 + m.size()).sum();
        let depth = merged.iter().flat_map(|(m, _)| m.0.iter()).map(|(atom, _)| atom.depth()).max().unwrap_or(0);
        // The one number of 128 bits is left out so that every coefficient can change its sign.
        if size > SIZE || depth > DEPTH || merged.iter().any(|term| term.1 == i128::MIN) {
            return Err(NoForm::TooLong);
        }
        Ok(Poly { terms: merged.into(), size, depth })
    }

    /// self + n · other
    fn plus(&self, other: &Poly, n: i128) -> Formed {
        // Both are in order.
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        let mut long = false;
        let most = self.terms.len() + other.terms.len();
        let sum = Poly::merged(
            most,
            std::iter::from_fn(|| {
                let is_left = match (left.peek(), right.peek()) {
                    (Some(one), Some(other)) => one.0 <= other.0,
                    (one, _) => one.is_some(),
                };
                if is_left {
                    return left.next().cloned();
                }
                let (monomial, coefficient) = right.next()?;
                let coefficient = coefficient.checked_mul(n);
                long |= coefficient.is_none();
                Some((monomial.clone(), coefficient?))
            }),
        );
        if long { Err(NoForm::TooLong) } else { sum }
    }

    /// self + other, in place where both are of the same monomials and none of them goes: the sum of thousands of rows.
    fn and(mut self, other: &Poly) -> Formed {
        let sum = |a: i128, b: i128| a.checked_add(b).filter(|sum| *sum != 0 && *sum != i128::MIN);
        let mut both = self.terms.iter().zip(&*other.terms);
        let alike = self.terms.len() == other.terms.len()
            && both.all(|((one, a), (other, b))| one == other && sum(*a, *b).is_some());
        match Rc::get_mut(&mut self.terms).filter(|_| alike) {
            Some(terms) => {
                terms.iter_mut().zip(&*other.terms).for_each(|((_, a), (_, b))| *a += b);
                Ok(self)
            }
            None => self.plus(other, 1),
        }
    }

    /// The size of the product before equal terms are added, which must not be out of all proportion.
    fn size_with(&self, other: &Poly) -> Result<usize, NoForm> {
        let size = self.terms.len() * other.size + other.terms.len() * self.size;
        if size > 4 * SIZE { Err(NoForm::TooLong) } else { Ok(size) }
    }

    fn times(&self, other: &Poly) -> Formed {
        self.size_with(other)?;
        match (self.constant(), other.constant()) {
            (_, Some(n)) => return self.scaled(n),
            (Some(n), _) => return other.scaled(n),
            _ => {}
        }
        Poly::collect(
            self.terms
                .iter()
                .flat_map(|(m, a)| other.terms.iter().map(move |(n, b)| Some((m.times(n), a.checked_mul(*b)?)))),
        )
    }

    /// n · self
    fn scaled(&self, n: i128) -> Formed {
        if n == 0 {
            return Poly::number(0);
        }
        // They stay in order, and apart.
        match self.terms.iter().all(|(_, c)| c.checked_mul(n).is_some_and(|n| n != i128::MIN)) {
            true => Ok(Poly { terms: self.terms.iter().map(|(m, c)| (m.clone(), c * n)).collect(), ..*self }),
            false => Err(NoForm::TooLong),
        }
    }

    fn negated(&self) -> Poly {
        Poly { terms: self.terms.iter().map(|(m, c)| (m.clone(), -c)).collect(), ..*self }
    }

    /// What a minimum, or a maximum, has to choose from.
    fn candidates(&self, smallest: bool) -> &[Poly] {
        if let [(m, 1)] = &*self.terms
            && let ([(Atom::Min(all), 1)], true) | ([(Atom::Max(all), 1)], false) = (&*m.0, smallest)
        {
            return all;
        }
        std::slice::from_ref(self)
    }

    /// The terms without the constant.
    fn varying(&self) -> &[Term] {
        match &*self.terms {
            [varying @ .., (m, _)] if m.0.is_empty() => varying,
            all => all,
        }
    }

    /// The constant at the end.
    fn last(&self) -> i128 {
        self.terms.last().map_or(0, |(m, n)| if m.0.is_empty() { *n } else { 0 })
    }

    fn is_led_by_minus(&self) -> bool {
        self.terms.first().is_some_and(|term| term.1 < 0)
    }

    /// The number that this is, where it has no atoms.
    pub fn constant(&self) -> Option<i128> {
        self.varying().is_empty().then(|| self.last())
    }

    /// Its terms: atoms with their powers, and the coefficient.
    pub fn terms(&self) -> impl Iterator<Item = (&[(Atom, u32)], i128)> {
        self.terms.iter().map(|(m, c)| (&*m.0, *c))
    }

    /// What it comes to where the symbols are these numbers. Nothing where one of them is missing, a division is by 0 or
    /// should leave nothing over and does, or a number on the way has more than 127 bits.
    pub fn evaluate(&self, symbol: &dyn Fn(&str) -> Option<i128>) -> Option<i128> {
        self.terms.iter().try_fold(0_i128, |sum, (m, c)| {
            let mut factors = m.0.iter();
            let term = factors.try_fold(*c, |product, (atom, power)| {
                product.checked_mul(atom.evaluate(symbol)?.checked_pow(*power)?)
            })?;
            sum.checked_add(term)
        })
    }
}

impl Monomial {
    fn size(&self) -> usize {
        self.0.iter().map(|(atom, power)| *power as usize * atom.size()).sum()
    }

    fn power(&self, atom: &Atom) -> u32 {
        self.0.binary_search_by(|factor| factor.0.cmp(atom)).map_or(0, |at| self.0[at].1)
    }

    fn with_powers(&self, power: impl Fn(&Atom, u32) -> u32) -> Monomial {
        Monomial(self.0.iter().map(|(a, p)| (a.clone(), power(a, *p))).filter(|factor| factor.1 > 0).collect())
    }

    fn times(&self, other: &Monomial) -> Monomial {
        let mut factors: Vec<(Atom, u32)> = self.0.iter().chain(&*other.0).cloned().collect();
        factors.sort_by(|a, b| a.0.cmp(&b.0));
        factors.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            kept.1 += if same { later.1 } else { 0 };
            same
        });
        Monomial(factors.into())
    }

    fn over(&self, by: &Monomial) -> Option<Monomial> {
        let divides = by.0.iter().all(|(atom, power)| self.power(atom) >= *power);
        divides.then(|| self.with_powers(|atom, power| power - by.power(atom)))
    }

    fn common(&self, other: &Monomial) -> Monomial {
        self.with_powers(|atom, power| power.min(other.power(atom)))
    }
}

/// The highest degree first, then the highest power of the first atom: an order that a factor on both sides leaves as it
/// is, which the long division needs.
impl Ord for Monomial {
    fn cmp(&self, other: &Monomial) -> Ordering {
        let degree = |m: &Monomial| m.0.iter().map(|factor| factor.1).sum::<u32>();
        degree(other).cmp(&degree(self)).then_with(|| {
            let mut pairs = self.0.iter().zip(&*other.0).map(|(a, b)| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
            pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        })
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Monomial) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Atom {
    fn size(&self) -> usize {
        match self {
            // A name is as long as the file likes.
            Atom::Symbol(_, name) => 1 + name.len() / 32,
            Atom::Floor(parts) | Atom::Exact(parts) => 1 + parts.0.size + parts.1.size,
            Atom::Min(all) | Atom::Max(all) => 1 + all.iter().map(|poly| poly.size).sum::<usize>(),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Atom::Symbol(..) => 0,
            Atom::Floor(parts) | Atom::Exact(parts) => 1 + parts.0.depth.max(parts.1.depth),
            Atom::Min(all) | Atom::Max(all) => 1 + all.iter().map(|poly| poly.depth).max().unwrap_or(0),
        }
    }

    fn evaluate(&self, symbol: &dyn Fn(&str) -> Option<i128>) -> Option<i128> {
        let all = |polys: &[Poly]| polys.iter().map(|poly| poly.evaluate(symbol)).collect::<Option<Vec<_>>>();
        match self {
            Atom::Symbol(_, name) => symbol(name),
            Atom::Floor(parts) => floor_div(parts.0.evaluate(symbol)?, parts.1.evaluate(symbol)?),
            Atom::Exact(parts) => join(Pair::Div, parts.0.evaluate(symbol)?, parts.1.evaluate(symbol)?),
            Atom::Min(polys) => all(polys)?.into_iter().min(),
            Atom::Max(polys) => all(polys)?.into_iter().max(),
        }
    }
}
