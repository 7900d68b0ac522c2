//! Protobuf read back, as an oracle for what is written: fields with their numbers, and nothing of ONNX.

/// A field of a message.
pub struct Field<'b> {
    number: u64,
    value: Value<'b>,
}

enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
    Fixed,
}

impl<'b> Field<'b> {
    /// Its bytes, if it is this field and has some.
    pub fn message(&self, number: u64) -> Option<&'b [u8]> {
        match self.value {
            Value::Bytes(bytes) if self.number == number => Some(bytes),
            _ => None,
        }
    }

    /// Its number, if it is this field and is one.
    pub fn number(&self, number: u64) -> Option<u64> {
        match self.value {
            Value::Number(n) if self.number == number => Some(n),
            _ => None,
        }
    }
}

/// The fields of a message, which must be whole.
pub fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Value::Number(varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (own, rest) = bytes.split_at(length);
                bytes = rest;
                Value::Bytes(own)
            }
            5 => {
                bytes = &bytes[4..];
                Value::Fixed
            }
            kind => panic!("no field is written with the wire type {kind}"),
        };
        fields.push(Field { number: key >> 3, value });
    }
    fields
}

/// The texts of a field that may be there several times.
pub fn texts(bytes: &[u8], number: u64) -> Vec<String> {
    let own = fields(bytes);
    own.iter()
        .filter_map(|field| field.message(number))
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect()
}

/// Numbers one after the other.
pub fn packed(mut bytes: &[u8]) -> Vec<i128> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        all.push(i128::from(varint(&mut bytes) as i64));
    }
    all
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut n, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        n |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return n;
        }
    }
}
