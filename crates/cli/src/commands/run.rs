//! `workings run`: what a network answers.

#[cfg(feature = "engine")]
mod layers;

use workings::Fault;

use crate::Ended;
use crate::args::{Run, Shared};

#[cfg(feature = "engine")]
pub(super) fn run(shared: &Shared, asked: &Run) -> Result<Ended, Fault> {
    use workings::answers::{Answered, Answers};

    use crate::args::As;
    use crate::{diagnose, input, output};

    if asked.form == As::Csv {
        return Err(output::no_csv());
    }
    let worked = input::work(shared, &asked.reading)?;
    if worked.ended != Ended::Fine {
        return Ok(worked.ended);
    }
    let model = &worked.ledger.model;
    let device = engine::device(asked.device.name())?;
    let mut network = engine::Network::build(model, &engine::binds(&worked.ledger), asked.seed, &device)?;
    let inputs = inputs(asked, &network)?;
    let (weights, classes) = match &asked.weights {
        Some(path) => (Some(path.display().to_string()), loaded(&mut network, path)?),
        None => (None, Vec::new()),
    };
    let mut layers =
        asked.show_layers.as_deref().map(|folder| layers::Folder::new(folder, inputs.len())).transpose()?;
    let (mut answered, mut ended) = (Vec::new(), Ended::Fine);
    // One after the other, so that memory holds the layers of one input, however many there are.
    for input in &inputs {
        let entered = match entered(input, &network) {
            Ok(entered) => entered,
            Err(fault) => {
                diagnose::fault(shared, &fault);
                ended = Ended::AtFault;
                continue;
            }
        };
        let outputs = match &mut layers {
            None => network.answer(&entered)?,
            Some(layers) => {
                let outputs = network.forward(&entered, false)?;
                layers.write(input.path(), model, &entered, &outputs)?;
                network.ends().into_iter().map(|end| outputs[end].clone()).collect()
            }
        };
        let input = input.path().map(|path| path.display().to_string());
        let outputs = engine::answers(model, &network, &outputs, &classes)?;
        named(asked, &classes, &outputs)?;
        answered.push(Answered { input, outputs });
    }
    if answered.is_empty() {
        return Ok(ended);
    }
    let seed = (asked.random || weights.is_none()).then_some(asked.seed);
    let device = asked.device.name().to_owned();
    let answers = Answers { network: network.name.clone(), device, weights, seed, classes, answered };
    let text = match asked.form {
        As::Json => views::json::run(&answers),
        form => output::dressed(shared, form, &views::run::run(&answers))?,
    };
    output::write(shared, &text)?;
    if let Some(layers) = layers {
        layers.says().iter().for_each(|says| diagnose::note(shared, says));
    }
    Ok(ended)
}

/// What a network is run on.
#[cfg(feature = "engine")]
enum Input<'a> {
    Random(u64),
    /// A picture's file, and the shape that it is brought into.
    Picture(&'a std::path::Path, [usize; 3]),
}

#[cfg(feature = "engine")]
impl Input<'_> {
    fn path(&self) -> Option<&std::path::Path> {
        match self {
            Input::Random(_) => None,
            Input::Picture(path, _) => Some(path),
        }
    }
}

#[cfg(feature = "engine")]
fn inputs<'a>(asked: &'a Run, network: &engine::Network) -> Result<Vec<Input<'a>>, Fault> {
    if asked.random {
        return Ok(vec![Input::Random(asked.seed)]);
    }
    let shape = engine::picture::shape(&network.name, &network.inputs).map_err(|fault| match fault.hint {
        None => fault.hint("`--random` runs it on a random input"),
        Some(_) => fault,
    })?;
    Ok(asked.input.iter().map(|path| Input::Picture(path, shape)).collect())
}

/// An input as the network takes it, a batch of one.
#[cfg(feature = "engine")]
fn entered(input: &Input<'_>, network: &engine::Network) -> Result<Vec<engine::Values>, Fault> {
    let (path, shape) = match input {
        Input::Random(seed) => return network.random_inputs(1, *seed),
        Input::Picture(path, shape) => (path, *shape),
    };
    let bytes = crate::input::picture(path)?;
    let picture = engine::Picture::read(&bytes, shape)
        .map_err(|says| Fault::new(format!("`{}`: {says}", path.display())).hint("give a whole PNG or JPEG file"))?;
    Ok(vec![engine::Picture::batch(&[picture], network.device())?])
}

/// Puts the weights of a file into the network, and gives what it calls the classes.
#[cfg(feature = "engine")]
fn loaded(network: &mut engine::Network, path: &std::path::Path) -> Result<Vec<String>, Fault> {
    let weights = crate::input::weights(path)?;
    let tensors = weights.tensors().map(|(name, shape, elements)| (name.to_owned(), shape, elements));
    network.load(&path.display().to_string(), tensors)?;
    weights.classes()
}

/// Names of classes must be as many as the classes of some answer: with any other number, one of the two is wrong.
#[cfg(feature = "engine")]
fn named(asked: &Run, names: &[String], outputs: &[workings::answers::Answer]) -> Result<(), Fault> {
    let Some(file) = asked.weights.as_deref().filter(|_| !names.is_empty()) else { return Ok(()) };
    let decides = |out: &workings::answers::Answer| Some((out.layer.clone(), out.classes()?));
    let classes: Vec<(String, usize)> = outputs.iter().filter_map(decides).collect();
    match classes.first() {
        Some((layer, has)) if classes.iter().all(|(_, has)| *has < names.len()) => {
            let (file, names) = (file.display(), names.len());
            Err(Fault::new(format!("{file}: its metadata names {names} classes, and {layer} decides between {has}"))
                .hint("these may be the weights of another network"))
        }
        _ => Ok(()),
    }
}

#[cfg(not(feature = "engine"))]
pub(super) fn run(_: &Shared, _: &Run) -> Result<Ended, Fault> {
    Err(super::no_engine("run"))
}
