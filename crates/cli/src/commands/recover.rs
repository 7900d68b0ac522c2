//! `workings recover`: the network behind a sheet.

use workings::audit::recover;
use workings::worksheet::Sheet;
use workings::{Fault, Place};

use crate::args::{Recover, Shared};
use crate::{Ended, diagnose, input, output};

pub(super) fn run(shared: &Shared, asked: &Recover) -> Result<Ended, Fault> {
    let read = input::sheets(shared, &asked.sheet)?;
    let (mut texts, mut ended) = (Vec::new(), read.ended);
    for sheet in &read.sheets {
        let Some(found) = recover(sheet) else {
            diagnose::faults(shared, &[too_little(sheet)], &read.name, &read.text);
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

/// What is said of a sheet that does not tell its network.
fn too_little(sheet: &Sheet) -> Fault {
    let name = sheet.name.as_deref().map_or("this sheet".to_owned(), |name| format!("the sheet “{name}”"));
    let fault = Fault::new(format!("{name} holds too little to tell its network"))
        .hint("it takes at least an input size and, for a row, its kernel, its output or its parameters");
    if sheet.place == Place::default() { fault } else { fault.at(sheet.place) }
}
