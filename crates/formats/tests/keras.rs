//! Keras's files are read as Keras itself counts them: layer by layer, and in total.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use calc::{Line, Value};
use formats::Source;
use serde_json::Value as Json;
use workings::Finding;
use workings::fault::Fault;
use workings::ledger::{Binds, Ledger, Sums};
use workings::model::From;

/// What Keras 3.15.1 said of many small models (tests/truth/keras_models.py).
const RECORDED: &str = include_str!("../../../tests/data/keras_models.json");

/// Bytes under a name.
pub struct Bytes(pub String, pub Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        &self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let bytes = self.1.get(range.start as usize..range.end as usize);
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Fault::new("outside"))
    }
}

fn worked(name: &str, bytes: impl Into<Vec<u8>>) -> Result<(Ledger, Vec<Finding>), Fault> {
    let (model, faults) = formats::read(&Bytes(name.to_owned(), bytes.into()))?;
    assert!(faults.is_empty(), "{name}: {faults:?}");
    Ok(Ledger::of(model, &Binds::new()))
}

/// The corpus, where the environment names it.
fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("WORKINGS_CORPUS").map(PathBuf::from).filter(|path| path.join("keras").is_dir());
    if named.is_none() {
        eprintln!("LEFT OUT: the corpus of Keras's networks; WORKINGS_CORPUS does not name a folder that has it");
    }
    named
}

/// A shape as Keras has it: the batch first, the channels last; what is open as `None`.
fn shape(ledger: &Ledger, lines: &[Line]) -> Vec<Option<i64>> {
    let mut sizes: Vec<Option<i64>> =
        lines.iter().map(|line| ledger.page.known(*line).map(|n| i64::try_from(n).unwrap())).collect();
    if sizes.len() > 1 {
        sizes[1..].rotate_left(1);
    }
    sizes
}

fn told(json: &Json) -> Vec<Option<i64>> {
    json.as_array().unwrap().iter().map(Json::as_i64).collect()
}

fn number(ledger: &Ledger, line: Option<Line>) -> Option<i64> {
    match ledger.value(line) {
        Value::Known(n) => i64::try_from(n).ok(),
        _ => None,
    }
}

/// Whether two shapes are one: what Keras leaves open may be a formula here, or a number that Keras did not work out.
fn agree(ours: &[Option<i64>], theirs: &[Option<i64>]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| other.is_none() || one == other)
}

/// What differs between a ledger and what Keras says.
fn differences(ledger: &Ledger, truth: &Json, wrong: &mut Vec<String>) -> usize {
    let mut layers = 0;
    let rows: HashMap<&str, usize> =
        ledger.model.layers.iter().enumerate().rev().map(|(index, layer)| (&*layer.name, index)).collect();
    for one in truth["layers"].as_array().unwrap() {
        layers += 1;
        let name = one["name"].as_str().unwrap();
        let Some(&index) = rows.get(name) else {
            wrong.push(format!("{name}: no row"));
            continue;
        };
        let outputs: Vec<Json> = match &one["outputs"] {
            Json::Array(all) => all.clone(),
            _ => vec![one["output"].clone()],
        };
        for (k, theirs) in outputs.iter().enumerate().filter(|(_, shape)| shape.is_array()) {
            let from = if k == 0 { From::Layer(index as u32) } else { From::Output(index as u32, k as u32) };
            let ours = ledger.shape(from).map(|lines| shape(ledger, lines));
            if !ours.as_ref().is_some_and(|ours| agree(ours, &told(theirs))) {
                wrong.push(format!("{name} [{k}]: {ours:?}, and Keras has {theirs}"));
            }
        }
        let Sums { params, statistics, .. } = ledger.rows[index].sums;
        let ours = number(ledger, params).zip(number(ledger, statistics)).map(|(a, b)| a + b);
        if ours != one["params"].as_i64() {
            wrong.push(format!("{name}: {ours:?} parameters, and Keras has {}", one["params"]));
        }
    }
    let total = |total: workings::ledger::Total| number(ledger, Some(total.line)).filter(|_| total.exact);
    let totals = &ledger.totals;
    let all = total(totals.params).zip(total(totals.statistics)).map(|(a, b)| a + b);
    if all != truth["params"].as_i64() || total(totals.trainable) != truth["trainable"].as_i64() {
        let ours = total(totals.trainable);
        wrong.push(format!("total {all:?} {ours:?}, and Keras has {} {}", truth["params"], truth["trainable"]));
    }
    layers
}

#[test]
fn every_small_model_is_as_keras_says() {
    let all: serde_json::Map<String, Json> = serde_json::from_str(RECORDED).unwrap();
    let (mut wrong, mut layers) = (Vec::new(), 0);
    for (name, truth) in &all {
        // What is code is a row that nothing is known of: the test below.
        if name == "lambdas" {
            continue;
        }
        match worked("model.json", truth["config"].to_string()) {
            Ok((ledger, findings)) => {
                let mut own = findings.iter().map(|finding| finding.says.clone()).collect();
                layers += differences(&ledger, truth, &mut own);
                wrong.extend(own.into_iter().map(|says| format!("{name}: {says}")));
            }
            Err(fault) => wrong.push(format!("{name}: {fault}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {layers} layers:\n{}", wrong.len(), wrong.join("\n"));
    assert!(all.len() > 200 && layers > 400, "{} models, {layers} layers", all.len());
}

#[test]
fn every_network_of_the_corpus_is_as_keras_says() {
    let Some(corpus) = corpus() else { return };
    let (mut networks, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(corpus.join("keras")).unwrap() {
        let path = entry.unwrap().path();
        let Some(stem) = path.to_str().and_then(|name| name.strip_suffix(".truth.json")) else { continue };
        let truth: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (ledger, findings) = worked(stem, std::fs::read(format!("{stem}.json")).unwrap()).unwrap();
        assert!(findings.is_empty(), "{stem}: {:?}", &findings[..findings.len().min(3)]);
        let mut own = Vec::new();
        differences(&ledger, &truth, &mut own);
        wrong.extend(own.into_iter().map(|says| format!("{}: {says}", Path::new(stem).display())));
        networks += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(networks, 14);
}

#[test]
fn one_network_in_every_file_that_keras_writes() {
    let Some(corpus) = corpus() else { return };
    for (name, wired) in [("q2.keras", true), ("q2.h5", true), ("q2.json", true), ("q2.weights.h5", false)] {
        let bytes = std::fs::read(corpus.join("formats").join(name)).unwrap();
        // Under a name that says nothing, the contents do.
        for called in [name, "a file"] {
            let (ledger, findings) = worked(called, bytes.clone()).unwrap();
            assert!(findings.is_empty(), "{name}: {findings:?}");
            let totals = &ledger.totals;
            assert_eq!(number(&ledger, Some(totals.params.line)), Some(588_734), "{name}");
            assert!(totals.params.exact, "{name}");
            assert_eq!(totals.macs.exact, wired, "{name}");
            if wired {
                let (model, _) = formats::read(&Bytes(called.to_owned(), bytes.clone())).unwrap();
                let (two, _) = Ledger::of(model, &Binds::from([("batch".to_owned(), 2)]));
                assert_eq!(number(&two, Some(two.totals.macs.line)), Some(2 * 7_582_750), "{name}");
            }
        }
    }
}
