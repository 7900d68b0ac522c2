//! `workings train`: a network learns from images.

use workings::Fault;

use crate::Ended;
use crate::args::{Shared, Train};

#[cfg(feature = "engine")]
mod folder;
#[cfg(feature = "engine")]
mod picture;
#[cfg(feature = "engine")]
mod progress;
#[cfg(feature = "engine")]
mod stop;

#[cfg(feature = "engine")]
pub(super) fn run(shared: &Shared, asked: &Train) -> Result<Ended, Fault> {
    with_engine::run(shared, asked)
}

#[cfg(not(feature = "engine"))]
pub(super) fn run(_: &Shared, _: &Train) -> Result<Ended, Fault> {
    Err(super::no_engine("train"))
}

#[cfg(feature = "engine")]
mod with_engine {
    use std::collections::BTreeMap;
    use std::path::Path;

    use engine::Network;
    use engine::train::{self, Images, Options, Trainer};
    use formats::Weights;
    use workings::fault::Fault;

    use super::folder::Folder;
    use super::progress::Progress;
    use super::stop::Stop;
    use crate::args::{As, Shared, Train};
    use crate::input::Worked;
    use crate::{Ended, diagnose, input, output};

    pub fn run(shared: &Shared, asked: &Train) -> Result<Ended, Fault> {
        if asked.form == As::Csv {
            return Err(output::no_csv());
        }
        output::can_write(shared)?;
        let worked = input::work(shared, &asked.reading())?;
        if worked.ended != Ended::Fine {
            return Err(
                Fault::new("what is said above stands in the way, so nothing was learned").hint("mend it first")
            );
        }
        let net = formats::net::write(&worked.ledger.model, &[]);
        // A network's name may have anything in it, and a folder's not.
        let name: String =
            worked.ledger.model.name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect();
        let name = format!("{name}-trained");
        let folder = Folder::open(asked.save.as_deref().unwrap_or(Path::new(&name)), &asked.data, asked.resume)?;
        let kept = folder.checkpoint()?;
        let options = options(asked, &folder, kept.as_ref(), &net)?;
        let progress = Progress::new(shared, options.epochs);
        let mut trainer = trainer(shared, asked, &worked, options, &progress)?;
        if let Some(kept) = kept {
            go_on(&mut trainer, &net, &folder, &kept)?;
        }
        // Only now there is something to stop cleanly for.
        let stop = Stop::listen()?;
        learn(&mut trainer, &net, &folder, &progress, &stop)?;
        if trainer.goes_on() {
            diagnose::note(shared, &stopped(&trainer, &folder));
            return Ok(Ended::Interrupted);
        }
        let text = match asked.form {
            As::Json => views::json::train(&trainer.training),
            form => output::dressed(shared, form, &views::train::train(&trainer.training, &folder.places()))?,
        };
        output::write(shared, &text)?;
        Ok(Ended::Fine)
    }

    /// The network with its images, before the first step.
    fn trainer(
        shared: &Shared,
        asked: &Train,
        worked: &Worked,
        options: Options,
        progress: &Progress,
    ) -> Result<Trainer, Fault> {
        let (ledger, device) = (&worked.ledger, asked.device.name());
        let network = Network::build(&ledger.model, &engine::binds(ledger), options.seed, &engine::device(device)?)?;
        train::fits(ledger, &options)?;
        let images = images(shared, asked, &network, &options, progress)?;
        Trainer::new(network, ledger, images, options, device).map_err(|fault| said(shared, worked, fault))
    }

    /// Takes up a run where its checkpoint left it.
    fn go_on(trainer: &mut Trainer, net: &str, folder: &Folder, kept: &Weights) -> Result<(), Fault> {
        let tensors = kept.tensors().map(|(name, shape, elements)| (name.to_owned(), shape, elements)).collect();
        trainer.resume(&folder.checkpoint.display().to_string(), tensors, &kept.metadata)?;
        folder.keep_rest(trainer, net).map_err(|fault| still_there(fault, folder))
    }

