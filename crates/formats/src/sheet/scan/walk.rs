//! A scanned page, read from top to bottom: what stands beside a layer goes to it, what stands in a column of its own
//! is kept for [`super::align`].

mod calculations;
mod counts;
mod layers;
mod outputs;
mod place;

use std::collections::BTreeSet;

use workings::worksheet::{Cell, Column, Piece, Sheet, SheetRow};

use super::atom::{Atom, CALCULATION, Kind, PARAMS, Under};
use super::likeness::Layer;
use crate::sheet::{cell, line, table};

/// What was read, in order.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A heading; one on a line of its own ends a calculation.
    Heading { closes: bool },
    /// A row of a table that is whole.
    Row(Box<SheetRow>),
    /// A claim.
    Atom(Atom),
    /// What belongs to no layer.
    Loose(Piece),
}

/// Claims that belong together, and the layer beside which they stand.
#[derive(Clone, Debug, Default)]
struct Item {
    atoms: Vec<Atom>,
    /// The layer beside which they stand.
    home: Option<usize>,
    /// How many layers there were above.
    above: usize,
    /// The output beside which they stand, where a row's right half is printed row by row.
    output: Option<usize>,
    /// Whether it is the calculation of a layer with a kernel, whatever its figures say.
    kernel: bool,
}

/// A calculation that is being read.
#[derive(Clone, Copy, Debug)]
struct Group {
    item: usize,
    bias: bool,
    total: bool,
}

/// What has been counted of the page so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Layers with a kernel that have no calculation beside them.
    uncalculated: usize,
    /// Those of them that have a count of kernels.
    bare: usize,
    /// Calculations that stand in a column, and dashes among them.
    listed: usize,
    dashes: usize,
    /// Counts of kernels that stand in a column.
    counts: usize,
    /// How wide the last input is that is known.
    width: Option<u64>,
}

/// Where the last claim went, so that what goes on from it follows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Last {
    Nowhere,
    Output(usize),
    Calculation(usize),
    Params(usize),
    Input,
    Total,
}

/// How many digits a count of kernels has at most.
const COUNT_DIGITS: usize = 5;

/// How far ahead is looked.
const AHEAD: usize = 40;

/// The sheets in what was read under one title: more than one where an image begins a network anew.
pub(super) fn sheets(title: Option<(String, Piece)>, events: Vec<Event>) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let mut walk = Walk::new(&events);
    while walk.at < events.len() {
        walk.step();
        if walk.anew {
            let at = walk.at;
            sheets.push(walk.end());
            walk = Walk::new(&events);
            walk.at = at;
        }
    }
    let titled = title.is_some();
    let sheet = walk.end();
    if titled
        || !sheets.is_empty()
        || !sheet.rows.is_empty()
        || !sheet.unplaced.is_empty()
        || !sheet.total.written.is_empty()
    {
        sheets.push(sheet);
    }
    if let (Some((name, piece)), Some(first)) = (title, sheets.first_mut()) {
        first.name = Some(name.into());
        first.place = piece.place;
    }
    sheets
}

/// Whether an event is of a layer.
fn of_layer(event: &Event) -> bool {
    match event {
        Event::Row(_) => true,
        Event::Atom(atom) => matches!(atom.kind, Kind::Kernel | Kind::Weights | Kind::Product),
        _ => false,
    }
}

/// The longer side of a shape.
fn width(shape: &[&str]) -> Option<u64> {
    shape.iter().take(2).filter_map(|side| side.parse().ok()).max()
}

struct Walk<'e> {
    events: &'e [Event],
    at: usize,
    layers: Vec<Layer>,
    /// The sides of the kernels so far, and the last layer that has one.
    sides: BTreeSet<String>,
    backbone: Option<usize>,
    outputs: Vec<Item>,
    calculations: Vec<Item>,
    kernels: Vec<Item>,
    params: Vec<Item>,
    /// What belongs to the next dense layer.
    input: Vec<Atom>,
    count: Vec<Atom>,
    next_params: Vec<Atom>,
    total: Cell,
    unplaced: Vec<Piece>,
    group: Option<Group>,
    last: Last,
    /// The heading that a new layer made void.
    stale: Option<Under>,
    /// Whether outputs, and calculations, come one after the other for all layers; told once behind a layer.
    outputs_listed: Option<bool>,
    calculations_listed: Option<bool>,
    anew: bool,
    /// Whether the last output has its shape.
    shaped: bool,
    /// The last event that is of a layer.
    layers_until: usize,
    /// The line of the last layer's kernel.
    line: Option<usize>,
    tally: Tally,
}

