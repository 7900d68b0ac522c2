//! How much memory there is and was, as Linux tells it; elsewhere nothing is said of it.

use std::fs;

use calc::Line;
use workings::Ledger;
use workings::ledger::{LedgerRow, Told};

/// Of an element.
pub(crate) const BYTES: i128 = 4;

/// The product of sizes; one that is not known counts as nothing.
pub(crate) fn elements(ledger: &Ledger, sizes: &[Line]) -> i128 {
    sizes.iter().fold(1i128, |product, line| product.saturating_mul(ledger.page.known(*line).unwrap_or(0)))
}

/// A setting of one number; 1 where it is none.
pub(crate) fn setting(row: &LedgerRow, ledger: &Ledger, key: &str) -> i128 {
    let told = row.settings.iter().find_map(|(known, told)| match told {
        Told::One(line) if *known == key => ledger.page.known(*line),
        _ => None,
    });
    told.unwrap_or(1)
}

pub(crate) fn gib(bytes: i128) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

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
