"""Runs the ONNX file of networks in ONNX Runtime and holds every layer's output to our own engine's.

    pip install -r tests/truth/onnxruntime.txt
    cargo build --workspace --features workings-cli/engine --bins --examples
    WORKINGS=target/debug/workings python tests/truth/export_onnx.py lenet5 encoder odd

The engine's example `answers` builds a network with random weights and gives these, random inputs, and the output of every
layer. `workings export --weights` writes the ONNX file of the same, ONNX Runtime runs it, and every layer's output has the
ledger's shape and the engine's elements. `odd` are small networks whose settings those that come along do not have.

An output agrees where its largest difference is at most 1e-4 of its largest element. The exit code is 1 if anything does not.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = pathlib.Path(os.environ.get("WORKINGS", ROOT / "target/release/workings")).resolve()
ENGINE = COMMAND.parent / "examples/answers"
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
    """The standard output of a command, or None and what it says where it refuses."""
    ran = subprocess.run([*map(str, arguments)], capture_output=True, text=True)
    if ran.returncode:
        assert "panicked" not in ran.stderr, ran.stderr
        return None, ran.stderr
    return ran.stdout, ""


class Open(dict):
    """What open sizes are run with."""

    def __missing__(self, name):
        return {"min": min, "max": max}.get(name, OPEN)


def shapes(ledger_shape, batch):
    """The shapes that a value may have: channels first or last, open sizes as they are run."""
    _, c, *space = [eval(size, {}, Open()) if isinstance(size, str) else size for size in ledger_shape]
    return [(batch, c, *space), (batch, *space, c)]


def safetensors(file):
    """The tensors of a file, read as the format says."""
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    own = memoryview(data)[8 + length :]
    return {
        name: np.frombuffer(own[slice(*told["data_offsets"])], np.float32).reshape(told["shape"])
        for name, told in header.items()
    }


def held(found, expected):
    """The largest difference as a part of the largest element; where the channels are last, they are moved."""
    ways = [way for way in (found, np.moveaxis(found, -1, 1)) if way.shape == expected.shape]
    assert ways, (found.shape, expected.shape)
    # A shape that tells nothing (8x8x8) may be meant in either way.
    apart = min(float(np.abs(way - expected).max() / max(np.abs(expected).max(), 1e-12)) for way in ways)
    assert apart <= AGREES, f"differs by {apart:.1e}"
    return apart


def field(number, data):
    """A field of Protobuf, of bytes."""
    out, size = bytearray([number << 3 | 2]), len(data)
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    return bytes([*out, size]) + data


def with_outputs(model, names):
    """An ONNX file with more outputs: a message that comes twice is one, its lists one behind the other."""
    return model + field(7, b"".join(field(12, field(1, name.encode())) for name in names))


class Network:
    """A network, its ledger, and what the engine answers."""

    def __init__(self, source, folder):
        self.source, self.folder = source, folder
        self.ledger = json.loads(run(COMMAND, "show", source, "--as", "json")[0])
        self.rows, model = self.ledger["rows"], self.ledger["model"]
        self.tensors = {f"{r['name']}.{t['name']}": tuple(t["shape"]) for r in self.rows for t in r["tensors"]}
        batch = model["inputs"][0]["shape"][0]
        binds = [f"{symbol}={OPEN}" for symbol in model["symbols"] if symbol != batch]
        _, said = run(ENGINE, folder, source, *binds)
        assert not said, said
        taken = safetensors(folder / "inputs.safetensors")
        self.engine = safetensors(folder / "outputs.safetensors")
        self.inputs = [taken[port["name"]] for port in model["inputs"]]
        for at, port in enumerate(model["inputs"]):
            if any(r["op"] == "embedding" and r["inputs"][0]["name"] == port["name"] for r in self.rows):
                self.inputs[at] = self.inputs[at].astype(np.int64)
        self.batch = len(self.inputs[0])
        used = {name["name"] for row in self.rows for name in row["inputs"]}
        self.outputs = [row["name"] for row in self.rows if row["name"] not in used]
        self.feeds = None

    def export(self, to, file, weighted=True):
        """Why the command refuses to write the file, if it does."""
        weights = ["--weights", self.folder / "weights.safetensors"] if weighted else []
        return run(COMMAND, "export", self.source, "--to", to, "-o", self.folder / file, *weights)[1]

    def onnx(self):
        file = (self.folder / "network.onnx").read_bytes()
        names = [row["name"] for row in self.rows]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        more = with_outputs(file, [name for name in names if name not in self.outputs])
        session = onnxruntime.InferenceSession(more, options, providers=["CPUExecutionProvider"])
        del file, more
        # A sequence may be asked for with its features last.
        feeds = {}
        for port, value in zip(session.get_inputs(), self.inputs):
            feeds[port.name] = value if self.first(port.shape, value.shape) else np.moveaxis(value, 1, -1)
        self.feeds = list(feeds.values())
        worst = 0.0
        found = dict(zip([port.name for port in session.get_outputs()], session.run(None, feeds)))
        for row in self.rows:
            given, expected = found.pop(row["name"]), shapes(row["outputs"][0]["shape"], self.batch)
            assert given.shape in expected, (row["name"], given.shape, expected)
            try:
                worst = max(worst, held(given, self.engine[row["name"]]))
            except AssertionError as wrong:
                raise AssertionError(f"{row['name']} {wrong}") from None
        return f"{worst:.0e}"

    @staticmethod
    def first(asked, shape):
        """Whether an input is asked for with the channels first, as `shape` has them."""
        return all(not isinstance(a, int) or a == b for a, b in zip(asked[1:], shape[1:])) and not (
            isinstance(asked[-1], int) and len(asked) == 3 and isinstance(asked[1], str))


def check(source, folder, refused):
    """A network's line of the table, and whether all of it is as it should be."""
    network = Network(source, folder)
    return [cell(network.export("onnx", "network.onnx"), network.onnx, "onnx" in refused.split())]


def cell(said, held, refused):
    """What a table says of an export: how far it is from the engine, that it is refused, or what is wrong."""
    if bool(said) != refused:
        return f"WRONG: {said.strip().splitlines()[0] if said else 'was to be refused'}"
    try:
        return "refused" if said else held()
    except Exception as wrong:  # whatever a framework raises is an answer
        return f"WRONG: {type(wrong).__name__}: {(str(wrong).strip().splitlines() or [''])[0][:160]}"


def table(named, columns, check):
    """Prints a line a network, and says whether all is as it should be."""
    sources = [(name, "") for name in named if name != "odd"]
    sources += [(path.stem, "") for path in sorted((ROOT / "networks").glob("*.net"))] if not named else []
    sources += ODD if not named or "odd" in named else []
    ended = 0
    print(f"{'network':14}" + "".join(f"{column:>10}" for column in columns))
    for source, refused in sources:
        with tempfile.TemporaryDirectory() as folder:
            folder, shown = pathlib.Path(folder), source
            if " / " in source:
                (folder / "odd.net").write_text("network odd\n" + source.replace(" / ", "\n") + "\n")
                source = folder / "odd.net"
            try:
                cells = check(source, folder, refused)
            except Exception as wrong:
                cells = [f"WRONG: {wrong!r}"]
        ended |= any(cell.startswith("WRONG") for cell in cells)
        line = "".join(f"{cell:>10}" for cell in cells)
        print(f"{shown:14}{line}" if len(shown) < 14 else f"{shown}\n{'':14}{line}", flush=True)
    print(f"{len(sources)} networks{', and something is wrong' if ended else ''}")
    return ended


if __name__ == "__main__":
    sys.exit(table(sys.argv[1:], ["onnx"], check))
