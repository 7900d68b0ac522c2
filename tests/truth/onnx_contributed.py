"""Networks of one node for ONNX Runtime's own operators, and for ONNX's that its node tests leave thin: what ONNX Runtime gives.
Where it has no kernel for the processor, what its documentation says (`docs/ContribOperators.md`), worked out by hand.

    python3 tests/truth/onnx_contributed.py     # needs onnx and onnxruntime; writes tests/data/onnx_contributed.json

Shapes are those that a run gave, unless the line says otherwise. Multiply-adds and parameters were worked out by hand, from the sizes in the same line; beside
them stands the product that was written down.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper

DATA = pathlib.Path(__file__).parent.parent / "data" / "onnx_contributed.json"
MICROSOFT, CLASSIC = "com.microsoft", "ai.onnx.ml"
CASES = []


class Stored:
    """A tensor that stands in the file."""

    def __init__(self, array):
        self.array = array


def f(*shape):
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def u(*shape):
    return (np.arange(int(np.prod(shape))) % 7).astype(np.uint8).reshape(shape)


def i(*numbers):
    return np.array(numbers, dtype=np.int64)


def i32(*numbers):
    return np.array(numbers, dtype=np.int32)


SCALE, ZERO = Stored(np.float32(0.5)), Stored(np.uint8(0))
w, b = (lambda *shape: Stored(f(*shape))), (lambda *shape: Stored(u(*shape)))


def case(kind, inputs, domain=MICROSOFT, outputs=1, macs="0", params="0", version=None, open=(), hand=None, **attributes):
    """`open` are the outputs and axes whose sizes only the elements decide; `hand` are outputs worked out by hand."""
    CASES.append((kind, inputs, domain, outputs, macs, params, version, set(open), hand, attributes))


# Convolutions and matrix products in whole numbers: a row of sizes, then what they multiply.
QCONV = [u(1, 4, 7, 7), SCALE, ZERO, b(8, 4, 3, 3), SCALE, ZERO, SCALE, ZERO]
case("QLinearConv", QCONV, "", macs="8*5*5 * 4*3*3", params="8*4*3*3")
case("QLinearConv", QCONV + [Stored(np.zeros(8, np.int32))], "", macs="8*4*4 * 4*3*3", params="8*4*3*3 + 8", strides=[2, 2], pads=[1, 1, 1, 1])
case("QLinearConv", [u(1, 4, 7, 7), SCALE, ZERO, b(8, 2, 3, 3), SCALE, ZERO, SCALE, ZERO], "", macs="8*5*5 * 2*3*3", params="8*2*3*3", group=2)
case("QLinearConv", [u(1, 7, 9, 4), SCALE, ZERO, b(8, 4, 3, 3), SCALE, ZERO, SCALE, ZERO], macs="8*5*7 * 4*3*3", params="8*4*3*3", channels_last=1)
case("ConvInteger", [u(1, 4, 7, 7), b(8, 4, 3, 3), ZERO], "", macs="8*5*5 * 4*3*3", params="8*4*3*3")
case("QLinearMatMul", [u(2, 3, 4), SCALE, ZERO, b(4, 5), SCALE, ZERO, SCALE, ZERO], "", macs="2*3*5 * 4", params="4*5")
case("MatMulInteger", [u(3, 4), b(4, 5), ZERO, ZERO], "", macs="3*5 * 4", params="4*5")
case("MatMulInteger16", [np.ones((3, 4), np.int16), Stored(np.ones((4, 5), np.int16))], macs="3*5 * 4", params="4*5")
case("MatMulIntegerToFloat", [u(3, 4), b(4, 5), SCALE, SCALE, ZERO, ZERO, w(5)], macs="3*5 * 4", params="4*5 + 5")
case("DynamicQuantizeMatMul", [f(2, 3, 4), b(4, 5), SCALE, ZERO, w(5)], macs="2*3*5 * 4", params="4*5 + 5")
case("FusedMatMul", [f(2, 3, 4), w(2, 5, 3)], macs="2*4*5 * 3", params="2*5*3", transA=1, transB=1)
case("FusedMatMul", [f(3, 2, 4), f(2, 4, 5)], macs="2*3*5 * 4", transBatchA=1)
case("FusedMatMul", [f(3, 2, 6, 4), f(2, 6, 3, 5)], macs="2*6*4*5 * 3", transBatchA=1, transA=1)
case("TransposeMatMul", [f(3, 4), w(5, 4)], macs="3*5 * 4", params="5*4", transB=1)
case("FusedGemm", [f(3, 4), w(4, 5), w(5)], macs="3*5 * 4", params="4*5 + 5", activation="Relu")
case("QGemm", [u(3, 4), SCALE, ZERO, b(5, 4), SCALE, ZERO, Stored(np.zeros(5, np.int32)), SCALE, ZERO], macs="3*5 * 4", params="5*4 + 5", transB=1)
case("QGemm", [u(3, 4), SCALE, ZERO, b(4, 5), SCALE, ZERO], macs="3*5 * 4", params="4*5")
case("FusedConv", [f(1, 4, 7, 7), w(8, 4, 3, 3), w(8)], macs="8*5*5 * 4*3*3", params="8*4*3*3 + 8", activation="Relu")
case("FusedConv", [f(1, 4, 7, 7), w(8, 4, 3, 3), w(8), f(1, 8, 7, 7)], macs="8*7*7 * 4*3*3", params="8*4*3*3 + 8", activation="Relu", pads=[1, 1, 1, 1])
case("MatMulNBits", [f(2, 3, 32), b(5, 2, 8), w(5, 2)], macs="2*3*5 * 32", params="5*32", K=32, N=5, bits=4, block_size=16)
case("MatMulNBits", [f(3, 32), b(5, 1, 32), w(5, 1), None, None, w(5)], macs="3*5 * 32", params="5*32 + 5", K=32, N=5, bits=8, block_size=32)
case("MatMulBnb4", [f(2, 3, 32), b(80), w(10)], macs="2*3*5 * 32", params="5*32", K=32, N=5, block_size=16, quant_type=1)
case("GatherBlockQuantized", [b(9, 8), i(1, 2, 3), w(9, 1)], params="9*16", bits=4, block_size=16, quantize_axis=1, gather_axis=0)
case("DeformConv", [f(1, 4, 7, 7), w(8, 4, 3, 3), f(1, 18, 5, 5), w(8)], "", macs="8*5*5 * 4*3*3", params="8*4*3*3 + 8")
case("CausalConvWithState", [f(2, 6, 9), w(6, 1, 4), w(6)], outputs=2, macs="2*6*9 * 4", params="6*4 + 6")
case("CausalConvWithState", [f(2, 6, 9), w(6, 1, 4), w(6), f(2, 6, 6)], outputs=2, macs="2*6*9 * 4", params="6*4 + 6", dilation=2, activation="silu")

LSTM = [f(6, 2, 3), b(1, 3, 20), b(1, 5, 20), w(1, 40), None, None, None, None, Stored(f(1)), Stored(u(1)), Stored(f(1)), Stored(u(1))]
case("DynamicQuantizeLSTM", LSTM, outputs=3, macs="6*2 * (3*20 + 5*20)", params="3*20 + 5*20 + 40", hidden_size=5)

# Attention: the projections (if any) and the two products.
case("Attention", [f(2, 5, 8), w(8, 36), w(36)], macs="2*5*8*36 + 2*5*5*(12+12)", params="8*36 + 36", num_heads=4)
case("Attention", [f(2, 5, 8), w(8, 32), w(32)], macs="2*5*8*32 + 2*5*5*(12+8)", params="8*32 + 32", num_heads=4, qkv_hidden_sizes=[12, 12, 8])
case("Attention", [f(2, 5, 8), w(8, 36), w(36), None, f(2, 2, 4, 7, 3)], outputs=2, macs="2*5*8*36 + 2*5*(7+5)*(12+12)", params="8*36 + 36", num_heads=4, unidirectional=1)
case("QAttention", [u(2, 5, 8), b(8, 36), w(36), SCALE, SCALE, None, ZERO, ZERO], macs="2*5*8*36 + 2*5*5*(12+12)", params="8*36 + 36", num_heads=4)
case("MultiHeadAttention", [f(2, 5, 12), f(2, 7, 12), f(2, 7, 8)], macs="2*5*7*(12+8)", num_heads=4)
case("MultiHeadAttention", [f(2, 5, 12), f(2, 5, 12), f(2, 5, 12), w(36)], outputs=3, macs="2*5*5*(12+12)", params="36", num_heads=4)
case("MultiHeadAttention", [f(2, 5, 12), f(2, 5, 12), f(2, 5, 12), None, None, None, f(2, 4, 7, 3), f(2, 4, 7, 3)], outputs=3, macs="2*5*(7+5)*(12+12)", num_heads=4)
case("MultiHeadAttention", [f(2, 5, 12), f(2, 4, 7, 3), f(2, 4, 7, 3)], macs="2*5*7*(12+12)", num_heads=4)
case("GroupQueryAttention", [f(2, 5, 32), f(2, 5, 16), f(2, 5, 16), None, None, i32(4, 4), i32(5)], outputs=3, macs="2*5*5*(32+32)", num_heads=4, kv_num_heads=2)
case("GroupQueryAttention", [f(2, 5, 64), None, None, None, None, i32(4, 4), i32(5)], outputs=3, macs="2*5*5*(32+32)", num_heads=4, kv_num_heads=2)
case("GroupQueryAttention", [f(2, 1, 32), f(2, 1, 16), f(2, 1, 16), f(2, 2, 7, 8), f(2, 2, 7, 8), i32(7, 7), i32(8)], outputs=3, macs="2*1*8*(32+32)", num_heads=4, kv_num_heads=2)
case("GroupQueryAttention", [f(2, 1, 32), f(2, 1, 16), f(2, 1, 16), f(2, 2, 11, 8), f(2, 2, 11, 8), i32(7, 7), i32(8)], outputs=3, macs="2*1*8*(32+32)", num_heads=4, kv_num_heads=2)
LINEAR = [f(2, 5, 24), f(2, 5, 12), f(2, 5, 8)]
case("LinearAttention", LINEAR, outputs=2, macs="2*5 * 6*4 * (2+4)", q_num_heads=4, kv_num_heads=2, update_rule="linear")
case("LinearAttention", LINEAR + [None, None, f(2, 5, 2)], outputs=2, macs="2*5 * 6*4 * (2*2+4)", q_num_heads=4, kv_num_heads=2, update_rule="delta")
case("MoE", [f(3, 8), f(3, 4), w(4, 6, 8), None, w(4, 8, 6)], macs="3 * 2 * (6*8 + 8*6)", params="4*6*8 + 4*8*6", k=2, activation_type="relu")
case("QMoE", [f(3, 32), f(3, 4), b(4, 16, 16), w(4, 16), None, b(4, 32, 8), w(4, 32)], macs="3 * 2 * (16*32 + 32*16)", params="4*16*32 + 4*32*16", k=2, activation_type="relu", expert_weight_bits=4)

# Normalisations and activations.
case("SkipLayerNormalization", [f(2, 5, 8), f(2, 5, 8), w(8), w(8), w(8)], params="8 + 8 + 8")
case("SkipLayerNormalization", [f(2, 5, 8), f(5, 8), w(8), w(8)], params="8 + 8")
case("SkipSimplifiedLayerNormalization", [f(2, 5, 8), f(2, 5, 8), w(8)], params="8")
case("SimplifiedLayerNormalization", [f(2, 5, 8), w(8)], "", outputs=2, params="8", version=17)
case("EmbedLayerNormalization", [np.ones((2, 5), np.int32), np.ones((2, 5), np.int32), w(30, 8), w(16, 8), w(2, 8), w(8), w(8), np.ones((2, 5), np.int32)], outputs=2, params="30*8 + 16*8 + 2*8 + 8 + 8")
case("BiasGelu", [f(2, 5, 8), w(8)], params="8")
case("FastGelu", [f(2, 5, 8), w(8)], params="8")
case("Gelu", [f(2, 5, 8)])
case("QuickGelu", [f(2, 5, 8)])
case("BiasSplitGelu", [f(2, 5, 8), w(8)], params="8", hand=[f(2, 5, 4)])
case("BiasAdd", [f(2, 5, 8), w(8), f(2, 5, 8)], params="8", hand=[f(2, 5, 8)])
case("GroupNorm", [f(2, 9, 9, 8), w(8), w(8)], params="8 + 8", groups=4, activation=1, hand=[f(2, 9, 9, 8)])
case("SkipGroupNorm", [f(2, 9, 9, 8), w(8), w(8), f(2, 9, 9, 8), w(8)], outputs=2, params="8 + 8 + 8", groups=4, activation=0, hand=[f(2, 9, 9, 8)] * 2)
case("NhwcConv", [f(1, 7, 9, 4), w(8, 3, 3, 4), w(8)], macs="8*5*7 * 4*3*3", params="8*4*3*3 + 8", kernel_shape=[3, 3], hand=[f(1, 7 - 3 + 1, 9 - 3 + 1, 8)])
case("PackedAttention", [f(9, 8), w(8, 36), w(36), i32(0, 1), i32(0, 5, 9)], macs=None, params="8*36 + 36", num_heads=4, hand=[f(9, 12)])
case("RelativePositionBias", [w(32, 4), i(5), i(7)], params="32*4", max_distance=128, hand=[f(1, 4, 5, 7)])
case("BiasSoftmax", [f(2, 5, 8), f(1, 5, 8)], axis=2, is_inner_broadcast=0, hand=[f(2, 5, 8)])
case("RotaryEmbedding", [f(2, 5, 8), i(0), f(16, 2), f(16, 2)], num_heads=2)

# In 8 bits.
case("QLinearAdd", [u(2, 3, 4), SCALE, ZERO, u(3, 1), SCALE, ZERO, SCALE, ZERO])
case("QLinearMul", [u(2, 3, 4), SCALE, ZERO, u(4), SCALE, ZERO, SCALE, ZERO])
case("MulInteger", [u(2, 3), ZERO, u(3), ZERO], hand=[np.zeros((2, 3), np.int32)])
for one in ("QLinearSigmoid", "QLinearLeakyRelu"):
    case(one, [u(2, 3), SCALE, ZERO, SCALE, ZERO])
case("QLinearSoftmax", [u(2, 3), SCALE, ZERO, SCALE, ZERO], opset=13, axis=1)
case("QLinearConcat", [SCALE, ZERO, u(2, 3), SCALE, ZERO, u(2, 4), SCALE, ZERO], axis=1)
case("QLinearWhere", [np.ones((2, 1), bool), u(2, 3), SCALE, ZERO, u(3), SCALE, ZERO, SCALE, ZERO])
case("QLinearAveragePool", [u(1, 4, 9, 9), SCALE, ZERO, SCALE, ZERO], kernel_shape=[3, 3], strides=[2, 2])
case("QLinearAveragePool", [u(1, 9, 11, 4), SCALE, ZERO, SCALE, ZERO], kernel_shape=[3, 3], strides=[2, 2], channels_last=1)
case("QLinearGlobalAveragePool", [u(1, 4, 9, 9), SCALE, ZERO, SCALE, ZERO])
case("QLinearGlobalAveragePool", [u(1, 9, 9, 4), SCALE, ZERO, SCALE, ZERO], channels_last=1)
case("NhwcMaxPool", [u(1, 9, 11, 4)], kernel_shape=[3, 3], strides=[2, 2])
case("QuantizeLinear", [f(2, 3), SCALE, ZERO])
case("DequantizeLinear", [b(2, 3), SCALE, ZERO], params="2*3")

# Elements, regions, matrices.
case("Inverse", [np.eye(3, dtype=np.float32)[None] + f(2, 3, 3)])
case("Det", [f(2, 3, 3)], "")
case("GatherND", [f(3, 4, 5), np.ones((2, 2), np.int64)])
case("Pad", [f(2, 3), i(1, 0, 0, 2)])
case("Trilu", [f(3, 4)])
case("Unique", [np.array([3, 1, 3, 2], np.float32)], outputs=3, open=[(0, 0), (2, 0)])
case("ExpandDims", [f(2, 3), np.int32(1)])
case("CropAndResize", [f(1, 3, 9, 9), f(4, 4), i32(0, 0, 0, 0), i32(5, 6)])
case("GridSample", [f(1, 3, 9, 9), f(1, 4, 5, 2)])
case("GridSample", [f(1, 3, 9, 9, 9), f(1, 4, 5, 6, 3)], "")
case("AffineGrid", [f(2, 2, 3), i(2, 3, 4, 5)], "", macs="2*4*5 * 2*3")
case("RoiAlign", [f(1, 3, 9, 9), f(4, 4), i(0, 0, 0, 0)], "", version=16, output_height=2, output_width=3)
case("MaxRoiPool", [f(1, 3, 9, 9), np.zeros((4, 5), np.float32)], "", version=20, pooled_shape=[2, 3])
case("MaxUnpool", [f(1, 1, 2, 2), np.array([[[[5, 7], [13, 15]]]], np.int64)], "", kernel_shape=[2, 2], strides=[2, 2])
case("MaxUnpool", [f(1, 1, 2, 2), np.array([[[[5, 7], [13, 15]]]], np.int64)], "", kernel_shape=[3, 2], strides=[2, 3], pads=[1, 0, 0, 0])
case("Col2Im", [f(1, 12, 9), i(4, 4), i(2, 2)], "")
case("CenterCropPad", [f(4, 7, 3), i(6, 5)], "", axes=[0, 1])
case("DFT", [f(1, 6, 10, 2), None, i(1).reshape(())], "", version=20, inverse=1, onesided=1)
case("DFT", [f(1, 10, 1), i(8).reshape(())], "", version=20, onesided=1)
case("STFT", [f(1, 128, 1), np.int64(8), f(16)], "")
case("STFT", [f(1, 128, 1), np.int64(8), None, np.int64(30)], "", onesided=0)
for window in ("BlackmanWindow", "HammingWindow", "HannWindow"):
    case(window, [np.int64(9)], "")
case("MelWeightMatrix", [np.int64(10), np.int64(64), np.int64(8000), np.float32(0), np.float32(4000)], "")
case("Multinomial", [f(2, 5)], "", version=20, sample_size=7)

case("SwiGLU", [f(2, 6)], hand=[f(2, 3)])
case("SwiGLU", [f(2, 6), f(2, 6)], hand=[f(2, 6)])
case("QEmbedLayerNormalization", [np.ones((2, 5), np.int32), np.ones((2, 5), np.int32), b(30, 8), b(16, 8), b(2, 8), b(8), b(8), np.ones((2, 5), np.int32)] + [SCALE] * 5 + [ZERO] * 5, outputs=2, params="30*8 + 16*8 + 2*8 + 8 + 8")

# Learning without networks: coefficients stand among the attributes.
# A tree of one threshold and two leaves.
STUMP = dict(nodes_treeids=[0] * 3, nodes_nodeids=[0, 1, 2], nodes_featureids=[0] * 3, nodes_values=[0.5, 0.0, 0.0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0])
TARGETS = dict(target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 1], target_weights=[1.5, 2.5])
VOTES = dict(class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 2], class_weights=[1.5, 0.5])
case("TreeEnsembleRegressor", [f(3, 4)], CLASSIC, params=None, n_targets=2, **STUMP, **TARGETS)
case("TreeEnsembleRegressor", [np.ones((3, 4))], CLASSIC, params=None, n_targets=2, **STUMP, **TARGETS)
case("TreeEnsembleClassifier", [f(3, 4)], CLASSIC, outputs=2, params=None, classlabels_int64s=[7, 8, 9], **STUMP, **VOTES)
case("TreeEnsembleClassifier", [f(3, 4)], CLASSIC, outputs=2, params=None, classlabels_strings=["a", "b", "c"], **STUMP, **VOTES)
case("LinearRegressor", [f(3, 4)], CLASSIC, macs="3 * 4*2", params="4*2 + 2", coefficients=[0.5] * 8, intercepts=[0.5, 0.25], targets=2)
case("LinearClassifier", [f(3, 4)], CLASSIC, outputs=2, macs="3 * 4*2", params="4*2 + 2", coefficients=[0.5] * 8, intercepts=[0.5, 0.25], classlabels_ints=[0, 1])
case("LinearClassifier", [f(3, 4)], CLASSIC, outputs=2, macs="3 * 4*1", params="4*1 + 1", coefficients=[0.5] * 4, intercepts=[0.5], classlabels_ints=[0, 1])
case("OneHotEncoder", [f(3, 4)], CLASSIC, cats_int64s=[1, 2, 3])
case("ArrayFeatureExtractor", [f(2, 3, 4), np.array([[0, 2]])], CLASSIC)
case("ArrayFeatureExtractor", [f(4), i(0, 2)], CLASSIC)
case("FeatureVectorizer", [f(3, 4), f(3, 2)], CLASSIC, inputdimensions=[4, 2])
case("LabelEncoder", [np.array([[1, 2]])], CLASSIC, keys_int64s=[1, 2], values_floats=[0.5, 0.25])
case("Normalizer", [f(3, 4)], CLASSIC, norm="L2")
case("Scaler", [f(3, 4)], CLASSIC, offset=[0.5] * 4, scale=[0.5] * 4)


def stored_name(at):
    return f"layer.{at}.weight"


def network(kind, inputs, domain, outputs, version, attributes):
    """The network as a file has it, and its inputs' arrays."""
    names, values, tensors, feeds = [], [], [], {}
    for at, given in enumerate(inputs):
        if given is None:
            names.append("")
            continue
        array = np.asarray(given.array if isinstance(given, Stored) else given)
        name = stored_name(at) if isinstance(given, Stored) else f"in{at}"
        names.append(name)
        if isinstance(given, Stored):
            tensors.append(onnx.numpy_helper.from_array(array, name))
        else:
            values.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape))
            feeds[name] = array
    gives = [f"out{at}" for at in range(outputs)]
    node = helper.make_node(kind, names, gives, domain=domain, name="node", **attributes)
    graph = helper.make_graph([node], "one", values, [onnx.ValueInfoProto(name=name) for name in gives], tensors)
    opsets = [helper.make_opsetid("", version or 22), helper.make_opsetid(MICROSOFT, 1), helper.make_opsetid(CLASSIC, 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10), feeds


def ran(model, feeds):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, feeds)


