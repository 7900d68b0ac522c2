//! How a network learns: what can be chosen, and what is taken where nothing is said.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::fmt::Display;
use std::str::FromStr;

use workings::Fault;
use workings::fault::nearest;

use super::augment::{AUGMENTATIONS, Augmentation};
use super::optimizer::{OPTIMIZERS, Optimizer};

/// How a network learns.
#[derive(Clone, Debug)]
pub struct Options {
    /// How steps are made of gradients.
    pub optimizer: &'static Optimizer,
    /// How long a step is, before the schedule.
    pub learning_rate: f64,
    /// How the learning rate changes from step to step.
    pub schedule: &'static Schedule,
    /// How much of a parameter goes at each step, times the learning rate.
    pub weight_decay: f64,
    /// How many images a step is made of.
    pub batch: usize,
    /// How many times all images are seen.
    pub epochs: u32,
    /// What all chance starts from: the parameters, the division, the order, dropout, augmentation.
    pub seed: u64,
    /// How images are changed.
    pub augment: Vec<Augmentation>,
    /// The fraction of each class that is held out, where the folder does not say which.
    pub held_out: f64,
    /// After how many epochs without a lower loss on the held-out images it ends; `None`: never.
    pub patience: Option<u32>,
}

/// How the learning rate changes.
#[derive(Debug)]
pub struct Schedule {
    /// As people ask for it.
    pub name: &'static str,
    /// What it does, in words.
    pub says: &'static str,
    /// The factor at a point of the run, from 0 (the first step) to 1 (its end).
    factor: fn(f64) -> f64,
}

/// Every schedule, in alphabetical order.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { name: "constant", says: "the same at every step", factor: |_| 1.0 },
    Schedule {
        name: "cosine",
        says: "down to 0 along half a cosine (Loshchilov & Hutter 2017, arXiv 1608.03983)",
        factor: |at| 0.5 * (1.0 + (PI * at).cos()),
    },
    Schedule { name: "linear", says: "down to 0 in equal steps", factor: |at| 1.0 - at },
];

/// What an option is called, on the command line and in a checkpoint.
pub const NAMES: [&str; 10] = [
    "augment",
    "batch",
    "epochs",
    "learning-rate",
    "optimizer",
    "patience",
    "schedule",
    "seed",
    "validation",
    "weight-decay",
];

impl Options {
    /// The options that were told, by name, and the defaults of the rest.
    ///
    /// A fault where a name or a value is none.
    pub fn of(told: &BTreeMap<String, String>) -> Result<Options, Fault> {
        let text = |name: &str| told.get(name).map(String::as_str);
        let optimizer = chosen(OPTIMIZERS, |o| o.name, "optimizer", text("optimizer").unwrap_or("adam"))?;
        let fraction = |name, default: f64, what, holds: fn(f64) -> bool| {
            number(text(name), name, what, holds).map(|told| told.unwrap_or(default))
        };
        let augment = text("augment").unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
        let options = Options {
            optimizer,
            learning_rate: fraction("learning-rate", optimizer.learning_rate, "a number above 0", |n| {
                n > 0.0 && n < f64::INFINITY
            })?,
            schedule: chosen(SCHEDULES, |s| s.name, "schedule", text("schedule").unwrap_or("constant"))?,
            weight_decay: fraction("weight-decay", optimizer.weight_decay, "a number of 0 or more", |n| {
                (0.0..f64::INFINITY).contains(&n)
            })?,
            batch: number(text("batch"), "batch", "a whole number of 1 or more", |n: usize| n > 0)?.unwrap_or(32),
            epochs: number(text("epochs"), "epochs", "a whole number of 1 or more", |n: u32| n > 0)?.unwrap_or(10),
            seed: number(text("seed"), "seed", "a whole number of 0 or more", |_| true)?.unwrap_or(0),
            augment: augment
                .map(|name| chosen(AUGMENTATIONS, |a| a.name, "augmentation", name).copied())
                .collect::<Result<_, _>>()?,
            held_out: fraction("validation", 0.2, "a fraction from 0 to below 1", |n| (0.0..1.0).contains(&n))?,
            patience: match text("patience") {
                Some("never") => None,
                told => number(told, "patience", "a whole number of 1 or more", |n: u32| n > 0)?,
            },
        };
        Ok(options)
    }

    /// Every option and its value, in the order of [`NAMES`]: what [`Options::of`] makes these of again.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let augment: Vec<&str> = self.augment.iter().map(|augmentation| augmentation.name).collect();
        let values = [
            augment.join(","),
            self.batch.to_string(),
            self.epochs.to_string(),
            self.learning_rate.to_string(),
            self.optimizer.name.to_owned(),
            self.patience.map_or_else(|| "never".to_owned(), |epochs| epochs.to_string()),
            self.schedule.name.to_owned(),
            self.seed.to_string(),
            self.held_out.to_string(),
            self.weight_decay.to_string(),
        ];
        NAMES.into_iter().zip(values).collect()
    }

    /// The learning rate of a step, counted from 0, of so many.
    pub fn rate(&self, step: u64, of: u64) -> f64 {
        self.learning_rate * (self.schedule.factor)(step as f64 / of.max(1) as f64)
    }
}

fn number<N: FromStr + Copy>(
    told: Option<&str>,
    name: &str,
    what: &str,
    holds: impl Fn(N) -> bool,
) -> Result<Option<N>, Fault> {
    let Some(told) = told else { return Ok(None) };
    match told.parse().ok().filter(|number| holds(*number)) {
        Some(number) => Ok(Some(number)),
        None => Err(Fault::new(format!("--{name} {told}: {what} is needed"))),
    }
}

fn chosen<T>(
    all: &'static [T],
    name: fn(&T) -> &'static str,
    what: impl Display,
    told: &str,
) -> Result<&'static T, Fault> {
    let names = || all.iter().map(name);
    all.iter().find(|one| name(one) == told).ok_or_else(|| {
        let fault = Fault::new(format!("there is no {what} `{told}`"));
        match nearest(told, names()) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("there are {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}
