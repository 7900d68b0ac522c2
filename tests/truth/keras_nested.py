"""Records what Keras says of models within models, of layers that are shared, that are trained or not, of dictionaries and of
arrays among arguments. The reader of Keras's files is held to it (crates/formats/tests/keras_nested.rs).

    KERAS_BACKEND=torch python tests/truth/keras_nested.py > tests/data/keras_nested.json

Recorded with Keras 3.15.1. Parameters, trainable parameters and shapes are those of the model that Keras makes of the file. Of a
layer that two models share only a `.keras` archive knows; Keras cannot load its weights, so there the model that was saved counts.
"""

import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import Input, Model, Sequential
from keras import layers as L
from keras import ops

MODELS = {}
SHARED = {}


def model(build):
    MODELS[build.__name__] = build
    return build


def shared(build):
    SHARED[build.__name__] = build
    return build


def one(name, layer, *shape):
    """A model of one layer, and of one behind it whose weights hang on the shape."""
    MODELS[name] = lambda: (lambda x: Model(x, L.Dense(2)(L.Flatten()(layer(x)))))(Input(shape))


@model
def deep():
    a = Input((None, 6))
    inner = Model(a, L.Conv1D(6, 3)(a), name="inner")
    u = Input((16, 6))
    p = inner(u)
    outer = Model(u, [p, L.Dense(2)(inner(p))], name="outer")
    w = Input((16, 6))
    return Model(w, L.Dense(3)(L.Flatten()(outer(w)[0])))


@model
def last():
    a, u = Input((6,)), Input((6,))
    return Model(u, Model(a, L.Dense(3)(a), name="inner")(u))


@model
def rms():
    return Sequential([Input((6,)), L.LayerNormalization(rms_scaling=True)])


@model
def sequence_twice():
    inner = Sequential([Input((None, 6)), L.Conv1D(6, 3)], name="inner")
    u, v = Input((16, 6)), Input((32, 6))
    return Model([u, v], [inner(u), inner(v)])


# Dictionaries: Keras flattens them by their sorted keys, whatever their order.
def keyed(first, second):
    b, a = Input((3,), name="x"), Input((6,), name="y")
    all = {"x": b, "y": a}
    return Model({first: all[first], second: all[second]}, {"p": L.Dense(3)(a), "o": L.Dense(5)(b)}, name="inner")


@model
def dict_sorted():
    u, v = Input((6,), name="u"), Input((3,), name="v")
    r = keyed("x", "y")({"y": u, "x": v})
    return Model([u, v], [L.Dense(2, name="of_p")(r["p"]), L.Dense(2, name="of_o")(r["o"])])


@model
def dict_unsorted():
    u, v = Input((6,), name="u"), Input((3,), name="v")
    r = keyed("y", "x")({"y": u, "x": v})
    return Model([u, v], [L.Dense(2, name="of_p")(r["p"]), L.Dense(2, name="of_o")(r["o"])])


@model
def dict_into_list():
    b, a = Input((3,), name="x"), Input((6,), name="y")
    inner = Model([b, a], L.Concatenate()([L.Dense(4)(a), b]), name="inner")
    u, v = Input((6,), name="u"), Input((3,), name="v")
    return Model([u, v], L.Dense(2)(inner({"y": u, "x": v})))


@model
def dict_last():
    a, u = Input((6,)), Input((6,))
    return Model(u, Model(a, {"z": L.Dense(3)(a), "b": L.Dense(5)(a)}, name="inner")(u))


# Arrays among the arguments of operations.
one("array", lambda x: x + np.zeros((1, 6, 1), "float32"), 1, 4)
one("array_first", lambda x: ops.multiply(np.ones((5, 7), "float32"), x), 1, 1)
one("array_short", lambda x: ops.multiply(x, np.ones((4,), "float32")), 6, 4)
one("array_tensor", lambda x: x * ops.ones((3, 1)), 1, 4)
one("array_where", lambda x: ops.where(x > 0, x, np.zeros((5, 4), "float32")), 1, 4)
one("item_slice", lambda x: x[:, 1:3], 5, 4)
one("item_one", lambda x: x[:, 0], 5, 4)
one("item_mixed", lambda x: x[..., None, ::2], 5, 4)
one("item_back", lambda x: x[:, 7:2:-2, -1], 9, 4, 3)
one("item_negative", lambda x: x[:, -3:, :-1], 9, 4)
one("item_open", lambda x: x[:, 0], None, 4)
one("gelu", lambda x: ops.gelu(x), 5, 4)

