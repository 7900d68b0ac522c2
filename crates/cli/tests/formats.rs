//! Files of other formats as a person gives them to the command. The ONNX file is one that `export` writes of q2, whose
//! totals Keras counts: 588,734 parameters, and 7,582,750 multiply-adds an example.

mod run;

use run::workings;

fn onnx(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(workings(&["export", "q2", "-o", &path], b"").code, Some(0));
    path
}

#[test]
fn a_file_tells_its_format_by_what_is_in_it() {
    let bytes = std::fs::read(onnx("formats-content.onnx")).expect("the file was written");
    for path in ["-", &format!("{}/formats-content.net", env!("CARGO_TARGET_TMPDIR"))] {
        if path != "-" {
            std::fs::write(path, &bytes).expect("a place to write to");
        }
        let ran = workings(&["show", path, "--as", "json"], &bytes);
        let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!((ran.code, &answer["model"]["format"]), (Some(0), &"onnx".into()), "{}", ran.err);
        assert_eq!(answer["totals"]["params"], 588_734);
        assert_eq!(answer["totals"]["macs"], "7582750*batch");
    }
}

#[test]
fn an_input_takes_another_shape() {
    let path = onnx("formats-shape.onnx");
    let ran = workings(&["show", &path, "--input-shape", "input=2x3x150x150", "--as", "json"], b"");
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(answer["totals"]["macs"], 2 * 7_582_750, "{}", ran.err);

    let ran = workings(&["show", &path, "--input-shape", "pictures=1x3x9x9"], b"");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("no input `pictures`") && ran.err.contains("it has input"), "{}", ran.err);
    let ran = workings(&["show", &path, "--input-shape", "input=3x150x150"], b"");
    assert!(ran.code == Some(2) && ran.err.contains("3 sizes are given, and the input has 4 axes"), "{}", ran.err);
    let ran = workings(&["show", &path, "--input-shape", "input=1x0x150x150"], b"");
    assert!(ran.code == Some(2) && ran.err.contains("x=1x3x640x640"), "{}", ran.err);
}

/// A reshape to the sizes of its second input: only who knows those knows the shape.
#[test]
fn an_input_takes_its_elements() {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8], bytes].concat();
    let input = |name: &[u8], kind: u8, size: u8| {
        let shape = field(2, &field(1, &[8, size]));
        field(11, &[field(1, name), field(2, &field(1, &[vec![8, kind], shape].concat()))].concat())
    };
    let node = [field(1, b"x"), field(1, b"sizes"), field(2, b"y"), field(4, b"Reshape")].concat();
    let graph = [field(1, &node), input(b"x", 1, 6), input(b"sizes", 7, 2)].concat();
    let model = [vec![8, 10], field(7, &graph)].concat();
    let shape = |told: &[&str]| {
        let ran = workings(&[&["show", "-", "--as", "json"], told].concat(), &model);
        let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        answer["rows"][0]["outputs"][0]["shape"].to_string()
    };
    assert_eq!(shape(&["--input-data", "sizes=2,-1"]), "[2,3]");
    assert_eq!(shape(&[]), r#"["y_d0","y_d1"]"#);
    let ran = workings(&["show", "-", "--input-data", "sizes=2,3,1"], &model);
    assert!(ran.code == Some(2) && ran.err.contains("3 numbers are given, and the input has 2"), "{}", ran.err);
}

/// An input that stands in the file, too: that is what it is unless told.
#[test]
fn an_input_with_a_default_takes_other_elements() {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8], bytes].concat();
    let input = |name: &[u8], kind: u8, size: u8| {
        let shape = field(2, &field(1, &[8, size]));
        field(11, &[field(1, name), field(2, &field(1, &[vec![8, kind], shape].concat()))].concat())
    };
    let node = [field(1, b"x"), field(1, b"sizes"), field(2, b"y"), field(4, b"Reshape")].concat();
    let elements = [3i64, 2].map(i64::to_le_bytes).concat();
    let stored = field(5, &[vec![8, 2, 16, 7], field(8, b"sizes"), field(9, &elements)].concat());
    let graph = [field(1, &node), stored, input(b"x", 1, 6), input(b"sizes", 7, 2)].concat();
    let model = |version: u8| [vec![8, version], field(7, &graph)].concat();
    let shown =
        |told: &[&str], version: u8| workings(&[&["show", "-", "--as", "json"], told].concat(), &model(version));
    let shape = |told: &[&str]| {
        let answer: serde_json::Value = serde_json::from_str(&shown(told, 10).out).expect("JSON");
        answer["rows"][0]["outputs"][0]["shape"].to_string()
    };
    assert_eq!(shape(&[]), "[3,2]");
    assert_eq!(shape(&["--input-data", "sizes=1,6"]), "[1,6]");
    let ran = shown(&["--input-data", "sizes=6"], 10);
    assert!(ran.code == Some(2) && ran.err.contains("1 numbers are given, and the input has 2"), "{}", ran.err);
    // In version 3 of the format every stored tensor is among the inputs, and stays what it is.
    let ran = shown(&["--input-data", "sizes=1,6"], 3);
    assert!(ran.code == Some(2) && ran.err.contains("no input `sizes`"), "{}", ran.err);
}

