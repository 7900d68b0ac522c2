//! Where networks come from: memory, files, and the networks that come along.

mod file;
mod memory;
mod networks;

pub use file::File;
pub use memory::Memory;
pub use networks::{NETWORKS, Network, network};
