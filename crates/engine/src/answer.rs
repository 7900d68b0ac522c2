//! What comes out of a network, as its answers.

use workings::answers::Answer;
use workings::model::Setting;
use workings::{Fault, Model};

use crate::{Network, Values};

/// What a network answers to one example: `outputs` is what comes out at its ends, `model` what it was built from.
///
/// A fault if the device could not give the values.
pub fn answers(model: &Model, network: &Network, outputs: &[Values]) -> Result<Vec<Answer>, Fault> {
    let of = |(at, values): (usize, &Values)| {
        let layer = &model.layers[at];
        // A function stands at the end of a layer's line, or on a line of its own.
        let own = layer.settings.iter().find_map(|(name, setting)| match setting {
            Setting::Word(word) if *name == "function" => Some(*word),
            _ => None,
        });
        let activation = layer.activation.map(|activation| activation.name).or(own).map(str::to_owned);
        let shape = values.shape()[1..].to_vec();
        Ok(Answer { layer: layer.name.to_string(), activation, shape, values: values.to_vec()? })
    };
    network.ends().into_iter().zip(outputs).map(of).collect()
}
