//! Where the channels of a value stand, in formats that have them first for images and last for sequences.
//!
//! PyTorch and ONNX slide windows with the channels first, and look at features (dense layers, attention, normalised
//! layers, recurrence) with them last. A value stays as the layer before left it, and is turned only where a layer asks
//! for the other order.

use workings::model::{From, Rules};

use super::plan::{Act, Dim, Plan};

/// Where the channels stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Batch × channels × space.
    First,
    /// Batch × space × channels.
    Last,
}

/// Where the channels of every value stand.
pub(super) struct Layouts {
    inputs: Vec<Layout>,
    layers: Vec<Layout>,
}

impl Layouts {
    /// The layouts of a network's values.
    pub fn of(plan: &Plan) -> Layouts {
        let inputs = (0..plan.inputs.len() as u32).map(|at| asked(plan, From::Input(at))).collect();
        let mut layouts = Layouts { inputs, layers: Vec::new() };
        for at in 0..plan.steps.len() {
            let step = &plan.steps[at];
            let gives = match step.act {
                Act::Embedding { .. } => Layout::Last,
                _ => layouts.taken(plan, at),
            };
            // A vector has one order.
            layouts.layers.push(if step.out.len() == 2 { Layout::First } else { gives });
        }
        layouts
    }

    /// Where the channels of a value stand.
    pub fn at(&self, from: From) -> Layout {
        match from {
            From::Input(at) => self.inputs[at as usize],
            From::Layer(at) => self.layers[at as usize],
            _ => unreachable!("a plan is made of layers of the notation alone"),
        }
    }

    /// Where a layer has the channels of what it takes.
    pub fn taken(&self, plan: &Plan, at: usize) -> Layout {
        wants(plan, at).unwrap_or_else(|| plan.steps[at].inputs.first().map_or(Layout::First, |from| self.at(*from)))
    }
}

/// A shape as it is held.
pub(super) fn held(shape: &[Dim], layout: Layout) -> Vec<Dim> {
    match layout {
        Layout::First => shape.to_vec(),
        Layout::Last => shape[..1].iter().chain(&shape[2..]).chain(&shape[1..2]).cloned().collect(),
    }
}

/// The order of the axes that turns a value of this rank into a layout.
pub(super) fn turn(rank: usize, to: Layout) -> Vec<i64> {
    let rank = rank as i64;
    match to {
        Layout::First => [0, rank - 1].into_iter().chain(1..rank - 1).collect(),
        Layout::Last => std::iter::once(0).chain(2..rank).chain([1]).collect(),
    }
}

/// Where a layer must have the channels of its input; nothing if it does not matter to it.
fn wants(plan: &Plan, at: usize) -> Option<Layout> {
    let step = &plan.steps[at];
    let from = *step.inputs.first()?;
    if plan.space(from) == 0 && !matches!(step.act, Act::Reshape) {
        return None;
    }
    match step.act {
        Act::Activation(_) | Act::Add | Act::Concat { .. } | Act::Dropout { .. } | Act::Multiply => None,
        Act::Attention(_) | Act::Dense { .. } | Act::Embedding { .. } | Act::LayerNorm { .. } => Some(Layout::Last),
        Act::Recurrent(_) | Act::RmsNorm { .. } => Some(Layout::Last),
        // The order of the elements is the rules' one.
        Act::Flatten if !plan.order_matters(from) => None,
        Act::Flatten | Act::Reshape if plan.rules == Rules::Keras => Some(Layout::Last),
        _ => Some(Layout::First),
    }
}

/// How the layers that take an input want it: as the first that minds does.
fn asked(plan: &Plan, from: From) -> Layout {
    if plan.space(from) == 0 {
        return Layout::First;
    }
    let mut open = vec![from];
    let mut at = 0;
    while let Some(from) = open.get(at).copied() {
        for &user in plan.users(from) {
            match wants(plan, user) {
                Some(layout) => return layout,
                None if plan.steps[user].out.len() > 2 && open.len() < 1000 => open.push(From::Layer(user as u32)),
                None => {}
            }
        }
        at += 1;
    }
    Layout::First
}
