//! Models within models, and settings that change what a layer learns, as Keras 3.15.1 writes and counts them
//! (`tests/data/keras_nested.json`).

use formats::Source;
use serde_json::Value as Json;
use workings::Fault;
use workings::ledger::{Binds, Ledger};

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "model.json"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

#[test]
fn parameters_are_those_that_keras_counts() {
    let all: Json = serde_json::from_str(include_str!("../../../tests/data/keras_nested.json")).expect("JSON");
    for name in ["deep", "last", "rms"] {
        let one = &all[name];
        let (model, faults) = formats::read(&Bytes(one["model"].to_string().into())).expect("a network");
        assert_eq!(faults, [], "{name}");
        let (ledger, findings) = Ledger::of(model, &Binds::new());
        assert_eq!(findings, [], "{name}");
        let known = ledger.page.known(ledger.totals.params.line).filter(|_| ledger.totals.params.exact);
        assert_eq!(known, one["parameters"].as_i64().map(i128::from), "{name}");
    }
}
