//! Weights held against a network: names and shapes, whoever read the ones and whoever asks for the others.

use std::collections::{BTreeMap, HashSet};

use crate::fault::{Fault, nearest};

/// What is said of weights that do not fit.
const OTHER: &str = "these are the weights of another network";

/// Whether tensors are those of a network: each that it wants, of its shape, and no other. `from` is the file that they are
/// found in.
pub fn fit(from: &str, wanted: &[(&str, &[i64])], found: &BTreeMap<&str, &[i64]>) -> Result<(), Fault> {
    for (name, shape) in wanted {
        match found.get(name) {
            Some(other) if other == shape => {}
            Some(other) => {
                return Err(Fault::new(format!(
                    "{from}: the tensor `{name}` has the shape {}, and the network's has {}",
                    by(other),
                    by(shape)
                ))
                .hint(OTHER));
            }
            None => {
                let fault = Fault::new(format!("{from}: there is no tensor `{name}`"));
                return Err(match nearest(name, found.keys().copied()) {
                    Some(near) => fault.hint(format!("there is `{near}`: names are those of the ledger's layers")),
                    None => fault.hint(OTHER),
                });
            }
        }
    }
    let own: HashSet<&str> = wanted.iter().map(|(name, _)| *name).collect();
    // PyTorch counts the batches that a normalisation has seen, which nothing is worked out with.
    match found.keys().find(|name| !own.contains(**name) && !name.ends_with(".num_batches_tracked")) {
        None => Ok(()),
        Some(other) if other.starts_with("optimizer:") => {
            Err(Fault::new(format!("{from}: it is the checkpoint of a run, with more than weights"))
                .hint("its weights stand beside it in `weights.safetensors`"))
        }
        Some(other) => Err(Fault::new(format!("{from}: the network has no tensor `{other}`")).hint(OTHER)),
    }
}

/// A shape as it is written: `32x3x3x3`, and `[]` that of a single number.
pub fn by(shape: &[i64]) -> String {
    if shape.is_empty() {
        return "[]".to_owned();
    }
    shape.iter().map(i64::to_string).collect::<Vec<_>>().join("x")
}
