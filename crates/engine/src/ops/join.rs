//! Layers of several inputs: add, multiply, concatenate.

use burn_tensor::Tensor;
use workings::Fault;

use super::Run;
use crate::params::Params;
use crate::site::Site;
use crate::values::Values;

/// What two elements become.
#[derive(Clone, Copy)]
enum Pair {
    Sum,
    Product,
}

pub(super) fn add(_: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    Ok(stretched(Pair::Sum))
}

pub(super) fn multiply(_: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    Ok(stretched(Pair::Product))
}

/// Inputs element by element; a size of 1 is stretched, and axes of space that an input lacks come first and count as 1.
fn stretched(pair: Pair) -> Run {
    Box::new(move |inputs, _| {
        let rank = inputs.iter().map(|input| input.shape().len()).max().unwrap_or(0);
        let level = |input: &Values| {
            let shape = input.shape();
            let (front, space) = shape.split_at(2.min(shape.len()));
            let missing = std::iter::repeat_n(1, rank - shape.len());
            let level: Vec<usize> = front.iter().copied().chain(missing).chain(space.iter().copied()).collect();
            input.clone().reshaped(&level)
        };
        let (first, rest) = inputs.split_first().ok_or_else(|| Fault::new("a layer that joins has no input"))?;
        rest.iter().try_fold(level(first)?, |sum, next| Ok(pair.of(sum, level(next)?)))
    })
}

impl Pair {
    /// Of two tensors of one rank.
    fn of(self, one: Values, other: Values) -> Values {
        match (one, other) {
            (Values::R2(one), Values::R2(other)) => self.both(one, other).into(),
            (Values::R3(one), Values::R3(other)) => self.both(one, other).into(),
            (Values::R4(one), Values::R4(other)) => self.both(one, other).into(),
            (Values::R5(one), Values::R5(other)) => self.both(one, other).into(),
            (one, _) => one,
        }
    }

    fn both<const D: usize>(self, one: Tensor<D>, other: Tensor<D>) -> Tensor<D> {
        match self {
            Pair::Sum => one + other,
            Pair::Product => one * other,
        }
    }
}

pub(super) fn concat(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let axes = site.input(0)?.len();
    let axis = match site.word("axis") {
        Some("depth" | "length") => 2,
        Some("height") => axes - 1,
        Some("width") => axes,
        _ => 1,
    };
    Ok(Box::new(move |inputs, _| {
        Ok(match &inputs[0] {
            Values::R1(_) => inputs[0].clone(),
            Values::R2(_) => one_after_the_other::<2>(inputs, axis).into(),
            Values::R3(_) => one_after_the_other::<3>(inputs, axis).into(),
            Values::R4(_) => one_after_the_other::<4>(inputs, axis).into(),
            Values::R5(_) => one_after_the_other::<5>(inputs, axis).into(),
        })
    }))
}

fn one_after_the_other<const D: usize>(inputs: &[Values], axis: usize) -> Tensor<D> {
    let tensor = |input: &Values| input.clone().shaped(super::array(&input.shape()));
    Tensor::cat(inputs.iter().map(tensor).collect(), axis)
}
