//! A window that slides over images of two axes: which element of the input meets which of the window, for which output.

use std::ops::Range;

use crate::ops::Window;

/// A window over images of one size.
#[derive(Clone, Debug)]
pub(super) struct Slide {
    /// Channels of an image, its height and width.
    pub image: [usize; 3],
    /// Height and width of what comes out.
    pub out: [usize; 2],
    pub kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    before: [usize; 2],
}

/// The outputs of a row that an element of the window meets inside the image, and where in the image: `from`, and on by
/// `step`.
pub(super) struct Met {
    pub outputs: Range<usize>,
    pub from: usize,
    pub step: usize,
}

impl Slide {
    /// Over an image of these channels, height and width.
    pub fn new(window: &Window, image: [usize; 3], ceil: bool) -> Slide {
        let of = |list: &[usize]| [list[0], list[1]];
        let out = |axis: usize| {
            let ((before, after), size, stride) = (window.pads[axis], image[axis + 1], window.stride[axis]);
            let left = size + before + after - window.reach(axis);
            let last = if ceil { left.div_ceil(stride) } else { left / stride };
            // A window that rounding up adds must start in the image or in what is put before it.
            if ceil && last * stride >= size + before { last } else { last + 1 }
        };
        Slide {
            image,
            out: [out(0), out(1)],
            kernel: of(&window.kernel),
            stride: of(&window.stride),
            dilation: of(&window.dilation),
            before: [window.pads[0].0, window.pads[1].0],
        }
    }

    /// How many elements a window covers, over all channels.
    pub fn area(&self) -> usize {
        self.image[0] * self.kernel[0] * self.kernel[1]
    }

    /// How many outputs there are, of one kernel.
    pub fn positions(&self) -> usize {
        self.out[0] * self.out[1]
    }

    /// How many elements an image has.
    pub fn elements(&self) -> usize {
        self.image.iter().product()
    }

    /// Visits every element of the window (by channel, row and column) with every one of these rows of outputs, whose
    /// number it gives. `None` where they meet in the padding alone.
    pub fn visit(&self, rows: Range<usize>, mut each: impl FnMut(usize, Option<Met>)) {
        let [channels, height, width] = self.image;
        let columns: Vec<Range<usize>> = (0..self.kernel[1]).map(|at| self.inside(1, at)).collect();
        for channel in 0..channels {
            for row in 0..self.kernel[0] {
                for (column, outputs) in columns.iter().enumerate() {
                    for out in rows.clone() {
                        let y = (out * self.stride[0] + row * self.dilation[0]).wrapping_sub(self.before[0]);
                        if y >= height || outputs.is_empty() {
                            each(out, None);
                            continue;
                        }
                        let x = outputs.start * self.stride[1] + column * self.dilation[1] - self.before[1];
                        let from = (channel * height + y) * width + x;
                        each(out, Some(Met { outputs: outputs.clone(), from, step: self.stride[1] }));
                    }
                }
            }
        }
    }

    /// The outputs along an axis for which this element of the window stands inside the image.
    fn inside(&self, axis: usize, at: usize) -> Range<usize> {
        let (reach, before, stride) = (at * self.dilation[axis], self.before[axis], self.stride[axis]);
        let start = before.saturating_sub(reach).div_ceil(stride).min(self.out[axis]);
        let end = (self.image[axis + 1] + before).saturating_sub(reach).div_ceil(stride).min(self.out[axis]);
        start..end.max(start)
    }

    /// The patches under these rows of outputs: window's elements × outputs.
    pub fn patches(&self, image: &[f32], rows: Range<usize>, patches: &mut [f32]) {
        let mut lines = patches.chunks_exact_mut(self.out[1]);
        self.visit(rows, |_, met| {
            let Some(line) = lines.next() else { return };
            let Some(Met { outputs, from, step }) = met else { return line.fill(0.0) };
            line[..outputs.start].fill(0.0);
            line[outputs.end..].fill(0.0);
            let line = &mut line[outputs];
            match step {
                1 => line.copy_from_slice(&image[from..from + line.len()]),
                _ => line.iter_mut().zip(image[from..].iter().step_by(step)).for_each(|(to, from)| *to = *from),
            }
        });
    }

    /// Adds what came to the patches to the image that they were taken from.
    pub fn return_patches(&self, patches: &[f32], rows: Range<usize>, image: &mut [f32]) {
        let mut lines = patches.chunks_exact(self.out[1]);
        self.visit(rows, |_, met| {
            let (Some(line), Some(Met { outputs, from, step })) = (lines.next(), met) else { return };
            let line = &line[outputs];
            match step {
                1 => image[from..from + line.len()].iter_mut().zip(line).for_each(|(to, from)| *to += from),
                _ => image[from..].iter_mut().step_by(step).zip(line).for_each(|(to, from)| *to += from),
            }
        });
    }
}
