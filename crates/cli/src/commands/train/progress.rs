//! How far a run is: a live bar on a terminal, a line an epoch elsewhere.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use engine::train;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use workings::training::{Epoch, Score};

use crate::args::Shared;

pub(super) struct Progress {
    bar: ProgressBar,
    epochs: u32,
    quiet: bool,
}

impl Progress {
    pub fn new(shared: &Shared, epochs: u32) -> Progress {
        let live = std::io::stderr().is_terminal() && !shared.quiet;
        let bar = ProgressBar::with_draw_target(
            None,
            if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        Progress { bar, epochs, quiet: shared.quiet }
    }

    /// Images are read before the first epoch.
    pub fn reading(&self, done: usize, all: usize) {
        if self.bar.length() != Some(all as u64) {
            self.begin("reading images {wide_bar} {pos}/{len}", all);
        }
        self.bar.set_position(done as u64);
    }

    /// All of them are.
    pub fn read(&self) {
        self.bar.finish_and_clear();
    }

    /// A step is done.
    pub fn step(&self, now: &train::Progress) {
        if now.step == 1 {
            self.bar.set_message("");
            self.bar.set_prefix(format!("epoch {}/{}", now.epoch, self.epochs));
            self.begin("{prefix} {bar:12} {pos}/{len} · {msg} · {eta} left", now.steps);
            self.bar.reset();
        }
        let rate = now.images as f64 / self.bar.elapsed().as_secs_f64().max(1e-9);
        self.bar.set_message(format!("{} · {rate:.0} images/s", said(&now.score)));
        self.bar.set_position(now.step as u64);
    }

    /// An epoch is over and kept.
    pub fn epoch(&self, epoch: &Epoch, images: usize) {
        let Epoch { number, training, validation, seconds, .. } = epoch;
        let held = validation.map_or_else(String::new, |score| format!("; held out: {}", said(&score)));
        let rate = epoch.rate(images).unwrap_or_default();
        let left = Duration::from_secs_f64(seconds * f64::from(self.epochs.saturating_sub(*number)));
        let left = if left.is_zero() { String::new() } else { format!(", {} left", HumanDuration(left)) };
        let line = format!(
            "epoch {number}/{}: {}{held}; {seconds:.1} s, {rate:.0} images/s{left}",
            self.epochs,
            said(training)
        );
        // On a terminal the line takes the place of the bar.
        self.bar.finish_and_clear();
        if !self.quiet {
            // Nothing can be done where even standard error is closed; the run goes on.
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }

    fn begin(&self, template: &str, length: usize) {
        self.bar.set_length(length as u64);
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

fn said(score: &Score) -> String {
    format!("loss {:.4}, {} right", score.loss, views::train::percent(score.accuracy))
}
