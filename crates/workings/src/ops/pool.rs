//! Pooling: a window's largest value or its average; over the whole space (global), or to a size that is given (adaptive).
//!
//! - Shape: H_out = ⌊(H − K_eff + P_top + P_bottom)/S⌋ + 1; the stride is the kernel's size unless told (PyTorch
//!   `torch/nn/modules/pooling.py`). Global: 1 (Keras drops the axis, `keras/src/layers/pooling/base_global_pooling.py`).
//!   Adaptive: as told.
//! - Rounding up: a last window must start inside the input or its left padding (PyTorch, `aten/src/ATen/native/Pool.h`).
//! - PyTorch pads by at most half the kernel, whatever the dilation (`aten/src/ATen/native/DilatedMaxPool2d.cpp`).
//! - No parameters, no multiply-adds. A window of n positions takes n − 1 comparisons, or n − 1 additions and a division;
//!   padded positions are counted like others.

use calc::{Qty, Relation};

use super::conv::{DILATION, KERNEL, PAD, SAME, SAME_LOWER, STRIDE};
use super::window::{Window, number, outputs, times};
use super::{Arg, Kind, Onnx, Operator, Word, window};
use crate::call::{Answer, Call, Given, Said};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::model::{Rounding, Rules, Setting, Size};
use crate::node::{Built, Costs, Node, OUT_AXES, PerAxis, Role, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "pool",
    title: "Pooling",
    words: &[
        Word { word: "pool", takes: &[KERNEL], may: &SLIDING, sets: &[MAX], ..Word::PLAIN },
        Word { word: "avgpool", takes: &[KERNEL], may: &SLIDING, sets: &[AVERAGE], ..Word::PLAIN },
        Word { word: "globalpool", may: &[FLAT], sets: &[AVERAGE, GLOBAL], ..Word::PLAIN },
        Word { word: "globalmaxpool", may: &[FLAT], sets: &[MAX, GLOBAL], ..Word::PLAIN },
        Word { word: "adaptivepool", takes: &[SIZE], sets: &[AVERAGE, ADAPTIVE], ..Word::PLAIN },
        Word { word: "adaptivemaxpool", takes: &[SIZE], sets: &[MAX, ADAPTIVE], ..Word::PLAIN },
    ],
    keras: &[
        super::Keras::layer("MaxPooling1D", max_of_keras).over(1),
        super::Keras::layer("MaxPool1D", max_of_keras).over(1),
        super::Keras::layer("GlobalMaxPooling1D", |config| global_of_keras(config, MAX)).over(1),
        super::Keras::layer("GlobalMaxPool1D", |config| global_of_keras(config, MAX)).over(1),
        super::Keras::layer("AdaptiveMaxPooling1D", |config| adaptive_of_keras(config, MAX)).over(1),
        super::Keras::layer("AveragePooling1D", average_of_keras).over(1),
        super::Keras::layer("AvgPool1D", average_of_keras).over(1),
        super::Keras::layer("GlobalAveragePooling1D", |config| global_of_keras(config, AVERAGE)).over(1),
        super::Keras::layer("GlobalAvgPool1D", |config| global_of_keras(config, AVERAGE)).over(1),
        super::Keras::layer("AdaptiveAveragePooling1D", |config| adaptive_of_keras(config, AVERAGE)).over(1),
        super::Keras::layer("MaxPooling2D", max_of_keras).over(2),
        super::Keras::layer("MaxPool2D", max_of_keras).over(2),
        super::Keras::layer("GlobalMaxPooling2D", |config| global_of_keras(config, MAX)).over(2),
        super::Keras::layer("GlobalMaxPool2D", |config| global_of_keras(config, MAX)).over(2),
        super::Keras::layer("AdaptiveMaxPooling2D", |config| adaptive_of_keras(config, MAX)).over(2),
        super::Keras::layer("AveragePooling2D", average_of_keras).over(2),
        super::Keras::layer("AvgPool2D", average_of_keras).over(2),
        super::Keras::layer("GlobalAveragePooling2D", |config| global_of_keras(config, AVERAGE)).over(2),
        super::Keras::layer("GlobalAvgPool2D", |config| global_of_keras(config, AVERAGE)).over(2),
        super::Keras::layer("AdaptiveAveragePooling2D", |config| adaptive_of_keras(config, AVERAGE)).over(2),
        super::Keras::layer("MaxPooling3D", max_of_keras).over(3),
        super::Keras::layer("MaxPool3D", max_of_keras).over(3),
        super::Keras::layer("GlobalMaxPooling3D", |config| global_of_keras(config, MAX)).over(3),
        super::Keras::layer("GlobalMaxPool3D", |config| global_of_keras(config, MAX)).over(3),
        super::Keras::layer("AdaptiveMaxPooling3D", |config| adaptive_of_keras(config, MAX)).over(3),
        super::Keras::layer("AveragePooling3D", average_of_keras).over(3),
        super::Keras::layer("AvgPool3D", average_of_keras).over(3),
        super::Keras::layer("GlobalAveragePooling3D", |config| global_of_keras(config, AVERAGE)).over(3),
        super::Keras::layer("GlobalAvgPool3D", |config| global_of_keras(config, AVERAGE)).over(3),
        super::Keras::layer("AdaptiveAveragePooling3D", |config| adaptive_of_keras(config, AVERAGE)).over(3),
    ],
    rule,
    onnx: &[
        Onnx::word("AveragePool", slid),
        Onnx::word("GlobalAveragePool", whole),
        Onnx::word("GlobalLpPool", whole),
        Onnx::word("GlobalMaxPool", whole),
        Onnx::word("LpPool", slid),
        Onnx::word("MaxPool", slid),
        Onnx::word("NhwcMaxPool", slid).microsoft(),
        Onnx::word("QLinearAveragePool", slid).with(QUANTIZED).microsoft(),
        Onnx::word("QLinearGlobalAveragePool", whole).with(QUANTIZED).microsoft(),
    ],
};

