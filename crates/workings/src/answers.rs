//! What a network answers when an engine runs it: plain data, which the engine fills in and a view shows.

/// The answers of a network, one to each input.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// The network.
    pub network: String,
    /// The device that it ran on: `cpu`, `wgpu`, `cuda`.
    pub device: String,
    /// The file that its parameters come from. Without one they are random, and what it answers means nothing.
    pub weights: Option<String>,
    /// What the random numbers started from, where any were taken: for parameters, for an input.
    pub seed: Option<u64>,
    /// What the classes are called, in the order of the units; none where nothing says it.
    pub classes: Vec<String>,
    /// What was answered, input by input.
    pub answered: Vec<Answered>,
}

/// What was answered to one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The picture's file; `None` of a random input.
    pub input: Option<String>,
    /// What comes out, one for each layer that no other takes from.
    pub outputs: Vec<Answer>,
}

/// What comes out of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The layer.
    pub layer: String,
    /// The function that it ends in, if it ends in one: `softmax`, `sigmoid`.
    pub activation: Option<String>,
    /// Of a single unit that decides between two classes, the number from which on it is the second: 0.5 behind a sigmoid,
    /// 0 where it learned without one. `None` of any other end.
    pub second_from: Option<f32>,
    /// The shape for one example: channels, then space.
    pub shape: Vec<usize>,
    /// The values, the last axis running fastest.
    pub values: Vec<f32>,
}

impl Answer {
    /// Whether it has one number a unit, and no space.
    fn is_flat(&self) -> bool {
        self.shape.iter().skip(1).all(|size| *size == 1)
    }

    /// Whether its numbers are probabilities: they make 1 over the classes.
    pub fn is_probabilities(&self) -> bool {
        self.is_flat() && self.activation.as_deref() == Some("softmax")
    }

    /// Between how many classes it decides; `None` where it is no such answer.
    pub fn classes(&self) -> Option<usize> {
        match self.values.len() {
            _ if !self.is_flat() => None,
            1 => self.second_from.map(|_| 2),
            units => Some(units),
        }
    }

    /// The classes and their scores, the highest first, where it has one number a class.
    pub fn ranked(&self) -> Option<Vec<(usize, f32)>> {
        self.classes().filter(|classes| *classes == self.values.len())?;
        let mut ranked: Vec<(usize, f32)> = self.values.iter().copied().enumerate().collect();
        ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        Some(ranked)
    }

    /// The class that it names, and the score that it names it by; `None` where a score is not a number.
    pub fn class(&self) -> Option<(usize, f32)> {
        if self.values.iter().any(|value| value.is_nan()) {
            return None;
        }
        match (self.second_from, &self.values[..]) {
            (Some(from), [score]) => Some((usize::from(*score >= from), *score)),
            _ => self.ranked()?.first().copied(),
        }
    }
}

impl Answers {
    /// What a class of an answer is called; `None` where nothing says it.
    pub fn name(&self, answer: &Answer, class: usize) -> Option<&str> {
        let fit = answer.classes().is_some_and(|classes| classes >= self.classes.len());
        self.classes.get(class).filter(|_| fit).map(String::as_str)
    }
}
