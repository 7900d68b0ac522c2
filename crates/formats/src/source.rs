//! Where bytes come from, as readers see it.

use std::ops::Range;

use workings::fault::Fault;

/// Something that bytes can be read from by range: a file, memory, later a server.
pub trait Source {
    /// What it is called: a path, or a name for messages.
    fn name(&self) -> &str;

    /// How many bytes there are.
    fn size(&self) -> u64;

    /// A file beside this one, by its name: the elements of tensors that a model keeps outside, a further shard. `None` where
    /// there is none, or nothing can stand beside this source.
    fn sibling(&self, name: &str) -> Option<Box<dyn Source>> {
        let _ = name;
        None
    }

    /// The bytes of a range that lies within the size.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault>;
}
