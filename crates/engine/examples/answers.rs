//! What the engine answers, for others to be held to: `answers FOLDER NETWORK [NAME=SIZE…]` builds a network (its name, or a
//! file) with random parameters and writes `weights.safetensors`, `inputs.safetensors` and `outputs.safetensors`, every layer's,
//! into the folder. `tests/truth/export.py` runs the exports of the network on the same, in the frameworks that they are for.

use std::path::Path;

use engine::{Network, Param, Values};
use formats::Weights;
use workings::ledger::Binds;
use workings::model::{From, Layer};
use workings::{Fault, Model, Role};

/// As many examples, so that none that takes the batch for another axis goes unnoticed.
const BATCH: usize = 2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, name, binds @ ..] = &arguments[..] else { return Err("answers FOLDER NETWORK [NAME=SIZE…]".into()) };
    let text = match sources::network(name) {
        Some(network) => network.text.to_owned(),
        None => std::fs::read_to_string(name)?,
    };
    let bound = |bind: &String| -> Result<_, Box<dyn std::error::Error>> {
        let (symbol, size) = bind.split_once('=').ok_or("a size is given as NAME=SIZE")?;
        Ok((symbol.into(), size.parse()?))
    };
    let binds = binds.iter().map(bound).collect::<Result<Binds, _>>()?;
    let (model, _) = formats::net::read(&text);
    let mut network = Network::build(&model, &binds, 0, &engine::device("cpu")?)?;
    disturb(&mut network)?;
    let inputs = inputs(&network, &model)?;
    let outputs = network.forward(&inputs, false)?;
    let params = network.params.iter().map(|param| (param.name.clone(), &param.values));
    write(folder, "weights", params.collect())?;
    write(folder, "inputs", model.inputs.iter().map(|input| input.name.to_string()).zip(&inputs).collect())?;
    write(folder, "outputs", model.layers.iter().map(|layer| layer.name.to_string()).zip(&outputs).collect())
}

/// Makes every parameter count. What starts at 0 or at 1 (biases, scales, statistics) is moved by up to 0.2; a step of the
/// golden ratio spreads the elements evenly. Kernels start from a variance of 1/(3 · fan-in), which after some layers leaves
/// nothing of the input but biases: with √6 times as much it is He's 2/fan-in, and what goes in comes out.
fn disturb(network: &mut Network) -> Result<(), Fault> {
    let changed = |param: &Param| {
        let idle = param.role != Role::Weight || param.values.shape().len() == 1;
        let change = |(at, x): (usize, f32)| match idle {
            true => x + 0.4 * (0.618_034 * (at + 1) as f32).fract() - 0.2,
            false => x * 6f32.sqrt(),
        };
        Ok((param.name.clone(), param.values.to_vec()?.into_iter().enumerate().map(change).collect()))
    };
    let all = network.params.iter().map(changed).collect::<Result<Vec<(String, Vec<f32>)>, Fault>>()?;
    all.into_iter().try_for_each(|(name, elements)| network.set(&name, elements))
}

/// Random inputs on both sides of 0, where a zero of a padding would be neither the largest nor the smallest.
fn inputs(network: &Network, model: &Model) -> Result<Vec<Values>, Fault> {
    let centred = |(at, values): (usize, Values)| {
        let looked_up = |layer: &Layer| {
            layer.op.is_some_and(|op| op.name == "embedding") && layer.inputs.contains(&From::Input(at as u32))
        };
        if model.layers.iter().any(looked_up) {
            return Ok(values);
        }
        let elements = values.to_vec()?.into_iter().map(|x| 4.0 * x - 2.0).collect();
        Values::new(&values.shape(), elements, network.device())
    };
    network.random_inputs(BATCH, 0)?.into_iter().enumerate().map(centred).collect()
}

fn write(folder: &str, file: &str, named: Vec<(String, &Values)>) -> Result<(), Box<dyn std::error::Error>> {
    let told = named.into_iter().map(|(name, values)| Ok((name, values.shape(), values.to_vec()?)));
    let weights = Weights::new(told.collect::<Result<Vec<_>, Fault>>()?);
    Ok(std::fs::write(Path::new(folder).join(format!("{file}.safetensors")), weights.to_bytes())?)
}
