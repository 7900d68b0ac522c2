//! What an ONNX file of 20,000 nodes costs: reading it, and working it out.
//!
//!     cargo bench -p workings-formats --bench onnx
//!
//! Times are the least of several runs, each beside going through the bytes field by field in the same process, which is the
//! least that a reader of this format could do.

use std::hint::black_box;
use std::time::{Duration, Instant};

use formats::Source;
use workings::Fault;
use workings::ledger::{Binds, Ledger};

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NODES: usize = 20_000;
const RUNS: usize = 9;

struct Bytes(Vec<u8>);

impl Source for Bytes {
    fn name(&self) -> &str {
        "chain.onnx"
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Fault> {
        Ok(self.0[range.start as usize..range.end as usize].to_vec())
    }
}

fn varint(mut n: u64, into: &mut Vec<u8>) {
    while n >= 0x80 {
        into.push(n as u8 | 0x80);
        n >>= 7;
    }
    into.push(n as u8);
}

/// A field of bytes.
fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    varint(number << 3 | 2, &mut all);
    varint(bytes.len() as u64, &mut all);
    all.extend(bytes);
    all
}

/// A field of a number.
fn number(number: u64, n: u64) -> Vec<u8> {
    let mut all = Vec::new();
    varint(number << 3, &mut all);
    varint(n, &mut all);
    all
}

fn ints(name: &str, values: &[u64]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|n| number(8, *n)).collect();
    field(5, &[field(1, name.as_bytes()), values, number(20, 7)].concat())
}

fn node(kind: &str, name: &str, inputs: &[&str], attributes: &[u8]) -> Vec<u8> {
    let inputs: Vec<u8> = inputs.iter().flat_map(|input| field(1, input.as_bytes())).collect();
    let output = field(2, format!("{name}_output_0").as_bytes());
    field(1, &[inputs, output, field(3, name.as_bytes()), field(4, kind.as_bytes()), attributes.to_vec()].concat())
}

fn stored(name: &str, sizes: &[u64]) -> Vec<u8> {
    let elements = sizes.iter().product::<u64>() as usize;
    let sizes: Vec<u8> = sizes.iter().flat_map(|n| number(1, *n)).collect();
    field(5, &[sizes, number(2, 1), field(8, name.as_bytes()), field(9, &vec![0; 4 * elements])].concat())
}

fn image(what: u64, name: &str) -> Vec<u8> {
    let batch = field(1, &field(2, b"batch"));
    let sizes: Vec<u8> = [8, 32, 32].iter().flat_map(|n| field(1, &number(1, *n))).collect();
    let tensor = [number(1, 1), field(2, &[batch, sizes].concat())].concat();
    field(what, &[field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat())
}

/// Convolution, product with a stored tensor, rectifier, sum with what went in: over and over.
fn chain() -> Vec<u8> {
    let (mut nodes, mut tensors, mut last) = (Vec::new(), Vec::new(), "x".to_owned());
    let settings = [
        ints("dilations", &[1, 1]),
        field(5, &[field(1, b"group"), number(3, 1), number(20, 2)].concat()),
        ints("kernel_shape", &[3, 3]),
        ints("pads", &[1, 1, 1, 1]),
        ints("strides", &[1, 1]),
    ]
    .concat();
    for at in 0..NODES / 4 {
        let name = |kind: &str| format!("/features/features.{at}/{kind}");
        let (weight, scale) = (format!("features.{at}.conv.weight"), format!("features.{at}.scale"));
        tensors.extend(stored(&weight, &[8, 8, 3, 3]));
        tensors.extend(stored(&scale, &[8, 1, 1]));
        let names = ["conv/Conv", "Mul", "relu/Relu", "Add"].map(name);
        let [conv, scaled, rectified, out] = names.clone().map(|name| format!("{name}_output_0"));
        nodes.extend(node("Conv", &names[0], &[&last, &weight], &settings));
        nodes.extend(node("Mul", &names[1], &[&conv, &scale], &[]));
        nodes.extend(node("Relu", &names[2], &[&scaled], &[]));
        nodes.extend(node("Add", &names[3], &[&rectified, &last], &[]));
        last = out;
    }
    let graph = [nodes, field(2, b"chain"), tensors, image(11, "x"), image(12, &last)].concat();
    [number(1, 8), field(7, &graph), field(8, &number(2, 17))].concat()
}

/// Goes through the fields of a message and of the messages in it, down to a node's attributes; how many there are.
fn through(mut bytes: &[u8], depth: u32) -> usize {
    let mut count = 0;
    while !bytes.is_empty() {
        let key = read(&mut bytes);
        count += 1;
        match key & 7 {
            0 => black_box(read(&mut bytes)),
            5 => {
                bytes = &bytes[4..];
                0
            }
            _ => {
                let length = read(&mut bytes) as usize;
                let (own, rest) = bytes.split_at(length);
                bytes = rest;
                let within = matches!((depth, key >> 3), (0, 7) | (1, 1 | 5) | (2, 5));
                count += if within { through(own, depth + 1) } else { 0 };
                0
            }
        };
    }
    count
}

fn read(bytes: &mut &[u8]) -> u64 {
    let (mut n, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        n |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return n;
        }
    }
}

fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let mut time = || {
        let start = Instant::now();
        let done = black_box(run());
        let time = start.elapsed();
        drop(done);
        time
    };
    (0..RUNS).map(|_| time()).min().unwrap_or_default()
}

fn main() {
    let file = Bytes(chain());
    let base = least(|| through(black_box(&file.0), 0));
    let say = |what: &str, time: Duration| {
        let (ms, times) = (time.as_secs_f64() * 1e3, time.as_secs_f64() / base.as_secs_f64());
        println!("{what:36} {ms:8.2} ms {times:8.1} × going through the bytes");
    };
    println!("{NODES} nodes, {:.1} MB", file.0.len() as f64 / 1e6);
    say("going through the bytes", base);
    say("reading", least(|| formats::read(&file)));
    let (model, faults) = formats::read(&file).expect("a network");
    assert!(faults.is_empty(), "{faults:?}");
    let copying = least(|| model.clone());
    let worked = least(|| Ledger::of(model.clone(), &Binds::new())).saturating_sub(copying);
    say("working it out", worked);
    let (mut ledger, findings) = Ledger::of(model, &Binds::new());
    assert!(findings.is_empty(), "{findings:?}");
    println!("the page: {:.1} lines a node", ledger.page.len() as f64 / NODES as f64);
    say("folding it, depth 2", least(|| ledger.fold(2)));
}
