//! The JSON of a ledger is the schema `workings/1`, to the letter.

use std::collections::HashMap;

use expect_test::{expect, expect_file};
use serde_json::Value;
use workings::Ledger;

fn ledger(net: &str, binds: &[(&str, i64)]) -> (Ledger, Vec<workings::ledger::Finding>) {
    let binds = binds.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
    Ledger::of(formats::net::read(net).0, &binds)
}

fn text(net: &str) -> String {
    let (ledger, findings) = ledger(net, &[]);
    views::json::show(&ledger, &findings)
}

fn json(net: &str) -> Value {
    serde_json::from_str(&text(net)).expect("it is JSON")
}

const SMALL: &str = "network small\ninput 224x224x3\nconv 11x11, 64, stride 2, relu\n";
const SYMBOLIC: &str = "network open\nbatch N\ninput HxWx3\nconv 3x3, 64, stride 2\nconv 3x3, K, same, no bias\n";
const BROKEN: &str =
    "network broken\ninput 8x8x3\nconv 3x3, 8\nconv 9x9, 8\nconv 3x3, 4\nconv 3, 3, groups 3\nkonv 2, 2\n";
const HUGE: &str = "input 2000000000x2000000000x3000000000\nconv 1x1, 9000000000\nconv 9, 9000000000000000000, pad 4\n";
const ODD: &str = "batch ?\ninput ?hx?wx3\nconv 3x3, in, stride lambda\nconv 3x3, ?\n";
const MANY: &str = "\
network many
batch N
input TxE
a: dense 64, relu
lstm 32, bidirectional
attention 8
layernorm
add a
dropout 0.1
globalpool
dense 10, softmax
";
const EMPTY: &str = "";

