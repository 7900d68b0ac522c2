//! Bytes in memory.

use std::borrow::Cow;
use std::ops::Range;

use formats::Source;
use workings::fault::Fault;

/// Bytes in memory, under a name for messages.
pub struct Memory {
    name: String,
    bytes: Cow<'static, [u8]>,
}

impl Memory {
    /// These bytes under this name.
    pub fn new(name: impl Into<String>, bytes: impl Into<Cow<'static, [u8]>>) -> Memory {
        Memory { name: name.into(), bytes: bytes.into() }
    }
}

impl Source for Memory {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let bytes = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        match bytes.and_then(|(start, end)| self.bytes.get(start..end)) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(Fault::new(format!("{}: bytes {range:?} are outside its {}", self.name, self.bytes.len()))),
        }
    }
}
