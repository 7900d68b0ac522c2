//! Weights into a network and out of it, and what is said of those of another network.

use engine::{Network, Tensors};

const NET: &str = "network small\ninput 4x4x1\nconv 3x3, 2\nbatchnorm\nflatten\ndense 2\n";

fn network(seed: u64) -> Network {
    let (model, _) = formats::net::read(NET);
    let device = engine::device("cpu").expect("it is always there");
    Network::build(&model, &Default::default(), seed, &device).expect("it is built")
}

#[test]
fn what_comes_out_goes_in_again() {
    let (one, mut other) = (network(1), network(2));
    let tensors = one.tensors().expect("the device gives them");
    let names: Vec<(&str, &[usize])> = tensors.iter().map(|(name, shape, _)| (name.as_str(), &shape[..])).collect();
    let its: [(&str, &[usize]); 8] = [
        ("conv1.weight", &[2, 1, 3, 3]),
        ("conv1.bias", &[2]),
        ("batchnorm1.weight", &[2]),
        ("batchnorm1.bias", &[2]),
        ("batchnorm1.running_mean", &[2]),
        ("batchnorm1.running_var", &[2]),
        ("dense1.weight", &[2, 8]),
        ("dense1.bias", &[2]),
    ];
    assert_eq!(names, its);
    assert_ne!(other.tensors().expect("the device gives them"), tensors);
    // The order is of no matter, nor is PyTorch's count of batches.
    let counted = ("batchnorm1.num_batches_tracked".to_owned(), vec![1], vec![3.0]);
    other.load("one", tensors.iter().cloned().rev().chain([counted])).expect("they fit");
    assert_eq!(other.tensors().expect("the device gives them"), tensors);
    // What is learned still is: a gradient comes to each of the six, and to the two statistics none.
    let inputs = other.random_inputs(2, 0).expect("inputs");
    let last = other.forward(&inputs, true).expect("it runs").pop();
    let Some(engine::Values::R2(scores)) = last else { panic!("it ends in a vector") };
    let gradients = other.gradients(&scores.square().mean());
    assert_eq!(gradients.iter().filter(|gradient| gradient.is_some()).count(), 6);
}

/// What is said of its tensors after a change, which leaves the network as it was.
fn said(change: impl FnOnce(&mut Tensors)) -> String {
    let mut network = network(1);
    let before = network.tensors().expect("the device gives them");
    let mut tensors = before.iter().map(|(name, shape, held)| (name.clone(), shape.clone(), vec![9.0; held.len()]));
    let mut tensors: Tensors = tensors.by_ref().collect();
    change(&mut tensors);
    let fault = network.load("other.safetensors", tensors.into_iter()).expect_err("they do not fit");
    assert_eq!(network.tensors().expect("the device gives them"), before);
    fault.to_string()
}

#[test]
fn those_of_another_network_are_refused() {
    let other = "these are the weights of another network";
    let shape = said(|tensors| tensors[6] = ("dense1.weight".to_owned(), vec![2, 9], vec![0.0; 18]));
    let says = "other.safetensors: the tensor `dense1.weight` has the shape 2x9, and the network's has 2x8";
    assert_eq!(shape, format!("{says} — {other}"));
    let turned = said(|tensors| tensors[6] = ("dense1.weight".to_owned(), vec![8, 2], vec![0.0; 16]));
    assert!(turned.contains("has the shape 8x2, and the network's has 2x8"), "{turned}");
    let missing = said(|tensors| drop(tensors.remove(5)));
    assert!(missing.starts_with("other.safetensors: there is no tensor `batchnorm1.running_var`"), "{missing}");
    let near = said(|tensors| tensors[0].0 = "conv1.wieght".to_owned());
    assert!(near.contains("no tensor `conv1.weight` — there is `conv1.wieght`"), "{near}");
    let more = said(|tensors| tensors.push(("dense2.bias".to_owned(), vec![1], vec![0.0])));
    assert_eq!(more, format!("other.safetensors: the network has no tensor `dense2.bias` — {other}"));
    let none = said(Vec::clear);
    assert_eq!(none, format!("other.safetensors: there is no tensor `conv1.weight` — {other}"));
    let short = said(|tensors| tensors[1].2 = vec![0.0]);
    assert!(short.contains("`conv1.bias` has the shape [2] and 1 elements"), "{short}");
}
