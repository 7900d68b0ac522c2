//! Convolution over one to three axes: plain, strided, dilated, grouped, depthwise and separable.

use burn_tensor::ops::{ConvOptions, PadMode};
use burn_tensor::{Tensor, activation, module};
use workings::{Fault, Role};

use super::window::Window;
use super::{Run, array};
use crate::cpu;
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::{Values, mapped};

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let window = Window::of(site)?;
    window.fits(site)?;
    let (channels, kernels) = (site.channels()?, site.number("kernels")?);
    if site.word("kind") == Some("separable") {
        return separable(site, params, window, channels, kernels);
    }
    let groups = site.number("groups")?;
    let shared = channels / groups.max(1);
    let fan_in = shared * window.area();
    let shape: Vec<usize> = [kernels, shared].iter().chain(&window.kernel).copied().collect();
    let weight = params.add(site.place(), "weight", Role::Weight, &shape, Start::fan_in(fan_in))?;
    let bias = bias(site, params, "bias", kernels, fan_in)?;
    let relu = rectifies(site);
    Ok(Box::new(move |inputs, pass| {
        let bias = bias.map(|bias| pass.tensor::<1>(bias));
        Ok(convolved(inputs[0].clone(), pass.param(weight), bias, &window, groups, relu))
    }))
}

/// The biases of a layer, one a kernel, where it has any.
pub(super) fn bias(
    site: &Site<'_>,
    params: &mut Params<'_>,
    name: &str,
    kernels: usize,
    fan_in: usize,
) -> Result<Option<usize>, Fault> {
    let add = || params.add(site.place(), name, Role::Bias, &[kernels], Start::fan_in(fan_in));
    site.has("bias").then(add).transpose()
}

/// Depthwise without a bias, then 1×1 with the one bias.
fn separable(
    site: &Site<'_>,
    params: &mut Params<'_>,
    window: Window,
    channels: usize,
    kernels: usize,
) -> Result<Run, Fault> {
    let between = channels * site.number("multiplier")?;
    let ones = vec![1; window.kernel.len()];
    let shape: Vec<usize> = [between, 1].iter().chain(&window.kernel).copied().collect();
    let start = Start::fan_in(window.area());
    let depthwise = params.add(site.place(), "depthwise.weight", Role::Weight, &shape, start)?;
    let shape: Vec<usize> = [kernels, between].iter().chain(&ones).copied().collect();
    let pointwise = params.add(site.place(), "pointwise.weight", Role::Weight, &shape, Start::fan_in(between))?;
    let bias = bias(site, params, "pointwise.bias", kernels, between)?;
    let relu = rectifies(site);
    let point =
        Window { kernel: ones.clone(), stride: ones.clone(), dilation: ones.clone(), pads: vec![(0, 0); ones.len()] };
    Ok(Box::new(move |inputs, pass| {
        let between = convolved(inputs[0].clone(), pass.param(depthwise), None, &window, channels, false);
        let bias = bias.map(|bias| pass.tensor::<1>(bias));
        Ok(convolved(between, pass.param(pointwise), bias, &point, 1, relu))
    }))
}

/// Whether a layer's activation is a ReLU, which a convolution does in one go.
pub(crate) fn rectifies(site: &Site<'_>) -> bool {
    let is = |name| site.layer.op.is_some_and(|op| op.name == name);
    is("conv") && site.layer.activation.is_some_and(|activation| activation.name == "relu")
}

fn convolved(
    input: Values,
    weight: &Values,
    bias: Option<Tensor<1>>,
    window: &Window,
    groups: usize,
    relu: bool,
) -> Values {
    if let (Values::R4(input), Values::R4(weight), 1) = (&input, weight, groups)
        && let Some(output) = cpu::convolved(input, weight, bias.clone(), window, relu)
    {
        return output.into();
    }
    let Window { stride, pads, dilation, .. } = window;
    let output = match (input, weight.clone()) {
        (Values::R3(input), Values::R3(weight)) => {
            let options = ConvOptions::new_with_padding(array(stride), array(pads), array(dilation), groups);
            module::conv1d(input, weight, bias, options).into()
        }
        (Values::R4(input), Values::R4(weight)) => {
            let options = ConvOptions::new_with_padding(array(stride), array(pads), array(dilation), groups);
            module::conv2d(input, weight, bias, options).into()
        }
        (Values::R5(input), Values::R5(weight)) => {
            // Burn pads a volume alike on both sides or not at all.
            let (input, pads) = match window.is_lopsided() {
                true => (input.pad(pads.clone(), PadMode::Constant(0.0)), vec![(0, 0); 3]),
                false => (input, pads.clone()),
            };
            let options = ConvOptions::new_with_padding(array(stride), array(&pads), array(dilation), groups);
            module::conv3d(input, weight, bias, options).into()
        }
        // A network is built for inputs of as many axes as its kernels have, and refuses others where they enter.
        (input, _) => input,
    };
    if relu { mapped!(output, tensor => activation::relu(tensor)) } else { output }
}

/// The values with so many of these around their space.
pub(super) fn padded(values: Values, pads: &[(usize, usize)], with: f32) -> Values {
    if pads.iter().all(|pad| *pad == (0, 0)) {
        return values;
    }
    mapped!(values, tensor => tensor.pad(pads.to_vec(), PadMode::Constant(with)))
}
