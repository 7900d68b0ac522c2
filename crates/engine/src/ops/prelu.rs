//! PReLU: x where x is positive, and else x times a slope that is learned.

use burn_tensor::activation;
use workings::{Fault, Role};

use super::Run;
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let input = site.input(0)?;
    let shape = match site.word("slopes") {
        Some("elements") => input.clone(),
        Some("channels") => vec![input[0]],
        _ => vec![1],
    };
    // The slope that both PyTorch's and ONNX's users start from (He et al. 2015, <https://arxiv.org/abs/1502.01852>).
    let weight = params.add(site.place(), "weight", Role::Weight, &shape, Start::All(0.25))?;
    let (channels, positions) = match shape.len() {
        1 => (shape[0], 1),
        _ => (shape[0], shape[1..].iter().product()),
    };
    Ok(Box::new(move |inputs, pass| {
        let shape = inputs[0].shape();
        let slopes = pass.param(weight).clone().shaped([1, channels, positions]);
        let input = inputs[0].clone().positions();
        let output = activation::relu(input.clone()) - activation::relu(-input) * slopes;
        Values::from(output).reshaped(&shape)
    }))
}
