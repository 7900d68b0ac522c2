//! Any bytes at all, as ONNX: what is read is worked out and shown, and what is not has a reason. A file that is one is
//! changed field by field, so that its lengths stay right.
#![no_main]

mod shown;
mod source;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use shown::Dice;
use workings::onnx_words::ONNX_WORDS;

fuzz_target!(|bytes: &[u8]| shown::shown(formats::read_as(&source::Bytes("m.onnx", bytes.into()), "onnx")));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let mut dice = Dice::new(seed);
    let whole = fields(&data[..size], Kind::Model).filter(|_| dice.below(8) > 0);
    let Some(mut model) = whole else { return fuzzer_mutate(data, size, most) };
    for _ in 0..=dice.below(3) {
        change(&mut model, &mut dice);
    }
    let mut bytes = Vec::new();
    write(&model, &mut bytes);
    if bytes.len() > most {
        return fuzzer_mutate(data, size, most);
    }
    data[..bytes.len()].copy_from_slice(&bytes);
    bytes.len()
});

/// The messages that have others in them (`onnx/onnx.proto`).
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Attribute,
    Dimension,
    Function,
    Graph,
    Leaf,
    Model,
    Node,
    Shape,
    Sparse,
    Tensor,
    TensorType,
    Type,
    Value,
}

/// What a field of a message is, where that is a message.
fn kind(of: Kind, number: u64) -> Option<Kind> {
    Some(match (of, number) {
        (Kind::Model, 7) | (Kind::Attribute, 6) => Kind::Graph,
        (Kind::Model, 8) | (Kind::Function, 9) | (Kind::Tensor, 13) | (Kind::Node, 9) => Kind::Leaf,
        (Kind::Model, 25) => Kind::Function,
        (Kind::Graph, 1) | (Kind::Function, 7) => Kind::Node,
        (Kind::Graph | Kind::Attribute, 5) | (Kind::Sparse, 1 | 2) => Kind::Tensor,
        (Kind::Graph, 11..=13) => Kind::Value,
        (Kind::Graph, 15) | (Kind::Attribute, 22) => Kind::Sparse,
        (Kind::Node, 5) | (Kind::Function, 11) => Kind::Attribute,
        (Kind::Value, 2) => Kind::Type,
        (Kind::Type, 1 | 8) => Kind::TensorType,
        (Kind::TensorType, 2) => Kind::Shape,
        (Kind::Shape, 1) => Kind::Dimension,
        _ => return None,
    })
}

#[derive(Clone)]
enum Field {
    Bytes(Vec<u8>),
    Fixed32([u8; 4]),
    Fixed64([u8; 8]),
    Message(Kind, Vec<(u64, Field)>),
    Varint(u64),
}

/// The fields of a message, if it is whole.
fn fields(mut bytes: &[u8], of: Kind) -> Option<Vec<(u64, Field)>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut bytes)?),
            1 => Field::Fixed64(*bytes.split_off(..8)?.as_array()?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let own = bytes.split_off(..length)?;
                match kind(of, key >> 3) {
                    Some(kind) => Field::Message(kind, fields(own, kind)?),
                    None => Field::Bytes(own.to_vec()),
                }
            }
            5 => Field::Fixed32(*bytes.split_off(..4)?.as_array()?),
            _ => return None,
        };
        all.push((key >> 3, field));
    }
    Some(all)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut n = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        n |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(n);
        }
    }
    None
}

fn write(message: &[(u64, Field)], into: &mut Vec<u8>) {
    for (number, field) in message {
        let mut key = |kind: u64| put(number << 3 | kind, into);
        match field {
            Field::Varint(n) => {
                key(0);
                put(*n, into);
            }
            Field::Fixed64(bytes) => {
                key(1);
                into.extend(bytes);
            }
            Field::Fixed32(bytes) => {
                key(5);
                into.extend(bytes);
            }
            Field::Bytes(bytes) => {
                key(2);
                put(bytes.len() as u64, into);
                into.extend(bytes);
            }
            Field::Message(_, inner) => {
                key(2);
                let mut bytes = Vec::new();
                write(inner, &mut bytes);
                put(bytes.len() as u64, into);
                into.extend(bytes);
            }
        }
    }
}

fn put(mut n: u64, into: &mut Vec<u8>) {
    while n >= 0x80 {
        into.push(n as u8 | 0x80);
        n >>= 7;
    }
    into.push(n as u8);
}

