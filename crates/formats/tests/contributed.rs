//! ONNX Runtime's own operators, and some of ONNX's, node by node: the shapes that ONNX Runtime gave, and multiply-adds and
//! parameters worked out by hand, as `tests/truth/onnx_contributed.py` recorded them.

use std::rc::Rc;

use serde_json::Value as Json;
use workings::graph::{Attribute, Dtype, Numbers, Raw, Stored};
use workings::ledger::{Binds, Ledger, Lines};
use workings::model::{From, Input, Layer, Layout, Model, Rules, Size};
use workings::ops;

const RECORDED: &str = include_str!("../../../tests/data/onnx_contributed.json");

fn numbers(of: &Json) -> Vec<i64> {
    of.as_array().map(|all| all.iter().map(|n| n.as_i64().expect("a whole number")).collect()).unwrap_or_default()
}

fn text(of: &Json) -> &str {
    of.as_str().expect("a text")
}

/// The type that NumPy calls this.
fn dtype(name: &str) -> Dtype {
    (0..27).map(Dtype::of_onnx).find(|known| known.name() == name).expect("a type of ONNX")
}

fn attribute(of: &Json) -> Attribute {
    match of {
        Json::String(told) => Attribute::Text(told.as_str().into()),
        Json::Array(all) if all.iter().any(Json::is_f64) => {
            Attribute::Floats(all.iter().map(|x| x.as_f64().expect("a number") as f32).collect())
        }
        Json::Array(all) if all.iter().any(Json::is_string) => {
            Attribute::Texts(all.iter().map(|one| text(one).into()).collect())
        }
        Json::Array(_) => Attribute::Ints(numbers(of).into()),
        Json::Number(told) if told.is_f64() => Attribute::Float(told.as_f64().expect("a number") as f32),
        Json::Number(told) if told.is_i64() => Attribute::Int(told.as_i64().expect("a whole number")),
        other => panic!("{other} is no attribute here"),
    }
}

/// The network of one node that a line of the record describes.
fn network(case: &Json) -> Model {
    let (domain, kind) = (text(&case["domain"]), text(&case["kind"]));
    let mut model = Model { layout: Layout::AsInFile, rules: Rules::Onnx, complete: true, ..Model::default() };
    let mut inputs = Vec::new();
    for (at, told) in case["inputs"].as_array().expect("inputs").iter().enumerate() {
        if told.is_null() {
            inputs.push(From::Nothing);
            continue;
        }
        let (dtype, shape) = (dtype(text(&told["type"])), numbers(&told["shape"]));
        let known = told["numbers"].is_array().then(|| Numbers::Whole(numbers(&told["numbers"]).into()));
        if told["stored"] == true {
            inputs.push(From::Stored(model.graph.stored.len() as u32));
            let name = format!("layer.{at}.weight").into();
            model.graph.stored.push(Stored { name, dtype, shape, numbers: known, constant: false });
        } else {
            inputs.push(From::Input(model.inputs.len() as u32));
            model.inputs.push(Input {
                name: format!("in{at}").into(),
                shape: shape.into_iter().map(Size::Number).collect(),
                dtype,
                shapeless: false,
                numbers: known,
                place: Default::default(),
            });
        }
    }
    let attributes = case["attributes"].as_object().expect("attributes");
    let raw = Raw {
        domain: domain.into(),
        kind: kind.into(),
        version: case["version"].as_i64().expect("a version"),
        attributes: attributes.iter().map(|(name, told)| (Rc::from(name.as_str()), attribute(told))).collect(),
        outputs: (0..case["outputs"].as_array().expect("outputs").len()).map(|at| format!("out{at}").into()).collect(),
        depth: 0,
        said: 0,
    };
    let op = ops::by_onnx(domain, kind);
    assert!(op.is_some(), "{domain} {kind} has no rule");
    model.layers =
        vec![Layer { name: "node".into(), op, inputs: inputs.into(), raw: Some(Box::new(raw)), ..Layer::default() }];
    model
}

