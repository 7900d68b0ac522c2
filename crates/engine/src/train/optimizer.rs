//! Optimisers: how a step is made of a gradient. The rules are PyTorch's; `tests/train.rs` holds them to it.

use burn_tensor::Tensor;

/// A rule for steps.
#[derive(Debug)]
pub struct Optimizer {
    /// As people ask for it.
    pub name: &'static str,
    /// What it does, in words.
    pub says: &'static str,
    /// Its learning rate where none is told.
    pub learning_rate: f64,
    /// Its weight decay where none is told.
    pub weight_decay: f64,
    /// What it remembers of each parameter: so many tensors of its size.
    pub slots: &'static [&'static str],
    step: fn(&mut Step),
}

/// A parameter while a step is made; its elements in one row.
pub(super) struct Step<'s> {
    pub param: Tensor<1>,
    pub gradient: Tensor<1>,
    /// What is remembered; all 0 before the first step.
    pub slots: &'s mut [Tensor<1>],
    /// The number of the step, from 1.
    pub number: u64,
    pub learning_rate: f64,
    pub weight_decay: f64,
}

/// Every optimiser, in alphabetical order.
pub const OPTIMIZERS: &[Optimizer] = &[
    Optimizer {
        name: "adam",
        says: "Adam (Kingma & Ba 2015, arXiv 1412.6980): β 0.9 and 0.999, ε 10⁻⁸; weight decay is added to the gradient",
        learning_rate: 1e-3,
        weight_decay: 0.0,
        slots: &["first", "second"],
        step: adam,
    },
    Optimizer {
        name: "adamw",
        says: "Adam with weight decay apart from the gradient (Loshchilov & Hutter 2019, arXiv 1711.05101)",
        learning_rate: 1e-3,
        weight_decay: 1e-2,
        slots: &["first", "second"],
        step: adamw,
    },
    Optimizer {
        name: "sgd",
        says: "stochastic gradient descent with momentum 0.9 (Polyak 1964; PyTorch `SGD`); weight decay is added to the gradient",
        learning_rate: 1e-2,
        weight_decay: 0.0,
        slots: &["momentum"],
        step: sgd,
    },
];

/// How much of the mean of the gradients stays at each step, of the mean of their squares, and of SGD's momentum.
const BETA: (f64, f64) = (0.9, 0.999);
const MOMENTUM: f64 = 0.9;

/// Keeps the quotient finite where no gradient ever came.
const EPSILON: f64 = 1e-8;

impl Optimizer {
    /// The parameter after a step.
    pub(super) fn step(&self, mut step: Step<'_>) -> Tensor<1> {
        (self.step)(&mut step);
        step.param
    }
}

/// `torch.optim.SGD(momentum=0.9)`: v ← 0.9 v + g, p ← p − η v.
fn sgd(step: &mut Step) {
    decay_into_gradient(step);
    let velocity = step.slots[0].clone() * MOMENTUM + step.gradient.clone();
    step.param = step.param.clone() - velocity.clone() * step.learning_rate;
    step.slots[0] = velocity;
}

/// `torch.optim.Adam`.
fn adam(step: &mut Step) {
    decay_into_gradient(step);
    moments(step);
}

/// `torch.optim.AdamW`: p ← p (1 − η λ) before the step.
fn adamw(step: &mut Step) {
    step.param = step.param.clone() * (1.0 - step.learning_rate * step.weight_decay);
    moments(step);
}

/// g ← g + λ p.
fn decay_into_gradient(step: &mut Step) {
    if step.weight_decay > 0.0 {
        step.gradient = step.gradient.clone() + step.param.clone() * step.weight_decay;
    }
}

/// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − η/(1 − β₁ᵗ) · m ÷ (√v ÷ √(1 − β₂ᵗ) + ε).
fn moments(step: &mut Step) {
    let (gradient, at) = (step.gradient.clone(), step.number as f64);
    let first = step.slots[0].clone() * BETA.0 + gradient.clone() * (1.0 - BETA.0);
    let second = step.slots[1].clone() * BETA.1 + gradient.square() * (1.0 - BETA.1);
    let scale = (1.0 - BETA.1.powf(at)).sqrt();
    let under = second.clone().sqrt() / scale + EPSILON;
    let length = step.learning_rate / (1.0 - BETA.0.powf(at));
    step.param = step.param.clone() - first.clone() / under * length;
    step.slots[0] = first;
    step.slots[1] = second;
}
