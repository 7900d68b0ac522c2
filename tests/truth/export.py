"""Loads every export of every network in the frameworks that it is for, and holds them to the ledger and to each other.

    pip install torch==2.15.0 keras==3.15.1 onnx==1.23.2 onnxruntime==1.32.0 numpy
    cargo build --release
    python tests/truth/export.py                    # the networks that come along, and small ones of odd settings
    python tests/truth/export.py q1 mine.net        # these

For each network, `workings show --as json` gives the ledger, and `workings export` the four files. Then:

- onnx      the checker passes with its shape inference; the initializers are the ledger's tensors, by name and shape;
            ONNX Runtime gives every layer's output the ledger's shape
- torch     `parameters()` counts the ledger's parameters, buffers its statistics; modules give the ledger's shapes; the
            output is ONNX Runtime's, with the same weights
- keras     `trainable_weights` counts the ledger's parameters, `non_trainable_weights` its statistics; the layers' shapes
            are the ledger's; the output is ONNX Runtime's, with the same weights
- json      what `model_from_json` makes of it counts and gives the same as the Python file
- weights   written from the ONNX file as safetensors and exported again with `--weights`: they come back bit for bit, and
            the file beside the PyTorch module fits its `state_dict`

Weights are the ONNX file's, with noise on those of one axis (biases, scales, statistics), so that none is idle. An output
agrees where its largest difference is at most 1e-4 of its largest element. The exit code is 1 if anything does not.
"""

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("WORKINGS", str(ROOT / "target/release/workings"))
AGREES = 1e-4
OPEN = 7  # what an open size is run with

