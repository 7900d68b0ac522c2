//! Transposed convolution: every element of the input lays the kernel, times itself, onto the output.
//!
//! - Shape: H_out = (H − 1)·S + K_eff − P_top − P_bottom + E (Dumoulin & Visin 2016, relationship 14; PyTorch
//!   `torch/nn/modules/conv.py`, `ConvTranspose2d`).
//! - `same` takes K_eff − S away, if that is more than 0 (ONNX operator `ConvTranspose`, attribute `auto_pad`).
//! - Keras, without `extra`: E = S − K_eff if that is more than 0, so that `same` gives H·S. With it, `same` takes the even
//!   part of K_eff away (`keras/src/backend/common/backend_utils.py`, `_get_output_shape_given_tf_padding`).
//! - Weights: C_in · C_out/G · K_h · K_w, and one bias an output channel.
//! - Multiply-adds: every input element once for every weight that it meets (torch `utils/flop_counter.py`,
//!   `conv_flop_count` with `transposed`).

use calc::{Qty, Relation};

use super::conv::{DILATION, GROUPS, GROUPS_IN, GROUPS_OUT, KERNEL, KERNELS, NO_BIAS, PAD, SAME, SAME_LOWER, STRIDE};
use super::window::{Padding, Window, number, outputs, times};
use super::{Arg, Kind, Onnx, Operator, Word, window};
use crate::call::{Answer, Call, Said};
use crate::fault::Fault;
use crate::keras;
use crate::model::{Rules, Setting, Size};
use crate::node::{Built, Macs, Node, OUT_AXES, PerAxis, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "transposed",
    title: "Transposed convolution",
    words: &[Word { word: "transposed", takes: &[KERNEL, KERNELS], may: &MAY, ..Word::ACTIVATED }],
    keras: &[
        super::Keras::layer("Conv1DTranspose", of_keras).over(1).activated(),
        super::Keras::layer("Conv2DTranspose", of_keras).over(2).activated(),
        super::Keras::layer("Conv3DTranspose", of_keras).over(3).activated(),
    ],
    rule,
    onnx: &[Onnx::word("ConvTranspose", onnx).with(&[None, Some(Role::Weight), Some(Role::Bias)])],
};

/// `keras/src/layers/convolutional/base_conv_transpose.py`.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = super::conv::window_of_keras(config)?;
    settings.push(config.knob("filters", "C_out")?);
    if !config.get("output_padding").is_nothing() {
        settings.push(("E", config.per_axis("output_padding", 0)?));
    }
    Ok(settings)
}

const EXTRA: Arg = Arg::keyed("extra", "E", Kind::PerAxis { least: 0 });
const MAY: [Arg; 8] = [STRIDE, PAD, SAME, SAME_LOWER, DILATION, GROUPS, EXTRA, NO_BIAS];

/// What must hold of the output; `findings` has what to do about it.
pub(crate) const REMAINS: &str = "the padding leaves at least one position";
pub(crate) const SMALL_EXTRA: &str = "the extra size is smaller than the stride or the dilation";
pub(crate) const SMALLER_EXTRA: &str = "the extra size is smaller than the stride";

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = node.image(0)?;
    let mut window = Window::of(node, image.space.len(), Some(1))?;
    window.either(node);
    let c_out = node.knob("C_out")?;
    let groups = node.knob_or("G", 1);
    let reach = window.reach();
    let extra = extra(node, &window, &reach)?;
    let space = grow(node, &mut window, &image.space, &reach, &extra);

    let c_in = image.c.splits_into(groups, GROUPS_IN);
    let shared = c_out.splits_into(groups, GROUPS_OUT) / groups;
    let fan_out = times(window.area(node.calc), &[shared]).called("fan_out");
    let weights = (c_in * fan_out).called("weights");
    let inputs = times(image.n * c_in, &image.space).called("inputs");

    let out = image.shape(c_out, space.iter().copied());
    let mut row = window
        .told(Row::of(out))
        .setting("groups", Built::One(groups))
        .setting("extra", Built::List(extra.into_iter().collect()))
        .setting("kernels", Built::One(c_out))
        .setting_of("bias", node.has("bias"))
        .param("weight", Role::Weight, weights, [c_in, shared].into_iter().chain(window.kernel.iter().copied()));
    if node.has("bias") {
        row = row.param("bias", Role::Bias, (number(node.calc, 1) * c_out).called("biases"), [c_out]);
        row.costs.additions = Some(outputs(&image, c_out, &space));
    }
    row.macs = Macs { conv: Some(inputs * fan_out), ..Macs::default() };
    Ok(row)
}