/// The input and the output, each with its scale and its zero point.
const QUANTIZED: &[Option<Role>] = &[None, Some(Role::Constant), None, Some(Role::Constant)];

fn max_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    of_keras(config, MAX)
}

fn average_of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    of_keras(config, AVERAGE)
}

/// The stride is the window's size unless told (`keras/src/layers/pooling/base_pooling.py`).
fn of_keras(config: &keras::Config<'_>, (mode, how): (&'static str, &'static str)) -> Result<keras::Settings, Fault> {
    let mut settings = vec![keras::word(mode, how), ("K", config.per_axis("pool_size", 1)?)];
    if !config.get("strides").is_nothing() {
        settings.push(("S", config.per_axis("strides", 1)?));
    }
    keras::padding(config, &mut settings)?;
    Ok(settings)
}

/// The axes are dropped unless `keepdims` (`keras/src/layers/pooling/base_global_pooling.py`).
fn global_of_keras(config: &keras::Config<'_>, mode: (&'static str, &'static str)) -> Result<keras::Settings, Fault> {
    let axes = if config.is("keepdims", false) { "kept" } else { "dropped" };
    Ok([mode, GLOBAL, ("axes", axes)].map(|(key, word)| keras::word(key, word)).to_vec())
}

/// `keras/src/layers/pooling/base_adaptive_pooling.py`.
fn adaptive_of_keras(config: &keras::Config<'_>, mode: (&'static str, &'static str)) -> Result<keras::Settings, Fault> {
    let mut settings = [mode, ADAPTIVE].map(|(key, word)| keras::word(key, word)).to_vec();
    settings.push(("O", config.per_axis("output_size", 1)?));
    Ok(settings)
}

