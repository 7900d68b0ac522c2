//! Recurrent layers: wrong rules for their parameters.
//!
//! - The true rule: gates · units · (inputs + units) weights, with four gates for an LSTM and three for a GRU, and two vectors
//!   of gates · units biases in PyTorch and ONNX, or one (`biases 1`, and in Keras for the plain layer and the LSTM)
//!   (PyTorch `torch/nn/modules/rnn.py`; Keras `keras/src/layers/rnn/`).
//! - Every rule here goes tensor by tensor, so that it holds for stacked layers, both directions and projections.

use calc::Qty;

use super::{Mistake, Parts, Seen, Wrong};
use crate::ledger::Tensor;
use crate::node::Role;

pub(super) const P15A: Mistake = Mistake {
    code: "P15a",
    name: "the gates counted once",
    does: "counts the weights and biases of one gate",
    here: "Every gate has weights and biases of its own: four gates in an LSTM, three in a GRU",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        gated(seen).filter(|_| seen.op != "rnn")?;
        Some(with_gates(seen, seen.one("units")?))
    }),
};

pub(super) const P15B: Mistake = Mistake {
    code: "P15b",
    name: "the weights of the input left out",
    does: "leaves the weights of the input out",
    here: "Every gate weighs the input of the step and the state before it",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        gated(seen)?;
        let weights = sum(seen, |tensor| tensor.role == Role::Weight && !tensor.name.starts_with(OF_INPUT));
        Some(Parts { fan_in: None, weights, biases: seen.tensors_of(Role::Bias) })
    }),
};

pub(super) const P15C: Mistake = Mistake {
    code: "P15c",
    name: "the weights of the state left out",
    does: "leaves the weights of the state before the step out",
    here: "Every gate weighs the input of the step and the state before it",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        gated(seen)?;
        let weights = sum(seen, |tensor| tensor.role == Role::Weight && !tensor.name.starts_with(OF_STATE));
        Some(Parts { fan_in: None, weights, biases: seen.tensors_of(Role::Bias) })
    }),
};

pub(super) const P15D: Mistake = Mistake {
    code: "P15d",
    name: "one bias for two",
    does: "gives every gate one bias",
    here: "Every gate has two biases here, one for the input and one for the state",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        gated(seen).filter(|_| seen.op != "gru")?;
        one_bias(seen)
    }),
};

pub(super) const P16A: Mistake = Mistake {
    code: "P16a",
    name: "four gates for three",
    does: "gives the GRU four gates",
    here: "A GRU has three gates: reset, update and the new state",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        gated(seen).filter(|_| seen.op == "gru")?;
        Some(with_gates(seen, seen.one("units")? * 4))
    }),
};

pub(super) const P16B: Mistake = Mistake {
    code: "P16b",
    name: "one bias for two in a GRU",
    does: "gives every gate one bias",
    here: "Every gate has two biases here, one for the input and one for the state",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        gated(seen).filter(|_| seen.op == "gru")?;
        one_bias(seen)
    }),
};

const OF_INPUT: &str = "weight_ih";
const OF_STATE: &str = "weight_hh";
const SECOND_BIAS: &str = "bias_hh";

/// Only for recurrent layers.
fn gated(seen: &Seen<'_, '_>) -> Option<()> {
    matches!(seen.op, "gru" | "lstm" | "rnn").then_some(())
}

/// The elements of some tensors; `None` where there is none.
fn sum<'c>(seen: &Seen<'c, '_>, of: impl Fn(&Tensor) -> bool) -> Option<Qty<'c>> {
    let tensors = seen.tensors.iter().filter(|tensor| of(tensor));
    tensors.map(|tensor| seen.calc.at(tensor.elements)).reduce(|a, b| a + b)
}

/// The layer, if its gates had so many units together. What projects the state has no gates.
fn with_gates<'c>(seen: &Seen<'c, '_>, gates: Qty<'c>) -> Parts<'c> {
    let elements = |tensor: &Tensor| match (tensor.role, tensor.shape.get(1)) {
        (Role::Bias, _) => gates,
        (_, Some(inputs)) if tensor.name.starts_with(OF_INPUT) || tensor.name.starts_with(OF_STATE) => {
            gates * seen.calc.at(*inputs)
        }
        _ => seen.calc.at(tensor.elements),
    };
    let of = |role: Role| seen.tensors.iter().filter(|t| t.role == role).map(elements).reduce(|a, b| a + b);
    Parts { fan_in: None, weights: of(Role::Weight), biases: of(Role::Bias) }
}

/// The layer with the first of its two vectors of biases.
fn one_bias<'c>(seen: &Seen<'c, '_>) -> Option<Parts<'c>> {
    sum(seen, |tensor| tensor.name.starts_with(SECOND_BIAS))?;
    let biases = sum(seen, |tensor| tensor.role == Role::Bias && !tensor.name.starts_with(SECOND_BIAS));
    Some(Parts { fan_in: None, weights: seen.tensors_of(Role::Weight), biases })
}
