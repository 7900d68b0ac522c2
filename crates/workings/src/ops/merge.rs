//! Merges of inputs element by element, beside add and multiply: difference, mean, largest, smallest; and the operations of
//! `keras.ops` on each element, with another tensor or with a number.
//!
//! - Shape: H_out = max(H, H_i), where the two are equal or one of them is 1 (`join.rs`), with the sizes of an array that the
//!   file has among them; that of a single input.
//! - No parameters, no multiply-adds; an operation an element for every input after the first, one for a number (Keras
//!   `keras/src/layers/merging/`, `keras/src/ops/numpy.py`). The mean is divided once.
//! - CustomScaleLayer of Inception-ResNet: x + scale · y (Keras `keras/src/applications/inception_resnet_v2.py`).

use super::window::elements;
use super::{Keras, Operator, join};
use crate::fault::Fault;
use crate::keras::{self, word};
use crate::node::{Built, Costs, Node, Row};

pub(super) const OPERATOR: Operator = Operator {
    name: "merge",
    title: "Merge",
    keras: &[
        Keras::layer("Average", |_| Ok(does("average"))),
        Keras::layer("CustomScaleLayer", |_| Ok(does("scaled add"))),
        Keras::layer("Maximum", |_| Ok(does("maximum"))),
        Keras::layer("Minimum", |_| Ok(does("minimum"))),
        Keras::layer("Subtract", |_| Ok(does("subtract"))),
        Keras::operation("Absolute", |_| Ok(does("maximum"))),
        Keras::operation("Abs", |_| Ok(does("maximum"))),
        Keras::operation("Add", |_| Ok(does("add"))),
        Keras::operation("Clip", |_| Ok(does("maximum"))),
        Keras::operation("Cos", |_| Ok(does("function"))),
        Keras::operation("Divide", |_| Ok(does("divide"))),
        Keras::operation("Equal", |_| Ok(does("compare"))),
        Keras::operation("Exp", |_| Ok(does("function"))),
        Keras::operation("Greater", |_| Ok(does("compare"))),
        Keras::operation("GreaterEqual", |_| Ok(does("compare"))),
        Keras::operation("Less", |_| Ok(does("compare"))),
        Keras::operation("LessEqual", |_| Ok(does("compare"))),
        Keras::operation("Log", |_| Ok(does("function"))),
        Keras::operation("Maximum", |_| Ok(does("maximum"))),
        Keras::operation("Minimum", |_| Ok(does("minimum"))),
        Keras::operation("Multiply", |_| Ok(does("multiply"))),
        Keras::operation("Negative", |_| Ok(does("subtract"))),
        Keras::operation("NotEqual", |_| Ok(does("compare"))),
        Keras::operation("Power", |_| Ok(does("function"))),
        Keras::operation("Rsqrt", |_| Ok(does("function"))),
        Keras::operation("Sin", |_| Ok(does("function"))),
        Keras::operation("Sqrt", |_| Ok(does("function"))),
        Keras::operation("Square", |_| Ok(does("multiply"))),
        Keras::operation("Subtract", |_| Ok(does("subtract"))),
        Keras::operation("TrueDivide", |_| Ok(does("divide"))),
        Keras::operation("Where", |_| Ok(does("choose"))),
    ],
    rule,
    ..Operator::NEW
};

fn does(what: &'static str) -> keras::Settings {
    vec![word("does", what)]
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let out = if node.inputs() == 1 { node.input(0)?.clone() } else { join::stretched(node)? };
    let constant = node.shapes().find(|(key, _)| *key == "constant");
    let out = if let Some((_, sizes)) = constant { join::with_constant(node, out, &sizes)? } else { out };
    let each = elements(&out);
    let after = Some(if node.inputs() < 2 { each } else { join::after_the_first(node, each) });
    let what = node.word("does").unwrap_or("add");
    let costs = match what {
        "average" => Costs { additions: after, divisions: Some(each), ..Costs::default() },
        "scaled add" => Costs { additions: after, multiplications: after, ..Costs::default() },
        "choose" => Costs::default(),
        "compare" | "maximum" | "minimum" => Costs { comparisons: after, ..Costs::default() },
        "multiply" => Costs { multiplications: after, ..Costs::default() },
        "divide" => Costs { divisions: after, ..Costs::default() },
        "function" => Costs { transcendentals: after, ..Costs::default() },
        _ => Costs { additions: after, ..Costs::default() },
    };
    Ok(Row { costs, ..Row::of(out) }.setting("does", Built::Word(what)))
}
