//! A ledger that is wrong in one cell is caught, and the cell is named; a network that cannot run says why.

use calc::Line;
use engine::Network;
use workings::verify::Difference;
use workings::{Fault, Ledger, Role};

/// The side lines are there so that the page has a line for each number that is wrong by one.
const NET: &str = "network small
input 6x6x2
conv 3x3, 4, relu
batchnorm
flatten
dense 3
from input
dense 2
dense 5
dense 7
dense 65
dense 73
dense 193
";

fn ledger() -> Ledger {
    let (ledger, findings) = Ledger::of(formats::net::read(NET).0, &Default::default());
    assert!(findings.is_empty(), "{findings:?}");
    ledger
}

/// How many tensors are found in the file that they are saved to.
fn saved(tensors: engine::Tensors) -> Result<usize, Fault> {
    let file = sources::Memory::new("saved", formats::Weights::new(tensors).to_bytes());
    Ok(formats::Weights::read(&file)?.tensors().count())
}

/// A line of the page whose number is one more, or else one less.
fn off_by_one(ledger: &Ledger, line: Line) -> Option<Line> {
    let right = ledger.page.known(line).expect("a number");
    let of = |wrong: i128| ledger.page.lines().find(|line| ledger.page.known(*line) == Some(wrong));
    of(right + 1).or_else(|| of(right - 1))
}

/// Which number of a ledger.
type Cell = dyn Fn(&mut Ledger) -> &mut Line;

/// What is said of a ledger in which one number is wrong by one.
fn said(cell: &Cell) -> Vec<Difference> {
    let mut wrong = ledger();
    let line = *cell(&mut wrong);
    let other = off_by_one(&wrong, line).unwrap_or_else(|| panic!("no line by {:?}", wrong.page.known(line)));
    *cell(&mut wrong) = other;
    engine::verify(&ledger().model, &wrong, "cpu", saved).expect("it runs").differences()
}

#[track_caller]
fn caught(cell: &Cell, at: &str, what: &str) {
    let said = said(cell);
    assert!(!said.is_empty(), "{at}, {what}: not caught");
    assert!(
        said.iter().all(|difference| difference.at == at && difference.what.contains(what)),
        "{at}, {what}: {said:?}"
    );
}

#[test]
fn what_is_right_is_not_said_to_be_wrong() {
    let ledger = ledger();
    assert_eq!(engine::verify(&ledger.model, &ledger, "cpu", saved).expect("it runs").differences(), []);
}

#[test]
fn every_size_of_every_output_is_held() {
    let right = ledger();
    for (row, layer) in right.model.layers.iter().enumerate().take(4) {
        for axis in 0..right.rows[row].out.as_ref().expect("a shape").len() {
            caught(&move |ledger| &mut ledger.rows[row].out.as_mut().expect("a shape")[axis], &layer.name, "output");
        }
    }
}

#[test]
fn every_tensor_of_parameters_is_held() {
    let right = ledger();
    for (row, layer) in right.model.layers.iter().enumerate().take(4) {
        for (tensor, param) in right.rows[row].params.iter().enumerate() {
            let at = format!("{}.{}", layer.name, param.name);
            caught(&move |ledger| &mut ledger.rows[row].params[tensor].elements, &at, "elements");
            for axis in 0..param.shape.len() {
                caught(&move |ledger| &mut ledger.rows[row].params[tensor].shape[axis], &at, "shape");
            }
        }
    }
}

#[test]
fn totals_are_held() {
    let total = |change: fn(&mut Ledger)| {
        let mut wrong = ledger();
        change(&mut wrong);
        engine::verify(&ledger().model, &wrong, "cpu", saved).expect("it runs").differences()
    };
    // The page has no line of one more; a total without the last row is as wrong.
    let params = total(|ledger| ledger.totals.params.line = ledger.rows[0].sums.params.expect("parameters"));
    assert_eq!((params.len(), params[0].at.as_str(), params[0].what.as_str()), (1, "small", "parameters in all"));
    let statistics = total(|ledger| ledger.totals.statistics.line = ledger.rows[0].params[1].elements);
    assert_eq!((statistics.len(), statistics[0].what.as_str()), (1, "statistics in all"));
}

