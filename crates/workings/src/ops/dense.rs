//! Dense (linear, fully connected): every unit weighs every feature.
//!
//! - Shape: the last axis as written, the channels, becomes the units; space stays. A layer that is to see a whole image
//!   needs a `flatten` first (PyTorch `torch/nn/modules/linear.py`; Keras `keras/src/layers/core/dense.py`).
//! - Weights: C_in · units, and one bias a unit.
//! - Multiply-adds: one for every weight of a unit at every output.

use super::conv::NO_BIAS;
use super::window::{number, outputs};
use super::{Arg, Kind, Onnx, Operator, Word, activation, matmul};
use crate::call::{Answer, Call, Given};
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::node::{Built, Macs, Node, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "dense",
    title: "Dense",
    words: &[Word { word: "dense", takes: &[UNITS], may: &[NO_BIAS], ..Word::ACTIVATED }],
    keras: &[super::Keras::layer("Dense", of_keras).activated()],
    rule,
    onnx: &[
        Onnx::word("Gemm", gemm).with(WEIGHED),
        Onnx::word("FusedGemm", fused).with(WEIGHED).microsoft(),
        Onnx::word("QGemm", quantized)
            .with(&[
                None,
                Some(Role::Constant),
                None,
                Some(Role::Weight),
                Some(Role::Constant),
                None,
                Some(Role::Bias),
                Some(Role::Constant),
            ])
            .microsoft(),
    ],
};

const WEIGHED: &[Option<Role>] = &[None, Some(Role::Weight), Some(Role::Bias)];

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = vec![config.knob("units", "units")?];
    keras::bias(config, &mut settings);
    Ok(settings)
}

pub(super) const UNITS: Arg = Arg::told("UNITS", "units", Kind::Size { least: 1 });

fn rule<'c>(dense: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let input = dense.image_as(0, "C_in")?;
    let units = dense.knob("units")?;
    let weights = (input.c * units).called("weights");
    let outputs = outputs(&input, units, &input.space);

    let mut row = Row::of(input.with_channels(units))
        .setting("units", Built::One(units))
        .setting_of("bias", dense.has("bias"))
        .param("weight", Role::Weight, weights, [units, input.c]);
    if dense.has("bias") {
        row = row.param("bias", Role::Bias, (number(dense.calc, 1) * units).called("biases"), [units]);
        row.costs.additions = Some(outputs);
    }
    row.macs = Macs { linear: Some(outputs * input.c), ..Macs::default() };
    Ok(row)
}

/// ONNX `Gemm`: α·A·B + β·C, either matrix turned on demand. As the last layer of a classifier B stands in the file.
fn gemm<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    placed(call, 1, 2, call.dtype(0))
}

/// ONNX Runtime: an activation follows (`docs/ContribOperators.md`, `FusedGemm`).
fn fused<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    gemm(call).map(|row| activation::after(call, row))
}

/// ONNX Runtime: each matrix is followed by its scale and its zero point; without those of the output it has fractions
/// (`docs/ContribOperators.md`, `QGemm`).
fn quantized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    placed(call, 3, 6, if call.has(8) { call.dtype(8) } else { call.dtype(1) })
}

/// B and C stand at these places among the inputs, and the output has this type.
fn placed<'c>(call: &Call<'c, '_>, b: usize, c: usize, dtype: Dtype) -> Answer<'c> {
    let [rows, inner] = matmul::turned(call, 0, call.is("transA"))?;
    let [other, units] = matmul::turned(call, b, call.is("transB"))?;
    let (features, units) = (matmul::inner(inner, other).called("C_in"), units.taken("units"));
    let weights = (features * units).called("weights");
    let outputs = (rows * units).called("outputs");
    let macs = Some(outputs * features);
    let linear = matmul::fixed(call, b) || matmul::fixed(call, 0);
    let out = Shape::from_slice(&[rows, units]);
    let mut row =
        Row::giving([Given::of(out, dtype)]).setting("units", Built::One(units)).setting_of("bias", call.has(c));
    row = call.param(row, b, Role::Weight, weights);
    row.macs = match linear {
        true => Macs { linear: macs, ..Macs::default() },
        false => Macs { matmul: macs, ..Macs::default() },
    };
    row.costs.additions = call.has(c).then_some(outputs);
    Ok(row)
}
