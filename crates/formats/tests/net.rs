//! The notation `.net`: what each line of its grammar means, what is said of a line that means nothing, and that the
//! formatter changes no meaning.

use std::fmt::Write;

use expect_test::{Expect, expect};
use formats::net::{self, read};
use proptest::prelude::*;
use workings::Model;
use workings::fault::Fault;
use workings::model::{From, Setting, Size};

fn size(size: &Size) -> String {
    match size {
        Size::Number(n) => n.to_string(),
        Size::Symbol(name) => name.to_string(),
    }
}

fn setting(setting: &Setting) -> String {
    let list = |sizes: Vec<String>| sizes.join("x");
    match setting {
        Setting::Size(one) => size(one),
        Setting::PerAxis(sizes) => list(sizes.iter().map(size).collect()),
        Setting::Pads(pads) => list(pads.iter().map(|(a, b)| size(a) + ":" + &size(b)).collect()),
        Setting::Shape(sizes) => list(sizes.iter().map(|one| one.as_ref().map_or("-1".to_owned(), size)).collect()),
        Setting::Count(n) => n.to_string(),
        Setting::Fraction(text) => text.to_string(),
        Setting::Word(word) => (*word).to_owned(),
    }
}

/// A model as the reader understood it, a line each.
fn shown(model: &Model) -> String {
    let mut out = format!("{}, {}, {}\n", model.name, model.rules.word(), model.rounding.word());
    for input in &model.inputs {
        let shape: Vec<String> = input.shape.iter().map(size).collect();
        writeln!(out, "{} = {}", input.name, shape.join(" ")).expect("a text takes all");
    }
    for layer in &model.layers {
        let taken = layer.inputs.iter().map(|from| match *from {
            From::Input(at) => &*model.inputs[at as usize].name,
            From::Layer(at) => &*model.layers[at as usize].name,
            _ => unreachable!("the notation has no tensors of its own"),
        });
        let op = layer.op.map_or("?", |op| op.name);
        write!(out, "{} = {op}({})", layer.name, taken.collect::<Vec<_>>().join(", ")).expect("a text takes all");
        for (name, told) in &layer.settings {
            write!(out, " {name} {}", setting(told)).expect("a text takes all");
        }
        if let Some(activation) = layer.activation {
            write!(out, " then {}", activation.name).expect("a text takes all");
        }
        out.push('\n');
    }
    out
}

/// A fault as `line:column+length what — hint`.
fn said(fault: &Fault) -> String {
    match fault.place {
        Some(place) => format!("{}:{}+{} {fault}\n", place.line, place.column, place.length),
        None => format!("{fault}\n"),
    }
}

#[track_caller]
fn means(text: &str, expected: Expect) {
    let (model, faults) = read(text);
    assert_eq!(faults, []);
    expected.assert_eq(&shown(&model));
}

/// Texts with ` / ` for the ends of their lines, each with what is said of it.
#[track_caller]
fn complains(texts: &[&str], expected: Expect) {
    let said = texts.iter().map(|text| format!("{text:?}\n{}", complaints(&text.replace(" / ", "\n"))));
    expected.assert_eq(&said.collect::<String>());
}

fn complaints(text: &str) -> String {
    read(text).1.iter().map(|fault| format!("    {}", said(fault))).collect()
}

#[test]
fn a_line_goes_on_from_the_line_above() {
    means(
        "input 8x8x3\nconv 3x3, 4, same, relu\npool 2x2\nflatten\ndense 10, softmax",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            conv1 = conv(input) K 3x3 C_out 4 padding same then relu
            pool1 = pool(conv1) mode max K 2x2
            flatten1 = flatten(pool1)
            dense1 = dense(flatten1) units 10 then softmax
        "#]],
    );
}

#[test]
fn labels_name_what_stands_on_a_line() {
    means(
        "input 8x8x3\nstem: conv 3, 4\na.b_1:conv 3, 4\nc : relu\nadd stem\n",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            stem = conv(input) K 3 C_out 4
            a.b_1 = conv(stem) K 3 C_out 4
            c = activation(a.b_1) function relu
            add1 = add(c, stem)
        "#]],
    );
}

#[test]
fn a_line_may_start_elsewhere() {
    means(
        "input 8x8x3\nconv 1, 4\nconv 1, 5\nfrom conv1\nconv 1, 6\nconv 1, 7, from input\nconv 1, 8, from conv2, relu",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            conv1 = conv(input) K 1 C_out 4
            conv2 = conv(conv1) K 1 C_out 5
            conv3 = conv(conv1) K 1 C_out 6
            conv4 = conv(input) K 1 C_out 7
            conv5 = conv(conv2) K 1 C_out 8 then relu
        "#]],
    );
}

#[test]
fn joins_name_what_they_join() {
    means(
        "input 8x8x3\na: conv 1, 3\nb: conv 1, 3\nadd a\nadd a, b, relu\nmultiply input, a, b, tanh\nconcat a, b, axis height",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            a = conv(input) K 1 C_out 3
            b = conv(a) K 1 C_out 3
            add1 = add(b, a)
            add2 = add(a, b) then relu
            multiply1 = multiply(input, a, b) then tanh
            concat1 = concat(a, b) axis height
        "#]],
    );
}

