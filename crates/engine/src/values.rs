//! The values of a tensor whose number of axes is known when a network is read, and not before.
//!
//! Burn's tensors carry their rank in their type. A network's layers do not: what flows between them is one of these.

use burn_tensor::{Device, Tensor, TensorData};
use workings::Fault;

/// A tensor of one to five axes: batch, channels, then space. A parameter has the axes that PyTorch gives it.
#[derive(Clone, Debug)]
pub enum Values {
    /// One axis: a bias.
    R1(Tensor<1>),
    /// Two axes: vectors, batch × features.
    R2(Tensor<2>),
    /// Three axes: sequences, batch × features × length.
    R3(Tensor<3>),
    /// Four axes: images, batch × channels × height × width.
    R4(Tensor<4>),
    /// Five axes: volumes, batch × channels × depth × height × width.
    R5(Tensor<5>),
}

/// The most axes that a tensor can have.
pub const MOST_AXES: usize = 5;

/// Does the same to a tensor of whichever rank; the result keeps the rank.
macro_rules! mapped {
    ($values:expr, $tensor:ident => $body:expr) => {
        match $values {
            $crate::values::Values::R1($tensor) => $crate::values::Values::R1($body),
            $crate::values::Values::R2($tensor) => $crate::values::Values::R2($body),
            $crate::values::Values::R3($tensor) => $crate::values::Values::R3($body),
            $crate::values::Values::R4($tensor) => $crate::values::Values::R4($body),
            $crate::values::Values::R5($tensor) => $crate::values::Values::R5($body),
        }
    };
}

/// Asks the same of a tensor of whichever rank.
macro_rules! asked {
    ($values:expr, $tensor:ident => $body:expr) => {
        match $values {
            $crate::values::Values::R1($tensor) => $body,
            $crate::values::Values::R2($tensor) => $body,
            $crate::values::Values::R3($tensor) => $body,
            $crate::values::Values::R4($tensor) => $body,
            $crate::values::Values::R5($tensor) => $body,
        }
    };
}

pub(crate) use {asked, mapped};

impl Values {
    /// A tensor of this shape from its elements, the last axis running fastest.
    ///
    /// A fault if the shape has no axis or more than [`MOST_AXES`], or holds another number of elements.
    pub fn new(shape: &[usize], elements: Vec<f32>, device: &Device) -> Result<Values, Fault> {
        let holds = shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
        if holds != Some(elements.len()) {
            let found = elements.len();
            return Err(Fault::new(format!("a tensor of shape {shape:?} cannot be made of {found} elements")));
        }
        let flat = Tensor::<1>::from_data(TensorData::new(elements, [holds.unwrap_or(0)]), device);
        Values::R1(flat).reshaped(shape)
    }

    /// Its shape.
    pub fn shape(&self) -> Vec<usize> {
        asked!(self, tensor => tensor.dims().to_vec())
    }

    /// How many elements it has.
    pub fn elements(&self) -> usize {
        self.shape().iter().product()
    }

    /// Its elements, the last axis running fastest. Waits for whatever the device still has to do.
    ///
    /// A fault if the device could not work them out.
    pub fn to_vec(&self) -> Result<Vec<f32>, Fault> {
        let read = asked!(self, tensor => tensor.try_to_vec_as::<f32>());
        read.map_err(|error| Fault::new(format!("the device did not give the values: {error}")))
    }

    /// The same elements in another shape. A fault if the shape has no axis or more than [`MOST_AXES`].
    ///
    /// The shape must hold as many elements.
    pub(crate) fn reshaped(self, shape: &[usize]) -> Result<Values, Fault> {
        Ok(match *shape {
            [a] => Values::R1(self.shaped([a])),
            [a, b] => Values::R2(self.shaped([a, b])),
            [a, b, c] => Values::R3(self.shaped([a, b, c])),
            [a, b, c, d] => Values::R4(self.shaped([a, b, c, d])),
            [a, b, c, d, e] => Values::R5(self.shaped([a, b, c, d, e])),
            _ => {
                let axes = shape.len();
                return Err(Fault::new(format!(
                    "the engine has tensors of 1 to {MOST_AXES} axes, and {axes} are needed"
                )));
            }
        })
    }

    /// The same elements as a tensor of this shape, which must hold as many.
    pub(crate) fn shaped<const D: usize>(self, shape: [usize; D]) -> Tensor<D> {
        asked!(self, tensor => tensor.reshape(shape))
    }

    /// As batch × channels × positions, whatever the number of axes of space: the one shape in which most layers work.
    pub(crate) fn positions(self) -> Tensor<3> {
        let shape = self.shape();
        let channels = shape.get(1).copied().unwrap_or(1);
        self.shaped([shape[0], channels, shape.iter().skip(2).product()])
    }

    /// Without a record of how it was made.
    pub(crate) fn plain(self) -> Values {
        mapped!(self, tensor => tensor.inner())
    }
}

macro_rules! from_tensor {
    ($($variant:ident $rank:literal)*) => {
        $(impl From<Tensor<$rank>> for Values {
            fn from(tensor: Tensor<$rank>) -> Values {
                Values::$variant(tensor)
            }
        })*
    };
}

from_tensor!(R1 1 R2 2 R3 3 R4 4 R5 5);