def told(given):
    """An input as the record has it: its type, its shape, its numbers where a shape may hang on them."""
    if given is None:
        return None
    array = np.asarray(given.array if isinstance(given, Stored) else given)
    numbers = array.ravel().tolist() if array.dtype in (np.int32, np.int64) and array.size <= 8 else None
    one = {"type": str(array.dtype), "shape": list(array.shape)}
    if isinstance(given, Stored):
        one["stored"] = True
    return one if numbers is None else {**one, "numbers": numbers}


def main():
    records, left_out = [], []
    for kind, inputs, domain, outputs, macs, params, version, open, hand, attributes in CASES:
        model, feeds = network(kind, inputs, domain, outputs, version, attributes)
        by = "run"
        try:
            arrays = ran(model, feeds)
        except Exception as error:
            by, arrays = "hand", hand
            if hand is None:
                left_out.append(f"{domain} {kind}: {str(error)[:300]}")
                continue
        size = lambda output, axis, size: None if (output, axis) in open else size
        sizes = lambda output, shape: [size(output, axis, each) for axis, each in enumerate(shape)]
        shapes = [{"type": str(array.dtype).replace("object", "string"), "shape": sizes(at, array.shape)} for at, array in enumerate(arrays)]
        records.append({
            "domain": domain, "kind": kind, "version": {"": version or 22, CLASSIC: 3}.get(domain, 1), "attributes": attributes,
            "inputs": [told(given) for given in inputs], "outputs": shapes,
            "macs": [macs, macs and eval(macs)], "params": [params, params and eval(params)], "by": by,
        })
    source = f"onnxruntime {onnxruntime.__version__}, run on the processor; shapes marked `hand`, multiply-adds and parameters by hand"
    rows = ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)
    DATA.write_text(f'{{"source":{json.dumps(source)},"script":"tests/truth/onnx_contributed.py","cases":[\n{rows}\n]}}\n')
    print(f"{len(records)} nodes recorded, {len(left_out)} not run")
    print("\n".join(left_out))
    if left_out:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
