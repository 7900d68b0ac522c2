//! Concatenation: inputs one after the other along an axis.
//!
//! - Shape: C_out = C + C_i; every other axis must be equal, none is stretched (PyTorch `torch.cat`; Keras
//!   `keras/src/layers/merging/concatenate.py`).
//! - No parameters, no arithmetic.

use super::{Arg, Joins, Kind, Operator, Word, join};
use crate::fault::Fault;
use crate::node::{Built, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "concat",
    title: "Concatenation",
    words: &[Word { word: "concat", may: &[AXIS], joins: Joins::Labels, ..Word::PLAIN }],
    rule,
    ..Operator::NEW
};

const AXIS: Arg = Arg::keyed("axis", "axis", Kind::OneOf(&["channels", "depth", "height", "length", "width"]));

fn rule<'c>(concat: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let shapes = join::level(concat)?;
    let axis = concat.word("axis").unwrap_or("channels");
    let along = match (axis, shapes[0].len() - 2) {
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
