//! Random numbers: the same seed gives the same digits, on every machine and device.
//!
//! SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"): quick, and good enough to start
//! weights from and to drop elements with. Not for secrets.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A stream for one purpose of those that hang on a seed: an epoch, a draw.
    pub fn of(seed: u64, purpose: &[u64]) -> Random {
        let mut random = Random(seed);
        for part in purpose {
            random = Random(random.next() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0, below 1, in steps of 2^−24: every one of them is a number of 32 bits.
    pub fn uniform(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// Of mean 0 and variance 1 (Box & Muller 1958).
    pub fn normal(&mut self) -> f32 {
        // 1 less a number below 1 is never 0, of which there is no logarithm.
        let (radius, angle) = (1.0 - f64::from(self.uniform()), f64::from(self.uniform()));
        ((-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
    }

    /// Brings a list into an order of chance (Fisher & Yates 1938, after Durstenfeld 1964).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        (1..list.len()).rev().for_each(|at| list.swap(at, self.below(at + 1)));
    }

    /// A whole number below this one, which is 1 or more.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
