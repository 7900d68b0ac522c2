//! Exports, without the frameworks: their structure, their counts against the ledger's, and what is refused. What the
//! frameworks themselves make of them is in `tests/truth/export.py`.

mod protobuf;

use std::collections::HashSet;

use formats::Weights;
use formats::export::{self, EXPORTS, Export};
use formats::{FORMATS, Source};
use protobuf::{Field, fields, texts};
use serde_json::Value;
use workings::ledger::Binds;
use workings::{Fault, Ledger};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks/");

/// The networks that come along.
fn networks() -> Vec<(String, Ledger)> {
    let entries = std::fs::read_dir(FOLDER).expect("the project has a folder of networks");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 14);
    let name = |path: &std::path::Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), worked(&std::fs::read_to_string(path).expect("text")))).collect()
}

fn worked(text: &str) -> Ledger {
    let (model, faults) = formats::net::read(text);
    assert_eq!(faults, [], "{text}");
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    assert_eq!(findings, [], "{text}");
    ledger
}

fn format(name: &str) -> &'static Export {
    EXPORTS.iter().find(|export| export.name == name).expect("there is such an export")
}

fn exported(ledger: &Ledger, name: &str) -> Vec<u8> {
    format(name).write(ledger, None).unwrap_or_else(|fault| panic!("{}: {fault}", ledger.model.name))
}

fn text(ledger: &Ledger, name: &str) -> String {
    String::from_utf8(exported(ledger, name)).expect("text")
}

fn known(ledger: &Ledger, line: workings::ledger::Lines) -> Vec<i128> {
    line.iter().map(|line| ledger.page.known(*line).expect("a number")).collect()
}

fn total(ledger: &Ledger) -> i128 {
    ledger.page.known(ledger.totals.params.line).expect("a number")
}

/// An ONNX file, as far as it is looked at here. Numbers of fields are those of `onnx/onnx.proto`.
struct Onnx {
    /// Operator, inputs, outputs.
    nodes: Vec<(String, Vec<String>, Vec<String>)>,
    /// Name, shape, bytes of elements.
    initializers: Vec<(String, Vec<i128>, usize)>,
    inputs: Vec<String>,
    outputs: Vec<String>,
    values: Vec<(String, Vec<String>)>,
}

fn onnx(bytes: &[u8]) -> Onnx {
    let model = fields(bytes);
    let opsets: Vec<_> = model.iter().filter_map(|field| field.message(8)).collect();
    assert!(opsets.len() == 1 && fields(opsets[0]).iter().any(|field| field.number(2).is_some_and(|n| n >= 20)));
    let graph = fields(model.iter().find_map(|field| field.message(7)).expect("a graph"));
    let named = |number: u64| graph.iter().filter_map(move |field| field.message(number));
    let name = |bytes: &[u8]| texts(bytes, 1).remove(0);
    let dims = |value: &[u8]| {
        let inner = |bytes: Vec<Field>, number: u64| {
            bytes.iter().find_map(|f| f.message(number).map(<[u8]>::to_vec)).expect("a type")
        };
        let tensor = inner(fields(&inner(fields(value), 2)), 1);
        let shape = inner(fields(&tensor), 2);
        let dim = |field: &Field| {
            let dim = fields(field.message(1).expect("a size"));
            dim.first()
                .map(|f| {
                    f.number(1).map_or_else(
                        || String::from_utf8_lossy(f.message(2).expect("a name")).into_owned(),
                        |n| n.to_string(),
                    )
                })
                .unwrap_or_default()
        };
        fields(&shape).iter().map(dim).collect::<Vec<_>>()
    };
    let tensor = |bytes: &[u8]| {
        let raw = fields(bytes).iter().find_map(|field| field.message(9).map(<[u8]>::len)).expect("elements");
        let shape = fields(bytes).iter().filter_map(|field| field.message(1).map(protobuf::packed)).flatten().collect();
        (texts(bytes, 8).remove(0), shape, raw)
    };
    Onnx {
        nodes: named(1).map(|node| (texts(node, 4).remove(0), texts(node, 1), texts(node, 2))).collect(),
        initializers: named(5).map(tensor).collect(),
        inputs: named(11).map(name).collect(),
        outputs: named(12).map(name).collect(),
        values: named(13).chain(named(12)).map(|value| (name(value), dims(value))).collect(),
    }
}

