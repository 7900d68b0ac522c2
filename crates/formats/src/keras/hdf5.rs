//! Keras's HDF5 files: the configuration of a whole model, or weights alone.
//!
//! A whole model keeps its configuration as the root's attribute `model_config`
//! (`keras/src/legacy/saving/legacy_h5_format.py`). Weights alone keep tensors below groups that are called as the layers:
//! Keras 3's `layers/conv2d/vars/0` (`keras/src/saving/saving_lib.py`), Keras 2's `conv2d/conv2d/kernel:0`.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use hdf5_pure::{AttrValue, Error, File, FormatError, Group, Source as Bytes};
use workings::Model;
use workings::fault::Fault;
use workings::model::{Layer, Layout, Rules, Setting, Size};
use workings::ops::OPERATORS;

use super::{LARGEST, too_large};
use crate::Source;

/// What a file holds.
pub(super) enum Found {
    /// A model's configuration, as JSON.
    Config(Vec<u8>),
    /// Weights alone.
    Weights(Box<Model>),
}

/// How much is read at once.
const PAGE: u64 = 64 << 10;

/// How often what is missing is read: groups stand in one another some ten deep, and a few places are asked for in each.
const TURNS: usize = 100;

/// The most that is read of a file, where what says how it is built is spread over all of it.
const MOST_READ: u64 = 1 << 30;

/// How deep groups may stand in one another.
const DEEPEST: usize = 40;

/// The most groups and tensors that are looked at.
const MOST: usize = 100_000;

/// Reads what a file holds. The library asks for bytes as it goes; what is not there yet is read, and it is asked again.
pub(super) fn read(source: &dyn Source) -> Result<Found, Fault> {
    let mut read = 0;
    let pages = Pages { size: source.size(), inner: Arc::default() };
    for _ in 0..TURNS {
        let answer =
            File::from_source(pages.clone()).map_err(Stop::Library).and_then(|file| found(&file, source.name()));
        let missing = pages.missing();
        match answer {
            Ok(found) if missing.is_empty() => return Ok(found),
            Err(Stop::Fault(fault)) if missing.is_empty() => return Err(fault),
            Err(Stop::Library(error)) if missing.is_empty() => return Err(damaged(&error)),
            _ => {}
        }
        for (start, end) in missing {
            read += end - start;
            if read > MOST_READ {
                return Err(too_spread());
            }
            pages.put(start, source.read(start..end)?);
        }
    }
    Err(too_spread())
}

fn too_spread() -> Fault {
    Fault::new("the HDF5 file says how it is built in too many places of it")
        .hint("save the model again, into a new file")
}

fn damaged(error: &Error) -> Fault {
    Fault::new(format!("it begins like an HDF5 file, and cannot be read as one: {error}"))
        .hint("is it cut off, or still being written? save the model again")
}

/// Why nothing was found.
enum Stop {
    Fault(Fault),
    Library(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Library(error)
    }
}

/// The parts of a file that were read so far, by where they begin, and those that were asked for and were not there, with
/// where they end.
#[derive(Clone)]
struct Pages {
    size: u64,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    parts: BTreeMap<u64, Vec<u8>>,
    missing: BTreeMap<u64, u64>,
}

impl Pages {
    fn missing(&self) -> BTreeMap<u64, u64> {
        std::mem::take(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner).missing)
    }

    fn put(&self, start: u64, bytes: Vec<u8>) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).parts.insert(start, bytes);
    }
}

impl Bytes for Pages {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), FormatError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let end = offset.checked_add(into.len() as u64).filter(|end| *end <= self.size);
        let Some(end) = end else {
            return Err(FormatError::Source(format!("byte {offset} and {} more lie beyond the end", into.len())));
        };
        let start = offset / PAGE * PAGE;
        match inner.parts.get(&start).filter(|bytes| end <= start + bytes.len() as u64) {
            Some(bytes) => {
                let at = (offset - start) as usize;
                into.copy_from_slice(&bytes[at..at + into.len()]);
                Ok(())
            }
            None => {
                let until = end.max(start.saturating_add(PAGE)).min(self.size);
                let known = inner.missing.entry(start).or_insert(until);
                *known = until.max(*known);
                Err(FormatError::Source("not read yet".to_owned()))
            }
        }
    }
}

