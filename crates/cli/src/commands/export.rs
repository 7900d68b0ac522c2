//! `workings export`: a network as a framework has it.

use std::path::Path;

use formats::export;
use workings::Fault;

use crate::args::{Export, Shared};
use crate::{Ended, diagnose, input, output};

pub(super) fn run(shared: &Shared, asked: &Export) -> Result<Ended, Fault> {
    let file = shared.output.as_deref().filter(|path| *path != Path::new("-"));
    let format = export::by(file.map(|path| path.to_string_lossy()).as_deref(), asked.to.as_deref())?;
    if file.is_none() && !format.is_text {
        return Err(Fault::new(format!("{} is no text, and is not written to standard output", format.title))
            .hint(format!("give a file: -o NAME.{}", format.extension)));
    }
    if file.is_none() && asked.weights.is_some() {
        return Err(Fault::new("weights need a file to stand in or beside").hint("give one with -o"));
    }
    let worked = input::work(shared, &asked.reading)?;
    if worked.ended != Ended::Fine {
        return Err(Fault::new("what is said above stands in the way, so nothing was exported").hint("mend it first"));
    }
    let said = |fault: Fault| match fault.place {
        None => fault,
        Some(_) => {
            diagnose::faults(shared, &[fault], &worked.name, &worked.text);
            Fault::new(format!("`{}` was not exported: it cannot be {}", worked.ledger.model.name, format.title))
        }
    };
    let weights = asked.weights.as_deref().map(input::weights).transpose()?;
    let bytes = format.write(&worked.ledger, weights.as_ref()).map_err(said)?;
    let Some(file) = file else {
        output::to_standard(&String::from_utf8_lossy(&bytes))?;
        return Ok(Ended::Fine);
    };
    if let (Some(weights), Some(extension)) = (&weights, format.weights_extension) {
        let beside = file.with_extension(extension);
        let same = |path: &Path| path.canonicalize().ok();
        if same(&beside).is_some() && same(&beside) == asked.weights.as_deref().and_then(same) {
            return Err(Fault::new(format!("the weights would be written over themselves, at `{}`", beside.display()))
                .hint("give another name with -o"));
        }
        output::to_file(&beside, &format.weights(&worked.ledger, weights)?)?;
    }
    output::to_file(file, &bytes)?;
    Ok(Ended::Fine)
}
