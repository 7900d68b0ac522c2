//! ONNX files without a corpus: those that the project writes, which `cargo xtask frameworks` holds to their frameworks, read
//! back; and damaged ones.

use formats::Source;
use formats::export::EXPORTS;
use workings::ledger::{Binds, Total};
use workings::{Fault, Ledger};

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "given.onnx"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

fn worked(text: &str) -> Ledger {
    let (model, faults) = formats::net::read(text);
    assert_eq!(faults, [], "{text}");
    Ledger::of(model, &Binds::new()).0
}

fn written(ledger: &Ledger) -> Vec<u8> {
    let onnx = EXPORTS.iter().find(|export| export.name == "onnx").expect("there is such an export");
    onnx.write(ledger, None).unwrap_or_else(|fault| panic!("{}: {fault}", ledger.model.name))
}

fn known(ledger: &Ledger, total: Total) -> Option<i128> {
    ledger.page.known(total.line).filter(|_| total.exact)
}

#[test]
fn what_is_exported_is_read_again() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks/");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the project has a folder of networks") {
        let text = std::fs::read_to_string(entry.expect("it can be listed").path()).expect("text");
        let own = worked(&text);
        let params = known(&own, own.totals.params).expect("a number");
        // The largest are hundreds of megabytes, and recurrent layers have no rule among ONNX's words yet.
        if params > 5_000_000 || own.model.layers.iter().any(|layer| layer.op.is_some_and(|op| op.name == "lstm")) {
            continue;
        }
        let (mut model, faults) = formats::read(&Bytes(written(&own))).expect("a network");
        assert_eq!(faults, [], "{}", own.model.name);
        // The exporter leaves the batch open.
        let one = workings::model::Size::Number(1);
        model.inputs.iter_mut().for_each(|input| input.shape[0] = one.clone());
        let (read, findings) = Ledger::of(model, &Binds::new());
        assert_eq!(findings, [], "{}", own.model.name);
        assert_eq!(known(&read, read.totals.params), Some(params), "{}", own.model.name);
        assert_eq!(known(&read, read.totals.macs), known(&own, own.totals.macs), "{}", own.model.name);
        assert_eq!(known(&read, read.totals.statistics), known(&own, own.totals.statistics), "{}", own.model.name);
        count += 1;
    }
    assert!(count >= 6, "{count} networks were read again");
}

/// A small network with a branch, a normalisation and both kinds of pools.
fn small() -> Vec<u8> {
    let text = "network small\ninput 12x12x2\na: conv 3x3, 4, same\nbatchnorm\nrelu\nadd a\npool 2x2\navgpool 2x2\nflatten\ndense 5, softmax\n";
    written(&worked(text))
}

/// Whatever it is, it ends in a network with or without findings, or in one message.
fn survives(bytes: Vec<u8>) {
    if let Ok((model, _)) = formats::read_as(&Bytes(bytes), "onnx") {
        let (ledger, _) = Ledger::of(model, &Binds::new());
        assert_eq!(ledger.rows.len(), ledger.model.layers.len());
    }
}

#[test]
fn a_file_may_end_anywhere() {
    let whole = small();
    for end in 0..whole.len() {
        survives(whole[..end].to_vec());
    }
    let said = formats::read_as(&Bytes(Vec::new()), "onnx").expect_err("nothing can be read").to_string();
    assert!(said.contains("the file is empty"), "{said}");
    let said =
        formats::read_as(&Bytes(whole[..whole.len() / 2].to_vec()), "onnx").expect_err("it is cut short").to_string();
    assert!(said.contains("byte ") && said.contains("are left"), "{said}");
}

#[test]
fn any_byte_may_be_wrong() {
    let whole = small();
    let mut random = 1_u64;
    for at in 0..whole.len() {
        for _ in 0..3 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut damaged = whole.clone();
            damaged[at] = (random >> 56) as u8;
            survives(damaged);
        }
    }
}

/// A field of the wire: its number, and bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut length = bytes.len();
    let mut all = vec![number << 3 | 2];
    while length >= 0x80 {
        all.push(length as u8 | 0x80);
        length >>= 7;
    }
    all.push(length as u8);
    all.extend(bytes);
    all
}

/// A node of a word, with its input and its output.
fn node(kind: &str, input: &str, output: &str) -> Vec<u8> {
    let parts = [field(1, input.as_bytes()), field(2, output.as_bytes()), field(4, kind.as_bytes())];
    field(1, &parts.concat())
}

/// A model whose graph has these parts.
fn model(parts: &[Vec<u8>]) -> Vec<u8> {
    let input = field(
        11,
        &[field(1, b"x"), field(2, &field(1, &[vec![8, 1], field(2, &field(1, &[8, 3]))].concat()))].concat(),
    );
    let graph = [input, parts.concat()].concat();
    [vec![8, 10], field(7, &graph)].concat()
}