for axes in ([-1], [-2], [1, -1], [0], [2, 3], [-1, -2]):
    one(f"prelu{axes}", L.PReLU(shared_axes=axes), 4, 5, 6)

for shape in ((7,), (1,), (7, 3), (7, 1), (4, 7, 3)):
    for mode in ("one_hot", "multi_hot", "count"):
        one(f"bins_{mode}_{len(shape)}_{shape[-1]}", L.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode), *shape)
one("bins_asked", L.Discretization(num_bins=6, output_mode="one_hot"), 7)


# Examples that are one number.
one("scalar_reshape", L.Reshape((1, -1)))
one("scalar_flatten", L.Flatten(name="own"))
one("scalar_table", L.Embedding(10, 4))
one("scalar_places", L.CategoryEncoding(10, output_mode="one_hot"))
one("scalar_made", lambda x: L.Reshape((1,))(L.Identity()(L.Reshape(())(x))), 1, 1)


@model
def attention_scores():
    a, b = Input((7, 6)), Input((5, 6))
    out, scores = L.Attention()([a, b], return_attention_scores=True)
    other, others = L.AdditiveAttention()([a, b], return_attention_scores=True)
    return Model([a, b], [out, other, L.Dense(3)(scores), L.Dense(2)(others)])


@model
def reversible():
    x = Input((7,), dtype="int32")
    table = L.ReversibleEmbedding(10, 3, name="table")
    return Model(x, L.Dense(2)(table(L.Dense(3)(table(x)), reverse=True)))


@model
def reversible_own():
    x = Input((7,), dtype="int32")
    table = L.ReversibleEmbedding(10, 3, tie_weights=False, name="table")
    return Model(x, table(table(x), reverse=True))


# What is trained. Keras asks the layer to which a weight itself belongs.
def inner_of(kind):
    if kind == "sequence":
        return Sequential([Input((6,)), L.Dense(6, name="a"), L.Dense(2, name="b")], name="base")
    x = Input((6,))
    return Model(x, L.Dense(2, name="b")(L.Dense(6, name="a")(x)), name="base")


def thawed(kind):
    inner = inner_of(kind)
    inner.trainable = False
    inner.layers[-1].trainable = True
    x = Input((6,))
    return Model(x, L.Dense(3)(inner(x)))


MODELS["thawed_sequence"] = lambda: thawed("sequence")
MODELS["thawed_graph"] = lambda: thawed("graph")


@model
def frozen_graph():
    x = inner_of("graph")
    x.trainable = False
    x.layers[-1].trainable = True
    return x


def set_frozen(layer):
    layer.trainable = False
    return layer


def sequence(name, make, *shape, frozen=False):
    def build():
        layer = make()
        made = Sequential([Input(shape), layer])
        if frozen:
            layer.trainable = False
        return made

    MODELS[name] = build


sequence("frozen_steps", lambda: L.TimeDistributed(L.Dense(3), trainable=False), 4, 6)
sequence("frozen_step", lambda: L.TimeDistributed(L.Dense(3, trainable=False)), 4, 6)
sequence("frozen_steps_later", lambda: L.TimeDistributed(L.Dense(3)), 4, 6, frozen=True)
sequence("frozen_steps_model", lambda: L.TimeDistributed(Sequential([Input((6,)), L.Dense(3)]), trainable=False), 4, 6)
sequence("frozen_steps_inner", lambda: L.TimeDistributed(set_frozen(Sequential([Input((6,)), L.Dense(3)]))), 4, 6)
sequence("frozen_spectral", lambda: L.SpectralNormalization(L.Dense(3), trainable=False), 4, 6)
sequence("frozen_spectral_later", lambda: L.SpectralNormalization(L.Dense(3)), 4, 6, frozen=True)
sequence("frozen_both", lambda: L.Bidirectional(L.LSTM(3), trainable=False), 4, 6)
sequence("frozen_one", lambda: L.Bidirectional(L.LSTM(3, trainable=False)), 4, 6)
sequence("frozen_rnn", lambda: L.RNN(L.LSTMCell(3), trainable=False), 4, 6)
sequence("frozen_cell", lambda: L.RNN(L.LSTMCell(3, trainable=False)), 4, 6)
sequence("frozen_lstm", lambda: L.LSTM(3, trainable=False), 4, 6)
sequence("frozen_convlstm", lambda: L.ConvLSTM1D(3, 3, trainable=False), 4, 6, 2)
MODELS["frozen_attention"] = lambda: (lambda x: Model(x, L.MultiHeadAttention(2, 3, trainable=False)(x, x)))(Input((4, 6)))
MODELS["frozen_groups"] = lambda: (lambda x: Model(x, L.GroupQueryAttention(3, 2, 1, trainable=False)(x, x)))(Input((4, 6)))


