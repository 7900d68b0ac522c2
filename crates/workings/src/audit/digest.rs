//! A sheet's cells made ready to be compared: what is a figure, a product, a formula.

use super::form::WrittenForm;
use crate::worksheet::{Cell, Claim, Figure, Label, Ratio, Sheet, SheetRow, Written};

/// A side of an equation.
#[derive(Clone, Debug)]
pub(crate) enum Side<'s> {
    /// A figure alone.
    Figure(&'s Figure),
    /// A product of figures: factors, or a shape.
    Product(Vec<&'s Figure>, Option<i128>),
    /// Anything else that comes to something, or has the form of a formula for a size.
    Formula(Option<Box<WrittenForm<'s>>>, Option<Ratio>, Vec<&'s Figure>),
    /// A formula in names: nothing to compare.
    Names,
}

/// An equation.
#[derive(Clone, Debug)]
pub(crate) struct Said<'s> {
    pub label: Option<Label>,
    pub sides: Vec<Side<'s>>,
}

/// A cell.
#[derive(Clone, Debug)]
pub(crate) struct Digest<'s> {
    pub cell: &'s Cell,
    pub claims: Vec<Said<'s>>,
    /// How many claims are left out, because the cell goes on for longer than a row's working does.
    pub left_out: usize,
}

/// How many figures of a cell are looked at: several times what the longest working of one row needs.
const FIGURES: usize = 64;

/// A row: its cells, and what stands beside them.
#[derive(Clone, Debug)]
pub(crate) struct RowDigest<'s> {
    pub row: &'s SheetRow,
    pub kernel: Digest<'s>,
    pub input: Digest<'s>,
    pub kernels: Digest<'s>,
    pub calculation: Digest<'s>,
    pub output: Digest<'s>,
    pub params: Digest<'s>,
    pub stride: Digest<'s>,
    pub padding: Digest<'s>,
}

/// A sheet.
pub(crate) struct SheetDigest<'s> {
    pub sheet: &'s Sheet,
    pub rows: Vec<RowDigest<'s>>,
    pub total: Digest<'s>,
}

impl<'s> SheetDigest<'s> {
    pub fn of(sheet: &'s Sheet) -> SheetDigest<'s> {
        SheetDigest { sheet, rows: sheet.rows.iter().map(row).collect(), total: Digest::of(&sheet.total) }
    }
}

fn row(row: &SheetRow) -> RowDigest<'_> {
    let [kernel, input, kernels, calculation, output, params] = row.cells.each_ref().map(Digest::of);
    let (stride, padding) = (Digest::of(&row.stride), Digest::of(&row.padding));
    RowDigest { row, kernel, input, kernels, calculation, output, params, stride, padding }
}

impl<'s> Digest<'s> {
    pub fn of(cell: &'s Cell) -> Digest<'s> {
        let mut figures = 0;
        let within = cell.claims.iter().take_while(|claim| {
            figures += claim.sides.iter().map(|side| side.figures().len()).sum::<usize>();
            figures <= FIGURES
        });
        let claims: Vec<Said<'s>> = within.map(said).collect();
        Digest { cell, left_out: cell.claims.len() - claims.len(), claims }
    }

    pub fn is_blank(&self) -> bool {
        self.claims.is_empty()
    }

    /// Every side, in order.
    pub fn sides(&self) -> impl Iterator<Item = &Side<'s>> {
        self.claims.iter().flat_map(|claim| &claim.sides)
    }

    /// The products that may be shapes of so many sizes, in order.
    pub fn shapes(&self, sizes: usize) -> impl Iterator<Item = &[&'s Figure]> {
        self.sides().filter_map(move |side| match side {
            Side::Product(figures, _) if figures.len() == sizes => Some(&figures[..]),
            _ => None,
        })
    }

    /// Every figure that stands alone or in a product, in order.
    pub fn figures(&self) -> impl Iterator<Item = &'s Figure> {
        self.sides().flat_map(|side| match side {
            Side::Figure(figure) => vec![*figure],
            Side::Product(figures, _) => figures.clone(),
            _ => Vec::new(),
        })
    }

    /// The figures that stand alone, in order.
    pub fn alone(&self) -> impl Iterator<Item = &'s Figure> {
        self.sides().filter_map(|side| match side {
            Side::Figure(figure) => Some(*figure),
            _ => None,
        })
    }
}

fn said(claim: &Claim) -> Said<'_> {
    Said { label: claim.label, sides: claim.sides.iter().map(side).collect() }
}

fn side(written: &Written) -> Side<'_> {
    if let Some(figure) = written.figure() {
        return Side::Figure(figure);
    }
    let whole = |value: Option<Ratio>| value.and_then(Ratio::whole);
    match written.factors() {
        Some(figures) => Side::Product(figures, whole(written.value())),
        None => match (WrittenForm::of(written), written.value()) {
            (_, None) => Side::Names,
            (form, value) => Side::Formula(form.map(Box::new), value, written.figures()),
        },
    }
}
