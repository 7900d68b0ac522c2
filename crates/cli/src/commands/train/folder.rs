//! The folder of a run: its checkpoint, the best weights, and what became of it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use engine::Tensors;
use engine::train::Trainer;
use formats::Weights;
use workings::Fault;

use super::picture;
use crate::{input, output};

/// The folder of a run.
pub(super) struct Folder {
    path: PathBuf,
    /// What a run goes on from.
    pub checkpoint: PathBuf,
    resume: bool,
    /// Held as long as the run: two runs in one folder would write over each other.
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is not there.
    ///
    /// A fault where it cannot be, where another run is at work in it, where there is a checkpoint and it is not asked for,
    /// and where it is asked for and not there.
    pub fn open(path: &Path, resume: bool) -> Result<Folder, Fault> {
        let cannot = |error: std::io::Error| {
            Fault::new(format!("`{}` cannot be the folder of a run: {error}", path.display()))
                .hint("give another with --save")
        };
        let checkpoint = path.join("checkpoint.safetensors");
        match (checkpoint.exists(), resume) {
            (true, false) => {
                return Err(Fault::new(format!("`{}` holds a run already", path.display()))
                    .hint("--resume goes on with it; --save gives another folder"));
            }
            (false, true) => {
                return Err(Fault::new(format!("there is no checkpoint `{}` to go on from", checkpoint.display()))
                    .hint("--save names the folder of the run; without --resume a new one begins"));
            }
            _ => fs::create_dir_all(path).map_err(cannot)?,
        }
        let lock = File::create(path.join(".lock")).map_err(cannot)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::new(format!("another run is at work in `{}`", path.display()))
                    .hint("give this one another folder with --save"));
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        // What a run that was killed had not finished writing.
        for entry in fs::read_dir(path).map_err(cannot)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(output::UNFINISHED) {
                fs::remove_file(entry.path()).map_err(cannot)?;
            }
        }
        Ok(Folder { path: path.to_owned(), checkpoint, resume, _lock: lock })
    }

    /// What to go on from, if that was asked for.
    pub fn checkpoint(&self) -> Result<Option<Weights>, Fault> {
        match self.resume {
            true => Ok(Some(Weights::read(&*input::file(&self.checkpoint)?)?)),
            false => Ok(None),
        }
    }

    /// Keeps an epoch that is over, each file whole or not at all, and the checkpoint last: should the run be killed in
    /// between, it goes on from the checkpoint before and writes the others again.
    pub fn keep(&self, trainer: &Trainer, net: &str) -> Result<(), Fault> {
        let training = &trainer.training;
        if training.best().map(|best| best.number) == training.epochs.last().map(|last| last.number) {
            let mut weights = weights(trainer.weights()?, net);
            weights.set_classes(&training.classes);
            self.write("weights.safetensors", &weights.to_bytes())?;
        }
        let svg = views::curves::svg(training);
        self.write("metrics.jsonl", views::json::epochs(&training.epochs).as_bytes())?;
        self.write("curves.png", &picture::png(&svg)?)?;
        self.write("curves.svg", svg.as_bytes())?;
        let (tensors, texts) = trainer.checkpoint()?;
        let mut checkpoint = weights(tensors, net);
        checkpoint.metadata.extend(texts);
        self.write("checkpoint.safetensors", &checkpoint.to_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        output::to_file(&self.path.join(name), bytes)
    }

    /// The files that a run leaves, and what is in them.
    pub fn places(&self) -> Vec<(String, &'static str)> {
        let place = |name: &str| self.path.join(name).display().to_string();
        vec![
            (place("weights.safetensors"), "the weights, in PyTorch's names and layout, with the network's text"),
            (place("metrics.jsonl"), "a line an epoch"),
            (place("curves.svg"), "the curves, and as curves.png"),
            (place("checkpoint.safetensors"), "what --resume goes on from"),
        ]
    }

    /// Where it is, for messages.
    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

fn weights(tensors: Tensors, net: &str) -> Weights {
    let mut weights = Weights::new(tensors);
    weights.metadata.insert("net".to_owned(), net.to_owned());
    weights
}