# What is shared.
@shared
def shared_outside():
    a = Input((6,))
    d = L.Dense(6, name="d")
    inner = Model(a, d(d(a)), name="inner")
    b = Input((6,))
    return Model(b, d(inner(b)))


@shared
def shared_by_two():
    d = L.Dense(6, name="d")
    one, two = Sequential([Input((6,)), d], name="one"), Sequential([Input((6,)), d], name="two")
    b = Input((6,))
    return Model(b, [one(b), two(b)])


@shared
def shared_part():
    a = Input((6,))
    x = L.Dense(5, name="d1")(a)
    full, part = Model(a, L.Dense(4, name="d2")(x), name="full"), Model(a, x, name="part")
    b = Input((6,))
    return Model(b, [full(b), part(b)])


@shared
def shared_steps():
    d = L.Dense(4, name="d")
    a, b = Input((7, 6)), Input((6,))
    return Model([a, b], [L.TimeDistributed(d, name="steps")(a), d(b)])


@shared
def shared_directions():
    d = L.LSTM(4, name="d")
    a = Input((7, 6))
    return Model(a, [L.Bidirectional(d, name="both")(a), d(a)])


@shared
def shared_part_of_spectral():
    d = L.Dense(4, name="d")
    a, b = Input((6,)), Input((6,))
    return Model([a, b], [d(a), L.SpectralNormalization(d, name="spectral")(L.Identity()(b))])


def count(weights):
    return sum(int(np.prod(w.shape)) for w in weights)


def shapes(made):
    """The shapes that each layer gives when it is called first."""
    return {layer.name: [list(x.shape) for x in layer._inbound_nodes[0].output_tensors]
            for layer in made.operations if layer._inbound_nodes and not isinstance(layer, Model)}


def lean(value, numbers):
    """Without what no number hangs on; objects by small numbers instead of their addresses."""
    aside = ("initializer", "regularizer", "constraint", "compile_config", "build_config", "seed", "dtype", "registered_name")
    if isinstance(value, dict):
        kept = {k: lean(v, numbers) for k, v in value.items() if not any(k.endswith(end) for end in aside)}
        if "shared_object_id" in kept:
            kept["shared_object_id"] = numbers.setdefault(kept["shared_object_id"], len(numbers))
        return kept
    return [lean(one, numbers) for one in value] if isinstance(value, list) else value


def record(made, config, counted):
    own = made._functional if isinstance(made, Sequential) else made
    return {"parameters": counted.count_params(), "trainable": count(counted.trainable_weights), "shapes": shapes(own),
            "model": lean(config, {})}


recorded = {}
for name, build in MODELS.items():
    keras.utils.clear_session()
    made = build()
    text = made.to_json()
    recorded[name] = record(made, json.loads(text), keras.models.model_from_json(text))
    if count(made.trainable_weights) != recorded[name]["trainable"]:
        print(name, "learns", count(made.trainable_weights), "and, loaded,", recorded[name]["trainable"], file=sys.stderr)
for name, build in SHARED.items():
    keras.utils.clear_session()
    made = build()
    with tempfile.TemporaryDirectory() as folder:
        made.save(f"{folder}/m.keras")
        config = zipfile.ZipFile(f"{folder}/m.keras").read("config.json")
    recorded[name] = record(made, json.loads(config), made)
lines = [f"{json.dumps(name)}: {json.dumps(one, separators=(',', ':'))}" for name, one in recorded.items()]
print("{\n" + ",\n".join(lines) + "\n}")
