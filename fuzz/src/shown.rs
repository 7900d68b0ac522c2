//! What the targets that read networks share: a network shown as the command shows it, and dice for their mutators.

use formats::Read;
use workings::Ledger;
use workings::ledger::Binds;

/// The most layers of a network that is worked out: more take longer, and have nothing that fewer have not.
const WORKED: usize = 2000;

/// The most layers of a network that is shown.
const SHOWN: usize = 200;

/// What was read is worked out and shown in every form, or has a message that says something.
pub fn shown(read: Read) {
    let (model, faults) = match read {
        Ok(read) => read,
        Err(fault) => return assert!(!fault.says.is_empty(), "a file that is refused has a reason"),
    };
    assert!(faults.iter().all(|fault| !fault.says.is_empty()), "a fault says something");
    if model.layers.len() > WORKED {
        return;
    }
    let (mut ledger, findings) = Ledger::of(model, &Binds::new());
    assert_eq!(ledger.rows.len(), ledger.model.layers.len(), "every layer has a row");
    if ledger.rows.len() > SHOWN {
        return;
    }
    for full in [false, true] {
        let options = views::show::Options { full, ..Default::default() };
        let report = views::show::show(&ledger, &findings, &options);
        views::terminal::render(&report, &views::terminal::Style { width: 100, color: false });
        views::html::render(&report);
    }
    views::json::show(&ledger, &findings);
    views::csv::show(&ledger);
    ledger.fold(1);
    let _ = views::why::why(&mut ledger, "params");
    for row in 0..ledger.rows.len().min(4) {
        let name = format!("{}.MACs", ledger.model.layers[row].name);
        let _ = views::why::why(&mut ledger, &name);
    }
}

/// Numbers that look thrown, the same ones from the same beginning.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u32) -> Dice {
        Dice(seed.into())
    }

    /// A number below this one.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    /// One of some words.
    pub fn word(&mut self, words: &'static str) -> &'static str {
        let count = words.split_ascii_whitespace().count();
        words.split_ascii_whitespace().nth(self.below(count)).unwrap_or_default()
    }
}
