//! A filled sheet on its way: what stands in each cell now, and whether that is what was written.

use workings::worksheet::Column;
use workings::worksheet::fill::{Filled, Formulas, Nothing, Style, Sums};

use crate::rng::Rng;

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    /// What stands in it, a line a line.
    pub text: String,
    /// Whether it was damaged.
    pub damaged: bool,
}

/// A sheet.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its title.
    pub name: String,
    /// Its rows, a cell a column.
    pub rows: Vec<[Spot; 6]>,
    /// The total.
    pub total: Spot,
}

impl Paper {
    /// A sheet as it was filled in.
    pub fn of(filled: &Filled) -> Paper {
        let spot = |text: &str| Spot { text: text.to_owned(), damaged: false };
        Paper {
            name: filled.name.clone(),
            rows: filled.rows.iter().map(|row| std::array::from_fn(|at| spot(&row[at].text))).collect(),
            total: spot(&filled.total.text),
        }
    }

    /// A cell.
    pub fn spot(&self, row: usize, column: Column) -> &Spot {
        match column {
            Column::Total => &self.total,
            column => &self.rows[row][column as usize],
        }
    }

    /// Every cell, to be damaged.
    pub fn spots(&mut self) -> impl Iterator<Item = (Column, &mut Spot)> {
        let rows = self.rows.iter_mut().flat_map(|row| Column::OF_ROW.into_iter().zip(row));
        rows.chain([(Column::Total, &mut self.total)])
    }
}

/// A way of writing.
pub fn style(rng: &mut Rng) -> Style {
    let times = rng.one(&['x', 'x', '×', '×', '*']);
    Style {
        formulas: rng.one(&[Formulas::Full, Formulas::Full, Formulas::Plain, Formulas::Plain, Formulas::None]),
        sums: rng.one(&[Sums::Steps, Sums::Steps, Sums::Steps, Sums::Line, Sums::None]),
        times,
        spaced: rng.chance(0.6),
        thousands: rng.chance(0.2),
        nothing: rng.one(&[Nothing::Zero, Nothing::Dash, Nothing::Blank]),
        labels: rng.chance(0.7),
        chained: rng.chance(0.3),
        doubled: rng.chance(0.15),
        decimals: rng.chance(0.2),
        vectors: rng.chance(0.5),
    }
}
