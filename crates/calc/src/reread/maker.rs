//! Making acts out of lines.

use super::lanes::{Act, By, What};
use crate::arithmetic::join;
use crate::page::{Claim, Line, Page, Pair, Relation, Step};
use crate::value::{Value, Word};

/// What a line comes to in every lane that has not failed.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Fixed(Value),
    Register(u32),
}

impl Source {
    pub fn fixed(self) -> Option<Value> {
        match self {
            Source::Fixed(value) => Some(value),
            Source::Register(_) => None,
        }
    }
}

/// Makes acts of lines, with a register for each result.
#[derive(Default)]
pub(super) struct Maker {
    pub acts: Vec<Act>,
    pub registers: u32,
    /// A constant of more than 62 bits is used, so that nothing can be proven.
    pub hopeless: bool,
}

impl Maker {
    pub fn source(&mut self, page: &Page, line: Line, sources: &[Source]) -> Source {
        match page.step(line) {
            Step::Given { of: Some(of), .. } | Step::Called { of, .. } | Step::Taken { of, .. } => sources[of.index()],
            Step::Claimed { claim } => {
                self.claim(claim, sources[claim.subject.index()], sources[claim.other.index()], line)
            }
            Step::Pair { pair, a, b } => self.pair(pair, sources[a.index()], sources[b.index()], line),
            Step::Given { of: None, .. } | Step::Symbol { .. } | Step::Literal | Step::Broken { .. } => {
                sources[line.index()]
            }
        }
    }

    fn pair(&mut self, pair: Pair, a: Source, b: Source, here: Line) -> Source {
        use Pair::*;
        use Source::{Fixed, Register};
        let (a, b) = match (a, b) {
            (Fixed(Value::Known(x)), Fixed(Value::Known(y))) => {
                return Fixed(join(pair, x, y).map_or(Value::Broken(here), Value::Known));
            }
            (Fixed(v @ Value::Broken(_)), _) | (_, Fixed(v @ Value::Broken(_))) => return Fixed(v),
            (Fixed(Value::Open), _) | (_, Fixed(Value::Open)) => return Fixed(Value::Open),
            (Fixed(_), Register(_)) if matches!(pair, Add | Mul | Min | Max) => (b, a),
            other => other,
        };
        match (a, b) {
            (Register(_), Fixed(Value::Known(0))) if matches!(pair, Add | Sub) => return a,
            (Register(_), Fixed(Value::Known(1))) if !matches!(pair, Add | Sub | Min | Max) => return a,
            _ => {}
        }
        let a = self.in_register(a);
        let to = self.register();
        let b = self.operand(b, matches!(pair, Div | FloorDiv | CeilDiv));
        self.acts.push(Act { what: What::Join(pair), to, a, b });
        Register(to)
    }

    fn claim(&mut self, claim: &Claim, subject: Source, other: Source, here: Line) -> Source {
        use Source::{Fixed, Register};
        match (subject, other) {
            (Fixed(Value::Known(x)), Fixed(Value::Known(y))) if !claim.relation.holds(x, y) => {
                Fixed(Value::Broken(here))
            }
            (Fixed(Value::Broken(_)), _) => subject,
            (_, Fixed(Value::Broken(_))) => other,
            (Fixed(_), Fixed(_)) | (Fixed(Value::Open), _) | (_, Fixed(Value::Open)) => subject,
            (Register(_), _) | (_, Register(_)) => {
                let a = self.in_register(subject);
                let b = self.operand(other, claim.relation == Relation::DividesInto);
                self.acts.push(Act { what: What::Claim(claim.relation), to: a, a, b });
                subject
            }
        }
    }

    pub fn register(&mut self) -> u32 {
        self.registers += 1;
        self.registers - 1
    }

    fn in_register(&mut self, source: Source) -> u32 {
        match source {
            Source::Register(register) => register,
            Source::Fixed(_) => {
                let (to, b) = (self.register(), self.operand(source, false));
                self.acts.push(Act { what: What::Fill, to, a: 0, b });
                to
            }
        }
    }

    fn operand(&mut self, source: Source, divides: bool) -> By {
        match source {
            Source::Register(register) => By::Register(register),
            Source::Fixed(value) => {
                let number = value.known().and_then(|n| i64::try_from(n).ok()).filter(|&n| Word::small(n).is_some());
                self.hopeless |= number.is_none();
                match number.unwrap_or(0) {
                    n if divides && n < 2 => By::Register(self.in_register(source)),
                    n => By::Number(n),
                }
            }
        }
    }
}

/// Gives every result a register in which nothing is needed any more, and says how many registers that takes.
pub(super) fn share_registers(acts: &mut [Act], leaves: usize, results: usize) -> usize {
    let uses = |act: &Act| match (act.what, act.b) {
        (What::Fill, _) => (None, None),
        (_, By::Register(b)) if b != act.a => (Some(act.a), Some(b)),
        _ => (Some(act.a), None),
    };
    let defines = |act: &Act| matches!(act.what, What::Fill | What::Join(_)).then_some(act.to);
    let mut last = vec![0; results];
    for (index, act) in acts.iter().enumerate() {
        let (a, b) = uses(act);
        a.into_iter().chain(b).chain(defines(act)).for_each(|register| last[register as usize] = index);
    }
    let mut place: Vec<u32> = (0..results as u32).collect();
    let (mut free, mut count) = (Vec::new(), leaves as u32);
    for (index, act) in acts.iter_mut().enumerate() {
        let (a, b) = uses(act);
        let done = |register: &u32| last[*register as usize] == index;
        free.extend(a.into_iter().chain(b).filter(done).map(|register| place[register as usize]));
        act.a = if a.is_some() { place[act.a as usize] } else { 0 };
        if let By::Register(b) = &mut act.b {
            *b = place[*b as usize];
        }
        if let Some(to) = defines(act) {
            let register = free.pop().unwrap_or_else(|| {
                count += 1;
                count - 1
            });
            place[to as usize] = register;
            act.to = register;
            if last[to as usize] == index {
                free.push(register);
            }
        }
    }
    count as usize
}
