//! Einsum dense: a dense layer over any axes, which an equation names: `abc,cd->abd`.
//!
//! - Shape: the sizes of the output's letters: those of the input, or as told. Axes behind `...` stay.
//! - Weights: the product of the kernel's letters; biases: of the letters that `bias_axes` has.
//! - Multiply-adds: one for every combination of the letters of input, kernel and output together.
//! - Keras `keras/src/layers/core/einsum_dense.py`, `_analyze_einsum_string`.

use calc::Qty;

use super::{Keras, Operator};
use crate::fault::Fault;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Macs, Node, Role, Row, Shape};
use crate::ops::reshape::ELEMENTS;

pub(super) const OPERATOR: Operator = Operator {
    name: "einsumdense",
    title: "Einsum dense",
    keras: &[Keras::layer("EinsumDense", of_keras).activated()],
    rule,
    ..Operator::NEW
};

/// The equation's letters, as their numbers; what is elided; and the output as far as it is told.
fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let wrong =
        || config.wrong("equation", "an equation like “ab,bc->ac”, with “...” at the same end twice or not at all,");
    let equation: String = config.get("equation").text().ok_or_else(wrong)?.split_whitespace().collect();
    let (input, rest) = equation.split_once(',').ok_or_else(wrong)?;
    let (kernel, output) = rest.split_once("->").ok_or_else(wrong)?;
    let (input, output, elided) = match (input.strip_prefix("..."), output.strip_prefix("...")) {
        (Some(input), Some(output)) => (input, output, Some("left")),
        _ => match (input.strip_suffix("..."), output.strip_suffix("...")) {
            (Some(input), Some(output)) => (input, output, Some("right")),
            _ => (input, output, None),
        },
    };
    let letters = |text: &str| {
        let is = !text.is_empty() && text.len() <= 16 && text.chars().all(|c| c.is_ascii_alphabetic());
        is.then(|| Setting::PerAxis(text.bytes().map(|letter| Size::Number(letter.into())).collect())).ok_or_else(wrong)
    };
    let mut settings = vec![
        ("einsum input", letters(input)?),
        ("einsum kernel", letters(kernel)?),
        ("einsum output", letters(output)?),
    ];
    if let Some(bias) = config.get("bias_axes").text() {
        settings.push(("einsum bias", letters(bias)?));
    }
    settings.extend(elided.map(|end| keras::word("elided", end)));
    let told = config.get("output_shape");
    let told = if told.list().is_empty() { std::slice::from_ref(told) } else { told.list() };
    let size = |value: &keras::Value| match value.number() {
        Some(n @ 1..) => Ok(Some(Size::Number(n))),
        None if value.is_nothing() => Ok(None),
        _ => Err(config.wrong("output_shape", "sizes from 1")),
    };
    settings.push(("size", Setting::Shape(told.iter().map(size).collect::<Result<_, _>>()?)));
    Ok(settings)
}

fn rule<'c>(node: &Node<'c, '_>) -> Result<Row<'c>, Fault> {
    let came = node.input(0)?;
    // As written: the batch first, the channels last.
    let sizes: Vec<Qty<'c>> = [0].into_iter().chain(2..came.len()).chain([1]).map(|axis| came[axis]).collect();
    let (input, output) = (letters(node, "einsum input"), letters(node, "einsum output"));
    let (kernel, bias) = (letters(node, "einsum kernel"), letters(node, "einsum bias"));
    let unfit = || Fault::new(format!("{}: its equation does not fit its input and its output", node.name()));
    let elided = sizes.len().checked_sub(input.len()).filter(|n| *n == 0 || node.told("elided")).ok_or_else(unfit)?;
    let left = node.word("elided") == Some("left");
    let (kept, named) = match left {
        true => sizes.split_at(elided),
        false => {
            let (named, kept) = sizes.split_at(input.len());
            (kept, named)
        }
    };

    let mut known: Vec<(i64, Qty<'c>)> = input.iter().copied().zip(named.iter().copied()).collect();
    let find =
        |known: &[(i64, Qty<'c>)], letter: i64| known.iter().find(|(one, _)| *one == letter).map(|(_, size)| *size);
    // What is told of the output has no batch, and nothing of what is elided.
    let whole = output.len() + if left { elided } else { 0 };
    let told = node.shape("size");
    let mut out: Vec<Qty<'c>> = if left { kept.to_vec() } else { Vec::new() };
    let skipped =
        if left { whole.saturating_sub(told.len()).saturating_sub(elided) } else { whole.saturating_sub(told.len()) };
    for (at, letter) in output.iter().enumerate() {
        let said = at.checked_sub(skipped).and_then(|at| told.get(at).copied().flatten());
        let size = match (find(&known, *letter), said) {
            (Some(size), Some(said)) => size.equals(said, ELEMENTS),
            (Some(size), None) => size,
            (None, Some(said)) => {
                known.push((*letter, said));
                said
            }
            (None, None) => return Err(unfit()),
        };
        out.push(size);
    }
    if !left {
        out.extend(kept);
    }
    let shape_of =
        |all: &[i64]| all.iter().map(|letter| find(&known, *letter).ok_or_else(unfit)).collect::<Result<Vec<_>, _>>();
    let (kernel, bias) = (shape_of(&kernel)?, shape_of(&bias)?);
    let combined = node.calc.product(known.iter().map(|(_, size)| *size).chain(kept.iter().copied()));

    // The last as written stands where channels stand.
    if out.len() < 2 {
        return Err(unfit());
    }
    let mut shape: Shape = out.into_iter().collect();
    shape[1..].rotate_right(1);
    let weights = node.calc.product(kernel.iter().copied()).called("weights");
    let mut row = Row::of(shape).param("weight", Role::Weight, weights, kernel);
    if !bias.is_empty() {
        let biases = node.calc.product(bias.iter().copied()).called("biases");
        row.costs.additions = Some(super::elements(&row.out));
        row = row.param("bias", Role::Bias, biases, bias);
    }
    row.macs = Macs { linear: Some(combined), ..Macs::default() };
    Ok(row)
}

fn letters(node: &Node<'_, '_>, key: &str) -> Vec<i64> {
    node.numbers(key).unwrap_or_default()
}
