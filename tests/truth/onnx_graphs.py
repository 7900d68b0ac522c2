"""Small graphs whose shapes hang on one another: loops and what they change from turn to turn, sizes computed with fractions,
parts of open axes, settings that stand in the file. What ONNX Runtime gives.

    python3 tests/truth/onnx_graphs.py     # needs onnx and onnxruntime; writes tests/data/onnx_graphs.json

Shapes are those of runs, with numbers in the place of every symbol. Multiply-adds, parameters and constants were worked out by hand,
from the sizes in the same line; beside them stands the sum that was written down.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper, numpy_helper

DATA = pathlib.Path(__file__).parent.parent / "data" / "onnx_graphs.json"
CASES = []


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(" ") if inputs else [], outputs.split(" "), name=outputs.split(" ")[0], **attributes)


def value(name, shape=None, dtype=T.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def stored(name, array, dtype=np.float32):
    return numpy_helper.from_array(np.array(array, dtype), name)


def whole(name, array):
    return stored(name, array, np.int64)


def body(nodes, states, outs, more=(), inits=(), true=True):
    """The body of a loop: its states, what they become, and what every turn gives beside them."""
    tag = states[0]
    goes_on = node("Constant", "", "go" + tag, value=stored("t", True, bool)) if true else node("Identity", "ci" + tag, "go" + tag)
    inputs = [value("i" + tag, [], T.INT64), value("ci" + tag, [], T.BOOL)] + [value(name) for name in states]
    outputs = [value("go" + tag, [], T.BOOL)] + [value(name) for name in outs] + [value(name) if isinstance(name, str) else name for name in more]
    return helper.make_graph([goes_on, *nodes], "body", inputs, outputs, initializer=list(inits))


def case(name, nodes, inputs, outputs, inits=(), runs=({},), open=(), macs="0", params=None, constants=None, opset=17, other=(), note=""):
    """`inputs` are names with shapes that may have symbols in them; `other` are inputs with elements, one a run. `open` are the
    outputs and axes whose sizes the file does not decide. Multiply-adds that are "at least" have none."""
    CASES.append((name, nodes, inputs, outputs, list(inits), list(runs), set(open), macs, params, constants, opset, dict(other), note))


W = stored("w", np.zeros((4, 4)))
TWO, THREE, TRUE = whole("M2", 2), whole("M", 3), stored("go", True, bool)
X = {"x": [1, 4]}
multiply = node("MatMul", "s w", "m")

# Loops.
case("a state of one size", [node("Loop", "M go x", "y ys", body=body([multiply, node("Identity", "m", "each")], ["s"], ["m"], ["each"]))], X, "y ys", [W, THREE, TRUE], macs="3 * 4*4", params="4*4")
case("a state that grows", [node("Loop", "M go x", "y", body=body([multiply, node("Concat", "m x", "so", axis=0)], ["s"], ["so"]))], X, "y", [W, THREE, TRUE], open=[(0, 0)], macs=None, params="4*4", note="(1 + 2 + 3) * 4*4 multiply-adds: more than thrice those of the first turn")
inner = body([node("MatMul", "s2 w", "s2o")], ["s2"], ["s2o"])
case("a loop within one that changes its size", [node("Loop", "M go x", "y", body=body([node("Loop", "M2 go s", "r", body=inner), node("Concat", "r s", "so", axis=0)], ["s"], ["so"]))], X, "y", [W, THREE, TWO, TRUE], open=[(0, 0)], macs=None, params="4*4", note="2 * (1 + 2 + 4) * 4*4 multiply-adds")
slices = helper.make_graph([node("Add", "e e", "eo")], "slices", [value("e", ["k"])], [value("eo", ["k"])])
case("a scan within a loop that changes its size", [node("Loop", "M go x", "y", body=body([node("Scan", "s", "r", body=slices, num_scan_inputs=1, scan_input_axes=[1], scan_output_axes=[1]), node("Concat", "r s", "so", axis=0)], ["s"], ["so"]))], X, "y", [THREE, TRUE], open=[(0, 0)])
through = body([node("MatMul", "s2 w", "m2"), node("Concat", "m2 s2", "s2o", axis=0)], ["s2"], ["s2o"])
case("a loop within one, both grow", [node("Loop", "M go x", "y", body=body([node("Loop", "M2 go s", "r", body=through), node("Concat", "r s", "so", axis=0)], ["s"], ["so"]))], X, "y", [W, THREE, TWO, TRUE], open=[(0, 0)], macs=None, params="4*4")
case("a state that is a row longer at the end, after one turn", [node("Loop", "M go x", "y", body=body([node("Concat", "s x", "so", axis=0)], ["s"], ["so"]))], X, "y", [whole("M", 1), TRUE], open=[(0, 0)])
case("what does not hang on the state that grows", [node("Loop", "M go x x", "y a", body=body([node("Concat", "s x", "so", axis=0), node("MatMul", "z w", "zo")], ["s", "z"], ["so", "zo"]))], {"x": ["N", 4]}, "y a", [W, THREE, TRUE], [{"N": 1}, {"N": 3}], open=[(0, 0)], macs="3 * N*4*4", params="4*4")
count = 12
register = [node("Concat", "s0 s0", "o0", axis=0)] + [node("Identity", f"s{at - 1}", f"o{at}") for at in range(1, count)]
states, outs = [f"s{at}" for at in range(count)], [f"o{at}" for at in range(count)]
case("a size that takes twelve turns to arrive", [node("Loop", "M go " + " ".join(["x"] * count), " ".join(f"y{at}" for at in range(count)), body=body([*register, node("MatMul", "s11 w", "m")], states, outs))], X, "y0 y11", [W, whole("M", 13), TRUE], open=[(0, 0), (1, None)], macs=None, params="4*4", note="at the end y11 has 2 rows")
chosen = [helper.make_graph([node("Identity", "m", "o1")], "t", [], [value("o1")]), helper.make_graph([node("Unsqueeze", "m zero", "o2")], "e", [], [value("o2")])]
case("a state of two numbers of axes", [node("Loop", "M go x", "y", body=body([multiply, node("If", "c", "so", then_branch=chosen[0], else_branch=chosen[1])], ["s"], ["so"]))], X, "y", [W, THREE, TRUE, whole("zero", [0])], [{}, {}], open=[(0, None)], macs=None, params="4*4", other={"c": [True, False]})
deep = node("Concat", "s20 s20", "r20", axis=0)
for level in range(20, 0, -1):
    deep = [node("Loop", f"one go s{level - 1}", f"r{level - 1}i", body=body([deep] if not isinstance(deep, list) else deep, [f"s{level}"], [f"r{level}"])), node("Concat", f"r{level - 1}i s{level - 1}", f"r{level - 1}", axis=0)]
case("twenty loops within one another, all of which grow", [node("Identity", "x", "s0"), *deep], X, "r0", [whole("one", 1), TRUE], open=[(0, None)], macs=None)
case("sizes that only a turn decides", [node("Loop", "M go x", "y", body=body([node("NonZero", "s", "nz"), node("Transpose", "nz", "at", perm=[1, 0]), node("Cast", "at", "of", to=1), node("MatMul", "of v", "p"), node("Relu", "s", "so")], ["s"], ["so"]))], X, "y", [stored("v", np.zeros((2, 3))), THREE, TRUE], macs=None, params="2*3", note="as many products as elements that are not 0")
case("an open size from around a loop that doubles it", [node("NonZero", "x", "nz"), node("Cast", "nz", "f", to=1), node("Loop", "M go f", "y", body=body([node("Concat", "s s", "so", axis=1)], ["s"], ["so"]))], X, "y", [THREE, TRUE], open=[(0, 1)])
case("a state that is handed through", [node("Loop", "M go x", "y", body=body([node("MatMul", "x w", "m")], ["s"], ["s"], true=False))], X, "y", [W, THREE, TRUE], macs="3 * 4*4", params="4*4")
ends = [node("Constant", "", "go", value=stored("t", False, bool)), multiply, node("Identity", "m", "each")]
ends = helper.make_graph(ends, "body", [value("i", [], T.INT64), value("ci", [], T.BOOL), value("s")], [value("go", [], T.BOOL), value("m"), value("each")])
case("no condition, and the body's own goes on", [node("Loop", "M  x", "y ys", body=body([multiply, node("Identity", "m", "each")], ["s"], ["m"], ["each"], true=False))], X, "y ys", [W, THREE], macs="3 * 4*4", params="4*4")
case("no condition, and the body's own is false", [node("Loop", "M  x", "y ys", body=ends)], X, "y ys", [W, THREE], open=[(1, 0)], macs=None, params="4*4", note="ONNX Runtime ends after a turn, the operator's definition says three")
case("two states that change places", [node("Loop", "M2 go x u", "y z", body=body([], ["a", "b"], ["b", "a"]))], {"x": [1, 4], "u": [3, 4]}, "y z", [TWO, TRUE], open=[(0, 0), (1, 0)])

# Loops that do not begin, or may not.
fixed = body([node("Expand", "k shape", "so"), node("MatMul", "s w", "m"), node("Identity", "so", "each")], ["s"], ["so"], ["each"])
# Of no turns ONNX Runtime knows no more than what the body says of its output.
plain = body([multiply, node("Identity", "m", "each")], ["s"], ["m"], [value("each", [1, 4])])
FIXED = [W, stored("k", 1), whole("shape", [5, 4]), TRUE]
case("no turns", [node("Loop", "M go x", "y ys", body=plain)], X, "y ys", [W, whole("M", 0), TRUE], params="4*4")
case("fewer than no turns", [node("Loop", "M go x", "y ys", body=plain)], X, "y ys", [W, whole("M", -2), TRUE], params="4*4")
case("a condition that is false from the start", [node("Loop", "M go x", "y ys", body=plain)], X, "y ys", [W, THREE, stored("go", False, bool)], params="4*4")
case("no turns, and the state would be another", [node("Loop", "M go x", "y", body=body([node("Expand", "k shape", "so")], ["s"], ["so"]))], X, "y", [stored("k", 1), whole("shape", [5, 4]), whole("M", 0), TRUE])
case("a condition that comes in", [node("Loop", "M c x", "y ys", body=fixed)], X, "y ys", [*FIXED, THREE], [{}, {}], open=[(0, 0), (1, 0)], macs=None, params="4*4", other={"c": [True, False]})
case("a number of turns that comes in", [node("Loop", "t go x", "y ys", body=fixed)], X, "y ys", FIXED, [{}, {}, {}], open=[(0, 0), (1, 0)], macs=None, params="4*4", other={"t": [0, 1, 4]})
case("a number of turns that comes in, and one shape", [node("Loop", "t go x", "y ys", body=plain)], X, "y ys", [W, TRUE], [{}, {}], open=[(1, 0)], macs=None, params="4*4", other={"t": [0, 4]})
shape = [node("Shape", "x", "n", end=1), node("Squeeze", "n", "rows")]
case("as many turns as rows", [*shape, node("Loop", "rows go x", "y ys", body=plain)], {"x": ["N", 4]}, "y ys", [W, TRUE], [{"N": 1}, {"N": 5}], macs="N * N*4*4", params="4*4")
case("as many turns as rows, and a state of another size", [*shape, node("Loop", "rows go x", "y ys", body=body([node("Expand", "k shape", "so"), node("Identity", "so", "each")], ["s"], ["so"], ["each"]))], {"x": ["N", 4]}, "y ys", FIXED[1:], [{"N": 1}, {"N": 6}])
case("a turn fewer than rows", [*shape, node("Sub", "rows one", "t"), node("Loop", "t go u", "y ys", body=body([multiply, node("Expand", "k shape", "so"), node("Identity", "so", "each")], ["s"], ["so"], ["each"]))], {"x": ["N", 4], "u": [5, 4]}, "y ys", [*FIXED, whole("one", 1)], [{"N": 1}, {"N": 4}], macs="(N - 1) * 5*4*4", params="4*4")

# Numbers with a fraction.
ZERO = stored("z", 0)
scaled = [node("Shape", "x", "n"), node("Cast", "n", "nf", to=1), node("Mul", "nf k", "m"), node("Floor", "m", "fl"), node("Cast", "fl", "size", to=7), node("Expand", "z size", "y")]
for factor in (0.1, 0.3, 0.7, 0.55, 1.1):
    case(f"sizes times {factor}", scaled, {"x": [10, 30, 20]}, "y", [ZERO, stored("k", factor)])
case("sizes times a number of 64 bits", [node("Shape", "x", "n"), node("Cast", "n", "nf", to=11), *scaled[2:]], {"x": [10, 30, 20]}, "y", [ZERO, stored("k", 0.7, np.float64)])
case("a number of 64 bits made one of 32", [node("Cast", "d", "k", to=1), *scaled], {"x": [10, 30, 20]}, "y", [ZERO, stored("d", 0.7, np.float64)])
case("a column times a row", [node("Mul", "a b", "m"), node("Reshape", "m flat", "v"), node("Cast", "v", "size", to=7), node("Expand", "z size", "y")], {}, "y", [stored("a", [[1], [2]]), stored("b", [[3, 5]]), whole("flat", [-1]), ZERO])
case("a column less a row, of fractions", [node("Sub", "a b", "m"), node("Reshape", "m flat", "v"), node("Cast", "v", "size", to=7), node("Expand", "z size", "y")], {}, "y", [stored("a", [[7.5], [9.25]]), stored("b", [[3.25, 5]]), whole("flat", [-1]), ZERO])
case("a quotient of whole numbers as fractions", [node("Shape", "x", "n"), node("Cast", "n", "nf", to=1), node("Cast", "two", "tf", to=1), node("Div", "nf tf", "m"), node("Ceil", "m", "c"), node("Cast", "c", "size", to=7), node("Expand", "z size", "y")], {"x": [7, 8]}, "y", [whole("two", 2), ZERO])
case("an open size as a fraction, halved", [node("Shape", "x", "n"), node("Cast", "n", "nf", to=1), node("Cast", "two", "tf", to=1), node("Div", "nf tf", "m"), node("Ceil", "m", "c"), node("Cast", "c", "size", to=7), node("Expand", "z size", "y")], {"x": ["N", 8]}, "y", [whole("two", 2), ZERO], [{"N": 7}, {"N": 4}], open=[(0, None)])
case("a row of fractions", [node("Range", "a b d", "y")], {}, "y", [stored("a", 0), stored("b", 0.3), stored("d", 0.1)], params="0")

# Settings that stand in the file.
case("Resize, factors and a region", [node("Resize", "x region factors", "y", mode="nearest")], {"x": [1, 1, 6, 6]}, "y", [stored("factors", [1, 1, 2, 2]), stored("region", [0] * 8)], params="0", constants="4 + 8")
case("Resize of version 10", [node("Resize", "x factors", "y", mode="nearest")], {"x": [1, 1, 6, 6]}, "y", [stored("factors", [1, 1, 2, 2])], params="0", constants="4", opset=10)
case("Upsample", [node("Upsample", "x factors", "y", mode="nearest")], {"x": [1, 1, 6, 6]}, "y", [stored("factors", [1, 1, 2, 2])], params="0", constants="4", opset=9)
case("OneHot", [node("OneHot", "i depth values", "y")], {"i": [3]}, "y", [whole("depth", [5]), stored("values", [0, 1])], params="0", constants="2", other={"i": [[0, 1, 2]]})
case("NonMaxSuppression", [node("NonMaxSuppression", "b s most overlap threshold", "y")], {"b": [1, 6, 4], "s": [1, 2, 6]}, "y", [whole("most", [10]), stored("overlap", [0.5]), stored("threshold", [0.1])], open=[(0, 0)], params="0", constants="1 + 1")
case("Clip", [node("Clip", "x act.least act.most", "y")], X, "y", [stored("act.least", 0), stored("act.most", 6)], params="0", constants="1 + 1")
case("Range", [node("Range", "r.from r.to r.by", "y")], {}, "y", [stored("r.from", 0), stored("r.to", 2), stored("r.by", 0.5)], params="0", constants="1 + 1 + 1")
case("Pad", [node("Pad", "x pads pad.value", "y")], X, "y", [whole("pads", [0, 1, 0, 1]), stored("pad.value", 0.5)], params="0", constants="1")
case("RoiAlign", [node("RoiAlign", "x regions which", "y", output_height=2, output_width=3)], {"x": [1, 5, 8, 8]}, "y", [stored("regions", [[0, 0, 4, 4], [1, 1, 5, 5]]), whole("which", [0, 0])], params="0", constants="2*4")
case("Dropout", [node("Dropout", "x drop.rate", "y")], X, "y", [stored("drop.rate", 0.5)], params="0", constants="1")
case("a factor that a product takes too", [node("Mul", "x factors", "h"), node("Resize", "h  factors", "y", mode="nearest")], {"x": [2, 2]}, "y", [stored("factors", [1, 2])], params="2", constants="0", note="whoever takes it first says what it is")


def network(nodes, inputs, outputs, inits, opset, other):
    types = lambda name: helper.np_dtype_to_tensor_dtype(np.array(other[name][0]).dtype) if name in other else T.FLOAT
    told = {**{name: list(np.array(all[0]).shape) for name, all in other.items()}, **inputs}
    values = [value(name, shape, types(name)) for name, shape in told.items()]
    graph = helper.make_graph(nodes, "graph", values, [onnx.ValueInfoProto(name=name) for name in outputs.split(" ")], inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def record(one):
    name, nodes, inputs, outputs, inits, runs, open, macs, params, constants, opset, other, note = one
    model = network(nodes, inputs, outputs, inits, opset, other)
    ran, shapes = session(model), []
    for at, binds in enumerate(runs):
        feeds = {name: np.ones([binds.get(size, size) for size in shape], np.float32) for name, shape in inputs.items()}
        feeds |= {name: np.array(all[at]) for name, all in other.items()}
        arrays = ran.run(None, feeds)
        hidden = lambda output, axis: (output, axis) in open or (output, None) in open
        shapes.append({"binds": binds, "shapes": [list(array.shape) for array in arrays]})
    counts = {"macs": macs, "params": params, "constants": constants}
    worked = {key: [each, [eval(each, {}, binds) for binds in runs]] for key, each in counts.items() if each is not None}
    bare = [[output, -1 if axis is None else axis] for output, axis in sorted(open, key=str)]
    return {"name": name, "runs": shapes, "open": bare, **worked, **({"note": note} if note else {}), "model": model.SerializeToString().hex()}


FAR = 2**63 - 1


def parts():
    """An axis of 1 to 8 positions, from a start to an end in steps: how many are kept."""
    model = network([node("Slice", "x s e a st", "y")], {"x": ["N"]}, "y", [whole("a", [0])], 17, {"s": [[0]], "e": [[0]], "st": [[1]]})
    ran = session(model)
    for step in (1, 2):
        for start in (-5, -3, -2, -1, 0, 1, 2, 3, 6):
            for end in (-5, -3, -2, -1, 0, 1, 2, 3, 6, FAR):
                told = {name: np.array([n], np.int64) for name, n in (("s", start), ("e", end), ("st", step))}
                yield [start, end, step, [len(ran.run(None, {"x": np.zeros(size, np.float32), **told})[0]) for size in range(1, 9)]]


def resized():
    """A size times a factor: those where 32 and 64 bits differ, and some where they do not."""
    for factor in [n / 10 for n in range(1, 31)] + [1 / 3, 2 / 3, 1 / 7, 0.15, 0.35, 1.25, 0.33, 0.99, 1.001, 3.14159]:
        factor = float(np.float32(factor))
        ran = session(network([node("Resize", "x  k", "y", mode="nearest")], {"x": ["N"]}, "y", [stored("k", [factor])], 17, {}))
        sizes = lambda n: len(ran.run(None, {"x": np.zeros(n, np.float32)})[0])
        all = [[n, sizes(n)] for n in range(1, 120) if n * factor >= 1]
        yield [factor, [pair for pair in all if int(pair[0] * factor) != pair[1]] + all[3::40]]


def kept():
    """Sizes that keep the sides' ratio."""
    random = np.random.default_rng(1)
    for policy in ("not_larger", "not_smaller"):
        told = {"sizes": [[1, 1]]}
        ran = session(network([node("Resize", "x   sizes", "y", mode="nearest", keep_aspect_ratio_policy=policy)], {"x": ["N", "M"]}, "y", [], 18, told))
        for at in range(2000):
            n, m, a, b = (int(size) for size in random.integers(1, 60, 4))
            scale = (min if policy == "not_larger" else max)(a / n, b / m)
            given = list(ran.run(None, {"x": np.zeros((n, m), np.float32), "sizes": np.array([a, b])})[0].shape)
            if given != [int(n * scale + 0.5), int(m * scale + 0.5)] or at % 200 == 0:
                yield [policy, [n, m], [a, b], given]


def main():
    lines = lambda all: ",\n".join(json.dumps(one, separators=(",", ":")) for one in all)
    source = f"onnxruntime {onnxruntime.__version__}, run on the processor; multiply-adds, parameters and constants by hand"
    parted = {"cases": map(record, CASES), "parts": parts(), "resized": resized(), "kept": kept()}
    parted = ",".join(f'"{key}":[\n{lines(all)}\n]' for key, all in parted.items())
    DATA.write_text(f'{{"source":{json.dumps(source)},"script":"tests/truth/onnx_graphs.py",{parted}}}\n')
    print(f"{len(CASES)} graphs recorded")


if __name__ == "__main__":
    main()
