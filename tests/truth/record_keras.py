"""Records what Keras returns for small networks, beside the same networks in `.net`.

    pip install keras==3.15.1 jax==0.10.2 numpy
    KERAS_BACKEND=jax python tests/truth/record_keras.py          # writes tests/truth/keras.tsv

Each case is a `.net` text (below `rules keras`, which the table writes before it) and the Keras layers that do the same
to the same inputs. It is run once, on zeros, with a batch of one. No number in the table is worked out here:

- output      the shape that came out, without the batch
- params      elements of `trainable_weights`
- statistics  elements of `non_trainable_weights`
- macs        `-`, as Keras counts none
- note        what the case shows, behind its section: 2.1 the arithmetic of windows, 2.2 convolution, 2.3 pooling,
              2.4 transposed convolution, 2.5 parameters, 2.7 the five networks of the worksheet

Where Keras refuses, by an exception when built or when run, the output is `error`; the messages are printed.
"""

import itertools
import os
import random

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L

from table import REFUSED, beside, by, input_shapes, write

CASES = []


def case(net, build, note):
    """One line of the table: a `.net` text, what makes the output of the inputs, and what it shows."""
    CASES.append((f"rules keras / {net}", build, note))


# ---- running a case ------------------------------------------------------------------------------------------------


def run(net, build):
    """Output shape, parameters and statistics of one case, or REFUSED."""
    kind = "int32" if "embedding" in net else "float32"
    shapes = input_shapes(net)
    try:
        inputs = [keras.Input(shape, dtype=kind) for shape in shapes]
        model = keras.Model(inputs, build(*inputs))
        output = model([np.zeros((1, *shape), kind) for shape in shapes])
    except (ValueError, TypeError) as refusal:
        print(f"refused: {net}\n    {str(refusal).strip().splitlines()[0]}")
        return REFUSED
    assert model.output_shape[1:] == output.shape[1:], (net, model.output_shape, output.shape)
    return by(output.shape[1:]), elements(model.trainable_weights), elements(model.non_trainable_weights), "-"


