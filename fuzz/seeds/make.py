"""Writes the seeds of the fuzz targets `onnx` and `keras`: small files, each with something that no other has.

    python3 fuzz/seeds/make.py onnx     # needs onnx
    python3 fuzz/seeds/make.py keras    # needs h5py

Made with onnx 1.23.2 and h5py 3.16.0. What is in them is nobody's work but this script's.
"""

import json
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).parent


def write(kind, name, content):
    folder = HERE / kind
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def onnx_seeds():
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    F, I, B = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL

    def tensor(name, *shape, dtype=numpy.float32):
        return numpy_helper.from_array(numpy.zeros(shape, dtype), name)

    def ints(name, *numbers):
        return numpy_helper.from_array(numpy.array(numbers, numpy.int64), name)

    def value(name, kind=F, shape=None):
        return helper.make_tensor_value_info(name, kind, shape)

    def node(kind, takes, gives, **settings):
        return helper.make_node(kind, takes.split(), gives.split(), **settings)

    def save(name, nodes, inputs, outputs, stored=(), opset=17, functions=(), imports=(), sparse=()):
        graph = helper.make_graph(nodes, "g", inputs, outputs, list(stored), sparse_initializer=list(sparse))
        opsets = [helper.make_opsetid("", opset), *imports]
        model = helper.make_model(graph, opset_imports=opsets, functions=list(functions), producer_name="")
        write("onnx", f"{name}.onnx", model.SerializeToString())

    save(
        "network",
        [
            node("Conv", "x w1 b1", "c", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
            node("BatchNormalization", "c scale shift mean var", "n"),
            node("Relu", "n", "r"),
            node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
            node("Add", "p p", "a"),
            node("GlobalAveragePool", "a", "g"),
            node("Flatten", "g", "f"),
            node("Gemm", "f w2 b2", "d", transB=1),
            node("Softmax", "d", "y", axis=-1),
        ],
        [value("x", F, ["batch", 3, 15, "W"])],
        [value("y")],
        [tensor("w1", 4, 3, 3, 3), tensor("b1", 4), tensor("scale", 4), tensor("shift", 4), tensor("mean", 4), tensor("var", 4)]
        + [tensor("w2", 5, 4), tensor("b2", 5)],
    )
    save(
        "sizes",
        [
            node("Shape", "x", "s"),
            node("Gather", "s zero", "n", axis=0),
            node("Mul", "n two", "m"),
            node("Concat", "m minus", "t", axis=0),
            node("Reshape", "x t", "r"),
            node("Transpose", "r", "p", perm=[1, 0]),
            node("Slice", "p zero two", "q"),
            node("Expand", "q t", "e"),
            node("Range", "first last step", "i"),
            node("ConstantOfShape", "t", "k"),
            node("Split", "x", "u v", axis=1),
            node("TopK", "x two", "values indices"),
        ],
        [value("x", F, [None, 4, "d"])],
        [value("q"), value("e"), value("k"), value("v")],
        [ints("zero", 0), ints("two", 2), ints("minus", -1)] + [numpy_helper.from_array(numpy.int64(n), k) for k, n in (("first", 0), ("last", 9), ("step", 2))],
    )
    save(
        "attention",
        [
            node("MatMul", "x wq", "q"),
            node("Transpose", "q", "k", perm=[0, 2, 1]),
            node("MatMul", "q k", "s"),
            node("Softmax", "s", "a"),
            node("MatMul", "a q", "o"),
            node("LayerNormalization", "o scale", "y mean inverse", axis=-1),
            node("Einsum", "y y", "z", equation="bij,bkj->bik"),
        ],
        [value("x", F, ["batch", 7, 6])],
        [value("z")],
        [tensor("wq", 6, 6), tensor("scale", 6)],
    )
    save(
        "recurrent",
        [
            node("LSTM", "x w r", "y h c", hidden_size=3),
            node("GRU", "x w2 r2", "y2 h2", hidden_size=3, direction="reverse"),
            node("RNN", "x w3 r3", "y3", hidden_size=3),
            node("QuantizeLinear", "x scale", "q"),
            node("DequantizeLinear", "q scale", "dq"),
            node("Resize", "x  scales".replace("  ", " _ "), "z", mode="nearest"),
        ],
        [value("x", F, [5, 2, 4])],
        [value("y"), value("h2"), value("y3"), value("z")],
        [tensor("w", 1, 12, 4), tensor("r", 1, 12, 3), tensor("w2", 1, 9, 4), tensor("r2", 1, 9, 3), tensor("w3", 1, 3, 4), tensor("r3", 1, 3, 3)]
        + [tensor("scale"), tensor("scales", 3), tensor("_", 0)],
    )
    body = helper.make_graph(
        [node("Identity", "cond_in", "cond"), node("Concat", "state x", "next", axis=0), node("MatMul", "x w", "scan")],
        "body",
        [value("i", I, []), value("cond_in", B, []), value("state", F)],
        [value("cond", B), value("next"), value("scan")],
    )
    save(
        "loop",
        [node("Loop", "most go x", "last scans", body=body)],
        [value("x", F, [2, 3]), value("go", B, [])],
        [value("last"), value("scans")],
        [numpy_helper.from_array(numpy.int64(4), "most"), tensor("w", 3, 3)],
    )
    branch = lambda name, kind: helper.make_graph([node(kind, "x w", name)], name, [], [value(name)])
    scan = helper.make_graph(
        [node("Add", "sum part", "next"), node("Identity", "next", "out")], "scan", [value("sum", F, [3]), value("part", F, [3])], [value("next"), value("out")]
    )
    save(
        "branches",
        [
            node("If", "yes", "z", then_branch=branch("a", "MatMul"), else_branch=branch("b", "Add")),
            node("Scan", "w0 x", "end all", body=scan, num_scan_inputs=1),
        ],
        [value("x", F, [3, 3]), value("yes", B, [])],
        [value("z"), value("all")],
        [tensor("w", 3, 3), tensor("w0", 3)],
    )
    inner = helper.make_function("own", "Half", ["X"], ["Y"], [node("Relu", "X", "t"), node("LeakyRelu", "t", "Y")], [helper.make_opsetid("", 17)])
    act = node("LeakyRelu", "t", "Y")
    act.attribute.append(onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="alpha"))
    outer = helper.make_function(
        "own", "Both", ["X", "W"], ["Y"], [node("Half", "X", "h", domain="own"), node("MatMul", "h W", "t"), act],
        [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)], ["alpha"],
    )
    save(
        "functions",
        [node("Both", "x w", "a", domain="own", alpha=0.2), node("Both", "a w", "y", domain="own"), node("FusedGelu", "y", "z", domain="com.microsoft")],
        [value("x", F, ["N", 4])],
        [value("z")],
        [tensor("w", 4, 4)],
        functions=[inner, outer],
        imports=[helper.make_opsetid("own", 1), helper.make_opsetid("com.microsoft", 1)],
    )
    outside = TensorProto(name="sizes", data_type=I, dims=[2], data_location=TensorProto.EXTERNAL)
    for key, told in (("location", "weights.data"), ("offset", "16"), ("length", "16")):
        outside.external_data.add(key=key, value=told)
    weights = TensorProto(name="w", data_type=F, dims=[6, 2000], data_location=TensorProto.EXTERNAL)
    weights.external_data.add(key="location", value="weights.data")
    sparse = onnx.SparseTensorProto(values=tensor("few", 2), indices=ints("at", 0, 5), dims=[2, 6])
    save(
        "outside",
        [node("Reshape", "x sizes", "r"), node("MatMul", "r w", "m"), node("MatMul", "few m", "y"), node("SequenceConstruct", "r r", "q"), node("ConcatFromSequence", "q", "z", axis=0)],
        [value("x", F, [6, 2]), helper.make_tensor_sequence_value_info("unused", F, None)],
        [value("y"), value("z")],
        [outside, weights],
        sparse=[sparse],
    )


