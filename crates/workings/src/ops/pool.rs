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
use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::model::Rules;
use crate::node::{Built, Costs, Node, OUT_AXES, PerAxis, Row};

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
    rule,
    ..Operator::NEW
};

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
    let dropped = pool.word("axes") == Some("dropped") || pool.rules() == Rules::Keras;
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