    /// Epoch after epoch, each kept before the next begins.
    fn learn(trainer: &mut Trainer, net: &str, folder: &Folder, progress: &Progress, stop: &Stop) -> Result<(), Fault> {
        while trainer.goes_on() {
            let epoch = trainer.epoch(&mut |now| {
                progress.step(&now);
                !stop.asked()
            });
            let epoch = epoch.map_err(|fault| still_there(fault, folder))?;
            let Some(epoch) = epoch else { return Ok(()) };
            folder.keep(trainer, net).map_err(|fault| still_there(fault, folder))?;
            progress.epoch(&epoch, trainer.training.images.0 + trainer.training.images.1);
            if stop.asked() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// A fault, and what is not lost by it.
    fn still_there(fault: Fault, folder: &Folder) -> Fault {
        let kept = match folder.checkpoint.exists() {
            true => format!("; `{}` is whole, and --resume goes on from it", folder.checkpoint.display()),
            false => String::new(),
        };
        let hint = fault.hint.clone().unwrap_or_else(|| "mend what is said, and try again".to_owned());
        Fault { hint: Some(format!("{hint}{kept}")), ..fault }
    }

    fn stopped(trainer: &Trainer, folder: &Folder) -> String {
        match trainer.training.epochs.len() {
            0 => "stopped in the first epoch: nothing was kept yet".to_owned(),
            done => format!(
                "stopped: what was learned in {done} {} is kept in `{}`, and the same command with --resume goes on",
                if done == 1 { "epoch" } else { "epochs" },
                folder.checkpoint.display()
            ),
        }
    }

    /// The options that were given, and of a run that goes on those that it began with.
    fn options(asked: &Train, folder: &Folder, kept: Option<&Weights>, net: &str) -> Result<Options, Fault> {
        let given = asked.options();
        let Some(kept) = kept else { return Options::of(&given) };
        let shown = folder.checkpoint.display();
        if kept.metadata.get("net").map(String::as_str) != Some(net) {
            return Err(Fault::new(format!("`{shown}` is not of this network, or the network was changed since"))
                .hint("give the network as it was, or begin anew in another --save folder"));
        }
        let began: BTreeMap<String, String> = train::NAMES
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), kept.metadata.get(&train::option(name))?.clone())))
            .collect();
        let mut all = began.clone();
        all.extend(given);
        let (began, now) = (Options::of(&began)?, Options::of(&all)?);
        // How long it goes on may change; what it does in a step may not.
        let changed = began
            .told()
            .into_iter()
            .zip(now.told())
            .find(|(then, now)| then != now && !matches!(then.0, "epochs" | "patience"));
        match changed {
            None => Ok(now),
            Some(((name, then), (_, now))) => {
                let then = if then.is_empty() { "none" } else { &then };
                Err(Fault::new(format!("--{name} {now}: the run in `{}` began with {then}", folder.shown()))
                    .hint(format!("leave --{name} out, or begin anew in another --save folder")))
            }
        }
    }

    fn images(
        shared: &Shared,
        asked: &Train,
        network: &Network,
        options: &Options,
        progress: &Progress,
    ) -> Result<Images, Fault> {
        let shape = engine::picture::shape(&network.name, &network.inputs)?;
        let read = &mut |done, all| progress.reading(done, all);
        let images = Images::of(&asked.data, shape, options.held_out, options.seed, read)?;
        progress.read();
        const NAMED: usize = 10;
        for (path, says) in images.left_out.iter().take(if asked.strict { 1 } else { NAMED }) {
            if asked.strict {
                return Err(Fault::new(format!("`{}`: {says}", path.display()))
                    .hint("take the file away or mend it; without --strict it would be left out"));
            }
            diagnose::note(shared, &format!("`{}` is left out: {says}", path.display()));
        }
        if !images.left_out.is_empty() {
            let (left, kept) = (images.left_out.len(), images.training.len() + images.validation.len());
            let files = if left == 1 { "file is" } else { "files are" };
            diagnose::note(shared, &format!("{left} {files} left out in all, {kept} images remain"));
        }
        Ok(images)
    }

    /// A fault of the network, shown at its line.
    fn said(shared: &Shared, worked: &Worked, fault: Fault) -> Fault {
        if fault.place.is_none() {
            return fault;
        }
        diagnose::faults(shared, &[fault], &worked.name, &worked.text);
        Fault::new(format!("`{}` cannot learn from these images", worked.ledger.model.name))
    }
}
