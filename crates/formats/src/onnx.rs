//! ONNX: a network as nodes and tensors, in Protocol Buffers (<https://onnx.ai/onnx/repo-docs/IR.html>).
//!
//! The file is pulled through once, field by field ([`parse`]); the elements of tensors are left out, but for the few whole
//! numbers that shapes hang on. Names then become what they stand for ([`link`]): nodes of graphs within the network and of
//! the file's own functions stand among the others as layers.

mod link;
mod parse;
mod scope;

use workings::Fault;

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

/// What stands under the name of an ONNX file now and then: how it begins, what it is, and what to do.
const OTHERS: [(&[u8], &str, &str); 5] = [
    (b"<!DOCTYPE", "a page of the web", "get the file itself: its download, and not the page about it"),
    (b"<html", "a page of the web", "get the file itself: its download, and not the page about it"),
    (b"PK\x03\x04", "an archive", "unpack it, and give the file in it"),
    (b"\x1f\x8b", "a packed file", "unpack it with gunzip, and give the file in it"),
    (b"version https://git-lfs", "what Git LFS keeps in the place of a file", "get the file with `git lfs pull`"),
];

fn read(source: &dyn Source) -> Read {
    let head = source.read(0..source.size().min(64))?;
    if let Some((_, what, hint)) = OTHERS.iter().find(|(begins, ..)| head.starts_with(begins)) {
        return Err(Fault::new(format!("this is {what}, and no ONNX file")).hint(*hint));
    }
    let (model, faults) = parse::model(source)?;
    link::model(source.name(), model, faults)
}
