//! Exports as a person asks for them: where they go, and whatever stands in the way.

mod run;

use run::workings;

/// A place for a file of this name.
fn place(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"))
}

#[track_caller]
fn refused(arguments: &[&str], input: &str, says: &[&str]) {
    let ran = workings(arguments, input.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    for words in says {
        assert!(ran.err.contains(words), "{words:?} is not in\n{}", ran.err);
    }
}

#[test]
fn the_ending_says_the_format_and_the_file_is_written() {
    for (file, to, begins) in [
        ("q2.onnx", None, &b"\x08"[..]),
        ("q2.json", None, b"{"),
        ("q2_torch.py", Some("torch"), b"\"\"\"The network q2: 588,734 parameters."),
        ("q2_keras.py", Some("keras"), b"\"\"\"The network q2: 588,734 parameters."),
    ] {
        let path = place(file);
        let to: Vec<&str> = to.iter().flat_map(|to| ["--to", to]).collect();
        let ran = workings(&[&["export", "q2", "-o", &path], &to[..]].concat(), b"");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""), "{file}");
        assert!(std::fs::read(&path).expect("it was written").starts_with(begins), "{file}");
    }
}

#[test]
fn text_goes_to_standard_output() {
    for arguments in [&["export", "q2", "--to", "torch"][..], &["export", "q2", "--to", "torch", "-o", "-"]] {
        let ran = workings(arguments, b"");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains("self.conv2 = nn.Conv2d(25, 35, 3, stride=2)  # 18x18x35, 7,910 parameters\n"));
    }
    refused(&["export", "q2", "--to", "onnx"], "", &["is no text", "-o NAME.onnx"]);
}

#[test]
fn what_says_no_format_is_refused() {
    refused(&["export", "q2"], "", &["nothing says which format", "--to"]);
    refused(&["export", "q2", "-o", "q2.py"], "", &["`.py` may be `keras`, `torch`", "--to"]);
    refused(&["export", "q2", "-o", "q2.pt"], "", &["no ending that says which format"]);
    refused(&["export", "q2", "-o", "q2.onnx", "--to", "keras"], "", &["does not end in `.py`"]);
}

/// The layer is underlined in the text that was read, also on standard input.
#[test]
fn what_a_framework_cannot_express_is_refused_at_its_line() {
    let net = "input 10x10x3\nconv 3, 4\npool 3, stride 2, pad 1\n";
    let says = &["standard input:3:1: pool1: Keras pads a max pool", "pool 3, stride 2, pad 1", "put a `relu`"];
    refused(&["export", "-", "--to", "keras"], net, says);
}

#[test]
fn a_network_with_something_wrong_is_not_exported() {
    let says = &["conv1", "the window fits inside", "nothing was exported"];
    refused(&["export", "-", "--to", "torch"], "input 4x4x3\nconv 7x7, 16\n", says);
    refused(&["export", "-", "--to", "torch"], "input 4x4x3\nconv 3x3, 16\npol 2\n", &["pol", "nothing was exported"]);
}

#[test]
fn weights_go_beside_the_file_in_the_frameworks_own_format() {
    let (net, weights) = (place("small.net"), place("small_given.safetensors"));
    std::fs::write(&net, "input 2\ndense 1, no bias\n").expect("it can be written");
    let header = br#"{"dense1.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#;
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 8]].concat();
    std::fs::write(&weights, bytes).expect("it can be written");
    for (file, to, beside, begins) in [
        ("small_keras.py", "keras", "small_keras.weights.h5", &b"\x89HDF"[..]),
        ("small.json", "keras-json", "small.weights.h5", b"\x89HDF"),
        ("small_torch.py", "torch", "small_torch.safetensors", b"\x48\0\0\0\0\0\0\0{\"dense1.weight\""),
    ] {
        let ran = workings(&["export", &net, "--to", to, "-o", &place(file), "--weights", &weights], b"");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""), "{file}");
        let written = std::fs::read(place(beside)).expect("it was written");
        assert!(written.starts_with(begins), "{beside} begins with {:?}", &written[..24.min(written.len())]);
    }
}

#[test]
fn weights_must_be_the_networks_own() {
    let weights = place("short.safetensors");
    std::fs::write(&weights, [2, 0, 0, 0, 0, 0, 0, 0, b'{', b'}']).expect("it can be written");
    let file = place("weighted.onnx");
    refused(&["export", "q2", "-o", &file, "--weights", &weights], "", &["there is no tensor `conv1.weight`"]);
    refused(
        &["export", "q2", "-o", &file, "--weights", &place("none")],
        "",
        &["there is no file", "network's weights"],
    );
    refused(&["export", "q2", "--to", "torch", "--weights", &weights], "", &["weights need a file"]);
    assert!(!std::path::Path::new(&file).exists());
}
