//! What a layer is called on: `inbound_nodes` in Keras 2's and in Keras 3's form.
//!
//! - Keras 2: `[[["conv1", 0, 0, {"mask": …}], …]]`: a list a call, of a layer's name, its call and its output; or an object
//!   of them, where the layer is called on a dictionary (`tf_keras/engine/node.py`, `serialize`).
//! - Keras 3: `[{"args": […], "kwargs": {…}}]`, in which a tensor is `{"class_name": "__keras_tensor__", "config":
//!   {"keras_history": ["conv1", 0, 0]}}` (`keras/src/models/functional.py`, `serialize_node`).
//!
//! What a dictionary holds is taken in the order of its sorted keys, as Keras flattens it (`keras/src/tree/`; `tf.nest`).

use workings::keras::Value;

/// A tensor that a layer gives: the layer's name, which of its calls, which output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor<'v> {
    pub layer: &'v str,
    pub call: usize,
    pub output: usize,
}

/// A call of a layer.
#[derive(Debug)]
pub(super) struct Call<'v> {
    /// The tensors that it takes, by position.
    pub takes: Vec<Tensor<'v>>,
    /// Those that it takes by name.
    pub named: Vec<(&'v str, Tensor<'v>)>,
    /// Its arguments as they stand.
    pub args: &'v [Value],
    /// The same by name.
    pub kwargs: &'v Value,
    /// The tensors of the first argument by their keys, where it is a dictionary of Keras 2.
    pub keyed: Vec<(&'v str, Tensor<'v>)>,
    /// Numbers that Keras 2 has in the place of a tensor.
    pub constants: Vec<&'v Value>,
    /// Whether it is written as Keras 2 writes it.
    pub old: bool,
}

impl<'v> Call<'v> {
    /// A call on nothing.
    pub const NONE: Call<'v> = Call {
        takes: Vec::new(),
        named: Vec::new(),
        args: &[],
        kwargs: &Value::Nothing,
        keyed: Vec::new(),
        constants: Vec::new(),
        old: false,
    };

    /// Every tensor that it hangs on.
    pub fn tensors(&self) -> impl Iterator<Item = &Tensor<'v>> {
        self.takes.iter().chain(self.named.iter().map(|(_, tensor)| tensor))
    }

    /// The tensors for a network's inputs, in their order. Keras 2 looks up in a dictionary what the network's inputs are
    /// called, and leaves what it does not know (`tf_keras/engine/functional.py`, `_flatten_to_reference_inputs`); Keras 3
    /// takes the sorted keys for both.
    pub fn inputs(&self, network: &'v Value) -> Vec<&Tensor<'v>> {
        let ends = network.get("config").get("input_layers");
        let names: Vec<&str> = match ends {
            Value::Map(all) => sorted(all).into_iter().map(|(key, _)| key).collect(),
            _ => self::ends(ends).into_iter().map(|end| end.layer).collect(),
        };
        let find = |name: &&str| self.keyed.iter().find(|(key, _)| key == name).map(|(_, tensor)| tensor);
        if !names.is_empty()
            && let Some(found) = names.iter().map(find).collect()
        {
            return found;
        }
        let named = self.named.iter().filter(|(name, _)| !name.contains("mask")).map(|(_, tensor)| tensor);
        self.takes.iter().chain(named).collect()
    }
}

/// The calls of a layer; or where one is of no form that is known.
pub(super) fn calls(nodes: &Value) -> Result<Vec<Call<'_>>, String> {
    if nodes.is_nothing() {
        return Ok(Vec::new());
    }
    let Value::List(all) = nodes else { return Err(format!("a list is needed, and {} found", nodes.says())) };
    all.iter()
        .enumerate()
        .map(|(at, node)| call(node).ok_or_else(|| format!("[{at}]: its form is not known")))
        .collect()
}

