//! How much memory there is and was, as Linux tells it; elsewhere nothing is said of it.

use std::fs;

/// Bytes that can still be had (`MemAvailable`).
pub(crate) fn free() -> Option<u64> {
    told("/proc/meminfo", "MemAvailable:")
}

/// The most bytes that this process held at once while it did this (`VmHWM`, which 5 in `clear_refs` begins anew, proc(5)):
/// all of it, what was there before too.
pub(crate) fn peak<T>(of: impl FnOnce() -> T) -> (T, Option<u64>) {
    let anew = fs::write("/proc/self/clear_refs", "5").is_ok();
    let done = of();
    (done, told("/proc/self/status", "VmHWM:").filter(|_| anew))
}

fn told(file: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
