//! The folder of a run: its checkpoint, the best weights, and what became of it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use engine::Tensors;
use engine::train::Trainer;
use formats::Weights;
use workings::Fault;

use super::picture;
use crate::{input, output};

const CHECKPOINT: &str = "checkpoint.safetensors";
const CURVES: &str = "curves.svg";
const CURVES_PNG: &str = "curves.png";
const LOCK: &str = ".lock";
const METRICS: &str = "metrics.jsonl";
const WEIGHTS: &str = "weights.safetensors";

/// The files that a run writes.
const FILES: [&str; 5] = [CHECKPOINT, CURVES, CURVES_PNG, METRICS, WEIGHTS];

/// The folder of a run.
pub(super) struct Folder {
    path: PathBuf,
    /// What a run goes on from.
    pub checkpoint: PathBuf,
    resume: bool,
    /// The folders that were not there before, the innermost first.
    made: Vec<PathBuf>,
    /// Held as long as the run: two runs in one folder would write over each other.
    _lock: File,
}

/// A run that was refused, or stopped before it kept anything, leaves nothing behind.
impl Drop for Folder {
    fn drop(&mut self) {
        // The checkpoint is the first that is kept.
        if self.checkpoint.exists() {
            return;
        }
        let _ = fs::remove_file(self.path.join(LOCK));
        // A folder in which there is something by now stays, and so do those above it.
        let _ = self.made.iter().try_for_each(fs::remove_dir);
    }
}

impl Folder {
    /// Makes the folder if it is not there.
    ///
    /// A fault where it cannot be, where it lies among the images, where another run is at work in it, where there are files
    /// of a run that is not to go on, and where the one that is to go on is not there.
    pub fn open(path: &Path, data: &Path, resume: bool) -> Result<Folder, Fault> {
        let cannot = |error: std::io::Error| {
            Fault::new(format!("`{}` cannot be the folder of a run: {error}", path.display()))
                .hint("give another with --save")
        };
        let checkpoint = path.join(CHECKPOINT);
        if resume && !checkpoint.exists() {
            return Err(Fault::new(format!("there is no checkpoint `{}` to go on from", checkpoint.display()))
                .hint("--save names the folder of the run; without --resume a new one begins"));
        }
        outside(path, data)?;
        let made = path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let made = made.map(Path::to_owned).collect();
        fs::create_dir_all(path).map_err(cannot)?;
        let lock = File::create(path.join(LOCK)).map_err(cannot)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::new(format!("another run is at work in `{}`", path.display()))
                    .hint("give this one another folder with --save"));
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        // From here on whatever is refused takes away what was made for it.
        let folder = Folder { path: path.to_owned(), checkpoint, resume, made, _lock: lock };
        if let Some(there) = FILES.iter().map(|name| path.join(name)).find(|file| !resume && file.exists()) {
            let hint = match folder.checkpoint.exists() {
                true => "--resume goes on with it; --save gives another folder",
                false => "--save gives another folder",
            };
            return Err(
                Fault::new(format!("`{}` is there already, and would be written over", there.display())).hint(hint)
            );
        }
        for entry in fs::read_dir(path).map_err(cannot)?.flatten() {
            if output::is_unfinished(&entry.file_name()) {
                // What a run that was killed had not finished writing. If it stays, nothing is lost by it.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(folder)
    }

    /// What to go on from, if that was asked for.
    pub fn checkpoint(&self) -> Result<Option<Weights>, Fault> {
        match self.resume {
            true => Ok(Some(Weights::read(&*input::file(&self.checkpoint)?)?)),
            false => Ok(None),
        }
    }

    /// Keeps an epoch that is over, each file whole or not at all, the checkpoint first: whatever happens behind it, all else
    /// can be made from it.
    pub fn keep(&self, trainer: &Trainer, net: &str) -> Result<(), Fault> {
        let (tensors, texts) = trainer.checkpoint()?;
        let mut checkpoint = weights(tensors, net);
        checkpoint.metadata.extend(texts);
        self.write(CHECKPOINT, &checkpoint.to_bytes())?;
        self.keep_rest(trainer, net)
    }

    /// Keeps what can be made from a checkpoint, of a run whose last epoch is its best the weights too.
    ///
    /// A fault where the weights of an earlier epoch were the best and are not there: nothing else has them.
    pub fn keep_rest(&self, trainer: &Trainer, net: &str) -> Result<(), Fault> {
        let training = &trainer.training;
        let (best, last) = (training.best().map(|best| best.number), training.epochs.last().map(|last| last.number));
        let file = self.path.join(WEIGHTS);
        match best {
            Some(_) if best == last => {
                let mut weights = weights(trainer.weights()?, net);
                weights.set_classes(&training.classes);
                self.write(WEIGHTS, &weights.to_bytes())?;
            }
            Some(best) if !file.exists() => {
                let says = format!("`{}` is gone, which has the weights of epoch {best}, the best", file.display());
                return Err(Fault::new(says).hint("put it back, or begin anew in another --save folder"));
            }
            _ => {}
        }
        let svg = views::curves::svg(training);
        self.write(METRICS, views::json::epochs(&training.epochs).as_bytes())?;
        self.write(CURVES_PNG, &picture::png(&svg)?)?;
        self.write(CURVES, svg.as_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        output::to_file(&self.path.join(name), bytes)
    }

    /// The files that a run leaves, and what is in them.
    pub fn places(&self) -> Vec<(String, &'static str)> {
        let place = |name: &str| self.path.join(name).display().to_string();
        vec![
            (place(WEIGHTS), "the weights, in PyTorch's names and layout, with the network's text"),
            (place(METRICS), "a line an epoch"),
            (place(CURVES), "the curves, and as curves.png"),
            (place(CHECKPOINT), "what --resume goes on from"),
        ]
    }

    /// Where it is, for messages.
    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// A fault where the folder lies among the images, where it would be taken for a class.
fn outside(path: &Path, data: &Path) -> Result<(), Fault> {
    let above = |path: &Path| std::path::absolute(path).ok()?.ancestors().find_map(|part| part.canonicalize().ok());
    match (above(path), data.canonicalize()) {
        (Some(place), Ok(data)) if place.starts_with(&data) => {
            Err(Fault::new(format!("`{}` lies among the images, and would be taken for a class", path.display()))
                .hint("give a folder elsewhere with --save"))
        }
        _ => Ok(()),
    }
}

fn weights(tensors: Tensors, net: &str) -> Weights {
    let mut weights = Weights::new(tensors);
    weights.metadata.insert("net".to_owned(), net.to_owned());
    weights
}
