//! What a page costs: a chain of 10,000 convolutions, each unlike the others, written and read again.
//!
//! `cargo bench -p workings-calc --bench page` prints microseconds a layer, beside the same arithmetic on bare integers.

use std::hint::black_box;
use std::time::Instant;

use calc::{Calc, Claim, Line, Page, Qty, Reading, Tape, Value};

const LAYERS: usize = 10_000;
const BINDINGS: usize = 1_000;

/// What somebody chose for a layer.
struct Layer {
    kernel: i64,
    stride: i64,
    pad: i64,
    dilation: i64,
    groups: i64,
    channels: i64,
}

/// Layers that all differ. An image stays between some 50 and 400 wide: small ones grow by padding, large ones shrink by stride.
fn layers() -> Vec<Layer> {
    let mut width = 224;
    (0..LAYERS as i64)
        .map(|i| {
            let (kernel, dilation) = (1 + i * 7 % 6, 1 + i / 5 % 3);
            let stride = if width > 300 { 2 + i % 3 } else { 1 };
            let pad = dilation * (kernel - 1) / 2 + 1 + i % 2;
            width = (width - dilation * (kernel - 1) - 1 + 2 * pad) / stride + 1;
            Layer { kernel, stride, pad, dilation, groups: 1 << (i % 4), channels: 16 * (1 + i % 997) }
        })
        .collect()
}

/// Parameters, multiply-adds, elements moved, and the most elements that are alive at once.
struct Totals<T> {
    params: T,
    macs: T,
    moved: T,
    peak: T,
}

fn write(layers: &[Layer]) -> (Page, [Line; 2], [Line; 4]) {
    let calc = Calc::new();
    let leaves = [calc.symbol("H", Some(224)), calc.symbol("W", Some(224))];
    let (mut c, mut space) = (calc.given("C", 3 * 8), leaves);
    let zero = calc.literal(0);
    let mut totals = Totals { params: zero, macs: zero, moved: zero, peak: zero };
    for layer in layers {
        (c, space) = write_layer(&calc, layer, c, space, &mut totals);
    }
    let Totals { params, macs, moved, peak } = totals;
    let (leaves, wanted) = (leaves.map(Qty::line), [params, macs, moved, peak].map(Qty::line));
    (calc.into_page(), leaves, wanted)
}

fn write_layer<'c>(
    calc: &'c Calc,
    layer: &Layer,
    c_in: Qty<'c>,
    space: [Qty<'c>; 2],
    totals: &mut Totals<Qty<'c>>,
) -> (Qty<'c>, [Qty<'c>; 2]) {
    let kernel = calc.given("K", layer.kernel.into());
    let stride = calc.given("S", layer.stride.into());
    let pad = calc.given("P", layer.pad.into());
    let dilation = calc.given("D", layer.dilation.into());
    let groups = calc.given("G", layer.groups.into());
    let c_out = calc.given("C_out", layer.channels.into());

    let (c_in, height, width) = (c_in.taken("C_in"), space[0].taken("H"), space[1].taken("W"));
    let reach = dilation * (kernel - 1) + 1;
    let slide = |size: Qty<'c>, name| {
        let room = (size - reach + pad * 2).fits("the window fits inside the padded input");
        (room.floor_div(stride) + 1).called(name)
    };
    let out = [slide(height, "H_out"), slide(width, "W_out")];

    let fan_in =
        (c_in.splits_into(groups, "the channels split into groups") / groups * kernel * kernel).called("fan_in");
    let weights = (c_out * fan_in).called("weights");
    let params = (weights + c_out).called("params");
    let outputs = (c_out * out[0] * out[1]).called("outputs");
    let macs = (outputs * fan_in).called("MACs");

    let inputs = c_in * height * width;
    let read = inputs + params;
    let moved = read + outputs;
    let alive = (inputs + outputs) * 4;
    totals.params = totals.params + params;
    totals.macs = totals.macs + macs;
    totals.moved = totals.moved + moved;
    totals.peak = totals.peak.at_least(alive);
    (c_out, out)
}

