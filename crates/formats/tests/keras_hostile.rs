//! Files that are no models, or that mean harm: one clear message each, no panic, no end that does not come.

use std::io::Write;
use std::ops::Range;

use formats::Source;
use serde_json::{Value as Json, json};
use workings::fault::Fault;
use workings::ledger::{Binds, Ledger};
use zip::write::{SimpleFileOptions, ZipWriter};

struct Bytes(&'static str, Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let bytes = self.1.get(range.start as usize..range.end as usize);
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Fault::new("outside"))
    }
}

/// What is said of a file: the fault, or all findings.
fn said(name: &'static str, bytes: impl Into<Vec<u8>>) -> String {
    match formats::read(&Bytes(name, bytes.into())) {
        Err(fault) => fault.says,
        Ok((model, faults)) => {
            let (_, findings) = Ledger::of(model, &Binds::new());
            let all =
                faults.into_iter().map(|fault| fault.says).chain(findings.into_iter().map(|finding| finding.says));
            all.collect::<Vec<_>>().join("\n")
        }
    }
}

fn json(value: &Json) -> String {
    said("m.json", value.to_string())
}

/// An archive of these entries.
fn archive(entries: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn functional(layers: Json) -> Json {
    json!({"class_name": "Functional", "config": {"name": "m", "layers": layers,
        "input_layers": [["in", 0, 0]], "output_layers": [["out", 0, 0]]}})
}

fn input() -> Json {
    json!({"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 8, 8, 3], "name": "in"}, "inbound_nodes": []})
}

fn layer(class: &str, config: Json, from: &[&str]) -> Json {
    let takes: Vec<Json> = from.iter().map(|name| json!([name, 0, 0, {}])).collect();
    json!({"class_name": class, "name": "out", "config": config, "inbound_nodes": [takes]})
}

#[test]
fn what_is_no_model_is_said_to_be_none() {
    assert!(said("m.keras", "").contains("empty"));
    assert!(said("m.keras", "hello").contains("neither an archive, nor HDF5, nor JSON"));
    assert!(said("m.keras", "PK\x03\x04").contains("cannot be read as one"));
    assert!(said("m.h5", b"\x89HDF\r\n\x1a\n".to_vec()).contains("HDF5"));
    assert!(said("m.h5", [b"\x89HDF\r\n\x1a\n".to_vec(), vec![0xff; 600]].concat()).contains("HDF5"));
    assert!(said("m.json", "{\"class_name\": ").contains("no JSON"));
    assert!(said("m.json", "{}").contains("class_name"));
    assert!(said("m.json", "[1, 2]").contains("neither"));
    assert!(json(&json!({"class_name": "MyModel", "config": {"units": 3}})).contains("how its layers are wired"));
    assert!(
        json(&json!({"class_name": "Sequential", "config": {"layers": []}}))
            .contains("config.layers: there are no layers")
    );
    let deep = format!("{{\"class_name\": {}", "[".repeat(100_000));
    assert!(said("m.json", deep).contains("recursion"));
}

#[test]
fn settings_that_are_wrong_are_said_with_their_place() {
    let conv = |config: Json| json(&functional(json!([input(), layer("Conv2D", config, &["in"])])));
    let with = |filters: Json| conv(json!({"filters": filters, "kernel_size": [3, 3]}));
    assert_eq!(with(json!(4)), "");
    for wrong in
        [json!(-3), json!(0), json!(null), json!("many"), json!(1i64 << 62), json!(1.5), json!(1e300), json!([4])]
    {
        assert!(
            with(wrong.clone()).starts_with("out: config.layers[1].config.filters: a whole number"),
            "{wrong}: {}",
            with(wrong.clone())
        );
    }
    assert!(conv(json!({"filters": 4})).contains("config.layers[1].config.kernel_size"));
    assert!(conv(json!({"filters": 4, "kernel_size": [3, 3, 3, 3, 3]})).contains("kernel_size"));
    assert!(conv(json!({"filters": 4, "kernel_size": [3, 3, 3]})).contains("3 axes"));
    assert!(conv(json!({"filters": 4, "kernel_size": 3, "padding": "reflect"})).contains("padding"));
    assert!(conv(json!({"filters": 4, "kernel_size": 9})).contains("the window fits inside"));
    assert!(conv(json!({"filters": 4, "kernel_size": 3, "groups": 2})).contains("groups"));
    assert!(conv(json!({"filters": 4, "kernel_size": 3, "strides": 0})).contains("strides"));
    // The one number whose opposite there is not: found by fuzzing.
    assert!(
        conv(json!({"filters": 4, "kernel_size": 3, "dilation_rate": i64::MIN}))
            .contains("dilation_rate: a whole number")
    );
    let one = |class: &str, config: Json| json(&functional(json!([input(), layer(class, config, &["in"])])));
    assert!(one("Reshape", json!({"target_shape": [-1, -1]})).contains("more than one size is -1"));
    assert!(one("Reshape", json!({"target_shape": [7]})).contains("elements"));
    assert!(one("Reshape", json!({"target_shape": []})).contains("holds one number"));
    assert!(one("Permute", json!({"dims": [1, 1, 2]})).contains("order"));
    assert!(one("Permute", json!({"dims": [9]})).contains("axis"));
    assert!(one("LayerNormalization", json!({"axis": 17})).contains("axis"));
    assert!(one("BatchNormalization", json!({"axis": [1, 2]})).contains("axis"));
    assert!(one("EinsumDense", json!({"equation": "ab,bc", "output_shape": 3})).contains("equation"));
    assert!(one("EinsumDense", json!({"equation": "ab,bc->ac", "output_shape": 3})).contains("does not fit"));
    assert!(one("Dot", json!({"axes": 0})).contains("inputs are needed"));
    assert!(
        one("Bidirectional", json!({"layer": {"class_name": "Dense", "config": {"units": 3}}}))
            .contains("Bidirectional around Dense")
    );
    assert!(one("TimeDistributed", json!({"layer": null})).contains("no rule"));
    assert!(one("Dense", json!({"units": 3, "lora_rank": 4})).contains("LoRA"));
    let shape = |shape: Json| {
        json(&json!({"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "in"}}, {"class_name": "Dense", "config": {"units": 2}}]}}))
    };
    assert!(shape(json!([null, -1])).contains("config.layers[0].config"));
    assert!(shape(json!([null, "x"])).contains("a size"));
    assert!(shape(json!([null])).contains("1 axes"));
    assert_eq!(shape(json!([null, 1i64 << 40])), "");
}

#[test]
fn a_class_that_is_not_known_is_a_row_and_not_zero() {
    let one = |entry: Json| {
        let (model, _) =
            formats::read(&Bytes("m.json", functional(json!([input(), entry])).to_string().into())).unwrap();
        let (ledger, findings) = Ledger::of(model, &Binds::new());
        assert!(!ledger.totals.params.exact && !ledger.totals.macs.exact);
        assert_eq!(ledger.rows.len(), 2);
        findings.into_iter().map(|finding| finding.says).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        one(layer("Lambda", json!({"function": "…"}), &["in"])),
        "out: no rule for Lambda: it is code, and is not run"
    );
    assert_eq!(one(layer("MyLayer", json!({}), &["in"])), "out: no rule for MyLayer yet");
    // Whoever calls a layer of their own as Keras calls one of its has another layer.
    let mut own = layer("Dense", json!({"units": 3}), &["in"]);
    own["module"] = json!("my.layers");
    assert_eq!(one(own), "out: no rule for Dense");
    let mut own = layer("Dense", json!({"units": 3}), &["in"]);
    own["registered_name"] = json!("my>Dense");
    assert_eq!(one(own), "out: no rule for Dense");
}

#[test]
fn wires_that_lead_nowhere() {
    let takes = |nodes: Json| {
        let mut dense = layer("Dense", json!({"units": 3}), &[]);
        dense["inbound_nodes"] = nodes;
        json(&functional(json!([input(), dense])))
    };
    assert!(takes(json!([[["gone", 0, 0, {}]]])).contains("`gone`, which is not there"));
    assert!(takes(json!([[["in", 5, 0, {}]]])).contains("call 5 of `in`"));
    assert!(takes(json!([[["in", 0, 9, {}]]])).contains("output 9"));
    assert!(takes(json!([[["out", 0, 0, {}]]])).contains("`out`"));
    for wrong in [
        json!(7),
        json!("in"),
        json!([7]),
        json!([[["in", -1, 0]]]),
        json!([[["in"]]]),
        json!([[[3, 0, 0]]]),
        json!({"a": 1}),
    ] {
        assert!(takes(wrong.clone()).contains("config.layers[1].inbound_nodes"), "{wrong}: {}", takes(wrong.clone()));
    }
    assert!(takes(json!([])).contains("output_layers: `out` is not there"));
    let circle = json!([input(),
        {"class_name": "Add", "name": "a", "config": {}, "inbound_nodes": [[["in", 0, 0, {}], ["out", 0, 0, {}]]]},
        {"class_name": "Dense", "name": "out", "config": {"units": 3}, "inbound_nodes": [[["a", 0, 0, {}]]]}]);
    assert!(json(&functional(circle)).contains("`out`, which is not there or takes from it"));
    let twice = json!([input(), input()]);
    assert!(json(&functional(twice)).contains("a second layer is called `in`"));
    assert!(
        json(&functional(json!([input(), {"class_name": "Dense"}])))
            .contains("config.layers[1]: a layer without a name")
    );
    assert!(json(&functional(json!([input(), 7]))).contains("config.layers[1]"));
}

#[test]
fn networks_within_networks_have_an_end() {
    let mut inner = json!({"class_name": "Dense", "config": {"name": "d", "units": 1}});
    for depth in 0..30 {
        inner = json!({"class_name": "Sequential", "config": {"name": format!("s{depth}"), "layers": [inner], "build_input_shape": [null, 3]}});
    }
    assert!(json(&inner).contains("more than 24 networks"), "{}", json(&inner));
    // Ten calls of ten calls of ten calls …
    let mut inner = json!({"class_name": "Dense", "name": "l", "config": {"name": "l", "units": 3}});
    for depth in 0..9 {
        let mut layers = vec![
            json!({"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 3], "name": "in"}, "inbound_nodes": []}),
        ];
        let nodes: Vec<Json> =
            (0..10).map(|at| if at == 0 { json!([["in", 0, 0, {}]]) } else { json!([["l", at - 1, 0, {}]]) }).collect();
        inner["inbound_nodes"] = json!(nodes);
        layers.push(inner);
        inner = json!({"class_name": "Functional", "name": "l", "config": {"name": format!("n{depth}"), "layers": layers,
            "input_layers": [["in", 0, 0]], "output_layers": [["l", 9, 0]]}});
    }
    assert!(json(&inner).contains("more than 200000 layers"));
    let mut inner = json!({"class_name": "Dense", "config": {"units": 1}});
    for _ in 0..20 {
        inner = json!({"class_name": "TimeDistributed", "name": "out", "config": {"layer": inner}});
    }
    inner["inbound_nodes"] = json!([[["in", 0, 0, {}]]]);
    assert!(json(&functional(json!([input(), inner]))).contains("stand around one another"));
}

#[test]
fn archives_that_mean_harm() {
    let plain = SimpleFileOptions::default();
    let model = functional(json!([input(), layer("Flatten", json!({}), &["in"])])).to_string();
    assert_eq!(said("m.keras", archive(&[("config.json", model.as_bytes())], plain)), "");
    let packed = plain.compression_method(zip::CompressionMethod::Deflated);
    assert_eq!(said("m.keras", archive(&[("metadata.json", b"{}"), ("config.json", model.as_bytes())], packed)), "");
    assert!(said("m.keras", archive(&[("metadata.json", b"{}")], plain)).contains("no `config.json`"));
    let outside = archive(&[("config.json", model.as_bytes()), ("../../run.json", b"{}")], plain);
    assert!(said("m.keras", outside).contains("outside of itself"));
    let bomb = vec![b' '; 40 << 20];
    assert!(said("m.keras", archive(&[("config.json", &bomb)], packed)).contains("which no configuration does"));
    // Flags say that it is encrypted; the place of the bit is the format's.
    let mut locked = archive(&[("config.json", model.as_bytes())], plain);
    locked[6] |= 1;
    let central = locked.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    locked[central + 8] |= 1;
    assert!(said("m.keras", locked).contains("encrypted"));
    let whole = archive(&[("config.json", model.as_bytes())], packed);
    for end in 0..whole.len() {
        assert!(!said("m.keras", whole[..end].to_vec()).is_empty(), "{end}");
    }
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        said("m.keras", broken);
    }
}

#[test]
fn texts_that_are_none() {
    // No UTF-8, half of a pair of UTF-16, a mark at the beginning, a number that no number is.
    assert!(said("m.json", b"{\"class_name\": \"\xff\"}".to_vec()).contains("no JSON"));
    assert!(said("m.json", "{\"class_name\": \"\\ud800\"}").contains("no JSON"));
    assert!(said("m.json", "{\"class_name\": 1e999}").contains("no JSON"));
    let model = functional(json!([input(), layer("Flatten", json!({}), &["in"])])).to_string();
    let marked = said("m.json", format!("\u{feff}{model}"));
    assert!(marked.contains("neither an archive, nor HDF5, nor JSON"), "{marked}");
    // Cut off anywhere: a message.
    for end in 0..model.len() {
        assert!(!said("m.json", &model[..end]).is_empty(), "{end}");
    }
}

#[test]
fn sizes_whose_product_is_no_number() {
    let huge = json!([null, 1i64 << 40, 1i64 << 40, 1i64 << 40]);
    let layers = json!([
        {"class_name": "InputLayer", "config": {"batch_shape": huge, "name": "in"}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 1i64 << 40}}]);
    let says = json(&json!({"class_name": "Sequential", "config": {"layers": layers}}));
    assert!(says.starts_with("d: a number passes 2^127 where"), "{says}");
}

#[test]
fn archives_that_say_what_is_not_so() {
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let model = functional(json!([input(), layer("Flatten", json!({}), &["in"])])).to_string();
    let whole = archive(&[("config.json", model.as_bytes())], plain);
    let central = whole.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    // The size of an entry, in both its headers: more than there is, and 4 GB less one; the places are the format's.
    for size in [model.len() as u32 + 1000, u32::MAX] {
        let mut wrong = whole.clone();
        for at in [18, 22, central + 20, central + 24] {
            wrong[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
        let says = said("m.keras", wrong);
        assert!(says.contains("`config.json`") || says.contains("the configuration has"), "{size}: {says}");
    }
    // Entries outside of the archive, however that is written.
    for name in ["/etc/passwd", "C:\\x", "..\\x", "a/../../x"] {
        let says = said("m.keras", archive(&[("config.json", model.as_bytes()), (name, b"")], plain));
        assert!(says.contains("an entry outside of itself"), "{name}: {says}");
    }
    // A folder by the name.
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.add_directory("config.json", plain).unwrap();
    let says = said("m.keras", writer.finish().unwrap().into_inner());
    assert!(says.contains("no `config.json`"), "{says}");
}
