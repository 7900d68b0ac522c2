//! What programs read: JSON, schema `workings/1`, for a sheet that was audited `workings/audit/1`, for a network that was run
//! `workings/run/1`, that learned `workings/train/1`, and held against its ledger `workings/verify/1`.
//!
//! The objects are structs of this module's own, so that the schema does not move when the core's types do. Numbers up to
//! 2^53 − 1 are JSON numbers and larger ones decimal strings; a symbolic number is an expression that Python evaluates as
//! it stands; an unknown one is `null`.

mod audit;
mod contract;
mod layout;
mod number;
mod read;
mod report;
mod run;
mod train;
mod verify;

pub use report::report;
use schemars::JsonSchema;
use serde::Serialize;
use workings::Ledger;
use workings::answers::Answers;
use workings::audit::Audit;
use workings::ledger::Finding;
use workings::training::{Epoch, Training};
use workings::verify::Verified;
use workings::worksheet::Sheet;

/// A ledger and what is wrong with it, as `workings show --as json` prints it: one object and a line break.
pub fn show(ledger: &Ledger, findings: &[Finding]) -> String {
    printed(&read::Reading::of(ledger).show(findings), 3, 2048 * (ledger.rows.len() + 1))
}

/// The sheets of a file, each audited, as `workings audit --as json` prints them: one object and a line break.
pub fn audit(all: &[(&Sheet, &Audit)]) -> String {
    let cells: usize = all.iter().map(|(_, audit)| audit.cells.len()).sum();
    printed(&audit::answer(all), if all.len() == 1 { 3 } else { 5 }, 512 * (cells + 1))
}

/// What a network answers, as `workings run --as json` prints it: one object and a line break.
pub fn run(answers: &Answers) -> String {
    let values: usize = answers.answered.iter().flat_map(|one| &one.outputs).map(|output| output.values.len()).sum();
    printed(&run::answer(answers), 5, 16 * values)
}

/// A network that learned, as `workings train --as json` prints it: one object and a line break.
pub fn train(training: &Training) -> String {
    printed(&train::answer(training), 3, 256 * (training.epochs.len() + 4))
}

/// Epochs as JSON lines: an object a line.
pub fn epochs(epochs: &[Epoch]) -> String {
    epochs.iter().map(|epoch| printed(&train::epoch(epoch), 0, 256)).collect()
}

/// A network that was verified, as `workings verify --as json` prints it: one object and a line break.
pub fn verify(verified: &Verified) -> String {
    printed(&verify::one(verified), 3, 512 * (verified.rows.len() + 1))
}

/// Several networks that were verified, as `workings verify --as json` prints them: one object and a line break.
pub fn verify_several(all: &[Verified]) -> String {
    printed(&verify::several(all), 5, 512 * all.iter().map(|verified| verified.rows.len() + 1).sum::<usize>())
}

/// An object with its lines broken so deep, and a line break.
fn printed(object: &impl Serialize, broken: usize, about: usize) -> String {
    let mut text = Vec::with_capacity(about);
    let mut printer = serde_json::Serializer::with_formatter(&mut text, layout::Lines::down_to(broken));
    let written = object.serialize(&mut printer);
    debug_assert!(written.is_ok(), "a string takes whatever is written to it, and every key is a string");
    text.push(b'\n');
    String::from_utf8(text).unwrap_or_default()
}

/// The JSON Schema of what [`show`] prints, as it is kept in `schema/workings-1.schema.json`.
pub fn schema() -> String {
    schema_of::<contract::Show<'_>>()
}

/// The JSON Schema of what [`audit`] prints, as it is kept in `schema/workings-audit-1.schema.json`.
pub fn audit_schema() -> String {
    schema_of::<audit::Answer<'_>>()
}

/// The JSON Schema of what [`run`] prints, as it is kept in `schema/workings-run-1.schema.json`.
pub fn run_schema() -> String {
    schema_of::<run::Answers<'_>>()
}

/// The JSON Schema of what [`train`] prints, as it is kept in `schema/workings-train-1.schema.json`.
pub fn train_schema() -> String {
    schema_of::<train::Training<'_>>()
}

/// The JSON Schema of what [`verify`] prints, as it is kept in `schema/workings-verify-1.schema.json`.
pub fn verify_schema() -> String {
    schema_of::<verify::Answer<'_>>()
}

fn schema_of<T: JsonSchema>() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
