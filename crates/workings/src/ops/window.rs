//! The window that slides: what convolution, pooling and transposed convolution share, an axis at a time.
//!
//! - H_out = ⌊(H − K + 2P)/S⌋ + 1, and its kin.
//! - Source: Dumoulin & Visin 2016, relationships 6, 14 and 15, <https://arxiv.org/abs/1603.07285>.
//! - Rounding up: PyTorch, `aten/src/ATen/native/Pool.h`, `pooling_output_shape_pad_lr`.
//! - `same`: TensorFlow, `tensorflow/core/framework/kernel_shape_util.cc`; ONNX operator `Conv`, attribute `auto_pad`.

use calc::{Operand, Qty, Relation};
use smallvec::SmallVec;

use crate::call::{Call, Stop};
use crate::fault::Fault;
use crate::model::{Rounding, Rules, Setting, Size};
use crate::node::{Built, Image, Node, OUT_AXES, PerAxis, Row, Shape};

/// The zeros at both ends of an axis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// As many as the layer says.
    Told,
    /// As many as keep ⌈size ÷ stride⌉ positions; the odd one after.
    Same,
    /// The same; the odd one before.
    SameLower,
    /// As many as `same` would take if the kernel were not dilated, and then the formula with the dilated one: what ONNX
    /// Runtime does for a pool (`pool_attributes.h`).
    SameUndilated,
    /// All of them before, so that nothing looks ahead.
    Causal,
}

/// A window over some axes of space, with the settings that move it.
pub(super) struct Window<'c> {
    pub kernel: PerAxis<'c>,
    pub stride: PerAxis<'c>,
    pub dilation: PerAxis<'c>,
    pub padding: Padding,
    pub pads: SmallVec<[(Qty<'c>, Qty<'c>); 3]>,
    pub rounding: Rounding,
    rules: Rules,
}

/// What a claim on a window says; `findings` has what to do about it.
pub(crate) const INSIDE: &str = "the window fits inside the padded input";
pub(crate) const EVEN: &str = "the stride divides the room evenly";
pub(crate) const SOME: &str = "there is at least one position";
pub(crate) const EITHER: &str = "Keras takes a stride or a dilation, not both";