fn found(file: &File, name: &str) -> Result<Found, Stop> {
    let root = file.root();
    let attributes = root.attrs()?;
    if let Some(config) = attributes.get("model_config").and_then(text) {
        if config.len() as u64 > LARGEST {
            return Err(Stop::Fault(too_large(config.len() as u64)));
        }
        return Ok(Found::Config(config.into_bytes()));
    }
    let mut weights = Weights { layers: Vec::new(), looked: 0, seen: HashSet::new(), error: None };
    let groups = root.groups()?;
    let top = if groups.iter().any(|group| group == "model_weights") { root.group("model_weights")? } else { root };
    weights.walk(&top, &mut Vec::new())?;
    if let Some(error) = weights.error.take() {
        return Err(Stop::Library(error));
    }
    if weights.layers.is_empty() {
        let fault = Fault::new("the HDF5 file has neither a model's configuration nor a layer's weights");
        return Err(Stop::Fault(fault.hint("give a file that Keras wrote: `model.save` or `model.save_weights`")));
    }
    Ok(Found::Weights(Box::new(weights.model(name))))
}

/// An attribute that is a text.
fn text(value: &AttrValue) -> Option<String> {
    match value {
        AttrValue::String(text)
        | AttrValue::AsciiString(text)
        | AttrValue::VarLenString(text)
        | AttrValue::VarLenAsciiString(text) => Some(text.clone()),
        AttrValue::StringSized { value, .. } | AttrValue::AsciiStringSized { value, .. } => Some(value.clone()),
        AttrValue::StringArray(all) | AttrValue::VarLenStringArray(all) => {
            all.first().filter(|_| all.len() == 1).cloned()
        }
        _ => None,
    }
}

/// A tensor's path and its sizes.
type Tensor = (Vec<String>, Vec<i64>);

/// The tensors of weights alone, layer by layer.
struct Weights {
    layers: Vec<(String, Vec<Tensor>)>,
    looked: usize,
    seen: HashSet<String>,
    /// What first could not be looked at; the rest is looked at all the same, so that all that is missing is read at once.
    error: Option<Error>,
}

impl Weights {
    fn walk(&mut self, group: &Group, path: &mut Vec<String>) -> Result<(), Stop> {
        self.looked += 1;
        if path.len() > DEEPEST || self.looked > MOST {
            let says = format!(
                "`{}`: groups stand in one another without an end",
                path.join("/").chars().take(80).collect::<String>()
            );
            return Err(Stop::Fault(Fault::new(says).hint("the file is not as Keras writes it")));
        }
        for name in sorted(self.had(group.datasets()).unwrap_or_default()) {
            self.looked += 1;
            let shape = group.dataset(&name).and_then(|tensor| tensor.shape());
            let Some(shape) = self.had(shape) else { continue };
            path.push(name);
            self.put(path, shape.into_iter().map(|n| i64::try_from(n).unwrap_or(i64::MAX)).collect());
            path.pop();
        }
        for name in sorted(self.had(group.groups()).unwrap_or_default()) {
            let aside = ["optimizer", "optimizer_weights", "metrics", "seed_generator", "top_level_model_weights"];
            if aside[..3].contains(&name.as_str()) && path.is_empty() || name == "seed_generator" {
                continue;
            }
            let Some(inner) = self.had(group.group(&name)) else { continue };
            path.push(name);
            self.walk(&inner, path)?;
            path.pop();
        }
        Ok(())
    }

    fn had<T>(&mut self, answer: Result<T, Error>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.error.get_or_insert(error);
                None
            }
        }
    }

    fn put(&mut self, path: &[String], shape: Vec<i64>) {
        let name = layer_of(path);
        if self.layers.last().is_none_or(|(last, _)| *last != name) && self.seen.insert(name.clone()) {
            self.layers.push((name.clone(), Vec::new()));
        }
        if let Some((_, tensors)) = self.layers.iter_mut().rev().find(|(known, _)| *known == name) {
            tensors.push((path.to_vec(), shape));
        }
    }

    fn model(self, name: &str) -> Model {
        let op = OPERATORS.iter().find(|op| op.name == "stored");
        let layer = |(name, tensors): (String, Vec<Tensor>)| Layer {
            settings: tensors
                .iter()
                .filter_map(|one| {
                    let (path, shape) = one;
                    let called = match spectral(&tensors, one) {
                        Some(Spectral::Again) => return None,
                        Some(Spectral::Vector) => "vector_u",
                        None => tensor(&name, path, tensors.len()),
                    };
                    Some((called, Setting::Shape(shape.iter().map(|n| Some(Size::Number(*n))).collect())))
                })
                .collect(),
            op,
            written: "weights alone".into(),
            name: name.into(),
            ..Layer::default()
        };
        Model {
            name: format!("{} (weights alone)", super::stem(name)).into(),
            format: super::FORMAT.name,
            rules: Rules::Keras,
            layout: Layout::ChannelsLast,
            layers: self.layers.into_iter().map(layer).collect(),
            ..Model::default()
        }
    }
}

