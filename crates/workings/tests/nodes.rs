//! Nodes of graphs that are not as their operators are defined: any word of ONNX may come with any inputs and attributes.

mod build;

use std::panic::{AssertUnwindSafe, catch_unwind};

use build::nodes::{Sample, node};
use workings::graph::Attribute;
use workings::ops::OPERATORS;

/// What rules ask nodes for.
const NUMBERS: [&str; 33] = [
    "K",
    "N",
    "activation",
    "axis",
    "batch_dims",
    "bits",
    "block_size",
    "ceil_mode",
    "channels_last",
    "dilation",
    "direction",
    "expert_weight_bits",
    "gather_axis",
    "group",
    "groups",
    "hidden_size",
    "inverse",
    "k",
    "keepdims",
    "kv_num_heads",
    "n_targets",
    "new_axis",
    "num_groups",
    "num_heads",
    "onesided",
    "past_present_share_buffer",
    "q_num_heads",
    "sliding_window_cache",
    "state_window",
    "targets",
    "to",
    "transA",
    "transB",
];
const ROWS: [&str; 16] = [
    "axes",
    "cats_int64s",
    "classlabels_int64s",
    "classlabels_ints",
    "dilations",
    "kernel_shape",
    "ngram_indexes",
    "output_padding",
    "output_shape",
    "pads",
    "perm",
    "pooled_shape",
    "qkv_hidden_sizes",
    "shape",
    "split",
    "strides",
];

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n) as i64
    }

    fn shape(&mut self) -> Vec<i64> {
        (0..self.below(6)).map(|_| self.below(7)).collect()
    }

    fn row(&mut self) -> Vec<i64> {
        (0..self.below(6)).map(|_| self.below(9) - 2).collect()
    }

    fn sample(&mut self, domain: &'static str, kind: &'static str) -> Sample {
        let mut sample = Sample { domain, ..node(kind, &[]) };
        sample.inputs = (0..self.below(7)).map(|_| self.shape()).collect();
        for _ in 0..self.below(5) {
            sample = match self.below(2) {
                0 => sample.told(&self.row()),
                _ => sample.stored(&self.shape()),
            };
        }
        for _ in 0..self.below(6) {
            let name = NUMBERS[self.below(NUMBERS.len() as u64) as usize];
            sample = sample.with(name, Attribute::Int(self.below(9) - 2));
        }
        for _ in 0..self.below(4) {
            let name = ROWS[self.below(ROWS.len() as u64) as usize];
            sample = sample.with(name, Attribute::Ints(self.row().into()));
        }
        let outputs = self.below(5) as usize;
        sample.giving(outputs).version(1 + self.below(28))
    }
}

#[test]
fn a_node_may_be_anything() {
    let mut random = Random(1);
    let mut words: Vec<(&str, &str)> =
        OPERATORS.iter().flat_map(|operator| operator.onnx).map(|word| (word.domain, word.kind)).collect();
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), count, "a word belongs to one operator");
    let mut ended_badly = Vec::new();
    for (domain, kind) in words {
        for _ in 0..200 {
            let sample = random.sample(domain, kind);
            if catch_unwind(AssertUnwindSafe(|| sample.ledger())).is_err() {
                ended_badly.push(sample);
                break;
            }
        }
    }
    assert!(ended_badly.is_empty(), "{ended_badly:#?}");
}
