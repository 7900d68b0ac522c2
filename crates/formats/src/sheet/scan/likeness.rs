//! How ill a piece of a scanned page fits a layer.

use workings::worksheet::{Cell, Column, SheetRow};

use super::atom::{Atom, Kind};
use super::near::unlike;

/// A layer of a scanned sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub row: SheetRow,
    /// Whether it is dense: it has no kernel.
    pub dense: bool,
    /// Whether its calculation was found.
    pub calculated: bool,
    /// Whether its output was found.
    pub given: bool,
}

impl Layer {
    /// The factors of its input's shape.
    pub fn input(&self) -> Vec<&str> {
        factors(self.row.cell(Column::Input))
    }

    /// The first side of its kernel.
    pub fn kernel(&self) -> Option<&str> {
        factors(self.row.cell(Column::Kernel)).first().copied()
    }

    /// The count of its kernels.
    pub fn kernels(&self) -> Option<&str> {
        self.row.cell(Column::Kernels).figures().next().map(|figure| &*figure.digits)
    }

    /// Whether its count of kernels says that it has none.
    fn none(&self) -> bool {
        let cell = self.row.cell(Column::Kernels);
        cell.is_blank() && !cell.written.is_empty()
    }
}

/// How many figures of a cell are looked at for each piece that may stand beside it.
const MOST_FIGURES: usize = 100;

/// The factors of the first claim of a cell.
fn factors(cell: &Cell) -> Vec<&str> {
    let Some(claim) = cell.claims.first() else { return Vec::new() };
    claim.sides[0].factors().unwrap_or_default().into_iter().map(|figure| &*figure.digits).collect()
}

/// How ill two shapes fit: 0 to 6.
fn shapes(a: &[&str], b: &[&str]) -> u32 {
    if a.len() != b.len() { 3 } else { a.iter().zip(b).map(|(a, b)| unlike(a, b).min(2)).sum() }
}

/// How ill an output fits a layer, by the layer behind it too.
pub(super) fn output(atoms: &[Atom], layers: &[Layer], at: usize) -> u32 {
    let layer = &layers[at];
    let taken = if layer.row.cell(Column::Output).written.is_empty() { 0 } else { 4 };
    if layer.dense {
        return taken + 6;
    }
    let mut cost = taken;
    let shape = atoms.iter().rev().find_map(Atom::shape);
    if let Some(shape) = &shape {
        cost += match layers.get(at + 1).map(Layer::input).filter(|input| input.len() == 3) {
            Some(next) => shapes(shape, &next),
            None => 1,
        };
        if let Some(count) = layer.kernels() {
            cost += unlike(shape[2], count).min(2);
        } else if let Some(channels) = layer.input().get(2).filter(|_| layer.none()) {
            cost += unlike(shape[2], channels).min(2);
        }
    }
    // The formula takes the kernel from the width.
    let sides = atoms.iter().filter_map(Atom::claim).flat_map(|claim| &claim.sides);
    let formula =
        sides.filter(|side| side.factors().is_none()).map(|side| side.figures()).find(|figures| figures.len() > 1);
    if let Some(formula) = formula {
        if let Some(width) = layer.input().first() {
            cost += unlike(&formula[0].digits, width).min(3);
        }
        if let Some(kernel) = layer.kernel() {
            cost += u32::from(&*formula[1].digits != kernel);
        }
    }
    cost
}

/// How ill the calculation of a kernel's weights fits a layer.
pub(super) fn weights(atoms: &[Atom], layers: &[Layer], at: usize) -> u32 {
    let layer = &layers[at];
    if layer.dense {
        return 12;
    }
    let dash = atoms.iter().all(|atom| atom.kind == Kind::Dash);
    let taken = if layer.row.cell(Column::Calculation).written.is_empty() { 0 } else { 6 };
    if dash {
        return taken + if layer.kernels().is_some() { 4 } else { 0 };
    }
    let mut cost = taken + if layer.none() { 4 } else { 0 };
    let first = atoms.first().map(Atom::factors).unwrap_or_default();
    if let (Some(kernel), Some(side)) = (layer.kernel(), first.first()) {
        cost += 2 * u32::from(kernel != *side);
    }
    if let (Some(channels), Some(depth)) = (layer.input().get(2), first.get(2)) {
        cost += unlike(channels, depth).min(2);
    }
    let behind = layers.get(at + 1).map(Layer::input).and_then(|input| input.get(2).copied());
    if let Some(count) = layer.kernels().or(behind) {
        let told = atoms.iter().flat_map(|atom| atom.cell.figures()).map(|figure| unlike(&figure.digits, count)).min();
        cost += told.unwrap_or(0).min(2);
    }
    cost
}

