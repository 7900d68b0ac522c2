//! What holds of every rule: it is in its list, its names are in the glossary, its claims have something to say.

mod build;

use std::collections::BTreeSet;
use std::path::Path;

use build::{Case, axes, case, count, pads, shape, size, word};
use calc::Step;
use expect_test::expect;
use workings::model::{Rounding, Rules, Setting};
use workings::ops::{Joins, OPERATORS, words};
use workings::{Ledger, claims, glossary};

/// The names of the files beside `mod.rs`, and what is in them.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .filter(|(name, _)| name != "mod")
        .collect();
    files.sort();
    files
}

#[test]
fn every_file_is_in_its_list_and_the_lists_are_alphabetical() {
    let list = include_str!("../src/ops/mod.rs");
    let after = |line: &str, before: &str| line.trim().strip_prefix(before).map(str::to_owned);
    let mods: Vec<String> = list
        .lines()
        .filter_map(|line| after(line.trim_start_matches("pub(crate) "), "mod "))
        .filter_map(|rest| rest.strip_suffix(';').map(str::to_owned))
        .collect();
    let entries: Vec<String> =
        list.lines().filter_map(|line| line.trim().strip_suffix("::OPERATOR,").map(str::to_owned)).collect();
    let files = files();
    assert_eq!(mods, files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), "the `mod` lines");
    let operators = files.iter().filter(|(_, text)| text.contains("const OPERATOR: Operator"));
    assert_eq!(entries, operators.map(|(name, _)| name.clone()).collect::<Vec<_>>(), "the lines of OPERATORS");
    assert_eq!(entries, OPERATORS.iter().map(|op| op.name).collect::<Vec<_>>(), "an operator is called as its file is");
}

#[test]
fn every_file_says_what_it_is() {
    for (name, text) in files() {
        assert!(text.starts_with("//! "), "{name}.rs opens with what it is");
        assert!(
            !text.contains("const OPERATOR: Operator") || text.contains("//! - "),
            "{name}.rs says its formula and sources"
        );
    }
}

#[test]
fn the_page_of_the_notation_has_every_word_and_no_other() {
    let page = include_str!("../../../docs/net.md");
    let table =
        page.lines().skip_while(|line| !line.starts_with("| word")).skip(2).take_while(|line| line.starts_with('|'));
    let listed: BTreeSet<&str> =
        table.filter_map(|line| line.split('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let all: Vec<&str> = words().collect();
    let known: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), known.len(), "a word means one thing");
    assert_eq!(listed, known);
}

