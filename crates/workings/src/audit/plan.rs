//! With a key: which layer of the network stands behind which row of the sheet.

use super::alone::Dims;
use super::digest::{RowDigest, SheetDigest, Side};
use super::hand::{Hand, stray};
use super::layers::Kind;
use super::search::Stand;
use crate::ledger::Ledger;
use crate::model::From;

/// What it costs that a layer with something to show has no row.
const MISSING: f32 = 14.0;
/// What it costs that a row has no layer.
const EXTRA: f32 = 16.0;
/// The largest table of rows and layers that is filled in whole; beyond it rows stand where they stand.
const LARGEST: usize = 4_000_000;

/// A layer of the key as a row shows it.
struct Shown {
    kernel: Dims,
    count: Option<i128>,
    params: i128,
    out: Option<Dims>,
    input: Option<Dims>,
    /// Whether people leave it off a sheet: it changes nothing, or only the order.
    quiet: bool,
}

/// The place of every row, and the layers behind the last.
pub(crate) struct Plan {
    pub stands: Vec<Stand>,
    /// Layers that should have a row and have none, each with the row that it should stand before.
    pub missing: Vec<(usize, usize)>,
    /// How many rows have a layer that looks like theirs.
    pub alike: usize,
}

/// Puts rows and layers side by side, in order, at the least cost.
pub(crate) fn align(sheet: &SheetDigest<'_>, ledger: &Ledger, kinds: &[Kind], hand: &Hand) -> Plan {
    let shown: Vec<Shown> = (0..kinds.len()).map(|layer| show(ledger, kinds, layer)).collect();
    let (rows, layers) = (sheet.rows.len(), shown.len());
    let skip = |layer: usize| if shown[layer].quiet { 0.1 } else { MISSING };
    if rows.saturating_mul(layers) > LARGEST {
        return in_order(rows, &shown);
    }
    let pairs: Vec<Vec<f32>> =
        sheet.rows.iter().map(|row| shown.iter().map(|layer| unlike(row, layer, hand)).collect()).collect();
    let mut table = vec![vec![0f32; layers + 1]; rows + 1];
    for row in (0..=rows).rev() {
        for layer in (0..=layers).rev() {
            if row == rows && layer == layers {
                continue;
            }
            let mut best = f32::INFINITY;
            if row < rows && layer < layers {
                best = best.min(pairs[row][layer] + table[row + 1][layer + 1]);
            }
            if layer < layers {
                best = best.min(skip(layer) + table[row][layer + 1]);
            }
            if row < rows {
                best = best.min(EXTRA + table[row + 1][layer]);
            }
            table[row][layer] = best;
        }
    }
    let mut plan = Plan { stands: vec![Stand::default(); rows], missing: Vec::new(), alike: 0 };
    let (mut row, mut layer) = (0, 0);
    let mut silent = Vec::new();
    while row < rows || layer < layers {
        let here = table[row][layer];
        if row < rows && layer < layers && pairs[row][layer] + table[row + 1][layer + 1] <= here {
            plan.alike += usize::from(pairs[row][layer] < 8.0);
            plan.stands[row] = Stand { silent: std::mem::take(&mut silent), layer: Some(layer) };
            (row, layer) = (row + 1, layer + 1);
        } else if layer < layers && skip(layer) + table[row][layer + 1] <= here {
            if !shown[layer].quiet {
                plan.missing.push((layer, row));
            }
            silent.push(layer);
            layer += 1;
        } else {
            row += 1;
        }
    }
    plan
}

/// Rows and layers as they come, for sheets too long to compare.
fn in_order(rows: usize, shown: &[Shown]) -> Plan {
    let mut plan = Plan { stands: vec![Stand::default(); rows], missing: Vec::new(), alike: 0 };
    let mut silent = Vec::new();
    let mut row = 0;
    for (layer, shows) in shown.iter().enumerate() {
        match (shows.quiet, row < rows) {
            (false, true) => {
                plan.stands[row] = Stand { silent: std::mem::take(&mut silent), layer: Some(layer) };
                row += 1;
            }
            (quiet, _) => {
                if !quiet {
                    plan.missing.push((layer, row));
                }
                silent.push(layer);
            }
        }
    }
    plan
}

fn show(ledger: &Ledger, kinds: &[Kind], layer: usize) -> Shown {
    let kind = &kinds[layer];
    let row = &ledger.rows[layer];
    let known = |lines: &[calc::Line]| -> Option<Dims> {
        lines.get(1..)?.iter().map(|&line| ledger.page.known(line)).collect()
    };
    let from = ledger.model.layers[layer].inputs.first().copied().unwrap_or(From::Input(0));
    let out = row.out.as_deref().and_then(known);
    let input = ledger.shape(from).and_then(known);
    let params = ledger.value(row.sums.params).known().unwrap_or(0);
    let quiet = params == 0 && (kind.op == "flatten" || kind.op == "reshape" || kind.kernel.is_empty() && out == input);
    Shown { kernel: kind.kernel.clone(), count: kind.count, params, out, input, quiet }
}

/// How unlike a row and a layer are.
fn unlike(row: &RowDigest<'_>, layer: &Shown, hand: &Hand) -> f32 {
    let mut cost = 0.0;
    let near = |digits: &str, n: i128, most: f32| hand.cost(digits, n).min(stray(digits)).min(most);
    let kernel = row.kernel.sides().find_map(|side| match side {
        Side::Product(figures, _) => Some(figures.clone()),
        Side::Figure(figure) => Some(vec![*figure]),
        _ => None,
    });
    cost += match (kernel, layer.kernel.is_empty()) {
        (None, true) => 0.0,
        (Some(figures), false) => near(&figures[0].digits, layer.kernel[0], 4.0),
        (None, false) => 2.5,
        (Some(_), true) => 6.0,
    };
    cost += match (row.kernels.alone().next(), layer.count) {
        (Some(figure), Some(n)) => near(&figure.digits, n, 5.0),
        (None, None) => 0.0,
        (None, Some(_)) => 2.0,
        (Some(_), None) => 3.0,
    };
    let learns = row.params.alone().last().map(|figure| figure.digits.clone()).filter(|digits| &**digits != "0");
    cost += match learns {
        Some(digits) if layer.params > 0 => near(&digits, layer.params, 3.0),
        Some(_) => 4.0,
        None if layer.params > 0 && row.calculation.is_blank() => 2.0,
        None if layer.params == 0 && !row.calculation.is_blank() => 4.0,
        None => 0.0,
    };
    let shape = |cell: &super::digest::Digest<'_>, dims: &Option<Dims>| -> f32 {
        let Some(dims) = dims.as_ref().filter(|dims| dims.len() > 1) else { return 0.0 };
        let Some(figures) = cell.shapes(dims.len()).next() else { return 0.3 };
        let paper = super::evidence::on_paper(dims);
        figures.iter().zip(&paper).map(|(figure, &n)| near(&figure.digits, n, 1.5)).sum()
    };
    cost + shape(&row.input, &layer.input) + shape(&row.output, &layer.out)
}
