//! Layers that only lay the same elements out anew: flatten and reshape.
//!
//! The order of the elements is PyTorch's, channels first, or under Keras's rules Keras's, channels last.

use workings::Fault;
use workings::model::Rules;

use super::Run;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, mapped};

pub(super) fn flatten(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let last = site.rules() == Rules::Keras;
    Ok(Box::new(move |inputs, _| {
        let input = if last { channels_last(inputs[0].clone()) } else { inputs[0].clone() };
        let batch = input.shape()[0];
        let features = input.elements() / batch.max(1);
        Ok(input.shaped([batch, features]).into())
    }))
}

pub(super) fn reshape(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let last = site.rules() == Rules::Keras;
    let (shape, held) = (site.list("shape")?, site.input(0)?);
    if shape.iter().product::<usize>() != held.iter().product::<usize>() {
        return Err(site.fault("the new shape does not hold as many elements as the old one"));
    }
    Ok(Box::new(move |inputs, _| {
        let input = inputs[0].clone();
        let batch = input.shape()[0];
        if !last {
            let shape: Vec<usize> = std::iter::once(batch).chain(shape.iter().copied()).collect();
            return input.reshaped(&shape);
        }
        let written: Vec<usize> =
            std::iter::once(batch).chain(shape[1..].iter().copied()).chain(shape.first().copied()).collect();
        Ok(channels_first(channels_last(input).reshaped(&written)?))
    }))
}

/// With the channels, which stand after the batch, as the last axis.
pub(super) fn channels_last(values: Values) -> Values {
    mapped!(values, tensor => match tensor.rank() {
        0..=2 => tensor,
        axes => tensor.movedim(1usize, axes - 1),
    })
}

/// With the channels, which are the last axis, after the batch.
pub(super) fn channels_first(values: Values) -> Values {
    mapped!(values, tensor => match tensor.rank() {
        0..=2 => tensor,
        axes => tensor.movedim(axes - 1, 1usize),
    })
}
