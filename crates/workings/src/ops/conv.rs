//! Convolution in one to three dimensions: plain, strided, dilated, grouped, depthwise and separable.
//!
//! - Shape: H_out = ⌊(H − K_eff + P_top + P_bottom)/S⌋ + 1 (Dumoulin & Visin 2016, relationships 6 and 15,
//!   <https://arxiv.org/abs/1603.07285>).
//! - Weights: C_out · C_in/G · K_h · K_w, and one bias a kernel (CS231n, <https://cs231n.github.io/convolutional-networks/>;
//!   PyTorch `torch/nn/modules/conv.py`).
//! - Multiply-adds: one for every weight of a kernel at every output, padded positions included (torch
//!   `utils/flop_counter.py`, `conv_flop_count`).
//! - In whole numbers (ONNX operators `ConvInteger`, `QLinearConv`): the same, of weights that are stored in 8 bits and stand
//!   among scales and zero points. With its activation, or with the channels last: ONNX Runtime's `FusedConv`, `NhwcConv`,
//!   `NhwcFusedConv`, `QLinearConv` (`docs/ContribOperators.md`).
//! - Separable: depthwise without a bias, then 1×1 with the one bias (Keras `layers/convolutional/base_separable_conv.py`).

use super::window::{Window, number, outputs, times};
use super::{Arg, Kind, Onnx, Operator, Word, activation, window};
use crate::call::{Answer, Call, Said};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Built, Costs, Macs, Node, PerAxis, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "conv",
    title: "Convolution",
    words: &[
        Word { word: "conv", takes: &[KERNEL, KERNELS], may: &PLAIN, ..Word::ACTIVATED },
        Word { word: "conv1d", takes: &[KERNEL, KERNELS], may: &PLAIN, axes: Some(1), ..Word::ACTIVATED },
        Word { word: "conv2d", takes: &[KERNEL, KERNELS], may: &PLAIN, axes: Some(2), ..Word::ACTIVATED },
        Word { word: "conv3d", takes: &[KERNEL, KERNELS], may: &PLAIN, axes: Some(3), ..Word::ACTIVATED },
        Word {
            word: "depthwise",
            takes: &[KERNEL],
            may: &DEPTHWISE,
            sets: &[("kind", "depthwise")],
            ..Word::ACTIVATED
        },
        Word {
            word: "separable",
            takes: &[KERNEL, KERNELS],
            may: &DEPTHWISE,
            sets: &[("kind", "separable")],
            ..Word::ACTIVATED
        },
    ],
    keras: &[
        super::Keras::layer("Conv1D", of_keras).over(1).activated(),
        super::Keras::layer("Conv2D", of_keras).over(2).activated(),
        super::Keras::layer("Conv3D", of_keras).over(3).activated(),
        super::Keras::layer("DepthwiseConv1D", depthwise_of_keras).over(1).activated(),
        super::Keras::layer("DepthwiseConv2D", depthwise_of_keras).over(2).activated(),
        super::Keras::layer("SeparableConv1D", separable_of_keras).over(1).activated(),
        super::Keras::layer("SeparableConv2D", separable_of_keras).over(2).activated(),
    ],
    rule,
    onnx: &[
        Onnx::word("Conv", onnx).with(WEIGHED),
        Onnx::word("ConvInteger", integer).with(&[None, Some(Role::Weight)]),
        Onnx::word("QLinearConv", quantized).with(QUANTIZED),
        Onnx::word("FusedConv", fused).with(WEIGHED).microsoft(),
        Onnx::word("NhwcConv", onnx).with(WEIGHED).microsoft(),
        Onnx::word("NhwcFusedConv", fused).with(WEIGHED).microsoft(),
        Onnx::word("QLinearConv", quantized).with(QUANTIZED).microsoft(),
    ],
};

const WEIGHED: &[Option<Role>] = &[None, Some(Role::Weight), Some(Role::Bias)];
/// The input, the weights and the output, each with its scale and its zero point, and then the bias.
const QUANTIZED: &[Option<Role>] = &[
    None,
    Some(Role::Constant),
    None,
    Some(Role::Weight),
    Some(Role::Constant),
    None,
    Some(Role::Constant),
    None,
    Some(Role::Bias),
];

