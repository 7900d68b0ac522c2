//! What stands around a layer's rule under Keras: an axis of channels that is not the last as written, a layer that is
//! applied to every step of a sequence, and a layer whose weights are divided by their largest singular value.
//!
//! Shapes are kept as batch × channels × space, where Keras's last axis is taken for the channels. A layer that says
//! otherwise is worked out with its own axes in their places, and what it gives is put back.
//!
//! - `data_format="channels_first"`, `axis`: `keras/src/layers/convolutional/base_conv.py`,
//!   `keras/src/layers/normalization/batch_normalization.py`.
//! - TimeDistributed: the steps become part of the batch (`keras/src/layers/rnn/time_distributed.py`).
//! - SpectralNormalization: one stored number for each of the kernel's last axis as Keras has it; here the features that
//!   are made stand first, but in a table
//!   (`keras/src/layers/normalization/spectral_normalization.py`).

use calc::Qty;

use crate::fault::Fault;
use crate::model::{Layer, Setting, Size};
use crate::node::{Role, Row, Shape};

/// What stands around a rule.
#[derive(Default)]
pub(super) struct Around<'c> {
    /// The axis of the channels as written, from 1, where it is not the last.
    channels: Option<i64>,
    /// The batch and the steps, where the layer is applied to each.
    steps: Option<(Qty<'c>, Qty<'c>)>,
    /// Whether the layer's weights are normalised.
    spectral: bool,
    /// Whether its weights are a table, which has its features last.
    table: bool,
    /// Whether an example is one number, which the rule sees as a vector of 1.
    scalar: bool,
}

impl<'c> Around<'c> {
    /// What a layer's settings say; a number alone for an example has no channels.
    pub fn of(layer: &Layer, inputs: &[&Shape<'c>]) -> Result<Around<'c>, Fault> {
        // A row that only hands on what comes in, or goes element by element, takes anything.
        let op = layer.op.map_or("", |op| op.name);
        let places = layer.settings.iter().find(|(key, _)| *key == "places").map(|(_, setting)| setting);
        let as_it_is = match op {
            "input" | "passed" => true,
            "encoding" => places.is_none(),
            "merge" => inputs.iter().all(|shape| shape.len() == 1),
            _ => false,
        };
        let bare = inputs.iter().find(|shape| shape.len() < 2 && !as_it_is);
        let as_vector = matches!(op, "embedding" | "flatten" | "reshape") || places == Some(&Setting::Word("each"));
        if let Some(bare) = bare
            && (bare.is_empty() || !as_vector)
        {
            let says = format!("{}: the input has {} axes, and at least 2 are needed", layer.name, bare.len());
            return Err(Fault::new(says).hint("give an example at least one axis beside the batch"));
        }
        let table = layer.op.is_some_and(|op| matches!(op.name, "einsumdense" | "embedding"));
        let mut around = Around { table, scalar: bare.is_some(), ..Around::default() };
        for (key, setting) in &layer.settings {
            match (*key, setting) {
                ("channels axis", Setting::Size(Size::Number(axis))) => around.channels = Some(*axis),
                ("each step", _) => match inputs.first() {
                    Some(shape) if shape.len() > 2 => around.steps = Some((shape[0], shape[2])),
                    _ => return Err(Fault::new(format!("{}: the input has no steps", layer.name))),
                },
                ("spectral", _) => around.spectral = true,
                _ => {}
            }
        }
        Ok(around)
    }

    /// Whether there is nothing.
    pub fn is_nothing(&self) -> bool {
        self.channels.is_none() && self.steps.is_none() && !self.scalar
    }

    /// An input as the rule sees it.
    pub fn inward(&self, shape: &Shape<'c>) -> Shape<'c> {
        let mut shape = shape.clone();
        if self.scalar && shape.len() == 1 {
            shape.push(shape[0].calc().literal(1));
        }
        if self.steps.is_some() && shape.len() > 2 {
            let steps = shape.remove(2);
            shape[0] = (shape[0] * steps).called("positions");
        }
        if let Some(axis) = self.place(&shape) {
            shape[1..].rotate_left(1);
            shape[1..=axis].rotate_right(1);
        }
        shape
    }

    /// The place of the channels as written, where it is another one than the last.
    fn place(&self, shape: &Shape<'c>) -> Option<usize> {
        let axis = self.channels?;
        let rank = shape.len() as i64;
        let axis = if axis < 0 { axis + rank } else { axis };
        usize::try_from(axis).ok().filter(|axis| (1..shape.len()).contains(axis))
    }

    /// What the rule gives, as it goes on.
    pub fn outward(&self, row: &mut Row<'c>) {
        if !self.is_nothing() {
            self.put_back(&mut row.out);
            row.given.iter_mut().filter_map(|given| given.shape.as_mut()).for_each(|shape| self.put_back(shape));
        }
        if self.spectral
            && let Some(kernel) = row.params.iter().find(|tensor| tensor.role == Role::Weight)
            && let Some(&features) = if self.table { kernel.shape.last() } else { kernel.shape.first() }
            && let Some(calc) = row.out.first().map(|size| size.calc())
        {
            let features = calc.at(features);
            row.params.push(crate::ledger::Tensor {
                name: "vector_u".into(),
                role: Role::Statistic,
                elements: features.line(),
                shape: [features.line()].into_iter().collect(),
                stored: None,
            });
        }
    }

    fn put_back(&self, shape: &mut Shape<'c>) {
        // A table gives features for the one number, and no sequence of 1.
        if self.scalar && self.table {
            shape.truncate(2);
        }
        if let Some(axis) = self.place(shape) {
            shape[1..=axis].rotate_left(1);
            shape[1..].rotate_right(1);
        }
        if let Some((batch, steps)) = self.steps
            && !shape.is_empty()
        {
            shape[0] = batch;
            shape.insert(2.min(shape.len()), steps);
        }
    }
}
