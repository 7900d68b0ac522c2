//! Pooling: a window's largest value or its average; over the whole space (global), or to a size that is given (adaptive).
//!
//! - What is padded onto a largest value is −∞, so that it never wins.
//! - An average counts padded zeros as PyTorch does by default (`count_include_pad`), under PyTorch's rules and where the
//!   padding is told in numbers; under other rules, and for `same`, only what was there (Keras; ONNX `count_include_pad` 0).
//! - What rounding up reaches beyond the padding is never counted.

use burn_tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn_tensor::{Tensor, module};
use workings::Fault;
use workings::model::Rules;

use super::window::Window;
use super::{Run, array};
use crate::cpu;
use crate::params::Params;
use crate::site::Site;
use crate::values::{Values, mapped};

/// How a window's values become one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Largest,
    Average { padded: bool },
}

pub(super) fn build(site: &Site<'_>, _: &mut Params<'_>) -> Result<Run, Fault> {
    let same = matches!(site.written("padding"), Some("same" | "same lower"));
    let mode = match site.word("mode") {
        Some("average") => Mode::Average { padded: site.rules() == Rules::Pytorch && !same },
        _ => Mode::Largest,
    };
    match site.word("extent") {
        Some("global") => Ok(global(mode, site.has("flat"))),
        Some("adaptive") => adaptive(site, mode),
        _ => sliding(site, mode, same),
    }
}

fn sliding(site: &Site<'_>, mode: Mode, same: bool) -> Result<Run, Fault> {
    let mut window = Window::of(site)?;
    window.fits(site)?;
    // `same` has settled how many positions there are; it is not rounded again.
    let rounding = if same { "floor" } else { site.word("rounding").unwrap_or("floor") };
    let ceil = rounding == "ceil";
    if let Mode::Average { padded } = mode {
        if window.dilation.iter().any(|&dilation| dilation != 1) {
            return Err(site.unsupported("a dilation in an average"));
        }
        if rounding == "ceil unclipped" && padded && window.pads.iter().any(|pad| *pad != (0, 0)) {
            return Err(site.unsupported("a padding in an average that is rounded up without a limit"));
        }
    }
    let mode = match (mode, rounding) {
        (mode, "ceil unclipped") => {
            // The last window may start anywhere: as many positions more as a stride can leave over.
            window.pads.iter_mut().zip(&window.stride).for_each(|((_, after), stride)| *after += stride - 1);
            if mode == Mode::Largest { mode } else { Mode::Average { padded: false } }
        }
        (mode, _) => mode,
    };
    Ok(Box::new(move |inputs, _| pooled(inputs[0].clone(), &window, mode, ceil)))
}

/// Burn pools two axes. One is two of which the other has one position; three are two, and then the third: a largest value
/// of largest values is the largest, and the count that an average divides by is a product of one count an axis.
fn pooled(input: Values, window: &Window, mode: Mode, ceil: bool) -> Result<Values, Fault> {
    let shape = input.shape();
    match shape[..] {
        [n, c, length] => {
            let pooled = images(input.shaped([n, c, length, 1]), &window.beside(0), mode, ceil);
            let [_, _, length, _] = pooled.dims();
            Values::from(pooled).reshaped(&[n, c, length])
        }
        [n, c, height, width] => Ok(images(input.shaped([n, c, height, width]), window, mode, ceil).into()),
        [n, c, depth, height, width] => {
            let flat = input.shaped([n, c * depth, height, width]);
            let flat = images(flat, &window.last_two(), mode, ceil);
            let [_, _, height, width] = flat.dims();
            let deep = flat.reshape([n, c, depth, height * width]);
            let deep = images(deep, &window.beside(0), mode, ceil);
            let [_, _, depth, _] = deep.dims();
            Values::from(deep).reshaped(&[n, c, depth, height, width])
        }
        _ => Ok(input),
    }
}

fn images(input: Tensor<4>, window: &Window, mode: Mode, ceil: bool) -> Tensor<4> {
    match mode {
        Mode::Largest if let Some(output) = cpu::largest(&input, window, ceil) => output,
        Mode::Largest => module::max_pool2d(
            input,
            MaxPoolOptions::new(array(&window.kernel))
                .with_stride(array(&window.stride))
                .with_padding_pairs(array(&window.pads))
                .with_dilation(array(&window.dilation))
                .with_ceil_mode(ceil),
        ),
        Mode::Average { padded } => module::avg_pool2d(
            input,
            AvgPoolOptions::new(array(&window.kernel))
                .with_stride(array(&window.stride))
                .with_padding_pairs(array(&window.pads))
                .with_count_include_pad(padded)
                .with_ceil_mode(ceil),
        ),
    }
}

impl Window {
    /// An axis of it, beside one that it leaves as it is.
    fn beside(&self, axis: usize) -> Window {
        Window {
            kernel: vec![self.kernel[axis], 1],
            stride: vec![self.stride[axis], 1],
            pads: vec![self.pads[axis], (0, 0)],
            dilation: vec![self.dilation[axis], 1],
        }
    }

    /// Height and width of a window over a volume.
    fn last_two(&self) -> Window {
        Window {
            kernel: self.kernel[1..].to_vec(),
            stride: self.stride[1..].to_vec(),
            pads: self.pads[1..].to_vec(),
            dilation: self.dilation[1..].to_vec(),
        }
    }
}

fn global(mode: Mode, flat: bool) -> Run {
    Box::new(move |inputs, _| {
        let shape = inputs[0].shape();
        let positions = inputs[0].clone().positions();
        let joined = match mode {
            Mode::Largest => positions.max_dim(2),
            Mode::Average { .. } => positions.mean_dim(2),
        };
        let axes = if flat { 2 } else { shape.len() };
        let shape: Vec<usize> = shape[..2].iter().copied().chain([1; 3]).take(axes).collect();
        Values::from(joined).reshaped(&shape)
    })
}

/// Output j along an axis joins the positions ⌊j·H/O⌋ to ⌈(j + 1)·H/O⌉ − 1 (PyTorch,
/// `aten/src/ATen/native/AdaptivePooling.h`), an axis after the other: an average over a box is one of averages over its
/// rows, which are equally long.
fn adaptive(site: &Site<'_>, mode: Mode) -> Result<Run, Fault> {
    let sizes = site.list("size")?;
    Ok(Box::new(move |inputs, _| {
        Ok(sizes.iter().enumerate().fold(
            inputs[0].clone(),
            |values, (axis, &size)| mapped!(values, tensor => adapted(tensor, axis + 2, size, mode)),
        ))
    }))
}

fn adapted<const D: usize>(tensor: Tensor<D>, axis: usize, size: usize, mode: Mode) -> Tensor<D> {
    let found = tensor.dims()[axis];
    if found == size {
        return tensor;
    }
    let part = |at: usize| {
        let (start, end) = (at * found / size, ((at + 1) * found).div_ceil(size));
        let window = tensor.clone().narrow(axis, start, end - start);
        match mode {
            Mode::Largest => window.max_dim(axis),
            Mode::Average { .. } => window.mean_dim(axis),
        }
    };
    Tensor::cat((0..size).map(part).collect(), axis)
}
