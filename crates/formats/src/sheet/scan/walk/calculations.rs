//! Calculations: weights, bias and total of one layer.

use workings::worksheet::Column;

use super::super::atom::{Atom, Kind};
use super::super::near::alike;
use super::{AHEAD, Group, Item, Last, Walk};
use crate::sheet::cell;

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
        self.layers.iter().rev().take(AHEAD).any(|layer| {
            let kernel = layer.kernel().is_some_and(|side| factors[0] == side && factors[1] == side);
            let deep = layer.input().get(2).is_none_or(|channels| alike(channels, factors[2]));
            kernel && deep && !layer.calculated && layer.kernels().is_some()
        })
    }

    /// Whether it begins the weights of a kernel: `3 × 3 × 32`, or `3 × 3` whose depth was lost.
    pub(super) fn of_kernel(&self, atom: &Atom) -> bool {
        match atom.factors()[..] {
            [a, b] => a == b && a.len() < 3 && self.sides.contains(a),
            _ => true,
        }
    }

    pub(super) fn weights(&mut self, atom: Atom) {
        if let Some(group) = self.group.filter(|group| !group.bias && !group.total) {
            let first = self.calculations[group.item].atoms.first();
            // `WE: 3x3x3 = 27` and `WE: 27x32 = 864` are one calculation.
            if first.is_none_or(|first| self.of_kernel(first)) && !self.of_kernel(&atom) && self.input.is_empty() {
                return self.group_takes(atom, group);
            }
        }
        self.new_group(atom);
    }

    pub(super) fn product(&mut self, atom: Atom) {
        let one = atom.factors().contains(&"1");
        match self.group {
            Some(group) if one && !group.bias && !group.total => self.group_takes(atom, Group { bias: true, ..group }),
            Some(group) if !group.bias && !group.total => {
                // Two products: a kernel's weights times their number. A dense layer has one.
                let item = &self.calculations[group.item];
                let kernel = item.atoms.first().is_none_or(|first| self.of_kernel(first));
                if kernel && self.input.is_empty() { self.group_takes(atom, group) } else { self.new_group(atom) }
            }
            _ => self.new_group(atom),
        }
    }

    pub(super) fn new_group(&mut self, atom: Atom) {
        let of_kernel = self.of_kernel(&atom);
        let at = self.at;
        let listed = self.calculations_listed.unwrap_or_else(|| {
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
        if of_kernel || counted {
            let home = here.filter(|_| beside);
            if let Some(home) = home {
                self.layers[home].calculated = true;
            }
            self.calculations.push(Item { home, above: self.layers.len(), ..Item::default() });
        } else {
            self.dense(&atom);
        }
        let group = Group { item: self.calculations.len() - 1, bias: false, total: false };
        self.group_takes(atom, group);
    }

    pub(super) fn group_takes(&mut self, atom: Atom, group: Group) {
        self.calculations[group.item].atoms.push(atom);
        self.group = Some(group);
        self.last = Last::Calculation(group.item);
    }

    /// The most digits that a figure of a calculation has.
    pub(super) fn digits(&self, item: usize) -> usize {
        let item = &self.calculations[item];
        let own = item.home.map(|home| self.layers[home].row.cell(Column::Calculation));
        let claims = item.atoms.iter().map(|atom| &atom.cell).chain(own).flat_map(|cell| &cell.claims);
        let values = claims.flat_map(|claim| &claim.sides).filter_map(|side| side.value()?.whole());
        values.max().unwrap_or(0).to_string().len()
    }

    pub(super) fn total(&mut self, atom: Atom) {
        let digits = atom.figure().map_or(0, str::len);
        if let Some(group) = self.group.filter(|group| !group.total && digits <= self.digits(group.item) + 1) {
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
