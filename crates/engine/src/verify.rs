//! A network run and held against its ledger.

use std::time::Instant;

use burn_tensor::Tensor;
use calc::Value;
use workings::ledger::{Binds, Lines};
use workings::verify::{Held, Output, Param, Row, Run, Verified};
use workings::{Fault, Ledger, Model, Role};

use crate::values::asked;
use crate::{Network, Tensors, Values, device, memory};

/// The batches that are run: one, and one that tells whether the batch is carried through.
const BATCHES: [usize; 2] = [1, 2];

/// What every run starts from: a verification is the same each time.
const SEED: u64 = 0;

/// What one batch gave.
struct Passed {
    run: Run,
    /// The shape of every layer's output.
    shapes: Vec<Vec<i128>>,
    /// Whether a gradient of the parameter's own shape came to it, in the order of the list.
    gradients: Vec<bool>,
}

/// Builds a network on a device (`cpu`, `wgpu`, `cuda`), runs batches of 1 and 2 forward and backward, and holds what the
/// engine has against the ledger: the shape of every layer's output, every parameter's shape and elements, and a gradient
/// for each that is learned. `saved` writes the parameters as a file, and says how many tensors whoever reads it finds: the
/// engine knows no format.
///
/// The network is built from the model, and the ledger is only what it is held against; numbers for symbols are taken from
/// the ledger. A fault where the network cannot be built or run; what differs is no fault, and stands in the answer.
pub fn verify(
    model: &Model,
    ledger: &Ledger,
    on: &str,
    saved: impl FnOnce(Tensors) -> Result<usize, Fault>,
) -> Result<Verified, Fault> {
    let (ran, peak_memory) = memory::peak(|| ran(model, ledger, on));
    let (network, passed) = ran?;
    let rows = (0..model.layers.len()).map(|row| held(&network, ledger, row, &passed)).collect();
    let total = |is: fn(&Role) -> bool| {
        let of = network.params.iter().filter(|param| is(&param.role)).map(|param| param.values.elements() as i128);
        Some(of.sum::<i128>())
    };
    let totals = &ledger.totals;
    let params =
        Held { expected: ledger.page.known(totals.params.line), found: total(|role| *role != Role::Statistic) };
    let statistics =
        Held { expected: ledger.page.known(totals.statistics.line), found: total(|role| *role == Role::Statistic) };
    // The network goes before its file is made, so that nothing is held three times.
    let (name, tensors) = (network.name.clone(), network.tensors()?);
    drop(network);
    let expected = ledger.rows.iter().map(|row| row.params.len() as i128).sum();
    Ok(Verified {
        network: name,
        device: on.to_owned(),
        rows,
        params,
        statistics,
        saved: Held { expected: Some(expected), found: Some(saved(tensors)? as i128) },
        runs: passed.into_iter().map(|passed| passed.run).collect(),
        peak_memory,
    })
}

fn ran(model: &Model, ledger: &Ledger, on: &str) -> Result<(Network, Vec<Passed>), Fault> {
    let mut network = Network::build(model, &binds(ledger), SEED, &device(on)?)?;
    let passed = BATCHES.iter().map(|batch| pass(&mut network, ledger, *batch)).collect::<Result<_, _>>()?;
    Ok((network, passed))
}

/// The numbers that a ledger has for its symbols.
pub fn binds(ledger: &Ledger) -> Binds {
    let number = |line| ledger.page.known(line).and_then(|n| i64::try_from(n).ok());
    ledger.symbols.iter().filter_map(|(name, line)| Some((name.to_string(), number(*line)?))).collect()
}

fn pass(network: &mut Network, ledger: &Ledger, batch: usize) -> Result<Passed, Fault> {
    let inputs = network.random_inputs(batch, SEED)?;
    let begun = Instant::now();
    let outputs = network.forward(&inputs, true)?;
    settled(network)?;
    let forward = begun.elapsed().as_secs_f64();
    let shape = |values: &Values| values.shape().into_iter().map(|size| size as i128).collect();
    let shapes = outputs.iter().map(shape).collect();

    let loss = loss(network, &outputs)?;
    drop(outputs);
    let begun = Instant::now();
    let gradients = network.gradients(&loss);
    settled(network)?;
    let backward = begun.elapsed().as_secs_f64();
    let came = network.params.iter().zip(&gradients);
    let gradients =
        came.map(|(param, found)| found.as_ref().is_some_and(|g| g.shape() == param.values.shape())).collect();
    let run = Run { batch: batch as u64, forward, backward, macs: macs(ledger, batch) };
    Ok(Passed { run, shapes, gradients })
}

