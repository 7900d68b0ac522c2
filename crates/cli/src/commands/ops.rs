//! `workings ops`: the formula reference.

use workings::Fault;
use workings::ops::OPERATORS;

use crate::args::{Ops, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, ops: &Ops) -> Result<Ended, Fault> {
    let report = match &ops.word {
        Some(word) => views::ops::op(word)?,
        None => views::ops::ops(OPERATORS),
    };
    output::write(shared, &output::dressed(shared, ops.form, &report)?)?;
    Ok(Ended::Fine)
}
