//! Configurations in Keras 2's form: the recorded models written as it wrote them, and what only it has.

use formats::Source;
use serde_json::{Value as Json, json};
use std::ops::Range;
use workings::fault::Fault;
use workings::ledger::{Binds, Ledger};

/// What Keras 3.15.1 said of many small models (tests/truth/keras_models.py).
const RECORDED: &str = include_str!("../../../tests/data/keras_models.json");

struct Text(String);

impl Source for Text {
    fn name(&self) -> &str {
        "model.json"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0.as_bytes()[range.start as usize..range.end as usize].to_vec())
    }
}

fn worked(config: &Json) -> (Ledger, Vec<String>) {
    let (model, _) = formats::read(&Text(config.to_string())).unwrap();
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    (ledger, findings.into_iter().map(|finding| finding.says).collect())
}

/// A tensor of Keras 3 as Keras 2 names it.
fn tensor(value: &Json) -> Option<Json> {
    (value["class_name"] == "__keras_tensor__").then(|| value["config"]["keras_history"].clone())
}

/// A call of Keras 3 as Keras 2 writes it: `[["conv1", 0, 0, {}]]`; what is given by name stands beside the first.
fn call(node: &Json, class: &str) -> Option<Json> {
    let (mut all, mut named) = (Vec::new(), serde_json::Map::new());
    let names: &[&str] =
        if class.contains("MultiHead") || class.contains("Group") { &["", "value", "key"] } else { &[] };
    for (at, one) in node["args"].as_array()?.iter().enumerate() {
        match (names.get(at).filter(|name| !name.is_empty()), one.as_array()) {
            (Some(name), _) => drop(named.insert((*name).to_owned(), tensor(one)?)),
            (None, Some(list)) => all.extend(list.iter().map(tensor).collect::<Option<Vec<_>>>()?),
            (None, None) => all.push(tensor(one)?),
        }
    }
    for (name, value) in node["kwargs"].as_object().into_iter().flatten() {
        let list = value.as_array().and_then(|all| all.iter().map(tensor).collect::<Option<Vec<_>>>());
        named.insert(name.clone(), tensor(value).or(list.map(Json::Array)).unwrap_or_else(|| value.clone()));
    }
    let told = all.iter().enumerate().map(|(at, one)| {
        let mut one = one.as_array().unwrap().clone();
        one.push(if at == 0 { Json::Object(named.clone()) } else { json!({}) });
        Json::Array(one)
    });
    Some(told.collect())
}

/// A network of Keras 3 in Keras 2's form; nothing where it has what Keras 2 had not.
fn older(entry: &Json) -> Option<Json> {
    let mut entry = entry.clone();
    let class = entry["class_name"].as_str()?.to_owned();
    let object = entry.as_object_mut()?;
    if object.get("module").and_then(Json::as_str).is_some_and(|module| module.contains(".ops")) {
        return None;
    }
    object.retain(|key, _| matches!(key.as_str(), "class_name" | "config" | "name" | "inbound_nodes"));
    if let Some(nodes) = object.get("inbound_nodes").and_then(Json::as_array) {
        let nodes = nodes.iter().map(|node| call(node, &class)).collect::<Option<Vec<_>>>()?;
        object.insert("inbound_nodes".to_owned(), Json::Array(nodes));
    }
    let config = object.get_mut("config")?.as_object_mut()?;
    if let Some(shape) = config.remove("batch_shape") {
        config.insert("batch_input_shape".to_owned(), shape);
    }
    if let Some(layers) = config.get("layers").and_then(Json::as_array) {
        let mut layers = layers.iter().map(older).collect::<Option<Vec<_>>>()?;
        if config.contains_key("output_layers") {
            count_own_calls(&mut layers, config.get_mut("output_layers")?);
        }
        config.insert("layers".to_owned(), Json::Array(layers));
    }
    if let Some(inner) = config.get("layer").filter(|inner| inner.is_object()) {
        let inner = older(inner)?;
        config.insert("layer".to_owned(), inner);
    }
    Some(entry)
}