#[test]
fn several_inputs_each_have_a_label() {
    means(
        "a: input 8x8x3\nb: input 8x8x3\nbatch 4\nc: input 10\nadd a, b",
        expect![[r#"
            network, pytorch, floor
            a = 4 3 8 8
            b = 4 3 8 8
            c = 4 10
            add1 = add(a, b)
        "#]],
    );
}

#[test]
fn the_words_for_the_whole_network() {
    means(
        "network A small one, with   spaces # and a comment\nrules keras\nrounding ceil unclipped\nbatch 8\ninput 8\nrelu",
        expect![[r#"
            A small one, with   spaces, keras, ceil unclipped
            input = 8 8
            relu1 = activation(input) function relu
        "#]],
    );
}

#[test]
fn a_block_is_written_once_and_called_by_name() {
    let net = "
        block basic channels, step
            conv 3x3, channels, stride step, pad 1, no bias
            main: batchnorm
            conv 1, channels, stride step, from in
            add main, relu
        end
        input 8x8x3
        basic 4, 2
        named: basic C, 1
        basic 8, 1, from basic1
        add named, basic2";
    means(
        net,
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            basic1.conv1 = conv(input) K 3x3 C_out 4 S 2 P 1:1 bias no
            basic1.main = batchnorm(basic1.conv1)
            basic1.conv2 = conv(input) K 1 C_out 4 S 2
            basic1.add1 = add(basic1.conv2, basic1.main) then relu
            named.conv1 = conv(basic1.add1) K 3x3 C_out C S 1 P 1:1 bias no
            named.main = batchnorm(named.conv1)
            named.conv2 = conv(basic1.add1) K 1 C_out C S 1
            named.add1 = add(named.conv2, named.main) then relu
            basic2.conv1 = conv(basic1.add1) K 3x3 C_out 8 S 1 P 1:1 bias no
            basic2.main = batchnorm(basic2.conv1)
            basic2.conv2 = conv(basic1.add1) K 1 C_out 8 S 1
            basic2.add1 = add(basic2.conv2, basic2.main) then relu
            add1 = add(named.add1, basic2.add1)
        "#]],
    );
}

#[test]
fn times_calls_a_block_in_a_row() {
    means(
        "block b\nrelu\nend\ninput 8\nb times 2\nb\nlong: b times 2\nadd long.1, long",
        expect![[r#"
            network, pytorch, floor
            input = 1 8
            b1.relu1 = activation(input) function relu
            b2.relu1 = activation(b1.relu1) function relu
            b3.relu1 = activation(b2.relu1) function relu
            long.1.relu1 = activation(b3.relu1) function relu
            long.2.relu1 = activation(long.1.relu1) function relu
            add1 = add(long.1.relu1, long.2.relu1)
        "#]],
    );
}

#[test]
fn blocks_call_blocks_that_stand_above() {
    let net = "
        block inner n
            dense n
        end
        block outer n, m
            inner n
            last: inner m, times 2
            add in
        end
        input 8
        outer 4, 8
        outer 5, 8, times 2";
    means(
        net,
        expect![[r#"
            network, pytorch, floor
            input = 1 8
            outer1.inner1.dense1 = dense(input) units 4
            outer1.last.1.dense1 = dense(outer1.inner1.dense1) units 8
            outer1.last.2.dense1 = dense(outer1.last.1.dense1) units 8
            outer1.add1 = add(outer1.last.2.dense1, input)
            outer2.inner1.dense1 = dense(outer1.add1) units 5
            outer2.last.1.dense1 = dense(outer2.inner1.dense1) units 8
            outer2.last.2.dense1 = dense(outer2.last.1.dense1) units 8
            outer2.add1 = add(outer2.last.2.dense1, outer1.add1)
            outer3.inner1.dense1 = dense(outer2.add1) units 5
            outer3.last.1.dense1 = dense(outer3.inner1.dense1) units 8
            outer3.last.2.dense1 = dense(outer3.last.1.dense1) units 8
            outer3.add1 = add(outer3.last.2.dense1, outer2.add1)
        "#]],
    );
}

#[test]
fn a_parameter_stands_wherever_a_size_may() {
    let net = "
        block b kernel, xs, p
            conv kernel, xs, pad p:0
            conv kernelx3, 2, stride xs, dilation p
            conv 1, 2, groups p
            pool xs
        end
        input 64x64x4
        b 3, 2, 1
        b K, C, P";
    means(
        net,
        expect![[r#"
            network, pytorch, floor
            input = 1 4 64 64
            b1.conv1 = conv(input) K 3 C_out 2 P 1:0
            b1.conv2 = conv(b1.conv1) K 3x3 C_out 2 S 2 D 1
            b1.conv3 = conv(b1.conv2) K 1 C_out 2 G 1
            b1.pool1 = pool(b1.conv3) mode max K 2
            b2.conv1 = conv(b1.pool1) K K C_out C P P:0
            b2.conv2 = conv(b2.conv1) K Kx3 C_out 2 S C D P
            b2.conv3 = conv(b2.conv2) K 1 C_out 2 G P
            b2.pool1 = pool(b2.conv3) mode max K C
        "#]],
    );
}

#[test]
fn sizes_may_be_symbols_and_unknowns() {
    means(
        "batch N\ninput HxWx3\nconv ?, ?kernels, stride S, pad ?p\nreshape -1xC\ndense ?",
        expect![[r#"
            network, pytorch, floor
            input = N 3 H W
            conv1 = conv(input) K ? C_out ?kernels S S P ?p:?p
            reshape1 = reshape(conv1) size -1xC
            dense1 = dense(reshape1) units ?
        "#]],
    );
}

#[test]
fn shapes_of_one_to_four_axes_end_in_the_channels() {
    means(
        "a: input 784\nb: input 100x64\nc: input 1x2x3\nd: input 4x5x6x7\nrelu",
        expect![[r#"
            network, pytorch, floor
            a = 1 784
            b = 1 64 100
            c = 1 3 1 2
            d = 1 7 4 5 6
            relu1 = activation(d) function relu
        "#]],
    );
}

#[test]
fn every_sign_between_sizes_is_one() {
    means(
        "input 8×9*3\nconv 3 x 3, 4\nconv 1×7, 4, pad 0 x 3\nconv 3 *3, 4, pad 1 : 2 x 0:1",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 9
            conv1 = conv(input) K 3x3 C_out 4
            conv2 = conv(conv1) K 1x7 C_out 4 P 0:0x3:3
            conv3 = conv(conv2) K 3x3 C_out 4 P 1:2x0:1
        "#]],
    );
}

#[test]
fn paddings_may_differ_before_and_after() {
    means(
        "input 8x8x3\nconv 3, 4, pad 1:2x0:1\nconv 3, 4, pad 0:1\nconv 3, 4, pad 1x2\nconv 3, 4, pad 1",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            conv1 = conv(input) K 3 C_out 4 P 1:2x0:1
            conv2 = conv(conv1) K 3 C_out 4 P 0:1
            conv3 = conv(conv2) K 3 C_out 4 P 1:1x2:2
            conv4 = conv(conv3) K 3 C_out 4 P 1:1
        "#]],
    );
}

#[test]
fn phrases_of_two_words_are_one_argument() {
    means(
        "input 8x8x3\nconv 3, 4, no bias\nconv 3, 4, same lower\nconv  3 , 4 ,same  lower,no   bias\npool 3, rounding ceil unclipped",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 8 8
            conv1 = conv(input) K 3 C_out 4 bias no
            conv2 = conv(conv1) K 3 C_out 4 padding same lower
            conv3 = conv(conv2) K 3 C_out 4 padding same lower bias no
            pool1 = pool(conv3) mode max K 3 rounding ceil unclipped
        "#]],
    );
}

#[test]
fn lines_end_in_any_way_and_a_mark_at_the_beginning_is_no_text() {
    means(
        "\u{feff}input 8\r\nrelu\r\n\r\n\t relu\u{a0}# \u{feff}",
        expect![[r#"
            network, pytorch, floor
            input = 1 8
            relu1 = activation(input) function relu
            relu2 = activation(relu1) function relu
        "#]],
    );
}

#[test]
fn what_stands_in_the_documentation_means_what_it_says() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/net.md")).expect("it is there");
    let example = docs.split("```net\n").nth(1).and_then(|rest| rest.split("```").next()).expect("it has an example");
    let q4 =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks/q4.net")).expect("it is there");
    assert_eq!(shown(&read(example).0), shown(&read(&q4).0));
    assert_eq!(net::format(example), example);
}

#[test]
fn what_is_misspelt_has_a_suggestion() {
    complains(
        &[
            "input 8x8x3 / cnov 3, 4",
            "input 8x8x3 / foobar 3, 4",
            "inptu 8x8x3 / relu",
            "input 8x8x3 / conv 3x3, 4, strid 2",
            "input 8x8x3 / conv 3x3, 4, quick",
            "input 8x8x3 / pool strde 2",
            "input 8x8x3 / conv 3x3, 4, rleu",
            "input 8x8x3 / flatten 3",
            "input 8x8x3 / pool 3, rounding up",
            "rounding flor / input 8 / relu",
            "rules tensorflow / input 8 / relu",
            "input 8 / stem: relu / add stme",
            "input 8 / relu / from relu2",
            "block basic n / dense n / end / input 8 / basci 3",
        ],
        expect![[r#"
            "input 8x8x3 / cnov 3, 4"
                2:1+4 no layer is called `cnov` — did you mean `conv`?
            "input 8x8x3 / foobar 3, 4"
                2:1+6 no layer is called `foobar` — `workings ops` lists the layers there are
            "inptu 8x8x3 / relu"
                1:1+5 no layer is called `inptu` — did you mean `input`?
            "input 8x8x3 / conv 3x3, 4, strid 2"
                2:14+7 `conv` does not know `strid 2` — did you mean `stride`?
            "input 8x8x3 / conv 3x3, 4, quick"
                2:14+5 `conv` does not know `quick` — it may have `stride`, `pad`, `same`, `same lower`, `causal`, `dilation`, `groups`, `no bias`
            "input 8x8x3 / pool strde 2"
                2:6+7 `strde 2` is more than one value — did you mean `stride`?
            "input 8x8x3 / conv 3x3, 4, rleu"
                2:14+4 `conv` does not know `rleu` — did you mean `relu`?
            "input 8x8x3 / flatten 3"
                2:9+1 `flatten` does not know `3` — write `flatten`
            "input 8x8x3 / pool 3, rounding up"
                2:9+11 `rounding` does not know `up` — it takes floor, ceil, ceil unclipped, strict
            "rounding flor / input 8 / relu"
                1:10+4 `flor` is not known here — did you mean `floor`?
            "rules tensorflow / input 8 / relu"
                1:7+10 `tensorflow` is not known here — it is one of pytorch, keras, onnx
            "input 8 / stem: relu / add stme"
                3:5+4 there is no `stme` above this line — did you mean `stem`?
            "input 8 / relu / from relu2"
                3:6+5 there is no `relu2` above this line — did you mean `relu1`?
            "block basic n / dense n / end / input 8 / basci 3"
                5:1+5 no layer is called `basci` — did you mean `basic`?
        "#]],
    );
}

#[test]
fn labels_stand_once_and_before_they_are_used() {
    complains(
        &[
            "input 8 / a: relu / a: relu",
            "a: input 8 / input: relu / input 9",
            "input 8 / add later / later: relu",
            "input 8 / a: add a",
            "input 8 / add add1",
            "input 8 / add nothing",
            "input 8 / 3a: relu / a-b: relu / a:",
            "block b / main: relu / end / input 8 / b / add main",
            "block b / add stem / end / input 8 / stem: relu / b",
            "a: network n / b: input 8 / c: from b / relu",
        ],
        expect![[r#"
            "input 8 / a: relu / a: relu"
                3:1+1 there are two lines called `a` — give one of them another label
            "a: input 8 / input: relu / input 9"
                3:1+5 there are two lines called `input` — give one of them another label
            "input 8 / add later / later: relu"
                2:5+5 there is no `later` above this line — it stands in line 3; a label must stand before it is used
            "input 8 / a: add a"
                2:8+1 `a` cannot take itself — name a line above it
            "input 8 / add add1"
                2:5+4 there is no `add1` above this line — write the label and a colon before the layer that you mean: `stem: conv 3x3, 64`
            "input 8 / add nothing"
                2:5+7 there is no `nothing` above this line — write the label and a colon before the layer that you mean: `stem: conv 3x3, 64`
            "input 8 / 3a: relu / a-b: relu / a:"
                2:1+2 `3a` cannot be a label — a label is a letter, then letters, digits, `_` and `.`
                3:1+3 `a-b` cannot be a label — a label is a letter, then letters, digits, `_` and `.`
                4:1+1 the label `a` stands alone — write the layer behind it
            "block b / main: relu / end / input 8 / b / add main"
                6:5+4 there is no `main` above this line — line 2 has one, but the labels of a block are its own
            "block b / add stem / end / input 8 / stem: relu / b"
                2:5+4 there is no `stem` above this line — line 5 has one, but a block knows `in` and its own labels above alone
            "a: network n / b: input 8 / c: from b / relu"
                1:1+1 `network` is no layer and takes no label — take the label out
                1:4+7 the network has no name — write `network NAME`
                3:1+1 `from` is no layer and takes no label — take the label out
        "#]],
    );
}

#[test]
fn sizes_are_whole_numbers_from_what_makes_sense() {
    complains(
        &[
            "input 0x8x3 / relu",
            "input 8x-1x3 / relu",
            "input 8.5x8x3 / relu",
            "input 8xx3 / relu",
            "input 8 8 3 / relu",
            "input 8, 8, 3 / relu",
            "input / relu",
            "input 1x2x3x4x5 / relu",
            "input 1x2x3x4x5x6x7x8x9 / relu",
            "input 8 / dense 99999999999999999999",
            "input 8 / dense 9223372036854775808 / dense 9223372036854775807",
            "input 8x3 / conv 0, 4 / conv 3, 0 / conv 3, 4, stride 0 / conv 3, 4, pad -1 / conv 3, 4, dilation 0",
            "input 8x8x3 / conv 3 3, 4 / conv 3, 1 000",
            "input 8 / dropout 2 / dropout half / lstm 4, layers 0 / lstm 4, layers +5",
            "input 8x8x3 / reshape -1x-1",
            "block b n / conv 3, n / end / input 8x3 / b 0 / b 1",
        ],
        expect![[r#"
            "input 0x8x3 / relu"
                1:7+5 0 is below 1 — a size is a whole number of 1 or more, or a symbol
            "input 8x-1x3 / relu"
                1:7+6 -1 is below 1 — a size is a whole number of 1 or more, or a symbol
            "input 8.5x8x3 / relu"
                1:7+7 `8.5` is not a size — a size is a whole number of 1 or more, or a symbol
            "input 8xx3 / relu"
                1:7+4 a size is missing — a size is a whole number of 1 or more, or a symbol
            "input 8 8 3 / relu"
                1:7+5 `8 8` is more than one value — write `x` between sizes, and a comma between arguments
            "input 8, 8, 3 / relu"
                1:1+5 an input needs one shape — write `input 224x224x3`
            "input / relu"
                1:1+5 an input needs one shape — write `input 224x224x3`
            "input 1x2x3x4x5 / relu"
                1:7+9 an input has at most four axes (DxHxWxC), and this one has 5
            "input 1x2x3x4x5x6x7x8x9 / relu"
                1:7+17 a shape has at most 8 axes
            "input 8 / dense 99999999999999999999"
                2:7+20 `99999999999999999999` is too large: a size goes up to 9223372036854775807
            "input 8 / dense 9223372036854775808 / dense 9223372036854775807"
                2:7+19 `9223372036854775808` is too large: a size goes up to 9223372036854775807
            "input 8x3 / conv 0, 4 / conv 3, 0 / conv 3, 4, stride 0 / conv 3, 4, pad -1 / conv 3, 4, dilation 0"
                2:6+1 0 is below 1 — a size is a whole number of 1 or more, or a symbol
                3:9+1 0 is below 1 — a size is a whole number of 1 or more, or a symbol
                4:12+8 0 is below 1 — a size is a whole number of 1 or more, or a symbol
                5:12+6 -1 is below 0 — a size is a whole number of 0 or more, or a symbol
                6:12+10 0 is below 1 — a size is a whole number of 1 or more, or a symbol
            "input 8x8x3 / conv 3 3, 4 / conv 3, 1 000"
                2:6+3 `3 3` is more than one value — write `x` between sizes, and a comma between arguments
                3:9+5 `1 000` is more than one value — write `x` between sizes, and a comma between arguments
            "input 8 / dropout 2 / dropout half / lstm 4, layers 0 / lstm 4, layers +5"
                2:9+1 `2` is not a fraction from 0 to 1 — write it as `0.5`
                3:9+4 `half` is not a fraction from 0 to 1 — write it as `0.5`
                4:9+8 `0` is not a number from 1 to 64
                5:9+9 `+5` is not a number from 1 to 64
            "input 8x8x3 / reshape -1x-1"
                2:9+5 2 sizes are -1, and only one can be worked out — give the others
            "block b n / conv 3, n / end / input 8x3 / b 0 / b 1"
                2:9+1 `n` is 0 here, and below 1 — the number stands where the block is called
        "#]],
    );
}

#[test]
fn an_argument_is_missing_or_too_many() {
    complains(
        &[
            "input 8x8x3 / conv",
            "input 8x8x3 / conv 3",
            "input 8x8x3 / conv 3, 4, 5",
            "input 8x8x3 / conv 3,, 4",
            "input 8x8x3 / conv 3, 4,",
            "input 8x8x3 / conv 3, 4, stride",
            "input 8x8x3 / conv 3, 4, same, pad 1, pad 2",
            "input 8x8x3 / conv 3, 4, same, same lower",
            "input 8x8x3 / conv 3, 4, relu, tanh",
            "input 8x8x3 / pool 3, relu",
            "input 8x8x3 / concat",
            "input 8x3 / attention 2, memory",
            ", conv 3, 4",
            "network / batch / batch 3 4 / from / relu",
        ],
        expect![[r#"
            "input 8x8x3 / conv"
                2:1+4 `conv` needs KERNEL — write `conv KERNEL, KERNELS`
            "input 8x8x3 / conv 3"
                2:1+4 `conv` needs KERNELS — write `conv KERNEL, KERNELS`
            "input 8x8x3 / conv 3, 4, 5"
                2:12+1 `conv` does not know `5` — it may have `stride`, `pad`, `same`, `same lower`, `causal`, `dilation`, `groups`, `no bias`
            "input 8x8x3 / conv 3,, 4"
                2:8+0 nothing stands on one side of a comma — take the comma out
            "input 8x8x3 / conv 3, 4,"
                2:11+0 nothing stands on one side of a comma — take the comma out
            "input 8x8x3 / conv 3, 4, stride"
                2:12+6 `stride` needs a value — write `stride 2`
            "input 8x8x3 / conv 3, 4, same, pad 1, pad 2"
                2:18+5 `same` and `pad` contradict each other — `pad` gives the padding, the other works it out: keep one of them
            "input 8x8x3 / conv 3, 4, same, same lower"
                2:18+10 `same` and `same lower` contradict each other — keep one of them
            "input 8x8x3 / conv 3, 4, relu, tanh"
                2:18+4 there are two activations: `relu` and `tanh` — put the second on a line of its own
            "input 8x8x3 / pool 3, relu"
                2:9+4 `pool` takes no activation — write `relu` on the next line
            "input 8x8x3 / concat"
                2:1+6 `concat` needs the labels of what it joins — write `concat LABEL, LABEL`
            "input 8x3 / attention 2, memory"
                2:14+6 `memory` takes one label — write `memory LABEL`
            ", conv 3, 4"
                1:1+1 the line begins with a comma — take it out, or write the layer before it
            "network / batch / batch 3 4 / from / relu"
                1:1+7 the network has no name — write `network NAME`
                2:1+5 this line needs one word — write `batch 8`
                3:7+3 this line needs one word — write `batch 8`
                4:1+4 this line needs one word — write `from LABEL`
                5:1+4 no input stands above this line — write `input 224x224x3` above the first layer
        "#]],
    );
}

#[test]
fn a_network_has_an_input_and_layers() {
    complains(
        &["", " /   # nothing /  / ", "network empty", "input 8", "conv 3, 4 / relu"],
        expect![[r#"
            ""
                there is no network in it — a network begins with `input 224x224x3` and then has one layer a line
            " /   # nothing /  / "
                there is no network in it — a network begins with `input 224x224x3` and then has one layer a line
            "network empty"
                there is no network in it — a network begins with `input 224x224x3` and then has one layer a line
            "input 8"
                the network has no layers — a network begins with `input 224x224x3` and then has one layer a line
            "conv 3, 4 / relu"
                1:1+4 no input stands above this line — write `input 224x224x3` above the first layer
        "#]],
    );
}

#[test]
fn blocks_are_closed_and_called_as_they_were_written() {
    complains(
        &[
            "end",
            "block b / relu",
            "block / relu / end / input 8 / relu",
            "block conv / relu / end / block end / end / input 8 / relu",
            "block b / end / block b / end / input 8 / relu",
            "block 3x3 / end / block b 3, a, a / end / input 8 / relu",
            "block a / block b / relu / end / end / input 8 / a",
            "block b / b / end / input 8 / b",
            "block b / input 8 / end / input 8 / b",
            "block b n / dense n / end / input 8 / b / b 1, 2 / b 1, relu now / b 1, times 0",
            "block b / conv / end / input 8 / b times 1000",
            "block b / relu / end / input 8 / b times 4294967296",
        ],
        expect![[r#"
            "end"
                1:1+3 `end` without a block — take it out
            "block b / relu"
                1:7+1 the block `b` is not closed — write `end` behind its last line
            "block / relu / end / input 8 / relu"
                1:1+5 the block has no name — write `block NAME PARAMETER, PARAMETER`
            "block conv / relu / end / block end / end / input 8 / relu"
                1:7+4 `conv` already means something — give the block another name
                4:7+3 `end` already means something — give the block another name
            "block b / end / block b / end / input 8 / relu"
                3:7+1 `b` already means something — give the block another name
            "block 3x3 / end / block b 3, a, a / end / input 8 / relu"
                1:7+3 `3x3` cannot be the name of a block or a parameter — a name is a letter, then letters, digits and `_`
                3:9+1 `3` cannot be the name of a block or a parameter — a name is a letter, then letters, digits and `_`
                3:15+1 there are two parameters called `a` — give one of them another name
            "block a / block b / relu / end / end / input 8 / a"
                2:7+1 a block cannot stand inside a block (`a` is still open) — close it with `end` first
            "block b / b / end / input 8 / b"
                2:1+1 the block `b` cannot call itself — write out what it should repeat, or call it with `times N`
            "block b / input 8 / end / input 8 / b"
                2:1+5 an input cannot stand in a block — inside a block, `in` is what it was given
            "block b n / dense n / end / input 8 / b / b 1, 2 / b 1, relu now / b 1, times 0"
                5:1+1 `b` takes 1 parameter, and 0 are given — write `b n`
                6:1+1 `b` takes 1 parameter, and 2 are given — write `b n`
                7:6+8 `relu now` is no argument of a block — give its parameters in order, then `times N` or `from LABEL`
                8:6+7 0 is below 1 — write how often as a whole number, 1 or more
            "block b / conv / end / input 8 / b times 1000"
                2:1+4 `conv` needs KERNEL — write `conv KERNEL, KERNELS`
            "block b / relu / end / input 8 / b times 4294967296"
                5:3+16 4294967296 times is too often
        "#]],
    );
}

/// Blocks that call the block above, and what that comes to.
fn tower(floors: usize, times: &str) -> String {
    let mut net = String::from("block b0\nrelu\nend\n");
    for floor in 1..=floors {
        writeln!(net, "block b{floor}\nb{} {times}\nend", floor - 1).expect("a text takes all");
    }
    net + &format!("input 8\nb{floors}")
}

#[test]
fn blocks_end_somewhere() {
    complains(
        &["block b / relu / end / input 8 / b times 4294967295", "block b / end / input 8 / b times 4294967295"],
        expect![[r#"
            "block b / relu / end / input 8 / b times 4294967295"
                with its blocks and stacked layers written out, the network has more than 200000 layers, as many calls, or 64 MiB of text — repeat its blocks fewer times
            "block b / end / input 8 / b times 4294967295"
                with its blocks and stacked layers written out, the network has more than 200000 layers, as many calls, or 64 MiB of text — repeat its blocks fewer times
        "#]],
    );
    let long = format!("block b\nrelu{} from in\nend\ninput 8\nb times 100000", " ".repeat(1_000_000));
    let large =
        [("ten times, ten times …", tower(40, "times 10")), ("a thousand deep", tower(1000, "")), ("long", long)];
    let refused = large.map(|(what, text)| format!("{what}\n{}", complaints(&text)));
    let expected = expect![[r#"
        ten times, ten times …
            with its blocks and stacked layers written out, the network has more than 200000 layers, as many calls, or 64 MiB of text — repeat its blocks fewer times
        a thousand deep
            2813:1+4 blocks call one another more than 64 deep — write out one of them
        long
            with its blocks and stacked layers written out, the network has more than 200000 layers, as many calls, or 64 MiB of text — repeat its blocks fewer times
    "#]];
    expected.assert_eq(&refused.concat());
}

#[test]
fn no_more_than_twenty_faults_are_listed() {
    let (_, faults) = read(&("input 8\n".to_owned() + &(0..1000).map(|n| format!("foo{n}\n")).collect::<String>()));
    assert_eq!(faults.len(), 21);
    assert_eq!(said(&faults[20]), "there may be more: reading stopped after 20\n");
}

#[test]
fn what_a_line_says_does_not_contradict_itself() {
    complains(
        &[
            "input 8x8x3 / conv 3x3, 4, pad 2, same",
            "input 8x8x3 / conv 3x3, 4, same lower, same",
            "input 8x8x3 / conv 3x3, 4, pad 2, pad 2",
            "input 8x8x3 / pool 3x3, same, pad 1",
            "input 8x3 / conv 3, 4, causal, pad 2",
            "input 8x3 / lstm 4, no bias, biases 2",
            "input 8x3 / lstm 4, last, sequence",
            "input 8x8x3 / globalpool flat, flat",
            "input 8x8x3 / a: conv 3x3, 4 / conv 3x3, 4, from input, from a",
            "input 8x8x3 / a: relu / b: relu / add a, b, from input",
            "block b / relu / end / input 8 / a: relu / b from a, from input / b times 2, times 3",
            "input 8x4 / m: relu / k: relu / v: relu / attention 2, memory m, keys k, values v",
            "input 8x4 / m: relu / v: relu / attention 2, values v, memory m",
        ],
        expect![[r#"
            "input 8x8x3 / conv 3x3, 4, pad 2, same"
                2:21+4 `pad` and `same` contradict each other — `pad` gives the padding, the other works it out: keep one of them
            "input 8x8x3 / conv 3x3, 4, same lower, same"
                2:26+4 `same lower` and `same` contradict each other — keep one of them
            "input 8x8x3 / conv 3x3, 4, pad 2, pad 2"
                2:21+5 `pad` is said twice — keep one of them
            "input 8x8x3 / pool 3x3, same, pad 1"
                2:17+5 `same` and `pad` contradict each other — `pad` gives the padding, the other works it out: keep one of them
            "input 8x3 / conv 3, 4, causal, pad 2"
                2:20+5 `causal` and `pad` contradict each other — `pad` gives the padding, the other works it out: keep one of them
            "input 8x3 / lstm 4, no bias, biases 2"
                2:18+8 `no bias` and `biases` contradict each other — `no bias` leaves all of them out: keep one of them
            "input 8x3 / lstm 4, last, sequence"
                2:15+8 `last` and `sequence` contradict each other — keep one of them
            "input 8x8x3 / globalpool flat, flat"
                2:18+4 `flat` is said twice — keep one of them
            "input 8x8x3 / a: conv 3x3, 4 / conv 3x3, 4, from input, from a"
                3:26+6 the line goes on from two others, `input` and `a` — keep one `from`
            "input 8x8x3 / a: relu / b: relu / add a, b, from input"
                4:16+5 `add` names all that it joins, and `from input` besides — take `from` out, or name it among the labels
            "block b / relu / end / input 8 / a: relu / b from a, from input / b times 2, times 3"
                6:11+10 the line goes on from two others, `a` and `input` — keep one `from`
                7:12+7 `times` is said twice — keep one of them
            "input 8x4 / m: relu / k: relu / v: relu / attention 2, memory m, keys k, values v"
                5:24+6 `memory` and `keys` contradict each other — `memory` gives both keys and values: keep it, or write `keys LABEL, values LABEL`
            "input 8x4 / m: relu / v: relu / attention 2, values v, memory m"
                4:24+8 `values` and `memory` contradict each other — `memory` gives both keys and values: keep it, or write `keys LABEL, values LABEL`
        "#]],
    );
}

#[test]
fn lines_for_the_whole_network_stand_once_and_above_it() {
    complains(
        &[
            "rules keras / rules pytorch / input 8 / relu",
            "rounding ceil / input 8 / rounding ceil / relu",
            "batch 2 / input 8 / batch 3 / relu",
            "network a / input 8 / relu / network b",
            "rules tensorflow / rules keras / input 8 / relu",
            "input 8 / relu / rules keras / rounding ceil / batch 2 / network late",
            "block b / rules keras / network n / relu / end / input 8 / b / b",
        ],
        expect![[r#"
            "rules keras / rules pytorch / input 8 / relu"
                2:1+5 there are two lines `rules`, and the other is line 1 — keep one of them
            "rounding ceil / input 8 / rounding ceil / relu"
                3:1+8 there are two lines `rounding`, and the other is line 1 — keep one of them
            "batch 2 / input 8 / batch 3 / relu"
                3:1+5 there are two lines `batch`, and the other is line 1 — keep one of them
            "network a / input 8 / relu / network b"
                4:1+7 there are two lines `network`, and the other is line 1 — keep one of them
            "rules tensorflow / rules keras / input 8 / relu"
                1:7+10 `tensorflow` is not known here — it is one of pytorch, keras, onnx
            "input 8 / relu / rules keras / rounding ceil / batch 2 / network late"
                3:1+5 `rules` stands below a layer, and speaks for the whole network — write it above the first layer
                4:1+8 `rounding` stands below a layer, and speaks for the whole network — write it above the first layer
                5:1+5 `batch` stands below a layer, and speaks for the whole network — write it above the first layer
            "block b / rules keras / network n / relu / end / input 8 / b / b"
                2:1+5 `rules` speaks for the whole network and cannot stand in a block — write it above the first layer
                3:1+7 `network` speaks for the whole network and cannot stand in a block — write it above the first layer
        "#]],
    );
}

#[test]
fn many_batches_are_one_batch_and_faults() {
    let inputs: String = (0..30_000).map(|n| format!("i{n}: input 8\n")).collect();
    let (model, faults) = read(&(inputs + &"batch 2\n".repeat(30_000) + "relu"));
    assert_eq!(faults.len(), 21);
    assert!(model.inputs.iter().all(|input| size(&input.shape[0]) == "2"));
}

#[test]
fn a_faulty_line_of_a_block_is_looked_into_once() {
    let text = "# so far so good\n".repeat(100_000) + "block b\nadd lost\na: add a\nfoo\nend\ninput 8\nb times 50000";
    assert_eq!(read(&text).1.len(), 3);
}

#[test]
fn no_two_lines_have_one_full_name() {
    complains(
        &[
            "block b / conv 3, 4 / end / input 8x8x3 / a: b / a.conv1: conv 3, 4",
            "block b / conv 3, 4 / end / input 8x8x3 / a.conv1: conv 3, 4 / a: b",
            "block b / conv 3, 4 / end / b1.conv1: input 8x8x3 / b",
            "block b / x.relu1: relu / end / block c / b / relu / end / input 8 / c1.b1: b / c",
            "block b / relu / end / block c / y.x: b / end / input 8 / z: c times 2 / z.2.y.x.relu1: relu",
        ],
        expect![[r#"
            "block b / conv 3, 4 / end / input 8x8x3 / a: b / a.conv1: conv 3, 4"
                6:1+7 two lines are called `a.conv1`, blocks written out — give one of them, or the call of the block, another label
            "block b / conv 3, 4 / end / input 8x8x3 / a.conv1: conv 3, 4 / a: b"
                2:1+4 two lines are called `a.conv1`, blocks written out — give one of them, or the call of the block, another label
            "block b / conv 3, 4 / end / b1.conv1: input 8x8x3 / b"
                2:1+4 two lines are called `b1.conv1`, blocks written out — give one of them, or the call of the block, another label
            "block b / x.relu1: relu / end / block c / b / relu / end / input 8 / c1.b1: b / c"
                2:1+7 two lines are called `c1.b1.x.relu1`, blocks written out — give one of them, or the call of the block, another label
                5:1+1 two lines are called `c1.b1`, blocks written out — give one of them, or the call of the block, another label
            "block b / relu / end / block c / y.x: b / end / input 8 / z: c times 2 / z.2.y.x.relu1: relu"
                9:1+13 two lines are called `z.2.y.x.relu1`, blocks written out — give one of them, or the call of the block, another label
        "#]],
    );
}

#[test]
fn stacked_layers_count_as_layers() {
    complains(
        &[
            "input 8 / lstm 4, layers 64",
            "input 8 / lstm 4, layers 65",
            "block b / lstm 4, layers 64, bidirectional / end / input 8x4 / b times 3125",
            "block b / lstm 4, layers 64, bidirectional / end / input 8x4 / b times 3126",
            "block b / lstm 4, layers 1000, bidirectional / end / input 8x4 / b times 200000",
        ],
        expect![[r#"
            "input 8 / lstm 4, layers 64"
            "input 8 / lstm 4, layers 65"
                2:9+9 `65` is not a number from 1 to 64
            "block b / lstm 4, layers 64, bidirectional / end / input 8x4 / b times 3125"
            "block b / lstm 4, layers 64, bidirectional / end / input 8x4 / b times 3126"
                with its blocks and stacked layers written out, the network has more than 200000 layers, as many calls, or 64 MiB of text — repeat its blocks fewer times
            "block b / lstm 4, layers 1000, bidirectional / end / input 8x4 / b times 200000"
                2:9+11 `1000` is not a number from 1 to 64
        "#]],
    );
}

#[test]
fn a_network_with_faults_is_not_complete() {
    for (text, complete) in [
        ("input 8 / relu", true),
        ("input 8 / rleu", false),
        ("input 8x8x3 / conv 3x3, 4, same, pad 1", false),
        ("block b / relu / end / input 8 / b times 200000", true),
        ("block b / relu / end / input 8 / b times 200001", false),
        ("", false),
    ] {
        assert_eq!(read(&text.replace(" / ", "\n")).0.complete, complete, "{text}");
    }
}

#[test]
fn words_of_other_notations_have_a_suggestion() {
    let words = "maxpool MaxPool2d max_pool2d averagepool avg_pool AvgPool2D linear fc fully_connected convtranspose \
        deconv ConvTranspose2d Conv2DTranspose bn BatchNorm2d batch_norm ln LayerNorm dropout2d swish lrelu leaky_relu \
        globalavgpool GlobalAveragePooling2D mha MultiheadAttention concatenate mul merge sum separable_conv2d \
        upsampling2d zero_padding2d";
    let hint = |word: &str| {
        let fault = read(&format!("input 8x8x3\n{word} 2")).1.remove(0);
        format!("{word}: {}\n", fault.hint.unwrap_or_default())
    };
    expect![[r#"
        maxpool: did you mean `pool`?
        MaxPool2d: did you mean `pool`?
        max_pool2d: did you mean `pool`?
        averagepool: did you mean `avgpool`?
        avg_pool: did you mean `avgpool`?
        AvgPool2D: did you mean `avgpool`?
        linear: did you mean `dense`?
        fc: did you mean `dense`?
        fully_connected: did you mean `dense`?
        convtranspose: did you mean `transposed`?
        deconv: did you mean `transposed`?
        ConvTranspose2d: did you mean `transposed`?
        Conv2DTranspose: did you mean `transposed`?
        bn: did you mean `batchnorm`?
        BatchNorm2d: did you mean `batchnorm`?
        batch_norm: did you mean `batchnorm`?
        ln: did you mean `layernorm`?
        LayerNorm: did you mean `layernorm`?
        dropout2d: did you mean `dropout`?
        swish: did you mean `silu`?
        lrelu: did you mean `leakyrelu`?
        leaky_relu: did you mean `leakyrelu`?
        globalavgpool: did you mean `globalpool`?
        GlobalAveragePooling2D: did you mean `globalpool`?
        mha: did you mean `attention`?
        MultiheadAttention: did you mean `attention`?
        concatenate: did you mean `concat`?
        mul: did you mean `multiply`?
        merge: did you mean `add`?
        sum: did you mean `add`?
        separable_conv2d: did you mean `separable`?
        upsampling2d: did you mean `upsample`?
        zero_padding2d: did you mean `zeropad`?
    "#]]
    .assert_eq(&words.split_whitespace().map(hint).collect::<String>());
    complains(
        &[
            "input 8x8x3 / conv 3x3, 4, padding 1",
            "input 8x8x3 / conv 3x3, 4, padding=1",
            "input 8x8x3 / conv 3x3, 4, padding same",
            "input 8x8x3 / conv 3x3, 4, padding=\"same\"",
            "input 8x8x3 / conv 3x3, 4, pad same",
            "input 8x8x3 / conv 3x3, 4, strides 2",
            "input 8x8x3 / conv 3x3, 4, valid",
            "input 8x8x3 / conv 3x3, 4, padding valid",
            "input 8x8x3 / conv 3x3, valid",
            "input 8x8x3 / conv kernel_size 3, 4",
            "input 8x8x3 / conv kernel_size=3, filters=4",
            "input 8x8x3 / conv 3x3, filters 4",
            "input 8 / dense units 4",
            "input 8 / dense 4, swish",
            "input 8x8x3 / pool 2, swish",
        ],
        expect![[r#"
            "input 8x8x3 / conv 3x3, 4, padding 1"
                2:14+9 `conv` does not know `padding 1` — did you mean `pad`?
            "input 8x8x3 / conv 3x3, 4, padding=1"
                2:14+9 `conv` does not know `padding=1` — did you mean `pad`?
            "input 8x8x3 / conv 3x3, 4, padding same"
                2:14+12 `conv` does not know `padding same` — write `same` alone
            "input 8x8x3 / conv 3x3, 4, padding=\"same\""
                2:14+14 `conv` does not know `padding="same"` — write `same` alone
            "input 8x8x3 / conv 3x3, 4, pad same"
                2:14+8 `pad` needs a value, and `same` is a setting of its own — write `same` alone
            "input 8x8x3 / conv 3x3, 4, strides 2"
                2:14+9 `conv` does not know `strides 2` — did you mean `stride`?
            "input 8x8x3 / conv 3x3, 4, valid"
                2:14+5 `conv` does not know `valid` — leave it out: padding is none unless told
            "input 8x8x3 / conv 3x3, 4, padding valid"
                2:14+13 `conv` does not know `padding valid` — leave it out: padding is none unless told
            "input 8x8x3 / conv 3x3, valid"
                2:11+5 `conv` does not know `valid` — leave it out: padding is none unless told
            "input 8x8x3 / conv kernel_size 3, 4"
                2:6+13 `kernel_size 3` is more than one value — KERNEL stands without a word: write `conv KERNEL, KERNELS`
            "input 8x8x3 / conv kernel_size=3, filters=4"
                2:6+13 `kernel_size=3` is not a size — KERNEL stands without a word: write `conv KERNEL, KERNELS`
            "input 8x8x3 / conv 3x3, filters 4"
                2:11+9 `filters 4` is more than one value — KERNELS stands without a word: write `conv KERNEL, KERNELS`
            "input 8 / dense units 4"
                2:7+7 `units 4` is more than one value — UNITS stands without a word: write `dense UNITS`
            "input 8 / dense 4, swish"
                2:10+5 `dense` does not know `swish` — did you mean `silu`?
            "input 8x8x3 / pool 2, swish"
                2:9+5 `pool` does not know `swish` — it may have `stride`, `pad`, `same`, `same lower`, `dilation`, `rounding`
        "#]],
    );
}

#[test]
fn a_comma_may_stand_behind_the_word() {
    let text = "block, b n\ndense, n\nend\ninput, 8x8x3\nbatchnorm, relu\nglobalpool ,flat\nb, 4, times 2";
    let formed = net::format(text);
    expect![[r#"
        block b n
            dense n
        end
        input 8x8x3
        batchnorm  relu
        globalpool flat
        b          4, times 2
    "#]]
    .assert_eq(&formed);
    means(
        &formed,
        expect![[r#"
        network, pytorch, floor
        input = 1 3 8 8
        batchnorm1 = batchnorm(input) then relu
        globalpool1 = pool(batchnorm1) mode average extent global axes dropped
        b1.dense1 = dense(globalpool1) units 4
        b2.dense1 = dense(b1.dense1) units 4
    "#]],
    );
    assert_eq!(shown(&read(text).0), shown(&read(&formed).0));
    complains(
        &["input 8 / relu,", "input 8 / relu,, from input", "input 8 / relu, , from input"],
        expect![[r#"
        "input 8 / relu,"
            2:5+0 nothing stands on one side of a comma — take the comma out
        "input 8 / relu,, from input"
            2:5+0 nothing stands on one side of a comma — take the comma out
        "input 8 / relu, , from input"
            2:5+0 nothing stands on one side of a comma — take the comma out
    "#]],
    );
}

#[test]
fn nothing_uses_itself() {
    complains(
        &[
            "input 8 / b: add b",
            "input 8 / b: relu, from b",
            "block b / a: add a / end / a: input 8 / b",
            "block b / relu / b / end / input 8 / b",
            "block a / b / end / block b / relu / end / input 8 / a",
        ],
        expect![[r#"
            "input 8 / b: add b"
                2:8+1 `b` cannot take itself — name a line above it
            "input 8 / b: relu, from b"
                2:15+1 `b` cannot take itself — name a line above it
            "block b / a: add a / end / a: input 8 / b"
                2:8+1 `a` cannot take itself — name a line above it
            "block b / relu / b / end / input 8 / b"
                3:1+1 the block `b` cannot call itself — write out what it should repeat, or call it with `times N`
            "block a / b / end / block b / relu / end / input 8 / a"
                2:1+1 no layer is called `b` — the block ends in line 6; it can be called below that
        "#]],
    );
}

#[test]
fn kernel_and_number_of_kernels_may_be_swapped() {
    complains(
        &["input 8x8x3 / conv 32, 3x3", "input 8x8x3 / transposed C, 3 x 3", "input 8x8x3 / conv 3x3, 3x3"],
        expect![[r#"
            "input 8x8x3 / conv 32, 3x3"
                2:10+3 `3x3` is not a size — kernel and number of kernels look swapped: write `conv 3x3, 32`
            "input 8x8x3 / transposed C, 3 x 3"
                2:15+5 `3x3` is not a size — kernel and number of kernels look swapped: write `transposed 3x3, C`
            "input 8x8x3 / conv 3x3, 3x3"
                2:11+3 `3x3` is not a size — a size is a whole number of 1 or more, or a symbol
        "#]],
    );
}

#[test]
fn counts_may_be_parameters() {
    means(
        "block b k\nlstm 4, layers k\nend\nblock c k\nb k, times k\nend\ninput 8x4\nc 2",
        expect![[r#"
            network, pytorch, floor
            input = 1 4 8
            c1.b1.lstm1 = lstm(input) units 4 layers 2
            c1.b2.lstm1 = lstm(c1.b1.lstm1) units 4 layers 2
        "#]],
    );
    complains(
        &[
            "block b k / lstm 4, layers k / end / input 8x4 / b 0 / b K / b 65",
            "input 8x4 / lstm 4, layers N",
            "block b k / lstm 4 / end / input 8x4 / b 2, times n",
        ],
        expect![[r#"
            "block b k / lstm 4, layers k / end / input 8x4 / b 0 / b K / b 65"
                2:9+8 `0` is not a number from 1 to 64
                2:9+8 `K` is not a number from 1 to 64
                2:9+8 `65` is not a number from 1 to 64
            "input 8x4 / lstm 4, layers N"
                2:9+8 `N` is not a number from 1 to 64
            "block b k / lstm 4 / end / input 8x4 / b 2, times n"
                5:6+7 `n` is not a size — write how often as a whole number, 1 or more
        "#]],
    );
}

#[test]
fn an_input_that_cannot_be_read_is_one_fault() {
    complains(
        &["input 8.5 / relu", "a: input 8 / b: input / add a, b", "input 8x8.5x3 / rules keras / conv 3x3, 4, strid 2"],
        expect![[r#"
            "input 8.5 / relu"
                1:7+3 `8.5` is not a size — a size is a whole number of 1 or more, or a symbol
            "a: input 8 / b: input / add a, b"
                2:4+5 an input needs one shape — write `input 224x224x3`
            "input 8x8.5x3 / rules keras / conv 3x3, 4, strid 2"
                1:7+7 `8.5` is not a size — a size is a whole number of 1 or more, or a symbol
                3:14+7 `conv` does not know `strid 2` — did you mean `stride`?
        "#]],
    );
}

#[test]
fn a_misspelt_word_is_no_symbol() {
    complains(
        &[
            "input 8x8x3 / conv 3x3, sam",
            "input 8x8x3 / conv casual, 4",
            "input 8x8x3 / conv 3x3, ReLU",
            "input 8x8x3 / conv 3x3, padding",
            "input 8x8x3 / pool same",
        ],
        expect![[r#"
            "input 8x8x3 / conv 3x3, sam"
                2:11+3 `conv` does not know `sam` — did you mean `same`?
            "input 8x8x3 / conv casual, 4"
                2:6+6 `conv` does not know `casual` — did you mean `causal`?
            "input 8x8x3 / conv 3x3, ReLU"
                2:11+4 `conv` does not know `ReLU` — did you mean `relu`?
            "input 8x8x3 / conv 3x3, padding"
                2:11+7 `conv` does not know `padding` — did you mean `pad`?
            "input 8x8x3 / pool same"
                2:1+4 `pool` needs KERNEL — write `pool KERNEL`
        "#]],
    );
    means(
        "block b sam\nconv 3x3, sam\nend\ninput HxWx3\nb 4\nconv K, C\nconv 3x3, filters\nconv k, SAM\nconv 3x3, n_out\ndense hidden",
        expect![[r#"
            network, pytorch, floor
            input = 1 3 H W
            b1.conv1 = conv(input) K 3x3 C_out 4
            conv1 = conv(b1.conv1) K K C_out C
            conv2 = conv(conv1) K 3x3 C_out filters
            conv3 = conv(conv2) K k C_out SAM
            conv4 = conv(conv3) K 3x3 C_out n_out
            dense1 = dense(conv4) units hidden
        "#]],
    );
}

/// Texts of some size that nobody wrote.
fn noise(bytes: usize) -> Vec<(&'static str, String)> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let letters: Vec<char> = "abcdefx019 ,:#×?-\n\t.".chars().collect();
    let random: String = (0..bytes).map(|_| letters[(next() % letters.len() as u64) as usize]).collect();
    let full = |line: &str| line.repeat(bytes / line.len());
    let labelled: String = (0..bytes / 20).map(|n| format!("label{n}: relu\n")).collect();
    let lost: String = (0..20).map(|n| format!("add lost{n}\n")).collect();
    vec![
        ("noise", random),
        ("one line", "x".repeat(bytes)),
        ("one line of layers", "relu ".repeat(bytes / 5)),
        ("a line of a million characters", format!("input 8\nconv {}\nrelu", "7".repeat(1_000_000))),
        ("commas", format!("input 8\nconv {}", ",".repeat(bytes))),
        ("a shape", format!("input {}8", "8x".repeat(bytes / 2))),
        ("a label", format!("input 8\n{}: relu", "l".repeat(bytes))),
        ("empty lines", full("\n")),
        ("comments", full("# so far so good\n")),
        ("layers", format!("input 8\n{}", full("relu\n"))),
        ("long heads", format!("input 8\n{}", full("longer_than_sixteen_characters: relu\n"))),
        ("unclosed blocks", full("block b\n")),
        ("blocks", full("block b\nend\n")),
        ("ends", full("end\n")),
        ("calls", format!("block b\nend\ninput 8\n{}", full("b\n"))),
        ("a block of many parameters", format!("block b {}\nend", full("p, "))),
        ("labels", format!("input 8\n{labelled}{lost}")),
    ]
}

/// 10 MB at once, where the tests are optimised.
#[test]
fn a_text_that_nobody_wrote_is_refused_in_few_words() {
    for (what, text) in noise(if cfg!(debug_assertions) { 100_000 } else { 10_000_000 }) {
        let (_, faults) = read(&text);
        assert!(faults.len() <= 21, "{what}: {} faults", faults.len());
        for fault in &faults {
            assert!(said(fault).chars().count() < 300, "{what}: {}", said(fault));
        }
        let formed = net::format(&text);
        assert_eq!(net::format(&formed), formed, "{what}");
    }
}

#[test]
fn the_formatter_has_one_form() {
    let net = "
#about
network   the  net
input 224 × 224*3   #an image


  block b   n ,m
conv 3 x 3 ,n,pad 1 : 2,  relu
      #inside
a:batchnorm
  add a ,relu
## a heading
  end
conv 7,64,stride 2
globalpool
b 3,4,times 2 #
from conv1


relu";
    let expected = expect![[r#"
        # about
        network the  net
        input 224x224x3  # an image

        block b n, m
            conv 3x3, n, pad 1:2, relu
            # inside
            a: batchnorm
            add  a, relu
            ## a heading
        end
        conv       7, 64, stride 2
        globalpool
        b          3, 4, times 2  #
        from conv1

        relu
    "#]];
    expected.assert_eq(&net::format(net));
}

#[test]
fn what_cannot_be_read_is_kept() {
    let expected = expect![[r#"
        , conv 3
        foo: , bar
        a: b:c , , d,
        x:

        :y
    "#]];
    expected.assert_eq(&net::format("  , conv 3\nfoo: , bar\na :b:c  ,,  d,\nx :\n\n\n\n:y"));
}

/// Words of the notation, things that stand beside them, and things that should not.
const TOKENS: &str = "network batch rounding rules input from block end conv pool dense add concat relu batchnorm reshape \
    attention dropout basic deep a b in conv1 a: b: a.b: : stride pad same lower no bias times memory axis ceil keras N H \
    ? ?n x × * 3 3x3 1×7 8x8x3 HxWx3 -1 0 2:1 0.5 9223372036854775807 , , , ,, # #so ## #! é \u{feff} \" 3x x3 :2 2:";

/// Lines that mean something, so that soup has bits in it.
const LINES: &[&str] = &[
    "input 8x8x3",
    "input HxWxC",
    "a: conv 3x3, 4, same, relu",
    "conv 1, 4",
    "b: pool 2",
    "add a, b, relu",
    "from a",
    "block basic n",
    "block deep",
    "end",
    "basic 3",
    "deep times 2",
    "dense n",
    "network so and  so",
    "batch N",
    "rounding ceil",
    "flatten",
    "relu, from in",
    "c: basic 4, times 2",
    "concat a, b",
    "# a comment",
    "",
];

fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(TOKENS.split(' ').collect::<Vec<_>>());
    let gap = prop::sample::select(&["", " ", " ", "  ", ", ", "\n", "\t", "\r", "\u{a0}", "\u{2028}"][..]);
    let tokens = prop::collection::vec((token, gap), 0..8)
        .prop_map(|tokens| tokens.into_iter().map(|(token, gap)| token.to_owned() + gap).collect::<String>());
    let line = prop_oneof![3 => prop::sample::select(LINES).prop_map(str::to_owned), 2 => tokens, 1 => ".{0,20}"];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

/// The comments of a text, without the signs that begin them.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment.trim()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_formatter_changes_no_meaning(text in soup()) {
        let formed = net::format(&text);
        prop_assert_eq!(net::format(&formed), formed.clone());
        prop_assert_eq!(comments(&formed), comments(&text));
        let ((before, faults), (after, others)) = (read(&text), read(&formed));
        prop_assert_eq!(shown(&after), shown(&before));
        prop_assert_eq!(others.len(), faults.len(), "{:?} {:?}", others, faults);
    }

    #[test]
    fn every_fault_points_into_the_text(text in soup()) {
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        for fault in read(&text).1 {
            let Some(place) = fault.place else { continue };
            let line = lines.get(place.line as usize - 1).expect("the line is there").chars().count() as u32;
            prop_assert!(place.column >= 1 && place.column + place.length <= line + 2, "{}", said(&fault));
        }
    }

    #[test]
    fn whatever_is_read_can_be_worked_out(text in soup()) {
        let (model, _) = read(&text);
        let rows = model.layers.len();
        let (ledger, _) = workings::Ledger::of(model, &workings::ledger::Binds::new());
        prop_assert_eq!(ledger.rows.len(), rows);
    }
}
