//! ONNX: a network as nodes and tensors, in Protocol Buffers (<https://onnx.ai/onnx/repo-docs/IR.html>).
//!
//! The file is pulled through once, field by field ([`parse`]); the elements of tensors are left out, but for the few whole
//! numbers that shapes hang on. Names then become what they stand for ([`link`]): nodes of graphs within the network and of
//! the file's own functions stand among the others as layers.

mod link;
mod parse;
mod scope;

use crate::{Format, Read, Source};

pub(crate) const FORMAT: Format = Format { name: "onnx", extensions: &["onnx", "ort"], knows, read };

/// A model begins with the version of its format, or whichever of its fields its writer put first; the first two keys tell.
fn knows(head: &[u8]) -> bool {
    match head {
        // ir_version, then one of: producer_name, domain, graph, opset_import, a longer version.
        [0x08, 1..=64, 0x12 | 0x1a | 0x22 | 0x2a | 0x30 | 0x3a | 0x42 | 0x72 | 0xca, ..] => true,
        _ => false,
    }
}

fn read(source: &dyn Source) -> Read {
    let (model, faults) = parse::model(source)?;
    link::model(source.name(), model, faults)
}
