//! The sheet as data: what somebody filled in, cell by cell, before anything is judged.
//!
//! A cell is a list of [`Claim`]s: what was written there, taken apart into numbers and arithmetic, each figure with the
//! place where it was read. Readers (in `formats`) make sheets; they do not know whether anything is right.

pub mod fill;
mod written;

pub use written::{Figure, Ratio, Written};

use crate::fault::Place;

/// A column of the worksheet, in its order; the total stands at the foot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// `3x3`
    Kernel,
    /// `150x150x3`
    Input,
    /// How many kernels, or units.
    Kernels,
    /// The working of the parameters.
    Calculation,
    /// The formula of the output's size, and the output.
    Output,
    /// The parameters of the row.
    Params,
    /// The total at the foot.
    Total,
}

impl Column {
    /// The columns that a row has.
    pub const OF_ROW: [Column; 6] =
        [Column::Kernel, Column::Input, Column::Kernels, Column::Calculation, Column::Output, Column::Params];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        ["kernel", "input", "kernels", "calculation", "output", "params", "total"][self as usize]
    }
}

/// A sheet as it was filled in.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What its title calls it.
    pub name: Option<Box<str>>,
    /// Where it begins.
    pub place: Place,
    /// Its rows, in order.
    pub rows: Vec<SheetRow>,
    /// The total at its foot.
    pub total: Cell,
    /// What was read and found no place: nothing is dropped silently.
    pub unplaced: Vec<Piece>,
}

/// A row of a sheet: one layer.
#[derive(Clone, Debug, Default)]
pub struct SheetRow {
    /// Where it begins.
    pub place: Place,
    /// What its layer is called or what kind it is, where the sheet has such a column: `conv1`, `Max pool`.
    pub label: Cell,
    /// The stride, where the sheet has such a column.
    pub stride: Cell,
    /// The padding, where the sheet has such a column: a number, or `same`.
    pub padding: Cell,
    /// The cells, in the order of [`Column::OF_ROW`].
    pub cells: [Cell; 6],
}

impl SheetRow {
    /// The cell of a column. The total is no cell of a row.
    pub fn cell(&self, column: Column) -> &Cell {
        &self.cells[column as usize]
    }

    /// The cell of a column, to be written.
    pub fn cell_mut(&mut self, column: Column) -> &mut Cell {
        &mut self.cells[column as usize]
    }
}

/// A cell: what was written in it.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// As it was written, lines and all; pieces that stood apart are joined by line ends.
    pub written: String,
    /// Where its first piece stands.
    pub place: Place,
    /// What it claims, in order.
    pub claims: Vec<Claim>,
    /// What was struck out, which counts for nothing.
    pub struck: Vec<Piece>,
    /// What is no arithmetic: words, marks. Labels (`WE:`, `Total`) are not among them.
    pub words: Vec<Piece>,
}

impl Cell {
    /// Whether nothing counts in it: it is empty, or holds a dash, or all of it is struck out.
    pub fn is_blank(&self) -> bool {
        self.claims.is_empty()
    }

    /// Every figure in it, in order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.claims.iter().flat_map(|claim| &claim.sides).flat_map(Written::figures)
    }
}

/// A piece of text and where it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: Box<str>,
    /// Where.
    pub place: Place,
}

/// What stood before a claim and says what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `WE:`, `Wt`, `Weights =`, `N:`
    Weights,
    /// `B:`, `Bias`
    Bias,
    /// `T =`, `Total`, `Params`
    Total,
    /// `Ow =`, `Os`, `Output`
    Output,
}

/// A chain of equations: `3 × 3 × 3 = 27`, `= 150x150x32`, or a figure alone.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What it says that it is about.
    pub label: Option<Label>,
    /// Whether it begins with `=`, so that it goes on from the claim before it.
    pub goes_on: bool,
    /// What stands between the signs of equality, at least one.
    pub sides: Vec<Written>,
    /// Where it stands.
    pub place: Place,
}