/// Layers of every operator, with every setting that makes a rule write other lines.
fn samples() -> Vec<Case> {
    let (image, sequence, vector): (&[i64], &[i64], &[i64]) = (&[8, 9, 10], &[8, 12], &[12]);
    let volume: &[i64] = &[4, 5, 6, 7];
    let three = || ("K", axes(&[3]));
    let kernels = || ("C_out", size(16));
    let mut samples = Vec::new();
    for (word_, rules) in
        [("conv", Rules::Pytorch), ("conv", Rules::Keras), ("transposed", Rules::Pytorch), ("transposed", Rules::Keras)]
    {
        samples.extend([
            case(
                word_,
                &[sequence],
                [three(), kernels(), ("P", pads(&[(0, 1)])), ("S", axes(&[2])), ("D", axes(&[1]))],
            )
            .rules(rules),
            case(
                word_,
                &[image],
                [
                    ("K", axes(&[3, 5])),
                    kernels(),
                    ("P", pads(&[(1, 1), (0, 2)])),
                    ("S", axes(&[1, 2])),
                    ("D", axes(&[2, 1])),
                ],
            )
            .rules(rules),
            case(
                word_,
                &[volume],
                [("K", axes(&[1, 2, 3])), kernels(), ("P", pads(&[(1, 2), (3, 3), (1, 1)])), ("G", size(2))],
            )
            .rules(rules),
            case(
                word_,
                &[volume],
                [
                    three(),
                    kernels(),
                    ("P", pads(&[(2, 2), (2, 3), (1, 0)])),
                    ("S", axes(&[1, 2, 3])),
                    ("D", axes(&[3, 2, 1])),
                ],
            )
            .rules(rules),
            case(word_, &[image], [three(), kernels(), ("padding", word("same")), ("S", axes(&[1]))]).rules(rules),
            case(word_, &[image], [three(), kernels(), ("padding", word("same lower")), ("bias", word("no"))])
                .rules(rules),
            case(word_, &[image], [three(), kernels(), ("padding", word("causal"))]).rules(rules),
        ]);
    }
    for extra in [axes(&[1]), axes(&[1, 0])] {
        let settings = [three(), kernels(), ("S", axes(&[2])), ("E", extra)];
        samples.extend(
            [Rules::Pytorch, Rules::Keras, Rules::Onnx]
                .map(|rules| case("transposed", &[image], settings.clone()).rules(rules)),
        );
    }
    samples.push(case("transposed", &[volume], [three(), kernels(), ("S", axes(&[2, 3, 4])), ("E", axes(&[0, 1, 2]))]));
    samples.push(case("depthwise", &[image], [three(), ("M", size(2))]));
    samples.push(case("separable", &[image], [three(), kernels(), ("M", size(2))]));
    for rounding in [Rounding::Floor, Rounding::Ceil, Rounding::CeilUnclipped, Rounding::Strict] {
        samples.push(
            case("pool", &[image], [three(), ("P", pads(&[(1, 1)])), ("padding", word("none"))]).rounding(rounding),
        );
        samples.push(case("avgpool", &[sequence], [three(), ("P", pads(&[(0, 1)]))]).rounding(rounding));
    }
    samples.push(case("pool", &[image], [three(), ("padding", word("same undilated")), ("D", axes(&[2]))]));
    samples.push(case("globalpool", &[image], []));
    samples.push(case("globalmaxpool", &[volume], [("axes", word("dropped"))]));
    samples.push(case("adaptivepool", &[sequence], [("O", axes(&[5]))]));
    samples.push(case("adaptivepool", &[image], [("O", axes(&[5, 6]))]));
    samples.push(case("adaptivemaxpool", &[volume], [("O", axes(&[3, 2, 1]))]));
    for input in [vector, sequence, image, volume] {
        samples.push(case("dense", &[input], [("units", size(10))]));
        samples.push(case("flatten", &[input], []));
        samples.push(case("reshape", &[input], [("size", shape(&[2, -1, 2]))]));
        samples.push(case("relu", &[input], []));
        samples.push(case("softmax", &[input], []));
        samples.push(case("dropout", &[input], [("rate", Setting::Fraction("0.5".into()))]));
        samples.push(case("batchnorm", &[input], []));
        samples.push(case("batchnorm", &[input], [("statistics", word("no"))]));
        samples.push(case("layernorm", &[input], []));
        samples.push(case("rmsnorm", &[input], []));
        samples.push(case("add", &[input, input], []));
        samples.push(case("multiply", &[input, input], []));
        samples.push(case("concat", &[input, input, input], []));
        samples
            .extend(["one", "channels", "elements"].map(|slopes| case("prelu", &[input], [("slopes", word(slopes))])));
    }
    samples.push(case("reshape", &[image], [("size", shape(&[9, 10, 8]))]));
    samples.push(case("reshape", &[image], [("size", shape(&[1, 2, 3, 4, 5, -1]))]));
    samples.push(case("layernorm", &[image], [("axes", count(3))]));
    samples.push(case("rmsnorm", &[image], [("axes", count(2))]));
    for input in [sequence, image, volume] {
        samples.push(case("groupnorm", &[input], [("G", size(2))]));
        samples.push(case("instancenorm", &[input], [("affine", word("yes"))]));
        samples.push(case("zeropad", &[input], [("P", pads(&[(1, 2)]))]));
        samples.push(case("crop", &[input], [("P", pads(&[(1, 1)]))]));
        samples.push(case("upsample", &[input], [("U", axes(&[2]))]));
    }
    samples.push(case("upsample", &[image], [("U", axes(&[2, 3]))]));
    samples.push(case("upsample", &[volume], [("U", axes(&[2, 3, 4]))]));
    samples.push(case("add", &[image, vector], []).rules(Rules::Keras));
    for (axis, input) in
        [("length", sequence), ("height", image), ("width", image), ("depth", volume), ("height", volume)]
    {
        samples.push(case("concat", &[input, input], [("axis", word(axis))]));
    }
    samples.push(case("embedding", &[vector], [("entries", size(100)), ("features", size(16))]));
    for word_ in ["rnn", "lstm", "gru"] {
        for rules in [Rules::Pytorch, Rules::Keras] {
            samples.push(case(word_, &[sequence], [("units", size(20))]).rules(rules));
            let stacked =
                [("units", size(20)), ("layers", count(3)), ("directions", word("both")), ("steps", word("all"))];
            samples.push(case(word_, &[sequence], stacked).rules(rules));
        }
    }
    samples.push(case("lstm", &[sequence], [("units", size(20)), ("projection", size(5)), ("biases", count(1))]));
    let given = || word("given");
    samples.push(case("attention", &[sequence], [("h", size(4))]));
    samples.push(case(
        "attention",
        &[sequence],
        [("h", size(3)), ("d_k", size(5)), ("d_v", size(7)), ("bias", word("no"))],
    ));
    samples.push(case("attention", &[sequence, &[6, 9]], [("h", size(4)), ("memory", given())]));
    samples.push(case(
        "attention",
        &[sequence, &[6, 9], &[5, 9]],
        [("h", size(4)), ("keys", given()), ("values", given())],
    ));
    samples.extend(words().filter(|word| *word == "conv1d").map(|word| case(word, &[sequence], [three(), kernels()])));
    // A word that needs no argument needs no line here.
    let plain =
        OPERATORS.iter().flat_map(|op| op.words).filter(|word| word.takes.is_empty() && word.joins == Joins::Above);
    samples.extend(plain.map(|word| case(word.word, &[image], [])));
    samples
}