def elements(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


def main():
    rows = []
    for net, build, note in CASES:
        rows.append((net, *run(net, build), note))
        keras.backend.clear_session()
    write(beside(__file__, "keras.tsv"), f"keras {keras.__version__} on {keras.backend.backend()}", rows)


def chain(*layers):
    """Layers one after the other."""
    def build(x):
        for layer in layers:
            x = layer(x)
        return x
    return build


# ---- 2.2 convolution -------------------------------------------------------------------------------------------------

CONV = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
TRANSPOSED = {1: L.Conv1DTranspose, 2: L.Conv2DTranspose, 3: L.Conv3DTranspose}

case("input 20x4 / conv 3, 8", lambda x: L.Conv1D(8, 3)(x), "2.2 valid, one axis")
case("input 9x9x4 / conv 3x3, 8", lambda x: L.Conv2D(8, 3)(x), "2.2 valid, two axes")
case("input 6x9x9x4 / conv 3x3x3, 8", lambda x: L.Conv3D(8, 3)(x), "2.2 valid, three axes")
case("input 13x17x3 / conv 3x5, 8, stride 2x3", lambda x: L.Conv2D(8, (3, 5), strides=(2, 3))(x), "2.2 valid, per axis")
case("input 9x9x4 / conv 3x3, 8, dilation 2x3", lambda x: L.Conv2D(8, 3, dilation_rate=(2, 3))(x), "2.2 valid, dilated")
case("input 9x9x4 / conv 3x3, 8, groups 2, no bias", lambda x: L.Conv2D(8, 3, groups=2, use_bias=False)(x), "2.2 groups, no bias")
case("input 9x9x4 / conv 3x3, 8, groups 3", lambda x: L.Conv2D(8, 3, groups=3)(x), "2.2 groups do not divide")
case("input 224x224x3 / conv 11x11, 64, stride 4", lambda x: L.Conv2D(64, 11, strides=4)(x),
     "2.1 AlexNet on 224: the stride does not divide")
case("input 28x28x3 / conv 7x7, 32, relu", lambda x: L.Conv2D(32, 7, activation="relu")(x), "2.5 convolution 4736")
case("input 4x1 / conv 6, 1, stride 4", lambda x: L.Conv1D(1, 6, strides=4)(x), "2.2 valid, kernel larger than the input")
case("input 5x2x1 / conv 3x3, 1", lambda x: L.Conv2D(1, 3)(x), "2.2 valid, kernel larger than the input on one axis")
case("input 9x9x4 / conv1d 3, 8", lambda x: L.Conv1D(8, 3)(x), "2.2 an image has one axis too many")
case("input 224x224x3 / conv 3x3, 8, same, stride 2", lambda x: L.Conv2D(8, 3, strides=2, padding="same")(x),
     "2.2 same, an even size")
case("input 225x225x3 / conv 3x3, 8, same, stride 2", lambda x: L.Conv2D(8, 3, strides=2, padding="same")(x),
     "2.2 same, an odd size")
case("input 5x5x4 / conv 4x4, 8, same", lambda x: L.Conv2D(8, 4, padding="same")(x), "2.2 same, even kernel")
case("input 5x4 / conv 2, 8, same, stride 3", lambda x: L.Conv1D(8, 2, strides=3, padding="same")(x),
     "2.2 same, kernel smaller than the stride")
case("input 3x4 / conv 7, 8, same, stride 2", lambda x: L.Conv1D(8, 7, strides=2, padding="same")(x),
     "2.2 same, kernel larger than the input")
case("input 9x7x4 / conv 3x3, 8, same, dilation 3", lambda x: L.Conv2D(8, 3, dilation_rate=3, padding="same")(x),
     "2.2 same, dilated")
case("input 9x9x4 / conv 3x3, 8, stride 2, dilation 2", lambda x: L.Conv2D(8, 3, strides=2, dilation_rate=2)(x),
     "2.2 limit of Keras: a stride and a dilation")
case("input 5x6x7x2 / conv 3, 4, same, stride 1x2x3", lambda x: L.Conv3D(4, 3, strides=(1, 2, 3), padding="same")(x),
     "2.2 same, three axes")
case("input 10x4 / conv 3, 8, causal", lambda x: L.Conv1D(8, 3, padding="causal")(x), "2.2 causal")
case("input 10x4 / conv 3, 8, causal, dilation 4", lambda x: L.Conv1D(8, 3, dilation_rate=4, padding="causal")(x),
     "2.2 causal, dilated")
case("input 10x4 / conv 3, 8, causal, stride 3", lambda x: L.Conv1D(8, 3, strides=3, padding="causal")(x), "2.2 causal, stride")
case("input 2x4 / conv 5, 8, causal", lambda x: L.Conv1D(8, 5, padding="causal")(x), "2.2 causal, kernel larger than the input")

case("input 8x8x32 / depthwise 3x3", lambda x: L.DepthwiseConv2D(3)(x), "2.5 depthwise 320")
case("input 8x8x32 / depthwise 3x3, multiplier 2", lambda x: L.DepthwiseConv2D(3, depth_multiplier=2)(x),
     "2.5 depthwise, m = 2, 640")
case("input 9x9x8 / depthwise 3x3, same, stride 2, no bias",
     lambda x: L.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)(x), "2.2 depthwise, same, no bias")
case("input 15x6 / depthwise 5, stride 2", lambda x: L.DepthwiseConv1D(5, strides=2)(x), "2.2 depthwise, one axis")
case("input 8x8x32 / separable 3x3, 64", lambda x: L.SeparableConv2D(64, 3)(x), "2.5 separable 2400")
case("input 8x8x32 / separable 3x3, 64, multiplier 2, same, stride 2",
     lambda x: L.SeparableConv2D(64, 3, depth_multiplier=2, strides=2, padding="same")(x), "2.5 separable, m = 2")
case("input 15x6 / separable 3, 10, no bias, relu", lambda x: L.SeparableConv1D(10, 3, use_bias=False, activation="relu")(x),
     "2.5 separable, one axis, no bias")


def settings(rng, axes, **choices):
    """One value an axis for each setting; where all axes agree, one for all of them."""
    drawn = {name: tuple(rng.choice(values) for _ in range(axes)) for name, values in choices.items()}
    return {name: values[0] if len(set(values)) == 1 else values for name, values in drawn.items()}


