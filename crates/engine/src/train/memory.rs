//! Whether a step of learning fits the memory that is free, asked before it would bring the machine down.

use workings::{Fault, Ledger};

use super::options::Options;
use crate::memory;

/// Of an element.
const BYTES: i128 = 4;

/// How many tensors the size of a layer's output a step holds at its peak for every layer: the output itself, what its
/// activation made of it, a gradient, and what is laid out anew. Measured (MEASURED.md, "Learning").
const HELD: i128 = 4;

/// A fault where a step of a batch would take more than is free, which says what would fit.
pub fn fits(ledger: &Ledger, options: &Options) -> Result<(), Fault> {
    let Some(free) = memory::free() else { return Ok(()) };
    let of = |line: calc::Line| ledger.page.known(line).unwrap_or(0);
    let held = |shape: &[calc::Line]| shape[1..].iter().fold(1i128, |product, line| product.saturating_mul(of(*line)));
    let shapes =
        ledger.rows.iter().filter_map(|row| row.out.as_deref()).chain(ledger.inputs.iter().map(|lines| &lines[..]));
    let example = shapes.map(held).fold(0, i128::saturating_add).saturating_mul(HELD * BYTES);
    // The parameters, their gradients, what the optimiser remembers of them, and the new ones beside the old.
    let copies = 3 + options.optimizer.slots.len() as i128;
    let params = of(ledger.totals.params.line).saturating_mul(copies * BYTES);
    let batch = options.batch as i128;
    let needed = params.saturating_add(example.saturating_mul(batch));
    if needed <= i128::from(free) {
        return Ok(());
    }
    let gib = |bytes: i128| bytes as f64 / f64::from(1 << 30);
    let name = &ledger.model.name;
    let fault = Fault::new(format!(
        "{name}: a step with a batch of {batch} takes some {:.1} GiB, and {:.1} GiB are free",
        gib(needed),
        gib(free.into())
    ));
    Err(match (i128::from(free) - params) / example.max(1) {
        fitting @ 1.. => fault.hint(format!("a batch of {fitting} fits: --batch {fitting}")),
        _ => fault.hint(format!("not even one image fits: the parameters alone take {:.1} GiB", gib(params))),
    })
}
