//! Activations: a function of each element alone, or, softmax, of an example's channels at each position.
//!
//! Where frameworks differ in a function's slope, the network's rules say it. A leaky ReLU has 0.01 left of 0; Keras has 0.3
//! as a layer (`keras/src/layers/activations/leaky_relu.py`) and 0.2 at a layer's end (`keras/src/activations/activations.py`).
//! A hard sigmoid has 1/6, and ONNX 0.2 (<https://onnx.ai/onnx/operators/onnx__HardSigmoid.html>).

use burn_tensor::{Tensor, activation};
use workings::Fault;
use workings::model::Rules;

use super::Run;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, mapped};

pub(super) fn build(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let Some(function) = site.word("function") else {
        return Err(site.fault("which activation it is, is not given"));
    };
    let activation = Activation::of(site, function, true)?;
    Ok(Box::new(move |inputs, _| Ok(activation.run(inputs[0].clone()))))
}

/// An activation that runs.
#[derive(Clone, Copy)]
pub(crate) struct Activation {
    function: &'static str,
    /// Its slope, where frameworks differ in it.
    slope: f64,
}

impl Activation {
    /// The activation of this name, on a line of its own or at the end of another; a fault that names it if the engine has none.
    pub fn of(site: &Site<'_>, function: &'static str, own_line: bool) -> Result<Activation, Fault> {
        if !KNOWN.contains(&function) {
            return Err(site.fault(format!("the engine does not run the activation `{function}` yet")));
        }
        let slope = match (function, site.rules()) {
            ("hardsigmoid", Rules::Onnx) => 0.2,
            ("hardsigmoid", _) => 1.0 / 6.0,
            (_, Rules::Keras) if own_line => 0.3,
            (_, Rules::Keras) => 0.2,
            _ => 0.01,
        };
        Ok(Activation { function, slope })
    }

    /// The values under it.
    pub fn run(self, values: Values) -> Values {
        mapped!(values, tensor => self.on(tensor))
    }

    fn on<const D: usize>(self, tensor: Tensor<D>) -> Tensor<D> {
        match self.function {
            "elu" => activation::elu(tensor, 1.0),
            "gelu" => activation::gelu(tensor),
            "hardsigmoid" => activation::hard_sigmoid(tensor, self.slope, 0.5),
            "hardswish" => activation::hard_swish(tensor),
            "leakyrelu" => activation::leaky_relu(tensor, self.slope),
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
}

/// The activations that there are.
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
