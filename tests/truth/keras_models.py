"""Records what Keras says of many small, odd models: for each its configuration, the output shape and the parameters of every
layer, and the totals. The reader of Keras's files is held to it (crates/formats/tests/keras.rs).

    KERAS_BACKEND=torch python tests/truth/keras_models.py > tests/data/keras_models.json

Recorded with Keras 3.15.1. What a model is made of hangs on nothing that is random.
"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras import layers as L
from keras import ops

I = keras.Input
MODELS = {}


def model(build):
    keras.backend.clear_session()
    keras.utils.clear_session()
    MODELS[build.__name__] = build()
    return build


def one(layer, *shape, dtype="float32"):
    """A model of one layer."""
    x = I(shape, dtype=dtype)
    return keras.Model(x, layer(x))


def single(name, make, *shape, dtype="float32"):
    try:
        MODELS[name] = one(make(), *shape, dtype=dtype)
    except Exception as error:  # a layer that this version has not, or refuses
        print(name, type(error).__name__, str(error)[:100], file=sys.stderr)


for n, kernel in ((1, 3), (2, (3, 2)), (3, (3, 2, 1))):
    space = (11, 9, 7)[:n]
    conv, transpose = getattr(L, f"Conv{n}D"), getattr(L, f"Conv{n}DTranspose")
    single(f"conv{n}d", lambda: conv(6, kernel, activation="relu"), *space, 4)
    single(f"conv{n}d_same", lambda: conv(6, kernel, strides=2, padding="same", use_bias=False), *space, 4)
    single(f"conv{n}d_dilated", lambda: conv(6, kernel, dilation_rate=2, groups=2), *space, 4)
    single(f"conv{n}d_first", lambda: conv(6, kernel, data_format="channels_first"), 4, *space)
    single(f"transpose{n}d", lambda: transpose(6, kernel, strides=2), *space, 4)
    single(f"transpose{n}d_same", lambda: transpose(6, kernel, strides=3, padding="same"), *space, 4)
    single(f"transpose{n}d_pad", lambda: transpose(6, 3, strides=2, padding="same", output_padding=1, use_bias=False), *space, 4)
    single(f"transpose{n}d_first", lambda: transpose(6, kernel, strides=2, data_format="channels_first"), 4, *space)
    for mode in ("Max", "Average"):
        pool, glob = getattr(L, f"{mode}Pooling{n}D"), getattr(L, f"Global{mode}Pooling{n}D")
        single(f"{mode}{n}d", lambda: pool(2), *space, 4)
        single(f"{mode}{n}d_same", lambda: pool(3, strides=2, padding="same"), *space, 4)
        single(f"{mode}{n}d_first", lambda: pool(2, data_format="channels_first"), 4, *space)
        single(f"global{mode}{n}d", lambda: glob(), *space, 4)
        single(f"global{mode}{n}d_keep", lambda: glob(keepdims=True), *space, 4)
        single(f"global{mode}{n}d_first", lambda: glob(data_format="channels_first"), 4, *space)
        single(f"global{mode}{n}d_first_keep", lambda: glob(data_format="channels_first", keepdims=True), 4, *space)
        adaptive = getattr(L, f"Adaptive{mode}Pooling{n}D", None)
        if adaptive:
            single(f"adaptive{mode}{n}d", lambda: adaptive(3), *space, 4)
    pads, crop, up = getattr(L, f"ZeroPadding{n}D"), getattr(L, f"Cropping{n}D"), getattr(L, f"UpSampling{n}D")
    single(f"zeropad{n}d", lambda: pads(2), *space, 4)
    single(f"crop{n}d", lambda: crop(1), *space, 4)
    single(f"upsample{n}d", lambda: up(3), *space, 4)
    if n > 1:
        single(f"zeropad{n}d_sides", lambda: pads(((1, 2), (3, 0), (0, 1))[:n]), *space, 4)
        single(f"zeropad{n}d_axes", lambda: pads((1, 2, 3)[:n]), *space, 4)
        single(f"zeropad{n}d_first", lambda: pads((1, 2, 3)[:n], data_format="channels_first"), 4, *space)
        single(f"crop{n}d_sides", lambda: crop(((1, 2), (3, 0), (0, 1))[:n]), *space, 4)
        single(f"crop{n}d_first", lambda: crop((1, 2, 3)[:n], data_format="channels_first"), 4, *space)
        single(f"upsample{n}d_axes", lambda: up((2, 3, 4)[:n]), *space, 4)
        single(f"upsample{n}d_first", lambda: up((2, 3, 4)[:n], data_format="channels_first"), 4, *space)
    else:
        single("zeropad1d_sides", lambda: pads((1, 4)), *space, 4)
        single("crop1d_sides", lambda: crop((1, 4)), *space, 4)
single("conv1d_causal", lambda: L.Conv1D(6, 3, padding="causal", dilation_rate=2), 11, 4)
single("conv1d_causal_stride", lambda: L.Conv1D(6, 3, padding="causal", strides=2), 11, 4)
for n in (1, 2):
    space = (11, 9)[:n]
    depthwise, separable = getattr(L, f"DepthwiseConv{n}D"), getattr(L, f"SeparableConv{n}D")
    single(f"depthwise{n}d", lambda: depthwise(3, strides=2, depth_multiplier=2), *space, 4)
    single(f"depthwise{n}d_first", lambda: depthwise(3, padding="same", data_format="channels_first", use_bias=False), 4, *space)
    single(f"separable{n}d", lambda: separable(6, 3, depth_multiplier=3, padding="same", activation="selu"), *space, 4)
    single(f"separable{n}d_bare", lambda: separable(6, 3, use_bias=False, dilation_rate=2), *space, 4)

single("dense", lambda: L.Dense(5, activation="gelu"), 7)
single("dense_image", lambda: L.Dense(5, use_bias=False), 4, 3, 7)
single("dense_deep", lambda: L.Dense(5), 2, 3, 4, 5, 7)
single("einsum", lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d", activation="relu"), 4, 7)
single("einsum_heads", lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 5), bias_axes="de"), 4, 7)
single("einsum_join", lambda: L.EinsumDense("abcd,cde->abe", output_shape=(None, 5), bias_axes="e"), 4, 2, 7)
# Two axes of one size: Keras 3.15.1 says elided axes in the wrong order (`einsum_dense.py` inserts each before the last),
# and gives them in the right one.
single("einsum_dots", lambda: L.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y"), 4, 4, 7)
single("einsum_right", lambda: L.EinsumDense("ab...,bc->ac...", output_shape=5), 7, 3, 2)
single("einsum_bare", lambda: L.EinsumDense("ab,bc->ac", output_shape=5, bias_axes=None), 7)
single("embedding", lambda: L.Embedding(50, 6), 9, dtype="int32")
single("embedding_image", lambda: L.Embedding(50, 6, mask_zero=True), 9, 4, dtype="int32")
single("embedding_open", lambda: L.Embedding(50, 6), None, dtype="int32")

single("batchnorm", lambda: L.BatchNormalization(), 5, 4, 3)
single("batchnorm_bare", lambda: L.BatchNormalization(scale=False, center=False), 5, 4, 3)
single("batchnorm_axis", lambda: L.BatchNormalization(axis=1, scale=False), 5, 4, 3)
single("batchnorm_axis2", lambda: L.BatchNormalization(axis=2), 5, 4, 3)
single("batchnorm_vector", lambda: L.BatchNormalization(axis=1), 5)
single("layernorm", lambda: L.LayerNormalization(), 5, 4, 3)
single("layernorm_axes", lambda: L.LayerNormalization(axis=[1, 2, 3]), 5, 4, 3)
single("layernorm_axis", lambda: L.LayerNormalization(axis=1, scale=False), 5, 4, 3)
single("layernorm_bare", lambda: L.LayerNormalization(center=False), 5, 3)
single("groupnorm", lambda: L.GroupNormalization(2), 5, 4, 6)
single("groupnorm_instance", lambda: L.GroupNormalization(-1), 5, 4, 6)
single("groupnorm_axis", lambda: L.GroupNormalization(2, axis=1, center=False), 6, 4, 5)
single("unitnorm", lambda: L.UnitNormalization(), 5, 4)
single("rmsnorm", lambda: L.RMSNormalization(), 5, 4)
single("rmsnorm_axis", lambda: L.RMSNormalization(axis=1), 5, 4)
single("spectral_conv", lambda: L.SpectralNormalization(L.Conv2D(6, 3)), 9, 9, 4)
single("spectral_dense", lambda: L.SpectralNormalization(L.Dense(6, use_bias=False)), 4)
single("spectral_embedding", lambda: L.SpectralNormalization(L.Embedding(50, 6)), 4, dtype="int32")
single("spectral_transpose", lambda: L.SpectralNormalization(L.Conv2DTranspose(6, 3)), 9, 9, 4)
single("normalization", lambda: L.Normalization(), 5, 4)
single("normalization_axes", lambda: L.Normalization(axis=[1, -1]), 5, 6, 4)
single("normalization_none", lambda: L.Normalization(axis=None), 5, 4)
single("normalization_given", lambda: L.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0]), 5, 2)
single("rescaling", lambda: L.Rescaling(1 / 255), 5, 4, 3)
single("resizing", lambda: L.Resizing(8, 6), 5, 4, 3)
single("resizing_first", lambda: L.Resizing(8, 6, data_format="channels_first"), 3, 5, 4)
single("centercrop", lambda: L.CenterCrop(2, 3), 5, 4, 3)
single("randomcrop", lambda: L.RandomCrop(2, 3), 5, 4, 3)
for name in ("RandomFlip", "RandomBrightness", "RandomContrast", "RandomZoom", "RandomRotation", "RandomTranslation", "GaussianNoise",
             "GaussianDropout", "AlphaDropout", "Dropout", "SpatialDropout2D", "RandomGrayscale"):
    arguments = {"RandomBrightness": (0.1,), "RandomContrast": (0.1,), "RandomZoom": (0.1,), "RandomRotation": (0.1,),
                 "RandomTranslation": (0.1, 0.1), "GaussianNoise": (0.1,), "GaussianDropout": (0.1,), "AlphaDropout": (0.1,),
                 "Dropout": (0.25,), "SpatialDropout2D": (0.5,)}.get(name, ())
    single(name.lower(), lambda: getattr(L, name)(*arguments), 5, 4, 3)
single("spatialdropout1d", lambda: L.SpatialDropout1D(0.5), 5, 4)
single("spatialdropout3d", lambda: L.SpatialDropout3D(0.5), 5, 4, 3, 2)
single("activityregularization", lambda: L.ActivityRegularization(l2=0.1), 5)
single("masking", lambda: L.Masking(), 5, 4)
single("identity", lambda: L.Identity(), 5, 4)
single("discretization", lambda: L.Discretization(bin_boundaries=[0.0, 1.0]), 5)
single("categoryencoding", lambda: L.CategoryEncoding(7, output_mode="multi_hot"), 5, dtype="int32")
single("categoryencoding_one", lambda: L.CategoryEncoding(7, output_mode="one_hot"), 1, dtype="int32")
single("categoryencoding_each", lambda: L.CategoryEncoding(7, output_mode="one_hot"), 5, dtype="int32")

for name in ("relu", "relu6", "sigmoid", "tanh", "softmax", "softplus", "softsign", "exponential", "silu", "mish", "hard_sigmoid", "linear"):
    single(f"activation_{name}", lambda: L.Activation(name), 5, 4)
single("relu_layer", lambda: L.ReLU(max_value=6), 5, 4, 3)
single("relu_leaky", lambda: L.ReLU(negative_slope=0.1), 5)
single("leakyrelu", lambda: L.LeakyReLU(0.2), 5)
single("elu", lambda: L.ELU(), 5)
single("softmax_layer", lambda: L.Softmax(axis=1), 5, 4)
single("prelu", lambda: L.PReLU(), 5, 4, 3)
single("prelu_shared", lambda: L.PReLU(shared_axes=[1, 2]), 5, 4, 3)
single("prelu_shared_one", lambda: L.PReLU(shared_axes=[2]), 5, 4, 3)

single("flatten", lambda: L.Flatten(), 5, 4, 3)
single("flatten_first", lambda: L.Flatten(data_format="channels_first"), 5, 4, 3)
single("reshape", lambda: L.Reshape((4, 15)), 5, 4, 3)
single("reshape_open", lambda: L.Reshape((3, -1, 2)), 5, 4, 3)
single("reshape_vector", lambda: L.Reshape((-1,)), 5, 4, 3)
single("reshape_deep", lambda: L.Reshape((5, 2, 2, 3, 1)), 5, 4, 3)
single("permute", lambda: L.Permute((3, 1, 2)), 5, 4, 3)
single("permute_two", lambda: L.Permute((2, 1)), 5, 4)
single("repeat", lambda: L.RepeatVector(6), 5)

for name, cell in (("simple", L.SimpleRNN), ("lstm", L.LSTM), ("gru", L.GRU)):
    single(f"{name}", lambda: cell(6), 5, 4)
    single(f"{name}_all", lambda: cell(6, return_sequences=True, go_backwards=True), 5, 4)
    single(f"{name}_bare", lambda: cell(6, use_bias=False), None, 4)
    single(f"{name}_both", lambda: L.Bidirectional(cell(6)), 5, 4)
    for mode in ("sum", "mul", "ave", "concat"):
        single(f"{name}_{mode}", lambda: L.Bidirectional(cell(6, return_sequences=True), merge_mode=mode), 5, 4)
single("gru_before", lambda: L.GRU(6, reset_after=False), 5, 4)
single("gru_before_both", lambda: L.Bidirectional(L.GRU(6, reset_after=False)), 5, 4)
single("rnn_cell", lambda: L.RNN(L.LSTMCell(6), return_sequences=True), 5, 4)
single("rnn_gru_cell", lambda: L.RNN(L.GRUCell(6)), 5, 4)
single("convlstm1d", lambda: L.ConvLSTM1D(6, 3), 5, 9, 4)
single("convlstm2d", lambda: L.ConvLSTM2D(6, 3, padding="same", return_sequences=True), 5, 9, 8, 4)
single("convlstm2d_bare", lambda: L.ConvLSTM2D(6, (3, 2), strides=2, use_bias=False), 5, 9, 8, 4)
single("convlstm3d", lambda: L.ConvLSTM3D(6, 3), 5, 9, 8, 7, 4)
single("each_dense", lambda: L.TimeDistributed(L.Dense(6)), 5, 4)
single("each_conv", lambda: L.TimeDistributed(L.Conv2D(6, 3, padding="same")), 5, 9, 8, 4)
single("each_first", lambda: L.TimeDistributed(L.Conv2D(6, 3, data_format="channels_first")), 5, 4, 9, 8)
single("each_pool", lambda: L.TimeDistributed(L.GlobalAveragePooling2D()), 5, 9, 8, 4)
single("each_flatten", lambda: L.TimeDistributed(L.Flatten()), 5, 9, 8, 4)
single("each_norm", lambda: L.TimeDistributed(L.BatchNormalization()), 5, 9, 4)


@model
def sequential():
    return keras.Sequential([I((32, 32, 3)), L.Conv2D(8, 3), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D(), L.Flatten(), L.Dense(10)])


@model
def frozen():
    inner = keras.Sequential([I((8,)), L.Dense(4), L.BatchNormalization()], name="base")
    inner.trainable = False
    x = I((8,))
    y = L.Dense(3)(inner(x))
    still = L.Dense(2, name="still", trainable=False)
    return keras.Model(x, still(y))


@model
def merges():
    a, b = I((5, 4)), I((5, 4))
    all = [layer()([a, b]) for layer in (L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum)]
    c = L.Concatenate()(all)
    d = L.Concatenate(axis=1)([a, b, a])
    return keras.Model([a, b], [c, d, L.Dot(axes=2)([a, b]), L.Dot(axes=(1, 1))([a, b]), L.Dot(axes=-1, normalize=True)([a, b])])


@model
def stretched():
    a, b, c = I((5, 4, 3)), I((3,)), I((5, 1, 3))
    return keras.Model([a, b, c], [L.Add()([a, b]), L.Multiply()([a, c])])


@model
def concats():
    a, b = I((5, 4, 3)), I((5, 2, 3))
    return keras.Model([a, b], L.Concatenate(axis=-2)([a, b]))


@model
def shared():
    a, b = I((8,)), I((8,))
    tower = L.Dense(6, name="tower")
    return keras.Model([a, b], L.Dense(1)(L.Concatenate()([tower(a), L.Dropout(0.1)(tower(b))])))


@model
def nested():
    inner_input = I((8, 8, 3))
    y = L.Conv2D(4, 3)(inner_input)
    inner = keras.Model(inner_input, [y, L.GlobalAveragePooling2D()(y)], name="inner")
    middle_input = I((8, 8, 3))
    one, two = inner(middle_input)
    middle = keras.Model(middle_input, L.Concatenate()([L.Flatten()(one), two]), name="middle")
    x = I((8, 8, 3))
    return keras.Model(x, L.Dense(2)(middle(x)))


@model
def siamese():
    base = keras.Sequential([I((6,)), L.Dense(5), L.ReLU()], name="base")
    a, b = I((6,)), I((6,))
    return keras.Model([a, b], L.Dot(axes=1)([base(a), base(b)]))


@model
def video():
    frame = keras.Sequential([I((8, 8, 3)), L.Conv2D(4, 3), L.GlobalAveragePooling2D()], name="frame")
    x = I((5, 8, 8, 3))
    return keras.Model(x, L.LSTM(6)(L.TimeDistributed(frame, name="each")(x)))


@model
def attention():
    q, v, k = I((7, 12)), I((5, 10)), I((5, 9))
    outs = [
        L.MultiHeadAttention(2, 3, name="own")(q, q),
        L.MultiHeadAttention(2, 3, value_dim=4, use_bias=False, name="two")(q, v),
        L.MultiHeadAttention(2, 3, output_shape=6, name="three")(q, v, key=k),
        L.MultiHeadAttention(2, 3, use_gate=True, name="gated")(q, v),
        L.Attention(use_scale=True, name="luong")([L.Dense(10)(q), v]),
        L.Attention(score_mode="concat", name="joined")([L.Dense(10)(q), v]),
        L.AdditiveAttention(name="bahdanau")([L.Dense(10)(q), v]),
        L.AdditiveAttention(use_scale=False, name="bare")([L.Dense(10)(q), v, L.Dense(10)(k)]),
    ]
    return keras.Model([q, v, k], outs)


@model
def scores():
    q = I((7, 12))
    out, scores = L.MultiHeadAttention(2, 3)(q, q, return_attention_scores=True)
    return keras.Model(q, [out, L.Dense(3)(scores)])


@model
def grouped():
    q, v = I((7, 12)), I((5, 12))
    return keras.Model([q, v], [L.GroupQueryAttention(3, 4, 2, name="own")(q, q), L.GroupQueryAttention(3, 4, 1, use_bias=False, name="two")(q, v)])


@model
def states():
    x = I((5, 4))
    out, h, c = L.LSTM(6, return_sequences=True, return_state=True)(x)
    second = L.LSTM(6)(out, initial_state=[h, c])
    both = L.Bidirectional(L.GRU(3, return_state=True))(x)
    forward, backward = L.Bidirectional(L.LSTM(3), merge_mode=None)(x)
    return keras.Model(x, [second, *both, L.Concatenate()([forward, backward, c])])


@model
def operations():
    x = I((6, 6, 4))
    y = (x + 3.0) * 0.5
    z = ops.maximum(y, x)
    return keras.Model(x, L.Conv2D(2, 1)(z - y))


@model
def lambdas():
    x = I((6,))
    y = L.Lambda(lambda t: t * 2, output_shape=(6,), name="code")(x)
    return keras.Model(x, L.Dense(2)(y))


@model
def opened():
    x = I((None, None, 3))
    y = L.MaxPooling2D()(L.Conv2D(4, 3, padding="same")(x))
    return keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(L.UpSampling2D()(y))))


@model
def mixed():
    x = I((3, 16, 16))
    y = L.Conv2D(4, 3, padding="same", data_format="channels_first")(x)
    y = L.BatchNormalization(axis=1)(y)
    y = L.MaxPooling2D(data_format="channels_first")(y)
    y = L.Permute((2, 3, 1))(y)
    y = L.Conv2D(5, 3)(y)
    return keras.Model(x, L.Dense(2)(L.Flatten()(y)))


def shapes(layer):
    try:
        output = layer.output
    except (AttributeError, ValueError):
        return None
    return [list(one.shape) for one in (output if isinstance(output, (list, tuple)) else [output])]


def walk(model, prefix=""):
    for layer in model.layers:
        name = prefix + layer.name
        inner = layer.layer if isinstance(layer, L.TimeDistributed) and isinstance(layer.layer, keras.Model) else layer
        if isinstance(inner, keras.Model):
            yield from walk(inner, f"{name}/")
        else:
            learned = sum(int(w.shape.num_elements() if hasattr(w.shape, "num_elements") else count(w.shape)) for w in layer.trainable_weights)
            yield {"name": name, "class": type(layer).__name__, "outputs": shapes(layer), "params": layer.count_params(), "trainable": learned}


def count(shape):
    product = 1
    for size in shape:
        product *= size
    return product


def record(model):
    return {
        "config": json.loads(model.to_json()),
        "params": model.count_params(),
        "trainable": sum(count(w.shape) for w in model.trainable_weights),
        "layers": list(walk(model)),
    }


def lean(value):
    """Without what no number hangs on."""
    aside = ("initializer", "regularizer", "constraint", "compile_config", "build_config", "seed", "dtype")
    if isinstance(value, dict):
        return {k: lean(v) for k, v in value.items() if not any(k.endswith(end) for end in aside)}
    return [lean(one) for one in value] if isinstance(value, list) else value


recorded = {name: record(model) for name, model in MODELS.items()}
for one in recorded.values():
    one["config"] = lean(one["config"])
lines = [f"{json.dumps(name)}: {json.dumps(one, separators=(',', ':'))}" for name, one in recorded.items()]
print("{\n" + ",\n".join(lines) + "\n}")