def draw_convolutions(rng, count):
    for _ in range(count):
        axes, groups = rng.choice([1, 2, 2, 3]), rng.choice([1, 1, 2])
        channels, kernels = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        shape = [rng.randint(5, 16) for _ in range(axes)] + [channels]
        s = settings(rng, axes, kernel=[1, 2, 3, 4, 5], stride=[1, 2, 3, 4])
        padding = rng.choice(["valid", "same", "same"])
        line = f"conv {by(s['kernel'])}, {kernels}, stride {by(s['stride'])}"
        line += ", same" * (padding == "same") + f", groups {groups}" * (groups > 1)
        case(f"input {by(shape)} / {line}",
             lambda x, axes=axes, kernels=kernels, groups=groups, s=s, padding=padding: CONV[axes](
                 kernels, s["kernel"], strides=s["stride"], padding=padding, groups=groups)(x), f"2.2 drawn convolution, {padding}")


draw_convolutions(random.Random(1), 16)


# ---- 2.3 pooling -----------------------------------------------------------------------------------------------------

MAXPOOL = {1: L.MaxPooling1D, 2: L.MaxPooling2D, 3: L.MaxPooling3D}
AVGPOOL = {1: L.AveragePooling1D, 2: L.AveragePooling2D, 3: L.AveragePooling3D}

case("input 55x55x8 / pool 3x3, stride 2, same", lambda x: L.MaxPooling2D(3, 2, padding="same")(x), "2.3 same 28")
case("input 55x55x8 / pool 3x3, stride 2", lambda x: L.MaxPooling2D(3, 2)(x), "2.3 valid 27")
case("input 9x9x8 / pool 2x2", lambda x: L.MaxPooling2D(2)(x), "2.3 the stride is the kernel, valid")
case("input 9x9x8 / pool 2x2, same", lambda x: L.MaxPooling2D(2, padding="same")(x), "2.3 the stride is the kernel, same")
case("input 9x8 / pool 2, stride 3, same", lambda x: L.MaxPooling1D(2, 3, padding="same")(x),
     "2.3 same, window smaller than the stride")
case("input 2x8 / pool 5, stride 2, same", lambda x: L.MaxPooling1D(5, 2, padding="same")(x), "2.3 same, window larger than the input")
case("input 2x2x8 / pool 3x3", lambda x: L.MaxPooling2D(3)(x), "2.3 valid, window larger than the input")
case("input 2x2x8 / avgpool 3x3", lambda x: L.AveragePooling2D(3)(x), "2.3 valid, window larger than the input")
case("input 12x4 / avgpool 3", lambda x: L.AveragePooling1D(3)(x), "2.3 average, one axis")
case("input 9x7x4 / avgpool 3x2, stride 2x3, same", lambda x: L.AveragePooling2D((3, 2), (2, 3), padding="same")(x),
     "2.3 average, same, per axis")
case("input 6x8x8x4 / avgpool 2, stride 3", lambda x: L.AveragePooling3D(2, 3)(x), "2.3 average, three axes")
case("input 7x9x8 / globalpool", lambda x: L.GlobalAveragePooling2D()(x), "2.3 global, the axes are dropped")
case("input 11x8 / globalpool", lambda x: L.GlobalAveragePooling1D()(x), "2.3 global, one axis")
case("input 3x4x5x8 / globalpool", lambda x: L.GlobalAveragePooling3D()(x), "2.3 global, three axes")
case("input 7x9x8 / globalpool flat", lambda x: L.GlobalAveragePooling2D()(x), "2.3 global, flat said outright")
case("input 7x9x8 / globalmaxpool", lambda x: L.GlobalMaxPooling2D()(x), "2.3 global maximum")
case("input 11x8 / globalmaxpool", lambda x: L.GlobalMaxPooling1D()(x), "2.3 global maximum, one axis")
case("input 7x9x8 / adaptivepool 3x2", lambda x: L.AdaptiveAveragePooling2D((3, 2))(x), "2.3 adaptive")
case("input 11x8 / adaptivepool 4", lambda x: L.AdaptiveAveragePooling1D(4)(x), "2.3 adaptive, one axis")
case("input 7x7x8 / adaptivemaxpool 3", lambda x: L.AdaptiveMaxPooling2D(3)(x), "2.3 adaptive maximum")