/// Some message within a message, mostly a deep one.
fn place<'m>(kind: Kind, message: &'m mut Vec<(u64, Field)>, dice: &mut Dice) -> (Kind, &'m mut Vec<(u64, Field)>) {
    let inner: Vec<usize> = (0..message.len()).filter(|at| matches!(message[*at].1, Field::Message(..))).collect();
    if inner.is_empty() || kind != Kind::Model && dice.below(4) == 0 {
        return (kind, message);
    }
    match &mut message[inner[dice.below(inner.len())]].1 {
        Field::Message(kind, fields) => place(*kind, fields, dice),
        _ => unreachable!("only messages are among them"),
    }
}

const NUMBERS: [u64; 16] =
    [0, 1, 2, 3, 4, 6, 7, 9, 255, 1 << 20, 1 << 31, 1 << 40, 1 << 62, u64::MAX, u64::MAX - 1, 1 << 63];

/// Every attribute of ONNX's own operators, and …
const ATTRIBUTES: &str = "activation activation_alpha activation_beta activations align_corners allowzero alpha antialias approximate \
    auto_pad axes axis batch_axis batch_dims beta bias block_size blocksize body case_change_action ceil_mode \
    center_point_box chunk_size clip coordinate_transformation_mode count_include_pad cubic_coeff_a delimiter \
    detect_negative detect_positive dilations direction dtype else_branch end epsilon equation exclude_outside \
    exclusive extrapolation_value fmod gamma group hidden_size high ignore_index input_forget interleaved inverse \
    is_case_sensitive is_causal k keep_aspect_ratio_policy keepdims kernel_shape kv_num_heads lambd largest layout \
    left_window_size linear_before_reset locale low max_gram_length max_skip_count maxsplit mean min_gram_length \
    mode momentum nearest_mode new_axis ngram_counts ngram_indexes noop_with_empty_axes num_groups num_heads \
    num_outputs num_scan_inputs offset_group onesided output_datatype output_dtype output_height output_padding \
    output_shape output_width p padding_mode pads pattern periodic perm pixel_format pool_int64s pool_strings \
    pooled_shape precision q_num_heads qk_matmul_output_mode reduction reverse right_window_size \
    rotary_embedding_dim round_mode sample_size sampling_ratio saturate scale scan_input_axes \
    scan_input_directions scan_output_axes scan_output_directions seed select_last_index shape size softcap \
    softmax_precision sorted sparse_value spatial_scale start stash_type stopwords storage_order strides \
    then_branch time_axis to training_mode transA transB type update_rule upper value value_float value_floats \
    value_int value_ints value_string value_strings weights";

/// A message is changed in one place.
fn change(model: &mut Vec<(u64, Field)>, dice: &mut Dice) {
    let (kind, other) = place(Kind::Model, model, dice);
    let other = match other.is_empty() {
        true => None,
        false => Some((kind, other[dice.below(other.len())].clone())),
    };
    let (kind, message) = place(Kind::Model, model, dice);
    let at = dice.below(message.len());
    match dice.below(7) {
        0 if !message.is_empty() => drop(message.remove(at)),
        1 if !message.is_empty() => {
            let again = message[at].clone();
            message.insert(dice.below(message.len() + 1), again);
        }
        // A field of another message of its kind.
        2 | 3 => {
            if let Some((_, field)) = other.filter(|(from, _)| *from == kind) {
                match dice.below(2) {
                    0 if !message.is_empty() => message[at] = field,
                    _ => message.insert(dice.below(message.len() + 1), field),
                }
            }
        }
        4 if kind == Kind::Node => {
            message.retain(|(number, _)| *number != 4);
            message.push((4, Field::Bytes(dice.word(ONNX_WORDS).into())));
        }
        4 if kind == Kind::Tensor => {
            let all: Vec<u8> = (0..dice.below(5)).flat_map(|_| NUMBERS[dice.below(16)].to_le_bytes()).collect();
            message.retain(|(number, _)| !matches!(number, 1 | 2 | 9));
            message.extend([(1, Field::Varint(all.len() as u64 / 8)), (2, Field::Varint(7)), (9, Field::Bytes(all))]);
        }
        _ if !message.is_empty() => match &mut message[at].1 {
            Field::Bytes(bytes) if dice.below(2) == 0 && kind == Kind::Attribute => {
                *bytes = dice.word(ATTRIBUTES).into();
            }
            Field::Bytes(bytes) => {
                let end = bytes.len();
                bytes.resize(end + 8, 0);
                let size = fuzzer_mutate(bytes, end, end + 8);
                bytes.truncate(size);
            }
            Field::Fixed32(bytes) => {
                *bytes = [0.0, -1.0, 0.5, 3.0, f32::NAN, f32::INFINITY][dice.below(6)].to_le_bytes()
            }
            Field::Fixed64(bytes) => *bytes = NUMBERS[dice.below(16)].to_le_bytes(),
            Field::Varint(n) => *n = NUMBERS[dice.below(16)],
            Field::Message(..) => {}
        },
        _ => {}
    }
}