impl<'c> Window<'c> {
    /// The window that a layer's settings describe. `stride` is what it is unless told; `None` is a pool's: the kernel's size.
    pub fn of(node: &Node<'c, '_>, axes: usize, stride: Option<i64>) -> Result<Window<'c>, Fault> {
        let kernel =
            node.per_axis("K", axes)?.ok_or_else(|| Fault::new(format!("{}: the kernel is not given", node.name())))?;
        let pools = stride.is_none();
        let stride = match (node.per_axis("S", axes)?, stride) {
            (Some(told), _) => told,
            (None, Some(default)) => node.per_axis_or("S", axes, default)?,
            // ONNX's pools move by one position unless told (operator `MaxPool`, attribute `strides`).
            (None, None) if node.rules() == Rules::Onnx => node.per_axis_or("S", axes, 1)?,
            (None, None) => kernel.clone(),
        };
        let dilation = node.per_axis_or("D", axes, 1)?;
        Ok(Window {
            stride,
            dilation,
            padding: match node.word("padding") {
                Some("same") => Padding::Same,
                Some("same lower") => Padding::SameLower,
                Some("same undilated") => Padding::SameUndilated,
                Some("causal") => Padding::Causal,
                _ => Padding::Told,
            },
            pads: node.pads(axes)?,
            rounding: match (node.rounding(), node.rules()) {
                (Rounding::Floor, Rules::Onnx) if node.word("rounding").is_none() => Rounding::TowardsZero,
                // No framework rounds a convolution up: a network that says so means its pools.
                (Rounding::Ceil | Rounding::CeilUnclipped, _) if !pools => Rounding::Floor,
                (rounding, _) => rounding,
            },
            rules: node.rules(),
            kernel,
        })
    }

    /// Keras has no plain and no transposed convolution with both a stride and a dilation
    /// (`keras/src/layers/convolutional/base_conv.py`, `base_conv_transpose.py`).
    pub fn either(&self, node: &Node<'c, '_>) {
        if node.rules() == Rules::Keras && node.told("S") && node.told("D") {
            let both = largest(&self.stride).at_most(largest(&self.dilation));
            both.claim(Relation::AtMost, number(node.calc, 1), EITHER);
        }
    }

    /// How far the window reaches on an axis: D(K − 1) + 1. Axes that share their settings share the line.
    pub fn reach(&self) -> PerAxis<'c> {
        let mut reach = PerAxis::new();
        for axis in 0..self.kernel.len() {
            let first = self.shared(axis, &[&self.kernel, &self.dilation]);
            reach.push(match first {
                Some(first) => reach[first],
                None => (self.dilation[axis] * (self.kernel[axis] - 1) + 1).called("K_eff"),
            });
        }
        reach
    }

    /// An earlier axis that stands on the same lines.
    fn shared(&self, axis: usize, settings: &[&PerAxis<'c>]) -> Option<usize> {
        (0..axis).find(|&first| settings.iter().all(|s| s[first].line() == s[axis].line()))
    }

    /// Slides the window over every axis: the output's space. Where the padding follows from the sizes, it is worked out
    /// here and stands in `pads` afterwards.
    pub fn slide(&mut self, space: &[Qty<'c>]) -> PerAxis<'c> {
        let reach = self.reach();
        (0..space.len()).map(|axis| self.along(axis, space[axis], reach[axis], OUT_AXES[space.len()][axis])).collect()
    }

    fn along(&mut self, axis: usize, size: Qty<'c>, reach: Qty<'c>, name: &'static str) -> Qty<'c> {
        let stride = self.stride[axis];
        let kept = |reach: Qty<'c>| {
            let kept = size.ceil_div(stride);
            let total = ((kept - 1) * stride + reach - size).at_least(0).called("P_total");
            (kept, total)
        };
        match self.padding {
            Padding::Told => {}
            Padding::Same | Padding::SameLower => {
                let (kept, total) = kept(reach);
                let small = total.floor_div(2);
                let large = total - small;
                self.pads[axis] = if self.padding == Padding::Same { (small, large) } else { (large, small) };
                return kept.called(name);
            }
            Padding::SameUndilated => {
                let (_, total) = kept(self.kernel[axis]);
                let small = total.floor_div(2);
                self.pads[axis] = (small, total - small);
            }
            Padding::Causal => {
                let before = (reach - 1).called("P_before");
                self.pads[axis] = (before, size.calc().given("P_after", 0));
            }
        }
        let (before, after) = self.pads[axis];
        self.step(size, reach, stride, before, after).called(name)
    }

    /// How many steps a window makes on an axis.
    fn step(&self, size: Qty<'c>, reach: Qty<'c>, stride: Qty<'c>, before: Qty<'c>, after: Qty<'c>) -> Qty<'c> {
        let room = size - reach + before + after;
        match self.rounding {
            Rounding::Floor => room.fits(INSIDE).floor_div(stride) + 1,
            Rounding::Strict => room.fits(INSIDE).splits_into(stride, EVEN) / stride + 1,
            Rounding::Ceil => {
                // A last window that would start beyond the input and its left padding is left out. It is only ever one:
                // that says something where the padding after may be as long as the stride, so never in PyTorch itself.
                let all = room.ceil_div(stride) + 1;
                let inside = all.at_most((size + before).ceil_div(stride));
                let alike = self.rules == Rules::Pytorch && before.line() == after.line();
                if alike { inside } else { inside.at_least(all - 1) }.positive(SOME)
            }
            Rounding::CeilUnclipped => (room.ceil_div(stride) + 1).positive(SOME),
            Rounding::TowardsZero => {
                let quotient = room.floor_div(stride).at_least(room.ceil_div(stride).at_most(0));
                (quotient + 1).positive(SOME)
            }
        }
    }

    /// The settings as understood, onto the row.
    pub fn told(&self, row: Row<'c>) -> Row<'c> {
        let list = |axes: &PerAxis<'c>| Built::List(axes.iter().copied().collect());
        let mut row = row;
        row.settings.reserve_exact(10);
        row.setting("kernel", list(&self.kernel))
            .setting("stride", list(&self.stride))
            .setting("padding", Built::Pairs(self.pads.clone()))
            .setting("dilation", list(&self.dilation))
            .setting("rounding", Built::Word(self.rounding.word()))
    }

    /// How many positions of the input a window covers.
    pub fn area(&self, calc: &'c calc::Calc) -> Qty<'c> {
        calc.product(self.kernel.iter().copied())
    }
}

/// The settings of a window as ONNX writes them: `strides`, `dilations`, `auto_pad` and `pads` (operators `Conv`, `MaxPool`,
/// `AveragePool` …). All paddings before stand before all after.
///
/// `kernel` is what the window covers. ONNX divides as C++ does, which differs from the floor only where a window is larger
/// than its padded input; where the sizes show that none is, the plain formula says the same.
pub(super) fn settings<'c>(
    call: &Call<'c, '_>,
    space: &[Qty<'c>],
    kernel: impl IntoIterator<Item = Option<i64>>,
) -> Result<Vec<(&'static str, Setting)>, Stop> {
    let kernel: SmallVec<[Option<i64>; 3]> = kernel.into_iter().collect();
    let axes = kernel.len();
    let mut settings = Vec::with_capacity(6);
    if is_inside(call, space, &kernel) {
        settings.push(("rounding", Setting::Word("floor")));
    }
    let number = |n: &i64| Size::Number(*n);
    for (key, name, least) in [("S", "strides", 1), ("D", "dilations", 1)] {
        let Some(told) = call.ints(name).filter(|told| !told.is_empty()) else { continue };
        if told.len() != axes || told.iter().any(|n| *n < least) {
            return Err(call.wrong(format!("{name} are {told:?}, and {axes} of at least {least} are needed")));
        }
        settings.push((key, Setting::PerAxis(told.iter().map(number).collect())));
    }
    match call.text("auto_pad").unwrap_or("NOTSET") {
        "SAME_UPPER" => settings.push(("padding", Setting::Word("same"))),
        "SAME_LOWER" => settings.push(("padding", Setting::Word("same lower"))),
        "VALID" => {}
        "NOTSET" | "" => {
            let Some(told) = call.ints("pads").filter(|told| !told.is_empty()) else { return Ok(settings) };
            if told.len() != 2 * axes {
                return Err(call.wrong(format!("pads are {told:?}, and {} are needed", 2 * axes)));
            }
            let pairs = told[..axes].iter().zip(&told[axes..]).map(|(before, after)| (number(before), number(after)));
            settings.push(("P", Setting::Pads(pairs.collect())));
        }
        other => return Err(call.wrong(format!("auto_pad is `{other}`, which there is not"))),
    }
    Ok(settings)
}

/// Whether no window can be larger than its padded input: as far as the sizes are known, and open ones are taken to be so.
fn is_inside<'c>(call: &Call<'c, '_>, space: &[Qty<'c>], kernel: &[Option<i64>]) -> bool {
    let pads = call.ints("pads").unwrap_or_default();
    let dilations = call.ints("dilations").unwrap_or_default();
    let at = |told: &[i64], axis: usize, default: i64| told.get(axis).copied().unwrap_or(default);
    kernel.iter().zip(space).enumerate().all(|(axis, (kernel, size))| match (kernel, call.known(*size)) {
        (Some(kernel), Some(size)) => {
            let padded = size.saturating_add(at(pads, axis, 0)).saturating_add(at(pads, axis + space.len(), 0));
            let reach = at(dilations, axis, 1).saturating_mul(kernel - 1).saturating_add(1);
            padded >= reach
        }
        _ => true,
    })
}

/// Whether a node has its channels last: some of ONNX Runtime's are told so, others always have.
pub(super) fn channels_last(call: &Call<'_, '_>) -> bool {
    call.is("channels_last") || call.raw.kind.starts_with("Nhwc")
}

/// The first input of a node as the notation has an image: a node may have its channels last.
pub(super) fn image<'c>(call: &Call<'c, '_>, last: bool) -> Result<Shape<'c>, Stop> {
    let mut shape = call.shape_of(0, 3)?.clone();
    if last {
        shape[1..].rotate_right(1);
    }
    Ok(shape)
}

/// A row with the channels of its output last again.
pub(super) fn turned_back(mut row: Row<'_>, last: bool) -> Row<'_> {
    if last {
        for given in &mut row.given {
            given.shape.iter_mut().for_each(|shape| shape[1..].rotate_left(1));
        }
    }
    row
}

/// The largest of an axis each.
fn largest<'c>(axes: &PerAxis<'c>) -> Qty<'c> {
    let mut largest = axes[0];
    for axis in 1..axes.len() {
        if axes[axis].line() != axes[axis - 1].line() {
            largest = largest.at_least(axes[axis]);
        }
    }
    largest
}

/// The product of some quantities and a first one.
pub(super) fn times<'c>(first: Qty<'c>, rest: &[Qty<'c>]) -> Qty<'c> {
    rest.iter().fold(first, |product, &factor| product * factor)
}

/// The elements of a shape.
pub(crate) fn elements<'c>(shape: &Shape<'c>) -> Qty<'c> {
    times(shape[0], &shape[1..])
}

/// The elements of an image with other channels and space.
pub(super) fn outputs<'c>(image: &Image<'c>, c: Qty<'c>, space: &[Qty<'c>]) -> Qty<'c> {
    times(image.n * c, space).called("outputs")
}

/// Keeps `Operand` in scope for rules that join quantities with numbers.
pub(super) fn number<'c>(calc: &'c calc::Calc, n: i64) -> Qty<'c> {
    n.on(calc)
}
