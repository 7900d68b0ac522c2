//! Bytes as a source, which the targets that read files share.

use std::ops::Range;
use std::rc::Rc;

use formats::Source;
use workings::fault::Fault;

/// Bytes under a name.
pub struct Bytes(pub &'static str, pub Rc<[u8]>);

impl Source for Bytes {
    fn name(&self) -> &str {
        self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    /// Whatever name is asked for, the same bytes once more: what stands in them is as good as anything.
    fn sibling(&self, _: &str) -> Option<Box<dyn Source>> {
        Some(Box::new(Bytes(self.0, self.1.clone())))
    }

    /// A range that does not lie within the bytes panics: no reader may ask for one.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.1[range.start as usize..range.end as usize].to_vec())
    }
}
