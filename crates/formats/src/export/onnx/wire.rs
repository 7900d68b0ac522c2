//! Protobuf as it goes over the wire, as far as ONNX needs it (<https://protobuf.dev/programming-guides/encoding/>).

/// A message that is being written.
#[derive(Default)]
pub(super) struct Message {
    pub bytes: Vec<u8>,
}

impl Message {
    /// With a whole number; a negative one takes its two's complement.
    pub fn int(mut self, field: u64, n: i64) -> Message {
        varint(&mut self.bytes, field << 3);
        varint(&mut self.bytes, n as u64);
        self
    }

    /// With a number of 32 bits.
    pub fn float(mut self, field: u64, x: f32) -> Message {
        varint(&mut self.bytes, field << 3 | 5);
        self.bytes.extend(x.to_le_bytes());
        self
    }

    /// With text or bytes.
    pub fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Message {
        self.head(field, bytes.as_ref().len());
        self.bytes.extend(bytes.as_ref());
        self
    }

    /// With a message inside.
    pub fn message(self, field: u64, message: &Message) -> Message {
        self.bytes(field, &message.bytes)
    }

    /// With whole numbers, one after the other.
    pub fn ints(self, field: u64, all: &[i64]) -> Message {
        let mut packed = Vec::new();
        all.iter().for_each(|n| varint(&mut packed, *n as u64));
        self.bytes(field, packed)
    }

    /// What stands before so many bytes of a field.
    pub fn head(&mut self, field: u64, length: usize) {
        varint(&mut self.bytes, field << 3 | 2);
        varint(&mut self.bytes, length as u64);
    }
}

/// How many bytes a field of so many bytes takes with what stands before them.
pub(super) fn framed(field: u64, length: usize) -> usize {
    let mut head = Message::default();
    head.head(field, length);
    head.bytes.len() + length
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}
