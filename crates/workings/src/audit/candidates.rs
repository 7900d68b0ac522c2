//! Without a key: the layers that a row may be, from what is seen of it.

use smallvec::SmallVec;

use super::alone::Dims;
use super::digest::{Digest, RowDigest, Side};
use super::hand::stray;
use super::layers::{self, Context, Kind, Settings, kind};
use super::search::{Search, Seen};
use crate::worksheet::Figure;

/// The paddings and strides that are looked at: padding up to half the kernel, stride up to the kernel plus one.
pub(crate) fn bounds(kernel: i128) -> (i128, i128) {
    (kernel / 2, kernel + 1)
}

/// How many settings of a row are looked at closely.
const CLOSELY: usize = 8;
/// What it costs at most that settings do not give what is seen: somebody may have followed a wrong rule with them.
const ELSEWISE: f32 = 6.5;
/// What it costs that a kernel is another one than its cell says.
const UNTOLD: f32 = 6.0;
/// How far behind the likeliest settings others may be.
const FAR: f32 = 11.0;
/// How many numbers of kernels are looked at.
const COUNTS: usize = 8;
/// The largest kernel that is looked at.
const LARGEST: i128 = 64;

/// Layers, their settings, and what it costs to say that a row is one.
pub(crate) type Layers = SmallVec<[(usize, Settings, f32); 16]>;

/// The layers that a row may be, their settings, and what it costs to say so before its output is looked at.
pub(crate) fn layers(search: &Search<'_, '_>, row: usize, own: &Dims, truth: Option<&Dims>) -> Layers {
    let digest = &search.sheet.rows[row];
    let mut layers = SmallVec::new();
    if let Some(word) = layers::labelled(digest.row) {
        let fits = |kind: &Kind| kind.open && *kind.word == *word && kind.rank == own.len();
        layers.extend(search.kinds.iter().position(fits).map(|kind| (kind, Settings::default(), 0.0)));
        return layers;
    }
    let elsewhere = search.sheet.rows.iter().any(|row| !row.kernels.is_blank() && !row.kernel.is_blank());
    for (kind, prior) in kinds(digest, elsewhere) {
        match kind {
            kind::CONV | kind::POOL | kind::AVGPOOL if own.len() == 3 => {
                windows(search, row, own, truth, kind, prior, &mut layers);
            }
            kind::CONV | kind::POOL | kind::AVGPOOL => {}
            kind::DENSE => {
                for (count, cost) in counts(search, row, true) {
                    layers.push((kind, Settings { count, ..Settings::default() }, prior + cost));
                }
            }
            _ if own.len() == 3 => layers.push((kind, Settings::default(), prior)),
            _ => {}
        }
    }
    layers
}

/// The kinds that a row may be; `elsewhere` other rows with a kernel say how many they have.
fn kinds(row: &RowDigest<'_>, elsewhere: bool) -> SmallVec<[(usize, f32); 4]> {
    let words = [&row.row.label, row.kernel.cell, row.kernels.cell, row.input.cell, row.output.cell];
    let text: String = words.iter().map(|cell| cell.written.to_lowercase()).collect::<Vec<_>>().join(" ");
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let kernel = !row.kernel.is_blank();
    let counted = !row.kernels.is_blank();
    let worked = !row.calculation.is_blank();
    let learns = worked || row.params.alone().any(|figure| figure.value() != Some(0));
    let pool = if says(&["avg", "average", "mean"]) { kind::AVGPOOL } else { kind::POOL };
    let told = if says(&["flat"]) && !counted {
        Some(kind::FLATTEN)
    } else if says(&["pool"]) {
        Some(pool)
    } else if says(&["conv"]) {
        Some(kind::CONV)
    } else if says(&["dense", "fully", "linear", "fc"]) {
        Some(kind::DENSE)
    } else {
        None
    };
    // Another depth at the end than at the beginning is the work of kernels.
    let depth = |cell: &Digest<'_>| cell.shapes(3).last().and_then(|figures| figures[2].value());
    let deepens = depth(&row.input).zip(depth(&row.output)).is_some_and(|(before, after)| before != after);
    let image = row.output.shapes(3).next().is_some();
    let seen: &[(usize, f32)] = match (kernel, counted, worked) {
        (true, true, true) => &[(kind::CONV, 0.0)],
        (true, true, false) if learns || deepens => &[(kind::CONV, 0.0)],
        (true, true, false) => &[(kind::CONV, 0.0), (pool, 2.0)],
        // Where other rows say how many kernels they have, one that does not has none.
        (true, false, true) if elsewhere => &[(pool, 0.0), (kind::CONV, 8.0)],
        (true, false, true) => &[(kind::CONV, 1.0), (pool, 2.0)],
        (true, false, false) if deepens && elsewhere => &[(pool, 0.0), (kind::CONV, 12.0)],
        (true, false, false) if deepens => &[(pool, 0.0), (kind::CONV, 2.0)],
        // Figures in the column of parameters alone may belong elsewhere.
        (true, false, false) if learns => &[(pool, 1.0), (kind::CONV, 3.0)],
        (true, false, false) => &[(pool, 0.0)],
        (false, ..) if (counted || worked) && image => &[(kind::CONV, 2.0), (kind::DENSE, 4.0)],
        (false, true, _) | (false, _, true) => &[(kind::DENSE, 0.0)],
        (false, false, false) if learns => &[(kind::DENSE, 0.0), (kind::FLATTEN, 3.0)],
        (false, false, false) => &[(kind::FLATTEN, 0.0), (pool, 5.0)],
    };
    let seen = seen.iter().copied();
    match told {
        Some(told) => std::iter::once((told, 0.0))
            .chain(seen.filter(|(kind, _)| *kind != told).map(|(kind, cost)| (kind, cost + 6.0)))
            .collect(),
        None => seen.collect(),
    }
}