def draw_pools(rng, count):
    for _ in range(count):
        axes = rng.choice([1, 2, 3])
        shape = [rng.randint(5, 16) for _ in range(axes)] + [rng.randint(1, 3)]
        s = settings(rng, axes, kernel=[1, 2, 3, 4, 5], stride=[1, 2, 3, 4])
        word, kinds = rng.choice([("pool", MAXPOOL), ("avgpool", AVGPOOL)])
        padding = rng.choice(["valid", "same"])
        case(f"input {by(shape)} / {word} {by(s['kernel'])}, stride {by(s['stride'])}" + ", same" * (padding == "same"),
             lambda x, kind=kinds[axes], s=s, padding=padding: kind(s["kernel"], s["stride"], padding=padding)(x),
             f"2.3 drawn pooling, {padding}")


draw_pools(random.Random(2), 12)


# ---- 2.4 transposed convolution --------------------------------------------------------------------------------------

case("input 4x3 / transposed 2, 2, stride 3", lambda x: L.Conv1DTranspose(2, 2, strides=3)(x),
     "2.4 valid, stride larger than the kernel 12")
case("input 4x3 / transposed 2, 2, stride 3, extra 0", lambda x: L.Conv1DTranspose(2, 2, strides=3, output_padding=0)(x),
     "2.4 valid, an extra of 0 said outright")
case("input 4x3 / transposed 3, 2, stride 2", lambda x: L.Conv1DTranspose(2, 3, strides=2)(x), "2.4 valid")
case("input 4x3 / transposed 3, 2, stride 2, extra 1", lambda x: L.Conv1DTranspose(2, 3, strides=2, output_padding=1)(x),
     "2.4 valid, extra")
case("input 4x3 / transposed 3, 2, stride 2, same", lambda x: L.Conv1DTranspose(2, 3, strides=2, padding="same")(x), "2.4 same 8")
case("input 4x3 / transposed 3, 2, stride 2, same, extra 0",
     lambda x: L.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=0)(x), "2.4 same, an extra of 0 said outright 7")
case("input 4x3 / transposed 3, 2, stride 2, same, extra 1",
     lambda x: L.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=1)(x), "2.4 same, extra")
case("input 4x3 / transposed 4, 2, stride 2, same", lambda x: L.Conv1DTranspose(2, 4, strides=2, padding="same")(x),
     "2.4 same, even kernel")
case("input 4x3 / transposed 4, 2, stride 3, same, extra 1",
     lambda x: L.Conv1DTranspose(2, 4, strides=3, padding="same", output_padding=1)(x), "2.4 same, even kernel, extra")
case("input 4x3 / transposed 3, 2, stride 2, extra 2", lambda x: L.Conv1DTranspose(2, 3, strides=2, output_padding=2)(x),
     "2.4 extra as large as the stride")
case("input 4x3 / transposed 2, 2, stride 3, same", lambda x: L.Conv1DTranspose(2, 2, strides=3, padding="same")(x),
     "2.4 same, stride larger than the kernel")
case("input 8x8x16 / transposed 3x3, 8", lambda x: L.Conv2DTranspose(8, 3)(x), "2.5 transposed 1160")
case("input 8x8x16 / transposed 3x3, 8, same, no bias, relu",
     lambda x: L.Conv2DTranspose(8, 3, padding="same", use_bias=False, activation="relu")(x), "2.4 same, stride 1")
case("input 5x6x4 / transposed 3x3, 8, dilation 2", lambda x: L.Conv2DTranspose(8, 3, dilation_rate=2)(x), "2.4 valid, dilated")
case("input 5x6x4 / transposed 3x3, 8, dilation 2, same", lambda x: L.Conv2DTranspose(8, 3, dilation_rate=2, padding="same")(x),
     "2.4 same, dilated")
case("input 5x6x4 / transposed 3x3, 8, stride 2, dilation 2", lambda x: L.Conv2DTranspose(8, 3, strides=2, dilation_rate=2)(x),
     "2.4 limit of Keras: a stride and a dilation")
case("input 5x6x4 / transposed 2x3, 8, stride 2x3", lambda x: L.Conv2DTranspose(8, (2, 3), strides=(2, 3))(x), "2.4 valid, per axis")
case("input 3x4x5x2 / transposed 2, 4, stride 2", lambda x: L.Conv3DTranspose(4, 2, strides=2)(x), "2.4 valid, three axes")


