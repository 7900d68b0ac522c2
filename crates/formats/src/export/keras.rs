//! Keras 3: a Python file in the functional API, channels last (<https://keras.io/guides/functional_api/>).

use serde_json::Value;
use workings::Fault;

use super::keras_layers::{self, KerasLayer, KerasModel};
use super::plan::{Plan, Step, grouped};
use super::python::plain;
use super::{Export, Weights, keras_weights};

/// The format, for the list of exports.
pub(super) const EXPORT: Export = Export {
    name: "keras",
    title: "a Keras 3 model, in Python",
    extension: "py",
    is_text: true,
    weights_extension: Some(keras_weights::EXTENSION),
    write,
    beside: keras_weights::write,
};

/// What is given by its position, as a person writes it: the first of a layer's settings, and the second.
const FIRST: [&str; 13] = [
    "activation",
    "cropping",
    "dims",
    "filters",
    "groups",
    "input_dim",
    "kernel_size",
    "num_heads",
    "padding",
    "pool_size",
    "rate",
    "target_shape",
    "units",
];
const SECOND: [&str; 2] = ["kernel_size", "output_dim"];

fn write(plan: &Plan, _: Option<&Weights>) -> Result<Vec<u8>, Fault> {
    let model = keras_layers::of(plan)?;
    let params: i64 = plan.steps.iter().map(Step::params).sum();
    let mut lines = String::new();
    for at in 0..model.layers.len() {
        lines.push_str(&format!("    {}\n", line(&model, at)));
    }
    let values = |all: &mut dyn Iterator<Item = usize>| {
        let all: Vec<String> = all.map(|at| value(&model, at)).collect();
        if all.len() == 1 { all[0].clone() } else { format!("[{}]", all.join(", ")) }
    };
    let inputs = values(&mut (0..model.inputs));
    let outputs = values(&mut model.outputs.iter().copied());
    Ok(format!(
        "\"\"\"The network {name}: {params} parameters. Written by workings.\"\"\"\n\n\
         import math\n\nimport keras\nfrom keras import layers\n\n\n\
         def build():\n{lines}    return keras.Model({inputs}, {outputs}, name=\"{word}\")\n\n\n\
         if __name__ == \"__main__\":\n    network = build()\n    \
         params = sum(math.prod(weight.shape) for weight in network.trainable_weights)\n    \
         print(f\"{{params:,}} parameters, and {params} on the sheet\")\n",
        name = plain(plan.name),
        word = word(plan.name),
        params = grouped(params),
    )
    .into_bytes())
}

/// A name that Keras takes for a model.
pub(super) fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A layer as a line: what it is called, what makes it, and what a sheet says of it.
fn line(model: &KerasModel, at: usize) -> String {
    let layer = &model.layers[at];
    let arguments = arguments(layer);
    let target = value(model, at);
    if layer.class == "Input" {
        return format!("{target} = keras.Input({arguments})");
    }
    let taken: Vec<String> = layer.inputs.iter().map(|input| value(model, *input)).collect();
    let taken = if layer.joins() { format!("[{}]", taken.join(", ")) } else { taken.join(", ") };
    let comment = if layer.comment.is_empty() { String::new() } else { format!("  # {}", layer.comment) };
    format!("{target} = layers.{}({arguments})({taken}){comment}", layer.class)
}

fn arguments(layer: &KerasLayer) -> String {
    let by_position = |at: usize, key: &str| match at {
        0 => FIRST.contains(&key),
        1 => SECOND.contains(&key),
        _ => false,
    };
    let told = layer.config.iter().enumerate().map(|(at, (key, value))| match by_position(at, key) {
        true => literal(value),
        false => format!("{key}={}", literal(value)),
    });
    told.chain([format!("name=\"{}\"", layer.name)]).collect::<Vec<_>>().join(", ")
}

/// What a layer's output is called: `x` where the next layer takes it and no other, and else by the layer's name.
fn value(model: &KerasModel, at: usize) -> String {
    let users = &model.users[at];
    let is_input = at < model.inputs;
    let next = *users == [at + 1] && !(model.outputs.contains(&at));
    let last = users.is_empty() && at + 1 == model.layers.len();
    if !is_input && (next || last) {
        return "x".to_owned();
    }
    model.layers[at].name.clone()
}

/// A value as Python writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(all) if all.len() == 1 => format!("({},)", literal(&all[0])),
        Value::Array(all) => format!("({})", all.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
