//! What a layer is called on: `inbound_nodes` in Keras 2's and in Keras 3's form.
//!
//! - Keras 2: `[[["conv1", 0, 0, {"mask": …}], …]]`: a list a call, of a layer's name, its call and its output.
//! - Keras 3: `[{"args": […], "kwargs": {…}}]`, in which a tensor is `{"class_name": "__keras_tensor__", "config":
//!   {"keras_history": ["conv1", 0, 0]}}` (`keras/src/models/functional.py`, `serialize_node`).

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
    let mut call = Call { takes: Vec::new(), named: Vec::new(), args: &[], kwargs: &Value::Nothing };
    match node {
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
        // One tensor, without a list around it.
        Value::List(all) if all.first().is_some_and(|first| first.text().is_some()) => old(node, &mut call)?,
        Value::List(all) => all.iter().try_for_each(|one| old(one, &mut call))?,
        _ => return None,
    }
    Some(call)
}

/// A tensor in Keras 2's form, with what the call is told beside it.
fn old<'v>(told: &'v Value, call: &mut Call<'v>) -> Option<()> {
    let [name, at, output, rest @ ..] = told.list() else { return None };
    if name.text() == Some("_CONSTANT_VALUE") {
        return Some(());
    }
    call.takes.push(Tensor { layer: name.text()?, call: place(at)?, output: place(output)? });
    if let Some(kwargs @ Value::Map(all)) = rest.first() {
        if !all.is_empty() {
            call.kwargs = kwargs;
        }
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
    match value {
        Value::List(all) => all.iter().for_each(|one| collect(one, into)),
        Value::Map(all) => match value.get("class_name").text() {
            Some("__keras_tensor__") => into.extend(history(value.get("config").get("keras_history"))),
            _ => all.iter().for_each(|(_, one)| collect(one, into)),
        },
        _ => {}
    }
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
        (None, Value::Map(all)) => all.iter().flat_map(|(_, one)| ends(one)).collect(),
        _ => Vec::new(),
    }
}

fn place(value: &Value) -> Option<usize> {
    value.number().and_then(|n| usize::try_from(n).ok())
}
