//! Multi-head attention: softmax(Q Kᵀ/√d_k) V in h heads, between four projections.

use burn_tensor::{Tensor, activation};
use workings::{Fault, Role};

use super::Run;
use crate::params::{Params, Start};
use crate::site::Site;
use crate::values::Values;

/// The weights of the projections into queries, keys and values, by their places in the list.
#[derive(Clone, Copy)]
enum Into {
    /// One tensor, the three one below the other, where all are made from one input.
    Together(usize),
    /// One each.
    Apart([usize; 3]),
}

pub(super) fn build(site: &Site<'_>, params: &mut Params<'_>) -> Result<Run, Fault> {
    let heads = site.number("heads")?;
    let features = site.channels()?;
    let each_k = site.number_if_told("key")?.unwrap_or(features / heads.max(1));
    let each_v = site.number_if_told("value")?.unwrap_or(each_k);
    let (all_k, all_v) = (heads * each_k, heads * each_v);
    let [keys, values] = sources(site);
    let (of_keys, of_values) = (site.input(keys)?[0], site.input(values)?[0]);

    // Xavier's uniform start for what goes in, none for the biases (`torch/nn/modules/activation.py`, `_reset_parameters`).
    let xavier = |rows: usize, columns: usize| Start::Within((6.0 / (rows + columns) as f32).sqrt());
    let mut weight = |name: &str, rows: usize, columns: usize, start: Start| {
        params.add(site.place(), name, Role::Weight, &[rows, columns], start)
    };
    let rows = all_k + all_k + all_v;
    let into = match site.layer.inputs.len() {
        1 => Into::Together(weight("in_proj_weight", rows, features, xavier(rows, features))?),
        _ => Into::Apart([
            weight("q_proj_weight", all_k, features, xavier(all_k, features))?,
            weight("k_proj_weight", all_k, of_keys, xavier(all_k, of_keys))?,
            weight("v_proj_weight", all_v, of_values, xavier(all_v, of_values))?,
        ]),
    };
    let out = weight("out_proj.weight", features, all_v, Start::fan_in(all_v))?;
    let mut bias = |name: &str, count: usize| match site.has("bias") {
        true => params.add(site.place(), name, Role::Bias, &[count], Start::All(0.0)).map(Some),
        false => Ok(None),
    };
    let (bias_in, bias_out) = (bias("in_proj_bias", rows)?, bias("out_proj.bias", features)?);

    Ok(Box::new(move |inputs, pass| {
        let weights: [Tensor<2>; 3] = match into {
            Into::Apart(apart) => apart.map(|at| pass.tensor(at)),
            Into::Together(all) => {
                let all = pass.tensor::<2>(all);
                [(0, all_k), (all_k, all_k), (2 * all_k, all_v)].map(|(start, size)| all.clone().narrow(0, start, size))
            }
        };
        let part = |start: usize, size: usize| bias_in.map(|at| pass.tensor::<1>(at).narrow(0, start, size));
        let [query, key, value] = weights;
        let query = headed(projected(&inputs[0], query, part(0, all_k)), heads);
        let key = headed(projected(&inputs[keys], key, part(all_k, all_k)), heads);
        let value = headed(projected(&inputs[values], value, part(2 * all_k, all_v)), heads);
        let scores = query.matmul(key.swap_dims(2, 3)) / (each_k as f64).sqrt();
        let taken = activation::softmax(scores, 3).matmul(value);
        let [n, _, length, _] = taken.dims();
        let joined = taken.swap_dims(1, 2).reshape([n, length, all_v]);
        let output = linear(joined, pass.tensor(out), bias_out.map(|at| pass.tensor(at)));
        Ok(output.swap_dims(1, 2).into())
    }))
}

/// Which inputs the keys and the values come from. They stand after the query in the order memory, keys, values, as far as
/// they are given; where only one of keys and values is given, it is both.
fn sources(site: &Site<'_>) -> [usize; 2] {
    let given = |word: &str| site.written(word) == Some("given");
    let mut next = 1;
    let mut take = |word: &str| {
        let at = given(word).then_some(next);
        next += usize::from(at.is_some());
        at
    };
    let (memory, keys, values) = (take("memory"), take("keys"), take("values"));
    [keys.or(memory).or(values).unwrap_or(0), values.or(memory).or(keys).unwrap_or(0)]
}

/// Batch × features × length, weighed: batch × length × units.
fn projected(input: &Values, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<3> {
    linear(input.clone().positions().swap_dims(1, 2), weight, bias)
}

fn linear(input: Tensor<3>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<3> {
    burn_tensor::module::linear(input, weight.transpose(), bias)
}

/// Batch × length × features as batch × heads × length × features of a head.
fn headed(tensor: Tensor<3>, heads: usize) -> Tensor<4> {
    let [n, length, features] = tensor.dims();
    tensor.reshape([n, length, heads, features / heads.max(1)]).swap_dims(1, 2)
}
