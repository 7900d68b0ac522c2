//! Recurrent layers: gates that weigh the step's input and the state before it, step after step.
//!
//! Order of the gates and where the biases stand are PyTorch's (`torch/nn/modules/rnn.py`): input, forget, cell, output;
//! reset, update, new. A GRU with one bias a gate has it on the input's side, and resets the state before the product (Keras's
//! `reset_after=False`, ONNX's `linear_before_reset=0`).

use burn_tensor::{Tensor, activation};
use workings::{Fault, Role};

use super::Run;
use crate::network::Pass;
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

/// What a kind of recurrent layer does at a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Plain,
    Gru,
    Lstm,
}

pub(super) fn plain(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    build(site, params, Cell::Plain)
}

pub(super) fn gru(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    build(site, params, Cell::Gru)
}

pub(super) fn lstm(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    build(site, params, Cell::Lstm)
}

/// The tensors of a layer in one direction, by their places in the list.
struct Direction {
    of_input: usize,
    of_state: usize,
    biases: Vec<usize>,
    projection: Option<usize>,
    backward: bool,
    units: usize,
    state: usize,
}

fn build(site: &Site<'_>, params: &mut Params<'_>, cell: Cell) -> Result<Run, Fault> {
    let (units, layers, biases) = (site.number("units")?, site.number("layers")?, site.number("biases")?);
    let projection = site.number_if_told("projection")?;
    let directions = if site.word("directions") == Some("both") { 2 } else { 1 };
    let last = site.word("steps") == Some("last");
    let gates = units
        * match cell {
            Cell::Plain => 1,
            Cell::Gru => 3,
            Cell::Lstm => 4,
        };
    let state = projection.unwrap_or(units);

    // ±1/√units for every tensor (`torch/nn/modules/rnn.py`, `reset_parameters`).
    let start = Start::fan_in(units);
    let mut stacked: Vec<Vec<Direction>> = Vec::new();
    for layer in 0..layers {
        let inputs = if layer == 0 { site.channels()? } else { state * directions };
        let mut both = Vec::new();
        for (direction, suffix) in ["", "_reverse"].iter().take(directions).enumerate() {
            let mut add = |name: &str, role: Role, shape: &[usize]| {
                params.add(site.place(), &format!("{name}_l{layer}{suffix}"), role, shape, start)
            };
            let of_input = add("weight_ih", Role::Weight, &[gates, inputs])?;
            let of_state = add("weight_hh", Role::Weight, &[gates, state])?;
            let names = ["bias_ih", "bias_hh"].iter().take(biases);
            let biases = names.map(|name| add(name, Role::Bias, &[gates])).collect::<Result<_, _>>()?;
            let projection = match projection {
                Some(_) => Some(add("weight_hr", Role::Weight, &[state, units])?),
                None => None,
            };
            both.push(Direction { of_input, of_state, biases, projection, backward: direction == 1, units, state });
        }
        stacked.push(both);
    }
    Ok(Box::new(move |inputs, pass| {
        // Batch × length × features, a step after the other.
        let mut sequence = inputs[0].clone().positions().swap_dims(1, 2);
        let mut ends = Vec::new();
        for layer in &stacked {
            let done: Vec<Tensor<3>> = layer.iter().map(|direction| direction.run(&sequence, pass, cell)).collect();
            let end = |(direction, done): (&Direction, &Tensor<3>)| {
                // A direction that goes backward is done at the first step.
                let length = done.dims()[1];
                done.clone().narrow(1, if direction.backward { 0 } else { length - 1 }, 1)
            };
            ends = layer.iter().zip(&done).map(end).collect();
            sequence = Tensor::cat(done, 2);
        }
        if last {
            let end = Tensor::cat(ends, 2);
            let [n, _, features] = end.dims();
            return Ok(end.reshape([n, features]).into());
        }
        Ok(Values::from(sequence.swap_dims(1, 2)))
    }))
}

impl Direction {
    /// All steps: batch × length × state.
    fn run(&self, sequence: &Tensor<3>, pass: &Pass<'_>, cell: Cell) -> Tensor<3> {
        let [n, length, _] = sequence.dims();
        let device = sequence.device();
        let bias = |at: usize| self.biases.get(at).map(|bias| pass.tensor::<1>(*bias));
        // The input's part of every step at once; only the state's has to wait for the step before.
        let of_input =
            burn_tensor::module::linear(sequence.clone(), pass.tensor::<2>(self.of_input).transpose(), bias(0));
        let of_state = pass.tensor::<2>(self.of_state).transpose();
        let projection = self.projection.map(|at| pass.tensor::<2>(at).transpose());
        let mut state = Tensor::<2>::zeros([n, self.state], &device);
        let mut memory = Tensor::<2>::zeros([n, self.units], &device);
        let mut steps: Vec<Tensor<3>> = Vec::with_capacity(length);
        for step in 0..length {
            let at = if self.backward { length - 1 - step } else { step };
            let from_input = of_input.clone().narrow(1, at, 1).reshape([n, of_input.dims()[2]]);
            let from_state = burn_tensor::module::linear(state.clone(), of_state.clone(), bias(1));
            state = match cell {
                Cell::Plain => (from_input + from_state).tanh(),
                Cell::Gru => self.gru(from_input, from_state, state, &of_state),
                Cell::Lstm => {
                    let gates = from_input + from_state;
                    memory = self.remembered(&gates, memory);
                    activation::sigmoid(self.gate(&gates, 3)) * memory.clone().tanh()
                }
            };
            if let Some(projection) = &projection {
                state = state.matmul(projection.clone());
            }
            steps.push(state.clone().reshape([n, 1, self.state]));
        }
        if self.backward {
            steps.reverse();
        }
        Tensor::cat(steps, 1)
    }

    /// The part of a gate.
    fn gate(&self, gates: &Tensor<2>, which: usize) -> Tensor<2> {
        gates.clone().narrow(1, which * self.units, self.units)
    }

    /// c = f · c + i · g.
    fn remembered(&self, gates: &Tensor<2>, memory: Tensor<2>) -> Tensor<2> {
        let input = activation::sigmoid(self.gate(gates, 0));
        let forget = activation::sigmoid(self.gate(gates, 1));
        forget * memory + input * self.gate(gates, 2).tanh()
    }

    /// n = tanh(… + r · (…)), or with one bias a gate tanh(… + W · (r · h)); h = (1 − z) · n + z · h.
    fn gru(&self, from_input: Tensor<2>, from_state: Tensor<2>, state: Tensor<2>, of_state: &Tensor<2>) -> Tensor<2> {
        let reset = activation::sigmoid(self.gate(&from_input, 0) + self.gate(&from_state, 0));
        let update = activation::sigmoid(self.gate(&from_input, 1) + self.gate(&from_state, 1));
        let remembered = match self.biases.len() {
            1 => (reset * state.clone()).matmul(self.gate(of_state, 2)),
            _ => reset * self.gate(&from_state, 2),
        };
        let new = (self.gate(&from_input, 2) + remembered).tanh();
        new.clone() + update * (state - new)
    }
}
