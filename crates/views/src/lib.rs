//! What people and programs read of a ledger.
//!
//! What people read is a [`Report`](report::Report) of blocks that say what they mean; each surface dresses them in its own
//! way. What programs read, JSON and CSV, is made from the ledger itself. Views never compute: every number here was
//! worked out on the ledger's page.

pub mod html;
pub mod json;
pub mod latex;
pub mod report;
pub mod notation;
pub mod show;
pub mod terminal;