# Settings that the networks in networks/ do not have. What is refused is said behind the text: by torch, keras, onnx.
ODD = [
    ("input 9x9x3 / conv 3, 4, pad 1:0, relu / flatten / dense 2", ""),
    ("input 10x10x3 / conv 3, 4, stride 2, same", ""),
    ("input 11x10x3 / conv 3x2, 4, stride 2, same lower / conv 3, 6, dilation 2, groups 2", ""),
    ("input 10x10x3 / conv 3, 4 / pool 3, stride 2, pad 1", "keras"),
    ("input 10x10x3 / conv 3, 4, relu / pool 3, stride 2, pad 1, rounding ceil", ""),
    ("input 10x10x3 / conv 3, 4 / pool 3, stride 2, pad 1:0x0:1", "keras"),
    ("input 10x10x3 / pool 3, stride 2, same", ""),
    ("input 10x10x3 / avgpool 3, stride 2, pad 1", ""),
    ("input 10x10x3 / avgpool 3, stride 2, rounding ceil", "keras"),
    ("input 11x11x3 / avgpool 3, stride 3, rounding ceil", "keras"),
    ("input 11x11x3 / avgpool 3, stride 2, pad 1, rounding ceil / avgpool 2, stride 3, rounding ceil", ""),
    ("input 10x10x3 / avgpool 3, stride 2, pad 1, rounding ceil", "keras"),
    ("input 10x10x3 / avgpool 3, stride 2, pad 0:1", ""),
    # An average of 10x10 with one zero at the end is left out: Keras's PyTorch backend counts the border again for it.
    ("rules keras / input 9x9x3 / avgpool 3, stride 2, same / conv 3, 4, same, stride 2, relu / flatten / dense 3", ""),
    ("rules keras / input 9x9x3 / conv 3, 4, leakyrelu / batchnorm / leakyrelu / globalpool / dense 3, softmax", ""),
    ("rules onnx / input 9x9x3 / conv 3, 4 / avgpool 3, stride 2, pad 1", ""),
    ("rules onnx / input 9x9x3 / conv 3, 4, hardsigmoid", "torch keras"),
    ("input 7x7x3 / adaptivepool 3", "onnx"),
    ("input 6x9x3 / adaptivemaxpool 3", ""),
    ("input 5x4x6 / transposed 3, 4, stride 2, pad 1, relu", ""),
    ("input 5x4x6 / transposed 3, 4, stride 2, pad 1, extra 1", ""),
    ("input 5x4x6 / transposed 4, 4, stride 2, same", ""),
    ("input 5x4x6 / transposed 3, 4, stride 2, same", ""),
    ("input 5x4x6 / transposed 3, 4, stride 2, pad 0:2", ""),
    ("input 5x4x6 / transposed 2, 4, stride 3, groups 2", "keras"),
    ("rules keras / input 5x4x6 / transposed 2, 4, stride 3", ""),
    ("rules keras / input 5x4x6 / transposed 3, 4, stride 2, same", ""),
    ("input 8x8x4 / depthwise 3, multiplier 2, pad 1 / separable 3, 6, pad 1, multiplier 2, silu", ""),
    ("input 8x8x4 / depthwise 3x1, stride 2x1", ""),
    ("input 8x8x4 / conv 3, 8, stride 2, dilation 2", "keras"),
    ("input 8x8x4 / conv 1, 8 / groupnorm 2, relu / instancenorm affine / instancenorm", ""),
    ("input 8x8x4 / groupnorm 2, no shift", "torch"),
    ("input 8x8x4 / batchnorm no scale", "torch"),
    ("input 8x8x4 / batchnorm no scale, no shift, gelu", ""),
    ("input 8x8x4 / batchnorm no statistics", "keras onnx"),
    ("input 8x8x4 / layernorm axes 2 / dense 5, tanh / conv 1, 3", ""),
    ("input 9x6 / layernorm no shift / rmsnorm / dense 4 / layernorm no scale, no shift", ""),
    ("input 9x6 / rmsnorm no scale", "keras"),
    ("input 8x8x4 / prelu / conv 1, 3 / prelu slopes channels", ""),
    ("input 8x8x4 / prelu slopes elements", "torch"),
    ("input 6 / prelu slopes channels / dense 4, mish / dense 3, selu", ""),
    ("input 4x6x8 / upsample 2x3 / zeropad 1:2x0:1 / crop 0:2x1:0", ""),
    ("input 12x8 / conv 3, 6, causal / pool 2 / upsample 2 / zeropad 1:0 / crop 2:0 / globalpool flat / dense 4", ""),
    ("input 4x6x6x2 / conv 3, 4, pad 1, elu / pool 2 / batchnorm / flatten / dense 3", ""),
    ("input 4x6x6x2 / avgpool 2 / transposed 2, 3, stride 2 / zeropad 1 / crop 1 / upsample 2 / globalmaxpool", ""),
    ("input 7x7x8 / reshape 49x8 / attention 2 / flatten / dense 3", ""),
    ("input 4x6x8 / reshape 6x32 / dense 3", ""),
    ("input 24 / reshape 2x3x4 / conv 1, 2 / reshape 3x4 / flatten", ""),
    ("rules keras / input 4x6x8 / reshape 6x32 / reshape -1 / reshape 4x4x12 / conv 1, 2", ""),
    ("input 12 / embedding 20, 6 / attention 3, no bias / globalpool flat / dense 3", ""),
    ("a: input 5x8 / b: input 7x8 / attention 2, memory b, from a", ""),
    ("a: input 5x8 / b: input 7x6 / attention 2, memory b, from a / dense 3", ""),
    ("a: input 5x8 / b: input 7x6 / c: input 7x4 / attention 2, keys b, values c, from a", ""),
    ("input 5x8 / attention 2, key 3, value 5", "torch"),
    ("batch N / input LxMx3 / conv 3, 4, pad 1, relu / pool 2 / globalpool / flatten / dense 3", ""),
    ("batch N / input LxMx3 / conv 3, 4, stride 2, same", "torch keras onnx"),
    ("a: input 8x8x4 / b: input 8x8x4 / s: conv 3, 6, pad 1, relu, from a / t: concat s, a, b / conv 1, 6 / multiply s", ""),
    ("a: input 8x8x4 / b: input 1x1x4 / multiply a, b / c: conv 1, 3 / concat a, c, axis channels", ""),
    ("a: input 8x6 / b: input 5x6 / concat a, b, axis length / dense 4", ""),
    ("a: input 3x6x4 / b: input 5x6x4 / concat a, b, axis height / hardswish / hardsigmoid / softplus / relu6", ""),
    ("rules keras / a: input 8x8x4 / b: input 4 / add a, b", "torch onnx"),
    ("input 9x5 / lstm 6 / lstm 4, last / dense 2", "keras"),
    ("input 9x5 / lstm 6, layers 2, bidirectional / lstm 4, bidirectional, last", "keras"),
    ("input 9x5 / gru 6, layers 2 / gru 4, last", ""),
    ("input 9x5 / gru 6, bidirectional / rnn 4, layers 2, bidirectional, last", "keras"),
    ("rules keras / input 9x5 / lstm 6, sequence / gru 4, sequence / rnn 3", "torch"),
    ("input 9x5 / gru 6, biases 1 / lstm 4, no bias / rnn 3, biases 1, last", "torch"),
    ("input 9x5 / lstm 6, projection 4", "keras onnx"),
    ("input 9x5 / softmax / leakyrelu / silu / dense 3, softmax", ""),
    ("input 9x9x3 / conv 2, 3, pad 0:1 / conv1_pad: conv 2, 3, pad 0:1, from input / conv1_padded: conv 1, 3, from input / add conv1, conv1_pad, conv1_padded, relu", ""),
    ("input 5x5x3 / one: conv 1, 4 / two: conv 1, 5, from input / train: conv 1, 6, relu6, from input", ""),
]


