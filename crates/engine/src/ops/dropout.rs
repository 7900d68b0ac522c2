//! Dropout: sets some elements to zero while a network learns, and passes everything on when it answers.

use workings::Fault;

use super::Run;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, asked};

pub(super) fn build(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let rate = site.fraction("rate").unwrap_or(0.5);
    Ok(Box::new(move |inputs, pass| {
        let input = inputs[0].clone();
        if !pass.training || rate == 0.0 {
            return Ok(input);
        }
        // What is kept grows by as much as is dropped, so that the sum stays what it was (PyTorch `dropout`).
        let kept = if rate < 1.0 { 1.0 / (1.0 - rate) } else { 0.0 };
        let shape = input.shape();
        let mut random = pass.random.borrow_mut();
        let count: usize = shape.iter().product();
        let mask = (0..count).map(|_| if random.uniform() < rate { 0.0 } else { kept }).collect();
        let device = asked!(&input, tensor => tensor.device());
        let mask = Values::new(&[count], mask, &device)?;
        Values::from(input.shaped([count]) * mask.shaped([count])).reshaped(&shape)
    }))
}
