//! `workings run`: what a network answers.

use workings::Fault;

use crate::Ended;
use crate::args::{Run, Shared};

#[cfg(feature = "engine")]
pub(super) fn run(shared: &Shared, asked: &Run) -> Result<Ended, Fault> {
    use crate::args::As;
    use crate::{input, output};

    if !asked.random {
        return Err(Fault::new("there is nothing to run the network on").hint("take `--random`"));
    }
    let worked = input::work(shared, &asked.reading)?;
    if worked.ended != Ended::Fine {
        return Ok(worked.ended);
    }
    let binds = engine::binds(&worked.ledger);
    let answers = engine::answer(&worked.ledger.model, &binds, asked.seed, asked.device.name())?;
    let text = match asked.form {
        As::Json => views::json::run(&answers),
        form => output::dressed(shared, form, &views::run::run(&answers))?,
    };
    output::write(shared, &text)?;
    Ok(Ended::Fine)
}

#[cfg(not(feature = "engine"))]
pub(super) fn run(_: &Shared, _: &Run) -> Result<Ended, Fault> {
    Err(super::no_engine("run"))
}
