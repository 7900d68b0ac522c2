//! Figures alone: counts of kernels, parameters, totals without a word.

use workings::worksheet::Column;

use super::super::atom::{Atom, CALCULATION, Kind};
use super::super::likeness::Layer;
use super::super::near::alike;
use super::{AHEAD, Event, Group, Last, Walk};

impl<'e> Walk<'e> {
    /// The first claim of the next dense layer's calculation, if nothing but what belongs to that layer stands before it.
    pub(super) fn next_dense(&self) -> Option<(&'e Atom, Option<&'e str>)> {
        let mut rest = self.ahead(self.at).take(AHEAD);
        let skips = |kind| matches!(kind, Kind::Count | Kind::Words | Kind::Shape | Kind::ShapeEquation | Kind::Step);
        let first = rest.by_ref().find(|atom| !skips(atom.kind))?;
        let begins = match first.kind {
            Kind::Weights => true,
            Kind::Product => self.group.is_none_or(|group| group.bias || group.total),
            _ => false,
        };
        let column = first.under.only(CALCULATION) && self.column_goes_on();
        if !begins || column || self.of_kernel(first) {
            return None;
        }
        let total = rest.take_while(|atom| atom.kind != Kind::Weights).find(|atom| atom.kind == Kind::Total);
        Some((first, total.and_then(Atom::figure)))
    }

    pub(super) fn count(&mut self, atom: Atom) {
        let figure = atom.figure().unwrap_or_default().to_owned();
        let home = self.group.and_then(|group| self.calculations[group.item].home).or(self.here());
        let known = self.input.last().and_then(|input| input.figure());
        // A layer with as many units as inputs has the figure twice.
        let twice = |next: &Atom| next.factors().iter().filter(|factor| alike(factor, &figure)).count() > 1;
        let square = self.next_dense().is_some_and(|(next, _)| twice(next));
        if known == Some(&figure) && !square && self.count.iter().all(|count| count.cell.is_blank()) {
            self.last = Last::Input;
            return self.input.push(atom);
        }
        if atom.under.output && !atom.under.params && matches!(self.last, Last::Output(_)) {
            return self.output_takes(atom);
        }
        // `35 × = 210`: a product that lost a factor.
        let result =
            self.next_atom(self.at).is_some_and(|(_, next)| next.kind == Kind::Step && next.block == atom.block);
        if let Some(group) = self.group.filter(|group| result && !group.total) {
            return self.group_takes(atom, group);
        }
        if let Some(group) = self.group.filter(|_| self.ends_total(&figure, true)) {
            return self.group_takes(atom, group);
        }
        if let Some((next, total)) = self.next_dense() {
            let is_factor = |figure: &str| next.factors().iter().any(|factor| alike(factor, figure));
            let own = self.group.map(|group| &self.calculations[group.item]);
            let fits = own.is_some_and(|item| {
                item.atoms
                    .iter()
                    .rev()
                    .take(AHEAD)
                    .any(|own| own.kind == Kind::Total && own.figure().is_some_and(|own| alike(own, &figure)))
            });
            // Under its own heading, or like the total above it, a figure is parameters, if another one can be the count.
            let mut more = self.ahead(self.at).take(AHEAD).take_while(|atom| !std::ptr::eq(*atom, next));
            let other = (atom.under.of_params() || fits)
                && more.any(|atom| atom.kind == Kind::Count && atom.figure().is_some_and(is_factor));
            let factor = is_factor(&figure) && !other;
            let none = self.count.iter().all(|count| count.cell.is_blank());
            if factor && none && self.group.is_none_or(|group| group.bias || group.total) {
                return self.count.push(atom);
            }
            // What stands right before a calculation is its count, however it was misread.
            let before = self.next_atom(self.at).is_some_and(|(_, atom)| std::ptr::eq(atom, next));
            if before && !fits && none && !other && self.group.is_none_or(|group| group.total) {
                return self.count.push(atom);
            }
            if !fits && total.is_some_and(|total| alike(total, &figure)) {
                return self.next_params.push(atom);
            }
        }
        if let Some(group) = self.group.filter(|_| self.ends_total(&figure, false)) {
            return self.group_takes(atom, group);
        }
        if atom.under.of_params() {
            let others = self
                .ahead(self.at)
                .take(2)
                .take_while(|next| matches!(next.kind, Kind::Count | Kind::Step | Kind::Dash));
            let first = !matches!(self.last, Last::Params(_));
            let alone = first && others.count() == 0;
            return self.params_take(atom, home.filter(|_| alone));
        }
        if let Some(group) = self.group {
            let next = self.next_atom(self.at).map(|(_, next)| next);
            // Before the sum that it repeats, or the bias, it stands in the column beside.
            let beside = next.is_some_and(|next| match next.kind {
                Kind::Bias => true,
                Kind::Total => !group.bias || next.figure().is_some_and(|total| alike(total, &figure)),
                _ => false,
            });
            if !group.total && beside {
                let last = self.last;
                self.params_take(atom, home);
                self.last = last;
            } else if group.bias && !group.total {
                self.group_takes(atom, Group { total: true, ..group });
            } else {
                self.params_take(atom, home);
            }
            return;
        }
        let listed = self.lists_counts();
        let bare = |layer: &&mut Layer| !layer.dense && layer.row.cell(Column::Kernels).written.is_empty();
        match self.layers.last_mut().filter(bare) {
            Some(layer) if atom.under.kernels && !listed => {
                *layer.row.cell_mut(Column::Kernels) = atom.cell;
                self.tally.bare += usize::from(!layer.calculated && layer.kernels().is_some());
            }
            _ if atom.under.kernels => {
                let item = self.item(atom, None);
                self.tally.counts += 1;
                self.kernels.push(item);
            }
            _ if home.is_some() && figure.len() >= 3 => self.params_take(atom, home),
            _ => self.loose(atom),
        }
    }

    /// Whether a figure is the end of a total that was broken over two lines: the total is shorter than what it sums.
    /// To be sure, the two must be as long as that, and not all that stands before the next calculation.
    fn ends_total(&self, figure: &str, sure: bool) -> bool {
        let (Some(group), Last::Calculation(item)) = (self.group, self.last) else { return false };
        let (Some(last), digits) = (self.calculations[item].atoms.last(), self.digits(item)) else { return false };
        let Some(total) = last.figure().filter(|total| last.kind == Kind::Total && total.len() < digits) else {
            return false;
        };
        // Another figure before the next calculation is the count, or the parameters.
        let more = self.next_atom(self.at).is_some_and(|(_, next)| next.kind == Kind::Count);
        let own = self.layers.last().is_some_and(|layer| layer.kernels() == Some(figure));
        if sure { group.total && more && total.len() + figure.len() == digits } else { figure.len() > 1 && !own }
    }

    /// Whether counts of kernels come one after the other.
    pub(super) fn lists_counts(&self) -> bool {
        let here = self.events.get(self.at);
        let block = match here {
            Some(Event::Atom(atom)) => atom.under,
            _ => return false,
        };
        self.ahead(self.at)
            .next()
            .is_some_and(|next| next.under == block && matches!(next.kind, Kind::Count | Kind::Dash))
            || !self.kernels.is_empty()
    }
}
