//! Layers: rows that are whole, kernels with their shapes, columns of kernels, and dense layers.

use workings::worksheet::{Column, Label, Piece, SheetRow};

use super::super::atom::{Atom, Kind, TIMES, Under};
use super::super::likeness::Layer;
use super::super::near::alike;
use super::{COUNT_DIGITS, Event, Group, Item, Last, Walk};
use crate::sheet::{cell, line, table};

impl Walk<'_> {
    /// A row of a table that is whole.
    pub(super) fn whole(&mut self, row: &SheetRow) {
        let blank = |column| row.cell(column).written.is_empty();
        let shape = |claim: &workings::worksheet::Claim| {
            claim.sides.len() == 1 && claim.sides[0].factors().is_some_and(|factors| factors.len() == 3)
        };
        let dense = blank(Column::Kernel) && !row.cell(Column::Input).claims.iter().any(shape);
        let first = row.cells.iter().find(|cell| !cell.written.is_empty());
        // A total under a calculation that has none is that layer's.
        let own = self.layers.last().is_some_and(|layer| {
            let calculation = layer.row.cell(Column::Calculation);
            !calculation.is_blank() && !calculation.claims.iter().any(|claim| claim.label == Some(Label::Total))
        });
        if blank(Column::Kernel) && blank(Column::Input) && line::is_total(&row.label.written)
            || first.is_some_and(|cell| line::is_total(&cell.written)) && !(own && table::goes_on(row))
        {
            for cell in row.cells.iter().filter(|cell| !cell.is_blank() || !cell.struck.is_empty()) {
                cell::join(&mut self.total, cell.clone());
            }
            return;
        }
        if table::goes_on(row)
            && let Some(last) = self.layers.last_mut()
        {
            for (cell, more) in last.row.cells.iter_mut().zip(&row.cells) {
                if !more.written.is_empty() {
                    cell::join(cell, more.clone());
                }
            }
            return;
        }
        self.settle();
        let calculation = row.cell(Column::Calculation);
        let has = |label| calculation.claims.iter().any(|claim| claim.label == Some(label));
        let open = !calculation.is_blank() && !has(Label::Total);
        let bias = has(Label::Bias);
        let calculated = !calculation.written.is_empty();
        let given = !row.cell(Column::Output).written.is_empty();
        self.push(Layer { row: row.clone(), dense, calculated, given });
        self.fresh(None);
        if open {
            self.open(bias);
        }
    }

    /// A calculation of the last layer, to go on with.
    pub(super) fn open(&mut self, bias: bool) {
        self.calculations.push(Item { home: self.here(), ..Item::default() });
        let item = self.calculations.len() - 1;
        self.group = Some(Group { item, bias, total: false });
        self.last = Last::Calculation(item);
    }

    pub(super) fn fresh(&mut self, stale: Option<Under>) {
        self.group = None;
        self.line = None;
        self.last = Last::Nowhere;
        self.stale = stale.filter(|under| !under.kernel);
        self.outputs_listed = None;
        self.calculations_listed = None;
    }

    /// What waited for a dense layer that did not come.
    pub(super) fn settle(&mut self) {
        let home = self.here();
        for atom in std::mem::take(&mut self.next_params) {
            {
                let item = self.item(atom, home);
                self.params.push(item);
            }
        }
        for atom in self.input.drain(..).chain(self.count.drain(..)) {
            self.unplaced.push(Piece { text: atom.cell.written.into(), place: atom.cell.place });
        }
    }

    /// Whether what looks like a kernel is a product: `1 × 1` above `= 1`, or a bias that is still wanted.
    pub(super) fn is_product(&self, atom: &Atom) -> bool {
        let next = self.next_atom(self.at).map(|(_, next)| next);
        let result = next.is_some_and(|next| next.kind == Kind::Step && next.block == atom.block);
        let shape = next.is_some_and(|next| next.kind == Kind::Shape);
        let wanted = self.group.is_some_and(|group| !group.bias && !group.total);
        let beside = next.is_some_and(|next| next.block == atom.block);
        result
            || (self.begins_output(atom) && !(shape && beside))
            || (wanted && !shape && atom.factors().contains(&"1"))
    }

    /// Whether it stands where a kernel does, first in its line and before a shape: `0x2 34x44x16` and `x3 43x43x6` lost or
    /// changed a digit.
    pub(super) fn heads_a_line(&self, at: usize, atom: &Atom) -> bool {
        let figures = match atom.claim() {
            Some(claim) if claim.sides.len() == 1 && claim.label.is_none() => claim.sides[0].figures().len(),
            _ => return false,
        };
        let plain = matches!(atom.kind, Kind::Product | Kind::Count) && figures <= 2;
        let first = |before: usize| !matches!(&self.events[before], Event::Atom(before) if before.block == atom.block);
        let short = atom.factors().iter().all(|factor| factor.len() <= 3);
        let shape = |(_, next): (usize, &Atom)| {
            next.kind == Kind::Shape
                && next.block == atom.block
                && (figures == 2 || atom.cell.written.starts_with(TIMES))
        };
        plain && short && at.checked_sub(1).is_none_or(first) && self.next_atom(at).is_some_and(shape)
    }

    /// A kernel begins a layer; a shape and a count may follow it. Kernels in a row are a column of their own.
    pub(super) fn layer(&mut self, kernel: &Atom) {
        let next = self.next_atom(self.at);
        if let Some((_, next)) = next
            && next.kind == Kind::Kernel
            && kernel.under.kernel
            && !next.under.input
        {
            return self.columns();
        }
        let mut row = SheetRow { place: kernel.cell.place, ..SheetRow::default() };
        *row.cell_mut(Column::Kernel) = kernel.cell.clone();
        let mut last = self.at;
        // `63x63x` beside a kernel lost its channels.
        let two = |next: &Atom| {
            let plain = matches!(next.kind, Kind::Product | Kind::Kernel)
                && next.claim().is_some_and(|claim| claim.sides.len() == 1);
            plain && next.block == kernel.block
        };
        if let Some((at, shape)) = next.filter(|(_, next)| next.kind == Kind::Shape || two(next)) {
            *row.cell_mut(Column::Input) = shape.cell.clone();
            last = at;
            if let Some((at, count)) = self.next_atom(at).filter(|(at, count)| !self.heads_a_line(*at, count)) {
                let placed = count.under.kernels
                    || !(count.under.params || count.under.output || count.under.calculation)
                    || (count.under == kernel.under && !kernel.under.kernel);
                let small = count.figure().is_some_and(|figure| figure.len() <= COUNT_DIGITS);
                if placed && (count.kind == Kind::Dash || (count.kind == Kind::Count && small)) {
                    *row.cell_mut(Column::Kernels) = count.cell.clone();
                    last = at;
                }
            }
        }
        if self.begins_anew(&row) {
            return;
        }
        for event in &self.events[self.at..last] {
            if let Event::Loose(piece) = event {
                self.unplaced.push(piece.clone());
            }
        }
        self.settle();
        self.merge(&row);
        self.push(Layer { row, ..Layer::default() });
        let inline = self.events[self.at..last].iter().any(|event| matches!(event, Event::Heading { .. }));
        self.fresh(Some(kernel.under).filter(|_| !inline));
        self.line = Some(kernel.block);
        self.at = last + 1;
    }

    /// The same layer twice: a scanner that reads across columns gives the output of the layer before as the first.
    pub(super) fn merge(&mut self, row: &SheetRow) {
        let count = self.layers.len();
        let digits =
            |row: &SheetRow, column| row.cell(column).figures().map(|figure| figure.digits.clone()).collect::<Vec<_>>();
        let Some(last) = self.layers.last().filter(|_| count >= 2) else { return };
        let same =
            [Column::Kernel, Column::Input].into_iter().all(|column| digits(&last.row, column) == digits(row, column));
        let bare = [Column::Kernels, Column::Calculation, Column::Output]
            .into_iter()
            .all(|column| last.row.cell(column).written.is_empty());
        let before = &self.layers[count - 2];
        let fits =
            before.kernels().is_none_or(|kernels| last.input().get(2).is_some_and(|channels| alike(kernels, channels)));
        if !same || !bare || !fits || before.given || last.input().is_empty() || last.given || last.calculated {
            return;
        }
        let Some(last) = self.layers.pop() else { return };
        self.tally.uncalculated = self.tally.uncalculated.saturating_sub(1);
        let kernel = last.row.cell(Column::Kernel);
        self.unplaced.push(Piece { text: kernel.written.as_str().into(), place: kernel.place });
        let shape = Atom::new(last.row.cell(Column::Input).clone(), Under::default(), usize::MAX);
        {
            let item = self.item(shape, Some(count - 2));
            self.outputs.push(item);
        }
        self.layers[count - 2].given = true;
        self.backbone = Some(count - 2);
        for item in self.params.iter_mut().rev().take_while(|item| item.home == Some(count - 1)) {
            item.home = Some(count - 2);
        }
    }

    /// A column of kernels, and the column of shapes behind it.
    pub(super) fn columns(&mut self) {
        self.settle();
        let first = self.layers.len();
        let mut shapes = 0;
        while let Some(event) = self.events.get(self.at) {
            match event {
                Event::Atom(atom) if atom.kind == Kind::Kernel && shapes == 0 => {
                    let mut row = SheetRow { place: atom.cell.place, ..SheetRow::default() };
                    *row.cell_mut(Column::Kernel) = atom.cell.clone();
                    self.push(Layer { row, ..Layer::default() });
                }
                Event::Atom(atom) if atom.kind == Kind::Shape && first + shapes < self.layers.len() => {
                    *self.layers[first + shapes].row.cell_mut(Column::Input) = atom.cell.clone();
                    shapes += 1;
                }
                Event::Loose(piece) => self.unplaced.push(piece.clone()),
                // A heading that something else stands under is read as ever.
                Event::Heading { .. }
                    if self
                        .next_atom(self.at)
                        .is_some_and(|(_, next)| matches!(next.kind, Kind::Shape | Kind::Kernel)) => {}
                _ => break,
            }
            self.at += 1;
        }
        self.fresh(None);
    }

    /// A layer without a kernel, from what waited for it.
    pub(super) fn dense(&mut self, atom: &Atom) {
        let mut row = SheetRow { place: atom.cell.place, ..SheetRow::default() };
        for (column, atoms) in [(Column::Input, &mut self.input), (Column::Kernels, &mut self.count)] {
            for atom in atoms.drain(..) {
                cell::join(row.cell_mut(column), atom.cell);
            }
        }
        self.push(Layer { row, dense: true, calculated: true, given: false });
        let home = self.here();
        self.calculations.push(Item { home, above: self.layers.len(), ..Item::default() });
        for atom in std::mem::take(&mut self.next_params) {
            {
                let item = self.item(atom, home);
                self.params.push(item);
            }
        }
        self.line = None;
        self.stale = Some(self.under()).filter(|under| !under.calculation);
    }
}