/// The window and the bias as Keras has them (`keras/src/layers/convolutional/base_conv.py`).
pub(super) fn window_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = vec![("K", config.per_axis("kernel_size", 1)?)];
    config.unless_one("strides", "S", &mut settings)?;
    config.unless_one("dilation_rate", "D", &mut settings)?;
    keras::padding(config, &mut settings)?;
    keras::bias(config, &mut settings);
    Ok(settings)
}

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = window_of_keras(config)?;
    settings.push(config.knob("filters", "C_out")?);
    if config.get("groups").number().is_some_and(|groups| groups != 1) {
        settings.push(config.knob("groups", "G")?);
    }
    Ok(settings)
}

fn depthwise_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = window_of_keras(config)?;
    settings.push(keras::word("kind", "depthwise"));
    if !config.get("depth_multiplier").is_nothing() {
        settings.push(config.knob("depth_multiplier", "M")?);
    }
    Ok(settings)
}

fn separable_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = window_of_keras(config)?;
    settings.extend([keras::word("kind", "separable"), config.knob("filters", "C_out")?]);
    if !config.get("depth_multiplier").is_nothing() {
        settings.push(config.knob("depth_multiplier", "M")?);
    }
    Ok(settings)
}

pub(super) const KERNEL: Arg = Arg::told("KERNEL", "K", Kind::PerAxis { least: 1 });
pub(super) const KERNELS: Arg = Arg::told("KERNELS", "C_out", Kind::Size { least: 1 });
pub(super) const STRIDE: Arg = Arg::keyed("stride", "S", Kind::PerAxis { least: 1 });
pub(super) const PAD: Arg = Arg::keyed("pad", "P", Kind::Pads);
pub(super) const SAME: Arg = Arg::flag("same", "padding", "same");
pub(super) const SAME_LOWER: Arg = Arg::flag("same lower", "padding", "same lower");
pub(super) const DILATION: Arg = Arg::keyed("dilation", "D", Kind::PerAxis { least: 1 });
pub(super) const GROUPS: Arg = Arg::keyed("groups", "G", Kind::Size { least: 1 });
pub(super) const NO_BIAS: Arg = Arg::flag("no bias", "bias", "no");
const CAUSAL: Arg = Arg::flag("causal", "padding", "causal");
const MULTIPLIER: Arg = Arg::keyed("multiplier", "M", Kind::Size { least: 1 });
const PLAIN: [Arg; 8] = [STRIDE, PAD, SAME, SAME_LOWER, CAUSAL, DILATION, GROUPS, NO_BIAS];
const DEPTHWISE: [Arg; 8] = [STRIDE, PAD, SAME, SAME_LOWER, CAUSAL, DILATION, MULTIPLIER, NO_BIAS];

/// What the groups must do; `findings` has what to do about it.
pub(crate) const GROUPS_IN: &str = "the input channels split into the groups";
pub(crate) const GROUPS_OUT: &str = "the kernels split into the groups";

fn rule<'c>(conv: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    match conv.word("kind") {
        Some("separable") => separable(conv),
        kind => grouped(conv, kind == Some("depthwise")),
    }
}

fn grouped<'c>(conv: &Node<'c, '_>, depthwise: bool) -> Result<Row<'c>, Fault> {
    let image = conv.image(0)?;
    let mut window = Window::of(conv, image.space.len(), Some(1))?;
    if !depthwise {
        window.either(conv);
    }
    let multiplier = depthwise.then(|| conv.knob_or("M", 1));
    let (c_out, groups) = match multiplier {
        Some(multiplier) => ((image.c * multiplier).called("C_out"), image.c.called("G")),
        None => (conv.knob("C_out")?, conv.knob_or("G", 1)),
    };
    let space = window.slide(&image.space);

    let shared = image.c.splits_into(groups, GROUPS_IN) / groups;
    let fan_in = times(window.area(conv.calc), &[shared]).called("fan_in");
    let weights = (fan_in * c_out.splits_into(groups, GROUPS_OUT)).called("weights");
    let outputs = outputs(&image, c_out, &space);

    let mut row = window
        .told(Row::of(image.shape(c_out, space)))
        .setting("groups", Built::One(groups))
        .setting("kernels", Built::One(c_out))
        .setting_of("bias", conv.has("bias"))
        .param("weight", Role::Weight, weights, [c_out, shared].into_iter().chain(window.kernel.iter().copied()));
    if let Some(multiplier) = multiplier {
        row = row.setting("multiplier", Built::One(multiplier));
    }
    if conv.has("bias") {
        row = row.param("bias", Role::Bias, (number(conv.calc, 1) * c_out).called("biases"), [c_out]);
        row.costs.additions = Some(outputs);
    }
    row.macs = Macs { conv: Some(outputs * fan_in), ..Macs::default() };
    Ok(row)
}

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    placed(call, &[("weight", 1), ("bias", 2)])
}

