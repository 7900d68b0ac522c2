//! Every layer that the notation knows, against what PyTorch and Keras have: output shape, parameters, statistics and
//! multiply-adds, as `tests/truth/record_torch.py` and `record_keras.py` recorded them.

use workings::ledger::{Binds, Ledger, Total};

const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/truth/");

/// Where the project goes further than a framework that refuses, with the reason.
const FURTHER: &[(&str, &str)] =
    &[("limit of PyTorch: same with a stride", "`same` keeps ⌈size/stride⌉ positions, as it does everywhere else")];

fn differences(file: &str) -> (usize, Vec<String>) {
    let table = std::fs::read_to_string(format!("{TRUTH}{file}")).expect("the table stands in the project");
    let cases: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).skip(1).collect();
    let wrong = cases.iter().filter_map(|case| differs(case)).collect();
    (cases.len(), wrong)
}

/// What is wrong with a case, if anything is.
fn differs(case: &str) -> Option<String> {
    let cells: Vec<&str> = case.split('\t').collect();
    let [net, output, params, statistics, macs, note] = cells[..] else { panic!("six cells: {case}") };
    let (model, faults) = formats::net::read(&net.replace(" / ", "\n"));
    if !faults.is_empty() {
        return (output != "error").then(|| format!("{net}: {}", faults[0]));
    }
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    if output == "error" {
        let further = FURTHER.iter().any(|(of, _)| note.contains(of));
        return (findings.is_empty() && !further).then(|| format!("{net}: refused by the framework ({note})"));
    }
    let shown = |total: Total| ledger.page.known(total.line).map_or("?".to_owned(), |n| n.to_string());
    let found =
        [shape(&ledger), shown(ledger.totals.params), shown(ledger.totals.statistics), shown(ledger.totals.macs)];
    let wanted = [output, params, statistics, if macs == "-" { &found[3] } else { macs }];
    let same = found.iter().zip(wanted).all(|(found, wanted)| found == wanted);
    (!same || !findings.is_empty())
        .then(|| format!("{net}\n    found {found:?}\n    needed {wanted:?} ({note}) {findings:?}"))
}

/// The last layer's output as the notation writes it: space, then channels.
fn shape(ledger: &Ledger) -> String {
    let Some(out) = ledger.rows.last().and_then(|row| row.out.as_ref()) else { return "?".to_owned() };
    let size = |line| ledger.page.known(line).map_or("?".to_owned(), |n| n.to_string());
    let sizes: Vec<String> = out[2..].iter().chain([&out[1]]).map(|line| size(*line)).collect();
    sizes.join("x")
}

#[test]
fn pytorch_has_the_same_shapes_parameters_and_multiply_adds() {
    let (count, wrong) = differences("torch.tsv");
    assert!(count > 400, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn keras_has_the_same_shapes_and_parameters() {
    let (count, wrong) = differences("keras.tsv");
    assert!(count > 200, "{count} cases");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}