#[test]
fn the_samples_have_every_operator() {
    let models: Vec<_> = samples().iter().map(Case::model).collect();
    let seen: BTreeSet<&str> = models.iter().map(|model| model.layers[0].op.unwrap().name).collect();
    // An operator without a word is held to its format's own truth.
    assert_eq!(seen, OPERATORS.iter().filter(|op| !op.words.is_empty()).map(|op| op.name).collect());
}

#[test]
fn every_name_on_a_page_is_in_the_glossary() {
    let mut used = BTreeSet::new();
    let layers = samples().into_iter().map(|sample| (format!("{sample:?}"), sample.ledger().0));
    let nodes = build::nodes::samples().into_iter().map(|sample| (format!("{sample:?}"), sample.ledger().0));
    for (sample, ledger) in layers.chain(nodes) {
        for line in ledger.page.lines() {
            if let Step::Given { name, .. } | Step::Taken { name, .. } | Step::Called { name, .. } =
                ledger.page.step(line)
            {
                assert!(glossary::term_of(name).is_some(), "`{name}` is not in the glossary: {sample}");
                used.insert(name.to_owned());
            }
        }
    }
    let idle: Vec<&str> = glossary::TERMS.iter().map(|term| term.name).filter(|name| !used.contains(*name)).collect();
    assert!(idle.is_empty(), "nobody uses {idle:?}");
}

