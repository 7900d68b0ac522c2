//! Graphs whose shapes hang on one another: loops, sizes computed with fractions, parts of open axes, settings that stand in the
//! file. The shapes are those that ONNX Runtime gave, as `tests/truth/onnx_graphs.py` recorded them, multiply-adds, parameters
//! and constants were worked out by hand.

use std::rc::Rc;

use calc::Forms;
use formats::Source;
use serde_json::Value as Json;
use workings::graph::{Attribute, Dtype, Numbers, Raw, Stored};
use workings::ledger::{Binds, Total};
use workings::model::{From, Input, Layer, Layout, Model, Rules, Size};
use workings::{Fault, Ledger, ops};

const RECORDED: &str = include_str!("../../../tests/data/onnx_graphs.json");

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "case.onnx"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

fn recorded() -> Json {
    serde_json::from_str(RECORDED).expect("JSON")
}

fn list(of: &Json) -> &[Json] {
    of.as_array().expect("a list")
}

fn number(of: &Json) -> i64 {
    of.as_i64().expect("a whole number")
}

fn read(case: &Json) -> Model {
    let name = case["name"].as_str().expect("a name");
    let text = case["model"].as_str().expect("bytes in hexadecimal").as_bytes();
    let byte = |two: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(two).expect("digits"), 16).expect("a byte");
    let bytes = text.as_chunks::<2>().0.iter().map(byte).collect();
    let (model, faults) = formats::read(&Bytes(bytes)).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert_eq!(faults, [], "{name}");
    model
}

fn worked(model: Model, binds: &Binds, name: &str) -> Ledger {
    let (ledger, findings) = Ledger::of(model, binds);
    assert_eq!(findings, [], "{name} with {binds:?}");
    ledger
}

/// What is known of a shape, and of each of its sizes.
type Found = Option<Vec<Option<i128>>>;

/// What the ledger says of each output, with numbers in the place of its symbols: its formulas, worked out by these.
fn shapes(ledger: &Ledger, binds: &Binds) -> Vec<Found> {
    let mut forms = Forms::new(&ledger.page);
    let symbol = |name: &str| binds.get(name).map(|n| i128::from(*n));
    let outputs = ledger.model.graph.outputs.iter().map(|(_, from)| ledger.shape(*from));
    outputs.map(|shape| Some(shape?.iter().map(|size| forms.form(*size).ok()?.evaluate(&symbol)).collect())).collect()
}

/// What is wrong with a case.
fn differs(case: &Json) -> Vec<String> {
    let name = case["name"].as_str().expect("a name");
    let model = read(case);
    let open = worked(model.clone(), &Binds::new(), name);
    let bare = |output: usize, axis: i64| {
        list(&case["open"]).iter().any(|pair| number(&pair[0]) == output as i64 && number(&pair[1]) == axis)
    };
    let mut wrong = Vec::new();
    // Twenty loops within one another would be gone through 2^20 times.
    if open.page.len() > 100_000 {
        wrong.push(format!("{name} takes {} lines", open.page.len()));
    }
    for (at, run) in list(&case["runs"]).iter().enumerate() {
        let binds = run["binds"].as_object().expect("numbers for symbols").iter();
        let binds: Binds = binds.map(|(name, n)| (name.clone(), number(n))).collect();
        let given =
            list(&run["shapes"]).iter().map(|shape| list(shape).iter().map(|n| i128::from(number(n))).collect());
        let given: Vec<Vec<i128>> = given.collect();
        let bound = worked(model.clone(), &binds, name);
        for (how, ledger) in [("its formulas", &open), ("bound", &bound)] {
            let found = shapes(ledger, &binds);
            let held = |(output, (found, given)): (usize, (&Found, &Vec<i128>))| match found {
                None => bare(output, -1),
                Some(found) => {
                    let sizes = found.iter().zip(given).zip(0..);
                    found.len() == given.len()
                        && sizes.clone().all(|((found, given), _)| found.is_none_or(|found| found == *given))
                        && sizes.clone().all(|((found, _), axis)| found.is_some() || bare(output, axis))
                }
            };
            // What is open is that without a number for every symbol.
            let is_open = |(output, found): (usize, &Found)| match found {
                None => true,
                Some(found) => {
                    !bare(output, -1)
                        && found.iter().zip(0..).all(|(found, axis)| found.is_none() == bare(output, axis))
                }
            };
            let right = found.len() == given.len() && found.iter().zip(&given).enumerate().all(held);
            if !right || how == "its formulas" && !found.iter().enumerate().all(is_open) {
                wrong.push(format!("{name} with {binds:?}, {how}: {found:?}, and not {given:?}"));
            }
        }
        let totals = [
            ("macs", bound.totals.macs, open.totals.macs),
            ("params", bound.totals.params, open.totals.params),
            ("constants", bound.totals.constants, open.totals.constants),
        ];
        for (what, one, other) in totals {
            let needed = case[what][1][at].as_i64().map(i128::from);
            // Of constants and parameters only those are held that the case is about.
            if needed.is_none() && what != "macs" {
                continue;
            }
            let exact = |ledger: &Ledger, total: Total| {
                let symbol = |name: &str| binds.get(name).map(|n| i128::from(*n));
                let mut forms = Forms::new(&ledger.page);
                forms.form(total.line).ok()?.evaluate(&symbol).filter(|_| total.exact)
            };
            // Where a shape is not known without numbers for symbols, nor is what its row multiplies.
            let without =
                exact(&open, other).or(needed.filter(|_| list(&case["open"]).iter().any(|pair| pair[1] == -1)));
            for found in [exact(&bound, one), without] {
                if found != needed {
                    wrong.push(format!("{name} with {binds:?}: {what} {found:?}, and not {needed:?}"));
                }
            }
        }
    }
    wrong
}

