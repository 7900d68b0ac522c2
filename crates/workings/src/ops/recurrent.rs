//! What recurrent layers share: gates that weigh the step's input and the state before it, step after step.
//!
//! - Shape: L × units, twice the units in two directions; the last step alone where only that is wanted (Keras's default).
//! - Weights: a layer in one direction has gates · units · (inputs + units); a projection R has 4 · units · (inputs + R) and
//!   R · units more (PyTorch `torch/nn/modules/rnn.py`; Keras `keras/src/layers/rnn/`). Later layers take in what the
//!   directions of the one before give.
//! - Biases: two vectors of gates · units (PyTorch, ONNX), or one (Keras for `rnn` and `lstm`).
//! - Multiply-adds: every weight once at every step.

use calc::{Qty, Relation};

use super::conv::NO_BIAS;
use super::window::number;
use super::{Arg, Kind};
use crate::fault::Fault;
use crate::model::Rules;
use crate::node::{Built, Costs, Macs, Node, Role, Row};

/// What a kind of recurrent layer has of its own.
pub(super) struct Cell {
    /// How many gates it has.
    pub gates: i64,
    /// The vectors of biases that Keras gives it.
    pub biases_in_keras: u32,
    /// Multiplications, additions, divisions, transcendental calls of one unit at one step: beside the weights' products,
    /// the sum of the two products in each gate, and the biases.
    pub costs: [i64; 4],
}

pub(super) const LAYERS: Arg = Arg::keyed("layers", "layers", Kind::Count);
pub(super) const BIDIRECTIONAL: Arg = Arg::flag("bidirectional", "directions", "both");
pub(super) const BIASES: Arg = Arg::keyed("biases", "biases", Kind::Count);
pub(super) const LAST: Arg = Arg::flag("last", "steps", "last");
pub(super) const SEQUENCE: Arg = Arg::flag("sequence", "steps", "all");
pub(super) const MAY: [Arg; 6] = [LAYERS, BIDIRECTIONAL, BIASES, NO_BIAS, LAST, SEQUENCE];

/// What a projection must do; `findings` has what to do about it.
pub(crate) const PROJECTION: &str = "the projection is smaller than the units";

/// One layer in one direction.
struct Weights<'c> {
    of_input: Qty<'c>,
    of_state: Qty<'c>,
    of_projection: Option<Qty<'c>>,
}

impl<'c> Weights<'c> {
    fn sum(&self) -> Qty<'c> {
        let gates = self.of_input + self.of_state;
        self.of_projection.map_or(gates, |projection| gates + projection)
    }
}

pub(super) fn rule<'c>(node: &Node<'c, '_>, cell: &Cell) -> Result<Row<'c>, Fault> {
    let sequence = node.sequence(0, "C_in", "L")?;
    let calc = node.calc;
    let units = node.knob("units")?;
    let layers = node.count("layers", 1);
    let directions = if node.word("directions") == Some("both") { 2 } else { 1 };
    let projection = node.knob_if_told("projection").map(|told| told.claim(Relation::AtMost, units - 1, PROJECTION));
    let biases = biases(node, cell)?;

    let state = projection.unwrap_or(units);
    let c_out = if directions == 1 { state } else { (state * directions).called("C_out") };
    let gates = if cell.gates == 1 { units } else { (number(calc, cell.gates) * units).called("gates") };
    let weights = |inputs: Qty<'c>| Weights {
        of_input: (gates * inputs).called("weights_ih"),
        of_state: (gates * state).called("weights_hh"),
        of_projection: projection.map(|projection| (projection * units).called("weights_hr")),
    };
    let first = weights(sequence.c);
    let later = (layers > 1).then(|| weights(c_out));

    let positions = sequence.positions().called("positions");
    let once = match &later {
        Some(later) => first.sum() + later.sum() * i64::from(layers - 1),
        None => first.sum(),
    };
    let every = if directions == 1 { once } else { once * directions };
    let updates = positions * units * (i64::from(layers) * directions);

    let last = match node.word("steps") {
        Some(steps) => steps == "last",
        None => node.rules() == Rules::Keras,
    };
    let out = if last { sequence.shape(c_out, []) } else { sequence.with_channels(c_out) };
    let mut row = Row::of(out)
        .setting("units", Built::One(units))
        .setting("layers", Built::One(number(calc, i64::from(layers))))
        .setting("directions", Built::Word(if directions == 1 { "one" } else { "both" }))
        .setting("steps", Built::Word(if last { "last" } else { "all" }));
    for layer in 0..layers {
        let (inputs, weights) = match &later {
            Some(later) if layer > 0 => (c_out, later),
            _ => (sequence.c, &first),
        };
        for direction in ["", "_reverse"].iter().take(directions as usize) {
            let name = |tensor: &str| format!("{tensor}_l{layer}{direction}");
            row = row
                .param(name("weight_ih"), Role::Weight, weights.of_input, [gates, inputs])
                .param(name("weight_hh"), Role::Weight, weights.of_state, [gates, state]);
            for tensor in ["bias_ih", "bias_hh"].iter().take(biases as usize) {
                row = row.param(name(tensor), Role::Bias, gates, [gates]);
            }
            if let (Some(elements), Some(projection)) = (weights.of_projection, projection) {
                row = row.param(name("weight_hr"), Role::Weight, elements, [projection, units]);
            }
        }
    }
    row.macs = Macs { linear: Some(positions * every), ..Macs::default() };
    row.costs = costs(cell, biases, updates);
    Ok(row)
}

/// How many vectors of biases every gate has.
fn biases(node: &Node<'_, '_>, cell: &Cell) -> Result<u32, Fault> {
    let default = if node.rules() == Rules::Keras { cell.biases_in_keras } else { 2 };
    match node.count("biases", default) {
        _ if !node.has("bias") => Ok(0),
        told @ (1 | 2) => Ok(told),
        told => Err(Fault::new(format!("{}: a gate has 1 or 2 biases, and {told} are asked for", node.name()))
            .hint("write `biases 1`, `biases 2` or `no bias`")),
    }
}

fn costs<'c>(cell: &Cell, biases: u32, updates: Qty<'c>) -> Costs<'c> {
    let [multiplications, additions, divisions, transcendentals] = cell.costs;
    let additions = additions + cell.gates * (1 + i64::from(biases));
    let times = |each: i64| (each > 0).then(|| updates * each);
    Costs {
        multiplications: times(multiplications),
        additions: times(additions),
        comparisons: None,
        divisions: times(divisions),
        transcendentals: times(transcendentals),
    }
}
