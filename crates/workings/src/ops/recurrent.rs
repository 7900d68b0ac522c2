//! What recurrent layers share: gates that weigh the step's input and the state before it, step after step.
//!
//! - Shape: L × units, twice the units in two directions; the last step alone where only that is wanted (Keras's default).
//! - Weights: a layer in one direction has gates · units · (inputs + units); a projection R has 4 · units · (inputs + R) and
//!   R · units more (PyTorch `torch/nn/modules/rnn.py`; Keras `keras/src/layers/rnn/`). Later layers take in what the
//!   directions of the one before give.
//! - Biases: two vectors of gates · units (PyTorch, ONNX), or one (Keras for `rnn` and `lstm`).
//! - Multiply-adds: every weight once at every step.

use calc::{Qty, Relation};
use smallvec::SmallVec;

use super::conv::NO_BIAS;
use super::window::number;
use super::{Arg, Kind};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::model::{Rules, Setting};
use crate::node::{Built, Costs, Macs, Node, Role, Row, Shape};

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

/// What Keras says of a recurrent layer (`keras/src/layers/rnn/rnn.py`, `gru.py`; `bidirectional.py` for the merging).
pub(super) fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let steps = if config.is("return_sequences", false) { "all" } else { "last" };
    let mut settings = vec![config.knob("units", "units")?, keras::word("steps", steps)];
    keras::bias(config, &mut settings);
    // Keras 2's first GRU had the reset before the product; its configuration says so, or is older than the choice.
    if config.class == "GRU" && !config.is("reset_after", false) {
        settings.push(("biases", Setting::Count(1)));
    }
    if config.is("return_state", false) {
        settings.push(keras::word("state", "given"));
    }
    Ok(settings)
}

/// The weights of a layer in one direction, and the sizes that make them.
struct Weights<'c> {
    /// The units of all gates.
    gates: Qty<'c>,
    /// What a step hands to the next: the units, or what they are projected to.
    state: Qty<'c>,
    of_input: Qty<'c>,
    /// Of the input, in a later layer, which takes in what the directions of the one before give.
    of_later: Option<Qty<'c>>,
    of_state: Qty<'c>,
    of_projection: Option<Qty<'c>>,
}

pub(super) fn rule<'c>(node: &Node<'c, '_>, cell: &Cell) -> Result<Row<'c>, Fault> {
    let sequence = node.sequence(0, "C_in", "L")?;
    let units = node.knob("units")?;
    let layers = node.count("layers", 1);
    let directions = if node.word("directions") == Some("both") { 2 } else { 1 };
    let projection = node.knob_if_told("projection").map(|told| told.claim(Relation::AtMost, units - 1, PROJECTION));
    let biases = biases(node, cell)?;

    let gates = if cell.gates == 1 { units } else { (number(node.calc, cell.gates) * units).called("gates") };
    let state = projection.unwrap_or(units);
    let c_out = if directions == 1 { state } else { (state * directions).called("C_out") };
    let weights = Weights {
        gates,
        state,
        of_input: (gates * sequence.c).called("weights_ih"),
        of_later: (layers > 1).then(|| (gates * c_out).called("weights_ih_later")),
        of_state: (gates * state).called("weights_hh"),
        of_projection: projection.map(|projection| (projection * units).called("weights_hr")),
    };
    let positions = sequence.positions().called("positions");

    let last = match node.word("steps") {
        Some(steps) => steps == "last",
        None => node.rules() == Rules::Keras,
    };
    // Keras joins the two directions feature by feature where it is told so, or hands them on apart.
    let merge = node.word("merge").unwrap_or("concat");
    let features = if merge == "concat" { c_out } else { state };
    let out = if last { sequence.shape(features, []) } else { sequence.with_channels(features) };
    let given = given(node, cell, &out, &sequence.shape(state, []), merge, directions);
    let mut row = Row { given, ..Row::of(out) }
        .setting("units", Built::One(units))
        .setting("layers", Built::One(number(node.calc, i64::from(layers))))
        .setting("directions", Built::Word(if directions == 1 { "one" } else { "both" }))
        .setting("steps", Built::Word(if last { "last" } else { "all" }))
        .setting("biases", Built::One(number(node.calc, i64::from(biases))));
    if let Some(projection) = projection {
        row = row.setting("projection", Built::One(projection));
    }
    for layer in 0..layers {
        let inputs = if layer == 0 { sequence.c } else { c_out };
        for direction in ["", "_reverse"].iter().take(directions as usize) {
            row = weights.tensors(row, &format!("_l{layer}{direction}"), layer, inputs, units, biases);
        }
    }
    row.macs = Macs { linear: Some(positions * times(weights.sum(layers), directions)), ..Macs::default() };
    row.costs = costs(cell, biases, times(positions * units, i64::from(layers) * directions));
    Ok(row)
}

