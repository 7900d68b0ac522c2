//! `workings ops`: the formula reference, and which words of a format have rules.

use workings::Fault;
use workings::ops::OPERATORS;

use crate::args::{Ops, Shared};
use crate::{Ended, output};

pub(super) fn run(shared: &Shared, ops: &Ops) -> Result<Ended, Fault> {
    let report = match (&ops.word, &ops.format) {
        (Some(word), _) => views::ops::op(word)?,
        (None, Some(format)) => views::ops::coverage(format)?,
        (None, None) => views::ops::ops(OPERATORS),
    };
    output::write(shared, &output::dressed(shared, ops.form, &report)?)?;
    Ok(Ended::Fine)
}
