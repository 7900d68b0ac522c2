//! Learning: a network, images by class, and steps that make the loss smaller.
//!
//! All chance of an epoch hangs on the seed and the epoch's number alone, so a run that was stopped and goes on does what it
//! would have done.

mod augment;
mod images;
mod loss;
mod memory;
mod optimizer;
mod options;

use std::collections::BTreeMap;
use std::time::Instant;

use burn_tensor::Tensor;
use workings::model::From;
use workings::training::{Epoch, Score, Training};
use workings::{Fault, Ledger, Model};

pub use augment::{AUGMENTATIONS, Augmentation};
pub use images::{Example, Images};
pub use memory::fits;
pub use optimizer::{OPTIMIZERS, Optimizer};
pub use options::{NAMES, Options, SCHEDULES, Schedule};

use crate::params::leaf;
use crate::picture::Picture;
use crate::random::Random;
use crate::values::Values;
use crate::{Network, Tensors};
use loss::Loss;
use optimizer::Step;

/// How far an epoch is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The epoch, from 1.
    pub epoch: u32,
    /// Steps that are done.
    pub step: usize,
    /// Steps that it has.
    pub steps: usize,
    /// Images that are done.
    pub images: usize,
    /// The score on them.
    pub score: Score,
}

/// A network that learns.
pub struct Trainer {
    /// What became of it so far.
    pub training: Training,
    options: Options,
    network: Network,
    images: Images,
    loss: Loss,
    end: usize,
    /// What the optimiser remembers, of each learned parameter: its place in the list, and its tensors.
    slots: Vec<(usize, Vec<Tensor<1>>)>,
    /// Steps that were made.
    steps: u64,
}

impl Trainer {
    /// A network of this ledger that is to learn from these images; `device` is what the training calls its device.
    ///
    /// A fault where it does not end in scores for these classes.
    pub fn new(
        network: Network,
        ledger: &Ledger,
        images: Images,
        options: Options,
        device: &str,
    ) -> Result<Trainer, Fault> {
        let (end, loss) = scored(ledger, &network, &images.classes)?;
        spread(ledger, images.training.len(), options.batch)?;
        if options.patience.is_some() && images.validation.is_empty() {
            return Err(Fault::new("--patience waits for the held-out images to get better, and none are held out")
                .hint("leave it out, or hold some out with --validation"));
        }
        let learned = network.params.iter().enumerate().filter(|(_, param)| param.learned());
        let slots: Vec<_> = learned
            .map(|(at, param)| {
                let zeros = || Tensor::<1>::zeros([param.values.elements()], &network.device().clone().inner());
                (at, options.optimizer.slots.iter().map(|_| zeros()).collect())
            })
            .collect();
        if slots.is_empty() {
            return Err(Fault::new(format!("{}: it has no parameters, so there is nothing to learn", network.name)));
        }
        let training = Training {
            network: network.name.clone(),
            device: device.to_owned(),
            classes: images.classes.clone(),
            images: (images.training.len(), images.validation.len()),
            options: options.told(),
            epochs: Vec::new(),
            ended_early: false,
        };
        Ok(Trainer { training, options, network, images, loss, end, slots, steps: 0 })
    }

    /// Whether there is another epoch to come.
    pub fn goes_on(&self) -> bool {
        !self.training.ended_early && self.training.epochs.len() < self.options.epochs as usize
    }

    /// Learns for one epoch. `seen` is told of every step and says whether to go on; `None` if it said no, and then nothing
    /// of the epoch may be kept.
    ///
    /// A fault where the loss is no number any more, with the step, or an image cannot be read.
    pub fn epoch(&mut self, seen: &mut dyn FnMut(Progress) -> bool) -> Result<Option<Epoch>, Fault> {
        let begun = Instant::now();
        let number = self.training.epochs.len() as u32 + 1;
        let mut random = Random::of(self.options.seed, &[1, number.into()]);
        let mut order: Vec<usize> = (0..self.images.training.len()).collect();
        random.shuffle(&mut order);
        self.network.restart(Random::of(self.options.seed, &[2, number.into()]));
        let steps = order.len().div_ceil(self.options.batch);
        let of = steps as u64 * u64::from(self.options.epochs);
        let (mut sum, mut rate) = (Sum::default(), self.options.learning_rate);
        for (step, batch) in order.chunks(self.options.batch).enumerate() {
            rate = self.options.rate((u64::from(number) - 1) * steps as u64 + step as u64, of);
            let score = self.step(batch, rate, &mut random)?;
            if !score.loss.is_finite() {
                return Err(self.lost(number, step + 1));
            }
            sum.add(score, batch.len());
            if !seen(Progress { epoch: number, step: step + 1, steps, images: sum.images, score: sum.mean() }) {
                return Ok(None);
            }
        }
        let validation = self.validated()?;
        if validation.is_some_and(|score| !score.loss.is_finite()) || !self.whole()? {
            return Err(self.lost(number, steps));
        }
        let seconds = begun.elapsed().as_secs_f64();
        let epoch = Epoch { number, training: sum.mean(), validation, learning_rate: rate, seconds };
        self.training.epochs.push(epoch.clone());
        self.training.ended_early = self.enough();
        Ok(Some(epoch))
    }

