//! How long a network takes, forward and forward with backward: `step NETWORK BATCH ROUNDS` prints the best of so many
//! rounds in milliseconds, and the most memory held. `benches/engine.py` runs it beside PyTorch.

use std::time::Instant;

use engine::{Network, Values};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, batch, rounds] = &arguments[..] else { return Err("step NETWORK BATCH ROUNDS".into()) };
    let (batch, rounds): (usize, usize) = (batch.parse()?, rounds.parse()?);
    let text = sources::network(name).ok_or("there is no such network")?.text;
    let (model, _) = formats::net::read(text);
    let device = engine::device("cpu")?;
    let mut network = Network::build(&model, &Default::default(), 0, &device)?;
    let inputs = network.random_inputs(batch, 0)?;
    let (mut forward, mut step) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..rounds {
        let begun = Instant::now();
        let outputs = network.forward(&inputs, false)?;
        drop(outputs.last().map(Values::to_vec).transpose()?);
        forward = forward.min(begun.elapsed().as_secs_f64());
        drop(outputs);
        let begun = Instant::now();
        let last = network.forward(&inputs, true)?.pop().ok_or("the network has no layer")?;
        let Values::R2(scores) = last else { return Err("the network does not end in a vector".into()) };
        drop(network.gradients(&scores.square().mean()));
        step = step.min(begun.elapsed().as_secs_f64());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned();
    println!("{:.2} {:.2} {}", forward * 1e3, step * 1e3, peak.trim_end_matches(" kB"));
    Ok(())
}
