//! Keras's files: a `.keras` archive, a whole model or weights alone in HDF5, and an architecture as JSON; from Keras 2 and 3.
//!
//! Source: `keras/src/saving/saving_lib.py`, `serialization_lib.py`, `keras/src/legacy/saving/legacy_h5_format.py`; Keras 2,
//! `tf_keras/src/saving/`. Only what says how a network is built is read, never its weights; nothing is executed.

mod archive;
mod calls;
mod hdf5;
mod json;
mod layer;
mod network;
mod order;
mod survey;

use workings::Model;
use workings::fault::Fault;

use crate::{Format, Read, Source};

/// The format.
pub const FORMAT: Format = Format { name: "keras", extensions: &["h5", "hdf5", "json", "keras"], knows, read };

/// The largest configuration that is read.
const LARGEST: u64 = 256 << 20;

/// How an HDF5 file begins.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// How an archive begins that has something in it.
const ZIP: &[u8] = b"PK\x03\x04";

fn knows(beginning: &[u8]) -> bool {
    let trimmed = beginning.trim_ascii_start();
    let names = |key: &[u8]| beginning.windows(key.len()).any(|window| window == key);
    beginning.starts_with(HDF5)
        || beginning.starts_with(ZIP) && (names(b"config.json") || names(b"metadata.json"))
        || trimmed.starts_with(b"{") && names(b"\"class_name\"")
}

fn read(source: &dyn Source) -> Read {
    let beginning = source.read(0..source.size().min(512))?;
    if source.size() == 0 {
        return Err(Fault::new("the file is empty").hint("save the model again"));
    }
    if beginning.starts_with(HDF5) {
        return match hdf5::read(source)? {
            hdf5::Found::Config(text) => model(&text, source.name()),
            hdf5::Found::Weights(weights) => Ok((*weights, Vec::new())),
        };
    }
    if beginning.starts_with(b"PK") {
        return model(&archive::config(source)?, source.name());
    }
    if beginning.trim_ascii_start().starts_with(b"{") {
        if source.size() > LARGEST {
            return Err(too_large(source.size()));
        }
        return model(&source.read(0..source.size())?, source.name());
    }
    Err(Fault::new("this is neither an archive, nor HDF5, nor JSON, which Keras's files are")
        .hint("give a file that `model.save` or `model.to_json()` wrote"))
}

fn model(text: &[u8], name: &str) -> Read {
    let value = json::read(text)?;
    let model: Model = network::read(&value, stem(name))?;
    Ok((model, Vec::new()))
}

fn too_large(bytes: u64) -> Fault {
    Fault::new(format!("the configuration has {bytes} bytes, and at most {LARGEST} are read"))
        .hint("no network that Keras writes has so much of it")
}

/// A file's name without its folder and its extensions.
fn stem(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = last.split('.').next().unwrap_or(last);
    if stem.is_empty() { "network" } else { stem }
}
