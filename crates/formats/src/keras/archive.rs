//! A `.keras` archive: `config.json`, `metadata.json` and `model.weights.h5`, of which the first is read, in memory.

use std::io::{self, Read, Seek, SeekFrom};

use workings::fault::Fault;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{LARGEST, too_large};
use crate::Source;

/// What the configuration is called in the archive.
const CONFIG: &str = "config.json";

/// How many times larger than it is stored a text may come out. Keras stores without packing; JSON packs to a twentieth.
const MOST_PACKED: u64 = 200;

/// The configuration of an archive.
pub(super) fn config(source: &dyn Source) -> Result<Vec<u8>, Fault> {
    let wrong = |error: ZipError| {
        Fault::new(format!("it begins like an archive, and cannot be read as one: {error}"))
            .hint("is it cut off? save the model again")
    };
    let mut archive = ZipArchive::new(Bytes { source, at: 0 }).map_err(wrong)?;
    let names: Vec<String> =
        archive.file_names().map(|name| name.map(|name| name.into_owned())).collect::<Result<_, _>>().map_err(wrong)?;
    if let Some(outside) = names.iter().find(|name| is_outside(name)) {
        return Err(Fault::new(format!("the archive has an entry outside of itself, `{}`", outside.escape_debug()))
            .hint("Keras writes no such entry; do not trust this file"));
    }
    let Some(index) = archive.index_for_name(CONFIG) else {
        let names = &names[..names.len().min(8)];
        return Err(Fault::new(format!(
            "the archive has no `{CONFIG}`, which a `.keras` file has; it has {}",
            names.join(", ")
        ))
        .hint("give a file that `model.save` wrote"));
    };
    let entry = archive.by_index(index).map_err(|error| match error {
        ZipError::UnsupportedArchive(what) if what == ZipError::PASSWORD_REQUIRED => {
            Fault::new(format!("`{CONFIG}` in the archive is encrypted")).hint("unpack it and save the model again")
        }
        error => wrong(error),
    })?;
    let (size, packed) = (entry.size(), entry.compressed_size());
    if size > LARGEST {
        return Err(too_large(size));
    }
    if size / MOST_PACKED > packed.max(1) {
        return Err(Fault::new(format!(
            "`{CONFIG}` says that {packed} bytes unpack to {size}, which no configuration does"
        ))
        .hint("do not trust this file"));
    }
    let mut text = Vec::new();
    entry.take(LARGEST.min(size) + 1).read_to_end(&mut text).map_err(|error| {
        Fault::new(format!("`{CONFIG}` in the archive cannot be unpacked: {error}")).hint("save the model again")
    })?;
    if text.len() as u64 > size {
        return Err(Fault::new(format!("`{CONFIG}` unpacks to more than the {size} bytes that the archive says")));
    }
    Ok(text)
}

/// Whether unpacking an entry would write outside of a folder.
fn is_outside(name: &str) -> bool {
    name.starts_with(['/', '\\']) || name.contains(':') || name.split(['/', '\\']).any(|part| part == "..")
}

/// A source read like a file.
struct Bytes<'s> {
    source: &'s dyn Source,
    at: u64,
}

impl Read for Bytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let end = self.source.size().min(self.at.saturating_add(into.len() as u64));
        if end <= self.at {
            return Ok(0);
        }
        let bytes = self.source.read(self.at..end).map_err(|fault| io::Error::other(fault.says))?;
        into[..bytes.len()].copy_from_slice(&bytes);
        self.at = end;
        Ok(bytes.len())
    }
}

impl Seek for Bytes<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.source.size(), by),
            SeekFrom::Current(by) => (self.at, by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file begins");
        self.at = from.checked_add_signed(by).ok_or_else(before)?;
        Ok(self.at)
    }
}
