//! `workings explain`: what a code means.

use workings::Fault;

use crate::args::{Explain, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, explain: &Explain) -> Result<Ended, Fault> {
    let report = views::explain::explain(explain.code.as_deref())?;
    output::write(shared, &output::dressed(shared, explain.form, &report)?)?;
    Ok(Ended::Fine)
}
