//! The commands, one a file.

mod audit;
mod explain;
mod export;
mod fmt;
mod networks;
mod ops;
mod recover;
mod run;
mod show;
mod train;
mod verify;
mod why;

use clap::CommandFactory;
use workings::Fault;

use crate::args::{Args, Command};
use crate::{Ended, output};

/// Does what was asked for.
pub(crate) fn run(args: &Args) -> Result<Ended, Fault> {
    let shared = &args.shared;
    match &args.command {
        Command::Show(show) => show::run(shared, show),
        Command::Why(why) => why::run(shared, why),
        Command::Audit(audit) => audit::run(shared, audit),
        Command::Recover(recover) => recover::run(shared, recover),
        Command::Export(export) => export::run(shared, export),
        Command::Verify(verify) => verify::run(shared, verify),
        Command::Run(run) => run::run(shared, run),
        Command::Train(train) => train::run(shared, train),
        Command::Networks(listing) => networks::run(shared, listing),
        Command::Fmt(fmt) => fmt::run(shared, fmt),
        Command::Ops(ops) => ops::run(shared, ops),
        Command::Explain(explain) => explain::run(shared, explain),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "workings", &mut script);
            output::write(shared, &String::from_utf8_lossy(&script))?;
            Ok(Ended::Fine)
        }
    }
}

/// What a command that runs networks says in a build that cannot.
#[cfg(not(feature = "engine"))]
fn no_engine(command: &str) -> Fault {
    Fault::new(format!("`{command}` runs networks, and this build of `workings` has no engine"))
        .hint("`cargo build --release --features engine` makes one that has (some minutes more)")
}
