//! Networks that come along, and every small layer that PyTorch and Keras were asked about: they run, and the engine has
//! what their ledgers say.

use workings::verify::Verified;
use workings::{Fault, Ledger};

/// How many tensors are found in the file that they are saved to.
fn saved(tensors: engine::Tensors) -> Result<usize, Fault> {
    let file = sources::Memory::new("saved", formats::Weights::new(tensors).to_bytes());
    Ok(formats::Weights::read(&file)?.tensors().count())
}

fn verified(text: &str, binds: &[(&str, i64)]) -> Result<Verified, Fault> {
    let (model, faults) = formats::net::read(text);
    assert!(faults.is_empty(), "{text}: {faults:?}");
    let binds = binds.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
    let (ledger, findings) = Ledger::of(model, &binds);
    assert!(findings.is_empty(), "{findings:?}");
    engine::verify(&ledger.model, &ledger, "cpu", saved)
}

#[track_caller]
fn agrees(name: &str, binds: &[(&str, i64)]) {
    let network = sources::network(name).expect("it comes along");
    let verified = verified(network.text, binds).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(verified.differences(), [], "{name}");
    assert_eq!(verified.runs.iter().map(|run| run.batch).collect::<Vec<_>>(), [1, 2]);
    for row in &verified.rows {
        let (came, wanted) = row.gradients();
        assert_eq!(came, wanted, "{name}: {}", row.name);
    }
}

#[test]
fn lenet5() {
    agrees("lenet5", &[]);
}

#[test]
fn q2() {
    agrees("q2", &[]);
}

#[test]
fn q3() {
    agrees("q3", &[]);
}

#[test]
fn q5() {
    agrees("q5", &[]);
}

/// The batch needs no number: verification brings its own.
#[test]
fn encoder() {
    agrees("encoder", &[("L", 10)]);
    agrees("encoder", &[("L", 7), ("N", 3)]);
}

/// A network of many multiply-adds takes too long without optimisation, as tests are built.
const MOST_MACS: i128 = 2_000_000;

/// Settings that the engine does not run, each with what it says of them.
const NOT_RUN: &[&str] = &["a dilation in an average", "a window that is larger than its padded input"];

/// How many cases of a table ran, and what was wrong with any.
fn table(file: &str) -> (usize, Vec<String>) {
    let path = format!("{}/../../tests/truth/{file}", env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(path).expect("the table stands in the project");
    let (mut ran, mut wrong) = (0, Vec::new());
    for case in table.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = case.split('\t').collect();
        let (net, output) = (cells[0], cells[1]);
        let (model, faults) = formats::net::read(&net.replace(" / ", "\n"));
        let (ledger, findings) = Ledger::of(model, &Default::default());
        let macs = ledger.page.known(ledger.totals.macs.line);
        if output == "error" || !faults.is_empty() || !findings.is_empty() || macs.is_none_or(|macs| macs > MOST_MACS) {
            continue;
        }
        ran += 1;
        match engine::verify(&ledger.model, &ledger, "cpu", saved) {
            Ok(verified) if verified.agrees() => {}
            Ok(verified) => wrong.push(format!("{net}: {:?}", verified.differences())),
            Err(fault) if NOT_RUN.iter().any(|what| fault.says.contains(what)) => ran -= 1,
            Err(fault) => wrong.push(format!("{net}: {fault}")),
        }
    }
    (ran, wrong)
}

#[test]
fn the_layers_that_pytorch_was_asked_about() {
    let (ran, wrong) = table("torch.tsv");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 300, "{ran} ran");
}

#[test]
fn the_layers_that_keras_was_asked_about() {
    let (ran, wrong) = table("keras.tsv");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 150, "{ran} ran");
}
