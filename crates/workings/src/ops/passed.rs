//! What is passed on as it is when a network answers: noise, masks and changes of images that only happen while it learns.
//!
//! - Shape: the input's. No parameters; no arithmetic that a ledger counts.
//! - Keras `keras/src/layers/core/identity.py`, `masking.py`, `keras/src/layers/regularization/`,
//!   `keras/src/layers/preprocessing/image_preprocessing/`.

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras::nothing;
use crate::node::{Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "passed",
    title: "Passed on",
    keras: &[
        Keras::layer("ActivityRegularization", nothing),
        Keras::layer("AugMix", nothing),
        Keras::layer("AutoContrast", nothing),
        Keras::layer("CutMix", nothing),
        Keras::layer("Equalization", nothing),
        Keras::layer("GaussianNoise", nothing),
        Keras::layer("Identity", nothing),
        Keras::layer("Masking", nothing),
        Keras::layer("MixUp", nothing),
        Keras::layer("RandAugment", nothing),
        Keras::layer("RandomBrightness", nothing),
        Keras::layer("RandomColorDegeneration", nothing),
        Keras::layer("RandomColorJitter", nothing),
        Keras::layer("RandomContrast", nothing),
        Keras::layer("RandomElasticTransform", nothing),
        Keras::layer("RandomErasing", nothing),
        Keras::layer("RandomFlip", nothing),
        Keras::layer("RandomGaussianBlur", nothing),
        Keras::layer("RandomGrayscale", nothing),
        Keras::layer("RandomHue", nothing),
        Keras::layer("RandomInvert", nothing),
        Keras::layer("RandomPerspective", nothing),
        Keras::layer("RandomPosterization", nothing),
        Keras::layer("RandomRotation", nothing),
        Keras::layer("RandomSaturation", nothing),
        Keras::layer("RandomSharpness", nothing),
        Keras::layer("RandomShear", nothing),
        Keras::layer("RandomTranslation", nothing),
        Keras::layer("RandomZoom", nothing),
        Keras::layer("Solarization", nothing),
        Keras::operation("Cast", nothing),
        Keras::operation("Identity", nothing),
        Keras::operation("StopGradient", nothing),
    ],
    rule,
    ..Operator::NEW
};

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    Ok(Row::of(node.input(0)?.clone()))
}
