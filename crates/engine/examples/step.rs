//! How long a network takes, forward and forward with backward: `step NETWORK BATCH ROUNDS` prints both in milliseconds, a
//! line a round, and then the most KiB held. `benches/engine.py` runs it beside PyTorch.

use std::time::Instant;

use engine::{Network, Values};

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, batch, rounds] = &arguments[..] else { return Err("step NETWORK BATCH ROUNDS".into()) };
    let (batch, rounds): (usize, usize) = (batch.parse()?, rounds.parse()?);
    let text = sources::network(name).ok_or("there is no such network")?.text;
    let (model, _) = formats::net::read(text);
    let device = engine::device("cpu")?;
    let mut network = Network::build(&model, &Default::default(), 0, &device)?;
    let inputs = network.random_inputs(batch, 0)?;
    for _ in 0..rounds {
        let begun = Instant::now();
        let answers = network.answer(&inputs)?;
        drop(answers.last().map(Values::to_vec).transpose()?);
        drop(answers);
        let forward = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let last = network.forward(&inputs, true)?.pop().ok_or("the network has no layer")?;
        let Values::R2(scores) = last else { return Err("the network does not end in a vector".into()) };
        drop(network.gradients(&scores.square().mean()));
        println!("{:.2} {:.2}", forward * 1e3, begun.elapsed().as_secs_f64() * 1e3);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned();
    println!("{}", peak.trim_end_matches(" kB"));
    Ok(())
}