/// In the order in which a person counts: `conv2d_2` before `conv2d_10`.
fn sorted(mut names: Vec<String>) -> Vec<String> {
    let key = |name: &String| {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        (stem.trim_end_matches('_').to_owned(), name[stem.len()..].parse::<u64>().ok(), name.clone())
    };
    names.sort_by_cached_key(key);
    names
}

/// The layer that a tensor belongs to, of its path.
fn layer_of(path: &[String]) -> String {
    let groups = &path[..path.len() - 1];
    let at: Vec<usize> = (0..groups.len()).filter(|at| groups[*at] == "layers").collect();
    let own: Vec<&str> = match at.is_empty() {
        // Keras 3: what stands behind each `layers`.
        false => at.iter().filter_map(|at| groups.get(at + 1)).map(String::as_str).collect(),
        true => {
            let named = groups.iter().take_while(|name| *name != "vars").map(String::as_str);
            let mut own: Vec<&str> = named.take(2).collect();
            // Keras 2 names a layer twice, and a cell within it a third time.
            own.dedup();
            if own.len() == 2 && own[1].contains("cell") {
                own.pop();
            }
            own
        }
    };
    if own.is_empty() { "model".to_owned() } else { own.join("/") }
}

/// What Keras 3 writes for SpectralNormalization itself.
enum Spectral {
    /// The kernel of the layer within it, which stands there too.
    Again,
    /// The vector that it goes on with.
    Vector,
}

/// SpectralNormalization has two tensors of its own beside its `layer`: that layer's kernel and 1 × the kernel's last axis
/// (`keras/src/layers/normalization/spectral_normalization.py`, `build`).
fn spectral(tensors: &[Tensor], one: &Tensor) -> Option<Spectral> {
    let (last, vars) = one.0.split_last()?;
    let (folder, owner) = vars.split_last()?;
    let own = |path: &[String]| path.len() == vars.len() + 1 && path.starts_with(vars);
    let mut own = tensors.iter().filter(|(path, _)| folder == "vars" && own(path));
    let (Some((_, kernel)), Some((_, vector)), None) = (own.next(), own.next(), own.next()) else { return None };
    let within = |path: &[String]| path.starts_with(owner) && path.get(owner.len()).is_some_and(|name| name == "layer");
    let again = tensors.iter().any(|(path, shape)| within(path) && shape == kernel);
    if !again || vector.len() != 2 || vector[0] != 1 || kernel.last() != vector.last() {
        return None;
    }
    match last.as_str() {
        "0" => Some(Spectral::Again),
        "1" => Some(Spectral::Vector),
        _ => None,
    }
}

/// What a tensor is called: Keras 2 says it; Keras 3 numbers them in the order in which its class makes them.
fn tensor(layer: &str, path: &[String], tensors: usize) -> &'static str {
    const NAMES: [&str; 17] = [
        "kernel",
        "bias",
        "recurrent_kernel",
        "depthwise_kernel",
        "pointwise_kernel",
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
        "embeddings",
        "alpha",
        "mean",
        "variance",
        "count",
        "scale",
        "vector_u",
        "sn_u",
    ];
    let last = path.last().map_or("", String::as_str).split(':').next().unwrap_or_default();
    if let Some(known) = NAMES.iter().find(|name| **name == last) {
        return known;
    }
    let name = layer.rsplit('/').next().unwrap_or(layer);
    let class = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let order: &[&'static str] = match class {
        "batch_normalization" if tensors == 4 => &["gamma", "beta", "moving_mean", "moving_variance"],
        "batch_normalization" if tensors == 3 => &["gamma", "moving_mean", "moving_variance"],
        "batch_normalization" if tensors == 2 => &["moving_mean", "moving_variance"],
        "normalization" => &["mean", "variance", "count"],
        "layer_normalization" | "group_normalization" => &["gamma", "beta"],
        "embedding" => &["embeddings"],
        "separable_conv1d" | "separable_conv2d" => &["depthwise_kernel", "pointwise_kernel", "bias"],
        "lstm" | "gru" | "simple_rnn" | "bidirectional" => &["kernel", "recurrent_kernel", "bias"],
        _ if class.contains("conv") || matches!(class, "dense" | "einsum_dense" | "multi_head_attention") => {
            &["kernel", "bias"]
        }
        _ => &[],
    };
    let at = last.parse::<usize>().ok();
    at.and_then(|at| order.get(at)).copied().unwrap_or("variable")
}
