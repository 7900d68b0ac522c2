//! `workings audit`: what is wrong in a sheet that somebody filled in.

use workings::audit::{Audit, MOST_ROWS};
use workings::worksheet::Sheet;
use workings::{Fault, audit};

use crate::args::{self, As, Shared};
use crate::{Ended, diagnose, input, output};

pub(super) fn run(shared: &Shared, asked: &args::Audit) -> Result<Ended, Fault> {
    if asked.sheet == "-" && asked.against.as_deref().is_some_and(|against| against == "-") {
        return Err(Fault::new("standard input cannot be both the sheet and its network")
            .hint("give a file or the name of a network for one of them"));
    }
    let key = asked.against.as_deref().map(|against| input::network(shared, against)).transpose()?;
    let read = input::sheets(shared, &asked.sheet)?;
    let audits: Vec<Audit> = read.sheets.iter().map(|sheet| audit::audit(sheet, key.as_ref())).collect();
    // A sheet of which no cell could be judged is shown as it was read, and is no answer.
    let unjudged = read.sheets.iter().zip(&audits).filter(|(_, audit)| audit.cells.is_empty());
    let why = |sheet: &Sheet| match &key {
        Some(key) => input::unheld(sheet, &read.name, key),
        None => input::too_little(sheet, &read.name),
    };
    let unjudged: Vec<Fault> = unjudged.map(|(sheet, _)| why(sheet)).collect();
    diagnose::faults(shared, &unjudged, &read.name, &read.text);
    let mut all: Vec<(&Sheet, &Audit)> = read.sheets.iter().zip(&audits).collect();
    let text = match asked.form {
        As::Json => views::json::audit(&all),
        form => {
            // A sheet that is too long to be judged is too long to be shown.
            all.retain(|(sheet, _)| sheet.rows.len() <= MOST_ROWS);
            if all.is_empty() {
                return Ok(Ended::AtFault);
            }
            output::dressed(shared, form, &views::audit::audits(&all))?
        }
    };
    output::write(shared, &text)?;
    Ok(match read.ended {
        _ if !unjudged.is_empty() => Ended::AtFault,
        Ended::Fine if audits.iter().all(views::audit::is_right) => Ended::Fine,
        Ended::Fine => Ended::No,
        other => other,
    })
}
