//! Any bytes at all, as an archive, HDF5 or JSON, whichever their beginning tells: what Keras's reader takes is worked out
//! and shown, and what it does not take has a reason. JSON is changed as what it is, so that it stays JSON.
#![no_main]

mod shown;
mod source;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use serde_json::{Value, json};
use shown::Dice;

fuzz_target!(|bytes: &[u8]| shown::shown(formats::read_as(&source::Bytes("m.json", bytes.into()), "keras")));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let mut dice = Dice::new(seed);
    let whole = serde_json::from_slice(&data[..size]).ok().filter(|_| dice.below(8) > 0);
    let Some(mut value) = whole else { return fuzzer_mutate(data, size, most) };
    for _ in 0..=dice.below(3) {
        let other = place(&mut value, &mut dice).clone();
        let at = place(&mut value, &mut dice);
        change(at, other, &mut dice);
    }
    let text = value.to_string();
    match text.len() <= most {
        true => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        false => fuzzer_mutate(data, size, most),
    }
});

/// Some value within a value.
fn place<'v>(value: &'v mut Value, dice: &mut Dice) -> &'v mut Value {
    let inner = match value {
        Value::Array(all) => all.len(),
        Value::Object(all) => all.len(),
        _ => 0,
    };
    // Few stop near the root, where the whole network hangs on it.
    if inner == 0 || dice.below(6) == 0 {
        return value;
    }
    let at = dice.below(inner);
    match value {
        Value::Array(all) => place(&mut all[at], dice),
        Value::Object(all) => place(all.values_mut().nth(at).expect("it is counted"), dice),
        _ => unreachable!("it has values within it"),
    }
}

const KEYS: &str = "activation axes axis batch_input_shape batch_shape bias_shape cell class_name config cropping data_format \
    dilation_rate dims dtype equation filters function groups inbound_nodes input_dim input_layers kernel_size key_dim layer \
    layers lora_rank merge_mode module n name num_heads output_dim output_layers output_padding output_shape padding \
    pool_size return_sequences return_state size strides target_shape trainable units value_dim";

const WORDS: &str = "Activation Add Attention AveragePooling2D BatchNormalization Bidirectional CategoryEncoding Concatenate \
    Conv1D Conv2D Conv2DTranspose Conv3D ConvLSTM2D Cropping2D Dense DepthwiseConv2D Dot Dropout EinsumDense Embedding \
    Flatten Functional GRU GRUCell GlobalAveragePooling2D GroupNormalization InputLayer LSTM LSTMCell Lambda \
    LayerNormalization Maximum MultiHeadAttention Multiply Normalization PReLU Permute RNN RepeatVector Reshape Resizing \
    SeparableConv2D Sequential SimpleRNN SpectralNormalization StackedRNNCells Subtract TFOpLambda TimeDistributed \
    UnitNormalization UpSampling2D ZeroPadding2D bilinear causal channels_first channels_last concat keras.layers keras.ops \
    math.add same valid float32 mixed_float16 ab,bc->ac ...a,ab->...b";

fn change(at: &mut Value, other: Value, dice: &mut Dice) {
    const NUMBERS: [i64; 12] = [-2, -1, 0, 1, 2, 3, 7, 1 << 20, 1 << 40, i64::MAX, i64::MIN, 1 << 62];
    match (dice.below(8), &mut *at) {
        (0, Value::Array(all)) if !all.is_empty() => drop(all.remove(dice.below(all.len()))),
        (0, Value::Object(all)) if !all.is_empty() => {
            let key = all.keys().nth(dice.below(all.len())).cloned();
            key.map(|key| all.remove(&key));
        }
        (1 | 2, Value::Array(all)) => all.insert(dice.below(all.len() + 1), other),
        (1 | 2, Value::Object(all)) => drop(all.insert(dice.word(KEYS).to_owned(), other)),
        (3, _) => *at = other,
        (4, _) => *at = json!(NUMBERS[dice.below(NUMBERS.len())]),
        (5, _) => {
            *at = [json!(null), json!([]), json!({}), json!(true), json!(0.5), json!([1, 2])][dice.below(6)].clone()
        }
        _ => *at = json!(dice.word(WORDS)),
    }
}
