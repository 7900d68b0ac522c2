//! Zero padding: zeros around the space.
//!
//! - Shape: H_out = H + P_top + P_bottom (PyTorch `torch/nn/modules/padding.py`; Keras
//!   `keras/src/layers/reshaping/zero_padding2d.py`).
//! - No parameters, no arithmetic.

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::node::{Built, Node, OUT_AXES, PerAxis, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "zeropad",
    title: "Zero padding",
    words: &[Word { word: "zeropad", takes: &[PADDING], ..Word::PLAIN }],
    keras: &[
        super::Keras::layer("ZeroPadding1D", |config| Ok(vec![("P", config.pads("padding", 1)?)])).over(1),
        super::Keras::layer("ZeroPadding2D", |config| Ok(vec![("P", config.pads("padding", 2)?)])).over(2),
        super::Keras::layer("ZeroPadding3D", |config| Ok(vec![("P", config.pads("padding", 3)?)])).over(3),
    ],
    rule,
    ..Operator::NEW
};

pub(super) const PADDING: Arg = Arg::told("P", "P", Kind::Pads);

fn rule<'c>(pad: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = pad.kept(0)?;
    let pads = pad.pads(image.space.len())?;
    let axes = image.space.iter().zip(&pads).zip(OUT_AXES[pads.len()]);
    let space: PerAxis = axes.map(|((size, (before, after)), name)| (*size + *before + *after).called(name)).collect();
    Ok(Row::of(image.with_space(space)).setting("padding", Built::Pairs(pads)))
}
