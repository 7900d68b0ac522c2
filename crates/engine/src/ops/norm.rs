//! Normalisations: batch, layer, group, instance and root mean square.
//!
//! What is added to the variance is PyTorch's 1e-5, or under Keras's rules 1e-3; a root mean square takes 2^−23, or 1e-6
//! and under ONNX's rules 1e-5. A running statistic moves by a tenth towards the batch's, under Keras's rules by a hundredth.

use burn_tensor::{Tensor, module};
use workings::model::Rules;
use workings::{Fault, Role};

use super::Run;
use super::shape::{channels_first, channels_last};
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

/// The learned scale and shift, by their places in the list.
#[derive(Clone, Copy)]
struct Learned {
    scale: Option<usize>,
    shift: Option<usize>,
}

impl Learned {
    fn of(site: &Site<'_>, params: &mut Params<'_>, shape: &[usize]) -> Result<Learned, Fault> {
        let mut add = |key: &str, name: &str, role: Role, start: f32| match site.has(key) {
            true => params.add(site.place(), name, role, shape, Start::All(start)).map(Some),
            false => Ok(None),
        };
        Ok(Learned { scale: add("scale", "weight", Role::Weight, 1.0)?, shift: add("shift", "bias", Role::Bias, 0.0)? })
    }
}

fn epsilon(rules: Rules) -> f64 {
    if rules == Rules::Keras { 1e-3 } else { 1e-5 }
}

pub(super) fn batch(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let channels = site.channels()?;
    let learned = Learned::of(site, params, &[channels])?;
    let mut add = |name: &str, start: f32| {
        let kept = site.has("statistics");
        kept.then(|| params.add(site.place(), name, Role::Statistic, &[channels], Start::All(start))).transpose()
    };
    let statistics = add("running_mean", 0.0)?.zip(add("running_var", 1.0)?);
    let epsilon = epsilon(site.rules());
    let momentum = if site.rules() == Rules::Keras { 0.01 } else { 0.1 };
    Ok(Box::new(move |inputs, pass| {
        let shape = inputs[0].shape();
        let input = inputs[0].clone().positions();
        let device = input.device();
        let scale = learned.scale.map_or_else(|| Tensor::ones([channels], &device), |at| pass.tensor::<1>(at));
        let shift = learned.shift.map_or_else(|| Tensor::zeros([channels], &device), |at| pass.tensor::<1>(at));
        if let Some((mean, variance)) = statistics.filter(|_| !pass.training) {
            let (mean, variance) = (pass.tensor::<1>(mean), pass.tensor::<1>(variance));
            let output = module::batch_norm(input, scale, shift, mean, variance, epsilon);
            return Values::from(output).reshaped(&shape);
        }
        let [n, _, positions] = input.dims();
        let done = module::batch_norm_train(input, scale, shift, epsilon);
        if let Some((mean, variance)) = statistics {
            // PyTorch keeps the variance that is divided by one less; of a single element there is none.
            let count = (n * positions) as f64;
            let unbiased = if count > 1.0 { count / (count - 1.0) } else { 1.0 };
            let toward = |at: usize, found: Tensor<1>| {
                Values::from(pass.tensor::<1>(at).inner() * (1.0 - momentum) + found.inner() * momentum)
            };
            let moved = [(mean, toward(mean, done.mean)), (variance, toward(variance, done.variance * unbiased))];
            pass.updates.borrow_mut().extend(moved);
        }
        Values::from(done.output).reshaped(&shape)
    }))
}

/// The last axes as written, laid side by side: batch and the other axes, then what is normalised together.
struct Last {
    /// The shape of what is normalised, as PyTorch writes it: space, then channels.
    shape: Vec<usize>,
}

impl Last {
    fn of(site: &Site<'_>) -> Result<Last, Fault> {
        let (axes, input) = (site.number("axes")?, site.input(0)?);
        let mut written: Vec<usize> = input[1..].to_vec();
        written.push(input[0]);
        let Some(kept) = written.len().checked_sub(axes) else {
            return Err(site.fault(format!("{axes} axes are to be normalised, and the input has {}", written.len())));
        };
        Ok(Last { shape: written[kept..].to_vec() })
    }

    fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Does something to what is normalised together, in rows, and puts everything back.
    fn rows(&self, input: &Values, normalised: impl Fn(Tensor<2>) -> Tensor<2>) -> Result<Values, Fault> {
        let last = channels_last(input.clone());
        let shape = last.shape();
        let rows = last.elements() / self.elements().max(1);
        let output = Values::from(normalised(last.shaped([rows, self.elements()])));
        Ok(channels_first(output.reshaped(&shape)?))
    }
}

pub(super) fn layer(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let last = Last::of(site)?;
    let learned = Learned::of(site, params, &last.shape)?;
    let epsilon = epsilon(site.rules());
    Ok(Box::new(move |inputs, pass| {
        let elements = last.elements();
        let flat = |at: usize| pass.param(at).clone().shaped([elements]);
        last.rows(&inputs[0], |rows| {
            let scale = learned.scale.map_or_else(|| Tensor::ones([elements], &rows.device()), flat);
            module::layer_norm(rows, scale, learned.shift.map(flat), epsilon)
        })
    }))
}

pub(super) fn root_mean_square(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let last = Last::of(site)?;
    let scale = match site.has("scale") {
        true => Some(params.add(site.place(), "weight", Role::Weight, &last.shape, Start::All(1.0))?),
        false => None,
    };
    let epsilon = match site.rules() {
        Rules::Pytorch => f64::from(f32::EPSILON),
        Rules::Keras => 1e-6,
        Rules::Onnx => 1e-5,
    };
    Ok(Box::new(move |inputs, pass| {
        last.rows(&inputs[0], |rows| {
            let root = (rows.clone().square().mean_dim(1) + epsilon).sqrt();
            let normalised = rows / root;
            match scale {
                Some(scale) => normalised * pass.param(scale).clone().shaped([1, last.elements()]),
                None => normalised,
            }
        })
    }))
}

pub(super) fn group(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let (channels, groups) = (site.channels()?, site.number("groups")?);
    let learned = Learned::of(site, params, &[channels])?;
    Ok(grouped(learned, groups, epsilon(site.rules())))
}

pub(super) fn instance(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let channels = site.channels()?;
    let learned = match site.has("affine") {
        true => Learned::of(site, params, &[channels])?,
        false => Learned { scale: None, shift: None },
    };
    Ok(grouped(learned, channels, epsilon(site.rules())))
}

/// The channels of an example in groups, each brought to mean 0 and variance 1, then scaled and shifted channel by channel.
fn grouped(learned: Learned, groups: usize, epsilon: f64) -> Run {
    Box::new(move |inputs, pass| {
        let shape = inputs[0].shape();
        let (n, channels) = (shape[0], shape[1]);
        let each = inputs[0].elements() / (n * groups).max(1);
        let input = inputs[0].clone().shaped([n, groups, each]);
        let centred = input.clone() - input.mean_dim(2);
        let deviation = (centred.clone().square().mean_dim(2) + epsilon).sqrt();
        let mut output = (centred / deviation).reshape([n, channels, each * groups / channels.max(1)]);
        let channel = |at: usize| pass.tensor::<1>(at).reshape([1, channels, 1]);
        if let Some(scale) = learned.scale {
            output = output * channel(scale);
        }
        if let Some(shift) = learned.shift {
            output = output + channel(shift);
        }
        Values::from(output).reshaped(&shape)
    })
}
