//! What the engine answers is what PyTorch answers, number for number: outputs, gradients and kept statistics of
//! `tests/truth/values.json`, which `tests/truth/record_values.py` recorded.

use engine::{Device, Network, Values};
use serde_json::Value;

const RECORDED: &str = include_str!("../../../tests/truth/values.json");

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number") as f32).collect()
}

fn shape(value: &Value) -> Vec<usize> {
    value["shape"].as_array().expect("a list").iter().map(|n| n.as_u64().expect("a size") as usize).collect()
}

fn values(value: &Value, device: &Device) -> Values {
    Values::new(&shape(value), numbers(&value["values"]), device).expect("as many values as the shape holds")
}

/// Held to a ten-thousandth of the largest number, or of a hundredth where all are nothing but what rounding left: sums
/// are added up in another order.
fn alike(what: &str, found: &Values, recorded: &Value, wrong: &mut Vec<String>) {
    if found.shape() != shape(recorded) {
        wrong.push(format!("{what}: shape {:?}, recorded {:?}", found.shape(), shape(recorded)));
        return;
    }
    let (found, recorded) = (found.to_vec().expect("values"), numbers(&recorded["values"]));
    let largest = recorded.iter().fold(1e-2f32, |largest, n| largest.max(n.abs()));
    let off = |(one, other): (&f32, &f32)| (one - other).abs();
    let worst = found
        .iter()
        .zip(&recorded)
        .map(off)
        .fold(0.0f32, |worst, off| if off > worst || off.is_nan() { off } else { worst });
    if worst.is_nan() || worst > 1e-4 * largest {
        wrong.push(format!("{what}: off by {worst}\n  found    {found:?}\n  recorded {recorded:?}"));
    }
}

fn run(case: &Value, wrong: &mut Vec<String>) -> Result<(), workings::Fault> {
    let net = case["net"].as_str().expect("text");
    let device = engine::device("cpu")?;
    let (model, faults) = formats::net::read(net);
    assert!(faults.is_empty(), "{net}: {faults:?}");
    let mut network = Network::build(&model, &Default::default(), 0, &device)?;
    let params = case["params"].as_object().expect("parameters");
    assert_eq!(network.params.len(), params.len(), "{net}: {:?}", params.keys());
    for (name, param) in params {
        network.set(name, numbers(&param["values"]))?;
    }
    let input = values(&case["input"], &device);
    let training = case["training"].as_bool().expect("yes or no") && !net.contains("dropout");
    let outputs = network.forward(&[input], training)?;
    let output = outputs.last().expect("a layer");
    alike(net, output, &case["output"], wrong);
    if !training {
        return Ok(());
    }
    let elements = output.elements();
    let loss = match output.clone() {
        Values::R1(tensor) => tensor.square().sum(),
        Values::R2(tensor) => tensor.square().sum(),
        Values::R3(tensor) => tensor.square().sum(),
        Values::R4(tensor) => tensor.square().sum(),
        Values::R5(tensor) => tensor.square().sum(),
    } / elements as f64;
    let gradients = network.gradients(&loss);
    let found = |name: &str| network.params.iter().position(|param| param.name == name).expect("a parameter");
    for (name, gradient) in case["gradients"].as_object().expect("gradients") {
        match &gradients[found(name)] {
            Some(came) => alike(&format!("{net}gradient of {name}"), came, gradient, wrong),
            None => wrong.push(format!("{net}: no gradient of {name}")),
        }
    }
    for (name, statistic) in case["statistics"].as_object().expect("statistics") {
        alike(&format!("{net}{name}"), &network.params[found(name)].values, statistic, wrong);
    }
    Ok(())
}

#[test]
fn every_case_answers_as_pytorch_does() {
    let cases: Vec<Value> = serde_json::from_str(RECORDED).expect("JSON");
    let mut wrong = Vec::new();
    for case in &cases {
        if let Err(fault) = run(case, &mut wrong) {
            wrong.push(format!("{}: {fault}", case["net"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