/// Windows: every stride and padding within bounds for every kernel and count that is seen; the likeliest few.
fn windows(
    search: &Search<'_, '_>,
    row: usize,
    own: &Dims,
    truth: Option<&Dims>,
    kind: usize,
    prior: f32,
    layers: &mut Layers,
) {
    let digest = &search.sheet.rows[row];
    let seen = Seen::of(search, row);
    let counts: SmallVec<[(i128, f32); 4]> = match kind {
        kind::CONV => counts(search, row, false),
        _ => [(0, 0.0)].into_iter().collect(),
    };
    let layer = &search.kinds[kind];
    let mut found: Vec<(f32, Settings)> = Vec::new();
    for (kernel, cost) in kernels(search, row) {
        let least = kernel[0].min(kernel[1]);
        let (pads, strides) = bounds(kernel[0].max(kernel[1]));
        for stride in 1..=strides {
            for pad in 0..=pads.min(least / 2) {
                let settings = Settings { kernel, stride, pad, count: counts.first().map_or(1, |c| c.0.max(1)) };
                let stated = stated(search, digest, &settings);
                let likely = likelihood(kind, least, stride, pad);
                let worked = layer.work(&search.readers[kind], truth.unwrap_or(own), &settings, &Context::default());
                let Some(out) = worked.and_then(|worked| worked.out) else { continue };
                if out[1..].iter().any(|&n| n < 1) {
                    continue;
                }
                let quick =
                    seen.cost(search.hand, out[1]).min(ELSEWISE) + formula(search, digest, kernel[0], stride, pad);
                found.push((cost + stated + likely + quick, settings));
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(CLOSELY);
    let best = found.first().map_or(0.0, |(cost, _)| *cost);
    found.retain(|(cost, _)| *cost < best + FAR);
    for (_, settings) in found {
        let likely = likelihood(kind, settings.kernel[0].min(settings.kernel[1]), settings.stride, settings.pad);
        let stated = stated(search, digest, &settings);
        for &(count, cost) in &counts {
            layers.push((kind, Settings { count, ..settings }, prior + likely + stated + cost));
        }
    }
}

/// How unusual a stride and a padding are. Most convolutions keep their size or lose the kernel's edge; most pools move by
/// their kernel or by 2 (the networks that come along).
fn likelihood(kind: usize, kernel: i128, stride: i128, pad: i128) -> f32 {
    let half = (kernel - 1) / 2;
    let usual = |pad: i128| match pad {
        0 => 0.0,
        pad if pad == half => 0.1,
        _ => 3.5,
    };
    match kind {
        kind::CONV => match stride {
            1 => 0.7 + usual(pad),
            2 => 1.7 + usual(pad),
            3 | 4 => 3.0 + usual(pad),
            _ => 4.5 + usual(pad),
        },
        _ => {
            let padded = if pad == 0 { 0.0 } else { 3.5 };
            let moved = match stride {
                2 => 0.5,
                stride if stride == kernel => 0.6,
                1 => 3.0,
                _ => 4.0,
            };
            moved + padded
        }
    }
}

/// What a stride or a padding that the sheet states in a column of its own says.
fn stated(search: &Search<'_, '_>, row: &RowDigest<'_>, settings: &Settings) -> f32 {
    let figures = |cell: &Digest<'_>, n: i128| -> f32 {
        cell.sides()
            .flat_map(|side| match side {
                Side::Figure(figure) => vec![*figure],
                Side::Product(figures, _) => figures.clone(),
                _ => Vec::new(),
            })
            .map(|figure| search.hand.cost(&figure.digits, n).min(stray(&figure.digits)))
            .sum()
    };
    let words = row.padding.cell.written.to_lowercase();
    let half = (settings.kernel[0] - 1) / 2;
    let word = if words.contains("same") && settings.pad != half || words.contains("valid") && settings.pad != 0 {
        6.0
    } else {
        0.0
    };
    figures(&row.stride, settings.stride) + figures(&row.padding, settings.pad) + word
}

/// What a row shows of its stride and padding: in columns of their own, and in its formula.
pub(crate) fn shown(search: &Search<'_, '_>, row: usize, settings: &Settings) -> f32 {
    let digest = &search.sheet.rows[row];
    stated(search, digest, settings) + formula(search, digest, settings.kernel[0], settings.stride, settings.pad)
}

/// What the formula in the output cell says of a kernel, a stride and a padding.
fn formula(search: &Search<'_, '_>, row: &RowDigest<'_>, kernel: i128, stride: i128, pad: i128) -> f32 {
    let written = row.output.sides().find_map(|side| match side {
        Side::Formula(Some(form), ..) if form.minus.value.is_some_and(|n| n > 0) => Some(form),
        _ => None,
    });
    let Some(written) = written else { return 0.0 };
    let part = |part: super::form::Part<'_>, meant: i128| match part.value == Some(meant) {
        true => 0.0,
        false => part.figure.map_or(3.0, |figure| search.hand.cost(&figure.digits, meant).min(3.0)),
    };
    part(written.minus, kernel) + part(written.plus, 2 * pad) + part(written.by, stride)
}

/// The kernels that are seen, each with what it costs.
fn kernels(search: &Search<'_, '_>, row: usize) -> SmallVec<[([i128; 2], f32); 6]> {
    let digest = &search.sheet.rows[row];
    let mut kernels: SmallVec<[[i128; 2]; 6]> = SmallVec::new();
    let mut take = |a: Option<i128>, b: Option<i128>| {
        if let (Some(a), Some(b)) = (a, b)
            && (1..=LARGEST).contains(&a)
            && (1..=LARGEST).contains(&b)
            && !kernels.contains(&[a, b])
            && kernels.len() < 5
        {
            kernels.push([a, b]);
        }
    };
    for side in digest.kernel.sides() {
        match side {
            Side::Figure(figure) => take(figure.value(), figure.value()),
            Side::Product(figures, _) if figures.len() >= 2 => {
                let (a, b) = (figures[0].value(), figures[1].value());
                take(a, b);
                take(a, a);
                take(b, b);
            }
            _ => {}
        }
    }
    for side in digest.calculation.sides() {
        match side {
            Side::Product(figures, _) if figures.len() >= 3 => take(figures[0].value(), figures[1].value()),
            _ => {}
        }
    }
    for side in digest.output.sides() {
        if let Side::Formula(Some(form), ..) = side {
            take(form.minus.value, form.minus.value);
        }
    }
    let told: SmallVec<[&Figure; 4]> = digest.kernel.figures().take(2).collect();
    let against =
        |n: i128| told.iter().map(|figure| search.hand.cost(&figure.digits, n).min(UNTOLD)).fold(0.0, f32::max);
    let cost = |[a, b]: [i128; 2]| against(a).max(against(b)) + if a == b { 0.0 } else { 4.0 };
    kernels.into_iter().map(|kernel| (kernel, cost(kernel))).collect()
}

/// The numbers of kernels or units that are seen in a row, its output and the row below.
fn counts(search: &Search<'_, '_>, row: usize, dense: bool) -> SmallVec<[(i128, f32); 4]> {
    let digest = &search.sheet.rows[row];
    let below = search.sheet.rows.get(row + 1);
    let mut votes: Vec<i128> = digest.kernels.alone().filter_map(|figure| figure.value()).collect();
    for side in digest.output.sides().chain(below.into_iter().flat_map(|below| below.input.sides())) {
        match side {
            Side::Product(figures, _) if figures.len() == 3 || dense => {
                votes.extend(figures[figures.len() - 1].value())
            }
            Side::Figure(figure) if dense => votes.extend(figure.value()),
            _ => {}
        }
    }
    let mut worked: SmallVec<[&Figure; 8]> = SmallVec::new();
    for side in digest.calculation.sides() {
        match side {
            Side::Product(figures, _) if figures.len() <= 4 => worked.extend([figures[0], figures[figures.len() - 1]]),
            // `3 × 3 × 3 × 32 + 32`: the biases stand last.
            Side::Formula(_, _, figures) if figures.len() <= 6 => worked.extend(figures.last().copied()),
            _ => {}
        }
    }
    votes.extend(worked.iter().filter_map(|figure| figure.value()));
    votes.retain(|n| (1..1_000_000_000).contains(n));
    let repaired: Vec<i128> = votes.iter().flat_map(|n| repaired(search, *n)).collect();
    votes.extend(repaired);
    // What is seen oftener is the likelier; what the row's own cells speak against is not looked at.
    let mut distinct: Vec<(i128, usize, usize)> = Vec::new();
    for (at, n) in votes.iter().enumerate() {
        match distinct.iter_mut().find(|(known, ..)| known == n) {
            Some((_, times, _)) => *times += 1,
            None => distinct.push((*n, 1, at)),
        }
    }
    distinct.sort_by_key(|&(_, times, at)| (std::cmp::Reverse(times), at));
    // The depth that a row gives may be wrong, however often it was copied: it speaks once.
    let depth = digest.output.shapes(3).map(|figures| figures[2]).last().filter(|_| !dense);
    let shown: SmallVec<[&Figure; 4]> = digest.kernels.alone().chain(depth).collect();
    let cost = |figure: &Figure, n: i128| search.hand.cost(&figure.digits, n).min(stray(&figure.digits));
    let against = |n: i128| -> f32 {
        let working = worked.iter().map(|figure| cost(figure, n)).reduce(f32::min);
        shown.iter().map(|figure| cost(figure, n)).sum::<f32>() + working.unwrap_or(0.0)
    };
    let counts: SmallVec<[(i128, f32); 8]> = distinct.iter().take(COUNTS).map(|&(n, ..)| (n, against(n))).collect();
    let least = counts.iter().map(|(_, cost)| *cost).fold(f32::INFINITY, f32::min);
    counts.into_iter().filter(|(_, cost)| *cost < least + FAR).map(|(n, _)| (n, 0.0)).collect()
}

/// What may have been written where a number was read, by the habits of the hand: one digit, or all that look alike.
fn repaired(search: &Search<'_, '_>, read: i128) -> Vec<i128> {
    let digits = read.to_string();
    let mut meant = Vec::new();
    for (from, to) in search.hand.habits() {
        let (from, to) = (char::from(b'0' + from), char::from(b'0' + to));
        let places = digits.char_indices().filter(|(_, digit)| *digit == to).map(|(at, _)| at);
        for at in places {
            let mut text = digits.clone();
            text.replace_range(at..=at, from.encode_utf8(&mut [0; 4]));
            meant.extend(text.parse::<i128>());
        }
        if digits.matches(to).count() > 1 {
            meant.extend(digits.replace(to, from.encode_utf8(&mut [0; 4])).parse::<i128>());
        }
    }
    meant
}

/// The inputs that a sheet may begin with.
pub(crate) fn inputs(search: &Search<'_, '_>) -> Vec<(Dims, f32)> {
    let Some(first) = search.sheet.rows.first() else { return Vec::new() };
    let mut inputs: Vec<(Dims, f32)> = Vec::new();
    let mut take = |dims: Dims, cost: f32| {
        if !inputs.iter().any(|(known, _)| *known == dims) && dims.iter().all(|&n| (1..1_000_000).contains(&n)) {
            inputs.push((dims, cost));
        }
    };
    for figures in first.input.shapes(3) {
        let values: Option<Vec<i128>> = figures.iter().map(|figure| figure.value()).collect();
        let Some(values) = values else { continue };
        let (h, w, c) = (values[0], values[1], values[2]);
        let image = |h, w, c| Dims::from_slice(&[c, h, w]);
        // Sheets begin with an image: grey, or of three colours.
        let channels = if matches!(c, 1 | 3) { 0.0 } else { 3.0 };
        take(image(h, w, c), channels);
        take(image(h, h, c), 1.0 + channels);
        take(image(w, w, c), 1.0 + channels);
        for depth in [1, 3] {
            take(image(h, w, depth), 1.0);
        }
        for side in first.output.sides() {
            if let Side::Formula(Some(form), ..) = side
                && let Some(size) = form.first.value
            {
                take(image(size, size, c), 1.0);
            }
        }
        // `3x150x150`
        if w == c && h != w {
            take(image(w, c, h), 0.5);
        }
    }
    if first.input.shapes(3).next().is_none() && first.input.shapes(2).next().is_some() {
        // `169x169x`: the channels were lost.
        let image = first.input.shapes(2).filter_map(|figures| figures[0].value().zip(figures[1].value()));
        for (h, w) in image.collect::<Vec<_>>() {
            [3, 1].into_iter().for_each(|depth| take(Dims::from_slice(&[depth, h, w]), 1.0));
        }
    } else if first.input.shapes(3).next().is_none() {
        for side in first.input.sides() {
            match side {
                Side::Figure(figure) => {
                    if let Some(n) = figure.value() {
                        take([n].into_iter().collect(), 0.0);
                    }
                }
                Side::Product(_, Some(value)) => take([*value].into_iter().collect(), 0.5),
                _ => {}
            }
        }
    }
    inputs
}
