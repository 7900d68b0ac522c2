//! What people and programs read of a ledger, and of a sheet that was audited.
//!
//! What people read is a [`Report`](report::Report) of blocks that say what they mean; each surface dresses them in its own
//! way. What programs read, JSON and CSV, is made from the ledger itself. Views never compute: every number here was
//! worked out on the ledger's page.

pub mod audit;
pub mod csv;
pub mod curves;
pub mod explain;
pub mod html;
pub mod json;
pub mod latex;
pub mod markdown;
pub mod networks;
pub mod notation;
pub mod ops;
pub mod report;
pub mod run;
pub mod show;
pub mod terminal;
pub mod train;
pub mod verify;
pub mod why;
