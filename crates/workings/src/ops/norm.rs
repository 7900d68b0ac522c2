//! What normalisations share: their scale and shift, and what normalising costs.

use calc::Qty;

use super::Arg;
use crate::fault::Fault;
use crate::keras;
use crate::model::{Setting, Size};
use crate::node::{Costs, Node, Role, Row, Shape};

pub(super) const NO_SCALE: Arg = Arg::flag("no scale", "scale", "no");
pub(super) const NO_SHIFT: Arg = Arg::flag("no shift", "shift", "no");

/// The scale, the shift and the axis of a normalisation of Keras; an axis that is not the last stands around the rule.
pub(super) fn of_keras(config: &keras::Config<'_>) -> Result<keras::Settings, Fault> {
    let told = [("scale", "scale"), ("center", "shift")];
    let mut settings: keras::Settings =
        told.iter().filter(|(key, _)| !config.is(key, true)).map(|(_, ours)| keras::word(ours, "no")).collect();
    if !config.get("axis").is_nothing() {
        match config.numbers("axis")?[..] {
            [-1] => {}
            [axis] => settings.push(("channels axis", Setting::Size(Size::Number(axis)))),
            _ => return Err(config.wrong("axis", "one axis")),
        }
    }
    Ok(settings)
}

/// The learned scale and shift of this shape, as far as the layer has them.
pub(super) fn learned<'c>(node: &Node<'c, '_>, mut row: Row<'c>, elements: Qty<'c>, shape: &Shape<'c>) -> Row<'c> {
    row = row.setting_of("scale", node.has("scale")).setting_of("shift", node.has("shift"));
    if node.has("scale") {
        row = row.param("weight", Role::Weight, elements.called("weights"), shape.iter().copied());
    }
    if node.has("shift") {
        row = row.param("bias", Role::Bias, elements.called("biases"), shape.iter().copied());
    }
    row
}

/// (x − mean)/√(variance + ε) · scale + shift, where mean and variance are worked out from the input.
///
/// An element: added to the sum, less the mean, squared, added to the sum of squares, times 1/√(variance + ε); then its
/// scale and shift. A group that is normalised together: three divisions (mean, variance, 1/√), one addition (ε), one root.
pub(super) fn costs<'c>(scale: bool, shift: bool, elements: Qty<'c>, groups: Qty<'c>) -> Costs<'c> {
    Costs {
        multiplications: Some(elements * (2 + i64::from(scale))),
        additions: Some(elements * (3 + i64::from(shift)) + groups),
        divisions: Some(groups * 3),
        transcendentals: Some(groups),
        ..Costs::default()
    }
}
