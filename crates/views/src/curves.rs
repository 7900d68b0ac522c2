//! Curves of a network that learned, as SVG: the loss and the accuracy, epoch by epoch.

use std::fmt::Write;

use workings::training::{Epoch, Score, Training};

/// The picture's sides, in pixels.
const SIZE: (f64, f64) = (760.0, 560.0);

/// Where a chart's axes stand: left, right, and how high it is.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 740.0;
const HEIGHT: f64 = 180.0;

/// The colours of the images learned from and of those held out; they can be told apart without colours by the dashes.
const COLOURS: [&str; 2] = ["#1b5e9e", "#b3440e"];

/// The curves as one SVG picture, which needs nothing else.
pub fn svg(training: &Training) -> String {
    let (width, height) = SIZE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"13\" fill=\"#222\" role=\"img\">\n\
         <title>{0}: loss and accuracy</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"16\">{0}: {1}</text>\n",
        escaped(&training.network),
        escaped(&summary(training)),
    );
    let losses = |score: &Score| score.loss;
    let top = training.epochs.iter().flat_map(scores).map(|score| losses(&score)).filter(|loss| loss.is_finite());
    chart(&mut svg, training, 70.0, "loss", losses, ticks(0.0, top.fold(0.01, f64::max)));
    let accuracies = |score: &Score| score.accuracy * 100.0;
    let low = training.epochs.iter().flat_map(scores).map(|score| accuracies(&score)).fold(100.0, f64::min);
    chart(&mut svg, training, 310.0, "accuracy in %", accuracies, ticks(low, 100.0));
    legend(&mut svg, training.epochs.iter().any(|epoch| epoch.validation.is_some()));
    svg + "</svg>\n"
}

fn summary(training: &Training) -> String {
    let (from, held) = training.images;
    let held = if held > 0 { format!(", {held} held out") } else { String::new() };
    format!("{} classes, {from} images{held}", training.classes.len())
}

fn scores(epoch: &Epoch) -> impl Iterator<Item = Score> {
    std::iter::once(epoch.training).chain(epoch.validation)
}

/// Round numbers from at most `low` to at least `high`, four to eight of them.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let low = if high > low { low } else { high - 1.0 };
    let span = high - low;
    let rough = span / 5.0;
    let ten = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * ten).find(|step| *step >= rough).unwrap_or(10.0 * ten);
    let (first, last) = ((low / step).floor(), (high / step - 1e-9).ceil());
    let last = if last > first { last } else { first + 1.0 };
    (0..=(last - first) as usize).map(|at| (first + at as f64) * step).collect()
}

fn chart(svg: &mut String, training: &Training, top: f64, title: &str, of: fn(&Score) -> f64, ticks: Vec<f64>) {
    let bottom = top + HEIGHT;
    let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
    let y = |value: f64| bottom - (value - low) / (high - low) * HEIGHT;
    let last = training.epochs.last().map_or(1, |epoch| epoch.number).max(2);
    let x = |epoch: u32| LEFT + f64::from(epoch - 1) / f64::from(last - 1) * (RIGHT - LEFT);
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{title}</text>", top - 10.0);
    for tick in &ticks {
        let at = y(*tick);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {at:.1}H{RIGHT}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.5,
            number(*tick)
        );
    }
    for epoch in (1..=last).step_by((last as usize).div_ceil(12)) {
        let _ =
            writeln!(svg, "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{epoch}</text>", x(epoch), bottom + 18.0);
    }
    let learned: Vec<(f64, f64)> =
        training.epochs.iter().map(|epoch| (x(epoch.number), y(of(&epoch.training)))).collect();
    let held = |epoch: &Epoch| Some((x(epoch.number), y(of(epoch.validation.as_ref()?))));
    let held: Vec<(f64, f64)> = training.epochs.iter().filter_map(held).collect();
    curve(svg, &learned, 0);
    curve(svg, &held, 1);
}

/// A line through points; with a dot on each, so that a single one is seen.
fn curve(svg: &mut String, points: &[(f64, f64)], which: usize) {
    let points: Vec<&(f64, f64)> = points.iter().filter(|(_, y)| y.is_finite()).collect();
    let (colour, dashes) = (COLOURS[which], ["", " stroke-dasharray=\"7 4\""][which]);
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    if points.len() > 1 {
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>",
            line.join(" ")
        );
    }
    if points.len() <= 60 {
        for (x, y) in points {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{colour}\"/>");
        }
    }
}

fn legend(svg: &mut String, held_out: bool) {
    let y = SIZE.1 - 22.0;
    let mut entry = |which: usize, x: f64, says: &str| {
        curve(svg, &[(x, y - 4.5), (x + 34.0, y - 4.5)], which);
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{y}\">{says}</text>", x + 42.0);
    };
    entry(0, LEFT, "learned from, while learning");
    if held_out {
        entry(1, LEFT + 280.0, "held out, after the epoch");
    }
    let _ = writeln!(svg, "<text x=\"{RIGHT}\" y=\"{y}\" text-anchor=\"end\">epoch</text>");
}

/// A tick without the digits that binary fractions add.
fn number(tick: f64) -> String {
    let text = format!("{tick:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
