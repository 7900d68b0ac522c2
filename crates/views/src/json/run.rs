//! The schema `workings/run/1`: what a network answers. Its comments become the schema's descriptions.

use schemars::JsonSchema;
use serde::Serialize;
use workings::answers;

/// What `workings run --as json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "workings/run/1")]
pub(super) struct Answers<'a> {
    /// The version of this schema.
    schema: Version,
    /// The network.
    network: &'a str,
    /// The device that it ran on: `cpu`, `wgpu` or `cuda`.
    device: &'a str,
    /// What the random numbers started from.
    seed: u64,
    /// What comes out, one for each layer that no other takes from.
    outputs: Vec<Answer<'a>>,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "workings/run/1")]
    One,
}

/// What comes out of a layer.
#[derive(Serialize, JsonSchema)]
struct Answer<'a> {
    /// The layer.
    layer: &'a str,
    /// The shape for one example: channels, then space.
    shape: &'a [usize],
    /// The values, the last axis running fastest; `null` where one is not a number, or endless.
    values: Vec<Option<f32>>,
}

/// Answers as they are printed.
pub(super) fn answer(answers: &answers::Answers) -> Answers<'_> {
    let answers::Answers { network, device, seed, outputs } = answers;
    let output =
        |answer: &'_ answers::Answer| answer.values.iter().map(|value| value.is_finite().then_some(*value)).collect();
    let outputs = outputs
        .iter()
        .map(|answer| Answer { layer: &answer.layer, shape: &answer.shape, values: output(answer) })
        .collect();
    Answers { schema: Version::One, network, device, seed: *seed, outputs }
}
