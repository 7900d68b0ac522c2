//! The notation `.net`: one layer a line, in the words that people write on paper. Its grammar is in `docs/net.md`.

mod args;
mod fmt;
mod lines;
mod meant;
mod read;
mod write;

use workings::fault::{Fault, Place};

use crate::{Format, Read, Source};

pub use fmt::format;
pub use read::read;
pub use write::write;

/// The format, for the list of formats.
pub const FORMAT: Format = Format { name: "net", extensions: &["net"], knows: |_| false, read: from };

/// The largest text that is read: some 300 bytes for each of the layers that a network may have.
const LARGEST: u64 = 64 << 20;

fn from(source: &dyn Source) -> Read {
    text(source).map(|text| read(&text))
}

/// The text of a source.
pub fn text(source: &dyn Source) -> Result<String, Fault> {
    let size = source.size();
    if size > LARGEST {
        return Err(Fault::new(format!(
            "{size} bytes are too many for a network in `.net`, which has at most {LARGEST}"
        ))
        .hint("is this another kind of file?"));
    }
    let bytes = source.read(0..size)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes[..good].iter().filter(|b| **b == b'\n').count() as u32 + 1;
        let before = bytes[..good].rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() as u32 + 1;
        Fault::new(format!("byte 0x{:02X} at offset {good} is not UTF-8 text", bytes[good]))
            .at(Place { line, column, length: 1 })
            .hint("save the file as UTF-8; a `.net` file is plain text, and so far no other format is read")
    })
}
