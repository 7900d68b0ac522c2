//! `.weights.h5`: what `model.load_weights` of Keras 3 reads into the model of the Python file and of the JSON
//! (`keras/src/saving/saving_lib.py`).
//!
//! Keras finds a layer by its class and its number among the layers of that class (`layers/conv2d_1/vars/0`), never by its
//! name, so the layers are counted in the order in which Keras keeps them.

mod array;

use std::collections::HashMap;

use hdf5_pure::{AttrValue, FileBuilder, GroupBuilder, make_f32_type};
use workings::Fault;

use super::Weights;
use super::keras_layers::{self, KerasLayer, KerasModel};
use super::plan::{Act, Attention, Plan, Step};
use array::Array;

/// The ending of the file: Keras takes no other.
pub(super) const EXTENSION: &str = "weights.h5";

/// Where a layer's arrays stand below it: in a part of it, or nowhere below.
type Part = (Option<&'static str>, Vec<Array>);

/// The weights of a network, for the Keras model of it.
pub(super) fn write(plan: &Plan, weights: &Weights) -> Result<Vec<u8>, Fault> {
    let model = keras_layers::of(plan)?;
    let mut file = FileBuilder::new();
    let mut all = file.create_group("layers");
    let mut counted: HashMap<String, usize> = HashMap::new();
    for at in order(&model) {
        let layer = &model.layers[at];
        let mut name = snake(&layer.class);
        let before = counted.entry(name.clone()).or_default();
        if *before > 0 {
            name.push_str(&format!("_{before}"));
        }
        *before += 1;
        let parts = parts(plan, layer, weights);
        if parts.iter().all(|(_, arrays)| arrays.is_empty()) {
            continue;
        }
        let mut own = all.create_group(&name);
        for (part, arrays) in parts {
            match part {
                None => variables(&mut own, &layer.name, arrays),
                Some(part) => {
                    let mut inner = own.create_group(part);
                    variables(&mut inner, &layer.name, arrays);
                    own.add_group(inner.finish());
                }
            }
        }
        all.add_group(own.finish());
    }
    file.add_group(all.finish());
    file.finish().map_err(|error| Fault::new(format!("the weights cannot be written as HDF5: {error}")))
}

/// Arrays as a layer's variables: `vars/0` and so on. The layer's name is for people who look into the file.
fn variables(group: &mut GroupBuilder, layer: &str, arrays: Vec<Array>) {
    let mut own = group.create_group("vars");
    own.set_attr("name", AttrValue::String(layer.to_owned()));
    for (at, array) in arrays.into_iter().enumerate() {
        let shape: Vec<u64> = array.shape.iter().map(|size| *size as u64).collect();
        let count = shape.iter().product();
        own.create_dataset(&at.to_string()).with_raw_data(make_f32_type(), array.bytes, count).with_shape(&shape);
    }
    group.add_group(own.finish());
}

/// The order in which a functional model keeps its layers: those that are farthest from an output first, and of one
/// distance as a search from the outputs meets them (`keras/src/ops/function.py`, `map_graph`).
fn order(model: &KerasModel) -> Vec<usize> {
    let count = model.layers.len();
    let (mut met, mut finished) = (vec![None; count], Vec::with_capacity(count));
    let mut next = 0..count;
    for output in &model.outputs {
        // What is open on the way, and how many of its inputs were looked at.
        let mut open = vec![(*output, 0)];
        while let Some((at, looked)) = open.last_mut() {
            if *looked == 0 && met[*at].is_some() {
                open.pop();
                continue;
            }
            if *looked == 0 {
                met[*at] = next.next();
            }
            match model.layers[*at].inputs.get(*looked) {
                Some(input) => {
                    *looked += 1;
                    open.push((*input, 0));
                }
                None => {
                    finished.push(*at);
                    open.pop();
                }
            }
        }
    }
    let mut distance = vec![0usize; count];
    for at in finished.iter().rev() {
        for input in &model.layers[*at].inputs {
            distance[*input] = distance[*input].max(distance[*at] + 1);
        }
    }
    // An input that nothing takes is not met, and has no weights.
    let mut order = finished;
    order.sort_by_key(|at| (std::cmp::Reverse(distance[*at]), met[*at]));
    order
}

/// A class as Keras writes it in a path: `DepthwiseConv2D` is `depthwise_conv2d` (`keras/src/utils/naming.py`).
fn snake(class: &str) -> String {
    let letters: Vec<char> = class.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let small = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_lowercase);
        if at > 0 && letter.is_ascii_uppercase() && (small(at.checked_sub(1)) || small(at.checked_add(1))) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// What a layer holds, in Keras's layout and order.
fn parts(plan: &Plan, layer: &KerasLayer, weights: &Weights) -> Vec<Part> {
    let Some((row, stacked)) = layer.holds else { return Vec::new() };
    let step = &plan.steps[row];
    let own = Own { step, weights };
    let plain = |arrays: Vec<Array>| vec![(None, arrays)];
    match &step.act {
        Act::Attention(of) => own.attention(of),
        Act::Conv(conv) if conv.separable => {
            let kernels = own.depthwise("depthwise.weight", conv.c_in);
            let mixed = own.has("pointwise.weight").map(Array::space_in_out);
            plain([kernels, mixed, own.has("pointwise.bias")].into_iter().flatten().collect())
        }
        Act::Conv(conv) if layer.class.starts_with("Depthwise") => {
            plain([own.depthwise("weight", conv.c_in), own.has("bias")].into_iter().flatten().collect())
        }
        // PyTorch's kernels of a transposed convolution are in × out, and Keras has the same two the other way as well.
        Act::Conv(_) | Act::Dense { .. } | Act::Transposed(_) => {
            plain([own.has("weight").map(Array::space_in_out), own.has("bias")].into_iter().flatten().collect())
        }
        Act::Prelu { slopes } => plain(own.has("weight").map(|it| slope(it, slopes, plan, step)).into_iter().collect()),
        Act::Recurrent(of) => vec![(Some("cell"), own.recurrent(of.kind, stacked))],
        _ => plain(step.tensors.iter().map(|tensor| own.of(&tensor.name, &tensor.shape)).collect()),
    }
}

/// Keras has an axis for each of the input's, also where one slope is for all of it.
fn slope(weight: Array, slopes: &str, plan: &Plan, step: &Step) -> Array {
    let space = plan.space(step.inputs[0]);
    match slopes {
        "elements" => weight.channels_last(),
        _ => {
            let shape = std::iter::repeat_n(1, space).chain([weight.shape[0]]).collect();
            weight.shaped(shape)
        }
    }
}

/// A row's tensors.
struct Own<'o, 'l> {
    step: &'o Step<'l>,
    weights: &'o Weights,
}

impl Own<'_, '_> {
    fn of(&self, name: &str, shape: &[i64]) -> Array {
        Array { shape: shape.iter().map(|size| *size as usize).collect(), bytes: self.weights.of(name).to_vec() }
    }

    /// The tensor of this name, if the row has it.
    fn has(&self, name: &str) -> Option<Array> {
        let own = |tensor: &&super::plan::Tensor| tensor.name[self.step.name.len() + 1..] == *name;
        self.step.tensors.iter().find(own).map(|tensor| self.of(&tensor.name, &tensor.shape))
    }

    /// Kernels that see one channel each: PyTorch has (channels · multiplier) × 1 × space, Keras space × channels × multiplier.
    fn depthwise(&self, name: &str, channels: i64) -> Option<Array> {
        self.has(name).map(|kernels| {
            let kernels = kernels.space_in_out();
            let space = kernels.shape.len() - 2;
            let (all, channels) = (kernels.shape[space + 1], channels as usize);
            let shape = kernels.shape[..space].iter().copied().chain([channels, all / channels]).collect();
            kernels.shaped(shape)
        })
    }

    /// Keras has the projections of queries, keys and values apart, and the heads on an axis of their own.
    fn attention(&self, of: &Attention) -> Vec<Part> {
        let [heads, key, value] = [of.heads, of.key, of.value].map(|n| n as usize);
        let ends = [0, heads * key, 2 * heads * key, 2 * heads * key + heads * value];
        let part = |at: usize, each: usize, name: &str| {
            let rows = |all: Array| all.rows(ends[at], ends[at + 1]);
            let weight = self.has("in_proj_weight").map(rows).or_else(|| self.has(name));
            let weight = weight.map(|weight| {
                let from = weight.shape[1];
                weight.space_in_out().shaped(vec![from, heads, each])
            });
            let bias = self.has("in_proj_bias").map(|all| rows(all).shaped(vec![heads, each]));
            weight.into_iter().chain(bias).collect()
        };
        let back = self.has("out_proj.weight").map(|weight| {
            let features = weight.shape[0];
            weight.space_in_out().shaped(vec![heads, value, features])
        });
        vec![
            (Some("query_dense"), part(0, key, "q_proj_weight")),
            (Some("key_dense"), part(1, key, "k_proj_weight")),
            (Some("value_dense"), part(2, value, "v_proj_weight")),
            (Some("output_dense"), back.into_iter().chain(self.has("out_proj.bias")).collect()),
        ]
    }

    /// One of a row's stacked layers. The gates of an LSTM stand alike in both frameworks (input, forget, cell, output);
    /// a GRU's are reset, update, new in PyTorch and update, reset, new in Keras.
    fn recurrent(&self, kind: &str, stacked: usize) -> Vec<Array> {
        let gates = |all: Array| match kind {
            "gru" => {
                let each = all.shape[0] / 3;
                let [reset, update, new] = [0, 1, 2].map(|gate| all.rows(gate * each, (gate + 1) * each));
                Array::joined([update, reset, new])
            }
            _ => all,
        };
        let tensor = |what: &str| self.has(&format!("{what}_l{stacked}")).map(gates);
        let kernels = ["weight_ih", "weight_hh"].into_iter().filter_map(tensor).map(Array::space_in_out);
        let biases: Vec<Array> = ["bias_ih", "bias_hh"].into_iter().filter_map(tensor).collect();
        let row = |bias: Array| {
            let count = bias.shape[0];
            bias.shaped(vec![1, count])
        };
        match biases.len() {
            2 => kernels.chain([Array::joined(biases.into_iter().map(row))]).collect(),
            _ => kernels.chain(biases).collect(),
        }
    }
}
