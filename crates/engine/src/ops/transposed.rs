//! Transposed convolution: every element of the input lays the kernel, times itself, onto the output.

use burn_tensor::module;
use burn_tensor::ops::ConvTransposeOptions;
use workings::{Fault, Role};

use super::conv::{bias, padded};
use super::space::cropped;
use super::window::Window;
use super::{Run, array};
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let window = Window::of(site)?;
    let (channels, kernels, groups) = (site.channels()?, site.number("kernels")?, site.number("groups")?);
    let extra = site.list("extra")?;
    let shared = kernels / groups.max(1);
    let shape: Vec<usize> = [channels, shared].iter().chain(&window.kernel).copied().collect();
    // PyTorch reckons the fan from the second axis of the weight, which here is the output's.
    let fan = shared * window.area();
    let weight = params.add(site.place(), "weight", Role::Weight, &shape, Start::fan_in(fan))?;
    let bias = bias(site, params, "bias", kernels, fan)?;
    Ok(Box::new(move |inputs, pass| {
        let grown = grown(inputs[0].clone(), pass.param(weight), &window, groups);
        // What the padding takes away, and what stands beyond the last kernel's reach: zeros, before the bias is added.
        let edges: Vec<(usize, usize)> = window
            .pads
            .iter()
            .zip(&extra)
            .map(|((before, after), extra)| (*before, after.saturating_sub(*extra)))
            .collect();
        let more: Vec<(usize, usize)> =
            window.pads.iter().zip(&extra).map(|((_, after), extra)| (0, extra.saturating_sub(*after))).collect();
        let output = padded(cropped(grown, &edges), &more, 0.0);
        let Some(bias) = bias else { return Ok(output) };
        let biases = pass.tensor::<1>(bias).reshape([1, kernels, 1]);
        let shape = output.shape();
        Values::from(output.positions() + biases).reshaped(&shape)
    }))
}

/// All that the kernels lay down, nothing taken away: (H − 1)·S + K_eff on an axis.
fn grown(input: Values, weight: &Values, window: &Window, groups: usize) -> Values {
    let Window { stride, dilation, .. } = window;
    match (input, weight.clone()) {
        (Values::R3(input), Values::R3(weight)) => {
            let options = ConvTransposeOptions::new(array(stride), [0], [0], array(dilation), groups);
            module::conv_transpose1d(input, weight, None, options).into()
        }
        (Values::R4(input), Values::R4(weight)) => {
            let options = ConvTransposeOptions::new(array(stride), [0; 2], [0; 2], array(dilation), groups);
            module::conv_transpose2d(input, weight, None, options).into()
        }
        (Values::R5(input), Values::R5(weight)) => {
            let options = ConvTransposeOptions::new(array(stride), [0; 3], [0; 3], array(dilation), groups);
            module::conv_transpose3d(input, weight, None, options).into()
        }
        (input, _) => input,
    }
}