/// The mean of the squares of what comes out, over all ends. Squares, because the mean of a softmax is always the same, and
/// no gradient of it would say that anything arrives.
fn loss(network: &Network, outputs: &[Values]) -> Result<Tensor<1>, Fault> {
    let mean = |at: usize| asked!(outputs[at].clone(), tensor => tensor.square().mean());
    let ends = network.ends().into_iter().map(mean).reduce(|sum, next| sum + next);
    ends.ok_or_else(|| Fault::new(format!("{}: nothing comes out of it", network.name)))
}

/// Waits until the device has done everything.
fn settled(network: &Network) -> Result<(), Fault> {
    network.device().sync().map_err(|error| Fault::new(format!("{}: the device failed: {error}", network.name)))
}

/// The ledger's multiply-adds for another batch: every one of them is done once an example.
fn macs(ledger: &Ledger, batch: usize) -> Option<i128> {
    let macs = ledger.page.known(ledger.totals.macs.line)?;
    macs.checked_mul(batch as i128)?.checked_div(own_batch(ledger)?)
}

fn own_batch(ledger: &Ledger) -> Option<i128> {
    ledger.inputs.first().and_then(|input| ledger.page.known(input[0]))
}

fn held(network: &Network, ledger: &Ledger, row: usize, passed: &[Passed]) -> Row {
    let (layer, of) = (&ledger.model.layers[row], &ledger.rows[row]);
    let output = |passed: &Passed| {
        let batch = passed.run.batch;
        let expected = of.out.as_ref().and_then(|lines| expected(ledger, lines, batch));
        Output { batch, shape: Held { expected, found: passed.shapes.get(row).cloned() } }
    };
    Row {
        name: layer.name.to_string(),
        operator: layer.op.map_or("", |op| op.name).to_owned(),
        outputs: passed.iter().map(output).collect(),
        params: params(network, ledger, row, passed),
    }
}

/// The shape that the ledger gives for a batch of so many: its own, with its own batch exchanged. A batch that is open
/// stands for any.
fn expected(ledger: &Ledger, lines: &Lines, batch: u64) -> Option<Vec<i128>> {
    let first = match (ledger.page.value(lines[0]), own_batch(ledger)) {
        (Value::Known(own), Some(of)) => own.checked_mul(batch.into())?.checked_div(of)?,
        (Value::Open, None) => batch.into(),
        _ => return None,
    };
    let rest = lines[1..].iter().map(|line| ledger.page.known(*line));
    std::iter::once(Some(first)).chain(rest).collect()
}

/// The parameters that the ledger has and those that the engine has, by their names.
fn params(network: &Network, ledger: &Ledger, row: usize, passed: &[Passed]) -> Vec<Param> {
    let prefix = format!("{}.", ledger.model.layers[row].name);
    let own = || network.params.iter().enumerate().filter(|(_, param)| param.layer == row);
    let short = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
    let tensors = &ledger.rows[row].params;
    let told = tensors.iter().map(|tensor| {
        let found = own().find(|(_, param)| short(&param.name) == tensor.name);
        let shape = tensor.shape.iter().map(|line| ledger.page.known(*line)).collect();
        let gradient = |at: usize| passed.iter().all(|passed| passed.gradients[at]);
        Param {
            name: tensor.name.to_string(),
            elements: Held {
                expected: ledger.page.known(tensor.elements),
                found: found.map(|(_, param)| param.values.elements() as i128),
            },
            shape: Held { expected: shape, found: found.map(|(_, param)| shape_of(&param.values)) },
            gradient: Held { expected: Some(tensor.role != Role::Statistic), found: found.map(|(at, _)| gradient(at)) },
        }
    });
    let untold = own().filter(|(_, param)| tensors.iter().all(|tensor| tensor.name != short(&param.name)));
    let more = untold.map(|(at, param)| Param {
        name: short(&param.name),
        elements: Held { expected: None, found: Some(param.values.elements() as i128) },
        shape: Held { expected: None, found: Some(shape_of(&param.values)) },
        gradient: Held { expected: None, found: Some(passed.iter().all(|passed| passed.gradients[at])) },
    });
    told.chain(more).collect()
}

fn shape_of(values: &Values) -> Vec<i128> {
    values.shape().into_iter().map(|size| size as i128).collect()
}
