//! The formats that networks come in, one file each.
//!
//! A reader asks its [`Source`] for byte ranges, never for a whole file that it does not need. It yields a
//! [`workings::Model`] and the faults that say, with their places, what could not be read of it.

pub mod export;
pub mod keras;
pub mod net;
mod onnx;
pub mod sheet;
mod source;
mod weights;
mod wire;

pub use source::Source;
pub use weights::Weights;

use workings::fault::Fault;
use workings::model::Model;

/// A network, and what could not be read of it; or why nothing of it could be read.
pub type Read = Result<(Model, Vec<Fault>), Fault>;

/// A format: its name, the extensions that its files have, and its reader.
pub struct Format {
    /// As people and ledgers call it.
    pub name: &'static str,
    /// The extensions of its files, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether a file that begins so is one of its.
    pub knows: fn(&[u8]) -> bool,
    /// Reads a network.
    pub read: fn(&dyn Source) -> Read,
}

/// Every format. A new one is a file, its `mod` line above and its line here, both in alphabetical order.
pub const FORMATS: &[Format] = &[keras::FORMAT, net::FORMAT, onnx::FORMAT];

/// How much of a file is looked at to tell its format.
const HEAD: u64 = 512;

/// Reads a network in the format of this name.
///
/// # Errors
///
/// There is no such format; or nothing of the network could be read.
pub fn read_as(source: &dyn Source, name: &str) -> Read {
    let names = || FORMATS.iter().map(|format| format.name);
    let format = FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        Fault::new(format!("there is no format `{name}`"))
            .hint(format!("there are {}", names().collect::<Vec<_>>().join(", ")))
    })?;
    (format.read)(source)
}

/// Reads a network in the format that its first bytes tell, or its name, or else in the project's own notation.
pub fn read(source: &dyn Source) -> Read {
    let head = source.read(0..source.size().min(HEAD))?;
    let extension = source.name().rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    let named = || FORMATS.iter().find(|format| extension.as_deref().is_some_and(|e| format.extensions.contains(&e)));
    let format = FORMATS.iter().find(|format| (format.knows)(&head)).or_else(named);
    (format.unwrap_or(&net::FORMAT).read)(source)
}