#[test]
fn what_one_of_them_lacks_is_named() {
    let mut wrong = ledger();
    wrong.rows[0].params.pop();
    wrong.rows[1].params[2].role = Role::Weight;
    wrong.rows[3].out = None;
    let said = engine::verify(&ledger().model, &wrong, "cpu", saved).expect("it runs").differences();
    let said: Vec<_> =
        said.iter().map(|d| (d.at.as_str(), d.what.as_str(), d.expected.as_str(), d.found.as_str())).collect();
    assert_eq!(
        said,
        [
            ("conv1.bias", "shape", "nothing", "4"),
            ("conv1.bias", "elements", "nothing", "4"),
            ("conv1.bias", "gradient", "nothing", "there"),
            ("batchnorm1.running_mean", "gradient", "there", "none"),
            ("dense1", "output of a batch of 1", "nothing", "1×3"),
            ("dense1", "output of a batch of 2", "nothing", "2×3"),
            // Two of each layer with weights, of which there are eight, and four of batch normalisation; less conv1.bias.
            ("small", "tensors in the saved file", "19", "20"),
        ]
    );
}

#[test]
fn a_tensor_that_the_saved_file_lacks_or_has_twice_is_caught() {
    let ledger = ledger();
    let off = |by: fn(usize) -> usize| {
        let saved = |tensors| saved(tensors).map(by);
        engine::verify(&ledger.model, &ledger, "cpu", saved).expect("it runs").differences()
    };
    for (by, found) in [(off(|all| all - 1), "19"), (off(|all| all + 1), "21")] {
        let said: Vec<_> = by.iter().map(|d| (d.what.as_str(), d.expected.as_str(), d.found.as_str())).collect();
        assert_eq!(said, [("tensors in the saved file", "20", found)]);
    }
    let unsaved = engine::verify(&ledger.model, &ledger, "cpu", |_| Err(Fault::new("the disk is full")));
    assert_eq!(unsaved.expect_err("it cannot be saved").says, "the disk is full");
}

#[track_caller]
fn refused(net: &str, says: &str) {
    let (model, _) = formats::net::read(net);
    let device = engine::device("cpu").expect("it is always there");
    match Network::build(&model, &Default::default(), 0, &device) {
        Ok(_) => panic!("{net} was built"),
        Err(fault) => assert!(fault.to_string().contains(says), "{fault}"),
    }
}

#[test]
fn what_cannot_run_says_which_layer_and_why() {
    refused(
        "input 8x8x3\navgpool 3x3, dilation 2\n",
        "pool1: the engine does not run `pool` with a dilation in an average",
    );
    refused("input HxWx3\nconv 3x3, 4\n", "input: a size of it is open");
    refused("input 8x8x3\nconv 9x9, 4\n", "conv1: “the window fits inside the padded input” does not hold");
    refused("input 8x8x3\nkonv 3x3, 4\nflatten\n", "could not be read");
    refused("input 4\ndense 9000000000000000\n", "GiB are free");
    refused("", "it has no layer");
}

#[test]
fn what_does_not_fit_a_network_is_refused() {
    let device = engine::device("cpu").expect("it is always there");
    let (model, _) = formats::net::read("input 4x4x2\nconv 3x3, 4\n");
    let mut network = Network::build(&model, &Default::default(), 0, &device).expect("it is built");
    let says = |done: Result<(), workings::Fault>| done.expect_err("it is refused").says;
    assert!(says(network.set("conv1.wight", vec![0.0; 72])).contains("no parameter `conv1.wight`"));
    assert!(says(network.set("conv1.bias", vec![0.0; 5])).contains("has the shape [4], and 5 elements came"));
    let input = engine::Values::new(&[1, 2, 5, 4], vec![0.0; 40], &device).expect("it holds as many");
    assert!(says(network.forward(&[input], false).map(drop)).contains("[1, 2, 4, 4] is needed, and [1, 2, 5, 4] came"));
    assert!(says(network.forward(&[], false).map(drop)).contains("1 inputs are needed, and 0 found"));
    assert!(says(engine::Values::new(&[2, 2], vec![0.0; 5], &device).map(drop)).contains("5 elements"));
    assert!(says(engine::device("tpu").map(drop)).contains("no device `tpu`"));
}

#[test]
fn the_same_seed_gives_the_same_digits() {
    let (model, _) = formats::net::read("input 6x6x2\nconv 3x3, 4, relu\ndropout 0.5\nflatten\ndense 3, softmax\n");
    let answer = |seed: u64| {
        let device = engine::device("cpu").expect("it is always there");
        let mut network = Network::build(&model, &Default::default(), seed, &device).expect("it is built");
        let inputs = network.random_inputs(2, 1).expect("inputs");
        let outputs = network.forward(&inputs, true).expect("it runs");
        outputs.last().expect("a layer").to_vec().expect("values")
    };
    assert_eq!(answer(3), answer(3));
    assert_ne!(answer(3), answer(4));
}