/// A layer for every claim, such that it fails.
fn failing() -> Vec<Case> {
    let (image, sequence): (&[i64], &[i64]) = (&[8, 9, 10], &[8, 12]);
    let kernels = || ("C_out", size(6));
    let three = || ("K", axes(&[3]));
    let heads = || ("h", size(4));
    let given = || word("given");
    vec![
        case("conv", &[&[4, 3]], [("K", axes(&[5])), kernels()]),
        case("conv", &[&[4, 8]], [three(), kernels(), ("S", axes(&[2]))]).rounding(Rounding::Strict),
        case("conv", &[image], [three(), kernels(), ("G", size(3))]),
        case("conv", &[image], [three(), kernels(), ("G", size(4))]),
        case("conv", &[image], [three(), kernels(), ("S", axes(&[2, 1])), ("D", axes(&[1, 2]))]).rules(Rules::Keras),
        case("pool", &[&[4, 2]], [("K", axes(&[4])), ("S", axes(&[2]))]).rounding(Rounding::Ceil),
        case("pool", &[image], [three(), ("P", pads(&[(2, 0)])), ("D", axes(&[2]))]),
        case("transposed", &[&[4, 1]], [three(), kernels(), ("P", pads(&[(2, 2)]))]),
        case("transposed", &[image], [three(), kernels(), ("S", axes(&[2])), ("E", axes(&[2]))]),
        case("transposed", &[image], [three(), kernels(), ("D", axes(&[3])), ("E", axes(&[1]))]).rules(Rules::Keras),
        case("reshape", &[image], [("size", shape(&[7, -1]))]),
        case("reshape", &[image], [("size", shape(&[9, 5, 8]))]),
        case("reshape", &[image], [("size", shape(&[5, 7]))]),
        case("groupnorm", &[image], [("G", size(3))]),
        case("add", &[image, &[8, 4, 10]], []),
        case("concat", &[image, &[8, 4, 10]], []),
        case("crop", &[image], [("P", pads(&[(4, 5)]))]),
        case("lstm", &[sequence], [("units", size(5)), ("projection", size(5))]),
        case("attention", &[sequence], [("h", size(3))]),
        case("attention", &[sequence, &[8, 5], &[8, 6]], [heads(), ("keys", given()), ("values", given())]),
    ]
}

