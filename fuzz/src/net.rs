//! Any text at all: it is read, worked out, shown and explained, and put into its one form, without a panic; and the one
//! form stays as it is and means the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workings::Ledger;
use workings::ledger::Binds;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (model, faults) = formats::net::read(text);
    let formed = formats::net::format(text);
    assert_eq!(formats::net::format(&formed), formed, "formatting twice changes nothing");
    let (again, faults_again) = formats::net::read(&formed);
    assert_eq!(faults.len(), faults_again.len(), "formatting keeps what is wrong");
    if faults.is_empty() {
        let settings = |model: &workings::Model| {
            model.layers.iter().map(|l| (l.name.clone(), l.inputs.clone(), l.settings.clone())).collect::<Vec<_>>()
        };
        assert_eq!(settings(&model), settings(&again), "formatting keeps the network");
    }
    if model.layers.len() > 200 {
        return;
    }
    let (mut ledger, findings) = Ledger::of(model, &Binds::new());
    let report = views::show::show(&ledger, &findings, &Default::default());
    views::terminal::render(&report, &views::terminal::Style { width: 100, color: false });
    views::json::show(&ledger, &findings);
    views::csv::show(&ledger);
    let _ = views::why::why(&mut ledger, "params");
    for row in 0..ledger.rows.len().min(4) {
        let name = format!("{}.MACs", ledger.model.layers[row].name);
        let _ = views::why::why(&mut ledger, &name);
    }
});
