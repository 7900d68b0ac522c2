//! Trials: how much of what is planted in a sheet an audit finds, and how many networks come back from damaged sheets.
//!
//! Random networks of one chain are filled in by the project's own generator ([`workings::worksheet::fill`]), with mistakes
//! where they are wanted; damaged at the rates of a scan; written as Markdown, CSV, HTML or as the free text of a scanner;
//! read, and audited or recovered. What is true of each cell is known, so that everything can be counted. The same seed
//! gives the same trials.

pub mod audits;
pub mod damage;
pub mod network;
pub mod recovers;
pub mod render;
pub mod rng;
pub mod sheet;