def draw_transposed(rng, count):
    for _ in range(count):
        axes = rng.choice([1, 2, 3])
        shape = [rng.randint(2, 8) for _ in range(axes)] + [rng.randint(1, 3)]
        s = settings(rng, axes, kernel=[1, 2, 3, 4, 5], stride=[1, 2, 3])
        kernels, padding = rng.randint(1, 3), rng.choice(["valid", "same"])
        line = f"transposed {by(s['kernel'])}, {kernels}, stride {by(s['stride'])}" + ", same" * (padding == "same")
        case(f"input {by(shape)} / {line}",
             lambda x, axes=axes, kernels=kernels, s=s, padding=padding: TRANSPOSED[axes](
                 kernels, s["kernel"], strides=s["stride"], padding=padding)(x), f"2.4 drawn transposed convolution, {padding}")


draw_transposed(random.Random(3), 12)


# ---- 2.5 dense, and what has few parameters or none --------------------------------------------------------------------

case("input 2048 / dense 512", lambda x: L.Dense(512)(x), "2.5 dense 1,049,088")
case("input 7x7x512 / dense 10", lambda x: L.Dense(10)(x), "2.5 dense on the last axis alone 5130")
case("input 7x7x512 / flatten / dense 10", chain(L.Flatten(), L.Dense(10)), "2.5 dense behind a flatten 250,890")
case("input 20x32 / dense 64, no bias, gelu", lambda x: L.Dense(64, use_bias=False, activation="gelu")(x), "2.5 dense on a sequence")
case("input 4x4x8 / reshape 16x8", lambda x: L.Reshape((16, 8))(x), "2.5 reshape")
case("input 4x4x8 / reshape -1x4", lambda x: L.Reshape((-1, 4))(x), "2.5 reshape, a size inferred")
case("input 4x4x8 / reshape 5x7", lambda x: L.Reshape((5, 7))(x), "2.5 reshape to another number of elements")
case("input 4x4x8 / reshape -1x7", lambda x: L.Reshape((-1, 7))(x), "2.5 reshape that leaves a remainder")

ACTIVATIONS = {
    "relu": "relu", "relu6": "relu6", "leakyrelu": "leaky_relu", "elu": "elu", "selu": "selu", "gelu": "gelu", "silu": "silu",
    "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid", "sigmoid": "sigmoid", "tanh": "tanh", "softplus": "softplus",
    "mish": "mish", "softmax": "softmax",
}
for word, name in ACTIVATIONS.items():
    case(f"input 5x4x3 / {word}", lambda x, name=name: L.Activation(name)(x), "2.5 activation")
case("input 8x8x4 / prelu", lambda x: L.PReLU()(x), "2.5 prelu, Keras's default: a slope an element 256")
case("input 8x8x4 / prelu slopes elements", lambda x: L.PReLU()(x), "2.5 prelu, a slope an element 256")
case("input 8x8x4 / prelu slopes channels", lambda x: L.PReLU(shared_axes=[1, 2])(x), "2.5 prelu, a slope a channel 4")
case("input 8x8x4 / prelu slopes one", lambda x: L.PReLU(shared_axes=[1, 2, 3])(x), "2.5 prelu, one slope")
case("input 5x4x3 / dropout 0.5", lambda x: L.Dropout(0.5)(x), "2.5 dropout")

case("input 6x7x3 / zeropad 1:2x0:3", lambda x: L.ZeroPadding2D(((1, 2), (0, 3)))(x), "2.5 padding, uneven")
case("input 9x3 / zeropad 2", lambda x: L.ZeroPadding1D(2)(x), "2.5 padding a sequence")
case("input 225x225x3 / zeropad 0:1 / conv 3x3, 8, stride 2", chain(L.ZeroPadding2D(((0, 1), (0, 1))), L.Conv2D(8, 3, strides=2)),
     "2.5 padding, then a convolution")
case("input 6x7x3 / crop 1:0x2:3", lambda x: L.Cropping2D(((1, 0), (2, 3)))(x), "2.5 cropping, uneven")
case("input 4x5x6x3 / crop 1", lambda x: L.Cropping3D(1)(x), "2.5 cropping a volume")
case("input 6x7x3 / crop 4", lambda x: L.Cropping2D(4)(x), "2.5 cropping more than there is")
case("input 6x7x3 / upsample 2x3", lambda x: L.UpSampling2D((2, 3))(x), "2.5 enlarging")
case("input 9x3 / upsample 4", lambda x: L.UpSampling1D(4)(x), "2.5 enlarging a sequence")

