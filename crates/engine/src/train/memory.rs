//! Whether a step of learning fits the memory that is free, asked before it would bring the machine down.

use workings::{Fault, Ledger};

use super::options::Options;
use crate::memory;

/// How many tensors the size of a layer's output a step holds at its peak for every layer: the output itself, what its
/// activation made of it, a gradient, and what is laid out anew. Measured (MEASURED.md, "Learning").
const HELD: i128 = 4;

/// As many for every number that a recurrent layer puts out: four gates and two states, and gradients of some of them. A
/// count, not a measurement.
const RECURRENT: i128 = 10;

/// A fault where a step of a batch would clearly take more than is free, which says what would fit.
pub fn fits(ledger: &Ledger, options: &Options) -> Result<(), Fault> {
    let Some(free) = memory::free().map(i128::from) else { return Ok(()) };
    let rows = ledger.rows.iter().zip(&ledger.model.layers).map(|(row, layer)| {
        let Some(out) = row.out.as_deref() else { return 0 };
        let held = memory::elements(ledger, &out[1..]);
        match layer.op.map_or("", |op| op.name) {
            // Scores of every position for every other, head by head: before softmax and behind it, and their gradients.
            "attention" => {
                let positions = memory::elements(ledger, &out[2..]);
                let heads = memory::setting(row, ledger, "heads").saturating_mul(positions);
                held.saturating_add(heads.saturating_mul(positions)).saturating_mul(HELD)
            }
            "gru" | "lstm" | "rnn" => held.saturating_mul(RECURRENT),
            _ => held.saturating_mul(HELD),
        }
    });
    let inputs = ledger.inputs.iter().map(|lines| memory::elements(ledger, &lines[1..]).saturating_mul(HELD));
    let example = rows.chain(inputs).fold(0, i128::saturating_add).saturating_mul(memory::BYTES);
    // The parameters, their gradients, what the optimiser remembers of them, and the new ones beside the old.
    let copies = 3 + options.optimizer.slots.len() as i128;
    let params = ledger.page.known(ledger.totals.params.line).unwrap_or(0).saturating_mul(copies * memory::BYTES);
    let batch = options.batch as i128;
    let needed = params.saturating_add(example.saturating_mul(batch));
    if needed <= free {
        return Ok(());
    }
    let (name, gib) = (&ledger.model.name, memory::gib);
    let fault = Fault::new(format!(
        "{name}: a step with a batch of {batch} takes some {:.1} GiB, and {:.1} GiB are free",
        gib(needed),
        gib(free)
    ));
    Err(match (free - params) / example.max(1) {
        fitting @ 1.. => fault.hint(format!("a batch of {fitting} fits: --batch {fitting}")),
        _ => fault.hint(format!("not even one image fits, which takes {:.1} GiB", gib(params.saturating_add(example)))),
    })
}
