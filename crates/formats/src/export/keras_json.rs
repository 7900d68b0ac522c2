//! The JSON that `keras.models.model_from_json` loads: a functional model with each layer's settings and what it takes
//! (`keras/src/models/functional.py`, `functional_from_config`).

use serde_json::{Map, Value, json};
use workings::Fault;

use super::keras::word;
use super::keras_layers::{self, KerasLayer, KerasModel};
use super::plan::Plan;
use super::{Export, Weights, keras_weights};

/// The format, for the list of exports.
pub(super) const EXPORT: Export = Export {
    name: "keras-json",
    title: "the JSON that keras.models.model_from_json loads",
    extension: "json",
    is_text: true,
    weights_extension: Some(keras_weights::EXTENSION),
    write,
    beside: keras_weights::write,
};

fn write(plan: &Plan, _: Option<&Weights>) -> Result<Vec<u8>, Fault> {
    let model = keras_layers::of(plan)?;
    let layers: Vec<Value> = model.layers.iter().map(|layer| written(&model, layer)).collect();
    let place = |at: usize| json!([model.layers[at].name, 0, 0]);
    let places = |mut all: Vec<Value>| if all.len() == 1 { all.remove(0) } else { Value::Array(all) };
    let config = json!({
        "name": word(plan.name),
        "trainable": true,
        "layers": layers,
        "input_layers": places((0..model.inputs).map(place).collect()),
        "output_layers": places(model.outputs.iter().copied().map(place).collect()),
    });
    let whole = json!({
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    });
    Ok(format!("{whole:#}\n").into_bytes())
}

fn written(model: &KerasModel, layer: &KerasLayer) -> Value {
    let is_input = layer.class == "Input";
    let mut config = Map::new();
    config.insert("name".to_owned(), json!(layer.name));
    for (key, value) in &layer.config {
        match (is_input, *key) {
            (true, "shape") => {
                // The batch is open.
                let sizes = value.as_array().into_iter().flatten().cloned();
                config.insert("batch_shape".to_owned(), std::iter::once(Value::Null).chain(sizes).collect())
            }
            (_, key) => config.insert(key.to_owned(), value.clone()),
        };
    }
    let tensor = |at: &usize| {
        let from = &model.layers[*at];
        let kind =
            from.config.iter().find(|(key, _)| *key == "dtype").map_or(json!("float32"), |(_, kind)| kind.clone());
        let shape: Vec<Option<i64>> = std::iter::once(None).chain(from.shape.iter().copied()).collect();
        let config = json!({"shape": shape, "dtype": kind, "keras_history": [from.name, 0, 0]});
        json!({"class_name": "__keras_tensor__", "config": config})
    };
    let taken: Value = layer.inputs.iter().map(tensor).collect();
    let nodes = match (is_input, layer.joins()) {
        (true, _) => json!([]),
        (_, true) => json!([{"args": [taken], "kwargs": {}}]),
        (_, false) => json!([{"args": taken, "kwargs": {}}]),
    };
    json!({
        "module": "keras.layers",
        "class_name": if is_input { "InputLayer" } else { &layer.class },
        "config": config,
        "registered_name": null,
        "name": layer.name,
        "inbound_nodes": nodes,
    })
}
