//! Weights as exports take them: held against the network, and under other names.

use workings::Fault;
use workings::fault::nearest;

use super::plan::{Plan, Tensor};
use crate::weights::{Weights, by, safetensors};

impl Weights {
    /// Whether they are those of a network: each of its tensors, of its shape, and no others.
    pub(super) fn fit(&self, plan: &Plan) -> Result<(), Fault> {
        let wanted: Vec<&Tensor> = plan.steps.iter().flat_map(|step| &step.tensors).collect();
        for tensor in &wanted {
            match self.tensors.get(&tensor.name) {
                Some(found) if found.shape == tensor.shape => {}
                Some(found) => {
                    return Err(Fault::new(format!(
                        "{}: the tensor `{}` has the shape {}, and the network's has {}",
                        self.name,
                        tensor.name,
                        by(&found.shape),
                        by(&tensor.shape)
                    ))
                    .hint("these are the weights of another network"));
                }
                None => {
                    let near = nearest(&tensor.name, self.tensors.keys().map(String::as_str));
                    let fault = Fault::new(format!("{}: there is no tensor `{}`", self.name, tensor.name));
                    return Err(match near {
                        Some(near) => fault.hint(format!("there is `{near}`: names are those of the ledger's layers")),
                        None => fault.hint("these are the weights of another network"),
                    });
                }
            }
        }
        // PyTorch counts the batches that a normalisation has seen, which nothing is worked out with.
        let own =
            |name: &str| name.ends_with(".num_batches_tracked") || wanted.iter().any(|tensor| tensor.name == name);
        match self.tensors.keys().find(|name| self.tensors.len() > wanted.len() && !own(name)) {
            None => Ok(()),
            Some(other) => Err(Fault::new(format!("{}: the network has no tensor `{other}`", self.name))
                .hint("these are the weights of another network")),
        }
    }

    /// The same tensors under other names, as safetensors; several under one name stand one below the other.
    pub(super) fn renamed(&self, named: &[(String, Vec<&Tensor>)]) -> Vec<u8> {
        let tensors = named.iter().map(|(name, parts)| {
            let rows: i64 = parts.iter().filter_map(|tensor| tensor.shape.first()).sum();
            let rest = parts.iter().take(1).flat_map(|tensor| tensor.shape.iter().skip(1).copied());
            let shape = std::iter::once(rows).chain(rest).collect();
            (name.clone(), shape, parts.iter().map(|tensor| self.of(&tensor.name)).collect())
        });
        safetensors(&self.metadata, tensors)
    }
}
