//! Upsampling: every position repeated.
//!
//! - Shape: H_out = H · U (PyTorch `torch/nn/modules/upsampling.py`; Keras `keras/src/layers/reshaping/up_sampling2d.py`).
//! - No parameters; elements are copied, so no arithmetic.

use super::{Arg, Kind, Operator, Word};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, OUT_AXES, PerAxis, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "upsample",
    title: "Upsampling",
    words: &[Word { word: "upsample", takes: &[FACTOR], ..Word::PLAIN }],
    keras: &[
        super::Keras::layer("UpSampling1D", of_keras).over(1),
        super::Keras::layer("UpSampling2D", of_keras).over(2),
        super::Keras::layer("UpSampling3D", of_keras).over(3),
    ],
    rule,
    ..Operator::NEW
};

/// Interpolation changes values, never shapes (`keras/src/layers/reshaping/up_sampling2d.py`).
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![("U", config.per_axis("size", 1)?)])
}

const FACTOR: Arg = Arg::told("FACTOR", "U", Kind::PerAxis { least: 1 });

fn rule<'c>(upsample: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = upsample.kept(0)?;
    let axes = image.space.len();
    let factor = upsample
        .per_axis("U", axes)?
        .ok_or_else(|| Fault::new(format!("{}: the factor is not given", upsample.name())))?;
    let sizes = image.space.iter().zip(&factor).zip(OUT_AXES[axes]);
    let space: PerAxis = sizes.map(|((size, factor), name)| (*size * *factor).called(name)).collect();
    Ok(Row::of(image.with_space(space)).setting("factor", Built::List(factor.into_iter().collect())))
}
