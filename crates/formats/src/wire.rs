//! Bytes on the wire: encodings that formats are written in, and no neural networks.

pub(crate) mod protobuf;
