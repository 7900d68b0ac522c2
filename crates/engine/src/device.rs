//! The devices that networks run on.

use burn_tensor::Device;
use workings::Fault;

/// The devices that there are words for.
pub const DEVICES: [&str; 3] = ["cpu", "wgpu", "cuda"];

/// The device of this name: `cpu`, or a graphics card by `wgpu` or `cuda`, as far as they are compiled in.
///
/// A fault where there is no such device in this build. Whether a card is there shows when something runs on it.
pub fn device(name: &str) -> Result<Device, Fault> {
    match name {
        "cpu" => Ok(Device::flex()),
        #[cfg(feature = "wgpu")]
        "wgpu" => Ok(Device::wgpu(burn_tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0)),
        "wgpu" | "cuda" => Err(Fault::new(format!("this build has no device `{name}`"))
            .hint(format!("`cargo build --release --features engine-{name}` makes one that has"))),
        _ => Err(Fault::new(format!("there is no device `{name}`")).hint(format!("take {}", DEVICES.join(", ")))),
    }
}
