//! Embedding: a table's row for every number of the input.

use burn_tensor::module;
use workings::{Fault, Role};

use super::Run;
use super::shape::channels_last;
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let (entries, features) = (site.number("entries")?, site.number("features")?);
    let weight = params.add(site.place(), "weight", Role::Weight, &[entries, features], Start::Normal)?;
    let name = site.layer.name.clone();
    Ok(Box::new(move |inputs, pass| {
        let numbers = inputs[0].clone().plain();
        let is_entry = |number: &f32| *number >= 0.0 && *number < entries as f32 && number.fract() == 0.0;
        if let Some(wrong) = numbers.to_vec()?.iter().find(|number| !is_entry(number)) {
            let last = entries - 1;
            return Err(Fault::new(format!("{name}: a whole number from 0 to {last} is needed, and {wrong} came")));
        }
        let mut shape = inputs[0].shape();
        let (batch, each) = (shape[0], numbers.elements() / shape[0].max(1));
        let rows = channels_last(numbers).shaped([batch, each]).int();
        let found = module::embedding(pass.tensor::<2>(weight), rows).swap_dims(1, 2);
        // The last axis as written, which stood as channels, is one of space now.
        let last = shape.remove(1);
        shape.insert(1, features);
        shape.push(last);
        Values::from(found).reshaped(&shape)
    }))
}
