//! What a network answers when an engine runs it: plain data, which the engine fills in and a view shows.

/// The answers of a network to one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// The network.
    pub network: String,
    /// The device that it ran on: `cpu`, `wgpu`, `cuda`.
    pub device: String,
    /// What the random numbers started from: those of its parameters and of its input.
    pub seed: u64,
    /// What comes out, one for each layer that no other takes from.
    pub outputs: Vec<Answer>,
}

/// What comes out of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The layer.
    pub layer: String,
    /// The shape for one example: channels, then space.
    pub shape: Vec<usize>,
    /// The values, the last axis running fastest.
    pub values: Vec<f32>,
}

impl Answer {
    /// The classes and their scores, the highest first, where it has one number a class.
    pub fn ranked(&self) -> Option<Vec<(usize, f32)>> {
        if self.shape.len() != 1 {
            return None;
        }
        let mut ranked: Vec<(usize, f32)> = self.values.iter().copied().enumerate().collect();
        ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        Some(ranked)
    }
}
