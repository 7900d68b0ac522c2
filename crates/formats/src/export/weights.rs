//! Weights as exports take them: held against the network, and under other names.

use workings::{Fault, weights};

use super::plan::{Plan, Tensor};
use crate::weights::{Weights, safetensors};

impl Weights {
    /// Whether they are those of a network: each of its tensors, of its shape, and no others.
    pub(super) fn fit(&self, plan: &Plan) -> Result<(), Fault> {
        let wanted = plan.steps.iter().flat_map(|step| &step.tensors);
        let wanted: Vec<(&str, &[i64])> = wanted.map(|tensor| (tensor.name.as_str(), &tensor.shape[..])).collect();
        let found = self.tensors.iter().map(|(name, tensor)| (name.as_str(), &tensor.shape[..])).collect();
        weights::fit(&self.name, &wanted, &found)
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
