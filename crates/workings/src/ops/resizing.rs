//! Images brought to another height and width: resized, or cut out of the middle.
//!
//! - Shape: the height and the width as told; batch and channels stay (Keras
//!   `keras/src/layers/preprocessing/image_preprocessing/resizing.py`, `center_crop.py`, `random_crop.py`).
//! - No parameters. Interpolation is not counted.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "resizing",
    title: "Resizing",
    keras: &[
        Keras::layer("CenterCrop", of_keras),
        Keras::layer("RandomCrop", of_keras),
        Keras::layer("Resizing", of_keras),
    ],
    rule,
    ..Operator::NEW
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    Ok(vec![config.knob("height", "O_h")?, config.knob("width", "O_w")?])
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let image = node.kept(0)?;
    if image.space.len() != 2 {
        return Err(Fault::new(format!("{}: an image is needed", node.name())));
    }
    let (height, width) = (node.knob("O_h")?, node.knob("O_w")?);
    Ok(Row::of(image.with_space([height.called("H_out"), width.called("W_out")])))
}
