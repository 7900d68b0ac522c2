//! What is written is read again as the same network, in its one form.

use expect_test::{Expect, expect};
use workings::model::{From, Input, Layer, Setting, Size};
use workings::{Model, ops};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks/");

fn read(text: &str) -> Model {
    let (model, faults) = formats::net::read(text);
    assert_eq!(faults, [], "{text}");
    model
}

/// All that a model says, beside where it was written.
fn said(model: &Model) -> String {
    let Model { name, rules, rounding, inputs, layers, .. } = model;
    let inputs: Vec<_> = inputs.iter().map(|Input { name, shape, .. }| format!("{name}: {shape:?}\n")).collect();
    let layer = |layer: &Layer| {
        let Layer { name, op, inputs, settings, activation, axes, .. } = layer;
        let (op, activation) = (op.map(|op| op.name), activation.map(|activation| activation.name));
        format!("{name}: {op:?} {inputs:?} {settings:?} {activation:?} {axes:?}\n")
    };
    let layers: Vec<String> = layers.iter().map(layer).collect();
    format!("{name} {rules:?} {rounding:?}\n{}{}", inputs.concat(), layers.concat())
}

/// Written and read again, it says the same; and what is written is in its one form.
#[track_caller]
fn again(text: &str) -> String {
    let model = read(text);
    let written = formats::net::write(&model, &[]);
    assert_eq!(said(&read(&written)), said(&model), "{written}");
    assert_eq!(formats::net::format(&written), written);
    written
}

#[test]
fn every_network_that_comes_along() {
    for entry in std::fs::read_dir(FOLDER).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("it can be listed").path()).expect("text");
        again(&text);
    }
}

/// Without comments and blocks, the sheets are what is written of them.
#[test]
fn a_sheet_is_what_is_written_of_it() {
    let text = std::fs::read_to_string(format!("{FOLDER}q3.net")).expect("it comes along");
    let bare: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let written = again(&text);
    let lines = |text: &str| {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines().filter(|line| !line.is_empty()).map(words).collect::<Vec<_>>()
    };
    assert_eq!(lines(&written), lines(&bare.join("\n")));
}

#[test]
fn every_word_with_everything_that_it_may_have() {
    let lines = [
        "conv1d 3, 8, stride 2, pad 1:2, dilation 3, groups 4, no bias, relu",
        "conv2d 3x5, ?k, pad 1:2x0:1",
        "conv 3, 8, causal",
        "conv 3, 8, same lower",
        "depthwise 3, same, multiplier 2",
        "separable 3, 8",
        "transposed 2x2, 6, stride 2, extra 1, gelu",
        "avgpool 3, stride 2, rounding ceil unclipped",
        "globalpool flat",
        "globalmaxpool",
        "adaptivemaxpool 7x7",
        "dense N, no bias, softmax",
        "reshape -1x4",
        "dropout 0.50",
        "prelu slopes elements",
        "batchnorm no scale, no statistics, relu6",
        "layernorm axes 2, no shift",
        "groupnorm 4, no scale",
        "instancenorm affine",
        "rmsnorm axes 3",
        "zeropad 1:2x3",
        "crop 1",
        "upsample 2x3",
        "embedding 100, 16",
        "lstm 8, layers 2, bidirectional, biases 1, projection 4, last",
        "gru 8, sequence",
        "attention 4, key 3, value 5, values a, keys b",
        "attention 4, memory a, no bias, from b",
        "add a, b, relu",
        "add a",
        "concat a, b, a, axis height",
        "hardswish",
    ];
    for line in lines {
        again(&format!("network w\nbatch B\ninput HxWx4\na: relu\nb: tanh\n{line}\n"));
    }
    let all: String = lines.iter().map(|line| format!("{line}\n")).collect();
    again(&format!("rules keras\nrounding ceil\nleft: input 8x4\nright: input 6\nfrom left\na: relu\nb: tanh\n{all}"));
}

/// Labels that look like numbered words are passed over, as they are when a network is read.
#[test]
fn names_are_kept() {
    let written = again(
        "network n\ninput 8x8x3\nconv2: relu\nconv 3, 4\nconv 3, 4\nconv1x: conv 1, 4\nadd conv2, from conv3\n\
         block b\nconv 1, 4\nadd in\nend\nfrom conv1\nb times 2\nlast: b\n",
    );
    check(
        &written,
        expect![[r#"
            network n
            input 8x8x3

            conv2: relu
            conv 3, 4
            conv 3, 4
            conv1x: conv 1, 4
            add  conv3, conv2
            b1.conv1: conv 1, 4, from conv1
            b1.add1: add conv1
            b2.conv1: conv 1, 4
            b2.add1: add b1.add1
            last.conv1: conv 1, 4
            last.add1: add b2.add1
        "#]],
    );
}

#[test]
fn notes_stand_where_they_belong() {
    let model = read("network q1\ninput 150x150x3\nconv 3x3, 32, pad 1\npool 2x2\nflatten\ndense 10\n");
    let notes = [
        (None, "two figures were repaired".to_owned()),
        (None, "in rows\n1 and 2".to_owned()),
        (Some(0), "read 12996; 18496 makes the total right".to_owned()),
        (Some(3), format!("a long one:{}", " and so it goes on".repeat(8))),
    ];
    let written = formats::net::write(&model, &notes);
    check(
        &written,
        expect![[r#"
            network q1
            # two figures were repaired
            # in rows
            # 1 and 2
            input 150x150x3

            # read 12996; 18496 makes the total right
            conv    3x3, 32, pad 1
            pool    2x2
            flatten
            # a long one: and so it goes on and so it goes on and so it goes on and so it goes on and so it
            # goes on and so it goes on and so it goes on and so it goes on
            dense   10
        "#]],
    );
    assert_eq!(said(&read(&written)), said(&model));
}

/// Names from elsewhere may be no labels, and a layer may be one that nobody knows.
#[test]
fn what_the_notation_does_not_take_is_made_to_fit() {
    let mut model = read("network x\ninput 8x8x3\nrelu\nrelu\nrelu\nadd relu1\n");
    model.name = "a # b\nc".into();
    model.inputs[0].name = "in/put:0".into();
    for (layer, name) in model.layers.iter_mut().zip(["3", "relu", "in/put:0", "in_put_0"]) {
        layer.name = name.into();
    }
    model.layers[3].settings.push(("S", Setting::Size(Size::Number(2))));
    model.layers.push(Layer { op: ops::by_word("relu").map(|(op, _)| op), ..model.layers[0].clone() });
    model.layers[4].inputs = [From::Layer(1)].into_iter().collect();
    let written = formats::net::write(&model, &[]);
    check(
        &written,
        expect![[r#"
            network a b c
            in_put_0: input 8x8x3

            _3: relu
            relu_: relu
            in_put_0_: relu
            # there is no word for in_put_0: add relu1
            _3_: relu       from relu_
        "#]],
    );
    read(&written);
}

fn check(found: &str, expected: Expect) {
    expected.assert_eq(found);
}
