//! What programs read: JSON, schema `workings/1`.
//!
//! The objects are structs of this module's own, so that the schema does not move when the core's types do. Numbers up to
//! 2^53 − 1 are JSON numbers and larger ones decimal strings; a symbolic number is an expression that Python evaluates as
//! it stands; an unknown one is `null`.

mod contract;
mod layout;
mod number;
mod read;
mod report;

pub use report::report;
use serde::Serialize;
use workings::Ledger;
use workings::ledger::Finding;

/// A ledger and what is wrong with it, as `workings show --as json` prints it: one object and a line break.
pub fn show(ledger: &Ledger, findings: &[Finding]) -> String {
    let mut text = Vec::with_capacity(2048 * (ledger.rows.len() + 1));
    let mut printer = serde_json::Serializer::with_formatter(&mut text, layout::Lines::default());
    let written = read::Reading::of(ledger).show(findings).serialize(&mut printer);
    debug_assert!(written.is_ok(), "a string takes whatever is written to it, and every key is a string");
    text.push(b'\n');
    String::from_utf8(text).unwrap_or_default()
}

/// The JSON Schema of what [`show`] prints, as it is kept in `schema/workings-1.schema.json`.
pub fn schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<contract::Show<'_>>();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
