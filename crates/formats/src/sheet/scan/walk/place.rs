//! What stands apart is put beside its layers.

use workings::worksheet::{Column, Sheet};

use super::super::align::align;
use super::super::atom::Atom;
use super::super::likeness::{self, Layer};
use super::super::near::unlike;
use super::{Item, Walk};
use crate::sheet::cell;

impl Walk<'_> {
    pub(super) fn end(mut self) -> Sheet {
        self.settle();
        let mut sheet = Sheet::default();
        self.put(Column::Kernels, |walk| std::mem::take(&mut walk.kernels), likeness::kernels, 2);
        self.put(Column::Calculation, |walk| std::mem::take(&mut walk.calculations), likeness::weights, 4);
        let outputs = self.put(Column::Output, |walk| std::mem::take(&mut walk.outputs), likeness::output, 4);
        for item in &mut self.params {
            item.home = item.output.and_then(|output| outputs.get(output).copied()).or(item.home);
        }
        self.put_params();
        sheet.rows = self.layers.into_iter().map(|layer| layer.row).collect();
        sheet.total = self.total;
        sheet.unplaced = self.unplaced;
        sheet.place = sheet.rows.first().map(|row| row.place).unwrap_or_default();
        sheet
    }

    /// Puts the pieces of a column beside their layers, and says where each went.
    pub(super) fn put(
        &mut self,
        column: Column,
        items: impl Fn(&mut Self) -> Vec<Item>,
        cost: impl Fn(&[Atom], &[Layer], usize) -> u32,
        share: u32,
    ) -> Vec<usize> {
        let items = items(self);
        let mut went: Vec<usize> = items.iter().map(|item| item.home.unwrap_or(0)).collect();
        let (mut apart, mut places) = (Vec::new(), Vec::new());
        // Those that stand beside their layer first: the others find its cell taken.
        for (at, item) in items.into_iter().enumerate() {
            match item.home {
                Some(home) => self.join(home, column, item),
                None => {
                    apart.push(item);
                    places.push(at);
                }
            }
        }
        let layers = &self.layers;
        let skip = |row: usize| u32::from(layers[row].row.cell(column).written.is_empty() && !layers[row].dense);
        let rows = align(
            apart.len(),
            layers.len(),
            |item, row| cost(&apart[item].atoms, layers, row) + ahead(&apart[item], row),
            skip,
            share,
        );
        if rows.is_empty() {
            apart.into_iter().flat_map(|item| item.atoms).for_each(|atom| self.loose(atom));
            return went;
        }
        for ((item, row), at) in apart.into_iter().zip(rows).zip(places) {
            went[at] = row;
            self.join(row, column, item);
        }
        went
    }

    pub(super) fn put_params(&mut self) {
        let apart = std::mem::take(&mut self.params);
        let expected: Vec<likeness::Expected> = self.layers.iter().map(likeness::expected).collect();
        let sum: i128 = expected.iter().filter_map(|expected| expected.total).fold(0, i128::saturating_add);
        let foot = usize::from(self.total.is_blank());
        let last = expected.len();
        let cost = |at: usize, row: usize| {
            let item = &apart[at];
            // What stands beside a layer is that layer's, unless it looks like another's and not like it.
            let away = if item.home.is_some_and(|home| home != row) { 3 } else { 0 };
            away + match expected.get(row) {
                Some(expected) => likeness::params(&item.atoms, expected) + ahead(item, row).min(2),
                None => {
                    let figures = item.atoms.iter().flat_map(|atom| atom.cell.figures());
                    let told = figures.map(|figure| unlike(&figure.digits, &sum.to_string()));
                    // The total is what the column ends with.
                    told.min().unwrap_or(8).min(3) + u32::from(at + 1 < apart.len())
                }
            }
        };
        let skip = |row: usize| u32::from(expected.get(row).is_some_and(|expected| expected.wanted()));
        let rows = align(apart.len(), if last == 0 { 0 } else { last + foot }, cost, skip, 1);
        if rows.is_empty() {
            apart.into_iter().flat_map(|item| item.atoms).for_each(|atom| self.loose(atom));
            return;
        }
        for (item, row) in apart.into_iter().zip(rows) {
            if row == last {
                item.atoms.into_iter().for_each(|atom| cell::join(&mut self.total, atom.cell));
            } else {
                self.join(row, Column::Params, item);
            }
        }
    }

    pub(super) fn join(&mut self, row: usize, column: Column, item: Item) {
        let Some(layer) = self.layers.get_mut(row) else { return };
        for atom in item.atoms {
            cell::join(layer.row.cell_mut(column), atom.cell);
        }
    }
}

/// What it costs that a piece stands above its layer: columns are printed behind the layers that they are of.
fn ahead(item: &Item, row: usize) -> u32 {
    if row >= item.above { 6 } else { 0 }
}
