"""ONNX's own node tests, the shapes of their outputs taken out first, held to what `workings show` finds.

    WORKINGS=target/release/workings python3 tests/truth/onnx_nodes.py     # needs onnx

A stated shape must never be wrong. Found are at least FOUND outputs from the file alone, and at least WITH_DATA where the elements
of small inputs are given with `--input-data`, beside what onnx's own inference finds on the same files.

    WORKINGS=target/release/workings python3 tests/truth/onnx_nodes.py --record

writes a sample of them, one or two an operator, into tests/data/onnx_nodes.tsv, which crates/formats/tests/onnx_nodes.rs goes
through without onnx. The shapes there are those that onnx records; what `workings` says at recording is kept as whether a shape
was found, so that what was found once is found again.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

FOUND, WITH_DATA = 1915, 2210
warnings.filterwarnings("ignore")


def cases():
    from onnx.backend.test.case.node import collect_testcases

    return [case for case in collect_testcases(None) if case.model is not None]


def recorded(model):
    """The outputs' shapes as the model records them, which are taken out of it."""
    shapes = {}
    for output in model.graph.output:
        tensor = output.type.tensor_type if output.type.HasField("tensor_type") else None
        if tensor is None or not tensor.HasField("shape"):
            continue
        shapes[output.name] = [dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim]
        tensor.ClearField("shape")
    return {name: shape for name, shape in shapes.items() if None not in shape}


def data(case, model):
    """The elements of small inputs, as the command takes them."""
    import numpy

    arrays = case.data_sets[0][0] if case.data_sets else []
    for value, array in zip(model.graph.input, arrays):
        array = numpy.asarray(array) if isinstance(array, numpy.generic) else array
        if isinstance(array, numpy.ndarray) and array.dtype.kind in "iubf" and array.size <= 200:
            yield f"--input-data={value.name}=" + ",".join(repr(number) for number in array.ravel().tolist()).replace("True", "1").replace("False", "0")


def shown(path, told):
    ran = subprocess.run([os.environ["WORKINGS"], "show", path, "--as", "json", "--quiet", *told], capture_output=True, text=True)
    if ran.returncode not in (0, 2):
        raise SystemExit(f"{path}: exit code {ran.returncode}: {ran.stderr[-500:]}")
    if not ran.stdout:
        return {}
    answer = json.loads(ran.stdout)
    ports = [port for row in answer["rows"] for port in row["outputs"]]
    return {port["name"]: port["shape"] for port in answer["model"]["inputs"] + ports}


def inferred(model):
    import onnx

    try:
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception:
        return {}
    tensors = {o.name: o.type.tensor_type for o in model.graph.output if o.type.HasField("tensor_type")}
    sizes = lambda tensor: [dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim]
    return {name: sizes(tensor) for name, tensor in tensors.items() if tensor.HasField("shape")}


#: The largest model that is taken into the sample, and the most elements of an input.
LARGEST, ELEMENTS = 1200, 16
HEAD = """\
# A sample of ONNX's own node tests, the shapes of their outputs taken out: recorded by tests/truth/onnx_nodes.py with onnx {version}
# (https://github.com/onnx/onnx, onnx/backend/test/case/node, Apache-2.0). Shapes as onnx records them; found: by the file alone, with the
# elements of its inputs, or by neither; data: those elements; model: its bytes.
"""


def operator(case, model):
    """What a case is a test of: its node's operator, or what stands first in a graph of several."""
    inner = [node.op_type for node in model.graph.node if node.op_type not in ("Constant", "Identity")]
    return (model.graph.node[0].op_type, 1) if len(model.graph.node) == 1 else (inner[0] if inner else "Identity", 2)


def record():
    import onnx

    rows, seen = [], set()
    with tempfile.TemporaryDirectory() as folder:
        for case in sorted(cases(), key=lambda case: case.name):
            model = case.model
            truth, what = recorded(model), operator(case, model)
            if not truth or model.ByteSize() > LARGEST or (what, "data") in seen:
                continue
            path = str(pathlib.Path(folder) / "case.onnx")
            onnx.save(model, path)
            told = [one for one in data(case, model) if one.count(",") < ELEMENTS]
            alone, with_data = shown(path, []), shown(path, told)
            found = ["file" if alone.get(name) == shape else "data" if with_data.get(name) == shape else "no" for name, shape in truth.items()]
            # One case an operator, and one more where its shape hangs on the elements of inputs.
            kind = (what, "data" if "data" in found else "file")
            if kind in seen:
                continue
            seen.add(kind)
            shapes = [f"{name}={'x'.join(map(str, shape))}" for name, shape in truth.items()]
            elements = [one.removeprefix("--input-data=") for one in told if "data" in found]
            rows.append([case.name, ";".join(shapes), ";".join(found), ";".join(elements), model.SerializeToString().hex()])
    with open(pathlib.Path(__file__).parent.parent / "data" / "onnx_nodes.tsv", "w", encoding="utf-8", newline="\n") as table:
        table.write(HEAD.format(version=onnx.__version__))
        for row in [["case", "shapes", "found", "data", "model"], *rows]:
            assert not any("\t" in cell for cell in row), row
            print(*row, sep="\t", file=table)
    print(f"{len(rows)} cases")


def listed():
    """Every operator of ONNX's own set, in any version, stands in the list of `workings ops --format onnx`."""
    import onnx

    ran = subprocess.run([os.environ["WORKINGS"], "ops", "--format", "onnx"], capture_output=True, text=True, check=True)
    own = {schema.name for schema in onnx.defs.get_all_schemas_with_history() if schema.domain == ""}
    missing = own - {line.split()[0] for line in ran.stdout.splitlines() if line.strip()}
    if missing:
        raise SystemExit(f"`workings ops --format onnx` does not name {', '.join(sorted(missing))}")


def main():
    import onnx

    listed()

    found, wrong, outputs = {"file": 0, "data": 0, "onnx": 0}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for case in cases():
            model = case.model
            truth = recorded(model)
            outputs += len(truth)
            path = str(pathlib.Path(folder) / "case.onnx")
            onnx.save(model, path)
            answers = {"file": shown(path, []), "data": shown(path, list(data(case, model))), "onnx": inferred(model)}
            for who, shapes in answers.items():
                for name, shape in truth.items():
                    got = shapes.get(name)
                    if got is None or not all(isinstance(size, int) for size in got):
                        continue
                    found[who] += got == shape
                    if got != shape and who != "onnx":
                        wrong.append(f"{case.name}: {name} is {shape}, and workings says {got} ({who})")
    print(f"{outputs} outputs with recorded shapes: {found['file']} found from the file, {found['data']} with --input-data, "
          f"{found['onnx']} by onnx {onnx.__version__}'s own inference; {len(wrong)} wrong")
    print("\n".join(wrong))
    if wrong or found["file"] < FOUND or found["data"] < WITH_DATA:
        raise SystemExit(1)


if __name__ == "__main__":
    record() if "--record" in sys.argv else main()
