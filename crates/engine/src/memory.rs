//! How much memory there is and was, as Linux tells it; elsewhere nothing is said of it.

use std::fs;

/// Bytes that can still be had (`MemAvailable`).
pub(crate) fn free() -> Option<u64> {
    told("/proc/meminfo", "MemAvailable:")
}

/// The most bytes that this process has ever held at once (`VmHWM`).
pub(crate) fn peak() -> Option<u64> {
    told("/proc/self/status", "VmHWM:")
}

fn told(file: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
