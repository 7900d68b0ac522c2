//! What the processor does by itself, beside Burn: convolution and largest values over images, and how their gradients
//! come about.
//!
//! Burn's own lay every image out anew with one thread, add a bias and an activation in passes of their own, and make a
//! weight's gradient a convolution with a kernel as large as the image. Here a tile of patches is laid out, multiplied by
//! Burn's product of matrices, and put where it belongs, an image a thread. What is not an image on the processor stays
//! with Burn.

mod conv;
mod pool;
mod slide;

use burn_autodiff::Autodiff;
use burn_backend::{Shape, TensorData};
use burn_flex::{Flex, FlexTensor};
use burn_tensor::Tensor;

pub(crate) use conv::convolved;
pub(crate) use pool::largest;

/// A tensor of the processor's, if it is one that keeps no record of how it was made.
fn plain<const D: usize>(tensor: &Tensor<D>) -> Option<FlexTensor> {
    tensor.clone().try_into_primitive::<Flex>().ok()
}

/// A tensor of the processor's, if it is one that keeps a record.
fn recorded<const D: usize>(tensor: &Tensor<D>) -> Option<burn_backend::tensor::FloatTensor<Autodiff<Flex>>> {
    tensor.clone().try_into_primitive::<Autodiff<Flex>>().ok()
}

fn made<const D: usize>(elements: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(elements, Shape::from(shape)))
}

#[cfg(test)]
mod tests {
    use burn_tensor::ops::{ConvOptions, MaxPoolOptions};
    use burn_tensor::{Device, Tensor, activation, module};

    use crate::ops::Window;
    use crate::random::Random;
    use crate::values::Values;

    /// What Burn's own kernels give and send back, for images large enough to be done in several tiles and parts.
    #[test]
    fn it_does_what_burn_does() {
        let device = Device::flex();
        let mut random = Random::new(0);
        let mut filled = |shape: &[usize]| {
            let elements = (0..shape.iter().product()).map(|_| random.uniform() - 0.5).collect();
            Values::new(shape, elements, &device).expect("as many as the shape holds")
        };
        let input: Tensor<4> = filled(&[9, 32, 75, 61]).shaped([9, 32, 75, 61]);
        let weight: Tensor<4> = filled(&[6, 32, 5, 3]).shaped([6, 32, 5, 3]);
        let bias: Tensor<1> = filled(&[6]).shaped([6]);
        let window =
            Window { kernel: vec![5, 3], stride: vec![1, 2], pads: vec![(1, 2), (1, 0)], dilation: vec![2, 1] };
        let [ours, theirs] = [true, false].map(|ours| {
            let leaf = |tensor: &Tensor<4>| tensor.clone().autodiff().require_grad();
            let (input, weight, bias) = (leaf(&input), leaf(&weight), bias.clone().autodiff().require_grad());
            // Both from the input, so that both find the same values to be the largest.
            let (conv, pool) = match ours {
                true => {
                    let conv = super::convolved(&input, &weight, Some(bias.clone()), &window, true);
                    let pool = super::largest(&input, &window, false);
                    (conv.expect("on the processor"), pool.expect("on the processor"))
                }
                false => {
                    let conv = ConvOptions::new_with_padding([1, 2], [(1, 2), (1, 0)], [2, 1], 1);
                    let conv = module::conv2d(input.clone(), weight.clone(), Some(bias.clone()), conv);
                    let pool = MaxPoolOptions::new([5, 3]).with_stride([1, 2]).with_dilation([2, 1]);
                    let pool = module::max_pool2d(input.clone(), pool.with_padding_pairs([(1, 2), (1, 0)]));
                    (activation::relu(conv), pool)
                }
            };
            let loss = conv.clone().square().mean() + pool.clone().square().mean();
            let gradients = loss.backward();
            let [to_input, to_weight] = [input, weight].map(|leaf| leaf.grad(&gradients).expect("comes"));
            let to_bias = Values::from(bias.grad(&gradients).expect("comes"));
            [conv.inner().into(), pool.inner().into(), to_input.into(), to_weight.into(), to_bias]
                .map(|values: Values| values.to_vec().expect("values"))
        });
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours.len(), theirs.len());
            let largest = theirs.iter().fold(0.0f32, |largest, n| largest.max(n.abs()));
            assert!(largest > 0.0);
            assert!(ours.iter().zip(theirs).all(|(one, other)| (one - other).abs() <= 1e-4 * largest));
        }
    }
}