const MAX: (&str, &str) = ("mode", "max");
const AVERAGE: (&str, &str) = ("mode", "average");
const GLOBAL: (&str, &str) = ("extent", "global");
const ADAPTIVE: (&str, &str) = ("extent", "adaptive");
const SLIDING: [Arg; 6] = [STRIDE, PAD, SAME, SAME_LOWER, DILATION, ROUNDING];
const ROUNDING: Arg = Arg::keyed("rounding", "rounding", Kind::OneOf(&["floor", "ceil", "ceil unclipped", "strict"]));
const SIZE: Arg = Arg::told("SIZE", "O", Kind::PerAxis { least: 1 });
const FLAT: Arg = Arg::flag("flat", "axes", "dropped");

/// What a padding must do; `findings` has what to do about it.
pub(crate) const HALF: &str = "the padding is at most half the kernel";

fn rule<'c>(pool: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    match pool.word("extent") {
        Some("global") => global(pool),
        Some("adaptive") => adaptive(pool),
        _ => sliding(pool),
    }
}

fn sliding<'c>(pool: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = pool.kept(0)?;
    let mut window = Window::of(pool, image.space.len(), None)?;
    if pool.rules() == Rules::Pytorch && pool.told("P") {
        for (pads, kernel) in window.pads.iter_mut().zip(&window.kernel) {
            let half = kernel.floor_div(2);
            let shy = |pad: Qty<'c>| pad.claim(Relation::AtMost, half, HALF);
            let (before, after) = *pads;
            let first = shy(before);
            *pads = (first, if after.line() == before.line() { first } else { shy(after) });
        }
    }
    let space = window.slide(&image.space);

    let outputs = outputs(&image, image.c, &space);
    let joined = outputs * (window.area(pool.calc) - 1);
    let row = window.told(Row::of(image.with_space(space)));
    Ok(finish(pool, row, joined, outputs))
}

fn global<'c>(pool: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = pool.kept(0)?;
    let one = number(pool.calc, 1);
    let dropped = match pool.word("axes") {
        Some(axes) => axes == "dropped",
        None => pool.rules() == Rules::Keras,
    };
    let axes = if dropped { 0 } else { image.space.len() };

    let outputs = (image.n * image.c).called("outputs");
    let joined = outputs * (times(image.space[0], &image.space[1..]) - 1);
    let row = Row::of(image.with_space(std::iter::repeat_n(one, axes)))
        .setting("extent", Built::Word("global"))
        .setting_of("flat", dropped);
    Ok(finish(pool, row, joined, outputs))
}

/// Output j along an axis joins the positions ⌊j·H/O⌋ to ⌈(j + 1)·H/O⌉ − 1 (PyTorch,
/// `aten/src/ATen/native/AdaptivePooling.h`): H of them are joined together, and one more for every window that overlaps
/// its neighbour. Where O divides H none does. Otherwise O − 1 are counted, which is exact where H and O share no divisor,
/// and else gcd(H, O) − 1 too many.
fn adaptive<'c>(pool: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = pool.kept(0)?;
    let axes = image.space.len();
    let size = pool
        .per_axis("O", axes)?
        .ok_or_else(|| Fault::new(format!("{}: the size of the output is not given", pool.name())))?;
    let space: PerAxis = size.iter().zip(OUT_AXES[axes]).map(|(size, name)| size.called(name)).collect();

    let joined = |(h, o): (&Qty<'c>, &Qty<'c>)| *h + (*o - 1) * (h.ceil_div(*o) - h.floor_div(*o));
    let parts: PerAxis = image.space.iter().zip(&space).map(joined).collect();
    let each = image.n * image.c;
    let outputs = times(each, &space).called("outputs");
    let joined = times(each, &parts) - outputs;
    let row = Row::of(image.with_space(space))
        .setting("extent", Built::Word("adaptive"))
        .setting("size", Built::List(size.into_iter().collect()));
    Ok(finish(pool, row, joined, outputs))
}