impl<'e> Walk<'e> {
    fn new(events: &'e [Event]) -> Walk<'e> {
        Walk {
            events,
            at: 0,
            layers: Vec::new(),
            sides: BTreeSet::new(),
            backbone: None,
            outputs: Vec::new(),
            calculations: Vec::new(),
            kernels: Vec::new(),
            params: Vec::new(),
            input: Vec::new(),
            count: Vec::new(),
            next_params: Vec::new(),
            total: Cell::default(),
            unplaced: Vec::new(),
            group: None,
            last: Last::Nowhere,
            stale: None,
            outputs_listed: None,
            calculations_listed: None,
            anew: false,
            shaped: false,
            layers_until: events.iter().rposition(of_layer).unwrap_or(0),
            line: None,
            tally: Tally::default(),
        }
    }

    /// Reads an event; one that begins a network anew is left for the next walk.
    fn step(&mut self) {
        let events = self.events;
        match &events[self.at] {
            Event::Heading { closes } => {
                self.stale = None;
                if *closes {
                    self.group = None;
                    self.last = Last::Nowhere;
                }
            }
            Event::Loose(piece) => self.unplaced.push(piece.clone()),
            Event::Row(row) => {
                if self.begins_anew(row) {
                    return;
                }
                self.whole(row);
            }
            Event::Atom(atom) => {
                let mut atom = atom.clone();
                if self.is_of_output(&atom) {
                    self.output_takes(atom);
                    self.at += 1;
                    return;
                }
                if atom.kind == Kind::Kernel || self.heads_a_line(self.at, &atom) {
                    if !self.is_product(&atom) {
                        return self.layer(&atom);
                    }
                    atom.kind = Kind::Product;
                }
                if self.stale.is_some_and(|stale| atom.under.only(stale)) {
                    atom.under = Under::default();
                }
                self.atom(atom);
            }
        }
        self.at += 1;
    }

    /// The next claims behind an event, up to a row of a table.
    fn ahead(&self, at: usize) -> impl Iterator<Item = &'e Atom> + use<'e> {
        let rest = self.events.get(at + 1..).unwrap_or_default();
        // Page furniture may go on for ever.
        rest.iter().take(8 * AHEAD).take_while(|event| !matches!(event, Event::Row(_))).filter_map(
            |event| match event {
                Event::Atom(atom) => Some(atom),
                _ => None,
            },
        )
    }

    /// The index of the next claim.
    fn next_atom(&self, at: usize) -> Option<(usize, &'e Atom)> {
        (at + 1..self.events.len().min(at + AHEAD)).find_map(|at| match &self.events[at] {
            Event::Atom(atom) => Some(Some((at, atom))),
            Event::Row(_) => Some(None),
            _ => None,
        })?
    }

    /// What stood above the claim that is being read, stale or not.
    fn under(&self) -> Under {
        match self.events.get(self.at) {
            Some(Event::Atom(atom)) => atom.under,
            _ => Under::default(),
        }
    }

    /// Whether it stands in a column of calculations, some of which are still to come.
    fn in_column(&self, atom: &Atom) -> bool {
        let waits = !self.input.is_empty() || !self.count.is_empty();
        atom.under.only(CALCULATION) && !waits && self.column_goes_on()
    }

    /// Whether calculations are listed, and some are still to come. With a dash for each layer that has none, there are as
    /// many as layers.
    fn column_goes_on(&self) -> bool {
        let tally = &self.tally;
        let dashed = tally.dashes > 0 && tally.listed + tally.dashes < tally.uncalculated;
        self.calculations_listed == Some(true) && (self.wanted() > 0 || dashed)
    }

    /// How many layers with a kernel have no calculation yet, neither beside them nor in a column.
    fn wanted(&self) -> usize {
        (self.tally.bare + self.tally.counts).saturating_sub(self.tally.listed)
    }

    /// The last layer.
    fn here(&self) -> Option<usize> {
        self.layers.len().checked_sub(1)
    }

    fn push(&mut self, layer: Layer) {
        self.sides.extend(layer.kernel().map(str::to_owned));
        let bare = usize::from(!layer.dense && !layer.calculated);
        self.tally.uncalculated += bare;
        self.tally.bare += if layer.kernels().is_some() { bare } else { 0 };
        self.tally.width = width(&layer.input()).or(self.tally.width);
        if !layer.dense {
            self.backbone = Some(self.layers.len());
        }
        self.layers.push(layer);
    }

    /// Whether a layer's input begins another network.
    fn begins_anew(&mut self, row: &SheetRow) -> bool {
        let before =
            Sheet { rows: self.layers.last().map(|layer| layer.row.clone()).into_iter().collect(), ..Sheet::default() };
        // Outputs that are listed apart are not in the rows yet.
        let listed = self.outputs.last().is_some_and(|item| {
            let shape = table::shape(row.cell(Column::Input)).unwrap_or_default();
            item.atoms.iter().any(|atom| table::same(&atom.factors(), &shape))
        });
        // A network that has not ended goes on: three channels come within it too, but no wider shape.
        let own = table::shape(row.cell(Column::Input)).and_then(|own| width(&own));
        let wider = self.tally.width.is_none() || self.tally.width < own;
        let ended = wider || !self.total.is_blank() || self.layers.last().is_some_and(|layer| layer.dense);
        self.anew = ended && !listed && table::starts(row, &before);
        self.anew
    }

    fn atom(&mut self, atom: Atom) {
        match atom.kind {
            Kind::Kernel => {}
            Kind::Shape => self.shape(atom),
            Kind::ShapeEquation => {
                if self.last_output_open() {
                    self.output_takes(atom);
                } else if self.line == Some(atom.block) || self.in_column(&atom) || self.is_weights(&atom) {
                    self.weights(atom);
                } else {
                    self.flat(atom);
                }
            }
            Kind::Formula => self.formula(atom),
            Kind::Weights => self.weights(atom),
            Kind::Product => self.product(atom),
            Kind::Bias => match self.group {
                Some(group) => self.group_takes(atom, Group { bias: true, ..group }),
                None => self.loose(atom),
            },
            Kind::Total => self.total(atom),
            Kind::Step => self.goes_on(atom),
            Kind::Count => self.count(atom),
            Kind::Dash => self.dash(atom),
            Kind::Words => self.words(atom),
        }
    }

    fn loose(&mut self, atom: Atom) {
        self.unplaced.push(Piece { text: atom.cell.written.into(), place: atom.cell.place });
        self.last = Last::Nowhere;
    }

    fn words(&mut self, atom: Atom) {
        if !atom.cell.struck.is_empty() && line::is_total(&atom.cell.written) {
            cell::join(&mut self.total, atom.cell);
        } else if !atom.cell.struck.is_empty() && atom.cell.words.is_empty() && atom.under.kernels {
            self.count.push(atom);
        } else {
            self.unplaced.push(Piece { text: atom.cell.written.into(), place: atom.cell.place });
        }
    }

    fn dash(&mut self, atom: Atom) {
        let item = self.item(atom.clone(), None);
        match atom.under {
            Under { calculation: true, kernel: false, .. } => {
                self.tally.dashes += 1;
                self.calculations.push(item);
            }
            Under { params: true, kernel: false, .. } => self.params_take(atom, None),
            Under { kernels: true, kernel: false, .. } => self.kernels.push(item),
            _ => self.loose(atom),
        }
    }

    fn goes_on(&mut self, atom: Atom) {
        match self.last {
            Last::Params(item) if self.params[item].atoms.last().is_none_or(|last| last.block == atom.block) => {
                self.params[item].atoms.push(atom);
            }
            Last::Params(_) => self.params_take(atom, None),
            Last::Output(_) => self.output_takes(atom),
            Last::Calculation(item) => self.calculations[item].atoms.push(atom),
            Last::Input => self.input.push(atom),
            Last::Total => cell::join(&mut self.total, atom.cell),
            Last::Nowhere if atom.under.only(PARAMS) => self.params_take(atom, None),
            Last::Nowhere if atom.under.output => self.formula(atom),
            Last::Nowhere => self.loose(atom),
        }
    }

    fn params_take(&mut self, atom: Atom, home: Option<usize>) {
        let row_by_row = atom.under.output && atom.under.params && home.is_none_or(|home| !self.layers[home].dense);
        let output = match self.last {
            Last::Output(output) if row_by_row => Some(output),
            _ => None,
        };
        let item = Item { output, ..self.item(atom, home) };
        self.params.push(item);
        self.last = Last::Params(self.params.len() - 1);
    }

    fn item(&self, atom: Atom, home: Option<usize>) -> Item {
        Item { atoms: vec![atom], home, above: self.layers.len(), ..Item::default() }
    }
}
