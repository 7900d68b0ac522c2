//! `.weights.h5`, read back: where Keras looks for each array, and that its elements stand as Keras has them. The numbers of
//! the elements are their places in PyTorch's layout, and what Keras's must be is derived beside each; what Keras itself
//! makes of the files of whole networks is in `tests/truth/export.py`.

use formats::Weights;
use formats::export::{EXPORTS, Export};
use hdf5_pure::File;
use workings::Ledger;
use workings::ledger::Binds;

fn format(name: &str) -> &'static Export {
    EXPORTS.iter().find(|export| export.name == name).expect("there is such an export")
}

/// The weights of a network for Keras, where each tensor's elements are 0, 1, 2 and so on.
fn written(text: &str) -> File {
    let (model, faults) = formats::net::read(text);
    assert_eq!(faults, [], "{text}");
    let (ledger, findings) = Ledger::of(model, &Binds::new());
    assert_eq!(findings, [], "{text}");
    let rows = ledger.model.layers.iter().zip(&ledger.rows);
    let tensors = rows.flat_map(|(layer, row)| row.params.iter().map(move |tensor| (layer, tensor)));
    let counted = tensors.map(|(layer, tensor)| {
        let size = |line: &_| ledger.page.known(*line).expect("a number") as usize;
        let shape: Vec<usize> = tensor.shape.iter().map(size).collect();
        let elements = (0..shape.iter().product::<usize>()).map(|at| at as f32).collect();
        (format!("{}.{}", layer.name, tensor.name), shape, elements)
    });
    let weights = Weights::new(counted);
    let [python, json] = ["keras", "keras-json"].map(|name| format(name).weights(&ledger, &weights).expect("they are"));
    assert_eq!(python, json, "one file is for both");
    File::from_bytes(python).expect("HDF5")
}

#[track_caller]
fn holds(file: &File, path: &str, shape: &[u64], elements: &[f32]) {
    let found = file.dataset(&format!("layers/{path}")).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(found.shape().expect("a shape"), shape, "{path}");
    assert_eq!(found.read_f32().expect("floats"), elements, "{path}");
}

#[test]
fn kernels_have_their_space_first_and_their_outputs_last() {
    let file = written("input 1x2x2\nconv 1x2, 2\nflatten\ndense 3\n");
    // PyTorch's element (o, i, 0, w) is 4o + 2i + w; Keras's is (0, w, i, o).
    holds(&file, "conv2d/vars/0", &[1, 2, 2, 2], &[0., 4., 2., 6., 1., 5., 3., 7.]);
    holds(&file, "conv2d/vars/1", &[2], &[0., 1.]);
    // PyTorch's (o, i) is 2o + i; Keras's is (i, o).
    holds(&file, "dense/vars/0", &[2, 3], &[0., 2., 4., 1., 3., 5.]);
}

#[test]
fn a_transposed_convolution_is_turned_alike() {
    let file = written("input 1x1x2\ntransposed 1x2, 3\n");
    // PyTorch's (i, o, 0, w) is 6i + 2o + w; Keras's is (0, w, o, i).
    holds(&file, "conv2d_transpose/vars/0", &[1, 2, 3, 2], &[0., 6., 2., 8., 4., 10., 1., 7., 3., 9., 5., 11.]);
}

#[test]
fn kernels_of_one_channel_have_the_multiplier_on_an_axis() {
    let file = written("input 1x2x2\ndepthwise 1x2, multiplier 2\nseparable 1, 3\n");
    // PyTorch's (2c + m, 0, 0, w) is 4c + 2m + w; Keras's is (0, w, c, m).
    holds(&file, "depthwise_conv2d/vars/0", &[1, 2, 2, 2], &[0., 2., 4., 6., 1., 3., 5., 7.]);
    holds(&file, "separable_conv2d/vars/0", &[1, 1, 4, 1], &[0., 1., 2., 3.]);
    // PyTorch's (o, i) is 4o + i; Keras's is (i, o).
    let mixed = [0., 4., 8., 1., 5., 9., 2., 6., 10., 3., 7., 11.];
    holds(&file, "separable_conv2d/vars/1", &[1, 1, 4, 3], &mixed);
    holds(&file, "separable_conv2d/vars/2", &[3], &[0., 1., 2.]);
}

