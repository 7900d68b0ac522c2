//! A network that learned: plain data, which the engine fills in and a view shows.

/// What became of a network while it learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// The network.
    pub network: String,
    /// The device that it ran on: `cpu`, `wgpu`, `cuda`.
    pub device: String,
    /// What the classes are called, in the order of the last layer's units.
    pub classes: Vec<String>,
    /// How many images it learned from, and how many were held out.
    pub images: (usize, usize),
    /// How it learned: each option and what it was set to.
    pub options: Vec<(&'static str, String)>,
    /// The epochs that are over, in order.
    pub epochs: Vec<Epoch>,
    /// Whether it ended before the last epoch because the held-out images got no better.
    pub ended_early: bool,
}

/// One pass over all images.
#[derive(Clone, Debug, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: u32,
    /// How it did on the images that it learned from, while it learned from them.
    pub training: Score,
    /// How it did on the held-out images afterwards, if there are any.
    pub validation: Option<Score>,
    /// The learning rate of its last step.
    pub learning_rate: f64,
    /// Seconds that it took.
    pub seconds: f64,
}

/// How well a network does on some images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The loss, in nats: the mean over the images of −log of the score that the right class got.
    pub loss: f64,
    /// The fraction of the images whose class was named first, from 0 to 1.
    pub accuracy: f64,
}

impl Training {
    /// The epoch whose weights are kept: the one with the highest accuracy on the held-out images, of equals the one with
    /// the lowest loss; without held-out images, the last.
    pub fn best(&self) -> Option<&Epoch> {
        let mut best: Option<&Epoch> = None;
        for epoch in &self.epochs {
            let better = match (best.and_then(|best| best.validation), epoch.validation) {
                (Some(best), Some(new)) => {
                    new.accuracy > best.accuracy || new.accuracy == best.accuracy && new.loss < best.loss
                }
                _ => true,
            };
            if better {
                best = Some(epoch);
            }
        }
        best
    }
}

impl Epoch {
    /// Images a second, of `images` that it went through: those learned from, and those held out.
    pub fn rate(&self, images: usize) -> Option<f64> {
        (self.seconds > 0.0).then(|| images as f64 / self.seconds)
    }
}
