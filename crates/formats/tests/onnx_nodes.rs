//! A sample of ONNX's own node tests: no shape is stated wrongly, and what was found once is found again. The shapes are those
//! that onnx records; they were taken out of the files. All of the tests: `tests/truth/onnx_nodes.py`.

use formats::Source;
use workings::graph::Numbers;
use workings::ledger::Binds;
use workings::model::Size;
use workings::{Fault, Ledger, Model};

/// What onnx recorded (`tests/truth/onnx_nodes.py --record`).
const RECORDED: &str = include_str!("../../../tests/data/onnx_nodes.tsv");

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

/// A line of the sample.
struct Case {
    name: &'static str,
    /// Each output with its shape, and whether that is found by the file alone, with the inputs' elements, or by neither.
    outputs: Vec<(&'static str, Vec<i128>, &'static str)>,
    /// The elements of inputs.
    data: Vec<(&'static str, Vec<f64>)>,
    model: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let lines = RECORDED.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [name, shapes, found, data, model] = cells[..] else { panic!("five cells are needed: {line}") };
            let named = |text: &'static str| -> Vec<(&'static str, &'static str)> {
                text.split(';').filter_map(|one| one.rsplit_once('=')).collect()
            };
            let sizes = |text: &str| text.split('x').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
            Case {
                name,
                outputs: named(shapes)
                    .into_iter()
                    .zip(found.split(';'))
                    .map(|((name, shape), found)| (name, sizes(shape), found))
                    .collect(),
                data: named(data)
                    .into_iter()
                    .map(|(name, all)| {
                        (name, all.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect())
                    })
                    .collect(),
                model: model
                    .as_bytes()
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
                    .collect(),
            }
        })
        .collect()
}

fn read(case: &Case) -> Model {
    let (model, faults) =
        formats::read(&Bytes(case.model.clone())).unwrap_or_else(|why| panic!("{}: {why}", case.name));
    assert_eq!(faults, [], "{}", case.name);
    model
}

/// The shapes of a network's outputs, as far as they are numbers.
fn shapes(model: Model) -> Vec<Option<Vec<i128>>> {
    let (ledger, _) = Ledger::of(model, &Binds::new());
    let outputs = ledger.model.graph.outputs.iter();
    outputs.map(|(_, from)| ledger.shape(*from)?.iter().map(|line| ledger.page.known(*line)).collect()).collect()
}

/// The elements of inputs, as the command takes them.
fn tell(model: &mut Model, data: &[(&str, Vec<f64>)]) {
    for (name, numbers) in data {
        let input = model.inputs.iter_mut().find(|input| *input.name == **name).expect("an input of the case");
        input.numbers = Some(match numbers.iter().all(|n| n.fract() == 0.0) && !input.dtype.is_float() {
            true => Numbers::Whole(numbers.iter().map(|n| *n as i64).collect()),
            false => Numbers::Real(numbers.as_slice().into()),
        });
        if input.shape.len() == 1 {
            input.shape = vec![Size::Number(numbers.len() as i64)];
        }
        model.graph.said.clear();
    }
}

#[test]
fn no_shape_is_wrong_and_what_was_found_is_found() {
    let (mut wrong, mut alone, mut with_data) = (Vec::new(), 0, 0);
    let all = cases();
    for case in &all {
        let mut told = read(case);
        tell(&mut told, &case.data);
        let outputs: Vec<_> = told.graph.outputs.iter().map(|(name, _)| name.clone()).collect();
        for (who, found) in [("file", shapes(read(case))), ("data", shapes(told))] {
            for (name, shape, needed) in &case.outputs {
                let at = outputs.iter().position(|output| **output == **name).expect("an output");
                let needed = *needed == "file" || *needed == who;
                match &found[at] {
                    Some(ours) if ours != shape => {
                        wrong.push(format!("{}: {name} is {shape:?}, and {ours:?} is stated ({who})", case.name));
                    }
                    Some(_) if who == "file" => alone += 1,
                    Some(_) => with_data += 1,
                    None if needed => wrong.push(format!("{}: {name} was found before ({who})", case.name)),
                    None => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    // As recorded; that the sample does not shrink unseen.
    assert!(all.len() >= 200 && alone >= 150 && with_data >= 175, "{} {alone} {with_data}", all.len());
}
