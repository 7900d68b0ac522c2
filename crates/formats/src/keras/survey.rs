//! What is to be known of a whole file before its layers are read: whether Keras 2 wrote it, and which of its layers are one
//! object, whose weights two models share.
//!
//! A `.keras` archive, and Keras 2 from 2.5 on, write `shared_object_id` beside an object that they meet again. The first time
//! may be without it: what is within a model is copied before it is met again (`keras/src/saving/serialization_lib.py`,
//! `record_object_after_serialization`; `keras/src/models/functional.py`, `get_config`). Keras 2 counts these numbers anew for
//! each functional model that stands in none (`tf_keras/saving/legacy/serialization.py`, `SharedObjectSavingScope`).

use std::collections::{HashMap, HashSet};

use workings::keras::Value;

use super::layer::is_network;

/// What was found; layers by where they stand: `config.layers[3]`.
#[derive(Default)]
pub(super) struct Survey {
    /// Whether Keras 2 wrote the file.
    pub old: bool,
    /// For a layer that is met again, where it is met first.
    pub first: HashMap<String, String>,
    /// Layers around one that is met again, which have weights of their own beside it.
    pub partly: HashSet<String>,
}

/// Looks through a file.
pub(super) fn survey(root: &Value) -> Survey {
    let version = root.get("keras_version").text().unwrap_or_default();
    let old = version.starts_with("1.") || version.starts_with("2.") || is_old(root);
    let mut search =
        Search { found: Survey { old, ..Survey::default() }, numbered: HashMap::new(), named: HashMap::new() };
    search.network(root, "", if old { None } else { Some("") });
    search.found
}

/// The layers of a network.
pub(super) fn layers(entry: &Value) -> &[Value] {
    let config = entry.get("config");
    if let Value::List(all) = config { all } else { config.get("layers").list() }
}

/// Whether a network is written as only Keras 2 writes it.
fn is_old(network: &Value) -> bool {
    layers(network).iter().any(|one| {
        let config = one.get("config");
        let inner = config.get("layer");
        !config.get("batch_input_shape").is_nothing()
            || one.get("inbound_nodes").list().iter().any(|node| matches!(node, Value::List(_)))
            || is_network(one) && is_old(one)
            || is_network(inner) && is_old(inner)
    })
}

/// Where a number of an object holds, a layer's class and its name.
type Named<'v> = (String, &'v str, &'v str);

struct Search<'v> {
    found: Survey,
    /// What was met with a number.
    numbered: HashMap<(Named<'v>, i64), (&'v Value, String)>,
    /// What was met, by its name.
    named: HashMap<Named<'v>, (&'v Value, String)>,
}

impl<'v> Search<'v> {
    fn network(&mut self, entry: &'v Value, prefix: &str, scope: Option<&str>) {
        let functional = !entry.get("config").get("output_layers").is_nothing();
        let scope = scope.or(functional.then_some(prefix));
        for (index, one) in layers(entry).iter().enumerate() {
            let path = format!("{prefix}config.layers[{index}]");
            let config = one.get("config");
            match one.get("class_name").text() {
                _ if is_network(one) => self.network(one, &format!("{path}."), scope),
                Some("TimeDistributed") if is_network(config.get("layer")) => {
                    self.network(config.get("layer"), &format!("{path}.config.layer."), scope);
                }
                // Bidirectional makes layers of its own after the one that it is given.
                Some("TimeDistributed") => self.layer(config.get("layer"), &path, scope),
                Some("RNN") => self.layer(config.get("cell"), &path, scope),
                Some("SpectralNormalization") => {
                    self.layer(one, &path, scope);
                    if !self.found.first.contains_key(&path) {
                        self.layer(config.get("layer"), &path, scope);
                        if self.found.first.remove(&path).is_some() {
                            self.found.partly.insert(path);
                        }
                    }
                }
                _ => self.layer(one, &path, scope),
            }
        }
    }

    fn layer(&mut self, entry: &'v Value, path: &str, scope: Option<&str>) {
        let name = entry.get("config").get("name").text();
        let (Some(class), Some(name), Some(scope)) = (entry.get("class_name").text(), name, scope) else { return };
        let named = (scope.to_owned(), class, name);
        if let Some(number) = entry.get("shared_object_id").number() {
            let before = self.numbered.get(&(named.clone(), number)).or_else(|| self.named.get(&named));
            if let Some((_, first)) = before.filter(|(before, _)| alike(before.get("config"), entry.get("config"))) {
                self.found.first.insert(path.to_owned(), first.clone());
                return;
            }
            self.numbered.entry((named.clone(), number)).or_insert((entry, path.to_owned()));
        }
        self.named.entry(named).or_insert((entry, path.to_owned()));
    }
}

/// Whether two configurations are the same but for the numbers of objects.
fn alike(one: &Value, other: &Value) -> bool {
    let own = |all: &'_ [(Box<str>, Value)]| all.iter().filter(|(key, _)| **key != *"shared_object_id").count();
    match (one, other) {
        (Value::Map(all), Value::Map(others)) => {
            let mut all = all.iter().filter(|(key, _)| **key != *"shared_object_id");
            own(others) == all.clone().count() && all.all(|(key, value)| alike(value, other.get(key)))
        }
        (Value::List(all), Value::List(others)) => {
            all.len() == others.len() && all.iter().zip(others).all(|(one, other)| alike(one, other))
        }
        _ => one == other,
    }
}