/// What is said of a model.
fn said(parts: &[Vec<u8>]) -> String {
    match formats::read(&Bytes(model(parts))) {
        Err(fault) => fault.to_string(),
        Ok((model, faults)) => {
            let (_, findings) = Ledger::of(model, &Binds::new());
            let faults = faults.iter().map(ToString::to_string);
            faults.chain(findings.into_iter().map(|finding| finding.says)).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn what_does_not_fit_together_is_said() {
    assert_eq!(said(&[node("Relu", "x", "y")]), "");
    assert!(said(&[node("Relu", "nowhere", "y")]).contains("y: it takes `nowhere`, and nothing makes that"));
    assert!(
        said(&[node("Relu", "b", "a"), node("Relu", "a", "b")]).contains("a: it waits for its own output; 2 nodes")
    );
    assert!(said(&[node("Relu", "x", "y"), node("Relu", "x", "y")]).contains("two tensors are called `y`"));
    // Nodes in another order are put in order.
    assert_eq!(said(&[node("Relu", "y", "z"), node("Relu", "x", "y")]), "");
    // A tensor of 2^63 - 1 times as many elements, and one of a size below 0.
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let dims =
        |size: &[u8]| field(5, &[vec![8], size.to_vec(), vec![8], size.to_vec(), vec![16, 1], field(8, b"w")].concat());
    assert_eq!(said(&[dims(&huge), node("Relu", "w", "y")]), "");
    let below = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert!(said(&[dims(&below)]).contains("the tensor"));
    // Graphs within graphs without end.
    let deep = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
        field(1, &[field(4, b"If"), field(5, &[field(1, b"then_branch"), field(6, &inner)].concat())].concat())
    });
    assert!(said(&[deep]).contains("more than 40 deep"));
}

#[test]
fn a_node_without_a_rule_is_a_named_row() {
    let bytes = model(&[node("FooBar", "x", "y"), node("Relu", "y", "z")]);
    let (read, faults) = formats::read(&Bytes(bytes)).expect("a network");
    assert_eq!(faults, []);
    let (ledger, findings) = Ledger::of(read, &Binds::new());
    assert_eq!(findings, []);
    assert!(ledger.rows[0].out.is_none() && !ledger.totals.macs.exact);
    let why = ledger.rows[0].sums.macs.map(|line| ledger.page.step(line));
    assert!(matches!(why, Some(calc::Step::Broken { why }) if why == "no rule for FooBar yet"), "{why:?}");
}

#[test]
fn what_the_file_says_of_a_tensor_stands_behind_a_node_without_a_rule() {
    // `y` is recorded as a tensor of 7 elements.
    let size = field(2, &field(1, &[8, 7]));
    let recorded = field(13, &[field(1, b"y"), field(2, &field(1, &[vec![8, 1], size].concat()))].concat());
    let bytes = model(&[node("FooBar", "x", "y"), node("Relu", "y", "z"), recorded]);
    let (ledger, findings) = Ledger::of(formats::read(&Bytes(bytes)).expect("a network").0, &Binds::new());
    assert_eq!(findings, []);
    for row in &ledger.rows {
        let sizes: Vec<_> = row.out.iter().flatten().map(|size| ledger.page.known(*size)).collect();
        assert_eq!(sizes, [Some(7)]);
    }
    // Its shape is known, and what it costs is not.
    let unknown = |line: Option<calc::Line>| line.is_some_and(|line| ledger.page.known(line).is_none());
    assert!(unknown(ledger.rows[0].sums.macs) && unknown(ledger.rows[0].sums.comparisons));
    assert!(!ledger.totals.macs.exact);
    assert_eq!(ledger.page.known(ledger.rows[1].sums.comparisons.expect("a comparison an element")), Some(7));
}

/// A node in the modules that its name has.
fn within(name: &str, kind: &str, input: &str, output: &str) -> Vec<u8> {
    let parts = [input, output, name, kind].into_iter().zip([1, 2, 3, 4]);
    field(1, &parts.map(|(text, number)| field(number, text.as_bytes())).collect::<Vec<_>>().concat())
}

#[test]
fn rows_fold_into_the_modules_that_the_file_names() {
    use workings::ledger::Entry::{Module, Row};
    let bytes = model(&[
        within("/a/b/Relu", "Relu", "x", "p"),
        within("/a/c/d/Relu", "Relu", "p", "q"),
        within("/a/Add", "Sigmoid", "q", "r"),
        within("Relu_9", "Relu", "r", "s"),
        within("/e/Relu", "Relu", "s", "t"),
    ]);
    let (mut ledger, _) = Ledger::of(formats::read(&Bytes(bytes)).expect("a network").0, &Binds::new());
    let folded = ledger.fold(1);
    assert_eq!(folded.entries, [Module(0), Row(3), Module(1)]);
    let paths = |folded: &workings::ledger::Folded| -> Vec<(String, Vec<usize>)> {
        folded.modules.iter().map(|one| (one.module.path.to_string(), one.rows.clone())).collect()
    };
    assert_eq!(paths(&folded), [("a".to_owned(), vec![0, 1, 2]), ("e".to_owned(), vec![4])]);
    let whole = &folded.modules[0];
    assert_eq!(whole.inputs, [workings::model::From::Input(0)]);
    assert_eq!(whole.outputs, [workings::model::From::Layer(2)]);
    // Two rectifiers over 3 elements compare 6 times; nothing in them has parameters.
    let sum = |name: &str| {
        let at = workings::ledger::QUANTITIES.iter().position(|one| one.name == name).expect("a quantity");
        whole.totals[at].map(|total| ledger.page.known(total.line))
    };
    assert_eq!((sum("comparisons"), sum("parameters")), (Some(Some(6)), None));
    // What stands in `a` itself stays a row beside the modules in it; `e` has none, and is folded at every depth.
    let folded = ledger.fold(2);
    assert_eq!(folded.entries, [Module(0), Module(1), Row(2), Row(3), Module(2)]);
    let named = [("a/b", 0), ("a/c", 1), ("e", 4)].map(|(path, row)| (path.to_owned(), vec![row]));
    assert_eq!(paths(&folded), named);
    assert_eq!(ledger.module("a/c/d").map(|one| one.rows), Some(vec![1]));
    assert!(ledger.module("a/x").is_none());
}
