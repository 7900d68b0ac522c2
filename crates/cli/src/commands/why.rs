//! `workings why`: the working behind one number.

use workings::Fault;

use crate::args::{Shared, Why};
use crate::{Ended, input, output};

pub(super) fn run(shared: &Shared, why: &Why) -> Result<Ended, Fault> {
    let mut worked = input::work(shared, &why.reading)?;
    let report = views::why::why(&mut worked.ledger, &why.what)?;
    output::write(shared, &output::dressed(shared, why.form, &report)?)?;
    Ok(worked.ended)
}