def run(*arguments):
    """The standard output of the command, or None where it refuses."""
    ran = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True)
    if ran.returncode:
        assert "panicked" not in ran.stderr, ran.stderr
        return None, ran.stderr
    return ran.stdout, ""


def module(path, is_run):
    """A Python file as a module; run as a program it must count what the sheet counts."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    if not is_run:
        return loaded
    printed = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert printed.returncode == 0, printed.stderr
    counted, sheet = re.findall(r"[\d,]+(?= parameters)|(?<=and )[\d,]+", printed.stdout)
    assert counted == sheet, printed.stdout
    return loaded


class Open(dict):
    """What open sizes are run with."""

    def __missing__(self, name):
        return {"min": min, "max": max}.get(name, OPEN)


def shapes(ledger_shape, batch):
    """The shapes that a value may have: channels first or last, open sizes as they are run."""
    _, c, *space = [eval(size, {}, Open()) if isinstance(size, str) else size for size in ledger_shape]
    return [(batch, c, *space), (batch, *space, c)]


def identifier(name):
    """A name as the Python files have it."""
    return re.sub(r"[^0-9A-Za-z]", "_", name)


def near(a, b):
    """The largest difference as a part of the largest element."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12))


class Network:
    """A network, its ledger, and the weights and the answer that the exports are held to."""

    def __init__(self, source, folder):
        self.source, self.folder = source, folder
        self.ledger = json.loads(run("show", source, "--as", "json")[0])
        self.rows = self.ledger["rows"]
        self.params = sum(np.prod(t["shape"], dtype=int) for r in self.rows for t in r["tensors"] if t["role"] != "statistic")
        self.statistics = sum(np.prod(t["shape"], dtype=int) for r in self.rows for t in r["tensors"] if t["role"] == "statistic")
        self.tensors = {f"{r['name']}.{t['name']}": tuple(t["shape"]) for r in self.rows for t in r["tensors"]}
        self.batch = 2
        generator = np.random.default_rng(4)
        self.inputs = []
        for port in self.ledger["model"]["inputs"]:
            shape = shapes(port["shape"], self.batch)[0]
            indices = any(r["op"] == "embedding" and r["inputs"][0]["name"] == port["name"] for r in self.rows)
            self.inputs.append(generator.integers(0, 20, shape) if indices else generator.standard_normal(shape, dtype=np.float32))
        self.weights, self.answer, self.feeds = None, None, self.inputs

    def export(self, to, file):
        _, said = run("export", self.source, "--to", to, "-o", self.folder / file)
        return said

    # ---- onnx --------------------------------------------------------------------------------------------------------

    def onnx(self):
        file = self.folder / "network.onnx"
        onnx.checker.check_model(str(file), full_check=True)
        model = onnx.load(file)
        found = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
        assert found == self.tensors, set(found.items()) ^ set(self.tensors.items())
        generator = np.random.default_rng(5)
        self.weights = {}
        for tensor in model.graph.initializer:
            value = numpy_helper.to_array(tensor)
            if value.ndim == 1:
                value = value + generator.uniform(-0.2, 0.2, value.shape).astype(np.float32)
                tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
            self.weights[tensor.name] = value
        rows = [row["name"] for row in self.rows]
        declared = {value.name: value for value in [*model.graph.value_info, *model.graph.output]}
        missing = [row for row in rows if row not in declared]
        assert not missing, missing
        outputs = [value.name for value in model.graph.output]
        for name in rows:
            if name not in outputs:
                model.graph.output.append(declared[name])
        noisy = self.folder / "noisy.onnx"
        onnx.save(model, noisy)
        del model
        session = onnxruntime.InferenceSession(str(noisy), providers=["CPUExecutionProvider"])
        self.held = [tuple(port.shape[1:]) for port in session.get_inputs()]
        # A sequence may be asked for with its features last.
        feeds = {}
        for port, value in zip(session.get_inputs(), self.inputs):
            feeds[port.name] = value if self.first(port.shape, value.shape) else np.moveaxis(value, 1, -1)
        self.feeds = list(feeds.values())
        given = dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds)))
        for row in self.rows:
            expected = shapes(row["outputs"][0]["shape"], self.batch)
            assert given[row["name"]].shape in expected, (row["name"], given[row["name"]].shape, expected)
        self.answer = [given[name] for name in outputs]
        noisy.unlink()
        return "agrees"

    @staticmethod
    def first(asked, shape):
        """Whether an input is asked for with the channels first, as `shape` has them."""
        return all(not isinstance(a, int) or a == b for a, b in zip(asked[1:], shape[1:])) and not (
            isinstance(asked[-1], int) and len(asked) == 3 and isinstance(asked[1], str))

    # ---- torch -------------------------------------------------------------------------------------------------------

    def torch(self):
        loaded = module(self.folder / "torch_network.py", isinstance(self.source, str))
        kinds = [kind for kind in vars(loaded).values() if isinstance(kind, type) and kind.__module__ == loaded.__name__]
        network = kinds[0]().eval()
        assert sum(p.numel() for p in network.parameters()) == self.params
        counted = {name: b for name, b in network.named_buffers() if not name.endswith("num_batches_tracked")}
        assert sum(b.numel() for b in counted.values()) == self.statistics
        if self.weights is None and self.tensors:
            return "counts"
        names = {}
        for row in self.rows:
            own = identifier(row["name"])
            own = own if own in dict(network.named_children()) else own + "_"
            names |= {f"{own}.{t['name']}": f"{row['name']}.{t['name']}" for t in row["tensors"]}
        state = {name: torch.tensor(self.weights[own]) for name, own in names.items()}
        # PyTorch names the projections of one source together.
        network.load_state_dict(self.together(network, state), strict=False)
        missing = set(network.state_dict()) - set(self.together(network, state))
        assert all(name.endswith("num_batches_tracked") for name in missing), missing
        seen = {}
        for name, part in network.named_children():
            part.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output}))
        with torch.no_grad():
            output = network(*[torch.tensor(value) for value in self.feeds])
        by_name = {identifier(row["name"]): row for row in self.rows}
        for name, output_of in seen.items():
            row = by_name.get(name) or by_name.get(name[:-1])
            if isinstance(output_of, torch.Tensor) and row["settings"].get("flat") != "yes" and row["op"] != "transposed":
                expected = shapes(row["outputs"][0]["shape"], self.batch)
                assert tuple(output_of.shape) in expected, (name, tuple(output_of.shape), expected)
        outputs = [value.numpy() for value in (output if isinstance(output, tuple) else (output,))]
        if self.answer is None:
            # What ONNX has no operator for is held against PyTorch.
            self.answer = outputs
            return "runs"
        return self.compare(outputs)

    @staticmethod
    def together(network, state):
        """Where a module has the projections together and the ledger apart, they are joined."""
        wanted, state = network.state_dict(), dict(state)
        for name in [name for name in wanted if name.endswith("in_proj_weight") and name not in state]:
            parts = [state.pop(name.replace("in_proj", f"{part}_proj")) for part in "qkv"]
            state[name] = torch.cat(parts)
        return state

    def compare(self, outputs):
        assert len(outputs) == len(self.answer)
        worst = 0.0
        for found, expected in zip(outputs, self.answer):
            if found.shape != expected.shape:
                found = np.moveaxis(found, -1, 1)
            assert found.shape == expected.shape, (found.shape, expected.shape)
            worst = max(worst, near(found, expected))
        assert worst <= AGREES, f"differs by {worst:.1e}"
        return f"{worst:.0e}"

    # ---- keras -------------------------------------------------------------------------------------------------------

    def keras(self):
        return self.keras_model(module(self.folder / "keras_network.py", isinstance(self.source, str)).build())

    def json(self):
        return self.keras_model(keras.models.model_from_json((self.folder / "network.json").read_text()))

    def keras_model(self, network):
        def count(weights):
            return sum(int(np.prod(weight.shape)) for weight in weights)

        assert count(network.trainable_weights) == self.params, (count(network.trainable_weights), self.params)
        assert count(network.non_trainable_weights) == self.statistics
        layers = {layer.name: layer for layer in network.layers}
        for row in self.rows:
            name = identifier(row["name"])
            name = name if name in layers else name + "_"
            layer = layers.get(f"{name}_crop", layers[name])
            _, c, *space = row["outputs"][0]["shape"]
            expected = tuple(size if isinstance(size, int) else None for size in [*space, c])
            assert layer.output.shape[1:] == expected, (name, layer.output.shape, expected)
            if self.weights and row["tensors"]:
                self.set(layers[name], row, layers)
        if self.answer is None:
            return "counts"
        feeds = [np.moveaxis(value, 1, -1) for value in self.inputs]
        given = network(feeds if len(feeds) > 1 else feeds[0], training=False)
        outputs = given if isinstance(given, (list, tuple)) else [given]
        outputs = [keras.ops.convert_to_numpy(output) for output in outputs]
        return self.compare([np.moveaxis(o, -1, 1) if self.is_first(o, a) else o for o, a in zip(outputs, self.answer)])

    @staticmethod
    def is_first(found, answer):
        """Whether an answer of a shape that tells nothing (8x8x8) has the channels first."""
        if found.ndim == 2 or found.shape != answer.shape:
            return False
        moved = np.moveaxis(found, -1, 1)
        return moved.shape == answer.shape and near(moved, answer) < near(found, answer)

    def set(self, layer, row, layers):
        """A layer's weights, from PyTorch's layout into Keras's."""
        own = {t["name"]: self.weights[f"{row['name']}.{t['name']}"] for t in row["tensors"]}
        kind = type(layer).__name__
        spatial = lambda w: np.moveaxis(w, (0, 1), (-1, -2))  # out x in x space to space x in x out
        if kind.startswith("Depthwise"):
            c_in = row["settings"]["groups"]
            w = spatial(own["weight"])[..., 0, :]
            values = [w.reshape(*w.shape[:-1], c_in, -1)]
            values += [own["bias"]] if "bias" in own else []
        elif kind.startswith("Separable"):
            w = spatial(own["depthwise.weight"])[..., 0, :]
            values = [w.reshape(*w.shape[:-1], -1, row["settings"]["multiplier"]), spatial(own["pointwise.weight"])]
            values += [own["pointwise.bias"]] if "pointwise.bias" in own else []
        elif "Transpose" in kind:
            # PyTorch has in x out, and Keras lays a kernel in the same direction.
            values = [spatial(own["weight"])] + ([own["bias"]] if "bias" in own else [])
        elif kind.startswith("Conv"):
            values = [spatial(own["weight"])] + ([own["bias"]] if "bias" in own else [])
        elif kind == "Dense":
            values = [own["weight"].T] + ([own["bias"]] if "bias" in own else [])
        elif kind == "MultiHeadAttention":
            values = self.attention(own, row)
        elif kind in ("LSTM", "GRU", "SimpleRNN"):
            return self.recurrent(kind, own, row, layers)
        elif kind == "PReLU":
            w = own["weight"]
            values = [np.moveaxis(w, 0, -1) if w.ndim > 1 else w.reshape(layer.get_weights()[0].shape)]
        else:
            values = list(own.values())
        layer.set_weights(values)

    @staticmethod
    def attention(own, row):
        heads = row["settings"]["heads"]
        if "in_proj_weight" in own:
            key = row["settings"].get("key", own["in_proj_weight"].shape[1] // heads) * heads
            weights = np.split(own["in_proj_weight"], [key, 2 * key])
        else:
            weights = [own[f"{part}_proj_weight"] for part in "qkv"]
            key = weights[0].shape[0]
        biases = np.split(own["in_proj_bias"], [key, 2 * key]) if "in_proj_bias" in own else []
        values = []
        for at, weight in enumerate(weights):
            values.append(weight.T.reshape(weight.shape[1], heads, -1))
            values += [biases[at].reshape(heads, -1)] if biases else []
        values.append(own["out_proj.weight"].T.reshape(heads, -1, own["out_proj.weight"].shape[0]))
        return values + ([own["out_proj.bias"]] if biases else [])

    @staticmethod
    def recurrent(kind, own, row, layers):
        name, count = identifier(row["name"]), row["settings"]["layers"]
        for at in range(count):
            layer = layers[name if at + 1 == count else f"{name}_{at + 1}"]

            def gates(tensor):
                parts = np.split(tensor, {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind])
                # PyTorch's r, z, n are Keras's z, r, h; i, f, g, o stay.
                return np.concatenate([parts[1], parts[0], parts[2]] if kind == "GRU" else parts)

            values = [gates(own[f"weight_{part}_l{at}"]).T for part in ("ih", "hh")]
            biases = [gates(own[f"bias_{part}_l{at}"]) for part in ("ih", "hh") if f"bias_{part}_l{at}" in own]
            values += [np.stack(biases)] if len(biases) == 2 else biases
            layer.set_weights(values)

    # ---- weights -----------------------------------------------------------------------------------------------------

    def round_trip(self):
        given, file = self.folder / "given.safetensors", self.folder / "weighted.onnx"
        header, data = {}, b""
        for name, value in self.weights.items():
            start = len(data)
            data += np.ascontiguousarray(value, np.float32).tobytes()
            header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [start, len(data)]}
        text = json.dumps(header).encode()
        given.write_bytes(len(text).to_bytes(8, "little") + text + data)
        _, said = run("export", self.source, "-o", file, "--weights", given)
        assert not said, said
        for tensor in onnx.load(file).graph.initializer:
            assert np.array_equal(numpy_helper.to_array(tensor), self.weights[tensor.name]), tensor.name
        file.unlink()
        module_file = self.folder / "weighted.py"
        _, said = run("export", self.source, "--to", "torch", "-o", module_file, "--weights", given)
        if not said:
            loaded = module(module_file, False)
            kinds = [kind for kind in vars(loaded).values() if isinstance(kind, type) and kind.__module__ == loaded.__name__]
            network = kinds[0]().eval()
            network.load_state_dict(self.safetensors(module_file.with_suffix(".safetensors")), strict=True)
            with torch.no_grad():
                output = network(*[torch.tensor(value) for value in self.feeds])
            self.compare([value.numpy() for value in (output if isinstance(output, tuple) else (output,))])
        return "agrees"

    @staticmethod
    def safetensors(file):
        """The tensors of a file, read as the format says."""
        data = file.read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        own = data[8 + length :]
        return {
            name: torch.tensor(np.frombuffer(own[slice(*told["data_offsets"])], np.float32).reshape(told["shape"]))
            for name, told in header.items()
        }