#[test]
fn a_small_network_is_printed_in_the_order_of_the_contract() {
    expect![[r#"
        {
          "schema": "workings/1",
          "model": {
            "name": "small",
            "format": "net",
            "layout": "channels first",
            "rules": "pytorch",
            "rounding": "floor",
            "inputs": [
              {"name": "input", "shape": [1, 3, 224, 224], "dtype": "float32"}
            ],
            "symbols": []
          },
          "rows": [
            {
              "id": 1,
              "name": "conv1",
              "op": "conv",
              "module": null,
              "settings": {"kernel": [11, 11], "stride": [2, 2], "padding": [[0, 0], [0, 0]], "dilation": [1, 1], "rounding": "floor", "groups": 1, "kernels": 64, "bias": "yes", "activation": "relu"},
              "inputs": [{"name": "input", "shape": [1, 3, 224, 224]}],
              "outputs": [{"name": "conv1", "shape": [1, 64, 107, 107]}],
              "params": 23296,
              "weights": 23232,
              "biases": 64,
              "trainable": 23296,
              "statistics": 0,
              "constants": 0,
              "macs": 265983168,
              "costs": {"multiplications": 0, "additions": 732736, "comparisons": 732736, "divisions": 0, "transcendentals": 0, "read": 173824, "written": 732736},
              "tensors": [{"name": "weight", "role": "weight", "shape": [64, 3, 11, 11], "elements": 23232}, {"name": "bias", "role": "bias", "shape": [64], "elements": 64}],
              "receptive_field": null,
              "working": {"kernel.reach": "K_eff = D × (K − 1) + 1 = 1 × (11 − 1) + 1 = 11", "output.height": "H_out = ⌊(H − K)/S⌋ + 1 = ⌊(224 − 11)/2⌋ + 1 = 107", "output.width": "W_out = ⌊(W − K)/S⌋ + 1 = ⌊(224 − 11)/2⌋ + 1 = 107", "fan_in": "fan_in = K × K × C_in = 11 × 11 × 3 = 363", "weights": "weights = fan_in × C_out = 363 × 64 = 23,232", "outputs": "outputs = C_out × H_out × W_out = 64 × 107 × 107 = 732,736", "biases": "biases = 1 × C_out = 1 × 64 = 64", "params": "params = weights + biases = 23,232 + 64 = 23,296", "macs": "MACs = outputs × fan_in = 732,736 × 363 = 265,983,168", "additions": "additions = 732,736", "comparisons": "comparisons = C_out × H_out × W_out = 64 × 107 × 107 = 732,736", "read": "read = C × H × W + params = 3 × 224 × 224 + 23,296 = 173,824", "written": "written = C_out × H_out × W_out = 64 × 107 × 107 = 732,736"}
            }
          ],
          "totals": {
            "params": 23296,
            "trainable": 23296,
            "statistics": 0,
            "constants": 0,
            "macs": 265983168,
            "exact": true,
            "weight_bytes": null,
            "peak_activation_bytes": null
          },
          "findings": []
        }
    "#]].assert_eq(&text(SMALL));
}

#[test]
fn every_setting_that_a_layer_has_is_told() {
    let settings = |line: &str, input: &str| {
        let show = json(&format!("input {input}\n{line}\n"));
        format!("{line}: {}\n", show["rows"][0]["settings"])
    };
    let told = [
        settings("conv 3x3, 4, no bias", "8x8x4"),
        settings("depthwise 3x3, multiplier 2", "8x8x4"),
        settings("separable 3x3, 8", "8x8x4"),
        settings("adaptivepool 2", "8x8x4"),
        settings("globalpool flat", "8x8x4"),
        settings("dropout 0.25", "8x8x4"),
        settings("dropout 1", "8x8x4"),
        settings("batchnorm no shift", "8x8x4"),
        settings("layernorm axes 2", "8x8x4"),
        settings("rmsnorm no scale", "8x8x4"),
        settings("groupnorm 2", "8x8x4"),
        settings("instancenorm affine", "8x8x4"),
        settings("reshape -1x4", "8x8x4"),
        settings("lstm 8, projection 4, biases 1", "8x4"),
        settings("attention 2, key 3", "8x4"),
    ];
    expect![[r#"
        conv 3x3, 4, no bias: {"kernel":[3,3],"stride":[1,1],"padding":[[0,0],[0,0]],"dilation":[1,1],"rounding":"floor","groups":1,"kernels":4,"bias":"no"}
        depthwise 3x3, multiplier 2: {"kernel":[3,3],"stride":[1,1],"padding":[[0,0],[0,0]],"dilation":[1,1],"rounding":"floor","groups":4,"kernels":8,"bias":"yes","multiplier":2}
        separable 3x3, 8: {"kernel":[3,3],"stride":[1,1],"padding":[[0,0],[0,0]],"dilation":[1,1],"rounding":"floor","kind":"separable","multiplier":1,"kernels":8,"bias":"yes"}
        adaptivepool 2: {"extent":"adaptive","size":[2,2],"mode":"average"}
        globalpool flat: {"extent":"global","flat":"yes","mode":"average"}
        dropout 0.25: {"rate":0.25}
        dropout 1: {"rate":1.0}
        batchnorm no shift: {"scale":"yes","shift":"no","statistics":"yes"}
        layernorm axes 2: {"axes":2,"scale":"yes","shift":"yes"}
        rmsnorm no scale: {"axes":1,"scale":"no"}
        groupnorm 2: {"groups":2,"scale":"yes","shift":"yes"}
        instancenorm affine: {"affine":"yes","scale":"yes","shift":"yes"}
        reshape -1x4: {"shape":[4,64]}
        lstm 8, projection 4, biases 1: {"units":8,"layers":1,"directions":"one","steps":"all","biases":1,"projection":4}
        attention 2, key 3: {"heads":2,"bias":"yes","key":3}
    "#]].assert_eq(&told.concat());
}

#[test]
fn the_schema_is_the_one_that_is_kept() {
    expect_file!["../schema/workings-1.schema.json"].assert_eq(&views::json::schema());
}

#[test]
fn whatever_is_printed_is_in_the_schema() {
    let schema: Value = serde_json::from_str(&views::json::schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for net in [SMALL, SYMBOLIC, BROKEN, HUGE, ODD, MANY, EMPTY] {
        let json = json(net);
        let wrong: Vec<_> = schema.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{net}: {wrong:#?}");
    }
}

#[test]
fn the_schema_refuses_what_is_not_in_it() {
    let schema: Value = serde_json::from_str(&views::json::schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let wrong = |change: fn(&mut Value)| {
        let mut json = json(SMALL);
        change(&mut json);
        !schema.is_valid(&json)
    };
    assert!(wrong(|json| json["schema"] = "workings/2".into()));
    assert!(wrong(|json| json["rows"][0]["params"] = 1.5.into()));
    assert!(wrong(|json| json["rows"][0]["params"] = (1_i64 << 53).into()));
    assert!(wrong(|json| json["rows"][0]["macs"] = "H**2".replace("**", "^").into()));
    assert!(wrong(|json| json["totals"].as_object_mut().map_or((), |totals| drop(totals.remove("exact")))));
}

#[test]
fn numbers_are_exact_however_large() {
    let rows = &json(HUGE)["rows"];
    assert_eq!(rows[0]["params"], "27000000009000000000");
    assert_eq!(rows[0]["macs"], "108000000000000000000000000000000000000");
    assert_eq!(
        rows[0]["outputs"][0]["shape"],
        serde_json::json!([1, 9_000_000_000_i64, 2_000_000_000_i64, 2_000_000_000_i64])
    );
    assert_eq!(rows[1]["outputs"][0]["shape"][1], "9000000000000000000");
    assert_eq!(rows[1]["macs"], Value::Null);
}

#[test]
fn what_cannot_be_known_is_null_and_the_totals_say_so() {
    let json = json(BROKEN);
    let row = |at: usize| &json["rows"][at];
    assert_eq!(row(0)["params"], 224);
    assert_eq!(row(1)["outputs"][0]["shape"], serde_json::json!([1, 8, null, null]));
    assert_eq!(row(1)["params"], 5192);
    assert_eq!(row(1)["macs"], Value::Null);
    assert_eq!(row(4)["op"], Value::Null);
    assert_eq!(row(4)["outputs"][0]["shape"], Value::Null);
    for key in ["params", "weights", "biases", "trainable", "statistics", "macs"] {
        assert_eq!(row(4)[key], Value::Null, "{key}");
    }
    assert_eq!(json["totals"]["exact"], false);
    assert_eq!(json["findings"][0]["at"], "conv2");
    assert_eq!(json["findings"][0]["code"], "window");
}

#[test]
fn symbols_have_names_that_python_takes() {
    let json = json(ODD);
    assert_eq!(json["model"]["symbols"], serde_json::json!(["unknown1", "h", "w", "lambda_", "in_", "unknown2"]));
    assert_eq!(json["model"]["inputs"][0]["shape"], serde_json::json!(["unknown1", 3, "h", "w"]));
    expect!["(h - 3)//lambda_ + 1"].assert_eq(json["rows"][0]["outputs"][0]["shape"][2].as_str().unwrap_or_default());
}

#[test]
fn a_formula_comes_to_what_the_ledger_says_of_numbers() {
    let binds = [("N", 7), ("H", 61), ("W", 90), ("K", 5)];
    let symbols: HashMap<&str, i128> = binds.iter().map(|(name, n)| (*name, i128::from(*n))).collect();
    let (bound, findings) = ledger(SYMBOLIC, &binds);
    let bound: Value = serde_json::from_str(&views::json::show(&bound, &findings)).expect("it is JSON");
    let open = json(SYMBOLIC);
    assert_eq!(open["model"]["symbols"], serde_json::json!(["N", "H", "W", "K"]));
    assert_eq!(bound["model"]["symbols"], serde_json::json!([]));
    let mut formulas = 0;
    for at in 0..2 {
        let pairs =
            ["params", "macs", "weights", "biases"].iter().map(|key| [&open, &bound].map(|j| &j["rows"][at][key]));
        let costs =
            ["read", "written", "additions"].iter().map(|key| [&open, &bound].map(|j| &j["rows"][at]["costs"][key]));
        for [open, bound] in pairs.chain(costs) {
            let Some(formula) = open.as_str() else { continue };
            assert_eq!(Some(python(formula, &symbols)), bound.as_i64().map(i128::from), "{formula}");
            formulas += 1;
        }
    }
    assert!(formulas > 5, "{formulas} formulas were tried");
}

/// What an expression of the grammar comes to.
fn python(text: &str, symbols: &HashMap<&str, i128>) -> i128 {
    let mut parser = Parser { rest: text, symbols };
    let n = parser.sum();
    assert_eq!(parser.rest.trim(), "", "of `{text}`");
    n
}

struct Parser<'t> {
    rest: &'t str,
    symbols: &'t HashMap<&'t str, i128>,
}

impl Parser<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let left = self.rest.trim_start().strip_prefix(sign);
        self.rest = left.unwrap_or(self.rest);
        left.is_some()
    }

    fn sum(&mut self) -> i128 {
        let mut sum = self.product();
        loop {
            sum += match (self.takes("+"), self.takes("-")) {
                (true, _) => self.product(),
                (_, true) => -self.product(),
                _ => return sum,
            }
        }
    }

    fn product(&mut self) -> i128 {
        let mut product = self.factor();
        loop {
            product = match (self.takes("*"), self.takes("//")) {
                (true, _) => product * self.factor(),
                (_, true) => product.div_euclid(self.factor()),
                _ => return product,
            }
        }
    }

    fn factor(&mut self) -> i128 {
        if self.takes("-") {
            return -self.factor();
        }
        if self.takes("(") {
            let inner = self.sum();
            assert!(self.takes(")"), "at `{}`", self.rest);
            return inner;
        }
        for (call, choose) in [("min(", i128::min as fn(i128, i128) -> i128), ("max(", i128::max)] {
            if self.takes(call) {
                let mut chosen = self.sum();
                while self.takes(",") {
                    chosen = choose(chosen, self.sum());
                }
                assert!(self.takes(")"), "at `{}`", self.rest);
                return chosen;
            }
        }
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.rest = &rest[end..];
        rest[..end].parse().unwrap_or_else(|_| self.symbols[&rest[..end]])
    }
}

#[test]
fn what_people_read_is_in_its_own_schema() {
    let schema: Value = serde_json::from_str(include_str!("../schema/workings-report-1.schema.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let (mut ledger, findings) = ledger(BROKEN, &[]);
    let reports = [
        views::show::show(&ledger, &findings, &Default::default()),
        views::why::why(&mut ledger, "conv1.params").expect("it has parameters"),
        views::ops::ops(workings::ops::OPERATORS),
    ];
    for report in reports {
        let json: Value = serde_json::from_str(&views::json::report(&report)).expect("it is JSON");
        if let Err(error) = schema.validate(&json) {
            panic!("{error} in {}", report.title);
        }
    }
}
