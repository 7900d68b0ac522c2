//! A network asked: what it answers to a random input.

use workings::answers::{Answer, Answers};
use workings::ledger::Binds;
use workings::{Fault, Model};

use crate::{Network, device};

/// Builds a network on a device (`cpu`, `wgpu`, `cuda`) with random parameters, and runs one random input through it: the
/// same seed gives the same numbers. `binds` has numbers for its symbols.
///
/// A fault where the network cannot be built or run.
pub fn answer(model: &Model, binds: &Binds, seed: u64, on: &str) -> Result<Answers, Fault> {
    let mut network = Network::build(model, binds, seed, &device(on)?)?;
    let inputs = network.random_inputs(1, seed)?;
    let outputs = network.forward(&inputs, false)?;
    let of = |at: usize| {
        let values = &outputs[at];
        let shape = values.shape()[1..].to_vec();
        Ok(Answer { layer: model.layers[at].name.to_string(), shape, values: values.to_vec()? })
    };
    let outputs = network.ends().into_iter().map(of).collect::<Result<_, Fault>>()?;
    Ok(Answers { network: network.name.clone(), device: on.to_owned(), seed, outputs })
}