    /// One step: the score of the batch before it.
    fn step(&mut self, batch: &[usize], rate: f64, random: &mut Random) -> Result<Score, Fault> {
        let augment = &self.options.augment;
        let changed = |at: &usize| -> Result<Picture, Fault> {
            let picture = self.images.training[*at].picture(self.images.shape())?;
            Ok(augment.iter().fold(picture, |picture, way| way.change(&picture, random)))
        };
        let pictures: Vec<Picture> = batch.iter().map(changed).collect::<Result<_, _>>()?;
        let classes: Vec<usize> = batch.iter().map(|at| self.images.training[*at].class).collect();
        let scores = self.scores(&pictures, true)?;
        let (loss, score) = self.loss.of_batch(scores, &classes)?;
        let mut gradients = self.network.gradients(&loss);
        self.steps += 1;
        for (at, slots) in &mut self.slots {
            let param = &mut self.network.params[*at];
            let (shape, count) = (param.values.shape(), param.values.elements());
            let Some(gradient) = gradients[*at].take() else { continue };
            let step = Step {
                param: param.values.clone().plain().shaped([count]),
                gradient: gradient.plain().shaped([count]),
                slots,
                number: self.steps,
                learning_rate: rate,
                weight_decay: self.options.weight_decay,
            };
            let after = Values::from(self.options.optimizer.step(step)).reshaped(&shape)?;
            param.values = leaf(after, param.role);
        }
        Ok(score)
    }

    /// Batch × units, before the last activation.
    fn scores(&mut self, pictures: &[Picture], training: bool) -> Result<Tensor<2>, Fault> {
        let input = Picture::batch(pictures, &self.network.device().clone().inner())?;
        let scores = self.network.scores(self.end, &[input], training)?;
        let units = scores.elements() / pictures.len();
        Ok(scores.shaped([pictures.len(), units]))
    }

    /// The score on the held-out images.
    fn validated(&mut self) -> Result<Option<Score>, Fault> {
        let mut sum = Sum::default();
        let all: Vec<usize> = (0..self.images.validation.len()).collect();
        for batch in all.chunks(self.options.batch) {
            let own = || batch.iter().map(|at| &self.images.validation[*at]);
            let pictures: Vec<Picture> =
                own().map(|example| example.picture(self.images.shape())).collect::<Result<_, _>>()?;
            let classes: Vec<usize> = own().map(|example| example.class).collect();
            let scores = self.scores(&pictures, false)?;
            sum.add(self.loss.of_batch(scores, &classes)?.1, batch.len());
        }
        Ok((sum.images > 0).then(|| sum.mean()))
    }

