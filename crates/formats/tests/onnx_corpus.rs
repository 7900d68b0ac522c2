//! Exported networks of torchvision, held to what PyTorch and onnx say of them.
//!
//! The files stand in a corpus of some 25 MB that the environment variable `WORKINGS_CORPUS` names; without it these tests
//! say that they were left out. `NAME.json` beside each file has the truth: shapes as the exporter recorded them (they were
//! taken out of the file), multiply-adds, stored elements.

use std::path::{Path, PathBuf};

use calc::{Forms, Value};
use formats::Source;
use serde_json::Value as Json;
use workings::ledger::{Binds, Finding};
use workings::model::{From, Size};
use workings::{Fault, Ledger};

struct Bytes(String, Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        &self.0
    }

    fn size(&self) -> u64 {
        self.1.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.1[range.start as usize..range.end as usize].to_vec())
    }
}

fn ledger(path: &Path) -> (Ledger, Vec<Finding>) {
    let bytes = std::fs::read(path).expect("a file of the corpus");
    let (model, faults) = formats::read(&Bytes(path.display().to_string(), bytes)).expect("a network");
    assert_eq!(faults, [], "{}", path.display());
    Ledger::of(model, &Binds::new())
}

/// The networks of a folder of the corpus, with their truths.
fn corpus(folder: &str) -> Vec<(PathBuf, Json)> {
    let Some(corpus) = std::env::var_os("WORKINGS_CORPUS") else {
        eprintln!("LEFT OUT: {folder}: WORKINGS_CORPUS names no corpus");
        return Vec::new();
    };
    let folder = Path::new(&corpus).join(folder);
    let mut all: Vec<(PathBuf, Json)> = std::fs::read_dir(folder)
        .expect("a folder of the corpus")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "onnx"))
        .map(|path| {
            let truth = std::fs::read_to_string(path.with_extension("json")).expect("the truth beside it");
            (path, serde_json::from_str(&truth).expect("JSON"))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!all.is_empty());
    all
}

