//! The largest value of a window over images, on the processor. Its gradient goes to where the value was found, which is
//! looked up again: that takes less time and memory than to keep it.

use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::NoCheckpointing;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};
use burn_flex::{Flex, FlexTensor};
use burn_tensor::Tensor;
use rayon::prelude::*;

use super::slide::{Met, Slide};
use super::{made, plain, recorded};
use crate::ops::Window;

/// The largest values. `None` where the tensor is not the processor's.
pub(crate) fn largest(input: &Tensor<4>, window: &Window, ceil: bool) -> Option<Tensor<4>> {
    let [_, _, height, width] = input.dims();
    let slide = Slide::new(window, [1, height, width], ceil);
    if let Some(input) = plain(input) {
        return Some(Tensor::from_primitive::<Flex>(Pool::new(input, slide).forward()));
    }
    let input = recorded(input)?;
    let pool = Pool::new(input.primitive().clone(), slide);
    let output = pool.forward();
    let output = match pool.prepare::<NoCheckpointing>([input.node()]).compute_bound().stateful() {
        OpsKind::Tracked(record) => record.finish((), output),
        OpsKind::UnTracked(record) => record.finish(output),
    };
    Some(Tensor::from_primitive::<Autodiff<Flex>>(output))
}

/// The largest values of one batch.
#[derive(Debug)]
struct Pool {
    input: FlexTensor,
    slide: Slide,
}

impl Pool {
    fn new(input: FlexTensor, slide: Slide) -> Pool {
        Pool { input: input.to_contiguous(), slide }
    }

    fn shape(&self, [height, width]: [usize; 2]) -> [usize; 4] {
        let shape = self.input.layout().shape();
        [shape[0], shape[1], height, width]
    }

    fn forward(&self) -> FlexTensor {
        let ([height, width], shape) = (self.slide.out, self.shape(self.slide.out));
        let mut output = vec![f32::NEG_INFINITY; shape.iter().product()];
        let planes = self.input.storage::<f32>().par_chunks_exact(self.slide.elements());
        output.par_chunks_exact_mut(self.slide.positions().max(1)).zip(planes).for_each(|(output, plane)| {
            self.slide.visit(0..height, |row, met| {
                let Some(Met { outputs, from, step }) = met else { return };
                let output = &mut output[row * width..][outputs];
                for (best, value) in output.iter_mut().zip(plane[from..].iter().step_by(step)) {
                    *best = if wins(*value, *best) { *value } else { *best };
                }
            });
        });
        made(output, shape)
    }

    fn back(&self, gradient: FlexTensor) -> FlexTensor {
        let ([_, height, width], positions) = (self.slide.image, self.slide.positions());
        let shape = self.shape([height, width]);
        let gradient = gradient.to_contiguous();
        let mut input = vec![0.0; shape.iter().product()];
        let planes = self.input.storage::<f32>().par_chunks_exact(self.slide.elements());
        let gradients = gradient.storage::<f32>().par_chunks_exact(positions);
        let inputs = input.par_chunks_exact_mut(self.slide.elements());
        let found = || (vec![0.0; positions], vec![0; positions]);
        inputs.zip(planes.zip(gradients)).for_each_init(found, |(best, places), (input, (plane, gradient))| {
            self.find(plane, best, places);
            for (place, gradient) in places.iter().zip(gradient) {
                // A window that is all padding has found nothing.
                if let Some(input) = input.get_mut(*place) {
                    *input += gradient;
                }
            }
        });
        made(input, shape)
    }

    /// The largest value of every window and its place in the plane, of equals the first.
    fn find(&self, plane: &[f32], best: &mut [f32], places: &mut [usize]) {
        let [height, width] = self.slide.out;
        best.fill(f32::NEG_INFINITY);
        places.fill(usize::MAX);
        self.slide.visit(0..height, |row, met| {
            let Some(Met { outputs, from, step }) = met else { return };
            let best = best[row * width..][outputs.clone()].iter_mut();
            let places = places[row * width..][outputs].iter_mut();
            for ((best, place), (at, value)) in best.zip(places).zip(plane[from..].iter().step_by(step).enumerate()) {
                let won = wins(*value, *best) | (*place == usize::MAX);
                *best = if won { *value } else { *best };
                *place = if won { from + at * step } else { *place };
            }
        });
    }
}

impl Backward<Flex, 1> for Pool {
    type State = ();

    fn backward(self, ops: Ops<(), 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node);
        if let [Some(node)] = &ops.parents {
            gradients.register::<Flex>(node.id, self.back(gradient));
        }
    }
}

/// What is not a number is larger than any, as in PyTorch.
fn wins(value: f32, best: f32) -> bool {
    value > best || value.is_nan()
}
