//! Texts: joined, split, brought to one form, searched, counted; and images in their files' bytes.
//!
//! - Shape: the inputs' (ONNX operators `StringConcat`, `RegexFullMatch`); with the parts as one more axis, of which the longest
//!   text decides the size (`StringSplit`); without the words that are left out (`StringNormalizer`); one count for each group
//!   of words (`TfIdfVectorizer`); height × width × colours of an image that is read (`ImageDecoder`).
//! - No parameters, no multiply-adds.

use super::{Onnx, Operator, tensor};
use crate::call::{Answer, Call, Given};
use crate::graph::{Attribute, Dtype};
use crate::node::{Row, Shape};

pub(super) const OPERATOR: Operator = Operator {
    name: "text",
    title: "Texts",
    onnx: &[
        Onnx::word("ImageDecoder", image),
        Onnx::word("RegexFullMatch", matched),
        Onnx::word("StringConcat", concat),
        Onnx::word("StringNormalizer", normalized),
        Onnx::word("StringSplit", split),
        Onnx::word("TfIdfVectorizer", counted),
    ],
    ..Operator::NEW
};

fn concat<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let out = tensor::stretched(call, &[call.shape(0)?, call.shape(1)?]);
    Ok(Row::giving([tensor::given(call, out)]))
}

fn matched<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    Ok(Row::giving([Given::of(call.shape(0)?.clone(), Dtype::BOOL)]))
}

fn split<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape(0)?;
    let mut parts: Shape<'c> = shape.clone();
    parts.push(call.open(0, shape.len()));
    let counts = Given::of(shape.clone(), Dtype::INT64);
    Ok(Row::giving([tensor::given(call, parts), counts].into_iter().take(call.outputs().max(1))))
}

/// Only the last axis can hold several texts. Without words that are left out, all stay; none becomes one.
fn normalized<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let mut out = call.shape_of(0, 1)?.clone();
    let last = out.len() - 1;
    let leaves_out = matches!(call.attribute("stopwords"), Some(Attribute::Texts(words)) if !words.is_empty());
    out[last] = if leaves_out { call.open(0, last) } else { out[last].at_least(1) };
    Ok(Row::giving([tensor::given(call, out)]))
}

fn counted<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let shape = call.shape_of(0, 1)?;
    let Some(largest) = call.ints("ngram_indexes").and_then(|all| all.iter().max()) else {
        return Err(call.wrong("it has no ngram_indexes"));
    };
    let counts = call.given("size", largest.saturating_add(1));
    let out: Shape<'c> = shape[..shape.len() - 1].iter().copied().chain([counts]).collect();
    Ok(Row::giving([Given::of(out, Dtype::FLOAT32)]))
}

fn image<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    call.arg(0)?;
    let colours = if call.text("pixel_format") == Some("Grayscale") { 1 } else { 3 };
    let out = Shape::from_slice(&[call.open(0, 0), call.open(0, 1), call.calc.literal(colours)]);
    Ok(Row::giving([Given::of(out, Dtype::UINT8)]))
}
