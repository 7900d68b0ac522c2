//! Outputs: formulas and the shapes that they end in.

use workings::worksheet::Column;

use super::super::atom::{Atom, Kind};
use super::super::near::alike;
use super::{AHEAD, Group, Last, Walk};

impl Walk<'_> {
    pub(super) fn formula(&mut self, atom: Atom) {
        if let Some(group) = self.group.filter(|group| self.adds_bias(*group, &atom)) {
            return self.group_takes(atom, Group { bias: true, total: true, ..group });
        }
        // A formula in names, and the same in numbers, stand together.
        if let Last::Output(item) = self.last
            && self.outputs[item].atoms.last().is_some_and(|last| last.block == atom.block)
            && self.last_output_open()
        {
            return self.output_takes(atom);
        }
        self.new_output(atom);
    }

    pub(super) fn new_output(&mut self, atom: Atom) {
        let at = self.at;
        let listed = self.outputs_listed.unwrap_or_else(|| {
            let until = || self.ahead(at).take_while(|next| next.kind != Kind::Kernel).take(AHEAD);
            let formulas = until().filter(|next| next.kind == Kind::Formula && next.block != atom.block).count();
            let shapes = until().filter(|next| next.kind == Kind::Shape && next.under.output).count();
            formulas > 0 || (atom.kind == Kind::Shape && shapes > 0)
        });
        self.outputs_listed = Some(listed);
        let home = self.backbone.filter(|_| !listed);
        let shaped = atom.shape().is_some();
        if let Some(home) = home {
            self.layers[home].given = true;
        }
        {
            let item = self.item(atom, home);
            self.outputs.push(item);
        }
        self.last = Last::Output(self.outputs.len() - 1);
        self.shaped = shaped;
    }

    /// Whether the last claim belongs to an output whose shape has not come yet.
    pub(super) fn last_output_open(&self) -> bool {
        matches!(self.last, Last::Output(_)) && !self.shaped
    }

    /// Whether it goes on with an output whose shape has not come: `150 × 150`, which lost its third factor.
    pub(super) fn is_of_output(&self, atom: &Atom) -> bool {
        let Last::Output(item) = self.last else { return false };
        let formula = self.outputs[item].atoms.last();
        let same = formula.is_some_and(|last| last.block == atom.block);
        let column = atom.under.output && !atom.under.calculation && !atom.under.kernel;
        let product =
            matches!(atom.kind, Kind::Product | Kind::Kernel) && atom.claim().is_some_and(|c| c.sides.len() == 1);
        !self.shaped && product && (same || column)
    }

    /// Whether a product in a column of outputs is a shape that lost its third factor.
    pub(super) fn begins_output(&self, atom: &Atom) -> bool {
        let column = atom.under.output && !atom.under.calculation && !atom.under.kernel;
        let [a, b] = atom.factors()[..] else { return false };
        column && self.group.is_none() && alike(a, b) && atom.claim().is_some_and(|claim| claim.sides.len() == 1)
    }

    pub(super) fn output_takes(&mut self, atom: Atom) {
        if let Last::Output(item) = self.last {
            self.shaped |= atom.shape().is_some();
            self.outputs[item].atoms.push(atom);
        }
    }

    pub(super) fn shape(&mut self, atom: Atom) {
        if self.last_output_open() {
            return self.output_takes(atom);
        }
        if atom.under.output && !atom.under.input {
            return self.new_output(atom);
        }
        let last = self.layers.last_mut();
        if let Some(layer) =
            last.filter(|layer| atom.under.input && !layer.dense && layer.row.cell(Column::Input).written.is_empty())
        {
            *layer.row.cell_mut(Column::Input) = atom.cell;
            return;
        }
        let flattened = self.next_atom(self.at).is_some_and(|(_, next)| next.kind == Kind::Step);
        if flattened && self.is_weights(&atom) {
            return self.weights(atom);
        }
        let here = self.backbone;
        let out = here.is_some_and(|here| self.layers[here].given);
        let dense = self.layers.last().is_some_and(|layer| layer.dense);
        if flattened || out || dense || self.outputs_listed == Some(true) {
            self.flat(atom);
        } else if here.is_some() {
            self.new_output(atom);
        } else {
            self.loose(atom);
        }
    }

    /// What is flattened is the input of the next dense layer.
    pub(super) fn flat(&mut self, atom: Atom) {
        self.group = None;
        self.stale = Some(self.under());
        self.last = Last::Input;
        self.input.push(atom);
    }
}
