//! Calculations: weights, bias and total of one layer.

use workings::worksheet::Column;

use super::super::atom::{Atom, CALCULATION, Kind};
use super::super::near::alike;
use super::{AHEAD, Group, Item, Last, Walk};
use crate::sheet::{cell, table};

impl Walk<'_> {
    /// Whether a product of three without a label is the weights of one kernel, and not a shape that is flattened.
    pub(super) fn is_weights(&self, atom: &Atom) -> bool {
        let factors = atom.factors();
        let mut next = self
            .ahead(self.at)
            .take(AHEAD)
            .filter(|next| !matches!(next.kind, Kind::Count | Kind::Words | Kind::Step | Kind::Dash));
        if next.next().is_none_or(|next| !matches!(next.kind, Kind::Product | Kind::Bias)) || factors.len() != 3 {
            return false;
        }
        if atom.under.only(CALCULATION) && self.calculations_listed.is_none() && self.wanted() > 1 {
            return true;
        }
        let flattened = self.outputs.last().and_then(|item| item.atoms.iter().rev().find_map(Atom::shape));
        if self.wanted() == 0 || flattened.is_some_and(|shape| table::same(&shape, &factors)) {
            return false;
        }
        self.layers.iter().rev().take(AHEAD).any(|layer| {
            // Two of the three at least: any digit may be misread.
            let sides = factors[..2].iter().filter(|factor| layer.kernel() == Some(factor)).count();
            let deep = layer.input().get(2).is_none_or(|channels| alike(channels, factors[2]));
            sides + usize::from(deep) >= 2 && !layer.calculated && layer.kernels().is_some()
        })
    }

    /// Whether it begins the weights of a kernel: `3 × 3 × 32`, or `3 × 3` whose depth was lost.
    pub(super) fn of_kernel(&self, atom: &Atom) -> bool {
        match atom.factors()[..] {
            [_, _] if atom.is_sum() => false,
            [a, b] => a == b && a.len() < 3 && self.sides.contains(a),
            _ => true,
        }
    }

    /// Whether a calculation is a kernel's: it begins so, or stands beside a layer that has one.
    fn is_kernels(&self, item: usize) -> bool {
        let item = &self.calculations[item];
        item.kernel
            || item.home.is_some_and(|home| !self.layers[home].dense)
            || item.atoms.first().is_none_or(|first| self.of_kernel(first))
    }

    pub(super) fn weights(&mut self, atom: Atom) {
        if let Some(group) = self.group.filter(|group| !group.bias && !group.total) {
            // `WE: 3x3x3 = 27` and `WE: 27x32 = 864` are one calculation.
            if self.is_kernels(group.item) && !self.of_kernel(&atom) && self.input.is_empty() {
                let ends = atom.is_sum();
                return self.group_takes(atom, Group { bias: ends, ..group });
            }
        }
        self.new_group(atom);
    }

    pub(super) fn product(&mut self, atom: Atom) {
        if self.begins_output(&atom) {
            return self.new_output(atom);
        }
        // `1 × 64 = 64` above the bias is the weights of a kernel of one figure.
        let first = self.group.is_some_and(|group| {
            self.calculations[group.item].atoms.len() == 1 && self.is_kernels(group.item) && atom.factors().len() == 2
        });
        let bias = |next: &Atom| next.kind == Kind::Bias || (next.kind == Kind::Product && is_bias(next));
        let weights = first && self.next_atom(self.at).is_some_and(|(_, next)| bias(next));
        let one = is_bias(&atom) && !weights;
        match self.group {
            Some(group) if one && !group.bias && !group.total => self.group_takes(atom, Group { bias: true, ..group }),
            Some(group) if !group.bias && !group.total => {
                // Two products: a kernel's weights times their number. A dense layer has one.
                if self.is_kernels(group.item) && self.input.is_empty() {
                    self.group_takes(atom, group)
                } else {
                    self.new_group(atom)
                }
            }
            _ => self.new_group(atom),
        }
    }

    pub(super) fn new_group(&mut self, atom: Atom) {
        let of_kernel = self.of_kernel(&atom);
        let at = self.at;
        let column = atom.under.only(CALCULATION) && self.wanted() > 1;
        let listed = self.calculations_listed.unwrap_or_else(|| {
            if column {
                return true;
            }
            let until = self.ahead(at).take_while(|next| next.kind != Kind::Kernel).take(AHEAD);
            let three = |next: &&Atom| next.kind == Kind::Weights && next.factors().len() >= 3;
            of_kernel && until.filter(three).count() > 0
        });
        self.calculations_listed = Some(listed);
        let here = self.here();
        let free = here.is_some_and(|here| {
            let layer = &self.layers[here];
            !layer.dense && !layer.calculated
        });
        let beside = !listed && free && self.input.is_empty();
        // `27 × 32 = 864` beside a layer whose first line was lost is that layer's.
        let counted = beside && here.is_some_and(|here| self.layers[here].kernels().is_some());
        if of_kernel || counted || self.in_column(&atom) {
            let home = here.filter(|_| beside);
            if let Some(home) = home {
                let layer = &mut self.layers[home];
                if !std::mem::replace(&mut layer.calculated, true) && !layer.dense {
                    self.tally.uncalculated = self.tally.uncalculated.saturating_sub(1);
                    self.tally.bare = self.tally.bare.saturating_sub(usize::from(layer.kernels().is_some()));
                }
            }
            self.tally.listed += usize::from(home.is_none());
            self.calculations.push(Item { home, above: self.layers.len(), kernel: true, ..Item::default() });
        } else {
            self.dense(&atom);
        }
        // A sum of weights and bias that says what it comes to is a whole calculation.
        let bias = atom.is_sum();
        let total = bias && atom.claim().is_some_and(|claim| claim.sides.len() > 1);
        let group = Group { item: self.calculations.len() - 1, bias, total };
        self.group_takes(atom, group);
    }

    pub(super) fn group_takes(&mut self, atom: Atom, group: Group) {
        self.calculations[group.item].atoms.push(atom);
        self.group = Some(group);
        self.last = Last::Calculation(group.item);
    }

    /// Whether a sum goes on from the calculation right before it: `432 + 16 = 448` behind `27 × 16 = 432`.
    pub(super) fn adds_bias(&self, group: Group, atom: &Atom) -> bool {
        let before = self.calculations[group.item].atoms.last().and_then(Atom::figure);
        let open = !group.bias && !group.total && self.last == Last::Calculation(group.item);
        open && before.is_some() && atom.adds_to() == before
    }

    /// What the weights and bias of a calculation come to, where it ends in both and does not say that.
    pub(super) fn unsaid(&self, group: Group) -> Option<String> {
        self.calculations[group.item].atoms.last()?.unsaid()
    }

    /// The most digits that a figure of a calculation has.
    pub(super) fn digits(&self, item: usize) -> usize {
        let item = &self.calculations[item];
        let own = item.home.map(|home| self.layers[home].row.cell(Column::Calculation));
        // A calculation that goes on for ever is looked at from its end.
        let atoms = item.atoms.iter().rev().take(AHEAD);
        let claims = atoms.map(|atom| &atom.cell).chain(own).flat_map(|cell| cell.claims.iter().take(AHEAD));
        let values = claims.flat_map(|claim| &claim.sides).filter_map(|side| side.value()?.whole());
        values.max().unwrap_or(0).to_string().len()
    }

    pub(super) fn total(&mut self, atom: Atom) {
        let digits = atom.figure().map_or(0, str::len);
        // Behind weights and bias, another figure than they come to is another's total.
        let own = |group: Group| self.unsaid(group).is_none_or(|sum| atom.figure().is_some_and(|own| alike(own, &sum)));
        let fits = |group: &Group| !group.total && digits <= self.digits(group.item) + 1 && own(*group);
        if let Some(group) = self.group.filter(fits) {
            return self.group_takes(atom, Group { total: true, ..group });
        }
        let more = self.layers_until > self.at;
        if more && self.here().is_some() {
            let home = self.here();
            return self.params_take(atom, home);
        }
        cell::join(&mut self.total, atom.cell);
        self.last = Last::Total;
    }
}

/// Whether a product is a bias: `1 × 32`, or what comes to one of its factors, the 1 misread: `7 × 32 = 32`.
fn is_bias(atom: &Atom) -> bool {
    let factors = atom.factors();
    // `x 32 = 32` lost its 1.
    let lost = |factors: &[&str]| matches!(factors, [one] if atom.figure() == Some(one));
    let [a, b] = factors[..] else { return factors.contains(&"1") || lost(&factors) };
    let same = |one: &str, other: &str| one.len() <= 2 && atom.figure().is_some_and(|figure| figure == other);
    a == "1" || b == "1" || same(a, b) || same(b, a)
}