def dense(name, units, **more):
    return {"class_name": "Dense", "config": {"name": name, "units": units, "activation": "relu", **more}}


SEQUENCE = {
    "class_name": "Sequential",
    "config": {
        "name": "s",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 9, 9, 3], "name": "in", "dtype": "float32"}},
            {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same"}},
            {"class_name": "BatchNormalization", "config": {"name": "n", "axis": -1}},
            {"class_name": "MaxPooling2D", "config": {"name": "p", "pool_size": [2, 2]}},
            {"class_name": "Flatten", "config": {"name": "f"}},
            dense("d", 5),
        ],
    },
}


def wired(kind, name, config, *takes):
    tensors = [{"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 6], "dtype": "float32", "keras_history": [one, 0, 0]}} for one in takes]
    nodes = [{"args": tensors if kind != "Add" else [tensors], "kwargs": {}}] if takes else []
    return {"module": "keras.layers", "class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


GRAPH = {
    "module": "keras.src.models.functional",
    "class_name": "Functional",
    "config": {
        "name": "g",
        "layers": [
            wired("InputLayer", "in", {"batch_shape": [None, 8, 6]}),
            wired("MultiHeadAttention", "a", {"num_heads": 2, "key_dim": 3}, "in", "in"),
            wired("Add", "s", {}, "in", "a"),
            wired("LayerNormalization", "n", {"axis": -1}, "s"),
            wired("TimeDistributed", "t", {"layer": {"module": "keras.layers", "class_name": "Dense", "config": {"units": 4}}}, "n"),
            wired("Bidirectional", "b", {"merge_mode": "concat", "layer": {"class_name": "LSTM", "config": {"units": 3, "return_sequences": True}}}, "t"),
            wired("EinsumDense", "e", {"equation": "abc,cd->abd", "output_shape": [None, 7]}, "b"),
            wired("Lambda", "l", {}, "e"),
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["e", 0, 0], ["l", 0, 0]],
    },
}

OLD = {
    "class_name": "Model",
    "config": {
        "name": "m",
        "layers": [
            {"class_name": "InputLayer", "name": "in", "config": {"batch_input_shape": [None, 8], "name": "in"}, "inbound_nodes": []},
            {"class_name": "Embedding", "name": "e", "config": {"input_dim": 9, "output_dim": 6, "trainable": False}, "inbound_nodes": [[["in", 0, 0, {}]]]},
            {"class_name": "GRU", "name": "g", "config": {"units": 3}, "inbound_nodes": [[["e", 0, 0, {}]]]},
            {"class_name": "Sequential", "name": "q", "config": [dense("d", 2, batch_input_shape=[None, 3])], "inbound_nodes": [[["g", 0, 0, {}]], [["g", 0, 0, {}]]]},
            {"class_name": "Concatenate", "name": "c", "config": {"axis": -1}, "inbound_nodes": [[["q", 1, 0, {}], ["q", 2, 0, {}]]]},
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["c", 0, 0]],
    },
}


def keras_seeds():
    import h5py
    import io
    import numpy

    def text(model):
        return json.dumps(model, separators=(",", ":")).encode()

    for name, model in (("sequence", SEQUENCE), ("graph", GRAPH), ("old", OLD)):
        write("keras", f"{name}.json", text(model))
    for name, packing in (("stored", zipfile.ZIP_STORED), ("packed", zipfile.ZIP_DEFLATED)):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", packing) as into:
            for entry, content in (("metadata.json", b"{}"), ("config.json", text(SEQUENCE))):
                # A date of its own: the file is the same whenever it is made.
                into.writestr(zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0)), content, packing)
        write("keras", f"{name}.keras", archive.getvalue())

    def hdf5(name, fill):
        file = io.BytesIO()
        with h5py.File(file, "w") as root:
            fill(root)
        write("keras", f"{name}.h5", file.getvalue())

    small = {"class_name": "Sequential", "config": {"name": "s", "layers": [dense("d", 2, batch_input_shape=[None, 3])]}}

    def whole(root):
        root.attrs["model_config"] = text(small)
        root.create_group("model_weights")

    def weights(root):
        root.create_dataset("layers/dense/vars/0", data=numpy.zeros((3, 2), numpy.float32))
        root.create_dataset("layers/dense/vars/1", data=numpy.zeros(2, numpy.float32))

    def older(root):
        root.create_dataset("conv2d/conv2d/kernel:0", data=numpy.zeros((2, 1), numpy.float32))
        root.create_dataset("bn/bn/moving_mean:0", data=numpy.zeros(1, numpy.float32), chunks=(1,), compression="gzip")

    def circles(root):
        group = root.create_group("layers")
        group["again"] = group

    def links(root):
        root["out"] = h5py.ExternalLink("/etc/passwd", "/x")
        root["self"] = h5py.SoftLink("/self")
        root.create_dataset("d/d/kernel:0", shape=(1 << 40, 1 << 40), dtype="f4", chunks=(1 << 10, 1 << 10))
        root.create_dataset("e/e/kernel:0", data=numpy.zeros(3, numpy.float32))

    hdf5("circles", circles)
    hdf5("links", links)
    hdf5("whole", whole)
    hdf5("weights", weights)
    hdf5("older", older)


if __name__ == "__main__":
    {"onnx": onnx_seeds, "keras": keras_seeds}[sys.argv[1]]()