case("input 8x8x64 / batchnorm", lambda x: L.BatchNormalization()(x), "2.5 batch normalisation 256: 128 learned, 128 not")
case("input 8x8x64 / batchnorm no scale", lambda x: L.BatchNormalization(scale=False)(x), "2.5 batch normalisation without a scale")
case("input 8x8x64 / batchnorm no shift", lambda x: L.BatchNormalization(center=False)(x), "2.5 batch normalisation without a shift")
case("input 8x8x64 / batchnorm no scale, no shift", lambda x: L.BatchNormalization(scale=False, center=False)(x),
     "2.5 batch normalisation without either")
case("input 16 / batchnorm", lambda x: L.BatchNormalization()(x), "2.5 batch normalisation of a vector")
case("input 8x64 / layernorm", lambda x: L.LayerNormalization()(x), "2.5 layer normalisation")
case("input 8x64 / layernorm axes 2", lambda x: L.LayerNormalization(axis=[-2, -1])(x), "2.5 layer normalisation of two axes 1024")
case("input 8x64 / layernorm no scale", lambda x: L.LayerNormalization(scale=False)(x), "2.5 layer normalisation without a scale")
case("input 8x64 / layernorm no shift", lambda x: L.LayerNormalization(center=False)(x), "2.5 layer normalisation without a shift")
case("input 6x6x32 / groupnorm 8", lambda x: L.GroupNormalization(8)(x), "2.5 group normalisation")
case("input 6x6x32 / groupnorm 8, no scale", lambda x: L.GroupNormalization(8, scale=False)(x),
     "2.5 group normalisation without a scale")
case("input 6x6x32 / groupnorm 5", lambda x: L.GroupNormalization(5)(x), "2.5 group normalisation, groups do not divide")
case("input 6x6x32 / instancenorm affine", lambda x: L.GroupNormalization(-1)(x),
     "2.5 instance normalisation: a group a channel")
case("input 8x64 / rmsnorm", lambda x: L.RMSNormalization()(x), "2.5 root mean square normalisation")
case("input 8x64 / rmsnorm axes 2", lambda x: L.RMSNormalization(axis=[-2, -1])(x), "2.5 root mean square normalisation of two axes")


# ---- joins -----------------------------------------------------------------------------------------------------------


def joined(layer):
    return lambda *inputs: layer(list(inputs))


case("a: input 4x5x8 / b: input 4x5x8 / c: input 4x5x8 / add a, b, c", joined(L.Add()), "joins: three")
case("a: input 4x5x8 / b: input 1x1x8 / add a, b", joined(L.Add()), "joins: a value a channel")
case("a: input 4x5x8 / b: input 8 / add a, b", joined(L.Add()), "joins: an image and a vector")
case("a: input 4x5x8 / b: input 8 / multiply a, b", joined(L.Multiply()), "joins: an image and a vector")
case("a: input 4x5x8 / b: input 4x5x1 / multiply a, b", joined(L.Multiply()), "joins: a value a position")
case("a: input 4x1x8 / b: input 1x5x8 / multiply a, b", joined(L.Multiply()), "joins: both are stretched")
case("a: input 4x5x8 / b: input 4x4x8 / add a, b", joined(L.Add()), "joins: widths that do not join")
case("a: input 4x5x8 / b: input 5 / add a, b", joined(L.Add()), "joins: an image and a vector that do not join")
case("a: input 4x5x8 / b: input 4x5x3 / concat a, b", joined(L.Concatenate()), "joins: concatenation of channels")
case("a: input 4x5x8 / b: input 2x5x8 / concat a, b, axis height", joined(L.Concatenate(axis=1)), "joins: concatenation of heights")
case("a: input 4x5x8 / b: input 4x1x8 / concat a, b, axis width", joined(L.Concatenate(axis=2)), "joins: concatenation of widths")
case("a: input 10x8 / b: input 1x8 / concat a, b, axis length", joined(L.Concatenate(axis=1)), "joins: concatenation of sequences")
case("a: input 4x5x8 / b: input 4x1x8 / concat a, b", joined(L.Concatenate()), "joins: concatenation does not stretch")


# ---- 2.5 embedding and recurrent layers --------------------------------------------------------------------------------