/// ONNX: the stored weights are C_in × C_out/G × K_h × K_w. Where the output's space is told (attribute `output_shape`), the
/// padding follows from it, and the output is as told.
fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let (image, weights) = (call.shape_of(0, 3)?, call.shape_of(1, 3)?);
    let axes = image.len() - 2;
    let groups = call.int("group", 1);
    let c_out = if groups == 1 { weights[1] } else { weights[1] * groups };
    let mut settings = window::settings(call, &image[2..], weights[2..].iter().map(|size| call.known(*size)))?;
    settings.push(("G", Setting::Size(Size::Number(groups))));
    settings.extend((!call.has(2)).then_some(("bias", Setting::Word("no"))));
    if let Some(extra) = call.ints("output_padding") {
        settings.push(("E", Setting::PerAxis(extra.iter().map(|n| Size::Number(*n)).collect())));
    }
    let given = vec![("K", weights[2..].iter().copied().collect()), ("C_out", PerAxis::from_slice(&[c_out]))];
    let params = &[("weight", 1), ("bias", 2)];
    let mut row = call.as_layer(&OPERATOR, &Said { takes: &[0], settings, given, params })?;
    if let Some(told) = call.ints("output_shape").filter(|told| told.len() >= axes)
        && let Some(out) = row.given.first_mut().and_then(|given| given.shape.as_mut())
    {
        let told = &told[told.len() - axes..];
        out.iter_mut().skip(2).zip(told).for_each(|(size, told)| *size = call.given("size", *told));
    }
    Ok(row)
}

/// What is added at the end of each axis.
fn extra<'c>(node: &Node<'c, '_>, window: &Window<'c>, reach: &PerAxis<'c>) -> Result<PerAxis<'c>, Fault> {
    let axes = window.kernel.len();
    let per_axis = window.stride.iter().zip(reach);
    Ok(match (node.per_axis("E", axes)?, node.rules()) {
        (None, Rules::Keras) => per_axis.map(|(stride, reach)| (*stride - *reach).at_least(0).called("E")).collect(),
        (None, _) => node.per_axis_or("E", axes, 0)?,
        (Some(told), Rules::Onnx) => told,
        (Some(told), Rules::Keras) => {
            let below =
                |(extra, stride): (&Qty<'c>, &Qty<'c>)| extra.claim(Relation::AtMost, *stride - 1, SMALLER_EXTRA);
            told.iter().zip(&window.stride).map(below).collect()
        }
        (Some(told), Rules::Pytorch) => {
            let limits =
                window.stride.iter().zip(&window.dilation).map(|(stride, dilation)| stride.at_least(*dilation) - 1);
            told.iter().zip(limits).map(|(extra, limit)| extra.claim(Relation::AtMost, limit, SMALL_EXTRA)).collect()
        }
    })
}

/// The output's space. Where the padding follows from the kernel, it is worked out here and stands in `pads` afterwards.
fn grow<'c>(
    node: &Node<'c, '_>,
    window: &mut Window<'c>,
    space: &[Qty<'c>],
    reach: &PerAxis<'c>,
    extra: &PerAxis<'c>,
) -> PerAxis<'c> {
    let even = node.rules() == Rules::Keras && node.told("E");
    let along = |axis: usize| {
        let (stride, reach) = (window.stride[axis], reach[axis]);
        let full = (space[axis] - 1) * stride + reach;
        let left = match window.padding {
            Padding::Same | Padding::SameLower => {
                let total = if even { reach.floor_div(2) * 2 } else { (reach - stride).at_least(0) }.called("P_total");
                let small = total.floor_div(2);
                let large = total - small;
                window.pads[axis] = if window.padding == Padding::Same { (small, large) } else { (large, small) };
                full - total
            }
            _ => full - window.pads[axis].0 - window.pads[axis].1,
        };
        (left + extra[axis]).positive(REMAINS).called(OUT_AXES[space.len()][axis])
    };
    (0..space.len()).map(along).collect()
}
