//! The schema `workings/train/1`: a network that learned. Its comments become the schema's descriptions.

use schemars::JsonSchema;
use serde::Serialize;
use workings::training;

/// What `workings train --as json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "workings/train/1")]
pub(super) struct Training<'a> {
    /// The version of this schema.
    schema: Version,
    /// The network.
    network: &'a str,
    /// The device that it ran on: `cpu`, `wgpu` or `cuda`.
    device: &'a str,
    /// What the classes are called, in the order of the last layer's units.
    classes: &'a [String],
    /// How many images it learned from.
    training_images: usize,
    /// How many images were held out.
    validation_images: usize,
    /// How it learned: each option of the command line and its value.
    options: std::collections::BTreeMap<&'a str, &'a str>,
    /// The epochs that are over, in order.
    epochs: Vec<Epoch>,
    /// The epoch whose weights are kept.
    best_epoch: Option<u32>,
    /// Whether it ended before the last epoch because the held-out images got no better.
    ended_early: bool,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "workings/train/1")]
    One,
}

/// One pass over all images; a line of `metrics.jsonl` is one of these.
#[derive(Serialize, JsonSchema)]
pub(super) struct Epoch {
    /// Its number, from 1.
    epoch: u32,
    /// The mean loss, in nats, on the images that it learned from, while it learned from them.
    loss: f64,
    /// The fraction of them whose class was named first.
    accuracy: f64,
    /// The mean loss on the held-out images afterwards; `null` if there are none.
    validation_loss: Option<f64>,
    /// The fraction of them whose class was named first.
    validation_accuracy: Option<f64>,
    /// The learning rate of its last step.
    learning_rate: f64,
    /// Seconds that it took.
    seconds: f64,
}

/// A network that learned, as it is printed.
pub(super) fn answer(training: &training::Training) -> Training<'_> {
    Training {
        schema: Version::One,
        network: &training.network,
        device: &training.device,
        classes: &training.classes,
        training_images: training.images.0,
        validation_images: training.images.1,
        options: training.options.iter().map(|(name, told)| (*name, told.as_str())).collect(),
        epochs: training.epochs.iter().map(epoch).collect(),
        best_epoch: training.best().map(|best| best.number),
        ended_early: training.ended_early,
    }
}

/// An epoch, as it is printed.
pub(super) fn epoch(epoch: &training::Epoch) -> Epoch {
    Epoch {
        epoch: epoch.number,
        loss: epoch.training.loss,
        accuracy: epoch.training.accuracy,
        validation_loss: epoch.validation.map(|score| score.loss),
        validation_accuracy: epoch.validation.map(|score| score.accuracy),
        learning_rate: epoch.learning_rate,
        seconds: epoch.seconds,
    }
}