#[test]
fn a_number_of_a_file_is_followed_to_the_file() {
    let ran = workings(&["why", &onnx("formats-why.onnx"), "1.H_out"], b"");
    assert!(ran.out.contains("K = 3, as the file has it"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("of the input input") && !ran.out.contains("unless told"), "{}", ran.out);
    // Lines there are only where a network was written in lines.
    assert!(!ran.out.contains("It hangs on"), "{}", ran.out);
}

#[test]
fn a_part_of_the_rows_is_shown() {
    let ran = workings(&["show", "q4", "--sort", "params", "--top", "2"], b"");
    let rows: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("dense")).collect();
    assert!(rows[0].starts_with("dense1") && rows[1].starts_with("dense2"), "{}", ran.out);
    assert!(
        ran.out.contains("155,399,050") && ran.out.contains("2 of 12 rows; the totals are those of all."),
        "{}",
        ran.out
    );
    let ran = workings(&["show", "q4", "--only", "pool", "--columns", "layer,output"], b"");
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("pool")).count(), 3, "{}", ran.out);
    assert!(!ran.out.contains("conv1"), "{}", ran.out);

    let ran = workings(&["show", "q4", "--sort", "parms"], b"");
    assert!(ran.code == Some(2) && ran.err.contains("“parms”"), "{}", ran.err);
    let ran = workings(&["show", "q4", "--top", "3", "--as", "csv"], b"");
    assert!(ran.code == Some(2) && ran.err.contains("--top"), "{}", ran.err);
}

/// ResNet-50's `layer1` by hand: 64·(4·64 + 9·64 + 4·64) + … = 215,808 parameters, in three bottlenecks.
#[test]
fn rows_are_folded_into_modules() {
    let ran = workings(&["show", "resnet50", "--depth", "1", "--columns", "layer,op,calculation,output,params"], b"");
    let row = |name: &str| {
        let line = ran.out.lines().find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("{name}: {}{}", ran.out, ran.err)).to_owned()
    };
    let first = row("first1");
    assert!(first.contains("first ") && first.contains("4 conv, 4 batchnorm, 1 add"), "{first}");
    assert!(first.contains("56×56×256") && first.trim_end().ends_with("75,008"), "{first}");
    let second = row("bottleneck2");
    assert!(second.trim_end().ends_with("70,400"), "{second}");
    assert!(ran.out.contains("25,557,032") && !ran.out.contains("first1.conv1"), "{}", ran.out);

    let ran = workings(&["show", "resnet50", "--depth", "1", "--sort", "params", "--top", "1"], b"");
    assert!(ran.out.contains("first4") && ran.out.contains("1 of 22 rows"), "{}", ran.out);
    let ran = workings(&["why", "resnet50", "first1.params"], b"");
    assert!(ran.code == Some(0) && ran.out.contains("= 75,008"), "{}{}", ran.out, ran.err);
    let ran = workings(&["show", "q1", "--depth", "1"], b"");
    assert!(ran.code == Some(0) && ran.out.contains("The file names no modules"), "{}{}", ran.out, ran.err);
    let ran = workings(&["show", "q1", "--depth", "0"], b"");
    assert_eq!(ran.code, Some(2), "{}", ran.out);
}

#[test]
fn the_words_of_a_format_are_listed() {
    let ran = workings(&["ops", "--format", "onnx"], b"");
    let row = |word: &str| {
        let line = ran.out.lines().find(|line| line.split_whitespace().next() == Some(word));
        line.unwrap_or_else(|| panic!("{word}: {}{}", ran.out, ran.err)).to_owned()
    };
    assert!(row("Conv").contains("Convolution"), "{}", row("Conv"));
    assert!(row("SequenceMap").contains("no rule"), "{}", row("SequenceMap"));
    assert!(row("com.microsoft.QuickGelu").contains("Activation"));
    for (format, word) in [("keras", "Conv2D"), ("net", "conv")] {
        let ran = workings(&["ops", "--format", format], b"");
        assert!(ran.code == Some(0) && ran.out.contains(word), "{}{}", ran.out, ran.err);
    }
    let ran = workings(&["ops", "--format", "onxn"], b"");
    assert!(ran.code == Some(2) && ran.err.contains("did you mean `onnx`"), "{}", ran.err);
}

#[test]
fn a_format_may_be_told() {
    let ran = workings(&["show", "q2", "--format", "onnx"], b"");
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    let ran = workings(&["show", "q2", "--format", "caffe"], b"");
    assert!(
        ran.code == Some(2) && ran.err.contains("there is no format `caffe`") && ran.err.contains("onnx"),
        "{}",
        ran.err
    );
}

#[test]
fn a_sheet_is_held_against_the_notation_alone() {
    let path = onnx("formats-key.onnx");
    let sheet = concat!(env!("CARGO_MANIFEST_DIR"), "/../../worksheets/q2.md");
    let ran = workings(&["audit", sheet, "--against", &path], b"");
    assert!(ran.code == Some(2) && ran.err.contains("of the format onnx"), "{}", ran.err);
}