/// What is wrong with a case, if anything is.
fn differs(case: &Json) -> Option<String> {
    let (ledger, findings) = Ledger::of(network(case), &Binds::new());
    let row = &ledger.rows[0];
    let sizes = |lines: &Lines| lines.iter().map(|size| ledger.page.known(*size)).collect::<Vec<_>>();
    let made = std::iter::once((&row.out, row.dtype)).chain(row.more.iter().map(|more| (&more.shape, more.dtype)));
    let found: Vec<_> = made.map(|(shape, dtype)| (shape.as_ref().map(sizes), dtype.name())).collect();
    let outputs = case["outputs"].as_array().expect("outputs").iter();
    let wanted: Vec<_> = outputs
        .map(|output| {
            // A size that only the elements decide has no number.
            let sizes = output["shape"].as_array().expect("a shape").iter().map(|n| n.as_i64().map(i128::from));
            (Some(sizes.collect()), dtype(text(&output["type"])).name())
        })
        .collect();
    let totals = [("macs", ledger.totals.macs), ("params", ledger.totals.params)];
    let counts = totals.map(|(_, total)| ledger.page.known(total.line).filter(|_| total.exact));
    let by_hand = totals.map(|(name, _)| case[name][1].as_i64().map(i128::from));
    let same = found == wanted && counts == by_hand && findings.is_empty();
    (!same).then(|| format!("{case}\n    found {found:?} {counts:?} {findings:?}"))
}

#[test]
fn every_node_is_what_onnx_runtime_made_of_it() {
    let recorded: Json = serde_json::from_str(RECORDED).expect("JSON");
    let cases = recorded["cases"].as_array().expect("cases");
    let wrong: Vec<String> = cases.iter().filter_map(differs).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 90, "{} nodes", cases.len());
}

/// What is shared from step to step has room for more keys than there are: how many there are stands in the elements of an
/// input, and without them neither the size of what is handed on nor the multiply-adds are known.
#[test]
fn what_only_a_run_decides_is_unknown() {
    let recorded: Json = serde_json::from_str(RECORDED).expect("JSON");
    let cases = recorded["cases"].as_array().expect("cases");
    let grouped = |case: &&Json| case["kind"] == "GroupQueryAttention" && case["inputs"][3].is_object();
    let mut case = cases.iter().find(grouped).expect("one with keys of before").clone();
    case["inputs"][6].as_object_mut().expect("the number of keys").remove("numbers");
    let (ledger, findings) = Ledger::of(network(&case), &Binds::new());
    assert_eq!(findings, []);
    let row = &ledger.rows[0];
    let known = |lines: &Lines| lines.iter().map(|size| ledger.page.known(*size)).collect::<Vec<_>>();
    // The output is the query's: batch 2, length 1, 4 heads of 8 features. Of the keys batch, heads and features are known.
    assert_eq!(row.out.as_ref().map(known), Some(vec![Some(2), Some(1), Some(32)]));
    assert_eq!(row.more[0].shape.as_ref().map(known), Some(vec![Some(2), Some(2), None, Some(8)]));
    assert!(!ledger.totals.macs.exact);
    // Where nobody asks for the keys, their open size is no symbol of the network.
    case["outputs"].as_array_mut().expect("outputs").truncate(1);
    assert!(Ledger::of(network(&case), &Binds::new()).0.symbols.is_empty());
}

#[test]
fn the_page_of_formats_has_the_numbers_of_words() {
    let page = include_str!("../../../docs/formats.md");
    let words = |domain: &str| {
        ops::OPERATORS.iter().flat_map(|operator| operator.onnx).filter(|word| word.domain == domain).count()
    };
    for said in [
        format!("({} words;", words("")),
        format!("{} of ONNX Runtime's set", words(ops::MICROSOFT)),
        format!("Of `ai.onnx.ml` {} have one", words("ai.onnx.ml")),
    ] {
        assert!(page.contains(&said), "docs/formats.md: `{said}` is not there");
    }
}