RECURRENT = {"rnn": L.SimpleRNN, "lstm": L.LSTM, "gru": L.GRU}

case("input 12 / embedding 1000, 16", lambda x: L.Embedding(1000, 16)(x), "2.5 embedding 16,000")
case("input 12 / embedding 100, 16 / lstm 8 / dense 1, sigmoid",
     chain(L.Embedding(100, 16), L.LSTM(8), L.Dense(1, activation="sigmoid")), "2.5 a text classifier")
for word, total in {"rnn": 620, "lstm": 2480, "gru": 1920}.items():
    kind = RECURRENT[word]
    case(f"input 7x10 / {word} 20", lambda x, kind=kind: kind(20)(x), f"2.5 {word} {total}, the last step")
    case(f"input 7x10 / {word} 20, sequence", lambda x, kind=kind: kind(20, return_sequences=True)(x), f"2.5 {word}, every step")
    case(f"input 7x10 / {word} 20, no bias", lambda x, kind=kind: kind(20, use_bias=False)(x), f"2.5 {word} without biases")
    case(f"input 7x10 / {word} 20, bidirectional", lambda x, kind=kind: L.Bidirectional(kind(20))(x), f"2.5 {word}, bidirectional")
    case(f"input 7x10 / {word} 20, bidirectional, sequence",
         lambda x, kind=kind: L.Bidirectional(kind(20, return_sequences=True))(x), f"2.5 {word}, bidirectional, every step")
    case(f"input 7x10 / {word} 20, layers 2, sequence",
         lambda x, kind=kind: kind(20, return_sequences=True)(kind(20, return_sequences=True)(x)), f"2.5 {word}, two layers")
    case(f"input 7x10 / {word} 20, layers 2, bidirectional",
         lambda x, kind=kind: L.Bidirectional(kind(20))(L.Bidirectional(kind(20, return_sequences=True))(x)),
         f"2.5 {word}, bidirectional, two layers")
case("input 7x10 / rnn 20, biases 1", lambda x: L.SimpleRNN(20)(x), "2.5 rnn, one bias said outright")
case("input 7x10 / lstm 20, biases 1", lambda x: L.LSTM(20)(x), "2.5 lstm, one bias a gate said outright")
case("input 7x10 / gru 20, biases 2", lambda x: L.GRU(20)(x), "2.5 gru, two biases a gate said outright")
case("input 7x10 / gru 20, biases 1", lambda x: L.GRU(20, reset_after=False)(x), "2.5 gru, reset before 1860")
case("input 7x10 / lstm 20, last", lambda x: L.LSTM(20)(x), "2.5 lstm, the last step said outright")
case("input 7x10 / lstm 20, sequence / gru 8 / dense 3", chain(L.LSTM(20, return_sequences=True), L.GRU(8), L.Dense(3)),
     "2.5 a stack of recurrent layers")


# ---- 2.5 attention -----------------------------------------------------------------------------------------------------


def attending(heads, key, **options):
    """Multi-head attention of a query to itself, to a memory, or to keys and values.

    The scores are asked for, since without them Keras calls a kernel of JAX that wants values as wide as keys.
    """
    def build(query, keys=None, values=None):
        keys = query if keys is None else keys
        values = keys if values is None else values
        return L.MultiHeadAttention(heads, key, **options)(query, values, keys, return_attention_scores=True)[0]
    return build


