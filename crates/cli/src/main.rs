//! The command `workings`: a door to the library. Files, flags, colours and exit codes are here, and no arithmetic.

mod args;
mod commands;
mod diagnose;
mod input;
mod output;

use std::process::ExitCode;

use clap::Parser;

/// A ledger of thousands of rows is tens of megabytes in small pieces, and what a step of a network takes and gives back tens
/// of megabytes at a time; with the system's allocator the kernel clears it page by page, a third to a half of the time
/// (MEASURED.md, "Files of other formats", "Networks that run").
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ended. 1 is kept for a question whose answer is no.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All is well.
    Fine,
    /// The question's answer is no.
    No,
    /// The input or the call is at fault, which standard error has said.
    AtFault,
    /// Somebody stopped it, and nothing is lost.
    #[cfg(feature = "engine")]
    Interrupted,
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    let ended = commands::run(&args).unwrap_or_else(|fault| {
        diagnose::fault(&args.shared, &fault);
        Ended::AtFault
    });
    ExitCode::from(match ended {
        Ended::Fine => 0,
        Ended::No => 1,
        Ended::AtFault => 2,
        // What shells expect of a program that was interrupted: 128 and the signal's number.
        #[cfg(feature = "engine")]
        Ended::Interrupted => 130,
    })
}