    /// Whether every parameter is a number still.
    fn whole(&self) -> Result<bool, Fault> {
        for param in &self.network.params {
            if param.values.to_vec()?.iter().any(|element| !element.is_finite()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the held-out images have got no better for long enough.
    fn enough(&self) -> bool {
        let losses: Vec<f64> = self.training.epochs.iter().filter_map(|epoch| Some(epoch.validation?.loss)).collect();
        let lowest = (0..losses.len()).reduce(|best, at| if losses[at] < losses[best] { at } else { best });
        match (self.options.patience, lowest) {
            (Some(patience), Some(lowest)) => losses.len() - 1 - lowest >= patience as usize,
            _ => false,
        }
    }

    fn lost(&self, epoch: u32, step: usize) -> Fault {
        let rate = self.options.learning_rate;
        Fault::new(format!("the loss is no number any more, in epoch {epoch} at step {step}"))
            .hint(format!("steps are too long: try a smaller --learning-rate than {rate}"))
    }

    /// The parameters as they are, in PyTorch's names and layout.
    pub fn weights(&self) -> Result<Tensors, Fault> {
        self.network.tensors()
    }

    /// All that a run goes on from: its tensors, and texts by name.
    pub fn checkpoint(&self) -> Result<(Tensors, BTreeMap<String, String>), Fault> {
        let mut tensors = self.weights()?;
        for (at, slots) in &self.slots {
            let param = &self.network.params[*at];
            for (name, slot) in self.options.optimizer.slots.iter().zip(slots) {
                let elements = Values::from(slot.clone()).to_vec()?;
                tensors.push((slot_name(name, &param.name), param.values.shape(), elements));
            }
        }
        let mut texts: BTreeMap<String, String> =
            self.training.options.iter().map(|(name, value)| (option(name), value.clone())).collect();
        texts.insert("train.mark".to_owned(), mark(&tensors).to_string());
        texts.insert("train.steps".to_owned(), self.steps.to_string());
        texts.insert("train.images".to_owned(), self.images.mark().to_string());
        texts.insert("train.epochs-done".to_owned(), self.training.epochs.iter().map(line).collect());
        Ok((tensors, texts))
    }

    /// Goes on from a checkpoint, which is called `from` in faults.
    ///
    /// A fault where it is of another network, other images, or not whole.
    pub fn resume(&mut self, from: &str, tensors: Tensors, texts: &BTreeMap<String, String>) -> Result<(), Fault> {
        let broken = || {
            Fault::new(format!("`{from}` is no checkpoint of a run, or not whole"))
                .hint("begin anew in another --save folder")
        };
        let text = |name: &str| texts.get(name).ok_or_else(broken);
        if *text("train.images")? != self.images.mark().to_string() {
            return Err(Fault::new(format!("`{from}` is of a run with other images, or divided otherwise"))
                .hint("give the folder as it was, or begin anew in another --save folder"));
        }
        if *text("train.mark")? != mark(&tensors).to_string() {
            return Err(broken());
        }
        let (mut own, mut slots) = (Vec::new(), BTreeMap::new());
        for (name, shape, elements) in tensors {
            match name.starts_with(SLOT) {
                true => drop(slots.insert(name, elements)),
                false => own.push((name, shape, elements)),
            }
        }
        self.network.load(from, own.into_iter())?;
        for (at, held) in &mut self.slots {
            let param = &self.network.params[*at];
            for (name, slot) in self.options.optimizer.slots.iter().zip(held) {
                let elements = slots.remove(&slot_name(name, &param.name));
                let elements = elements.filter(|found| found.len() == param.values.elements()).ok_or_else(broken)?;
                let count = elements.len();
                let device = self.network.device().clone().inner();
                *slot = Values::new(&[count], elements, &device)?.shaped([count]);
            }
        }
        self.steps = text("train.steps")?.parse().map_err(|_| broken())?;
        let epochs = text("train.epochs-done")?.lines().map(|line| told(line).ok_or_else(broken));
        self.training.epochs = epochs.collect::<Result<_, _>>()?;
        self.training.ended_early = self.enough();
        Ok(())
    }
}

/// What the names of an optimiser's tensors begin with; no layer's can.
const SLOT: &str = "optimizer:";

fn slot_name(slot: &str, param: &str) -> String {
    format!("{SLOT}{slot}:{param}")
}

/// A number for what tensors hold, whatever their order: a checkpoint that was damaged has another.
fn mark(tensors: &Tensors) -> u64 {
    let one = |(name, _, elements): &(String, Vec<usize>, Vec<f32>)| {
        let begun = fnv(FNV, name.bytes().map(u64::from));
        fnv(begun, elements.iter().map(|element| u64::from(element.to_bits())))
    };
    tensors.iter().map(one).fold(0, u64::wrapping_add)
}

/// FNV-1a (Fowler, Noll & Vo), from here on.
pub(super) fn fnv(begun: u64, parts: impl Iterator<Item = u64>) -> u64 {
    parts.fold(begun, |mark, part| (mark ^ part).wrapping_mul(0x0100_0000_01b3))
}

/// Where FNV-1a begins.
pub(super) const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// What an option is called in a checkpoint.
pub fn option(name: &str) -> String {
    format!("train.{name}")
}

/// An epoch as a checkpoint has it: numbers in a line, digit for digit.
fn line(epoch: &Epoch) -> String {
    let score = |score: &Score| format!("{} {}", score.loss, score.accuracy);
    let validation = epoch.validation.as_ref().map_or_else(|| "- -".to_owned(), score);
    let Epoch { number, training, learning_rate, seconds, .. } = epoch;
    format!("{number} {} {validation} {learning_rate} {seconds}\n", score(training))
}

fn told(line: &str) -> Option<Epoch> {
    let words: Vec<&str> = line.split(' ').collect();
    let &[number, loss, accuracy, held_loss, held_accuracy, learning_rate, seconds] = &words[..] else { return None };
    let score = |loss: &str, accuracy: &str| Some(Score { loss: loss.parse().ok()?, accuracy: accuracy.parse().ok()? });
    Some(Epoch {
        number: number.parse().ok()?,
        training: score(loss, accuracy)?,
        validation: if held_loss == "-" { None } else { Some(score(held_loss, held_accuracy)?) },
        learning_rate: learning_rate.parse().ok()?,
        seconds: seconds.parse().ok()?,
    })
}

/// Where a network says its scores, and how they are held against classes.
fn scored(ledger: &Ledger, network: &Network, classes: &[String]) -> Result<(usize, Loss), Fault> {
    let model = &ledger.model;
    let &[end] = &network.ends()[..] else {
        let ends = network.ends().len();
        return Err(Fault::new(format!("{}: it ends in {ends} layers, and classes are learned from one", model.name)));
    };
    last_of_all(model, network, end)?;
    let row = ledger.rows[end].out.as_ref().and_then(|lines| crate::site::sizes(ledger, lines));
    let units = row.ok_or_else(|| Fault::new(format!("{}: the size of its last layer is open", model.name)))?;
    Ok((end, Loss::of(model, end, &units, network.ends_in(end), classes)?))
}

/// The layers that hand on what they get, in another shape or less of it.
const HAND_ON: [&str; 6] = ["crop", "dropout", "flatten", "pool", "reshape", "zeropad"];

/// Whether what comes out at this end can be learned as it is: no softmax or sigmoid was done to it before.
pub(crate) fn learns_bare(model: &Model, network: &Network, end: usize) -> bool {
    network.ends_in(end).is_none() && last_of_all(model, network, end).is_ok()
}

/// A fault where softmax or sigmoid stands before the last layer: the loss does what they do, and it would be done twice.
fn last_of_all(model: &Model, network: &Network, end: usize) -> Result<(), Fault> {
    let mut at = end;
    while network.ends_in(at).is_none() {
        let layer = &model.layers[at];
        let hands_on = layer.op.is_some_and(|op| HAND_ON.contains(&op.name));
        let &[From::Layer(from)] = &layer.inputs[..] else { return Ok(()) };
        if !hands_on {
            return Ok(());
        }
        at = from as usize;
    }
    let (layer, function) = (&model.layers[at], network.ends_in(at).unwrap_or_default());
    if at == end || !matches!(function, "sigmoid" | "softmax") {
        return Ok(());
    }
    let says = format!("{}: its {function} stands before the last layer, `{}`", layer.name, model.layers[end].name);
    Err(Fault::new(says).at(layer.place).hint(format!("write `{function}` behind it, on a line of its own")))
}

/// A fault where a normalisation would see a single value of a channel in some step, as PyTorch has it: of one value there is
/// no spread.
fn spread(ledger: &Ledger, images: usize, batch: usize) -> Result<(), Fault> {
    if batch > 1 && images % batch != 1 {
        return Ok(());
    }
    let single = |at: &usize| {
        let sizes = ledger.rows[*at].out.as_ref().and_then(|lines| crate::site::sizes(ledger, lines));
        ledger.model.layers[*at].op.is_some_and(|op| op.name == "batchnorm")
            && sizes.is_some_and(|sizes| sizes[1..].iter().all(|size| *size == 1))
    };
    let Some(layer) = (0..ledger.rows.len()).find(single).map(|at| &ledger.model.layers[at]) else { return Ok(()) };
    let says = format!("{}: a batch of one image has one value a channel, which cannot be normalised", layer.name);
    let hint = if batch > 1 {
        format!("{images} images leave one over: take another --batch than {batch}")
    } else {
        "take a larger --batch".to_owned()
    };
    Err(Fault::new(says).at(layer.place).hint(hint))
}

/// Scores of several batches.
#[derive(Default)]
struct Sum {
    images: usize,
    loss: f64,
    right: f64,
}

impl Sum {
    fn add(&mut self, score: Score, images: usize) {
        self.images += images;
        self.loss += score.loss * images as f64;
        self.right += score.accuracy * images as f64;
    }

    fn mean(&self) -> Score {
        let images = self.images.max(1) as f64;
        Score { loss: self.loss / images, accuracy: self.right / images }
    }
}
