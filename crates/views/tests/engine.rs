//! What people and programs read of a network that was run. The engine's part is played by plain data.

use expect_test::{expect, expect_file};
use serde_json::Value;
use views::json;
use views::terminal::{self, Style};
use workings::answers::{Answer, Answers};
use workings::verify::{Held, Output, Param, Row, Run, Verified};

fn held<T: Clone>(of: T) -> Held<T> {
    Held { expected: Some(of.clone()), found: Some(of) }
}

fn param(name: &str, shape: &[i128], learned: bool) -> Param {
    Param {
        name: name.to_owned(),
        elements: held(shape.iter().product()),
        shape: held(shape.to_vec()),
        gradient: held(learned),
    }
}

fn row(name: &str, operator: &str, shape: &[i128], params: Vec<Param>) -> Row {
    let output = |batch: u64| {
        let shape = std::iter::once(i128::from(batch)).chain(shape.iter().copied()).collect();
        Output { batch, shape: held(shape) }
    };
    Row { name: name.to_owned(), operator: operator.to_owned(), outputs: vec![output(1), output(2)], params }
}

/// A network of three layers: 3·3·2·4 + 4 = 76 and 64·3 + 3 = 195 parameters, and 4 + 4 statistics.
fn right() -> Verified {
    let kept = vec![param("running_mean", &[4], false), param("running_var", &[4], false)];
    Verified {
        network: "small".to_owned(),
        device: "cpu".to_owned(),
        runs: vec![
            Run { batch: 1, forward: 0.0125, backward: 0.025, macs: Some(1_344) },
            Run { batch: 2, forward: 1.5, backward: 2.0, macs: Some(3_000_000_000) },
        ],
        rows: vec![
            row("conv1", "conv", &[4, 4, 4], vec![param("weight", &[4, 2, 3, 3], true), param("bias", &[4], true)]),
            row("batchnorm1", "batchnorm", &[4, 4, 4], kept),
            row("dense1", "dense", &[1200], vec![param("weight", &[3, 64], true), param("bias", &[3], true)]),
        ],
        params: held(271),
        statistics: held(8),
        peak_memory: Some(64 << 20),
    }
}

fn wrong() -> Verified {
    let mut wrong = right();
    wrong.rows[0].outputs[1].shape.expected = Some(vec![2, 4, 4, 5]);
    wrong.rows[2].params[0].gradient.found = Some(false);
    wrong.rows[2].params[1].elements = Held { expected: None, found: Some(3) };
    wrong.params.expected = Some(270);
    wrong.peak_memory = None;
    wrong
}

fn shown(verified: &Verified) -> String {
    terminal::render(&views::verify::verify(verified), &Style::default())
}

#[test]
fn what_agrees() {
    expect![[r#"
        small

        Built and run on `cpu`, forward and backward. Every shape, every parameter and every gradient is
        what the sheet says.

           layer             output  parameters  gradients
        ──────────────────────────────────────────────────
        ✓  conv1             4×4×4           76     2 of 2
        ✓  batchnorm1        4×4×4            0
        ✓  dense1            1,200          195     2 of 2
        ──────────────────────────────────────────────────
           total parameters                 271

        batch  forward  backward  multiply-adds a second, forward
        ─────────────────────────────────────────────────────────
            1  12.5 ms   25.0 ms                      0.1 million
            2   1.50 s    2.00 s                      2.0 billion

        The whole process held 64 MiB at most.
    "#]]
    .assert_eq(&shown(&right()));
}

#[test]
fn what_differs_is_named() {
    expect![[r#"
        small

        Built and run on `cpu`, forward and backward. 4 things are not what the sheet says.

           layer             output  parameters  gradients
        ──────────────────────────────────────────────────
        ✗  conv1             4×4×4           76     2 of 2
        ✓  batchnorm1        4×4×4            0
        ✗  dense1            1,200          195     1 of 2
        ──────────────────────────────────────────────────
           total parameters                 271

        where          what                    the sheet says  the engine has
        ─────────────────────────────────────────────────────────────────────
        conv1          output of a batch of 2         2×4×4×5         2×4×4×4
        dense1.weight  gradient                         there            none
        dense1.bias    elements                       nothing               3
        small          parameters in all                  270             271

        An output is batch × channels × space here.

        batch  forward  backward  multiply-adds a second, forward
        ─────────────────────────────────────────────────────────
            1  12.5 ms   25.0 ms                      0.1 million
            2   1.50 s    2.00 s                      2.0 billion
    "#]]
    .assert_eq(&shown(&wrong()));
}

#[test]
fn answers() {
    let answers = Answers {
        network: "small".to_owned(),
        device: "cpu".to_owned(),
        seed: 7,
        outputs: vec![
            Answer { layer: "dense1".to_owned(), shape: vec![12], values: (0..12).map(|n| n as f32 / 66.0).collect() },
            Answer { layer: "conv1".to_owned(), shape: vec![1, 2, 1], values: vec![0.5, f32::NAN] },
        ],
    };
    expect![[r#"
        small

        Run on `cpu` with random parameters and a random input, both from the seed 7.

        class  score of dense1
        ──────────────────────
           11         0.166667
           10         0.151515
            9         0.136364
            8         0.121212
            7         0.106061
            6         0.090909
            5         0.075758
            4         0.060606
            3         0.045455
            2         0.030303

        These are the highest of 12; --as json has them all. Classes are counted from 0.

        conv1 gives 1×2×1, channels first; --as json has every value.
    "#]]
    .assert_eq(&terminal::render(&views::run::run(&answers), &Style::default()));
    let (object, is_valid) = checked(&json::run(&answers), &json::run_schema());
    assert!(is_valid, "{object}");
    assert_eq!(object["outputs"][1]["values"], serde_json::json!([0.5, null]));
}

fn checked(text: &str, schema: &str) -> (Value, bool) {
    let object: Value = serde_json::from_str(text).expect("JSON");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let is_valid = jsonschema::validator_for(&schema).expect("the schema is a schema").is_valid(&object);
    (object, is_valid)
}

#[test]
fn the_schemas_are_the_ones_that_are_kept() {
    expect_file!["../schema/workings-run-1.schema.json"].assert_eq(&json::run_schema());
    expect_file!["../schema/workings-verify-1.schema.json"].assert_eq(&json::verify_schema());
    for verified in [right(), wrong()] {
        let (object, is_valid) = checked(&json::verify(&verified), &json::verify_schema());
        assert!(is_valid, "{object}");
        assert_eq!(object["agrees"], verified.agrees());
    }
    let changed = json::verify(&right()).replace("workings/verify/1", "workings/1");
    assert!(!checked(&changed, &json::verify_schema()).1);
}
