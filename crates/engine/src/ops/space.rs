//! Layers that widen or narrow the space: crop, zero padding, upsampling.

use workings::Fault;

use super::Run;
use super::conv::padded;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, mapped};

pub(super) fn crop(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let edges = site.pairs("cropping")?;
    let space = site.input(0)?;
    if space[1..].iter().zip(&edges).any(|(size, (before, after))| before + after >= *size) {
        return Err(site.fault("nothing is left of an axis"));
    }
    Ok(Box::new(move |inputs, _| Ok(cropped(inputs[0].clone(), &edges))))
}

/// The values without so many positions at both ends of each axis of space.
pub(super) fn cropped(values: Values, edges: &[(usize, usize)]) -> Values {
    let space = values.shape();
    edges.iter().enumerate().filter(|(_, edge)| **edge != (0, 0)).fold(values, |values, (axis, (before, after))| {
        let size = space[axis + 2] - before - after;
        mapped!(values, tensor => tensor.narrow(axis + 2, *before, size))
    })
}

pub(super) fn zeropad(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let pads = site.pairs("padding")?;
    Ok(Box::new(move |inputs, _| Ok(padded(inputs[0].clone(), &pads, 0.0))))
}

pub(super) fn upsample(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let factors = site.list("factor")?;
    Ok(Box::new(move |inputs, _| {
        let mut values = inputs[0].clone();
        for (axis, factor) in factors.iter().enumerate() {
            let mut shape = values.shape();
            let (outer, size) = (shape[..axis + 2].iter().product(), shape[axis + 2]);
            let inner = shape[axis + 3..].iter().product();
            let repeated = values.shaped([outer, size, 1, inner]).repeat_dim(2, *factor);
            shape[axis + 2] = size * factor;
            values = Values::from(repeated).reshaped(&shape)?;
        }
        Ok(values)
    }))
}
