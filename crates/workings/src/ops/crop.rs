//! Crop: takes the edges off the space.
//!
//! - Shape: H_out = H − P_top − P_bottom (Keras `keras/src/layers/reshaping/cropping2d.py`).
//! - No parameters, no arithmetic.

use super::zeropad::PADDING;
use super::{Operator, Word};
use crate::fault::Fault;
use crate::node::{Built, Node, OUT_AXES, PerAxis, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "crop",
    title: "Crop",
    words: &[Word { word: "crop", takes: &[PADDING], ..Word::PLAIN }],
    keras: &[
        super::Keras::layer("Cropping1D", |config| Ok(vec![("P", config.pads("cropping", 1)?)])).over(1),
        super::Keras::layer("Cropping2D", |config| Ok(vec![("P", config.pads("cropping", 2)?)])).over(2),
        super::Keras::layer("Cropping3D", |config| Ok(vec![("P", config.pads("cropping", 3)?)])).over(3),
    ],
    rule,
    ..Operator::NEW
};

/// What must hold of the output; `findings` has what to do about it.
pub(crate) const LEFT: &str = "something is left of the axis";

fn rule<'c>(crop: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = crop.kept(0)?;
    let pads = crop.pads(image.space.len())?;
    let axes = image.space.iter().zip(&pads).zip(OUT_AXES[pads.len()]);
    let space: PerAxis =
        axes.map(|((size, (before, after)), name)| (*size - *before - *after).positive(LEFT).called(name)).collect();
    Ok(Row::of(image.with_space(space)).setting("cropping", Built::Pairs(pads)))
}