/// The mode, and what it costs to join so many values into so many outputs.
fn finish<'c>(pool: &Node<'c, '_>, row: Row<'c>, joined: Qty<'c>, outputs: Qty<'c>) -> Row<'c> {
    let (mode, costs) = match pool.word("mode") {
        Some("average") => ("average", Costs { additions: Some(joined), divisions: Some(outputs), ..Costs::default() }),
        _ => ("max", Costs { comparisons: Some(joined), ..Costs::default() }),
    };
    Row { costs, ..row }.setting("mode", Built::Word(mode))
}

/// ONNX: a window that slides. A max pool may give the places of its largest values too.
fn slid<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let last = window::channels_last(call);
    let image = window::image(call, last)?;
    let axes = image.len() - 2;
    let kernel = call.ints("kernel_shape").filter(|told| told.len() == axes && told.iter().all(|n| *n > 0));
    let Some(kernel) = kernel else { return Err(call.wrong(format!("it has no kernel_shape of {axes} sizes"))) };
    let mut settings = window::settings(call, &image[2..], kernel.iter().map(|n| Some(*n)))?;
    settings.push(("K", Setting::PerAxis(kernel.iter().map(|n| Size::Number(*n)).collect())));
    settings.push(mode(call));
    if call.is("ceil_mode") {
        settings.retain(|(key, _)| *key != "rounding");
        settings.push(("rounding", Setting::Word("ceil")));
    }
    if call.version() < 22 {
        before_22(call, kernel, &mut settings);
    }
    let said = Said { takes: &[0], settings, given: Vec::new(), params: &[] };
    let mut row = window::turned_back(call.as_layer_of(&OPERATOR, &said, &[&image])?, last);
    if call.outputs() > 1 {
        let places = Given { dtype: Dtype::INT64, ..row.given[0].clone() };
        row.given.push(places);
    }
    Ok(row)
}

/// Up to version 21 the operator's own inference and ONNX Runtime differ; what runs counts: `same` as if the kernel were not
/// dilated, and a last window that rounding up adds only where it begins inside. Where ONNX Runtime refuses (a padding as
/// long as the kernel; a max pool with `same` and a kernel shorter than its stride), the inference is all there is, and adds
/// that window always (onnx `defs/nn/old.cc`; ONNX Runtime `pool_attributes.h`).
fn before_22(call: &Call<'_, '_>, kernel: &[i64], settings: &mut Vec<(&'static str, Setting)>) {
    let same = call.text("auto_pad").is_some_and(|told| told.starts_with("SAME"));
    let axes = kernel.len();
    let long = |pads: &[i64]| pads.iter().enumerate().any(|(at, pad)| *pad >= kernel[at % axes]);
    let padded = call.ints("pads").is_some_and(long);
    let strides = call.ints("strides").unwrap_or_default();
    let short = strides.iter().zip(kernel).any(|(stride, kernel)| kernel < stride);
    if same && call.ints("dilations").is_some_and(|told| told.iter().any(|n| *n > 1)) {
        settings.retain(|(key, _)| *key != "padding");
        settings.push(("padding", Setting::Word("same undilated")));
    }
    if call.is("ceil_mode") && (padded || same && &*call.raw.kind == "MaxPool" && short) {
        settings.retain(|(key, _)| *key != "rounding");
        settings.push(("rounding", Setting::Word(Rounding::CeilUnclipped.word())));
    }
}

fn mode(call: &Call<'_, '_>) -> (&'static str, Setting) {
    ("mode", Setting::Word(if call.raw.kind.contains("Max") { "max" } else { "average" }))
}

/// ONNX: all of space at once.
fn whole<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let last = window::channels_last(call);
    let image = window::image(call, last)?;
    let settings = vec![mode(call), ("extent", Setting::Word("global"))];
    let said = Said { takes: &[0], settings, given: Vec::new(), params: &[] };
    call.as_layer_of(&OPERATOR, &said, &[&image]).map(|row| window::turned_back(row, last))
}