#[test]
fn every_shape_and_count_is_the_exporters_own() {
    let (mut tensors, mut networks) = (0, 0);
    let mut wrong = Vec::new();
    for (path, truth) in [corpus("torchvision"), corpus("torchvision-folded")].concat() {
        let (ledger, findings) = ledger(&path);
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        wrong.extend(findings.iter().map(|finding| format!("{name}: {}", finding.says)));
        networks += 1;
        for (tensor, shape) in truth["onnx"]["tensors"].as_object().expect("tensors") {
            tensors += 1;
            let shape: Vec<i128> =
                shape.as_array().expect("a shape").iter().map(|n| n.as_i64().expect("a size").into()).collect();
            if found(&ledger, tensor).as_ref() != Some(&shape) {
                wrong.push(format!("{name}: {tensor} is {:?}, and should be {shape:?}", found(&ledger, tensor)));
            }
        }
        let total = |total: workings::ledger::Total| {
            assert!(total.exact, "{name}: a total is only at least");
            ledger.page.known(total.line).expect("a number")
        };
        let totals = &ledger.totals;
        let (params, macs) = (total(totals.params), total(totals.macs));
        let stored = params + total(totals.statistics) + total(totals.constants);
        let mut hold = |what: &str, own: i128, other: &Json| {
            if Some(own) != other.as_i64().map(i128::from) {
                wrong.push(format!("{name}: {what}: {own}, and should be {other}"));
            }
        };
        hold("macs", macs, &truth["onnx"]["macs"]);
        hold("stored", stored, &truth["onnx"]["float_initializer_elements"]);
        let headless = ["googlenet", "inception_v3"].contains(&&*name);
        if path.to_string_lossy().contains("torchvision/") && !headless {
            hold("params", params, &truth["framework_params"]);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    if networks > 0 {
        assert_eq!((networks, tensors), (28, 8243));
    }
}

/// The shape of a tensor by its name.
fn found(ledger: &Ledger, name: &str) -> Option<Vec<i128>> {
    let layers = &ledger.model.layers;
    let from = (0..layers.len() as u32).find_map(|layer| {
        let outputs = &layers[layer as usize].raw.as_ref()?.outputs;
        let at = outputs.iter().position(|output| **output == *name)? as u32;
        Some(if at == 0 { From::Layer(layer) } else { From::Output(layer, at) })
    });
    let input = || ledger.model.inputs.iter().position(|input| *input.name == *name).map(|at| From::Input(at as u32));
    let shape = ledger.shape(from.or_else(input)?)?;
    shape
        .iter()
        .map(|line| match ledger.page.value(*line) {
            Value::Known(n) => Some(n),
            _ => None,
        })
        .collect()
}

/// Networks with batch, height and width left open: the closed form of their multiply-adds gives what the network gives with
/// numbers in their place. The exporter has baked sizes in (a reshape to a batch of 1, the 14 × 14 patches of ViT): where the
/// numbers do not fit those, that is said, and the form holds all the same.
#[test]
fn closed_forms_agree_with_numbers() {
    let names = [("resnet50", 1..9, 32..512), ("vgg16", 1..9, 32..512), ("vit_b_16", 1..9, 32..512)];
    let all = [corpus("torchvision"), corpus("torchvision-folded")].concat();
    let mut random = 20_261_123_u64;
    let mut among = |range: &std::ops::Range<i64>| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        range.start + (random >> 33) as i64 % (range.end - range.start)
    };
    for (name, batch, size) in names {
        let Some((path, _)) = all.iter().find(|(path, _)| path.file_stem().is_some_and(|stem| stem == name)) else {
            continue;
        };
        let bytes = std::fs::read(path).expect("a file of the corpus");
        let (mut model, _) = formats::read(&Bytes(path.display().to_string(), bytes)).expect("a network");
        for (axis, symbol) in [(0, "N"), (2, "H"), (3, "W")] {
            model.inputs[0].shape[axis] = Size::Symbol(symbol.into());
        }
        let (open, findings) = Ledger::of(model.clone(), &Binds::new());
        assert_eq!(findings, [], "{name}");
        let mut forms = Forms::new(&open.page);
        let form = forms.form(open.totals.macs.line).expect("a closed form");
        for _ in 0..10 {
            let binds =
                Binds::from([("N".into(), among(&batch)), ("H".into(), among(&size)), ("W".into(), among(&size))]);
            let (bound, findings) = Ledger::of(model.clone(), &binds);
            assert!(findings.iter().all(|finding| finding.code == "reshape"), "{name} with {binds:?}: {findings:?}");
            let found = form.evaluate(&|symbol| binds.get(symbol).map(|n| i128::from(*n)));
            assert_eq!(found, bound.page.known(bound.totals.macs.line), "{name} with {binds:?}: {form}");
            assert!(found.is_some());
        }
    }
}

/// ResNet-50's stages by hand: a bottleneck of width w on c channels has c·w + 9·w² + 4·w² weights and 2·(w + w + 4·w)
/// parameters of normalisation, and multiplies each weight once a position, the first of a stage its first convolution on the
/// positions before the stride; the first has a shortcut of c·4·w weights and 8·w parameters of normalisation too.
#[test]
fn a_module_has_what_its_layers_have() {
    let Some(corpus) = std::env::var_os("WORKINGS_CORPUS") else {
        eprintln!("LEFT OUT: modules: WORKINGS_CORPUS names no corpus");
        return;
    };
    let (mut ledger, _) = ledger(&Path::new(&corpus).join("torchvision/resnet50.onnx"));
    let of = |name: &str| workings::ledger::QUANTITIES.iter().position(|one| one.name == name).expect("a quantity");
    let (params, macs) = (of("parameters"), of("macs"));
    let stages = [
        ("layer1", 215_808, 667_942_912),
        ("layer2", 1_219_584, 1_027_604_480),
        ("layer3", 7_098_368, 1_464_336_384),
        ("layer4", 14_964_736, 809_238_528),
    ];
    for (path, parameters, multiplied) in stages {
        let module = ledger.module(path).expect("a module");
        let known = |at: usize| module.totals[at].and_then(|total| ledger.page.known(total.line));
        assert_eq!(known(params), Some(parameters), "{path}");
        assert_eq!(known(macs), Some(multiplied), "{path}");
    }
}
