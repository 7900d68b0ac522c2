//! Attention: wrong rules for its parameters.
//!
//! - The true rule: projections of query, keys and values to h heads of d_model/h features, and one back, each with a bias
//!   for every feature that it gives; h does not change their number (Vaswani et al. 2017,
//!   <https://arxiv.org/abs/1706.03762>; PyTorch `torch/nn/modules/activation.py`, `MultiheadAttention`).
//! - P17a is what Keras makes of `key_dim = d_model` (`keras/src/layers/attention/multi_head_attention.py`).

use super::{Mistake, Parts, Seen, Wrong};
use crate::node::Role;

pub(super) const P17A: Mistake = Mistake {
    code: "P17a",
    name: "every head given all features",
    does: "gives every head as many features as the model has",
    here: "The heads share the features of the model: each has d_model ÷ heads",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        attends(seen)?;
        let (features, heads) = (seen.c_in, seen.one("heads")?);
        let all = heads * features;
        let from = |name: &str| {
            let tensor = seen.tensors.iter().find(|tensor| tensor.name == name)?;
            tensor.shape.get(1).map(|inputs| seen.calc.at(*inputs))
        };
        let inputs = ["q_proj_weight", "k_proj_weight", "v_proj_weight"].map(|name| from(name).unwrap_or(features));
        let weights = seen.calc.sum(inputs.map(|inputs| inputs * all)) + all * features;
        Some(Parts { fan_in: None, weights: Some(weights), biases: seen.is("bias", "yes").then(|| all * 3 + features) })
    }),
};

pub(super) const P17B: Mistake = Mistake {
    code: "P17b",
    name: "the output projection left out",
    does: "leaves the output projection out",
    here: "What the heads give is projected once more, with weights and biases of its own",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        attends(seen)?;
        let of = |role: Role| {
            let tensors = seen.tensors.iter().filter(|t| t.role == role && !t.name.starts_with("out_proj"));
            tensors.map(|tensor| seen.calc.at(tensor.elements)).reduce(|a, b| a + b)
        };
        Some(Parts { fan_in: None, weights: of(Role::Weight), biases: of(Role::Bias) })
    }),
};

pub(super) const P17C: Mistake = Mistake {
    code: "P17c",
    name: "multiplied by the heads",
    does: "multiplies the parameters by the number of heads",
    here: "The heads share the projections, so their number does not change the parameters",
    rarity: 3,
    rule: Wrong::Params(|seen| {
        attends(seen)?;
        let heads = seen.one("heads")?;
        let of = |role: Role| seen.tensors_of(role).map(|elements| elements * heads);
        Some(Parts { fan_in: None, weights: of(Role::Weight), biases: of(Role::Bias) })
    }),
};

pub(super) const P17D: Mistake = Mistake {
    code: "P17d",
    name: "the biases of the projections left out",
    does: "leaves the biases of the projections out",
    here: "Every projection has one bias for each feature that it gives",
    rarity: 2,
    rule: Wrong::Params(|seen| {
        attends(seen)?;
        seen.tensors_of(Role::Bias)?;
        Some(Parts { fan_in: None, weights: seen.tensors_of(Role::Weight), biases: None })
    }),
};

/// Only for attention.
fn attends(seen: &Seen<'_, '_>) -> Option<()> {
    (seen.op == "attention").then_some(())
}
