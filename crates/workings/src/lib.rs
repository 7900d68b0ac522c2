//! Every number in a neural network, with the arithmetic that makes it.
//!
//! A [`Model`] is a list of layers under their settings, as some format wrote them. [`Ledger::of`] runs each layer's rule
//! on a page of arithmetic ([`calc`]) and gives a row a layer: output shape, parameters, multiply-adds, each a line of
//! that page, so that its working can be read off. A broken network is ordinary input: it gets every row that can be had,
//! and findings that say what is wrong.
//!
//! This crate does no I/O, has no clock and no environment.

pub mod answers;
pub mod audit;
pub mod call;
pub mod claims;
pub mod fault;
pub mod glossary;
pub mod graph;
pub mod keras;
pub mod ledger;
pub mod model;
mod node;
pub mod onnx_words;
pub mod ops;
pub mod training;
pub mod verify;
pub mod weights;
pub mod worksheet;

pub use call::{Answer, Call, Given, Values};
pub use fault::{Fault, Place};
pub use ledger::{Finding, Ledger};
pub use model::Model;
pub use node::{Built, Macs, Node, Role, Row, Shape};
