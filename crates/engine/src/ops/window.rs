//! The window that slides, in plain numbers: what convolution, transposed convolution and pooling share.

use workings::Fault;

use crate::site::Site;

/// A window and how it moves, an axis of space each.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub kernel: Vec<usize>,
    pub stride: Vec<usize>,
    /// What is put before and after the input.
    pub pads: Vec<(usize, usize)>,
    pub dilation: Vec<usize>,
}

impl Window {
    /// The window of a layer; a padding that follows from the sizes stands in the ledger in numbers.
    pub fn of(site: &Site<'_>) -> Result<Window, Fault> {
        let window = Window {
            kernel: site.list("kernel")?,
            stride: site.list("stride")?,
            pads: site.pairs("padding")?,
            dilation: site.list("dilation")?,
        };
        match window.stride.iter().chain(&window.kernel).chain(&window.dilation).any(|&size| size == 0) {
            true => Err(site.fault("a kernel, a stride or a dilation is 0")),
            false => Ok(window),
        }
    }

    /// How far it reaches on an axis.
    pub fn reach(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }

    /// How many positions it covers.
    pub fn area(&self) -> usize {
        self.kernel.iter().product()
    }

    /// Whether some axis is padded more on one side than on the other.
    pub fn is_lopsided(&self) -> bool {
        self.pads.iter().any(|(before, after)| before != after)
    }

    /// The engine's kernels do not check that the window finds room; where it does not, this says so.
    pub fn fits(&self, site: &Site<'_>) -> Result<(), Fault> {
        let space = site.input(0)?;
        for (axis, size) in space[1..].iter().enumerate() {
            let (before, after) = self.pads[axis];
            if size + before + after < self.reach(axis) {
                return Err(site.unsupported("a window that is larger than its padded input"));
            }
        }
        Ok(())
    }
}
