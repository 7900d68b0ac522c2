//! `workings show`: the sheet of a network.

use views::report::Block;
use views::show::{Layout, Options};
use workings::Fault;

use crate::args::{self, As, Shared, Show};
use crate::{Ended, input, output};

pub(super) fn run(shared: &Shared, show: &Show) -> Result<Ended, Fault> {
    let chooses = show.only.is_some() || show.sort.is_some() || show.top.is_some() || show.depth.is_some();
    if matches!(show.form, As::Json | As::Csv) && (show.full || chooses || !show.columns.is_empty()) {
        let says = "--columns, --depth, --full, --only, --sort and --top are for people: json and csv have everything";
        return Err(Fault::new(says).hint("leave them out, or take another form"));
    }
    let mut options = Options {
        columns: match show.columns.is_empty() {
            true => None,
            false => Some(show.columns.iter().map(|name| views::show::column(name)).collect::<Result<_, _>>()?),
        },
        layout: match show.layout {
            args::Layout::Hwc => Layout::Hwc,
            args::Layout::Chw => Layout::Chw,
        },
        full: show.full,
        only: show.only.clone(),
        sort: show.sort.as_deref().map(views::show::order).transpose()?,
        top: show.top,
        folded: None,
    };
    let mut worked = input::work(shared, &show.reading)?;
    options.folded = show.depth.map(|depth| worked.ledger.fold(depth as usize));
    let text = match show.form {
        As::Json => views::json::show(&worked.ledger, &worked.findings),
        As::Csv => views::csv::show(&worked.ledger),
        form => {
            let mut report = views::show::show(&worked.ledger, &worked.findings, &options);
            if form == As::Terminal {
                // Standard error has said them, under their lines.
                report.blocks.retain(|block| !matches!(block, Block::Finding(_)));
            }
            output::dressed(shared, form, &report)?
        }
    };
    output::write(shared, &text)?;
    let ended = worked.ended;
    // The command is at its end: taking a large ledger apart, piece by piece, would be for nothing.
    std::mem::forget(worked);
    Ok(ended)
}