#[test]
fn every_graph_is_what_onnx_runtime_made_of_it() {
    let recorded = recorded();
    let cases = list(&recorded["cases"]);
    let wrong: Vec<String> = cases.iter().flat_map(differs).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 45, "{} graphs", cases.len());
}

/// A network of one node on a tensor of these sizes, with numbers that stand in the file as its further inputs.
fn alone(
    kind: &str,
    version: i64,
    sizes: Vec<Size>,
    stored: Vec<Option<Numbers>>,
    told: &[(&str, Attribute)],
) -> Model {
    let mut model = Model { layout: Layout::AsInFile, rules: Rules::Onnx, complete: true, ..Model::default() };
    model.inputs.push(Input {
        name: "x".into(),
        shape: sizes,
        dtype: Dtype::FLOAT32,
        shapeless: false,
        numbers: None,
        place: Default::default(),
    });
    let mut inputs = vec![From::Input(0)];
    for numbers in stored {
        let Some(numbers) = numbers else {
            inputs.push(From::Nothing);
            continue;
        };
        inputs.push(From::Stored(model.graph.stored.len() as u32));
        let (dtype, count) = match &numbers {
            Numbers::Whole(all) => (Dtype::INT64, all.len()),
            Numbers::Real(all) => (Dtype::FLOAT32, all.len()),
        };
        let shape = vec![count as i64];
        model.graph.stored.push(Stored { name: "told".into(), dtype, shape, numbers: Some(numbers), constant: true });
    }
    let attributes = told.iter().map(|(name, told)| (Rc::from(*name), told.clone())).collect();
    let (domain, outputs) = ("".into(), vec!["y".into()]);
    let raw = Raw { domain, kind: kind.into(), version, attributes, outputs: outputs.into(), depth: 0, said: 0 };
    model.layers = vec![Layer {
        name: "y".into(),
        op: ops::by_onnx("", kind),
        inputs: inputs.into(),
        raw: Some(Box::new(raw)),
        ..Layer::default()
    }];
    model.graph.outputs = vec![("y".into(), From::Layer(0))];
    model
}

fn whole(of: &[i64]) -> Option<Numbers> {
    Some(Numbers::Whole(of.into()))
}

