//! The parameters of a network: one list, in the order of the layers, in PyTorch's names and layout.

use burn_tensor::Device;
use workings::{Fault, Role};

use crate::random::Random;
use crate::values::{Values, mapped};

/// A tensor of parameters.
#[derive(Clone, Debug)]
pub struct Param {
    /// The layer's name, a point, and what PyTorch calls it: `conv1.weight`.
    pub name: String,
    /// The layer that it belongs to, by index.
    pub layer: usize,
    /// What it is for; a statistic is kept and never learned.
    pub role: Role,
    /// What it holds, in PyTorch's layout: kernels × channels × space, units × features.
    pub values: Values,
}

impl Param {
    /// Whether it is learned.
    pub fn learned(&self) -> bool {
        self.role != Role::Statistic
    }
}

/// What a tensor starts from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// Every element this.
    All(f32),
    /// Spread evenly from −bound to bound.
    Within(f32),
    /// Of mean 0 and variance 1.
    Normal,
}

impl Start {
    /// ±1/√fan_in: PyTorch's default for weights and biases of convolutions and dense layers, which is He's uniform start
    /// (`kaiming_uniform_` with a = √5, `torch/nn/modules/linear.py` and `conv.py`, `reset_parameters`).
    pub fn fan_in(fan_in: usize) -> Start {
        Start::Within(1.0 / (fan_in.max(1) as f32).sqrt())
    }

    fn elements(self, count: usize, random: &mut Random) -> Vec<f32> {
        match self {
            Start::All(value) => vec![value; count],
            Start::Within(bound) => (0..count).map(|_| (random.uniform() * 2.0 - 1.0) * bound).collect(),
            Start::Normal => (0..count).map(|_| random.normal()).collect(),
        }
    }
}

/// The list while a network is built.
pub(crate) struct Params<'d> {
    pub all: Vec<Param>,
    pub device: &'d Device,
    pub random: Random,
}

impl Params<'_> {
    /// Adds a tensor of a layer and gives its place in the list.
    pub fn add(
        &mut self,
        (layer, of): (usize, &str),
        name: &str,
        role: Role,
        shape: &[usize],
        start: Start,
    ) -> Result<usize, Fault> {
        let elements = start.elements(shape.iter().product(), &mut self.random);
        let values = leaf(Values::new(shape, elements, self.device)?, role);
        self.all.push(Param { name: format!("{of}.{name}"), layer, role, values });
        Ok(self.all.len() - 1)
    }
}

/// The values as a parameter holds them: what is learned is where gradients arrive.
pub(crate) fn leaf(values: Values, role: Role) -> Values {
    match role {
        Role::Statistic | Role::Constant => values.plain(),
        Role::Weight | Role::Bias => mapped!(values, tensor => tensor.inner().autodiff().require_grad()),
    }
}
