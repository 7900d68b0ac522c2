//! Arrays of 32-bit floats on their way from one layout into another.

/// An element's bytes.
const EACH: usize = 4;

/// An array, the last axis running fastest; its elements stay the bytes that they came as.
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

impl Array {
    /// From out × in × space, as PyTorch has a kernel, to space × in × out; a matrix is turned over.
    pub fn space_in_out(self) -> Array {
        let axes: Vec<usize> = (2..self.shape.len()).chain([1, 0]).collect();
        self.turned(&axes)
    }

    /// From channels × space to space × channels.
    pub fn channels_last(self) -> Array {
        let axes: Vec<usize> = (1..self.shape.len()).chain([0]).collect();
        self.turned(&axes)
    }

    /// The same elements in another shape.
    pub fn shaped(self, shape: Vec<usize>) -> Array {
        Array { shape, ..self }
    }

    /// Some of what stands on the first axis.
    pub fn rows(&self, from: usize, to: usize) -> Array {
        let row = self.shape[1..].iter().product::<usize>() * EACH;
        let shape = std::iter::once(to - from).chain(self.shape[1..].iter().copied()).collect();
        Array { shape, bytes: self.bytes[from * row..to * row].to_vec() }
    }

    /// Arrays one below the other, along the first axis.
    pub fn joined(parts: impl IntoIterator<Item = Array>) -> Array {
        let below = |mut above: Array, part: Array| {
            above.shape[0] += part.shape[0];
            above.bytes.extend(part.bytes);
            above
        };
        parts.into_iter().reduce(below).unwrap_or(Array { shape: vec![0], bytes: Vec::new() })
    }

    /// With its axes in another order: the first will be the one that `axes` names first.
    fn turned(self, axes: &[usize]) -> Array {
        let step = |axis: &usize| self.shape[axis + 1..].iter().product::<usize>() * EACH;
        let steps: Vec<usize> = axes.iter().map(step).collect();
        let shape: Vec<usize> = axes.iter().map(|axis| self.shape[*axis]).collect();
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let (mut place, mut from) = (vec![0; shape.len()], 0);
        while bytes.len() < self.bytes.len() {
            bytes.extend_from_slice(&self.bytes[from..from + EACH]);
            // On to the next element: the last axis first, and where one is through, the axis before it.
            for axis in (0..shape.len()).rev() {
                place[axis] += 1;
                from += steps[axis];
                if place[axis] < shape[axis] {
                    break;
                }
                from -= shape[axis] * steps[axis];
                place[axis] = 0;
            }
        }
        Array { shape, bytes }
    }
}
