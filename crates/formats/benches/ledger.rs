//! What a ledger costs: reading the notation, and working the network out, for 10,000 layers of which no two are alike.
//!
//!     cargo bench -p workings-formats --bench ledger
//!
//! Times are the least of several runs, each beside the same arithmetic on plain checked integers in the same process.

use std::hint::black_box;
use std::time::{Duration, Instant};

use workings::ledger::{Binds, Ledger};

const LAYERS: i64 = 10_000;
const RUNS: usize = 7;

/// Convolutions that keep the size but differ in kernel, dilation and number of kernels.
fn network() -> String {
    let mut text = String::from("input 640x480x3\n");
    for i in 0..LAYERS {
        let (kernel, dilation) = (1 + 2 * (i % 7), 1 + i % 3);
        let pad = dilation * (kernel - 1) / 2;
        text += &format!("conv {kernel}x{kernel}, {}, pad {pad}, dilation {dilation}\n", 16 + i % 1009);
    }
    text
}

/// The same arithmetic without a page.
fn plain() -> Option<i128> {
    let (mut height, mut width, mut channels) = (640i64, 480i64, 3i64);
    let (mut params, mut macs) = (0i128, 0i128);
    for i in 0..LAYERS {
        let (kernel, dilation, kernels) = (1 + 2 * (i % 7), 1 + i % 3, 16 + i % 1009);
        let pad = dilation.checked_mul(kernel - 1)? / 2;
        let reach = dilation.checked_mul(kernel - 1)?.checked_add(1)?;
        let step = |size: i64| {
            size.checked_sub(reach)?.checked_add(pad.checked_mul(2)?)?.checked_div_euclid(1)?.checked_add(1)
        };
        (height, width) = (step(height)?, step(width)?);
        let fan_in = kernel.checked_mul(kernel)?.checked_mul(channels)?;
        let weights = fan_in.checked_mul(kernels)?;
        params = params.checked_add(i128::from(weights.checked_add(kernels)?))?;
        macs = macs.checked_add(i128::from(height.checked_mul(width)?.checked_mul(weights)?))?;
        channels = kernels;
    }
    black_box(macs);
    Some(params)
}

fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let mut time = || {
        let start = Instant::now();
        let done = black_box(run());
        let time = start.elapsed();
        drop(done);
        time
    };
    (0..RUNS).map(|_| time()).min().unwrap_or_default()
}

fn main() {
    let text = network();
    let (model, faults) = formats::net::read(&text);
    assert!(faults.is_empty(), "{faults:?}");
    let base = least(plain);
    let each = |time: Duration| time.as_secs_f64() * 1e6 / LAYERS as f64;
    let say = |what: &str, time: Duration| {
        println!(
            "{what:44} {:8.3} µs a layer {:8.1} × plain integers",
            each(time),
            time.as_secs_f64() / base.as_secs_f64()
        );
    };
    say("plain checked integers", base);
    say("reading the notation", least(|| formats::net::read(&text)));
    let model_copy = least(|| model.clone());
    let worked = least(|| Ledger::of(model.clone(), &Binds::new())).saturating_sub(model_copy);
    say("working it out (page, rows and totals)", worked);
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(ledger.page.known(ledger.totals.params.line), plain());
    println!(
        "{:44} {:8.1} lines, {:.0} bytes a layer",
        "the page",
        ledger.page.len() as f64 / LAYERS as f64,
        16.0 * ledger.page.len() as f64 / LAYERS as f64
    );
}
