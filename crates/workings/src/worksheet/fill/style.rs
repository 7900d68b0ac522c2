//! How somebody writes.

/// How much of the formula for a size is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formulas {
    /// `(26 - 2 + 0)/2 + 1`, neutral terms and all.
    Full,
    /// `(26 - 2)/2 + 1`: what adds 0 or divides by 1 is left out.
    Plain,
    /// Only the shape.
    None,
}

/// How the parameters are worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sums {
    /// `3x3x3 = 27`, `27x32 = 864`, `1x32 = 32`, `896`, a line each.
    Steps,
    /// `3x3x3x32 + 32 = 896`
    Line,
    /// Only the number, in the column of the parameters.
    None,
}

/// What stands in the parameters of a layer without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// `0`
    Zero,
    /// `-`
    Dash,
    /// Nothing.
    Blank,
}

/// How somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// How much of a formula is written.
    pub formulas: Formulas,
    /// How the parameters are worked out.
    pub sums: Sums,
    /// The sign of multiplication: `x`, `×`, `*`.
    pub times: char,
    /// Whether it stands between spaces in a working.
    pub spaced: bool,
    /// Whether thousands are set apart: `18,496`.
    pub thousands: bool,
    /// What stands for no parameters.
    pub nothing: Nothing,
    /// Whether the steps are labelled: `WE:`, `Bias:`, `Total:`.
    pub labels: bool,
    /// Whether the formula, its result and the shape stand in one line.
    pub chained: bool,
    /// Whether a double padding is written `2x1`.
    pub doubled: bool,
    /// Whether a division that leaves a remainder is written down before it is rounded: `= 54.5`.
    pub decimals: bool,
    /// Whether dense rows have their input and output.
    pub vectors: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            formulas: Formulas::Full,
            sums: Sums::Steps,
            times: 'x',
            spaced: true,
            thousands: false,
            nothing: Nothing::Blank,
            labels: true,
            chained: false,
            doubled: false,
            decimals: false,
            vectors: true,
        }
    }
}