#[test]
fn what_fails_says_what_to_do() {
    let says: Vec<String> = failing()
        .iter()
        .flat_map(|case| case.ledger().1)
        .map(|finding| format!("[{}] {} — {}", finding.code, finding.says, finding.hint.unwrap_or_default()))
        .collect();
    expect![[r#"
        [window] conv1: “the window fits inside the padded input” does not hold: 3 − 5 = −2 is not at least 0 — take a smaller kernel, pad more, or feed a larger input
        [stride] conv1: “the stride divides the room evenly” does not hold: 5 = 2 × 2 + 1 — 1 position is left over; write `rounding floor` to leave it unread
        [groups] conv1: “the input channels split into the groups” does not hold: 8 = 2 × 3 + 2 — try 2 or 4
        [groups] conv1: “the kernels split into the groups” does not hold: 6 = 1 × 4 + 2 — try 3 or 6
        [dilation] conv1: “Keras takes a stride or a dilation, not both” does not hold: min(max(2, 1), max(1, 2)) = 2 is not at most 1 — take a stride of 1 or a dilation of 1, or other rules
        [window] pool1: “there is at least one position” does not hold: min(⌈(2 − 4)/2⌉ + 1, ⌈2/2⌉) = 0 is not at least 1 — take a smaller kernel, pad more, or feed a larger input
        [padding] pool1: “the padding is at most half the kernel” does not hold: 2 is not at most 1 — pad by 1 at most, or put a `zeropad` before it
        [window] transposed1: “the padding leaves at least one position” does not hold: 1 − 1 + 3 − 2 × 2 = −1 is not at least 1 — pad by 2 positions less
        [extra] transposed1: “the extra size is smaller than the stride or the dilation” does not hold: 2 is not at most 1 — take 1 at most
        [extra] transposed1: “the extra size is smaller than the stride” does not hold: 1 is not at most 0 — leave it out
        [reshape] reshape1: “the other sizes divide the number of elements” does not hold: 720 = 102 × 7 + 6 — take sizes whose product divides 720
        [reshape] reshape1: “the new shape holds as many elements as the old one” does not hold: 8 is not equal to 16 — write 16 or -1 for the last size
        [reshape] reshape1: “the new shape holds as many elements as the old one” does not hold: 7 is not equal to 144 — write 144 or -1 for the last size
        [groups] groupnorm1: “the input channels split into the groups” does not hold: 8 = 2 × 3 + 2 — try 2 or 4
        [shapes] add1: “the sizes are equal or one of them is 1” does not hold: 9 is not 1 or equal to 4 — give both the size 9, or both 4
        [shapes] concat1: “the sizes are equal on every other axis” does not hold: 9 is not equal to 4 — give both the size 9, or both 4
        [crop] crop1: “something is left of the axis” does not hold: 9 − 4 − 5 = 0 is not at least 1 — crop 1 less
        [projection] lstm1: “the projection is smaller than the units” does not hold: 5 is not at most 4 — take 4 at most
        [heads] attention1: “the heads share the features evenly” does not hold: 8 = 2 × 3 + 2 — try 2 or 4
        [shapes] attention1: “there are as many values as keys” does not hold: 6 is not equal to 5 — give both the length 6, or both 5"#]].assert_eq(&says.join("\n"));
}

#[test]
fn every_claim_has_something_to_say_and_is_made_by_a_rule() {
    let mut made = BTreeSet::new();
    let layers = samples().into_iter().chain(failing()).map(|sample| (format!("{sample:?}"), sample.ledger().0));
    let nodes = build::nodes::samples().into_iter().map(|sample| (format!("{sample:?}"), sample.ledger().0));
    for (sample, ledger) in layers.chain(nodes) {
        for (_, claim) in ledger.page.claims() {
            assert!(claims::known(claim.says).is_some(), "“{}” is not in claims.rs: {sample}", claim.says);
            made.insert(claim.says);
        }
    }
    let (symbolic, _) = samples()[0].symbolic();
    made.extend(Ledger::of(symbolic, &Default::default()).0.page.claims().map(|(_, claim)| claim.says));
    // Inputs of one batch size: the notation has one for the whole network, other formats may not.
    made.insert(claims::CLAIMS[0].says);
    assert_eq!(made, claims::CLAIMS.iter().map(|claim| claim.says).collect());
}

#[test]
fn a_rule_that_cannot_be_followed_says_why() {
    let (image, sequence, vector): (&[i64], &[i64], &[i64]) = (&[8, 9, 10], &[8, 12], &[12]);
    let cases = [
        case("pool", &[vector], [("K", axes(&[2]))]),
        case("pool", &[image], [("K", axes(&[2, 2, 2]))]),
        case("lstm", &[vector], [("units", size(4))]),
        case("attention", &[image], [("h", size(4))]),
        case("rnn", &[sequence], [("units", size(4)), ("biases", count(3))]),
        case("layernorm", &[sequence], [("axes", count(3))]),
        case("add", &[image], []),
        case("add", &[image, vector], []),
        case("concat", &[image, sequence], []),
        case("concat", &[image, image], [("axis", word("length"))]),
        case("reshape", &[image], [("size", shape(&[-1, -1]))]),
        case("attention", &[sequence], [("h", size(4)), ("memory", word("given"))]),
    ];
    let says: Vec<String> = cases
        .iter()
        .flat_map(|case| case.ledger().1)
        .map(|finding| format!("{} — {}", finding.says, finding.hint.unwrap_or_default()))
        .collect();
    expect![[r#"
        pool1: the input is a vector, and at least one axis of space is needed — give it an image, a sequence or a volume (before any `flatten`)
        pool1: kernel size is given for 3 axes, and the input has 2 — give one number for every axis, or one for each
        lstm1: the input is a vector, and a sequence is needed — bring it to length x features, as with `reshape -1xF`; a recurrent layer above hands on every step with `sequence`
        attention1: the input is an image, and a sequence is needed — bring it to length x features, as with `reshape -1xF`; a recurrent layer above hands on every step with `sequence`
        rnn1: a gate has 1 or 2 biases, and 3 are asked for — write `biases 1`, `biases 2` or `no bias`
        layernorm1: 3 axes are to be normalised, and the input has 2 — write `axes` with a number from 1 to 2
        add1: 2 inputs are needed, and 1 found — 
        add1: the inputs have 3 and 1 axes, and must have as many as each other — bring them to one rank with `reshape`: a vector of C features to `reshape 1x1xC`
        concat1: the inputs have 3 and 2 axes, and must have as many as each other — bring them to one rank with `reshape`: a vector of C features to `reshape 1x1xC`
        concat1: the inputs have no length — a sequence has a length, an image height and width, a volume depth, height and width
        reshape1: more than one size is -1 — give all sizes but one
        attention1: 2 inputs are needed, and 1 found — "#]].assert_eq(&says.join("\n"));
}
