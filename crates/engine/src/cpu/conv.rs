//! Convolution of images, with its bias and a ReLU, on the processor.
//!
//! - forward: output = weight · patches + bias
//! - gradients: weight's = Σ output's · patchesᵀ, patches' = weightᵀ · output's, bias's = Σ output's

use std::ops::Range;

use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::NoCheckpointing;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};
use burn_backend::ops::FloatTensorOps;
use burn_flex::{Flex, FlexTensor};
use burn_tensor::Tensor;
use rayon::prelude::*;

use super::slide::Slide;
use super::{made, plain, recorded};
use crate::ops::Window;

/// Elements of a tile of patches: 1 MiB, about what a core's own cache holds. A step takes longer with smaller ones, which
/// are multiplied more often and added to the weight's gradient each time.
const TILE: usize = 1 << 18;

/// The parts of a batch whose gradients are added up by themselves: always as many, so that the same sums are made in the
/// same order however many threads there are.
const PARTS: usize = 8;

/// The convolution of all channels at once, under a ReLU if told. `None` where the tensors are not the processor's.
pub(crate) fn convolved(
    input: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<Tensor<1>>,
    window: &Window,
    relu: bool,
) -> Option<Tensor<4>> {
    let [kernels, ..] = weight.dims();
    let [_, channels, height, width] = input.dims();
    let slide = Slide::new(window, [channels, height, width], false);
    let bias = bias.unwrap_or_else(|| Tensor::zeros([kernels], &input.device()));
    if let (Some(input), Some(weight), Some(bias)) = (plain(input), plain(weight), plain(&bias)) {
        return Some(Tensor::from_primitive::<Flex>(Conv::new(input, weight, slide, relu).forward(&bias)));
    }
    let (input, weight, bias) = (recorded(input)?, recorded(weight)?, recorded(&bias)?);
    let conv = Conv::new(input.primitive().clone(), weight.primitive().clone(), slide, relu);
    let output = conv.forward(bias.primitive());
    let nodes = [input.node(), weight.node(), bias.node()];
    let output = match conv.clone().prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(record) => record.finish(output.clone(), output),
        OpsKind::UnTracked(record) => record.finish(output),
    };
    Some(Tensor::from_primitive::<Autodiff<Flex>>(output))
}

/// A convolution of one batch.
#[derive(Clone, Debug)]
struct Conv {
    input: FlexTensor,
    /// Kernels × elements of a window.
    weight: FlexTensor,
    kernels: usize,
    slide: Slide,
    relu: bool,
}