#[test]
fn a_gru_has_its_update_before_its_reset_and_an_lstm_stays() {
    let file = written("input 3x2\nlstm 1, biases 1\ngru 1\nrnn 1, no bias\n");
    // Rows of the LSTM's input kernel: i (0, 1), f (2, 3), g (4, 5), o (6, 7).
    holds(&file, "lstm/cell/vars/0", &[2, 4], &[0., 2., 4., 6., 1., 3., 5., 7.]);
    holds(&file, "lstm/cell/vars/1", &[1, 4], &[0., 1., 2., 3.]);
    holds(&file, "lstm/cell/vars/2", &[4], &[0., 1., 2., 3.]);
    // PyTorch's gates are r, z, n; Keras's are z, r, h, and both biases stand in one array.
    holds(&file, "gru/cell/vars/0", &[1, 3], &[1., 0., 2.]);
    holds(&file, "gru/cell/vars/2", &[2, 3], &[1., 0., 2., 1., 0., 2.]);
    holds(&file, "simple_rnn/cell/vars/1", &[1, 1], &[0.]);
    assert!(file.dataset("layers/simple_rnn/cell/vars/2").is_err());
}

#[test]
fn attention_has_its_projections_apart_and_its_heads_on_an_axis() {
    let file = written("input 3x2\nattention 2\n");
    // PyTorch's rows: queries (0, 1), (2, 3); keys (4, 5), (6, 7); values (8, 9), (10, 11). Keras's (i, head, 0) is the
    // head's row, element i.
    holds(&file, "multi_head_attention/query_dense/vars/0", &[2, 2, 1], &[0., 2., 1., 3.]);
    holds(&file, "multi_head_attention/key_dense/vars/0", &[2, 2, 1], &[4., 6., 5., 7.]);
    holds(&file, "multi_head_attention/value_dense/vars/0", &[2, 2, 1], &[8., 10., 9., 11.]);
    holds(&file, "multi_head_attention/value_dense/vars/1", &[2, 1], &[4., 5.]);
    // PyTorch's (o, i) is 2o + i; Keras's is (head of i, 0, o).
    holds(&file, "multi_head_attention/output_dense/vars/0", &[2, 1, 2], &[0., 2., 1., 3.]);
}

#[test]
fn a_slope_has_the_axes_of_the_input() {
    let file = written("input 1x2x3\nprelu\nprelu slopes channels\nprelu slopes elements\nbatchnorm\n");
    holds(&file, "p_re_lu/vars/0", &[1, 1, 1], &[0.]);
    holds(&file, "p_re_lu_1/vars/0", &[1, 1, 3], &[0., 1., 2.]);
    // PyTorch's (c, 0, w) is 2c + w; Keras's is (0, w, c).
    holds(&file, "p_re_lu_2/vars/0", &[1, 2, 3], &[0., 2., 4., 1., 3., 5.]);
    (0..4).for_each(|at| holds(&file, &format!("batch_normalization/vars/{at}"), &[3], &[0., 1., 2.]));
}

/// The numbers are those of `save_weights` of Keras 3.15.1 for the same model: by distance from the output, then as met from
/// there, whatever the order of the lines.
#[test]
fn layers_are_counted_as_keras_keeps_them() {
    let net = "input 4x4x1\na: conv 1, 2, no bias\nb: conv 1, 3, no bias, from input\nc: conv 1, 4, no bias\nconcat c, a\n\
               d: conv 1, 5, no bias\ne: conv 1, 6, no bias, from b\n";
    let file = written(net);
    let layers = file.group("layers").expect("a group");
    let kernels = |number: &str| {
        let shape = layers.group(&format!("conv2d{number}")).and_then(|layer| layer.dataset("vars/0")?.shape());
        shape.expect("a kernel")[3]
    };
    assert_eq!(["", "_1", "_2", "_3", "_4"].map(kernels), [3, 4, 2, 5, 6]);
}