fn call(node: &Value) -> Option<Call<'_>> {
    let mut call = Call::NONE;
    match node {
        Value::Map(all) if node.get("args").is_nothing() && node.get("kwargs").is_nothing() => {
            call.old = true;
            for (key, one) in sorted(all) {
                let before = call.takes.len();
                old(one, &mut call)?;
                call.keyed.extend(call.takes.get(before).map(|tensor| (key, tensor.clone())));
            }
        }
        Value::Map(_) => {
            call.args = node.get("args").list();
            call.kwargs = node.get("kwargs");
            collect(node.get("args"), &mut call.takes);
            if let Value::Map(all) = call.kwargs {
                for (name, value) in all {
                    let mut tensors = Vec::new();
                    collect(value, &mut tensors);
                    call.named.extend(tensors.into_iter().map(|tensor| (&**name, tensor)));
                }
            }
        }
        Value::List(_) => {
            call.old = true;
            old(node, &mut call)?;
        }
        _ => return None,
    }
    Some(call)
}

/// A tensor in Keras 2's form, or several within one another, with what the call is told beside each of them.
fn old<'v>(told: &'v Value, call: &mut Call<'v>) -> Option<()> {
    match told {
        Value::List(all) if all.first().is_some_and(|first| first.text().is_some()) => {}
        Value::List(all) => return all.iter().try_for_each(|one| old(one, call)),
        Value::Map(all) => return sorted(all).into_iter().try_for_each(|(_, one)| old(one, call)),
        _ => return None,
    }
    let [name, at, output, rest @ ..] = told.list() else { return None };
    if name.text() == Some("_CONSTANT_VALUE") {
        call.constants.push(output);
    } else {
        call.takes.push(Tensor { layer: name.text()?, call: place(at)?, output: place(output)? });
    }
    if let Some(kwargs @ Value::Map(all)) = rest.first()
        && call.kwargs.is_nothing()
        && !all.is_empty()
    {
        call.kwargs = kwargs;
        for (name, value) in all {
            call.named.extend(history(value).map(|tensor| (&**name, tensor)));
            let inner = value.list().iter().filter_map(history);
            call.named.extend(inner.map(|tensor| (&**name, tensor)));
        }
    }
    Some(())
}

/// Every tensor within a value of Keras 3, in order.
fn collect<'v>(value: &'v Value, into: &mut Vec<Tensor<'v>>) {
    match (told(value), value) {
        (Some(tensor), _) => into.push(tensor),
        (None, Value::List(all)) => all.iter().for_each(|one| collect(one, into)),
        (None, Value::Map(all)) => sorted(all).into_iter().for_each(|(_, one)| collect(one, into)),
        _ => {}
    }
}

/// A tensor as Keras 3 writes it.
fn told(value: &Value) -> Option<Tensor<'_>> {
    let is = value.get("class_name").text() == Some("__keras_tensor__");
    if is { history(value.get("config").get("keras_history")) } else { None }
}

/// What a dictionary holds, by its sorted keys.
fn sorted(all: &[(Box<str>, Value)]) -> Vec<(&str, &Value)> {
    let mut all: Vec<(&str, &Value)> = all.iter().map(|(key, value)| (&**key, value)).collect();
    all.sort_by_key(|(key, _)| *key);
    all
}

/// `["conv1", 0, 0]`.
pub(super) fn history(value: &Value) -> Option<Tensor<'_>> {
    let [layer, call, output] = value.list() else { return None };
    Some(Tensor { layer: layer.text()?, call: place(call)?, output: place(output)? })
}

/// Every tensor that a network's `input_layers` or `output_layers` names, in order, however they are nested.
pub(super) fn ends(value: &Value) -> Vec<Tensor<'_>> {
    match (history(value), value) {
        (Some(tensor), _) => vec![tensor],
        (None, Value::List(all)) => all.iter().flat_map(ends).collect(),
        (None, Value::Map(all)) => sorted(all).into_iter().flat_map(|(_, one)| ends(one)).collect(),
        _ => Vec::new(),
    }
}

fn place(value: &Value) -> Option<usize> {
    value.number().and_then(|n| usize::try_from(n).ok())
}
