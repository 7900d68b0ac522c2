//! Random networks of one chain: convolutions and pools, then dense layers, as homework has them.

use std::fmt::Write;

use crate::rng::Rng;

/// The sizes of images that homework likes; others come too.
const IMAGES: [usize; 12] = [28, 32, 48, 64, 96, 100, 128, 150, 200, 224, 227, 256];
const KERNELS: [usize; 16] = [4, 6, 8, 12, 16, 20, 24, 25, 32, 32, 35, 48, 50, 64, 96, 128];
const UNITS: [usize; 12] = [10, 32, 64, 84, 100, 120, 128, 256, 512, 1000, 1024, 2048];
/// The most features that a dense layer takes in.
const FEATURES: usize = 200_000;

/// A network in the project's notation.
pub fn network(rng: &mut Rng, name: &str) -> String {
    loop {
        if let Some(text) = attempt(rng, name) {
            return text;
        }
    }
}

fn attempt(rng: &mut Rng, name: &str) -> Option<String> {
    let mut size = if rng.chance(0.7) { rng.one(&IMAGES) } else { rng.between(28, 256) };
    let mut channels = if rng.chance(0.75) { 3 } else { 1 };
    let mut text = format!("network {name}\ninput {size}x{size}x{channels}\n\n");
    let rows = rng.between(3, 10);
    let mut pooled = true;
    for row in 0..rows {
        let pool = row > 0 && !pooled && rng.chance(0.6);
        pooled = pool;
        let (kernel, stride, pad, word) = if pool { pooling(rng) } else { convolution(rng, size, row == 0) };
        let reach = size + 2 * pad;
        if kernel > reach || kernel > size {
            return None;
        }
        size = (reach - kernel) / stride + 1;
        if size < 2 && row + 1 < rows {
            return None;
        }
        let moved = |usual: usize| if stride == usual { String::new() } else { format!(", stride {stride}") };
        if pool {
            writeln!(text, "{word} {kernel}x{kernel}{}", moved(kernel)).ok()?;
        } else {
            let grown = if rng.chance(0.5) { channels * 2 } else { rng.one(&KERNELS) };
            channels = if (4..=512).contains(&grown) { grown } else { rng.one(&KERNELS) };
            let padding = match pad {
                0 => String::new(),
                pad if stride == 1 && 2 * pad + 1 == kernel && rng.chance(0.4) => ", same".to_owned(),
                pad => format!(", pad {pad}"),
            };
            writeln!(text, "conv {kernel}x{kernel}, {channels}{}{padding}, relu", moved(1)).ok()?;
        }
    }
    if size * size * channels > FEATURES {
        return None;
    }
    text += "\nflatten\n";
    let dense = rng.between(1, 4);
    for row in 0..dense {
        let units = if row + 1 == dense { rng.one(&[1, 2, 5, 10, 10, 10, 20, 100]) } else { rng.one(&UNITS) };
        if row > 0 && rng.chance(0.3) {
            text += "dropout 0.5\n";
        }
        let end = if row + 1 == dense { "softmax" } else { "relu" };
        writeln!(text, "dense {units}, {end}").ok()?;
    }
    Some(text)
}

/// Kernel, stride, padding and word of a pool.
fn pooling(rng: &mut Rng) -> (usize, usize, usize, &'static str) {
    let (kernel, stride) = rng.one(&[(2, 2), (2, 2), (2, 2), (2, 2), (3, 2), (3, 2), (3, 3), (2, 1), (4, 4)]);
    (kernel, stride, 0, if rng.chance(0.15) { "avgpool" } else { "pool" })
}

/// The same of a convolution.
fn convolution(rng: &mut Rng, size: usize, first: bool) -> (usize, usize, usize, &'static str) {
    let kernel = match first && size > 90 {
        true => rng.one(&[3, 3, 5, 7, 7, 9, 11]),
        false => rng.one(&[1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 7]),
    };
    let stride = match (kernel, rng.below(10)) {
        (5.., 0..=2) => rng.between(2, 4),
        (3.., 0) => 2,
        (7.., 3..=5) if first => 2,
        _ => 1,
    };
    let pad = match rng.below(10) {
        0..=3 => 0,
        4..=7 => (kernel - 1) / 2,
        _ => rng.between(0, kernel / 2),
    };
    (kernel, stride, pad, "conv")
}