/// Keras 2 counts a call of its own of each network that begins with an input, wherever it names a call; Keras 3 counts it of
/// functional ones, and only where it names outputs (`tf_keras/engine/functional.py`, `get_network_config`). So stands
/// `[["Encoder", 1, 0, {}]]` for the first call in files of Keras 2.2, and `[["sequential", 1, 0, {}]]` in those of 2.4.
fn count_own_calls(layers: &mut [Json], outputs: &mut Json) {
    let named = |class: &str, layers: &[Json]| -> Vec<Json> {
        layers.iter().filter(|layer| layer["class_name"] == class).map(|layer| layer["name"].clone()).collect()
    };
    let (functional, sequential) = (named("Functional", layers), named("Sequential", layers));
    let all: Vec<Json> = functional.into_iter().chain(sequential.iter().cloned()).collect();
    layers.iter_mut().for_each(|layer| count_own(&mut layer["inbound_nodes"], &all));
    count_own(outputs, &sequential);
}

fn count_own(value: &mut Json, networks: &[Json]) {
    match value {
        Json::Array(tensor) if tensor.first().is_some_and(Json::is_string) => {
            if networks.contains(&tensor[0]) {
                tensor[1] = json!(tensor[1].as_u64().unwrap() + 1);
            }
            tensor.iter_mut().skip(3).for_each(|named| count_own(named, networks));
        }
        Json::Array(all) => all.iter_mut().for_each(|one| count_own(one, networks)),
        Json::Object(all) => all.values_mut().for_each(|one| count_own(one, networks)),
        _ => {}
    }
}

#[test]
fn a_model_in_either_form_is_one_model() {
    let all: serde_json::Map<String, Json> = serde_json::from_str(RECORDED).unwrap();
    let mut models = 0;
    for (name, truth) in &all {
        let Some(older) = older(&truth["config"]) else { continue };
        let ((one, said), (two, also)) = (worked(&truth["config"]), worked(&older));
        assert_eq!(said, also, "{name}");
        let rows = |ledger: &Ledger| -> Vec<_> {
            let shapes = |row: &workings::ledger::LedgerRow| {
                row.out.as_ref().map(|out| out.iter().map(|line| ledger.page.known(*line)).collect::<Vec<_>>())
            };
            let layers = ledger.model.layers.iter().zip(&ledger.rows);
            layers.map(|(layer, row)| (layer.name.clone(), shapes(row), ledger.value(row.sums.params))).collect()
        };
        assert_eq!(rows(&one), rows(&two), "{name}");
        models += 1;
    }
    assert!(models > 200, "{models} models");
}

/// A layer of Keras 2.
fn layer(class: &str, name: &str, config: Json, nodes: Json) -> Json {
    let mut config = config;
    config["name"] = json!(name);
    json!({"class_name": class, "name": name, "config": config, "inbound_nodes": nodes})
}

fn input(name: &str, size: u32) -> Json {
    layer("InputLayer", name, json!({"batch_input_shape": [null, size], "dtype": "float32"}), json!([]))
}

fn dense(name: &str, units: u32, nodes: Json) -> Json {
    layer("Dense", name, json!({"units": units, "use_bias": true, "activation": "linear", "trainable": true}), nodes)
}

