//! Concatenation: inputs one after the other along an axis.
//!
//! - Shape: C_out = C + C_i; every other axis must be equal, none is stretched (PyTorch `torch.cat`; Keras
//!   `keras/src/layers/merging/concatenate.py`).
//! - No parameters, no arithmetic.

use super::{Arg, Joins, Kind, Onnx, Operator, Word, join, tensor};
use crate::call::{Answer, Call};
use crate::fault::Fault;
use crate::keras;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "concat",
    title: "Concatenation",
    words: &[Word { word: "concat", may: &[AXIS], joins: Joins::Labels, ..Word::PLAIN }],
    keras: &[super::Keras::layer("Concatenate", of_keras)],
    rule,
    onnx: &[Onnx::word("Concat", onnx)],
};

fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    if config.get("axis").is_nothing() { Ok(Vec::new()) } else { Ok(vec![config.axes("axis", "at")?]) }
}

const AXIS: Arg = Arg::keyed("axis", "axis", Kind::OneOf(&["channels", "depth", "height", "length", "width"]));

fn rule<'c>(concat: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let shapes = join::level(concat)?;
    let rank = shapes[0].len();
    let told = match concat.keras_axes("at", rank)?.as_deref() {
        None => None,
        Some([0]) => return Err(Fault::new(format!("{}: it joins along the batch", concat.name()))),
        Some([axis]) => Some(*axis),
        Some(_) => return Err(Fault::new(format!("{}: it joins along one axis", concat.name()))),
    };
    let axis = match told {
        None => concat.word("axis").unwrap_or("channels"),
        Some(1) => "channels",
        Some(axis) => match (axis - 2, rank - 2) {
            (0, 1) => "length",
            (0, 3) => "depth",
            (0, 2) | (1, 3) => "height",
            (1, 2) | (2, 3) => "width",
            _ => "further",
        },
    };
    let along = match (axis, rank - 2) {
        ("further", _) => told.unwrap_or(1),
        ("channels", _) => 1,
        ("length", 1) | ("height", 2) | ("depth", 3) => 2,
        ("width", 2) | ("height", 3) => 3,
        ("width", 3) => 4,
        _ => {
            return Err(Fault::new(format!("{}: the inputs have no {axis}", concat.name()))
                .hint("a sequence has a length, an image height and width, a volume depth, height and width"));
        }
    };
    let size = |at: usize| if at == along { join::sum(&shapes, at) } else { join::common(&shapes, at) };
    Ok(Row::of((0..shapes[0].len()).map(size).collect::<crate::node::Shape>()).setting("axis", Built::Word(axis)))
}

fn onnx<'c>(call: &Call<'c, '_>) -> Answer<'c> {
    let first = call.shape(0)?;
    let axis = call.axis(call.int("axis", 1), first.len())?;
    let shapes = (0..call.inputs()).map(|input| call.shape(input)).collect::<Result<Vec<_>, _>>()?;
    let out = tensor::joined(call, &shapes, axis)?;
    let carried = (1..call.inputs()).fold(call.whole(0), |all, input| Some([all?, call.whole(input)?].concat()));
    let given = tensor::given(call, out);
    Ok(Row::giving([match carried.filter(|_| first.len() == 1) {
        Some(elements) => given.with(elements),
        None => given,
    }])
    .setting("axis", Built::One(call.given("axis", axis as i64))))
}
