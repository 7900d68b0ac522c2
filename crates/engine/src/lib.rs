//! Networks that run: built from a [`Model`](workings::Model) on a deep-learning engine, and held against their ledger.
//!
//! The engine is [Burn](https://docs.rs/burn-tensor), on the processor, or on a graphics card where the features `wgpu` or
//! `cuda` are compiled in. A network's parameters are one list, in PyTorch's names and layout, so that others can load them.
//!
//! ```no_run
//! # fn run(model: &workings::Model) -> Result<(), workings::Fault> {
//! let device = engine::device("cpu")?;
//! let mut network = engine::Network::build(model, &Default::default(), 0, &device)?;
//! let inputs = network.random_inputs(1, 0)?;
//! let outputs = network.forward(&inputs, false)?;
//! println!("{:?}", outputs.last().map(|output| output.shape()));
//! # Ok(()) }
//! ```

mod answer;
mod cpu;
mod device;
pub mod maps;
mod memory;
mod network;
mod ops;
mod params;
pub mod picture;
mod random;
mod site;
pub mod train;
mod values;
mod verify;

pub use answer::answers;
pub use burn_tensor::{Device, Tensor};
pub use device::{DEVICES, device};
pub use network::{Network, Tensors};
pub use params::Param;
pub use picture::Picture;
pub use values::{MOST_AXES, Values};
pub use verify::{binds, verify};
