//! Dense: every unit weighs every feature, at every position.

use burn_tensor::module;
use workings::{Fault, Role};

use super::{Run, conv};
use crate::params::{Params, Start};
use crate::site::Site;

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let (features, units) = (site.channels()?, site.number("units")?);
    let start = Start::fan_in(features);
    let weight = params.add(site.place(), "weight", Role::Weight, &[units, features], start)?;
    let bias = conv::bias(site, params, "bias", units, features)?;
    Ok(Box::new(move |inputs, pass| {
        let mut shape = inputs[0].shape();
        let weight = pass.tensor::<2>(weight);
        let bias = bias.map(|bias| pass.tensor::<1>(bias));
        shape[1] = units;
        if shape.len() == 2 {
            // Weight · inputᵀ, so that what is turned for the product is the input and not the weight.
            let input = inputs[0].clone().shaped([shape[0], features]);
            let output = weight.matmul(input.transpose()).transpose();
            return Ok(match bias {
                Some(bias) => output + bias.reshape([1, units]),
                None => output,
            }
            .into());
        }
        let input = inputs[0].clone().positions().swap_dims(1, 2);
        crate::Values::from(module::linear(input, weight.transpose(), bias).swap_dims(1, 2)).reshaped(&shape)
    }))
}
