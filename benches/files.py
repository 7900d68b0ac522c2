#!/usr/bin/env python3
"""CPU time and memory of `workings show` of ONNX files, whole process, cold, beside onnx-tool's profile and onnx's own inference.

    cargo build --release
    python3 -m venv /tmp/onnx-bench && /tmp/onnx-bench/bin/pip install onnx==1.23.2 onnx-tool==1.0.1
    /tmp/onnx-bench/bin/python benches/files.py

Two files are made first: ResNet-50 with its weights inside (`workings export resnet50`), and a chain of 20,000 nodes, every
fourth a convolution. Each command is run in turn with the others. CPU time is user and system time of the process as the
kernel counts it, memory its largest resident set. What a Python program takes to come up is measured apart, and taken off
in the last column.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROUNDS = int(os.environ.get("ROUNDS", 15))
ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKINGS = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "release" / "workings"
ONNX_TOOL = (
    "import numpy, onnx_tool, sys; "
    "onnx_tool.model_profile(sys.argv[1], {'input': numpy.zeros((1, 3, 224, 224), numpy.float32)})"
)
INFERENCE = "import onnx, sys; onnx.shape_inference.infer_shapes(onnx.load(sys.argv[1]), data_prop=True)"


def chain(path, nodes=20_000):
    """Convolution, normalisation by a stored tensor, rectifier, sum with what went in: as often as there is room."""
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weight = lambda name, shape: numpy_helper.from_array(numpy.zeros(shape, numpy.float32), name)
    made, stored, last = [], [], "x"
    for at in range(nodes // 4):
        name = lambda kind: f"/features/features.{at}/{kind}"
        stored.append(weight(f"features.{at}.conv.weight", (8, 8, 3, 3)))
        stored.append(weight(f"features.{at}.scale", (8, 1, 1)))
        conv, scaled, rectified, out = (f"{name(kind)}_output_0" for kind in ("conv/Conv", "Mul", "relu/Relu", "Add"))
        made.append(helper.make_node("Conv", [last, stored[-2].name], [conv], name("conv/Conv"), dilations=[1, 1],
                                     group=1, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]))
        made.append(helper.make_node("Mul", [conv, stored[-1].name], [scaled], name("Mul")))
        made.append(helper.make_node("Relu", [scaled], [rectified], name("relu/Relu")))
        made.append(helper.make_node("Add", [rectified, last], [out], name("Add")))
        last = out
    image = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 8, 32, 32])
    graph = helper.make_graph(made, "chain", [image("x")], [image(last)], stored)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)


def run(command):
    """CPU milliseconds and the largest resident set in megabytes of one run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} ended with {status}")
    return 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def table(path, commands):
    size = os.path.getsize(path) / 1e6
    print(f"\n{path} ({size:.1f} MB)\n{'command':34} {'CPU ms':>9} {'as many':>9} {'without start':>14} {'MB':>7}")
    runs = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(run(command))
    cpu = {name: statistics.median(cpu for cpu, _ in all_runs) for name, all_runs in runs.items()}
    own = next(iter(cpu.values()))
    start = {"onnx-tool's profile": cpu.get("import onnx_tool"), "onnx.load, shape inference": cpu["import onnx"]}
    for name, all_runs in runs.items():
        rest = f"{(cpu[name] - start[name]) / own:13.0f}x" if start.get(name) else ""
        print(f"{name:34} {cpu[name]:9.2f} {cpu[name] / own:8.1f}x {rest:>14} {max(mb for _, mb in all_runs):7.1f}")


def main():
    if not WORKINGS.exists():
        sys.exit("build it first: cargo build --release")
    # The kernel hands a child its parent's largest resident set: a small process of its own makes the files.
    with tempfile.TemporaryDirectory() as folder:
        resnet, many = f"{folder}/resnet50.onnx", f"{folder}/chain20000.onnx"
        subprocess.run([WORKINGS, "export", "resnet50", "-o", resnet], check=True)
        subprocess.run([sys.executable, __file__, "--chain", many], check=True)
        for path in (resnet, many):
            commands = {
                "workings show --bind batch=1": [str(WORKINGS), "show", path, "--bind", "batch=1"],
                "workings show": [str(WORKINGS), "show", path],
                "workings show --as json": [str(WORKINGS), "show", path, "--as", "json"],
                "workings show --top 1": [str(WORKINGS), "show", path, "--top", "1"],
                "onnx-tool's profile": [sys.executable, "-c", ONNX_TOOL, path],
                "onnx.load, shape inference": [sys.executable, "-c", INFERENCE, path],
                "import onnx_tool": [sys.executable, "-c", "import onnx_tool"],
                "import onnx": [sys.executable, "-c", "import onnx"],
            }
            if path == many:
                # It takes minutes for a file of so many nodes.
                del commands["onnx-tool's profile"], commands["import onnx_tool"]
            table(path, commands)


if sys.argv[1:2] == ["--chain"]:
    chain(sys.argv[2])
else:
    main()