/// What a convolution gives back: to its input if that is asked for, its weight and its bias.
struct Back {
    input: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Conv {
    fn new(input: FlexTensor, weight: FlexTensor, slide: Slide, relu: bool) -> Conv {
        let kernels = weight.layout().shape()[0];
        let weight = weight.to_contiguous().reshape([kernels, slide.area()].into());
        Conv { input: input.to_contiguous(), weight, kernels, slide, relu }
    }

    /// Rows of outputs, a tile after the other.
    fn tiles(&self) -> impl Iterator<Item = Range<usize>> {
        let [height, width] = self.slide.out;
        let rows = (TILE / (self.slide.area() * width).max(1)).clamp(1, height.max(1));
        (0..height).step_by(rows).map(move |row| row..(row + rows).min(height))
    }

    /// The patches under a tile.
    fn patches(&self, image: &[f32], rows: &Range<usize>) -> FlexTensor {
        let shape = [self.slide.area(), rows.len() * self.slide.out[1]];
        let mut patches = vec![0.0; shape[0] * shape[1]];
        self.slide.patches(image, rows.clone(), &mut patches);
        made(patches, shape)
    }

    fn forward(&self, bias: &FlexTensor) -> FlexTensor {
        let (positions, width) = (self.slide.positions(), self.slide.out[1]);
        let (images, bias) = (self.input.storage::<f32>(), bias.to_contiguous());
        let batch = self.input.layout().shape()[0];
        let mut output = vec![0.0; batch * self.kernels * positions];
        let image = |(output, image): (&mut [f32], &[f32])| {
            for rows in self.tiles() {
                let product = Flex::float_matmul(self.weight.clone(), self.patches(image, &rows));
                let lines = product.storage::<f32>().chunks_exact(rows.len() * width);
                for ((to, from), bias) in output.chunks_exact_mut(positions).zip(lines).zip(bias.storage::<f32>()) {
                    let to = &mut to[rows.start * width..rows.end * width];
                    match self.relu {
                        true => to.iter_mut().zip(from).for_each(|(to, from)| *to = rectified(from + bias)),
                        false => to.iter_mut().zip(from).for_each(|(to, from)| *to = from + bias),
                    }
                }
            }
        };
        let outputs = output.par_chunks_exact_mut((self.kernels * positions).max(1));
        outputs.zip(images.par_chunks_exact(self.slide.elements())).for_each(image);
        made(output, [batch, self.kernels, self.slide.out[0], width])
    }

    /// What comes back for a gradient of the output.
    fn back(&self, output: &FlexTensor, gradient: FlexTensor, to_input: bool) -> Back {
        let (elements, batch) = (self.slide.elements(), self.input.layout().shape()[0]);
        let size = (self.kernels * self.slide.positions()).max(1);
        let gradient = gradient.to_contiguous();
        let mut input = vec![0.0; if to_input { batch * elements } else { 0 }];
        let mut inputs: Vec<Option<&mut [f32]>> = input.chunks_exact_mut(elements).map(Some).collect();
        inputs.resize_with(batch, || None);
        let images = self.input.storage::<f32>().par_chunks_exact(elements);
        let outputs = output.storage::<f32>().par_chunks_exact(size);
        let gradients = gradient.storage::<f32>().par_chunks_exact(size);
        let nothing = || (vec![0.0; self.slide.area() * self.kernels], vec![0.0; self.kernels]);
        let parts: Vec<_> = inputs
            .into_par_iter()
            .zip(images.zip(outputs.zip(gradients)))
            .fold_chunks(batch.div_ceil(PARTS), nothing, |sums, (input, (image, (output, gradient)))| {
                self.back_image(sums, input, image, output, gradient)
            })
            .collect();
        let (mut weight, mut bias) = nothing();
        for (of_weight, of_bias) in parts {
            add(&mut weight, &of_weight);
            add(&mut bias, &of_bias);
        }
        Back { input, weight, bias }
    }

    fn back_image(
        &self,
        (mut weight, mut bias): (Vec<f32>, Vec<f32>),
        mut input: Option<&mut [f32]>,
        image: &[f32],
        output: &[f32],
        gradient: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let (positions, width) = (self.slide.positions(), self.slide.out[1]);
        for rows in self.tiles() {
            let tile = rows.start * width..rows.end * width;
            let mut came = Vec::with_capacity(self.kernels * tile.len());
            for (at, bias) in bias.iter_mut().enumerate() {
                let line = at * positions + tile.start..at * positions + tile.end;
                let line = gradient[line.clone()].iter().zip(&output[line]);
                let before = came.len();
                match self.relu {
                    true => came.extend(line.map(|(gradient, output)| if *output <= 0.0 { 0.0 } else { *gradient })),
                    false => came.extend(line.map(|(gradient, _)| gradient)),
                }
                *bias += came[before..].iter().sum::<f32>();
            }
            let came = made(came, [self.kernels, tile.len()]);
            let patches = self.patches(image, &rows);
            let product = Flex::float_matmul(came.clone(), patches.transpose(0, 1));
            add(&mut weight, product.storage());
            if let Some(input) = &mut input {
                let patches = Flex::float_matmul(self.weight.transpose(0, 1), came);
                self.slide.return_patches(patches.storage(), rows, input);
            }
        }
        (weight, bias)
    }
}

impl Backward<Flex, 3> for Conv {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let [input, weight, bias] = ops.parents;
        let back = self.back(&ops.state, gradients.consume::<Flex>(&ops.node), input.is_some());
        let ([channels, height, width], kernel) = (self.slide.image, self.slide.kernel);
        if let Some(node) = input {
            let batch = self.input.layout().shape()[0];
            gradients.register::<Flex>(node.id, made(back.input, [batch, channels, height, width]));
        }
        if let Some(node) = weight {
            gradients.register::<Flex>(node.id, made(back.weight, [self.kernels, channels, kernel[0], kernel[1]]));
        }
        if let Some(node) = bias {
            gradients.register::<Flex>(node.id, made(back.bias, [self.kernels]));
        }
    }
}

/// What is not a number stays so.
fn rectified(value: f32) -> f32 {
    if value < 0.0 { 0.0 } else { value }
}

fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
