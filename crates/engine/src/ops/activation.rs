//! Activations: a function of each element alone, or, softmax, of an example's channels at each position.
//!
//! Where frameworks differ in a function's constant (the slope of a leaky ReLU), it is PyTorch's.

use burn_tensor::{Tensor, activation};
use workings::Fault;

use super::Run;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, mapped};

pub(super) fn build(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let Some(function) = site.word("function") else {
        return Err(site.fault("which activation it is, is not given"));
    };
    activated(site, function)?;
    Ok(Box::new(move |inputs, _| Ok(activate(inputs[0].clone(), function))))
}

/// Whether the engine has this activation; a fault that names it if not.
pub(crate) fn activated(site: &Site<'_>, function: &str) -> Result<(), Fault> {
    match KNOWN.contains(&function) {
        true => Ok(()),
        false => Err(site.fault(format!("the engine does not run the activation `{function}` yet"))),
    }
}

/// The activations that [`activate`] knows.
const KNOWN: [&str; 14] = [
    "elu",
    "gelu",
    "hardsigmoid",
    "hardswish",
    "leakyrelu",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
];

/// The values under an activation that [`activated`] let pass.
pub(crate) fn activate(values: Values, function: &str) -> Values {
    mapped!(values, tensor => of(tensor, function))
}

fn of<const D: usize>(tensor: Tensor<D>, function: &str) -> Tensor<D> {
    match function {
        "elu" => activation::elu(tensor, 1.0),
        "gelu" => activation::gelu(tensor),
        "hardsigmoid" => activation::hard_sigmoid(tensor, 1.0 / 6.0, 0.5),
        "hardswish" => activation::hard_swish(tensor),
        "leakyrelu" => activation::leaky_relu(tensor, 0.01),
        "mish" => activation::mish(tensor),
        "relu" => activation::relu(tensor),
        "relu6" => activation::relu6(tensor),
        "selu" => activation::selu(tensor),
        "sigmoid" => activation::sigmoid(tensor),
        "silu" => activation::silu(tensor),
        // The channels are the second axis here and the last as written.
        "softmax" => activation::softmax(tensor, 1),
        "softplus" => activation::softplus(tensor, 1.0),
        "tanh" => activation::tanh(tensor),
        _ => tensor,
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;

    #[test]
    fn every_activation_that_runs_is_one_of_the_core() {
        for name in KNOWN {
            assert!(workings::ops::ACTIVATIONS.iter().any(|activation| activation.name == name), "{name}");
        }
    }
}