/// ONNX Runtime: what `Z` holds is added, and an activation may follow.
fn fused<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = onnx(call)?;
    if call.has(3)
        && let Some(shape) = &row.given[0].shape
    {
        let outputs = super::elements(shape);
        row.costs.additions = Some(row.costs.additions.map_or(outputs, |all| all + outputs));
    }
    Ok(activation::after(call, row))
}

/// ONNX: whole numbers of 8 bits, whose sums have 32.
fn integer<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = placed(call, &[("weight", 1)])?;
    row.given.iter_mut().for_each(|given| given.dtype = Dtype::INT32);
    Ok(row)
}

/// ONNX: the input, the weights and the output have a scale and a zero point each; an output is brought to its scale by one
/// multiplication.
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut row = placed(call, &[("weight", 3), ("bias", 8)])?;
    row.given.iter_mut().for_each(|given| given.dtype = call.dtype(7));
    row.costs.multiplications = row.given[0].shape.as_ref().map(super::elements);
    Ok(row)
}

/// ONNX: the kernel's size and number are those of the weights, C_out × C_in/G × K_h × K_w. The weights, and the bias if
/// there can be one, stand at these places among the inputs.
pub(super) fn placed<'c>(call: &Call<'c, '_>, params: &'static [(&'static str, usize)]) -> Answer<'c> {
    let last = window::channels_last(call);
    let image = window::image(call, last)?;
    let mut weights = call.shape_of(params[0].1, 3)?.clone();
    // Of the words for images with the channels last, this one alone has them last in its weights too
    // (`onnxruntime/transformers/fusion_nhwc_conv.py`).
    if &*call.raw.kind == "NhwcConv" {
        weights[1..].rotate_right(1);
    }
    if image.len() != weights.len() {
        let (axes, found) = (image.len(), weights.len());
        return Err(call.wrong(format!("its input has {axes} axes and its weights {found}, and both need as many")));
    }
    let mut settings = window::settings(call, &image[2..], weights[2..].iter().map(|size| call.known(*size)))?;
    settings.push(("G", Setting::Size(Size::Number(call.int("group", 1)))));
    let bias = params.get(1).is_some_and(|(_, bias)| call.has(*bias));
    settings.extend((!bias).then_some(("bias", Setting::Word("no"))));
    let given = vec![("K", weights[2..].iter().copied().collect()), ("C_out", PerAxis::from_slice(&weights[..1]))];
    let said = Said { takes: &[0], settings, given, params };
    call.as_layer_of(&OPERATOR, &said, &[&image]).map(|row| window::turned_back(row, last))
}

fn separable<'c>(conv: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = conv.image(0)?;
    let mut window = Window::of(conv, image.space.len(), Some(1))?;
    let c_out = conv.knob("C_out")?;
    let space = window.slide(&image.space);

    let area = window.area(conv.calc).called("fan_in");
    let multiplier = conv.knob_or("M", 1);
    let between = (image.c * multiplier).called("C_mid");
    let depthwise = (area * between).called("weights_depthwise");
    let pointwise = (between * c_out).called("weights_pointwise");
    let positions = times(image.n, &space).called("positions");
    let one = number(conv.calc, 1);
    let ones = || window.kernel.iter().map(|_| one);

    let mut row = window
        .told(Row::of(image.shape(c_out, space.clone())))
        .setting("kind", Built::Word("separable"))
        .setting("multiplier", Built::One(multiplier))
        .setting("kernels", Built::One(c_out))
        .setting_of("bias", conv.has("bias"))
        .param(
            "depthwise.weight",
            Role::Weight,
            depthwise,
            [between, one].into_iter().chain(window.kernel.iter().copied()),
        )
        .param("pointwise.weight", Role::Weight, pointwise, [c_out, between].into_iter().chain(ones()));
    if conv.has("bias") {
        row = row.param("pointwise.bias", Role::Bias, (one * c_out).called("biases"), [c_out]);
        row.costs = Costs { additions: Some(positions * c_out), ..Costs::default() };
    }
    row.macs = Macs { conv: Some(positions * (depthwise + pointwise)), ..Macs::default() };
    Ok(row)
}