#[test]
fn lists_are_in_order_and_no_export_is_a_format_to_read_yet() {
    assert!(EXPORTS.is_sorted_by_key(|export| export.name));
    assert!(FORMATS.is_sorted_by_key(|format| format.name));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/export");
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let has =
        |path: &std::path::Path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("const EXPORT: Export"));
    assert_eq!(files.filter(|path| path.is_file() && has(path)).count(), EXPORTS.len(), "every file is in the list");
}

/// The largest networks are as the small ones, and take a second each: `tests/truth/export.py` writes them all.
#[test]
fn the_initializers_of_onnx_are_the_tensors_of_the_ledger() {
    for (name, ledger) in networks() {
        if total(&ledger) > 7_000_000 {
            continue;
        }
        let file = onnx(&exported(&ledger, "onnx"));
        let rows = ledger.model.layers.iter().zip(&ledger.rows);
        let tensors = rows.flat_map(|(layer, row)| row.params.iter().map(move |tensor| (layer, tensor)));
        let wanted: Vec<(String, Vec<i128>)> = tensors
            .map(|(layer, tensor)| (format!("{}.{}", layer.name, tensor.name), known(&ledger, tensor.shape.clone())))
            .collect();
        let found: Vec<_> = file.initializers.iter().map(|(name, shape, _)| (name.clone(), shape.clone())).collect();
        assert_eq!(found, wanted, "{name}");
        assert!(file.initializers.iter().all(|(_, shape, raw)| shape.iter().product::<i128>() * 4 == *raw as i128));
        let statistics = ledger.page.known(ledger.totals.statistics.line).expect("a number");
        let elements: i128 = file.initializers.iter().map(|(_, shape, _)| shape.iter().product::<i128>()).sum();
        assert_eq!(elements, total(&ledger) + statistics, "{name}");

        // Every value is there before it is used, and made once.
        let mut made: HashSet<String> =
            file.inputs.iter().cloned().chain(found.into_iter().map(|(name, _)| name)).collect();
        for (operator, inputs, outputs) in &file.nodes {
            assert!(
                inputs.iter().all(|input| input.is_empty() || made.contains(input)),
                "{name}: {operator} {inputs:?}"
            );
            assert!(outputs.iter().all(|output| made.insert(output.clone())), "{name}: {outputs:?}");
        }
        assert!(file.outputs.iter().all(|output| made.contains(output)), "{name}");
        // Every layer's output has its name and its sizes, the batch open.
        for (layer, row) in ledger.model.layers.iter().zip(&ledger.rows) {
            let (_, dims) = file.values.iter().find(|(value, _)| **value == *layer.name).expect("every layer's output");
            let size = |line| ledger.page.known(line).map_or_else(|| "L".to_owned(), |n| n.to_string());
            let mut sizes: Vec<String> = row.out.as_ref().expect("a shape").iter().map(|line| size(*line)).collect();
            sizes[0] = "batch".to_owned();
            if dims.len() == 3 {
                sizes.swap(1, 2);
            }
            assert_eq!(*dims, sizes, "{name}: {}", layer.name);
        }
    }
}

/// What stands before the last ` parameters` of each comment, together.
fn in_comments(text: &str) -> i128 {
    let figure = |line: &str| {
        let (_, comment) = line.split_once("  # ")?;
        let (_, figure) = comment.strip_suffix(" parameters")?.rsplit_once(' ')?;
        figure.replace(',', "").parse::<i128>().ok()
    };
    text.lines().filter_map(figure).sum()
}

#[test]
fn python_files_have_the_figures_of_the_sheet() {
    for (name, ledger) in networks() {
        for export in ["keras", "torch"] {
            let text = text(&ledger, export);
            assert_eq!(in_comments(&text), total(&ledger), "{name} for {export}");
            assert!(text.ends_with('\n') && text.contains("if __name__ == \"__main__\":"), "{name} for {export}");
            let grown = text.lines().find(|line| line.chars().count() > 180);
            assert_eq!(grown, None, "{name} for {export}");
        }
    }
}

