//! Augmentation: an image changed by chance in a way that leaves its class as it is.

use crate::picture::Picture;
use crate::random::Random;

/// A way to change an image.
#[derive(Clone, Copy, Debug)]
pub struct Augmentation {
    /// As people ask for it.
    pub name: &'static str,
    /// What it does, in words.
    pub says: &'static str,
    change: fn(&Picture, &mut Random) -> Picture,
}

/// Every way, in alphabetical order.
pub const AUGMENTATIONS: &[Augmentation] = &[
    Augmentation { name: "flip", says: "left and right change sides, in half of the images", change: flip },
    Augmentation {
        name: "shift",
        says: "moved by up to a tenth of its sides each way, and at least a pixel; what comes in is black",
        change: shift,
    },
];

impl Augmentation {
    /// The picture after it.
    pub(super) fn change(&self, picture: &Picture, random: &mut Random) -> Picture {
        (self.change)(picture, random)
    }
}

fn flip(picture: &Picture, random: &mut Random) -> Picture {
    let mut picture = picture.clone();
    if random.uniform() < 0.5 {
        let width = picture.shape[2].max(1);
        picture.bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    picture
}

fn shift(picture: &Picture, random: &mut Random) -> Picture {
    let [_, height, width] = picture.shape;
    let mut by = |side: usize| {
        let most = (side / 10).max(1);
        random.below(2 * most + 1) as isize - most as isize
    };
    let (down, right) = (by(height), by(width));
    // Where a pixel comes from, if from anywhere.
    let from = |to: usize, by: isize, side: usize| to.checked_add_signed(-by).filter(|from| *from < side);
    let mut bytes = Vec::with_capacity(picture.bytes.len());
    for plane in picture.bytes.chunks_exact((height * width).max(1)) {
        for y in 0..height {
            let row = from(y, down, height);
            let pixel = |x| Some(plane[row? * width + from(x, right, width)?]);
            bytes.extend((0..width).map(|x| pixel(x).unwrap_or(0)));
        }
    }
    Picture { shape: picture.shape, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two channels of 1 × 2: whichever way it goes, each row is as it was or the other way round.
    #[test]
    fn flipping_turns_rows_and_keeps_channels_apart() {
        let picture = Picture { shape: [2, 1, 2], bytes: vec![1, 2, 3, 4] };
        let mut random = Random::of(0, &[]);
        let seen: Vec<Vec<u8>> = (0..20).map(|_| flip(&picture, &mut random).bytes).collect();
        assert!(seen.contains(&vec![1, 2, 3, 4]) && seen.contains(&vec![2, 1, 4, 3]));
        assert!(seen.iter().all(|bytes| *bytes == [1, 2, 3, 4] || *bytes == [2, 1, 4, 3]));
    }

    /// A white pixel in the middle of 20 × 20 stays whole and moves by 2 at most.
    #[test]
    fn shifting_moves_by_a_tenth_at_most() {
        let mut bytes = vec![0; 400];
        bytes[10 * 20 + 10] = 255;
        let picture = Picture { shape: [1, 20, 20], bytes };
        let mut random = Random::of(0, &[]);
        let mut moved = std::collections::BTreeSet::new();
        for _ in 0..500 {
            let bytes = shift(&picture, &mut random).bytes;
            let white: Vec<usize> = (0..400).filter(|at| bytes[*at] == 255).collect();
            assert_eq!((bytes.len(), white.len()), (400, 1));
            moved.insert((white[0] / 20, white[0] % 20));
        }
        let all = (8..=12).flat_map(|y| (8..=12).map(move |x| (y, x)));
        assert!(moved.into_iter().eq(all));
    }
}