/// The same arithmetic without a page.
fn plain(layers: &[Layer], height: i64, width: i64) -> Option<Totals<i64>> {
    let (mut c_in, mut height, mut width) = (24i64, height, width);
    let mut totals = Totals { params: 0i64, macs: 0i64, moved: 0i64, peak: 0i64 };
    for layer in layers {
        let reach = layer.dilation.checked_mul(layer.kernel.checked_sub(1)?)?.checked_add(1)?;
        let slide = |size: i64| {
            let room = size.checked_sub(reach)?.checked_add(layer.pad.checked_mul(2)?)?;
            if room < 0 {
                return None;
            }
            room.checked_div_euclid(layer.stride)?.checked_add(1)
        };
        let (h_out, w_out) = (slide(height)?, slide(width)?);
        if c_in.checked_rem(layer.groups)? != 0 {
            return None;
        }
        let fan_in = (c_in / layer.groups).checked_mul(layer.kernel)?.checked_mul(layer.kernel)?;
        let params = layer.channels.checked_mul(fan_in)?.checked_add(layer.channels)?;
        let outputs = layer.channels.checked_mul(h_out)?.checked_mul(w_out)?;
        let inputs = c_in.checked_mul(height)?.checked_mul(width)?;
        let moved = inputs.checked_add(params)?.checked_add(outputs)?;
        totals.params = totals.params.checked_add(params)?;
        totals.macs = totals.macs.checked_add(outputs.checked_mul(fan_in)?)?;
        totals.moved = totals.moved.checked_add(moved)?;
        totals.peak = totals.peak.max(inputs.checked_add(outputs)?.checked_mul(4)?);
        (c_in, height, width) = (layer.channels, h_out, w_out);
    }
    Some(totals)
}

/// The shortest of several runs, in microseconds a layer.
fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> f64 {
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64() * 1e6 / LAYERS as f64
    };
    (0..runs).map(run).fold(f64::INFINITY, f64::min)
}

fn main() {
    let layers = layers();
    let (page, leaves, wanted) = write(&layers);
    let heights: Vec<i64> = (0..BINDINGS as i64).map(|i| 64 + i * 37 % 1000).collect();
    let widths: Vec<i64> = (0..BINDINGS as i64).map(|i| 64 + i * 101 % 1000).collect();

    let mut reading = Reading::of(&page, &leaves).expect("two symbols");
    let mut tape = Tape::new(&page, &leaves, &wanted).expect("two symbols");
    let answers = tape.read(&[&heights, &widths]);
    for (i, (&height, &width)) in heights.iter().zip(&widths).enumerate() {
        let totals = plain(&layers, height, width).expect("every image fits");
        let plain = [totals.params, totals.macs, totals.moved, totals.peak].map(|n| Value::Known(n.into()));
        assert_eq!([0, 1, 2, 3].map(|w| answers.value(w, i)), plain, "{height} × {width}");
        if i % 100 == 0 {
            reading.read(&[height.into(), width.into()]);
            assert_eq!(wanted.map(|line| reading.value(line)), plain, "{height} × {width}");
        }
    }

    let bare = least(40, || plain(black_box(&layers), 224, 224));
    let mut next = 0;
    let mut binding = || {
        next = (next + 1) % BINDINGS;
        [heights[next], widths[next]]
    };
    let lines = page.len() as f64 / LAYERS as f64;
    let claims = page.claims().count() as f64 / LAYERS as f64;
    let bytes = lines * 16.0 + claims * size_of::<Claim>() as f64;
    println!("{LAYERS} layers of {lines:.1} lines and {claims:.1} claims, {bytes:.0} bytes a layer");
    println!("{:<44}{:>12}{:>16}", "", "µs a layer", "× bare integers");
    let row = |what: &str, time: f64| println!("{what:<44}{time:>12.4}{:>16.2}", time / bare);
    row("bare checked integers, no page", bare);
    row("write the page", least(15, || write(black_box(&layers))));
    row("prepare a reading", least(5, || Reading::of(&page, &leaves)));
    row("read again, one binding", least(40, || reading.read(&binding().map(i128::from))));
    row("prepare a tape", least(5, || Tape::new(&page, &leaves, &wanted)));
    let many = least(7, || tape.read(&[&heights, &widths])) / BINDINGS as f64;
    row("tape of 1,000 bindings, for each of them", many);
    let few = least(20, || tape.read(&[&heights[..100], &widths[..100]])) / 100.0;
    row("tape of 100 bindings, for each of them", few);
    let broken: Vec<i64> = (0..).zip(&heights).map(|(i, &height)| if i % 10 == 0 { -height } else { height }).collect();
    let tenth = least(5, || tape.read(&[&broken, &widths])) / BINDINGS as f64;
    row("tape of 1,000 bindings, every tenth breaks", tenth);
}
