//! Protocol Buffers, pulled field by field from a source (<https://protobuf.dev/programming-guides/encoding/>).
//!
//! Going forward is all that this can do: what nobody asks for is skipped without being read. A buffer of some kilobytes
//! moves along; a field that is longer than what is left of its message is an error, so that no length is believed.

use std::borrow::Cow;
use std::ops::Range;

use workings::Fault;

use crate::Source;

/// How many bytes are read at a time where one follows the other …
const CHUNK: u64 = 1 << 14;

/// … and at first behind what was left out: the head of the next tensor is short, and its elements are left out too.
const FIRST: u64 = 1 << 10;

/// A place in a source, going forward.
pub(crate) struct Reader<'s> {
    source: &'s dyn Source,
    buffer: Vec<u8>,
    /// Where the buffer begins in the source.
    begins: u64,
    /// Where in the buffer the next byte is.
    at: usize,
    /// How many bytes are read next.
    chunk: u64,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Field {
    /// A whole number.
    Varint(u64),
    /// Eight bytes.
    Fixed64(u64),
    /// Four bytes.
    Fixed32(u32),
    /// So many bytes, which come next: a text, a message, packed numbers.
    Bytes(u64),
}

impl<'s> Reader<'s> {
    pub fn new(source: &'s dyn Source) -> Reader<'s> {
        Reader { source, buffer: Vec::new(), begins: 0, at: 0, chunk: CHUNK }
    }

    /// Where the next byte is in the source.
    pub fn place(&self) -> u64 {
        self.begins + self.at as u64
    }

    /// Where the source ends.
    pub fn end(&self) -> u64 {
        self.source.size()
    }

    /// Another file of the same model.
    pub fn sibling(&self, name: &str) -> Option<Box<dyn Source>> {
        self.source.sibling(name)
    }

    /// Something that is wrong here.
    pub fn wrong(&self, what: impl AsRef<str>) -> Fault {
        Fault::new(format!("byte {}: {}", self.place(), what.as_ref()))
            .hint("the file is damaged, was cut short when it was copied, or is another kind of file; get it again")
    }

    /// The next field of a message that ends there: its number and what it holds; `None` at its end.
    pub fn field(&mut self, end: u64) -> Result<Option<(u32, Field)>, Fault> {
        if self.place() >= end {
            return Ok(None);
        }
        let key = self.varint(end)?;
        let number = u32::try_from(key >> 3).map_err(|_| self.wrong(format!("there is no field {}", key >> 3)))?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint(end)?),
            1 => Field::Fixed64(u64::from_le_bytes(self.fixed(end)?)),
            2 => {
                let length = self.varint(end)?;
                if length > end - self.place() {
                    let left = end - self.place();
                    return Err(self.wrong(format!("a field of {length} bytes, and {left} are left")));
                }
                Field::Bytes(length)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.fixed(end)?)),
            kind => return Err(self.wrong(format!("a field of kind {kind}, and the kinds are 0, 1, 2 and 5"))),
        };
        match number {
            0 => Err(self.wrong("a field with the number 0, and their numbers begin with 1")),
            _ => Ok(Some((number, field))),
        }
    }

    /// A whole number in the wire's variable length.
    #[inline]
    pub fn varint(&mut self, end: u64) -> Result<u64, Fault> {
        // Most are of one byte.
        match self.buffer.get(self.at) {
            Some(byte) if *byte < 0x80 && self.place() < end => {
                self.at += 1;
                Ok(u64::from(*byte))
            }
            _ => self.longer(end),
        }
    }

    fn longer(&mut self, end: u64) -> Result<u64, Fault> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte(end)?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.wrong("a number of more than 64 bits"))
    }

    #[inline]
    fn byte(&mut self, end: u64) -> Result<u8, Fault> {
        if self.place() >= end {
            return Err(self.wrong("a message ends in the middle of a field"));
        }
        if self.at >= self.buffer.len() {
            self.fill(1)?;
        }
        let byte = self.buffer[self.at];
        self.at += 1;
        Ok(byte)
    }

    fn fixed<const N: usize>(&mut self, end: u64) -> Result<[u8; N], Fault> {
        if end.saturating_sub(self.place()) < N as u64 {
            return Err(self.wrong("a message ends in the middle of a field"));
        }
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.bytes(N as u64)?);
        Ok(bytes)
    }

    /// The next bytes, of which there are so many.
    pub fn bytes(&mut self, length: u64) -> Result<&[u8], Fault> {
        if length > (self.buffer.len() - self.at) as u64 {
            self.fill(length)?;
        }
        let start = self.at;
        self.at += length as usize;
        Ok(&self.buffer[start..self.at])
    }

    /// Leaves out so many bytes.
    pub fn skip(&mut self, length: u64) {
        let place = self.place() + length;
        match length <= (self.buffer.len() - self.at) as u64 {
            true => self.at += length as usize,
            false => {
                if length > CHUNK {
                    self.chunk = FIRST;
                }
                (self.begins, self.at) = (place, self.drop_buffer());
            }
        }
    }

    fn drop_buffer(&mut self) -> usize {
        self.buffer.clear();
        0
    }

    /// Leaves out what a field holds.
    pub fn pass(&mut self, field: Field) {
        if let Field::Bytes(length) = field {
            self.skip(length);
        }
    }

    /// Brings at least so many bytes into the buffer, from the next one on.
    fn fill(&mut self, least: u64) -> Result<(), Fault> {
        let place = self.place();
        let left = self.end().saturating_sub(place);
        if least > left {
            return Err(self.wrong(format!("{least} bytes are needed, and {left} are left")));
        }
        let kept = self.buffer.len() - self.at;
        let range: Range<u64> = place + kept as u64..place + least.max(self.chunk).min(left);
        self.chunk = CHUNK.min(4 * self.chunk);
        let more = self.source.read(range)?;
        match kept {
            0 => self.buffer = more,
            _ => {
                self.buffer.drain(..self.at);
                self.buffer.extend(more);
            }
        }
        (self.begins, self.at) = (place, 0);
        Ok(())
    }
}

/// A text of the wire; what is no UTF-8 in it becomes `�`.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // The one that mends is the slower one, also where there is nothing to mend.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
