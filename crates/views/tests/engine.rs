//! What people and programs read of a network that was run. The engine's part is played by plain data.

use expect_test::{expect, expect_file};
use serde_json::Value;
use views::json;
use views::terminal::{self, Style};
use workings::answers::{Answer, Answered, Answers};
use workings::training::{Epoch, Score, Training};
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
        saved: held(6),
        peak_memory: Some(64 << 20),
    }
}

fn wrong() -> Verified {
    let mut wrong = right();
    wrong.rows[0].outputs[1].shape.expected = Some(vec![2, 4, 4, 5]);
    wrong.rows[2].params[0].gradient.found = Some(false);
    wrong.rows[2].params[1].elements = Held { expected: None, found: Some(3) };
    wrong.params.expected = Some(270);
    wrong.saved.found = Some(5);
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

        Built and run on `cpu`, forward and backward. Every shape, every parameter, every gradient and the
        saved file are what the sheet says.

           layer             output  parameters  gradients
        ──────────────────────────────────────────────────
        ✓  conv1             4×4×4           76     2 of 2
        ✓  batchnorm1        4×4×4            0
        ✓  dense1            1,200          195     2 of 2
        ──────────────────────────────────────────────────
           total parameters                 271
           tensors in the saved file          6

        batch  forward  backward  multiply-adds a second, forward
        ─────────────────────────────────────────────────────────
            1  12.5 ms   25.0 ms                      0.1 million
            2   1.50 s    2.00 s                      2.0 billion

        The whole process held 64 MiB at most while it ran.
    "#]]
    .assert_eq(&shown(&right()));
}