/// A model within the model that is called twice, and its second call first: calls are counted from 1 where it begins with an
/// input, and from 0 in a sequence that does not (`tf_keras/engine/functional.py`, `_should_skip_first_node`).
#[test]
fn calls_of_models_within_models_are_counted_as_the_file_counts_them() {
    let inner = json!([input("i", 6), dense("d", 6, json!([[["i", 0, 0, {}]]]))]);
    let graph = json!({"layers": inner, "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]});
    let bare = json!({"layers": [dense("d", 6, json!([]))]});
    for (class, config, first) in [("Functional", graph.clone(), 1), ("Model", graph, 1), ("Sequential", bare, 0)] {
        let nodes = json!([[["u", 0, 0, {}]], [["inner", first, 0, {}]]]);
        let config = json!({"class_name": "Functional", "config": {
            "name": "m",
            "layers": [
                input("u", 6),
                layer(class, "inner", config, nodes),
                dense("e", 2, json!([[["inner", first + 1, 0, {}]]]))
            ],
            "input_layers": [["u", 0, 0]], "output_layers": [["e", 0, 0], ["inner", first, 0]]}});
        let (ledger, said) = worked(&config);
        assert!(said.is_empty(), "{class}: {said:?}");
        // 6 · 6 + 6 once, and 6 · 2 + 2.
        assert_eq!(ledger.page.known(ledger.totals.params.line), Some(56), "{class}");
        let name_of = |from: workings::model::From| match from {
            workings::model::From::Layer(at) => ledger.model.layers[at as usize].name.to_string(),
            other => format!("{other:?}"),
        };
        let outputs: Vec<_> = ledger.model.graph.outputs.iter().map(|(_, from)| name_of(*from)).collect();
        assert_eq!(outputs, ["e", "inner/d"], "{class}");
        let last = ledger.model.layers.iter().find(|layer| &*layer.name == "e").unwrap();
        assert_eq!(name_of(last.inputs[0]), "inner/d #2", "{class}");
    }
}

/// Called on a dictionary: what the inputs are called is looked up in it, and what is not known is left
/// (`tf_keras/engine/functional.py`, `_flatten_to_reference_inputs`); what comes out has the order of the sorted keys (`tf.nest`).
#[test]
fn dictionaries_are_looked_up() {
    let inner = json!([
        input("y", 6),
        input("x", 3),
        dense("p", 3, json!([[["y", 0, 0, {}]]])),
        dense("o", 5, json!([[["x", 0, 0, {}]]]))
    ]);
    let outputs = json!({"p": ["p", 0, 0], "o": ["o", 0, 0]});
    for inputs in [json!([["y", 0, 0], ["x", 0, 0]]), json!({"y": ["y", 0, 0], "x": ["x", 0, 0]})] {
        let inner = json!({"layers": inner, "input_layers": inputs, "output_layers": outputs});
        let call = json!([{"a": ["u", 0, 0, {}], "x": ["v", 0, 0, {}], "y": ["u", 0, 0, {}]}]);
        let config = json!({"class_name": "Functional", "config": {
            "name": "m",
            "layers": [
                input("u", 6),
                input("v", 3),
                layer("Functional", "inner", inner, call),
                dense("of_o", 2, json!([[["inner", 1, 0, {}]]])),
                dense("of_p", 2, json!([[["inner", 1, 1, {}]]]))
            ],
            "input_layers": [["u", 0, 0], ["v", 0, 0]], "output_layers": [["of_o", 0, 0], ["of_p", 0, 0]]}});
        let (ledger, said) = worked(&config);
        assert!(said.is_empty(), "{said:?}");
        let known = |name: &str| {
            let at = ledger.model.layers.iter().position(|layer| &*layer.name == name).unwrap();
            ledger.page.known(ledger.rows[at].sums.params.unwrap())
        };
        // 6 · 3 + 3 and 3 · 5 + 5 within; 5 · 2 + 2 and 3 · 2 + 2 behind.
        assert_eq!(["inner/p", "inner/o", "of_o", "of_p"].map(known), [21, 20, 12, 8].map(Some));
    }
}

/// For Keras 2 a layer is not trained when a model around it is not (`tf_keras/engine/base_layer.py`, `trainable_weights`); its
/// numbers of objects hold within one functional model, and are counted anew in the next (`SharedObjectSavingScope`).
#[test]
fn what_stands_around_a_layer_has_a_say() {
    let tower = |name: &str, trainable: bool| {
        let mut d = dense("d", 6, json!([[["i", 0, 0, {}]]]));
        d["shared_object_id"] = json!(3);
        let config = json!({"layers": [input("i", 6), d], "trainable": trainable,
            "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]});
        layer("Functional", name, config, json!([[["u", 0, 0, {}]]]))
    };
    let totals = |config: &Json| {
        let (ledger, said) = worked(config);
        assert!(said.is_empty(), "{said:?}");
        [ledger.totals.params, ledger.totals.trainable].map(|total| ledger.page.known(total.line).unwrap())
    };
    let graph = json!({"class_name": "Functional", "config": {
        "name": "m", "layers": [input("u", 6), tower("one", false), tower("two", true)],
        "input_layers": [["u", 0, 0]], "output_layers": [["one", 1, 0], ["two", 1, 0]]}});
    // One object, 6 · 6 + 6, which stands in a model that is not trained first.
    assert_eq!(totals(&graph), [42, 0]);
    let sequence = json!({"class_name": "Sequential", "config": {
        "name": "m", "layers": [tower("one", false), tower("two", true)]}});
    assert_eq!(totals(&sequence), [84, 42]);
}

/// As Keras 2.11 wrote a functional model with operators of Python between layers: TFOpLambda, its tensor without a list
/// around it, a constant among its inputs.
#[test]
fn operations_of_tensorflow_stand_as_layers() {
    let config = json!({"class_name": "Functional", "keras_version": "2.11.0", "backend": "tensorflow", "config": {
        "name": "m",
        "layers": [
            {"class_name": "InputLayer", "name": "input_1", "inbound_nodes": [],
             "config": {"batch_input_shape": [null, 8, 8, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "input_1"}},
            {"class_name": "TFOpLambda", "name": "tf.math.truediv", "config": {"name": "tf.math.truediv", "function": "math.truediv"},
             "inbound_nodes": [["input_1", 0, 0, {"y": 127.5, "name": null}]]},
            {"class_name": "TFOpLambda", "name": "tf.math.subtract", "config": {"name": "tf.math.subtract", "function": "math.subtract"},
             "inbound_nodes": [["tf.math.truediv", 0, 0, {"y": 1.0, "name": null}]]},
            {"class_name": "TFOpLambda", "name": "tf.__operators__.add", "config": {"name": "tf.__operators__.add", "function": "__operators__.add"},
             "inbound_nodes": [["tf.math.subtract", 0, 0, {"y": ["tf.math.truediv", 0, 0], "name": null}]]},
            {"class_name": "Conv2D", "name": "conv", "inbound_nodes": [[["tf.__operators__.add", 0, 0, {}]]],
             "config": {"name": "conv", "trainable": true, "filters": 5, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid",
                        "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1, "activation": "relu", "use_bias": true}},
            {"class_name": "BatchNormalization", "name": "bn", "inbound_nodes": [[["conv", 0, 0, {}]]],
             "config": {"name": "bn", "trainable": true, "axis": [3], "center": true, "scale": true}}
        ],
        "input_layers": [["input_1", 0, 0]], "output_layers": [["bn", 0, 0]]}});
    let (ledger, said) = worked(&config);
    assert!(said.is_empty(), "{said:?}");
    // 3 · 3 · 3 · 5 + 5 of the convolution, 2 · 5 of the normalisation; 2 · 5 statistics.
    let known = |line| ledger.page.known(line);
    assert_eq!(known(ledger.totals.params.line), Some(150));
    assert_eq!(known(ledger.totals.statistics.line), Some(10));
    let out = ledger.rows[5].out.as_ref().unwrap();
    assert_eq!(out.iter().skip(1).map(|line| known(*line)).collect::<Vec<_>>(), [Some(5), Some(6), Some(6)]);
    assert_eq!(ledger.model.layers[3].inputs.len(), 2);
}

/// Before 2.? a sequence was a bare list, its first layer had the input's shape, and a GRU had its reset before the product.
#[test]
fn a_sequence_as_the_first_versions_wrote_it() {
    let config = json!({"class_name": "Sequential", "keras_version": "2.1.6", "config": [
        {"class_name": "Embedding", "config": {"name": "embedding_1", "batch_input_shape": [null, 20], "input_dim": 100, "output_dim": 8}},
        {"class_name": "GRU", "config": {"name": "gru_1", "units": 6, "return_sequences": false, "use_bias": true}},
        {"class_name": "Dense", "config": {"name": "dense_1", "units": 2, "use_bias": true, "activation": "softmax"}}
    ]});
    let (ledger, said) = worked(&config);
    assert!(said.is_empty(), "{said:?}");
    // 100 · 8; 3 · (6 · (8 + 6) + 6); 6 · 2 + 2.
    assert_eq!(ledger.page.known(ledger.totals.params.line), Some(800 + 270 + 14));
}
