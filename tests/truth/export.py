"""Loads every export of every network in the frameworks that it is for, and holds them to the ledger and to our own engine.

    cargo xtask frameworks                          # makes the environment, and does all of the below
    pip install -r tests/truth/frameworks.txt
    cargo build --release -p workings-cli -p workings-engine --features workings-cli/engine --bins --examples
    python tests/truth/export.py                    # the networks that come along, and small ones of odd settings
    python tests/truth/export.py q1 mine.net odd    # these

For each network, `workings show --as json` gives the ledger; the engine's example `answers` gives random weights, inputs and
the output of every layer; and `workings export` the four files, with these weights inside or beside them. Then:

- onnx      the checker passes with its shape inference, without weights too; the initializers are the ledger's tensors, by
            name and shape, and the given ones bit for bit; in ONNX Runtime every layer has the ledger's shape and the
            engine's elements (`export_onnx.py`)
- torch     `parameters()` counts the ledger's parameters, buffers its statistics; the file beside it fits the `state_dict`;
            modules give the ledger's shapes; the output is the engine's
- keras     `trainable_weights` counts the ledger's parameters, `non_trainable_weights` its statistics; the layers' shapes
            are the ledger's; `load_weights` takes the file beside it; the output is the engine's
- json      the same of what `model_from_json` makes of it

An output agrees where its largest difference is at most 1e-4 of its largest element. The exit code is 1 if anything does not.
"""

import importlib.util
import os
import re
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import onnx
import torch
from onnx import numpy_helper

import export_onnx
from export_onnx import cell, held, safetensors, shapes, table


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


def identifier(name):
    """A name as the Python files have it."""
    return re.sub(r"[^0-9A-Za-z]", "_", name)


class Network(export_onnx.Network):
    """A network, its ledger and the engine's answers, in every framework."""

    def __init__(self, source, folder):
        super().__init__(source, folder)

        def elements(of):
            tensors = (t["shape"] for r in self.rows for t in r["tensors"] if (t["role"] == "statistic") == of)
            return sum(int(np.prod(shape, dtype=int)) for shape in tensors)

        self.params, self.statistics = elements(False), elements(True)
        self.is_run = isinstance(source, str)

    def compare(self, outputs):
        assert len(outputs) == len(self.outputs)
        return f"{max(held(found, self.engine[name]) for found, name in zip(outputs, self.outputs)):.0e}"

    # ---- onnx --------------------------------------------------------------------------------------------------------

    def onnx(self):
        file, weights = self.folder / "network.onnx", safetensors(self.folder / "weights.safetensors")
        assert not self.export("onnx", "unweighted.onnx", weighted=False)
        for path in (self.folder / "unweighted.onnx", file):
            onnx.checker.check_model(str(path), full_check=True)
            model = onnx.load(path)
            found = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
            assert found == self.tensors, set(found.items()) ^ set(self.tensors.items())
        for tensor in model.graph.initializer:
            assert np.array_equal(numpy_helper.to_array(tensor), weights[tensor.name]), tensor.name
        del model, weights
        return super().onnx()

    # ---- torch -------------------------------------------------------------------------------------------------------

    def torch(self):
        loaded = module(self.folder / "torch_network.py", self.is_run)
        kinds = [kind for kind in vars(loaded).values() if isinstance(kind, type) and kind.__module__ == loaded.__name__]
        network = kinds[0]().eval()
        assert sum(p.numel() for p in network.parameters()) == self.params
        counted = {name: b for name, b in network.named_buffers() if not name.endswith("num_batches_tracked")}
        assert sum(b.numel() for b in counted.values()) == self.statistics
        state = safetensors(self.folder / "torch_network.safetensors")
        network.load_state_dict({name: torch.tensor(value) for name, value in state.items()}, strict=True)
        seen = {}
        for name, part in network.named_children():
            part.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output}))
        with torch.no_grad():
            output = network(*[torch.tensor(value) for value in self.feeds or self.sequences()])
        by_name = {identifier(row["name"]): row for row in self.rows}
        for name, output_of in seen.items():
            row = by_name.get(name) or by_name.get(name[:-1])
            if isinstance(output_of, torch.Tensor) and row["settings"].get("flat") != "yes" and row["op"] != "transposed":
                expected = shapes(row["outputs"][0]["shape"], self.batch)
                assert tuple(output_of.shape) in expected, (name, tuple(output_of.shape), expected)
        return self.compare([value.numpy() for value in (output if isinstance(output, tuple) else (output,))])

    def sequences(self):
        """What is fed where ONNX refused the network: images as they are, sequences with their features last."""
        return [np.moveaxis(value, 1, -1) if value.ndim == 3 else value for value in self.inputs]

    # ---- keras -------------------------------------------------------------------------------------------------------

    def keras(self):
        return self.keras_model(module(self.folder / "keras_network.py", self.is_run).build(), "keras_network")

    def json(self):
        return self.keras_model(keras.models.model_from_json((self.folder / "network.json").read_text()), "network")

    def keras_model(self, network, file):
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
        network.load_weights(self.folder / f"{file}.weights.h5")
        feeds = [np.moveaxis(value, 1, -1) for value in self.inputs]
        given = network(feeds if len(feeds) > 1 else feeds[0], training=False)
        outputs = given if isinstance(given, (list, tuple)) else [given]
        return self.compare([keras.ops.convert_to_numpy(output) for output in outputs])


def check(source, folder, refused):
    """A network's line of the table, a cell a framework."""
    network = Network(source, folder)
    kinds = [("onnx", "network.onnx", network.onnx), ("torch", "torch_network.py", network.torch),
             ("keras", "keras_network.py", network.keras), ("keras-json", "network.json", network.json)]
    return [cell(network.export(kind, file), run, kind.split("-")[0] in refused.split()) for kind, file, run in kinds]


if __name__ == "__main__":
    sys.exit(table(sys.argv[1:], ["onnx", "torch", "keras", "json"], check))