/// What Keras hands on where it is more than one tensor: the directions apart, and the states (LSTM has two a direction).
fn given<'c>(
    node: &Node<'c, '_>,
    cell: &Cell,
    out: &Shape<'c>,
    state: &Shape<'c>,
    merge: &str,
    directions: i64,
) -> SmallVec<[Given<'c>; 1]> {
    let states = if node.word("state") == Some("given") { directions * if cell.gates == 4 { 2 } else { 1 } } else { 0 };
    let outputs = if merge == "none" { 2 } else { 1 };
    if states == 0 && outputs == 1 {
        return SmallVec::new();
    }
    let shapes = std::iter::repeat_n(out, outputs).chain(std::iter::repeat_n(state, states as usize));
    shapes.map(|shape| Given::of(shape.clone(), Dtype::FLOAT32)).collect()
}

fn times(what: Qty<'_>, times: i64) -> Qty<'_> {
    if times == 1 { what } else { what * times }
}

impl<'c> Weights<'c> {
    /// Of all layers, in one direction.
    fn sum(&self, layers: u32) -> Qty<'c> {
        let layer = |of_input: Qty<'c>| match self.of_projection {
            None => of_input + self.of_state,
            Some(of_projection) => of_input + self.of_state + of_projection,
        };
        match self.of_later {
            None => layer(self.of_input),
            Some(of_later) => layer(self.of_input) + times(layer(of_later), i64::from(layers - 1)),
        }
    }

    /// The tensors of a layer in one direction, onto the row.
    fn tensors(&self, row: Row<'c>, place: &str, layer: u32, inputs: Qty<'c>, units: Qty<'c>, biases: u32) -> Row<'c> {
        let name = |tensor: &str| format!("{tensor}{place}");
        let of_input = self.of_later.filter(|_| layer > 0).unwrap_or(self.of_input);
        let mut row = row.param(name("weight_ih"), Role::Weight, of_input, [self.gates, inputs]).param(
            name("weight_hh"),
            Role::Weight,
            self.of_state,
            [self.gates, self.state],
        );
        for tensor in ["bias_ih", "bias_hh"].iter().take(biases as usize) {
            row = row.param(name(tensor), Role::Bias, self.gates, [self.gates]);
        }
        match self.of_projection {
            None => row,
            Some(of_projection) => row.param(name("weight_hr"), Role::Weight, of_projection, [self.state, units]),
        }
    }
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
    let times = |each: i64| (each > 0).then(|| times(updates, each));
    Costs {
        multiplications: times(multiplications),
        additions: times(additions),
        comparisons: None,
        divisions: times(divisions),
        transcendentals: times(transcendentals),
    }
}

/// What ONNX's inputs are for: weights of the input and of the state, biases of both together, peepholes last.
pub(super) const ROLES: &[Option<Role>] =
    &[None, Some(Role::Weight), Some(Role::Weight), Some(Role::Bias), None, None, None, Some(Role::Weight)];

/// ONNX: length × batch × features, or batch first (attribute `layout`); the weights are directions × gates·units × features.
/// It gives every step, the last one, and an LSTM its cells (operators `LSTM`, `GRU`, `RNN`).
pub(super) fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    stepped(call, call.shape_of(2, 3)?[2])
}

/// ONNX Runtime: the weights are stored in 8 bits, and turned (`docs/ContribOperators.md`, `DynamicQuantizeLSTM`).
pub(super) fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    stepped(call, call.shape_of(2, 3)?[1])
}

/// Every weight once at every step of so many units.
fn stepped<'c>(call: &Call<'c, '_>, units: Qty<'c>) -> Answer<'c> {
    let (input, weights, state) = (call.shape_of(0, 3)?, call.shape_of(1, 3)?, call.shape_of(2, 3)?);
    let batch_first = call.is("layout");
    let (length, batch) = if batch_first { (input[1], input[0]) } else { (input[0], input[1]) };
    let directions = weights[0];
    let steps = match batch_first {
        true => [batch, length, directions, units],
        false => [length, directions, batch, units],
    };
    let last = if batch_first { [batch, directions, units] } else { [directions, batch, units] };
    let last = || Given::of(Shape::from_slice(&last), call.dtype(0));
    let given = [Given::of(Shape::from_slice(&steps), call.dtype(0)), last(), last()];
    let mut row = Row::giving(given.into_iter().take(call.outputs().max(1)));
    let both = call.calc.product(weights.iter().copied()) + call.calc.product(state.iter().copied());
    row.macs = Macs { linear: Some(length * batch * both), ..Macs::default() };
    Ok(row)
}