#[test]
fn every_layer_of_the_json_takes_from_layers_above_it() {
    for (name, ledger) in networks() {
        let whole: Value = serde_json::from_str(&text(&ledger, "keras-json")).expect("JSON");
        let layers = whole["config"]["layers"].as_array().expect("layers");
        let mut above = HashSet::new();
        for layer in layers {
            let mut taken = Vec::new();
            histories(&layer["inbound_nodes"], &mut taken);
            assert!(taken.iter().all(|from| above.contains(from)), "{name}: {}", layer["name"]);
            assert!(above.insert(layer["name"].as_str().expect("a name").to_owned()), "{name}: {}", layer["name"]);
        }
        let output = whole["config"]["output_layers"][0].as_str().expect("an output");
        assert!(above.contains(output), "{name}");
    }
}

fn histories(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|value| histories(value, found)),
        Value::Object(all) => all.iter().for_each(|(key, value)| match key.as_str() {
            "keras_history" => found.extend(value[0].as_str().map(str::to_owned)),
            _ => histories(value, found),
        }),
        _ => {}
    }
}

fn refused(net: &str, export: &str) -> Fault {
    match format(export).write(&worked(net), None) {
        Err(fault) => fault,
        Ok(_) => panic!("{export} takes {net}"),
    }
}

/// Each is what a framework cannot do (`tests/truth/export.py` has many more that it can).
#[test]
fn what_cannot_be_expressed_is_refused_with_its_layer() {
    let cases = [
        ("input 10x10x3\nconv 3, 4\npool 3, stride 2, pad 1\n", "keras", "pool1: Keras pads a max pool"),
        ("input 10x10x3\navgpool 3, stride 2, rounding ceil\n", "keras-json", "avgpool1: Keras pads an average pool"),
        ("input 8x8x4\nconv 3, 8, stride 2, dilation 2\n", "keras", "conv1: Keras takes a stride or a dilation"),
        ("input 8x8x4\ntransposed 2, 4, stride 2, groups 2\n", "keras", "transposed1: Keras has no transposed"),
        ("input 7x7x3\nadaptivepool 3\n", "onnx", "adaptivepool1: ONNX has no adaptive pool"),
        ("input 8x8x4\nbatchnorm no scale\n", "torch", "batchnorm1: PyTorch has a scale and a shift together"),
        ("input 9x5\nlstm 6, biases 1\n", "torch", "lstm1: PyTorch has two biases a gate"),
        ("input 9x5\nlstm 6, projection 4\n", "onnx", "lstm1: ONNX has no projection"),
        ("input HxWx3\nconv 3, 4, stride 2, same\n", "torch", "conv1: its padding hangs on a size that is open"),
        ("input 8x8xC\nconv 3, 4\n", "onnx", "conv1: "),
        ("input 6x6x1\npool 3, stride 4, rounding ceil unclipped, pad 1\n", "torch", "pool1: "),
    ];
    for (net, export, says) in cases {
        let fault = refused(net, export);
        assert!(fault.says.contains(says), "{fault}");
        assert!(fault.place.is_some() && fault.hint.is_some(), "{fault:?}");
    }
}

#[test]
fn what_is_too_large_for_any_framework_is_refused() {
    for export in EXPORTS.iter().map(|export| export.name) {
        assert!(refused("input 3000000000x3x1\nrelu\n", export).says.contains("a size of 3,000,000,000 is too large"));
        let params = refused("input 2000000000\ndense 2000000000\n", export).says;
        assert!(params.contains("dense1: it has too many parameters"), "{params}");
    }
}

#[test]
fn the_ending_or_the_name_says_the_format() {
    let name = |file, to| export::by(file, to).map(|export| export.name).map_err(|fault| fault.to_string());
    assert_eq!(name(Some("a.b/q1.onnx"), None), Ok("onnx"));
    assert_eq!(name(Some("q1.JSON"), None), Ok("keras-json"));
    assert_eq!(name(Some("q1.py"), Some("keras")), Ok("keras"));
    assert_eq!(name(None, Some("torch")), Ok("torch"));
    for (file, to, says) in [
        (Some("q1.py"), None, "`.py` may be `keras`, `torch`"),
        (Some("q1"), None, "no ending that says which format"),
        (Some("folder.onnx/q1"), None, "no ending that says which format"),
        (Some("q1.onnx"), Some("torch"), "does not end in `.py`"),
        (Some("q1.onnx"), Some("caffe"), "there is no export `caffe`"),
        (None, None, "nothing says which format"),
    ] {
        let said = name(file, to).expect_err("it is refused");
        assert!(said.contains(says), "{said}");
    }
}

