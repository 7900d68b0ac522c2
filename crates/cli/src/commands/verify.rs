//! `workings verify`: whether an engine has what the sheet says.

use workings::Fault;

use crate::Ended;
use crate::args::{Shared, Verify};

#[cfg(feature = "engine")]
pub(super) fn run(shared: &Shared, asked: &Verify) -> Result<Ended, Fault> {
    use crate::args::As;
    use crate::{input, output};

    let worked = input::work(shared, &asked.reading)?;
    if worked.ended != Ended::Fine {
        return Ok(worked.ended);
    }
    let verified = engine::verify(&worked.ledger.model, &worked.ledger, asked.device.name())?;
    let text = match asked.form {
        As::Json => views::json::verify(&verified),
        form => output::dressed(shared, form, &views::verify::verify(&verified))?,
    };
    output::write(shared, &text)?;
    Ok(if verified.agrees() { Ended::Fine } else { Ended::No })
}

#[cfg(not(feature = "engine"))]
pub(super) fn run(_: &Shared, _: &Verify) -> Result<Ended, Fault> {
    Err(super::no_engine("verify"))
}
