//! Models within models, what is shared and what is trained, dictionaries, and arrays among arguments, as Keras 3.15.1 writes and
//! counts them (tests/truth/keras_nested.py).

use formats::Source;
use serde_json::{Map, Value as Json};
use workings::Fault;
use workings::ledger::{Binds, Ledger, Total};
use workings::model::From;

const RECORDED: &str = include_str!("../../../tests/data/keras_nested.json");

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

/// A layer that shares its weights, and has some of its own: it is named, and nothing is known of it.
const NOT_KNOWN: &str = "shared_part_of_spectral";

fn recorded() -> Map<String, Json> {
    serde_json::from_str(RECORDED).expect("JSON")
}

fn worked(name: &str, model: &Json) -> (Ledger, Vec<String>) {
    let (model, faults) = formats::read(&Bytes(model.to_string().into())).expect(name);
    assert_eq!(faults, [], "{name}");
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    (ledger, findings.into_iter().map(|finding| finding.says).collect())
}

#[test]
fn parameters_are_those_that_keras_counts() {
    let all = recorded();
    for (name, one) in all.iter().filter(|(name, _)| **name != NOT_KNOWN) {
        let (ledger, findings) = worked(name, &one["model"]);
        assert!(findings.is_empty(), "{name}: {findings:?}");
        let known = |total: Total| ledger.page.known(total.line).filter(|_| total.exact);
        let totals = &ledger.totals;
        let parameters = known(totals.params).zip(known(totals.statistics)).map(|(learned, kept)| learned + kept);
        assert_eq!(parameters, one["parameters"].as_i64().map(i128::from), "{name}: parameters");
        assert_eq!(known(totals.trainable), one["trainable"].as_i64().map(i128::from), "{name}: trainable");
    }
    assert!(all.len() > 60, "{} models", all.len());
}

#[test]
fn shapes_are_those_that_keras_says() {
    for (name, one) in recorded().iter().filter(|(name, _)| **name != NOT_KNOWN) {
        let (ledger, _) = worked(name, &one["model"]);
        for (layer, outputs) in one["shapes"].as_object().expect("shapes") {
            let index = ledger.model.layers.iter().position(|one| &*one.name == layer).expect(layer) as u32;
            for (at, told) in (0..).zip(outputs.as_array().expect("shapes")) {
                let from = if at == 0 { From::Layer(index) } else { From::Output(index, at) };
                let lines = ledger.shape(from).expect(layer);
                let mut sizes: Vec<_> = lines.iter().map(|line| ledger.page.known(*line)).collect();
                // The channels come last as Keras has it.
                sizes[1..].rotate_left(usize::from(lines.len() > 1));
                let told: Vec<_> = told.as_array().expect("sizes").iter().map(|n| n.as_i64().map(i128::from)).collect();
                assert_eq!(sizes, told, "{name}: {layer} [{at}]");
            }
        }
    }
}

#[test]
fn what_has_no_rule_is_named() {
    let all = recorded();
    let (ledger, findings) = worked(NOT_KNOWN, &all[NOT_KNOWN]["model"]);
    let says = "spectral: no rule for SpectralNormalization around a layer that stands elsewhere too";
    assert!(findings.iter().any(|found| found == says), "{findings:?}");
    assert!(!ledger.totals.params.exact);

    // An array of 2 × 1 × 1 × 1 beside an input of batch × 6 × 4, and arrays that are none, or do not fit.
    let text = all["array_short"]["model"].to_string();
    let batch = text.replace("\"value\":[1.0,1.0,1.0,1.0]", "\"value\":[[[[1.0]]],[[[1.0]]]]");
    assert_ne!(text, batch);
    let (_, findings) = worked("batch", &serde_json::from_str(&batch).expect("JSON"));
    assert!(findings[0].contains("no rule for an array that changes the batch yet"), "{findings:?}");
    let uneven = text.replace("\"value\":[1.0,1.0,1.0,1.0]", "\"value\":[[1.0],[1.0,1.0]]");
    let (_, findings) = worked("uneven", &serde_json::from_str(&uneven).expect("JSON"));
    assert!(findings[0].contains("with an array among its arguments yet"), "{findings:?}");
    let unfit = text.replace("\"value\":[1.0,1.0,1.0,1.0]", "\"value\":[1.0,1.0,1.0]");
    let (_, findings) = worked("unfit", &serde_json::from_str(&unfit).expect("JSON"));
    assert!(findings[0].contains("the sizes are equal or one of them is 1"), "{findings:?}");

    // Keras: `list assignment index out of range`.
    let far = all["prelu[-2]"]["model"].to_string().replace("\"shared_axes\":[-2]", "\"shared_axes\":[-3]");
    let (_, findings) = worked("far", &serde_json::from_str(&far).expect("JSON"));
    assert!(findings[0].contains("along an axis that the input has not"), "{findings:?}");
}

/// Layers of one name that are no one object, and an object's number that is another's, have weights of their own.
#[test]
fn only_what_is_one_object_is_shared() {
    let all = recorded();
    let count = |text: String| {
        let (ledger, _) = worked("shared", &serde_json::from_str(&text).expect("JSON"));
        ledger.page.known(ledger.totals.params.line)
    };
    let text = all["shared_by_two"]["model"].to_string();
    // 6 · 6 + 6 once, and twice.
    assert_eq!(count(text.clone()), Some(42));
    let key = text.split("\"shared_object_id\":").nth(1).expect("a number").split([',', '}']).next().expect("a number");
    assert_eq!(count(text.replace(&format!("\"shared_object_id\":{key}"), "\"other\":0")), Some(84));
    let (before, behind) = text.rsplit_once("\"activation\":\"linear\"").expect("an activation");
    assert_eq!(count(format!("{before}\"activation\":\"relu\"{behind}")), Some(84));
}

/// An export writes the softmax along the last axis.
#[test]
fn a_softmax_along_another_axis_is_not_written_as_one_along_the_last() {
    for (axis, why) in [(-1, None), (1, Some("sm: no export knows `along` of a Keras layer yet"))] {
        let model = serde_json::json!({"class_name": "Sequential", "config": {"name": "s", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 5, 4], "name": "i"}},
            {"class_name": "Softmax", "config": {"name": "sm", "axis": axis}}]}});
        let (ledger, findings) = worked("softmax", &model);
        assert!(findings.is_empty(), "{findings:?}");
        for export in formats::export::EXPORTS {
            let refused = export.write(&ledger, None).err().map(|fault| fault.says);
            assert_eq!(refused.as_deref(), why, "{}", export.name);
        }
    }
}
