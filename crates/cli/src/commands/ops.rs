//! `workings ops`: the formula reference.

use workings::Fault;

use crate::args::{Ops, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, ops: &Ops) -> Result<Ended, Fault> {
    let report = views::ops::ops(ops.word.as_deref())?;
    output::write(shared, &output::dressed(shared, ops.form, &report)?)?;
    Ok(Ended::Fine)
}