/// How ill a count of kernels fits a layer.
pub(super) fn kernels(atoms: &[Atom], layers: &[Layer], at: usize) -> u32 {
    let layer = &layers[at];
    let taken = if layer.row.cell(Column::Kernels).written.is_empty() { 0 } else { 6 };
    let count = atoms.first().and_then(Atom::figure);
    let behind = layers.get(at + 1).map(Layer::input).and_then(|input| input.get(2).copied());
    let input = layer.input();
    let same = behind.is_some() && behind == input.get(2).copied();
    let told = match (count, behind) {
        _ if layer.dense => {
            let figures = layer.row.cell(Column::Calculation).figures().take(MOST_FIGURES);
            count.and_then(|count| figures.map(|figure| unlike(&figure.digits, count)).min()).unwrap_or(4)
        }
        (Some(count), Some(behind)) => unlike(count, behind) + u32::from(same),
        (None, Some(_)) => {
            if same {
                0
            } else {
                3
            }
        }
        (_, None) => 1,
    };
    taken + told
}

/// What the parameters of a layer should look like, as far as its other cells say.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// Every figure that they may be.
    figures: Vec<String>,
    /// The likeliest.
    pub total: Option<i128>,
    /// Whether the layer has weights.
    weights: bool,
    taken: bool,
}

impl Expected {
    /// Whether parameters are still to be found.
    pub fn wanted(&self) -> bool {
        self.weights && !self.taken
    }
}

/// What the parameters of a layer should look like.
pub(super) fn expected(layer: &Layer) -> Expected {
    let calculation = layer.row.cell(Column::Calculation);
    // What products come to, not what they are of: a layer's input is not its parameters.
    let sides = calculation.claims.iter().flat_map(|claim| &claim.sides);
    let mut figures: Vec<String> =
        sides.take(MOST_FIGURES).filter_map(|side| Some(side.value()?.whole()?.to_string())).collect();
    figures.extend(layer.kernels().map(str::to_owned));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i128>().ok());
    let labelled = |label| {
        let claims = calculation.claims.iter().filter(move |claim| claim.label == Some(label));
        claims.filter_map(|claim| claim.sides.last()?.value()?.whole()).next_back()
    };
    let total = labelled(workings::worksheet::Label::Total);
    let count = number(layer.kernels());
    if let (Some(total), Some(count)) = (total, count) {
        figures.push((total - count).to_string());
    }
    let input = layer.input();
    let side = number(layer.kernel());
    let channels = number(input.get(2).copied());
    let mut worked_out = None;
    if let (Some(side), Some(channels), Some(count)) = (side, channels, count) {
        let weights = side.checked_mul(side).and_then(|area| area.checked_mul(channels)?.checked_mul(count));
        worked_out = weights.and_then(|weights| weights.checked_add(count));
        figures.extend(worked_out.map(|params| params.to_string()));
    }
    let largest = figures.iter().filter_map(|figure| figure.parse::<i128>().ok()).max();
    let params = layer.row.cell(Column::Params);
    let written = params.figures().last().and_then(|figure| figure.value());
    Expected {
        total: written.or(total).or(worked_out).or(largest.filter(|_| layer.dense)),
        weights: layer.dense || !calculation.is_blank() || layer.kernels().is_some(),
        taken: !params.written.is_empty(),
        figures,
    }
}

/// How ill a figure of the parameters' column fits a layer.
pub(super) fn params(atoms: &[Atom], expected: &Expected) -> u32 {
    let taken = if expected.taken { 5 } else { 0 };
    if atoms.iter().all(|atom| atom.kind == Kind::Dash || atom.figure() == Some("0")) {
        return taken + if expected.weights { 4 } else { 0 };
    }
    let figures = || atoms.iter().flat_map(|atom| atom.cell.figures());
    let told =
        figures().map(|figure| expected.figures.iter().map(|known| unlike(&figure.digits, known)).min().unwrap_or(4));
    taken + told.min().unwrap_or(4) + if expected.weights { 0 } else { 3 }
}
