//! What comes out of a network, as its answers.

use workings::answers::Answer;
use workings::model::Setting;
use workings::{Fault, Model};

use crate::train::learns_bare;
use crate::{Network, Values};

/// What a network answers to one example: `outputs` is what comes out at its ends, `model` what it was built from, `classes`
/// what its weights call the classes, if they do.
///
/// A fault if the device could not give the values.
pub fn answers(model: &Model, network: &Network, outputs: &[Values], classes: &[String]) -> Result<Vec<Answer>, Fault> {
    // One unit without a function is a number like any other, but for weights that know of two classes: those it learned.
    let learned_two = classes.len() == 2 && outputs.len() == 1;
    let of = |(at, values): (usize, &Values)| {
        let layer = &model.layers[at];
        // A function stands at the end of a layer's line, or on a line of its own.
        let own = layer.settings.iter().find_map(|(name, setting)| match setting {
            Setting::Word(word) if *name == "function" => Some(*word),
            _ => None,
        });
        let activation = layer.activation.map(|activation| activation.name).or(own).map(str::to_owned);
        let shape = values.shape()[1..].to_vec();
        let second_from = match (shape.iter().product(), activation.as_deref()) {
            (1, Some("sigmoid")) => Some(0.5),
            (1, None) if learned_two && learns_bare(model, network, at) => Some(0.0),
            _ => None,
        };
        Ok(Answer { layer: layer.name.to_string(), activation, second_from, shape, values: values.to_vec()? })
    };
    network.ends().into_iter().zip(outputs).map(of).collect()
}