/// Starts and ends before, within and behind an axis of 1 to 8 positions: by its number, and by the formula that it has where it
/// is open.
#[test]
fn a_part_of_an_open_axis_is_never_less_than_nothing() {
    let recorded = recorded();
    let mut wrong = Vec::new();
    let parts = list(&recorded["parts"]);
    for part in parts {
        let [start, end, step] = [0, 1, 2].map(|at| number(&part[at]));
        let told = || vec![whole(&[start]), whole(&[end]), whole(&[0]), whole(&[step])];
        let model = |size: Size| alone("Slice", 17, vec![size], told(), &[]);
        let open = worked(model(Size::Symbol("N".into())), &Binds::new(), "open");
        for (given, n) in list(&part[3]).iter().zip(1..) {
            let binds = Binds::from([("N".into(), n)]);
            let needed = vec![Some(vec![Some(i128::from(number(given)))])];
            let bound = worked(model(Size::Number(n)), &Binds::new(), "bound");
            for found in [shapes(&open, &binds), shapes(&bound, &binds)] {
                if found != needed {
                    wrong.push(format!("[{start}:{end}:{step}] of {n}: {found:?}, and not {needed:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    assert!(parts.len() >= 180, "{} parts", parts.len());
}

/// What is written most is as short as it was.
#[test]
fn the_formula_of_a_part_has_no_more_bounds_than_it_needs() {
    let form = |start: i64, end: i64| {
        let told = vec![whole(&[start]), whole(&[end]), whole(&[0])];
        let ledger = worked(alone("Slice", 17, vec![Size::Symbol("N".into())], told, &[]), &Binds::new(), "open");
        let size = ledger.rows[0].out.as_ref().expect("a shape")[0];
        Forms::new(&ledger.page).form(size).expect("a form").to_string()
    };
    let cases = [(0, -1), (1, i64::MAX), (-1, i64::MAX), (0, i64::MAX), (0, 2), (1, -1), (2, -1), (-5, 2)];
    let forms = cases.map(|(start, end)| form(start, end));
    let forms: Vec<&str> = forms.iter().map(|form| form.as_str()).collect();
    let needed = [
        "N - 1",
        "N - 1",
        "min(1, N)",
        "N",
        "min(2, N)",
        "max(0, N - 2)",
        "max(0, N - 3)",
        "max(0, min(2, N) - max(0, N - 5))",
    ];
    assert_eq!(forms, needed);
}

#[test]
fn a_size_times_a_factor_is_rounded_as_onnx_runtime_does() {
    let recorded = recorded();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for row in list(&recorded["resized"]) {
        let factor = row[0].as_f64().expect("a factor");
        for pair in list(&row[1]) {
            let (size, given) = (number(&pair[0]), number(&pair[1]));
            count += 1;
            let sizes = || vec![Size::Number(size)];
            let factors = || Some(Numbers::Real([factor].into()));
            let scales = [("scales", Attribute::Floats([factor as f32].into()))];
            let models = [
                alone("Resize", 17, sizes(), vec![None, factors()], &[]),
                alone("Resize", 10, sizes(), vec![factors()], &[]),
                alone("Upsample", 9, sizes(), vec![factors()], &[]),
                alone("Upsample", 7, sizes(), vec![], &scales),
            ];
            for model in models {
                let found = shapes(&worked(model, &Binds::new(), "resized"), &Binds::new());
                if found != [Some(vec![Some(i128::from(given))])] {
                    wrong.push(format!("{size} by {factor}: {found:?}, and not {given}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 100, "{count} sizes");
}

#[test]
fn sizes_that_keep_their_ratio_are_rounded_as_onnx_runtime_does() {
    let recorded = recorded();
    for row in list(&recorded["kept"]) {
        let numbers = |at: usize| list(&row[at]).iter().map(number).collect::<Vec<_>>();
        let policy = Attribute::Text(row[0].as_str().expect("a policy").into());
        let sizes = numbers(1).into_iter().map(Size::Number).collect();
        let told = vec![None, None, whole(&numbers(2))];
        let model = alone("Resize", 18, sizes, told, &[("keep_aspect_ratio_policy", policy)]);
        let found = shapes(&worked(model, &Binds::new(), "kept"), &Binds::new());
        let given = numbers(3).into_iter().map(|n| Some(i128::from(n))).collect();
        assert_eq!(found, [Some(given)], "{row}");
    }
}
