"""ONNX's own node tests, the shapes of their outputs taken out first, held to what `workings show` finds.

    WORKINGS=target/release/workings python3 tests/truth/onnx_nodes.py     # needs onnx

A stated shape must never be wrong. Found are at least FOUND outputs from the file alone, and at least WITH_DATA where the elements
of small inputs are given with `--input-data`, beside what onnx's own inference finds on the same files.
"""

import json
import os
import pathlib
import subprocess
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


def main():
    import onnx

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
    main()