/// Bytes under a name.
struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "given.safetensors"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

/// Tensors of ones as safetensors.
fn safetensors(tensors: &[(&str, &[usize])]) -> Vec<u8> {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, shape) in tensors {
        let start = end;
        end += shape.iter().product::<usize>() * 4;
        header.insert(
            (*name).to_owned(),
            serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]}),
        );
    }
    let header = Value::Object(header).to_string();
    let ones = (0..end / 4).flat_map(|_| 1f32.to_le_bytes());
    (header.len() as u64).to_le_bytes().into_iter().chain(header.bytes()).chain(ones).collect()
}

const SMALL: &str = "input 4x4x2\nconv 3x3, 5\nflatten\ndense 3\n";
const ITS: [(&str, &[usize]); 4] =
    [("conv1.weight", &[5, 2, 3, 3]), ("conv1.bias", &[5]), ("dense1.weight", &[3, 20]), ("dense1.bias", &[3])];

#[test]
fn weights_go_into_onnx_and_beside_pytorch() {
    let ledger = worked(SMALL);
    let weights = Weights::read(&Bytes(safetensors(&ITS))).expect("they are read");
    let file = format("onnx").write(&ledger, Some(&weights)).expect("it is written");
    let ones: Vec<u8> = (0..90).flat_map(|_| 1f32.to_le_bytes()).collect();
    assert!(file.windows(ones.len()).any(|window| window == ones));
    let beside = format("torch").weights(&ledger, &weights).expect("they are written");
    let again = Weights::read(&Bytes(beside)).expect("they are read again");
    assert!(format("onnx").write(&ledger, Some(&again)).is_ok_and(|other| other == file));
    assert!(format("onnx").weights(&ledger, &weights).is_err());
}

#[test]
fn weights_of_another_network_are_refused() {
    let ledger = worked(SMALL);
    let fit = |tensors: &[(&str, &[usize])]| {
        let weights = Weights::read(&Bytes(safetensors(tensors))).expect("they are read");
        format("onnx").write(&ledger, Some(&weights)).expect_err("they do not fit").to_string()
    };
    assert!(fit(&ITS[..3]).contains("there is no tensor `dense1.bias`"));
    let mut other = ITS;
    other[0] = ("conv1.weight", &[5, 2, 5, 5]);
    assert!(fit(&other).contains("`conv1.weight` has the shape 5x2x5x5, and the network's has 5x2x3x3"));
    let more: Vec<_> = ITS.into_iter().chain([("dense2.bias", &[1][..])]).collect();
    assert!(fit(&more).contains("the network has no tensor `dense2.bias`"));
}

#[test]
fn what_is_no_safetensors_file_is_refused() {
    let whole = safetensors(&ITS);
    for bytes in [vec![], vec![1; 7], vec![0xff; 64], whole[..whole.len() - 1].to_vec(), whole[..100].to_vec()] {
        assert!(Weights::read(&Bytes(bytes)).is_err());
    }
    let claims = |told: &str| {
        let bytes: Vec<u8> = (told.len() as u64).to_le_bytes().into_iter().chain(told.bytes()).chain([0; 8]).collect();
        Weights::read(&Bytes(bytes)).map(|_| ()).expect_err("it is refused").says
    };
    assert!(claims(r#"{"a": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}}"#).contains("type F16"));
    assert!(claims(r#"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]}}"#).contains("8 bytes"));
    assert!(claims(r#"{"a": {"dtype": "F32", "shape": [], "data_offsets": [0, 8]}}"#).contains("shape [] and 8 bytes"));
    assert!(claims(r#"{"a": {"dtype": "F32", "shape": [9e18], "data_offsets": [8, 0]}}"#).contains("no `shape`"));
    assert!(claims(r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}"#).contains("bytes 8 to 16"));
    assert!(claims(r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8]}}"#).contains("no `data_offsets`"));
    assert!(
        claims(r#"{"a": {"shape": [2], "data_offsets": [0, 8]}}"#).contains("`a` has no `dtype`, or one that is not")
    );
    assert!(claims(r#"{"a": 3}"#).contains("no `dtype`"));
}