def check(source, folder, refused):
    """A network's line of the table, and whether all of it is as it should be."""
    network, cells, fine = Network(source, folder), [], True
    kinds = [("onnx", "network.onnx", network.onnx), ("torch", "torch_network.py", network.torch),
             ("keras", "keras_network.py", network.keras), ("keras-json", "network.json", network.json)]
    for kind, file, held in kinds:
        said = network.export(kind, file)
        expected = kind.split("-")[0] in refused.split()
        try:
            cell = "refused" if said else held()
        except Exception as wrong:  # whatever a framework raises is an answer
            cell, fine = f"WRONG: {type(wrong).__name__}: {str(wrong).strip().splitlines()[0][:160] if str(wrong).strip() else wrong!r}", False
        if bool(said) != expected:
            cell, fine = f"WRONG: {said.strip().splitlines()[0] if said else 'was to be refused'}", False
        cells.append(cell)
    cells.append(network.round_trip() if network.weights and network.params < 20_000_000 else "-")
    return cells, fine


def main():
    named = sys.argv[1:]
    sources = [(name, "") for name in named] or [(path.stem, "") for path in sorted((ROOT / "networks").glob("*.net"))]
    if not named or named == ["odd"]:
        sources = (sources if not named else []) + ODD
    ended = 0
    print(f"{'network':14}{'onnx':>10}{'torch':>10}{'keras':>10}{'json':>10}{'weights':>10}")
    for source, refused in sources:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            shown = source
            if " / " in source:
                (folder / "odd.net").write_text("network odd\n" + source.replace(" / ", "\n") + "\n")
                source = folder / "odd.net"
            try:
                cells, fine = check(source, folder, refused)
            except Exception as wrong:
                cells, fine = [f"WRONG: {wrong!r}"], False
        ended |= not fine
        line = "".join(f"{cell:>10}" for cell in cells)
        print(f"{shown:14}{line}" if len(shown) < 14 else f"{shown}\n{'':14}{line}", flush=True)
    return ended


if __name__ == "__main__":
    sys.exit(main())
