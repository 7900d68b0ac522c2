//! `workings recover`: the network behind a sheet.

use workings::Fault;
use workings::audit::recover;

use crate::args::{Recover, Shared};
use crate::{Ended, diagnose, input, output};

pub(super) fn run(shared: &Shared, asked: &Recover) -> Result<Ended, Fault> {
    let read = input::sheets(shared, &asked.sheet)?;
    let (mut texts, mut ended) = (Vec::new(), read.ended);
    for sheet in &read.sheets {
        let Some(found) = recover(sheet) else {
            diagnose::faults(shared, &[input::too_little(sheet, &read.name)], &read.name, &read.text);
            ended = Ended::AtFault;
            continue;
        };
        texts.push(formats::net::write(&found.model, &found.notes));
        if (found.repaired || !found.decided) && ended == Ended::Fine {
            ended = Ended::No;
        }
    }
    if texts.is_empty() {
        return Err(Fault::new(format!("{}: no network could be recovered", read.name)));
    }
    output::write(shared, &texts.join("\n"))?;
    Ok(ended)
}