#[test]
fn what_differs_is_named() {
    expect![[r#"
        small

        Built and run on `cpu`, forward and backward. 5 things are not what the sheet says.

           layer             output  parameters  gradients
        ──────────────────────────────────────────────────
        ✗  conv1             4×4×4           76     2 of 2
        ✓  batchnorm1        4×4×4            0
        ✗  dense1            1,200          195     1 of 2
        ──────────────────────────────────────────────────
           total parameters                 271
           tensors in the saved file          5

        where          what                       the sheet says  the engine has
        ────────────────────────────────────────────────────────────────────────
        conv1          output of a batch of 2            2×4×4×5         2×4×4×4
        dense1.weight  gradient                            there            none
        dense1.bias    elements                          nothing               3
        small          parameters in all                     270             271
        small          tensors in the saved file               6               5

        An output is batch × channels × space here.

        batch  forward  backward  multiply-adds a second, forward
        ─────────────────────────────────────────────────────────
            1  12.5 ms   25.0 ms                      0.1 million
            2   1.50 s    2.00 s                      2.0 billion
    "#]]
    .assert_eq(&shown(&wrong()));
}

#[test]
fn several_are_summed_up_first() {
    let shown = terminal::render(&views::verify::several(&[right(), wrong()]), &Style::default());
    let (overview, each) = shown.split_once("Built and run").expect("an overview, then each");
    expect![[r#"
        2 networks

           network  layers  parameters  differences
        ───────────────────────────────────────────
        ✓  small         3         271            0
        ✗  small         3         271            5

        small

    "#]]
    .assert_eq(overview);
    assert!(each.contains("5 things"), "{each}");
    let (object, is_valid) = checked(&json::verify_several(&[right(), wrong()]), &json::verify_schema());
    assert!(is_valid, "{object}");
    assert_eq!((&object["agrees"], &object["networks"][0]["agrees"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!(object["networks"][1]["totals"]["saved_tensors"], serde_json::json!({ "expected": 6, "found": 5 }));
}

fn answer(layer: &str, activation: Option<&str>, shape: &[usize], values: &[f32]) -> Answer {
    Answer {
        layer: layer.to_owned(),
        activation: activation.map(str::to_owned),
        second_from: (activation == Some("sigmoid") && values.len() == 1).then_some(0.5),
        shape: shape.to_vec(),
        values: values.to_vec(),
    }
}

/// Of a random input, with random parameters.
fn answered(outputs: Vec<Answer>) -> Answers {
    Answers {
        network: "small".to_owned(),
        device: "cpu".to_owned(),
        weights: None,
        seed: Some(7),
        classes: Vec::new(),
        answered: vec![Answered { input: None, outputs }],
    }
}

fn told(answers: &Answers) -> String {
    terminal::render(&views::run::run(answers), &Style::default())
}

#[test]
fn answers_to_a_random_input() {
    let values: Vec<f32> = (0..12).map(|n| n as f32 / 66.0).collect();
    let answers = answered(vec![
        answer("dense1", Some("softmax"), &[12], &values),
        answer("conv1", None, &[1, 2, 1], &[0.5, f32::NAN]),
    ]);
    expect![[r#"
        small

        Run on `cpu` with random parameters and a random input, both from the seed 7.

        The parameters are random: what it answers means nothing. Give it weights: --weights FILE.

        class  probability by dense1
        ────────────────────────────
           11               0.166667
           10               0.151515
            9               0.136364
            8               0.121212
            7               0.106061
            6               0.090909
            5               0.075758
            4               0.060606
            3               0.045455
            2               0.030303

        These are the highest of 12; --as json has them all. Classes are counted from 0.

        conv1 gives 1×2×1, channels first; --as json has every value.
    "#]]
    .assert_eq(&told(&answers));
    let (object, is_valid) = checked(&json::run(&answers), &json::run_schema());
    assert!(is_valid, "{object}");
    let outputs = &object["answers"][0]["outputs"];
    assert_eq!(outputs[1]["values"], serde_json::json!([0.5, null]));
    assert_eq!(outputs[0]["class"]["number"], 11);
    assert_eq!((&outputs[1]["class"], &object["weights"]), (&Value::Null, &Value::Null));
}

/// Scores of a layer without a softmax are no probabilities, and are not called so.
#[test]
fn answers_to_pictures_with_names_of_classes() {
    let of = |input: &str, values: &[f32]| Answered {
        input: Some(input.to_owned()),
        outputs: vec![answer("dense1", None, &[3], values)],
    };
    let answers = Answers {
        weights: Some("small.safetensors".to_owned()),
        seed: None,
        classes: ["cat", "dog", "emu\u{1b}[2J"].map(str::to_owned).to_vec(),
        answered: vec![of("one.png", &[-1.5, 4.25, 0.0]), of("two.png", &[0.5, 0.25, 8.0])],
        ..answered(Vec::new())
    };
    expect![[r#"
        small

        Run on `cpu` with the weights of small.safetensors.

        picture  class  name     score of dense1
        ────────────────────────────────────────
        one.png      1  dog             4.250000
        two.png      2  emu�[2J         8.000000

        one.png

        class  name     score of dense1
        ───────────────────────────────
            1  dog             4.250000
            2  emu�[2J         0.000000
            0  cat            -1.500000

        two.png

        class  name     score of dense1
        ───────────────────────────────
            2  emu�[2J         8.000000
            0  cat             0.500000
            1  dog             0.250000
    "#]]
    .assert_eq(&told(&answers));
    let (object, is_valid) = checked(&json::run(&answers), &json::run_schema());
    assert!(is_valid, "{object}");
    let class = &object["answers"][0]["outputs"][0]["class"];
    assert_eq!(*class, serde_json::json!({ "number": 1, "name": "dog", "score": 4.25 }));
}

#[test]
fn a_single_unit_says_yes_or_no() {
    let single = |score: f32, activation: Option<&str>, classes: &[&str]| {
        let classes = classes.iter().map(|&name| name.to_owned()).collect();
        let answers = Answers { classes, ..answered(vec![answer("dense1", activation, &[1], &[score])]) };
        let (object, is_valid) = checked(&json::run(&answers), &json::run_schema());
        assert!(is_valid, "{object}");
        let told = told(&answers);
        let says = told.trim_end().rsplit("\n\n").next().unwrap_or_default().to_owned();
        (says, object["answers"][0]["outputs"][0]["class"]["number"].clone())
    };
    let (says, class) = single(0.5, Some("sigmoid"), &["cat", "dog"]);
    expect!["dense1 gives 0.500000: dog (class 1). Below 0.5 it is class 0, from there on class 1."].assert_eq(&says);
    assert_eq!(class, 1);
    let (says, class) = single(0.25, Some("sigmoid"), &["cat", "dog"]);
    expect!["dense1 gives 0.250000: cat (class 0). Below 0.5 it is class 0, from there on class 1."].assert_eq(&says);
    assert_eq!(class, 0);
    expect!["dense1 gives 0.750000: class 1. Below 0.5 it is class 0, from there on class 1."]
        .assert_eq(&single(0.75, Some("sigmoid"), &[]).0);
    // Without a sigmoid it is a number, and no class.
    let (says, class) = single(3.5, None, &["cat", "dog"]);
    expect!["dense1 gives 3.500000."].assert_eq(&says);
    assert_eq!(class, Value::Null);
    assert_eq!(single(f32::NAN, Some("sigmoid"), &[]).1, Value::Null);
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
    expect_file!["../schema/workings-train-1.schema.json"].assert_eq(&json::train_schema());
    expect_file!["../schema/workings-verify-1.schema.json"].assert_eq(&json::verify_schema());
    for verified in [right(), wrong()] {
        let (object, is_valid) = checked(&json::verify(&verified), &json::verify_schema());
        assert!(is_valid, "{object}");
        assert_eq!(object["agrees"], verified.agrees());
    }
    let changed = json::verify(&right()).replace("workings/verify/1", "workings/1");
    assert!(!checked(&changed, &json::verify_schema()).1);
}

fn training() -> Training {
    let epoch = |number, loss, accuracy| Epoch {
        number,
        training: Score { loss, accuracy },
        validation: Some(Score { loss: loss / 2.0, accuracy: accuracy + 0.125 }),
        learning_rate: 0.00005,
        seconds: 2.5,
    };
    Training {
        network: "small <1>".to_owned(),
        device: "cpu".to_owned(),
        classes: vec!["cat".to_owned(), "dog".to_owned()],
        images: (1500, 500),
        options: vec![("augment", String::new()), ("batch", "32".to_owned())],
        epochs: vec![epoch(1, 0.75, 0.5), epoch(2, 0.5, 0.75), epoch(3, 0.25, 0.625)],
        ended_early: true,
    }
}

#[test]
fn what_was_learned() {
    let report = views::train::train(&training(), &[("kept/weights.safetensors".to_owned(), "the weights")]);
    let text = terminal::render(&report, &Style { width: 100, color: false });
    expect![[r#"
        small <1>

        Learned 2 classes from 1,500 images on cpu, with 500 images held out. It ended early: the held-out
        images got no better. The weights kept are those of epoch 2: 87.50 % right.

        epoch    loss    right  loss, held out  right, held out  learning rate   time  images a second
        ──────────────────────────────────────────────────────────────────────────────────────────────
            1  0.7500  50.00 %          0.3750          62.50 %       5.000e-5  2.5 s              800
            2  0.5000  75.00 %          0.2500          87.50 %       5.000e-5  2.5 s              800
            3  0.2500  62.50 %          0.1250          75.00 %       5.000e-5  2.5 s              800

        option
        ───────────────
        --augment  none
        --batch    32

        file
        ─────────────────────────────────────
        kept/weights.safetensors  the weights
    "#]]
    .assert_eq(&text);
    let mut blind = training();
    blind.images.1 = 0;
    blind.epochs.iter_mut().for_each(|epoch| epoch.validation = None);
    let text = terminal::render(&views::train::train(&blind, &[]), &Style { width: 100, color: false });
    assert!(text.contains("no image was held out") && !text.contains("loss, held out"), "{text}");
}

#[test]
fn what_was_learned_as_lines_and_curves() {
    let epochs = json::epochs(&training().epochs);
    let lines: Vec<Value> = epochs.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["validation_accuracy"], 0.875);
    let whole: Value = serde_json::from_str(&json::train(&training())).expect("JSON");
    assert_eq!((&whole["best_epoch"], &whole["epochs"][1]), (&2.into(), &lines[1]));
    assert!(checked(&json::train(&training()), &json::train_schema()).1);

    let svg = views::curves::svg(&training());
    assert!(svg.contains("small &lt;1&gt;"), "{svg}");
    // Four curves: learned and held out, of the loss and of the accuracy, each of three points; the legend has two.
    let points = |line: &&str| line.split('"').nth(1).is_some_and(|points| points.split(' ').count() == 3);
    assert_eq!(svg.lines().filter(|line| line.starts_with("<polyline")).filter(points).count(), 4);
    // A loss of 0.75 stands at the top of three quarters: the axis goes from 0 to 0.8 over 180 pixels, up from 250.
    assert!(svg.contains(&format!("70.0,{:.1}", 250.0 - 180.0 * 0.75 / 0.8)), "{svg}");
    // One epoch is a point, none an empty chart, and a loss that is no number is left out.
    let mut odd = training();
    odd.epochs[1].training.loss = f64::NAN;
    assert!(!views::curves::svg(&odd).contains("NaN"));
    odd.epochs.truncate(1);
    assert!(views::curves::svg(&odd).contains("<circle"));
    odd.epochs.clear();
    assert!(views::curves::svg(&odd).ends_with("</svg>\n"));
}
