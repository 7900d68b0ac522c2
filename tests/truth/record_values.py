"""Records what PyTorch answers, number for number, beside the same networks in `.net`.

    pip install torch==2.15.0
    python tests/truth/record_values.py         # writes tests/truth/values.json

Each case is a `.net` text, the modules that hold its parameters by the layers' names, and the function that runs them.
Everything is batch x channels x space, as the engine has it. Parameters and inputs are random and rounded to three
decimals, so that the file is the very same numbers. Recorded are the output, and the gradient of every parameter for the
mean of the output's squares; no number is worked out here.
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

CASES = []


def case(net, shape, function, training=True, whole=None, scale=1.0, **modules):
    """A `.net` text, the shape of its input with the batch, what runs it, and its parameters by the layers' names.

    The input has numbers from -1 to 1, or whole ones below `whole`; parameters are from -scale to scale.
    """
    CASES.append((net, shape, function, training, whole, scale, modules))


def simple(net, shape, name, module, after=lambda x: x):
    """A network of a single layer, and an activation after it."""
    case(net, shape, lambda x, m: after(m[name](x)), **{name: module})


def last(function):
    """Does something to the channels as the last axis."""
    return lambda x: function(x.movedim(1, -1)).movedim(-1, 1)


# ---- convolution ---------------------------------------------------------------------------------------------------

simple("input 7x6x3 / conv 3x3, 4, stride 2, pad 1, relu", (2, 3, 7, 6), "conv1", nn.Conv2d(3, 4, 3, 2, 1), F.relu)
simple("input 7x6x4 / conv 3x2, 6, groups 2, dilation 2, no bias", (1, 4, 7, 6), "conv1",
       nn.Conv2d(4, 6, (3, 2), dilation=2, groups=2, bias=False))
case("input 5x6x2 / conv 3x4, 3, pad 0:2x2:1, stride 1x2", (2, 2, 5, 6), lambda x, m: m["conv1"](F.pad(x, (2, 1, 0, 2))),
     conv1=nn.Conv2d(2, 3, (3, 4), (1, 2)))
simple("input 6x6x2 / conv 4x4, 2, same", (1, 2, 6, 6), "conv1", nn.Conv2d(2, 2, 4, padding="same"))
case("input 7x7x2 / conv 4x4, 2, same, stride 2", (1, 2, 7, 7), lambda x, m: m["conv1"](F.pad(x, (1, 2, 1, 2))),
     conv1=nn.Conv2d(2, 2, 4, 2))
case("input 8x3 / conv 3, 4, causal", (2, 3, 8), lambda x, m: m["conv1"](F.pad(x, (2, 0))), conv1=nn.Conv1d(3, 4, 3))
simple("input 9x4 / conv 3, 4, stride 2, pad 1, groups 4", (2, 4, 9), "conv1", nn.Conv1d(4, 4, 3, 2, 1, groups=4))
simple("input 4x5x6x2 / conv 3x2x3, 3, stride 1x2x1, pad 1", (1, 2, 4, 5, 6), "conv1",
       nn.Conv3d(2, 3, (3, 2, 3), (1, 2, 1), 1))
case("input 3x4x4x1 / conv 2x3x3, 2, pad 0:1x1:1x2:0", (1, 1, 3, 4, 4),
     lambda x, m: m["conv1"](F.pad(x, (2, 0, 1, 1, 0, 1))), conv1=nn.Conv3d(1, 2, (2, 3, 3)))
simple("input 5x5x3 / depthwise 3x3, multiplier 2, pad 1", (2, 3, 5, 5), "depthwise1", nn.Conv2d(3, 6, 3, 1, 1, groups=3))
case("input 5x5x3 / separable 3x3, 4, pad 1", (2, 3, 5, 5), lambda x, m: m["separable1"].pointwise(m["separable1"].depthwise(x)),
     separable1=nn.ModuleDict({"depthwise": nn.Conv2d(3, 3, 3, 1, 1, groups=3, bias=False), "pointwise": nn.Conv2d(3, 4, 1)}))

# ---- transposed convolution ----------------------------------------------------------------------------------------

simple("input 4x4x3 / transposed 3x3, 2, stride 2, pad 1, extra 1", (2, 3, 4, 4), "transposed1",
       nn.ConvTranspose2d(3, 2, 3, 2, 1, 1))
simple("input 4x3x4 / transposed 3x2, 2, groups 2, dilation 2, no bias", (1, 4, 4, 3), "transposed1",
       nn.ConvTranspose2d(4, 2, (3, 2), groups=2, dilation=2, bias=False))
simple("input 5x2 / transposed 4, 3, stride 3, pad 1, extra 2", (2, 2, 5), "transposed1", nn.ConvTranspose1d(2, 3, 4, 3, 1, 2))
simple("input 2x3x3x2 / transposed 2x3x2, 2, stride 2", (1, 2, 2, 3, 3), "transposed1", nn.ConvTranspose3d(2, 2, (2, 3, 2), 2))
case("input 4x4x2 / transposed 3x3, 2, stride 2, pad 0:1", (1, 2, 4, 4), lambda x, m: m["transposed1"](x)[:, :, :-1, :-1],
     transposed1=nn.ConvTranspose2d(2, 2, 3, 2))

# ---- pooling: a convolution before it, so that a gradient goes through ---------------------------------------------

SMALL = (1, 2, 7, 6)


def pooled(line, function, shape=SMALL):
    """A pool behind a 1x1 convolution, whose values are negative as well: padded zeros would win."""
    space = "x".join(map(str, shape[2:]))
    conv = [nn.Conv1d, nn.Conv2d, nn.Conv3d][len(shape) - 3](shape[1], 2, 1)
    case(f"input {space}x{shape[1]} / conv 1, 2 / {line}", shape, lambda x, m: function(m["conv1"](x)), conv1=conv)


pooled("pool 2x2", lambda x: F.max_pool2d(x, 2))
pooled("pool 3x3, stride 2, pad 1", lambda x: F.max_pool2d(x, 3, 2, 1))
pooled("pool 3x2, stride 3x2, rounding ceil", lambda x: F.max_pool2d(x, (3, 2), (3, 2), ceil_mode=True))
pooled("pool 3x3, stride 2, pad 1, rounding ceil", lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True))
pooled("pool 2x2, stride 1, dilation 2", lambda x: F.max_pool2d(x, 2, 1, dilation=2))
pooled("pool 2x2, stride 1, same", lambda x: F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=-torch.inf), 2, 1))
pooled("pool 3x3, stride 2, pad 0:1x1:0", lambda x: F.max_pool2d(F.pad(x, (1, 0, 0, 1), value=-torch.inf), 3, 2))
pooled("avgpool 3x3, stride 2, pad 1", lambda x: F.avg_pool2d(x, 3, 2, 1))
pooled("avgpool 3x3, stride 2, pad 1, rounding ceil", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True))
pooled("avgpool 2x4, rounding ceil", lambda x: F.avg_pool2d(x, (2, 4), ceil_mode=True))
pooled("avgpool 3x3, stride 1, same", lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
pooled("avgpool 2x2, stride 1, pad 0:1", lambda x: F.avg_pool2d(F.pad(x, (0, 1, 0, 1)), 2, 1))
pooled("pool 3, stride 2, pad 1", lambda x: F.max_pool1d(x, 3, 2, 1), (2, 2, 8))
pooled("avgpool 3, stride 2, pad 1, rounding ceil", lambda x: F.avg_pool1d(x, 3, 2, 1, ceil_mode=True), (2, 2, 8))
pooled("pool 2x3x2, stride 2, pad 1", lambda x: F.max_pool3d(x, (2, 3, 2), 2, 1), (1, 2, 4, 5, 4))
pooled("avgpool 3x2x3, stride 2, pad 1, rounding ceil", lambda x: F.avg_pool3d(x, (3, 2, 3), 2, 1, ceil_mode=True), (1, 2, 4, 5, 4))
pooled("globalpool", lambda x: F.adaptive_avg_pool2d(x, 1))
pooled("globalpool flat", lambda x: x.mean((2, 3)))
pooled("globalmaxpool", lambda x: F.adaptive_max_pool2d(x, 1))
pooled("adaptivepool 3x4", lambda x: F.adaptive_avg_pool2d(x, (3, 4)))
pooled("adaptivemaxpool 3x4", lambda x: F.adaptive_max_pool2d(x, (3, 4)))
pooled("adaptivepool 3", lambda x: F.adaptive_avg_pool1d(x, 3), (2, 2, 7))
pooled("adaptivepool 2x3x2", lambda x: F.adaptive_avg_pool3d(x, (2, 3, 2)), (1, 2, 3, 5, 4))

# ---- dense, activations, shape -------------------------------------------------------------------------------------

simple("input 5 / dense 3, sigmoid", (2, 5), "dense1", nn.Linear(5, 3), torch.sigmoid)
case("input 2x3x4 / dense 3, no bias", (2, 4, 2, 3), lambda x, m: last(m["dense1"])(x), dense1=nn.Linear(4, 3, bias=False))
case("input 3x4x2 / conv 2x2, 3 / flatten / dense 4, softmax", (2, 2, 3, 4),
     lambda x, m: F.softmax(m["dense1"](m["conv1"](x).flatten(1)), 1), conv1=nn.Conv2d(2, 3, 2), dense1=nn.Linear(18, 4))
for name, function in [
    ("elu", F.elu), ("gelu", F.gelu), ("hardsigmoid", F.hardsigmoid), ("hardswish", F.hardswish),
    ("leakyrelu", F.leaky_relu), ("mish", F.mish), ("relu", F.relu), ("relu6", F.relu6), ("selu", F.selu),
    ("sigmoid", torch.sigmoid), ("silu", F.silu), ("softplus", F.softplus), ("tanh", torch.tanh),
]:
    # Parameters up to six, so that every piece of a function is reached.
    case(f"input 3x3 / dense 8, {name}", (2, 3, 3), lambda x, m, f=function: f(last(m["dense1"])(x)), scale=6.0,
         dense1=nn.Linear(3, 8))
case("input 3x3x2 / conv 1, 2 / softmax", (1, 2, 3, 3), lambda x, m: F.softmax(m["conv1"](x), 1), conv1=nn.Conv2d(2, 2, 1))
pooled("crop 1:0x2:1", lambda x: x[:, :, 1:, 2:-1])
pooled("zeropad 1:0x2:1", lambda x: F.pad(x, (2, 1, 1, 0)))
pooled("upsample 2x3", lambda x: x.repeat_interleave(2, 2).repeat_interleave(3, 3))
pooled("upsample 2", lambda x: F.interpolate(x, scale_factor=2), (1, 2, 3, 2, 2))
pooled("reshape 6x14", lambda x: x.reshape(1, 14, 6))
pooled("dropout 0.5", lambda x: F.dropout(x, 0.5, training=False))

# ---- joins ---------------------------------------------------------------------------------------------------------

TWO = dict(a=nn.Conv2d(2, 3, 1), b=nn.Conv2d(2, 3, 1))
case("input 4x5x2 / a: conv 1, 3 / from input / b: conv 1, 3 / add a", (2, 2, 4, 5), lambda x, m: m["a"](x) + m["b"](x), **TWO)
case("input 4x5x2 / a: conv 1, 3 / from input / b: conv 1, 3 / multiply a, relu", (2, 2, 4, 5),
     lambda x, m: F.relu(m["a"](x) * m["b"](x)), **TWO)
case("input 4x5x2 / a: conv 1, 3 / globalpool / multiply a", (2, 2, 4, 5),
     lambda x, m: m["a"](x) * m["a"](x).mean((2, 3), keepdim=True), a=TWO["a"])
case("input 4x5x2 / a: conv 1, 3 / from input / b: conv 1, 3 / concat a", (2, 2, 4, 5),
     lambda x, m: torch.cat([m["b"](x), m["a"](x)], 1), **TWO)
case("input 4x5x2 / a: conv 1, 3 / from input / b: conv 1, 3 / concat a, axis width", (2, 2, 4, 5),
     lambda x, m: torch.cat([m["b"](x), m["a"](x)], 3), **TWO)

# ---- normalisation -------------------------------------------------------------------------------------------------

for training in [True, False]:
    case("input 4x5x3 / batchnorm", (2, 3, 4, 5), lambda x, m: m["batchnorm1"](x), training=training, batchnorm1=nn.BatchNorm2d(3))
case("input 3 / batchnorm", (4, 3), lambda x, m: m["batchnorm1"](x), batchnorm1=nn.BatchNorm1d(3))
case("input 4x3x6 / layernorm", (2, 6, 4, 3), lambda x, m: last(m["layernorm1"])(x), layernorm1=nn.LayerNorm(6))
case("input 4x3x6 / layernorm axes 2", (2, 6, 4, 3), lambda x, m: last(m["layernorm1"])(x), layernorm1=nn.LayerNorm((3, 6)))
case("input 4x6 / rmsnorm", (2, 6, 4), lambda x, m: last(m["rmsnorm1"])(x), rmsnorm1=nn.RMSNorm(6))
simple("input 3x4x6 / groupnorm 2", (2, 6, 3, 4), "groupnorm1", nn.GroupNorm(2, 6))
simple("input 3x4x4 / instancenorm affine", (2, 4, 3, 4), "instancenorm1", nn.InstanceNorm2d(4, affine=True))
pooled("instancenorm", lambda x: F.instance_norm(x))
simple("input 3x4 / prelu", (2, 4, 3), "prelu1", nn.PReLU())
simple("input 3x2x4 / prelu slopes channels", (2, 4, 3, 2), "prelu1", nn.PReLU(4))

# ---- sequences -----------------------------------------------------------------------------------------------------

case("input 5 / embedding 7, 3", (2, 5), lambda x, m: m["embedding1"](x.long()).movedim(-1, 1), whole=7, embedding1=nn.Embedding(7, 3))


def recurrent(line, name, module, pick=lambda y: y.movedim(1, 2)):
    case(f"input 4x3 / {line}", (2, 3, 4), lambda x, m: pick(m[name](x.movedim(1, 2))[0]), **{name: module})


recurrent("rnn 3", "rnn1", nn.RNN(3, 3, batch_first=True))
recurrent("lstm 3", "lstm1", nn.LSTM(3, 3, batch_first=True))
recurrent("lstm 3, layers 2, bidirectional", "lstm1", nn.LSTM(3, 3, 2, batch_first=True, bidirectional=True))
recurrent("lstm 4, projection 2, no bias", "lstm1", nn.LSTM(3, 4, proj_size=2, bias=False, batch_first=True))
recurrent("gru 3, layers 2", "gru1", nn.GRU(3, 3, 2, batch_first=True))
recurrent("gru 2, bidirectional, last", "gru1", nn.GRU(3, 2, bidirectional=True, batch_first=True),
          lambda y: torch.cat([y[:, -1, :2], y[:, 0, 2:]], 1))


def attended(m, query, keys, values):
    return m(query.movedim(1, 2), keys.movedim(1, 2), values.movedim(1, 2), need_weights=False)[0].movedim(1, 2)


case("input 4x6 / attention 2", (2, 6, 4), lambda x, m: attended(m["attention1"], x, x, x),
     attention1=nn.MultiheadAttention(6, 2, batch_first=True))
case("input 4x6 / m: dense 5 / from input / attention 3, memory m, no bias", (2, 6, 4),
     lambda x, m: attended(m["attention1"], x, last(m["m"])(x), last(m["m"])(x)),
     m=nn.Linear(6, 5), attention1=nn.MultiheadAttention(6, 3, bias=False, kdim=5, vdim=5, batch_first=True))

# ---- recording -----------------------------------------------------------------------------------------------------


def told(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]}


def run(net, shape, function, training, whole, scale, modules):
    parts = nn.ModuleDict(modules).train(training)
    with torch.no_grad():
        for name, tensor in parts.state_dict().items():
            if "num_batches" not in name:
                positive = torch.rand_like(tensor) + 0.5 if "running_var" in name else torch.rand_like(tensor) * 2 - 1
                tensor.copy_((positive * 1000 * scale).round() / 1000)
    x = torch.randint(0, whole, shape).float() if whole else ((torch.rand(shape) * 2 - 1) * 1000).round() / 1000
    params = {name: told(tensor) for name, tensor in parts.state_dict().items() if "num_batches" not in name}
    parts.zero_grad()
    y = function(x, parts)
    y.square().mean().backward()
    return {
        "net": net.replace(" / ", "\n") + "\n",
        "training": training,
        "input": told(x),
        "params": params,
        "output": told(y),
        "gradients": {name: told(param.grad) for name, param in parts.named_parameters()},
        "statistics": {name: told(t) for name, t in parts.named_buffers() if "num_batches" not in name} if training else {},
    }


def main():
    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    lines = [json.dumps(run(*case)) for case in CASES]
    with open("tests/truth/values.json", "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(lines)} cases with torch {torch.__version__}")


if __name__ == "__main__":
    main()