case("input 10x64 / attention 8, key 8", attending(8, 8), "2.5 attention 16,640")
case("input 10x64 / attention 8", attending(8, 64 // 8), "2.5 attention, features shared out among the heads")
case("input 10x64 / attention 8, key 64", attending(8, 64), "2.5 attention, features a head 132,672")
case("input 10x64 / attention 8, key 16, value 32", attending(8, 16, value_dim=32), "2.5 attention, keys and values of other sizes")
case("input 10x64 / attention 7, key 5", attending(7, 5), "2.5 attention, heads that divide nothing")
case("input 10x64 / attention 8, key 8, no bias", attending(8, 8, use_bias=False), "2.5 attention without biases")
case("q: input 5x64 / mem: input 7x64 / from q / attention 8, memory mem, key 8", attending(8, 8), "2.5 attention to a memory")
case("q: input 5x64 / mem: input 7x24 / from q / attention 4, memory mem, key 16", attending(4, 16),
     "2.5 attention to a memory of other features")
case("q: input 5x64 / k: input 7x32 / v: input 7x16 / from q / attention 8, keys k, values v, key 8", attending(8, 8),
     "2.5 attention, keys and values of other features 11,520")
case("q: input 5x64 / k: input 7x32 / v: input 7x16 / from q / attention 8, keys k, values v, key 12, value 6",
     attending(8, 12, value_dim=6), "2.5 attention, everything of its own size")
case("input 10x64 / attention 8, key 8 / add input / n: layernorm / dense 256, relu / dense 64 / add n / layernorm",
     lambda x: (lambda n: L.LayerNormalization()(n + L.Dense(64)(L.Dense(256, activation="relu")(n))))(
         L.LayerNormalization()(x + L.MultiHeadAttention(8, 8)(x, x))), "2.5 transformer encoder layer 49,984")


# ---- whole networks ----------------------------------------------------------------------------------------------------


def sheet(number, padding):
    """The five networks of the worksheet, whose pools are padded as told."""
    def conv(kernels, kernel, **options):
        return L.Conv2D(kernels, kernel, **options)

    def pool(window):
        return L.MaxPooling2D(window, 2, padding=padding)

    same = {"padding": "same"}
    return chain(*{
        1: [conv(32, 3, **same), pool(2), conv(64, 3, **same), pool(2), conv(128, 3, **same), pool(2),
            L.Flatten(), L.Dense(64, "relu"), L.Dense(1)],
        2: [conv(25, 3, strides=2), pool(2), conv(35, 3, strides=2), pool(2), conv(50, 3), pool(2),
            L.Flatten(), L.Dense(1024, "relu"), L.Dense(100)],
        3: [conv(32, 7, strides=4), pool(3), conv(64, 3), pool(3), conv(128, 3), pool(3),
            L.Flatten(), L.Dense(512, "relu"), L.Dense(100)],
        4: [conv(64, 11, strides=2), pool(3), L.ZeroPadding2D(2), conv(128, 5), pool(3), conv(256, 3, **same),
            conv(256, 3, **same), conv(512, 3, **same), pool(3),
            L.Flatten(), L.Dense(2048, "relu"), L.Dense(1024, "relu"), L.Dense(10)],
        5: [conv(32, 7, strides=2), pool(2), conv(32, 5, **same), pool(2), conv(32, 3, **same), pool(2), conv(32, 3, **same),
            pool(2), L.Flatten(), L.Dense(1024, "relu"), L.Dense(10)],
    }[number])


SHEETS = {
    1: "input 150x150x3 / conv 3x3, 32, same / {2x2} / conv 3x3, 64, same / {2x2} / conv 3x3, 128, same / {2x2} / "
       "flatten / dense 64, relu / dense 1",
    2: "input 150x150x3 / conv 3x3, 25, stride 2 / {2x2} / conv 3x3, 35, stride 2 / {2x2} / conv 3x3, 50 / {2x2} / "
       "flatten / dense 1024, relu / dense 100",
    3: "input 224x224x3 / conv 7x7, 32, stride 4 / {3x3} / conv 3x3, 64 / {3x3} / conv 3x3, 128 / {3x3} / "
       "flatten / dense 512, relu / dense 100",
    4: "input 224x224x3 / conv 11x11, 64, stride 2 / {3x3} / conv 5x5, 128, pad 2 / {3x3} / conv 3x3, 256, same / "
       "conv 3x3, 256, same / conv 3x3, 512, same / {3x3} / flatten / dense 2048, relu / dense 1024, relu / dense 10",
    5: "input 224x224x3 / conv 7x7, 32, stride 2 / {2x2} / conv 5x5, 32, same / {2x2} / conv 3x3, 32, same / {2x2} / "
       "conv 3x3, 32, same / {2x2} / flatten / dense 1024, relu / dense 10",
}
for (number, text), padding in itertools.product(SHEETS.items(), ("valid", "same")):
    for window in ("2x2", "3x3"):
        text = text.replace("{" + window + "}", f"pool {window}, stride 2" + ", same" * (padding == "same"))
    case(text, lambda x, number=number, padding=padding: sheet(number, padding)(x), f"2.7 sheet {number}, pools {padding}")


if __name__ == "__main__":
    main()
