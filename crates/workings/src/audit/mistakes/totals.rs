//! Totals: wrong sums over the column of parameters.
//!
//! - The true rule: every parameter of every layer, weights and biases, once.

use calc::Qty;

use super::{Column, Mistake, Sums, Wrong};

pub(super) const T4A: Mistake = Mistake {
    code: "T4a",
    name: "a row left out of the total",
    does: "leaves a row out of the sum",
    here: "Every row with parameters is added",
    rarity: 1,
    rule: Wrong::Total(|column| each(column, |sum, row| sum - row)),
};

pub(super) const T4B: Mistake = Mistake {
    code: "T4b",
    name: "the biases left out of the total",
    does: "adds the weights alone",
    here: "The biases are learned too, so they are added",
    rarity: 2,
    rule: Wrong::Total(|column| {
        let biases = column.biases.iter().flatten().copied().reduce(|a, b| a + b);
        biases.map(|biases| (None, sum(column) - biases)).into_iter().collect()
    }),
};

pub(super) const T4C: Mistake = Mistake {
    code: "T4c",
    name: "a row counted twice",
    does: "adds a row twice",
    here: "Every row with parameters is added once",
    rarity: 2,
    rule: Wrong::Total(|column| each(column, |sum, row| sum + row)),
};

pub(super) const T4D: Mistake = Mistake {
    code: "T4d",
    name: "outputs added to the total",
    does: "adds the elements of the outputs to the parameters",
    here: "Outputs are worked out, not learned, so they do not count",
    rarity: 4,
    rule: Wrong::Total(|column| {
        let outputs = column.outputs.iter().flatten().copied().reduce(|a, b| a + b);
        outputs.map(|outputs| (None, sum(column) + outputs)).into_iter().collect()
    }),
};

/// The right sum.
fn sum<'c>(column: &Column<'c>) -> Qty<'c> {
    column.calc.sum(column.params.iter().flatten().copied())
}

/// A wrong sum for each row with parameters.
fn each<'c>(column: &Column<'c>, wrong: fn(Qty<'c>, Qty<'c>) -> Qty<'c>) -> Sums<'c> {
    let sum = sum(column);
    let rows = column.params.iter().enumerate();
    rows.filter_map(|(row, params)| Some((Some(row), wrong(sum, (*params)?)))).collect()
}
