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
    /// The file that its parameters come from; `null` where they are random, and what it answers means nothing.
    weights: Option<&'a str>,
    /// What the random numbers started from; `null` where none were taken.
    seed: Option<u64>,
    /// What the classes are called, in the order of the units; `null` where the weights do not say it.
    classes: Option<&'a [String]>,
    /// What was answered, input by input. A picture that could not be read is left out.
    answers: Vec<Answered<'a>>,
}

/// A version of this schema.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "workings/run/1")]
    One,
}

/// What was answered to one input.
#[derive(Serialize, JsonSchema)]
struct Answered<'a> {
    /// The picture's file; `null` of a random input.
    input: Option<&'a str>,
    /// What comes out, one for each layer that no other takes from.
    outputs: Vec<Answer<'a>>,
}

/// What comes out of a layer.
#[derive(Serialize, JsonSchema)]
struct Answer<'a> {
    /// The layer.
    layer: &'a str,
    /// The function that it ends in, as `softmax`; `null` if in none.
    activation: Option<&'a str>,
    /// The shape for one example: channels, then space.
    shape: &'a [usize],
    /// The values, the last axis running fastest; `null` where one is not a number, or endless.
    values: Vec<Option<f32>>,
    /// The class that it names: the highest score's, or of a single unit that ends in a sigmoid 1 from 0.5 on, else 0; the
    /// same from 0 on, where it ends in no function and the weights name two classes; `null` where it names none.
    class: Option<Class<'a>>,
}

/// A class.
#[derive(Serialize, JsonSchema)]
struct Class<'a> {
    /// Its number, from 0.
    number: usize,
    /// What it is called; `null` where the weights do not say it.
    name: Option<&'a str>,
    /// The score that it is named by: of a single unit, that unit's.
    score: Option<f32>,
}

/// Answers as they are printed.
pub(super) fn answer(answers: &answers::Answers) -> Answers<'_> {
    let answers::Answers { network, device, weights, seed, classes, answered } = answers;
    Answers {
        schema: Version::One,
        network,
        device,
        weights: weights.as_deref(),
        seed: *seed,
        classes: (!classes.is_empty()).then_some(classes),
        answers: answered.iter().map(|one| self::answered(answers, one)).collect(),
    }
}

fn answered<'a>(answers: &'a answers::Answers, one: &'a answers::Answered) -> Answered<'a> {
    let outputs = one.outputs.iter().map(|answer| output(answers, answer)).collect();
    Answered { input: one.input.as_deref(), outputs }
}

fn output<'a>(answers: &'a answers::Answers, answer: &'a answers::Answer) -> Answer<'a> {
    let number = |value: f32| value.is_finite().then_some(value);
    let class = |(class, score)| Class { number: class, name: answers.name(answer, class), score: number(score) };
    Answer {
        layer: &answer.layer,
        activation: answer.activation.as_deref(),
        shape: &answer.shape,
        values: answer.values.iter().copied().map(number).collect(),
        class: answer.class().map(class),
    }
}
