//! ConvLSTM: long short-term memory whose products are convolutions, over the steps of a sequence of images.
//!
//! - Shape: a step's is that of the convolution of the input; the steps stay, or the last alone is handed on.
//! - Weights: K · K · C_in · 4 C_out of the input, K · K · C_out · 4 C_out of the state; one bias a gate (Shi et al. 2015,
//!   <https://arxiv.org/abs/1506.04214>; Keras `keras/src/layers/rnn/conv_lstm.py`).
//! - Multiply-adds: every weight of a gate once at every output of every step. The state is convolved with the same
//!   padding and a stride of 1.

use super::window::{Window, times};
use super::{Keras, Operator};
use crate::call::Given;
use crate::fault::Fault;
use crate::graph::Dtype;
use crate::keras;
use crate::node::{Built, Macs, Node, PerAxis, Role, Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "convlstm",
    title: "Convolutional LSTM",
    keras: &[
        Keras::layer("ConvLSTM1D", of_keras),
        Keras::layer("ConvLSTM2D", of_keras),
        Keras::layer("ConvLSTM3D", of_keras),
    ],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let mut settings = super::conv::window_of_keras(config)?;
    settings.push(config.knob("filters", "C_out")?);
    let steps = if config.is("return_sequences", false) { "all" } else { "last" };
    settings.push(keras::word("steps", steps));
    if config.is("return_state", false) {
        settings.push(keras::word("state", "given"));
    }
    Ok(settings)
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = node.input(0)?;
    let axes = came.len().saturating_sub(3);
    if !(1..=3).contains(&axes) {
        return Err(Fault::new(format!("{}: a sequence of images is needed, steps first", node.name())));
    }
    let (steps, space): (_, PerAxis<'c>) = (came[2], came[3..].iter().copied().collect());
    let input = came[1].taken("C_in");
    let mut window = Window::of(node, axes, Some(1))?;
    window.either(node);
    let kernels = node.knob("C_out")?;
    let space = window.slide(&space);
    let gates = (kernels * 4).called("gates");
    let area = window.area(node.calc);
    let of_input = (area * input * gates).called("weights_ih");
    let of_state = (area * kernels * gates).called("weights_hh");
    let positions = times(came[0] * steps, &space).called("positions");

    let last = node.word("steps") != Some("all");
    let image: Shape<'c> = [came[0], kernels].into_iter().chain(space.iter().copied()).collect();
    let mut out = image.clone();
    if !last {
        out.insert(2, steps);
    }
    let kernel = || window.kernel.iter().copied();
    let mut row = window
        .told(Row::of(out.clone()))
        .setting("kernels", Built::One(kernels))
        .setting("steps", Built::Word(if last { "last" } else { "all" }))
        .param("weight_ih", Role::Weight, of_input, [gates, input].into_iter().chain(kernel()))
        .param("weight_hh", Role::Weight, of_state, [gates, kernels].into_iter().chain(kernel()));
    if node.has("bias") {
        row = row.param("bias", Role::Bias, gates, [gates]);
    }
    row.macs = Macs { conv: Some(positions * (of_input + of_state)), ..Macs::default() };
    if node.word("state") == Some("given") {
        row.given = [out, image.clone(), image].map(|shape| Given::of(shape, Dtype::FLOAT32)).into_iter().collect();
    }
    Ok(row)
}
