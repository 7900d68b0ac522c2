//! Weights: tensors by name, read from and written as safetensors (<https://huggingface.co/docs/safetensors>): the length
//! of a JSON header, the header with each tensor's type, shape and place, and the elements.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value, json};
use workings::Fault;
use workings::weights::by;

use crate::Source;

/// The largest header that is read (safetensors' own limit).
const LARGEST_HEADER: u64 = 100_000_000;

/// Where a header keeps what its file says of itself.
const METADATA: &str = "__metadata__";

/// Where that has the names of the classes: a JSON array, in the order of the network's last units.
const CLASSES: &str = "classes";

/// Tensors of 32-bit floats by name; a network's stand under the ledger's names and in PyTorch's layout.
#[derive(Debug)]
pub struct Weights {
    /// What the file says of itself: text by name.
    pub metadata: BTreeMap<String, String>,
    pub(crate) name: String,
    pub(crate) tensors: BTreeMap<String, Tensor>,
    bytes: Vec<u8>,
}

/// A tensor of a file.
#[derive(Debug)]
pub(crate) struct Tensor {
    pub shape: Vec<i64>,
    place: Range<usize>,
    /// Whether its elements are floats; if not, it is a count.
    floats: bool,
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
        let (mut tensors, mut metadata) = (BTreeMap::new(), BTreeMap::new());
        for (key, told) in &header {
            if key == METADATA {
                let texts = told.as_object().into_iter().flatten();
                metadata = texts.filter_map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned()))).collect();
                continue;
            }
            let tensor = placed(told, data).map_err(|says| wrong(format!("its tensor `{key}` {says}")))?;
            tensors.insert(key.clone(), tensor);
        }
        Ok(Weights { metadata, bytes: source.read(8 + length..source.size())?, name, tensors })
    }

    /// Weights of these tensors: a name, a shape and the elements, of which the shape must hold as many.
    pub fn new(tensors: impl IntoIterator<Item = (String, Vec<usize>, Vec<f32>)>) -> Weights {
        let (mut named, mut bytes) = (BTreeMap::new(), Vec::new());
        for (name, shape, elements) in tensors {
            let start = bytes.len();
            bytes.extend(elements.into_iter().flat_map(f32::to_le_bytes));
            let shape = shape.into_iter().map(|size| size as i64).collect();
            named.insert(name, Tensor { shape, place: start..bytes.len(), floats: true });
        }
        Weights { metadata: BTreeMap::new(), name: "weights".to_owned(), tensors: named, bytes }
    }

    /// The tensors of floats, in alphabetical order: the name, the shape and the elements of each.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, Vec<usize>, Vec<f32>)> {
        self.tensors.iter().filter(|(_, tensor)| tensor.floats).map(|(name, tensor)| {
            let elements =
                self.of(name).chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
            (name.as_str(), tensor.shape.iter().map(|size| *size as usize).collect(), elements.collect())
        })
    }

    /// What its classes are called, in the order of the network's last units; none where the file does not say it.
    ///
    /// # Errors
    ///
    /// Names that are no JSON array of texts.
    pub fn classes(&self) -> Result<Vec<String>, Fault> {
        let Some(told) = self.metadata.get(CLASSES) else { return Ok(Vec::new()) };
        serde_json::from_str(told).map_err(|error| {
            Fault::new(format!("{}: the `{CLASSES}` of its metadata are no names: {error}", self.name))
                .hint("write a JSON array: `[\"cat\", \"dog\"]`")
        })
    }

    /// Lets the file say what its classes are called.
    pub fn set_classes(&mut self, names: &[String]) {
        self.metadata.insert(CLASSES.to_owned(), json!(names).to_string());
    }

    /// The bytes of a tensor, four an element.
    pub(crate) fn of(&self, name: &str) -> &[u8] {
        self.tensors.get(name).and_then(|tensor| self.bytes.get(tensor.place.clone())).unwrap_or_default()
    }

    /// As a safetensors file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let tensors = self.tensors.iter().filter(|(_, tensor)| tensor.floats);
        safetensors(
            &self.metadata,
            tensors.map(|(name, tensor)| (name.clone(), tensor.shape.clone(), vec![self.of(name)])),
        )
    }
}

/// A safetensors file: of each tensor its name, its shape and its elements, which may stand in several parts.
pub(crate) fn safetensors<'w>(
    metadata: &BTreeMap<String, String>,
    tensors: impl Iterator<Item = (String, Vec<i64>, Vec<&'w [u8]>)>,
) -> Vec<u8> {
    let (mut header, mut end, mut all) = (Map::new(), 0, Vec::new());
    if !metadata.is_empty() {
        header.insert(METADATA.to_owned(), json!(metadata));
    }
    for (name, shape, parts) in tensors {
        let start = end;
        end += parts.iter().map(|part| part.len()).sum::<usize>();
        header.insert(name, json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]}));
        all.extend(parts);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // The elements begin at a multiple of eight.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.reserve_exact(header.len() + end);
    bytes.extend(header);
    all.into_iter().for_each(|part| bytes.extend(part));
    bytes
}

/// A tensor's shape and where its elements stand, or what is wrong with it.
fn placed(told: &Value, data: u64) -> Result<Tensor, String> {
    let numbers = |key: &str| -> Option<Vec<i64>> {
        told[key].as_array()?.iter().map(|n| n.as_i64().filter(|n| *n >= 0)).collect()
    };
    let lacks = |key: &str, needed: &str| format!("has no `{key}`, or one that is not {needed}");
    let kind = told["dtype"].as_str().ok_or_else(|| lacks("dtype", "a text, as F32"))?;
    let shape = numbers("shape").ok_or_else(|| lacks("shape", "a list of sizes"))?;
    let offsets = numbers("data_offsets");
    let Some(&[start, end]) = offsets.as_deref() else { return Err(lacks("data_offsets", "where it begins and ends")) };
    let elements = shape.iter().try_fold(1i64, |product, size| product.checked_mul(*size));
    if start > end || end as u64 > data {
        return Err(format!("stands at bytes {start} to {end}, and the file has {data}"));
    }
    let tensor = |floats| Tensor { shape: shape.clone(), place: start as usize..end as usize, floats };
    match (kind, elements.and_then(|n| n.checked_mul(4))) {
        ("F32", Some(bytes)) if bytes == end - start => Ok(tensor(true)),
        ("F32", _) => Err(format!("has the shape {} and {} bytes", by(&shape), end - start)),
        // PyTorch's count of the batches that a normalisation has seen, which nothing is worked out with.
        ("I64", _) if shape.is_empty() => Ok(tensor(false)),
        (kind, _) => Err(format!("has elements of type {kind}, and F32 is needed")),
    }
}
