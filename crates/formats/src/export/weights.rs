//! Weights: tensors by name, read from and written as safetensors (<https://huggingface.co/docs/safetensors>): the length
//! of a JSON header, the header with each tensor's type, shape and place, and the elements.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value, json};
use workings::Fault;
use workings::fault::nearest;

use super::plan::{Plan, Tensor};
use crate::Source;

/// The largest header that is read (safetensors' own limit).
const LARGEST_HEADER: u64 = 100_000_000;

/// The tensors of a network, 32-bit floats under the ledger's names and in PyTorch's layout.
pub struct Weights {
    name: String,
    tensors: BTreeMap<String, (Vec<i64>, Range<usize>)>,
    bytes: Vec<u8>,
}

impl Weights {
    /// Reads a safetensors file.
    ///
    /// # Errors
    ///
    /// What is no safetensors file, with what was found; a tensor whose elements are no 32-bit floats.
    pub fn read(source: &dyn Source) -> Result<Weights, Fault> {
        let name = source.name().to_owned();
        let wrong = |says: String| Fault::new(format!("{name}: {says}")).hint("give a `.safetensors` file");
        if source.size() < 8 {
            return Err(wrong(format!("{} bytes are too few for safetensors", source.size())));
        }
        let length = source.read(0..8)?;
        let length = length.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        if length > LARGEST_HEADER || length + 8 > source.size() {
            return Err(wrong(format!("its header would have {length} bytes, and the file has {}", source.size())));
        }
        let header: Map<String, Value> = serde_json::from_slice(&source.read(8..8 + length)?)
            .map_err(|error| wrong(format!("its header is no JSON object: {error}")))?;
        let data = source.size() - 8 - length;
        let mut tensors = BTreeMap::new();
        for (tensor, told) in header.iter().filter(|(key, _)| *key != "__metadata__") {
            let (shape, place) = placed(told, data).map_err(|says| wrong(format!("its tensor `{tensor}` {says}")))?;
            tensors.insert(tensor.clone(), (shape, place));
        }
        Ok(Weights { bytes: source.read(8 + length..source.size())?, name, tensors })
    }

    /// Whether they are those of a network: each of its tensors, of its shape, and no others.
    pub(super) fn fit(&self, plan: &Plan) -> Result<(), Fault> {
        let wanted: Vec<&Tensor> = plan.steps.iter().flat_map(|step| &step.tensors).collect();
        for tensor in &wanted {
            match self.tensors.get(&tensor.name) {
                Some((shape, _)) if *shape == tensor.shape => {}
                Some((shape, _)) => {
                    return Err(Fault::new(format!(
                        "{}: the tensor `{}` has the shape {}, and the network's has {}",
                        self.name,
                        tensor.name,
                        by(shape),
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

    /// The elements of a tensor, four bytes each.
    pub(super) fn of(&self, tensor: &Tensor) -> &[u8] {
        self.tensors.get(&tensor.name).and_then(|(_, place)| self.bytes.get(place.clone())).unwrap_or_default()
    }

    /// The same tensors under other names, as safetensors; several under one name stand one below the other.
    pub(super) fn write(&self, named: &[(String, Vec<&Tensor>)]) -> Vec<u8> {
        let (mut header, mut end) = (Map::new(), 0);
        for (name, parts) in named {
            let start = end;
            end += parts.iter().map(|tensor| self.of(tensor).len()).sum::<usize>();
            let rows: i64 = parts.iter().filter_map(|tensor| tensor.shape.first()).sum();
            let rest = parts.iter().take(1).flat_map(|tensor| tensor.shape.iter().skip(1).copied());
            let shape: Vec<i64> = std::iter::once(rows).chain(rest).collect();
            header.insert(name.clone(), json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]}));
        }
        let mut header = Value::Object(header).to_string().into_bytes();
        // The elements begin at a multiple of eight.
        header.resize(header.len().next_multiple_of(8), b' ');
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.reserve_exact(header.len() + end);
        bytes.extend(header);
        named.iter().flat_map(|(_, parts)| parts).for_each(|tensor| bytes.extend(self.of(tensor)));
        bytes
    }
}

/// A tensor's shape and where its elements stand, or what is wrong with it.
fn placed(told: &Value, data: u64) -> Result<(Vec<i64>, Range<usize>), String> {
    let kind = told["dtype"].as_str().unwrap_or("no type");
    let numbers = |key: &str| -> Option<Vec<i64>> {
        told[key].as_array()?.iter().map(|n| n.as_i64().filter(|n| *n >= 0)).collect()
    };
    let (Some(shape), Some(offsets)) = (numbers("shape"), numbers("data_offsets")) else {
        return Err("has no shape and no place".to_owned());
    };
    let elements = shape.iter().try_fold(1i64, |product, size| product.checked_mul(*size));
    let &[start, end] = &offsets[..] else { return Err("has no place".to_owned()) };
    if start > end || end as u64 > data {
        return Err(format!("stands at bytes {start} to {end}, and the file has {data}"));
    }
    match (kind, elements.and_then(|n| n.checked_mul(4))) {
        ("F32", Some(bytes)) if bytes == end - start => Ok((shape, start as usize..end as usize)),
        ("F32", _) => Err(format!("has the shape {} and {} bytes", by(&shape), end - start)),
        // A count of batches is kept out of every export.
        ("I64", _) if shape.is_empty() => Ok((shape, start as usize..end as usize)),
        (kind, _) => Err(format!("has elements of type {kind}, and F32 is needed")),
    }
}

fn by(shape: &[i64]) -> String {
    shape.iter().map(i64::to_string).collect::<Vec<_>>().join("x")
}
