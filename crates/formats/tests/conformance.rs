//! 860 layers of one axis, each with what its library made of it.
//!
//! `tests/truth/vectors.tsv` was recorded by running PyTorch 2.15, Keras 3.15 (on JAX), onnx 1.23.2 and ONNX Runtime 1.32 on
//! seeded random settings; `error` stands where the library refused. A size of 0 or less, whoever returns it, is a claim
//! that fails.

use workings::ledger::{Binds, Ledger};
use workings::model::{Rounding, Rules, Setting};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/truth/vectors.tsv");

/// A row of the table.
struct Case<'t> {
    producer: &'t str,
    op: &'t str,
    kernel: i64,
    stride: i64,
    dilation: i64,
    padding: &'t str,
    extra: &'t str,
    size: i64,
    result: &'t str,
}

impl<'t> Case<'t> {
    fn read(line: &'t str) -> Case<'t> {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |cell: &str| cell.split_once('=').expect("name=number").1.parse().expect("a number");
        Case {
            producer: cells[0],
            op: cells[1],
            size: number(cells[2]),
            kernel: number(cells[3]),
            stride: number(cells[4]),
            padding: cells[5],
            dilation: number(cells[6]),
            extra: cells[7],
            result: cells[8],
        }
    }

    /// The case as a line of the notation.
    fn line(&self) -> String {
        let Case { kernel, stride, dilation, .. } = self;
        let word = match self.op {
            "conv1d" | "Conv" => "conv",
            "convtranspose1d" => "transposed",
            "AveragePool" => "avgpool",
            _ => "pool",
        };
        let kernels = if matches!(word, "conv" | "transposed") { ", 1" } else { "" };
        let padding = match self.padding.split_once('=').expect("kind=value") {
            ("p", n) => format!(", pad {n}"),
            ("pads", pair) => format!(", pad {}", pair.replace(',', ":")),
            ("mode" | "auto_pad", "valid" | "VALID") => String::new(),
            ("mode" | "auto_pad", "same" | "SAME_UPPER") => ", same".to_owned(),
            ("mode", "causal") => ", causal".to_owned(),
            ("auto_pad", "SAME_LOWER") => ", same lower".to_owned(),
            other => panic!("padding {other:?}"),
        };
        let extra = match self.extra.split_once('=') {
            Some(("output_padding", n)) if n != "None" => format!(", extra {n}"),
            _ => String::new(),
        };
        let rounding = if self.extra == "ceil=1" { ", rounding ceil" } else { "" };
        format!("{word} {kernel}{kernels}, stride {stride}{padding}, dilation {dilation}{extra}{rounding}")
    }

    /// What the project makes of it: a size, or nothing where a claim fails.
    fn worked(&self, opset: Option<u32>) -> Option<i128> {
        let rules = match self.producer.split_once(|c: char| c.is_ascii_digit()).expect("name and version").0 {
            "torch" => Rules::Pytorch,
            "keras" => Rules::Keras,
            _ => Rules::Onnx,
        };
        let (mut model, faults) = formats::net::read(&format!("input {}x1\n{}", self.size, self.line()));
        assert_eq!(faults, [], "{}", self.line());
        model.rules = rules;
        if opset == Some(21) && self.op != "Conv" {
            self.before_opset_22(&mut model.layers[0].settings);
        }
        let (ledger, findings) = Ledger::of(model, &Binds::new());
        let out = ledger.rows[0].out.as_ref().and_then(|out| ledger.page.known(out[2]));
        assert_eq!(out.is_none(), !findings.is_empty(), "{}: a claim fails, or there is a size", self.line());
        out
    }

    /// Pools up to opset 21, as the witness has it: what ONNX Runtime does, and the operator's own inference where ONNX
    /// Runtime refuses (a padding as long as the kernel; MaxPool with SAME and a kernel shorter than the stride).
    fn before_opset_22(&self, settings: &mut Vec<(&'static str, Setting)>) {
        let same = self.padding.starts_with("auto_pad=SAME");
        let padded = self
            .padding
            .strip_prefix("pads=")
            .is_some_and(|pads| pads.split(',').any(|pad| pad.parse::<i64>().expect("a number") >= self.kernel));
        let refused = padded || same && self.op == "MaxPool" && self.kernel < self.stride;
        settings.retain(|(key, setting)| *key != "padding" || !matches!(setting, Setting::Word("same" | "same lower")));
        if same {
            settings.push(("padding", Setting::Word("same undilated")));
        }
        if refused && self.extra == "ceil=1" {
            settings.retain(|(key, _)| *key != "rounding");
            settings.push(("rounding", Setting::Word(Rounding::CeilUnclipped.word())));
        }
    }
}

/// A recorded answer as a size, or nothing where there is none.
fn size(text: &str) -> Option<i128> {
    text.parse().ok().filter(|n| *n >= 1)
}

#[test]
fn all_recorded_layers_agree_with_their_witness() {
    let table = std::fs::read_to_string(VECTORS).expect("the table stands in the project");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in table.lines().skip(1) {
        let case = Case::read(line);
        count += 1;
        let mut hold = |opset: Option<u32>, witness: &str| {
            let (worked, recorded) = (case.worked(opset), size(witness));
            if worked != recorded {
                wrong.push(format!("{line}: {} gives {worked:?} for {recorded:?} (opset {opset:?})", case.line()));
            }
        };
        if case.producer.starts_with("onnx") {
            let answers: Vec<&str> = case.result.split(' ').map(|a| a.split_once('=').expect("who=what").1).collect();
            let [infer22, infer21, runtime] = answers[..] else { panic!("three answers") };
            hold(Some(22), infer22);
            hold(Some(21), if runtime == "error" { infer21 } else { runtime });
        } else {
            hold(None, case.result);
        }
    }
    assert_eq!(count, 860);
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}
