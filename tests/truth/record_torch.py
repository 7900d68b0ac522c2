"""Records what PyTorch returns for small networks, beside the same networks in `.net`.

    pip install torch==2.15.0 numpy
    python tests/truth/record_torch.py          # writes tests/truth/torch.tsv

Each case is a `.net` text and the expression that builds the same thing in PyTorch. It is run once, on zeros,
with a batch of one. No number in the table is worked out here:

- output      the shape that came out, without the batch, its channels last
- params      elements of `parameters()`
- statistics  elements of `buffers()`, without `num_batches_tracked`
- macs        half of what `torch.utils.flop_counter` counted
- note        what the case shows, behind its section: 2.1 the arithmetic of windows, 2.2 convolution, 2.3 pooling,
              2.4 transposed convolution, 2.5 parameters, 2.7 the five networks of the worksheet

Where PyTorch refuses, by an exception when built or when run, the output is `error`; the messages are printed.
"""

import itertools
import random
import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from table import REFUSED, beside, by, input_shapes, write

FIRST = "channels first"  # (batch, channels, axes), as convolutions want it
LAST = "channels last"  # (batch, axes, features), as dense, recurrent and attention layers want it
IDS = "whole numbers"  # (batch, axes), as an embedding wants it

CASES = []


def case(net, build, note, order=FIRST):
    """One line of the table: a `.net` text, what builds it, what it shows, and how PyTorch orders the axes."""
    CASES.append((net, build, note, order))


class Fn(nn.Module):
    """A function of the inputs; modules in `parts` have their parameters counted."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        self.parts = nn.ModuleDict(parts)

    def forward(self, *inputs):
        return self.function(*inputs, **self.parts)


# ---- running a case ------------------------------------------------------------------------------------------------


def run(net, build, order):
    """Output shape, parameters, statistics and multiply-adds of one case, or REFUSED."""
    try:
        model = build().eval()
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            output = model(*(example(shape, order) for shape in input_shapes(net)))
    except (RuntimeError, ValueError, AssertionError) as refusal:
        print(f"refused: {net}\n    {str(refusal).splitlines()[0]}")
        return REFUSED
    if order is FIRST:
        output = output.movedim(1, -1)
    flops = counter.get_total_flops()
    assert output.shape[0] == 1 and flops % 2 == 0, net
    return (
        by(output.shape[1:]),
        sum(parameter.numel() for parameter in model.parameters()),
        sum(buffer.numel() for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked")),
        flops // 2,
    )


def example(shape, order):
    """Zeros of a `.net` shape, in the order that PyTorch reads, with a batch of one."""
    if order is IDS:
        return torch.zeros(1, *shape, dtype=torch.long)
    return torch.zeros(1, *shape) if order is LAST else torch.zeros(1, *shape).movedim(-1, 1)


def main():
    # Without these two PyTorch takes fused paths through recurrent and attention layers,
    # into which its counter does not see: an LSTM would count 0.
    torch.backends.mkldnn.set_flags(False)
    torch.backends.mha.set_fastpath_enabled(False)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    rows = [(net, *run(net, build, order), note) for net, build, note, order in CASES]
    write(beside(__file__, "torch.tsv"), f"torch {torch.__version__.split('+')[0]}", rows)


# ---- 2.1, 2.2 convolution ------------------------------------------------------------------------------------------

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}


def padded(layer, *pad):
    """A layer behind a padding that differs before and after; `pad` in F.pad's order, last axis first."""
    return Fn(lambda x, layer: layer(F.pad(x, pad)), layer=layer)


def depthwise(axes, channels, kernel, multiplier=1, **options):
    return CONV[axes](channels, channels * multiplier, kernel, groups=channels, **options)


def separable(axes, channels, kernels, kernel, multiplier=1, bias=True, **options):
    """A depthwise convolution without a bias, then a 1x1 one that has the only bias."""
    return nn.Sequential(
        depthwise(axes, channels, kernel, multiplier, bias=False, **options),
        CONV[axes](channels * multiplier, kernels, 1, bias=bias),
    )


case("input 5x5x1 / conv 3x3, 1", lambda: nn.Conv2d(1, 1, 3), "2.1 relation 1: no padding, stride 1")
case("input 5x5x1 / conv 4x4, 1, pad 2", lambda: nn.Conv2d(1, 1, 4, padding=2), "2.1 relation 2: padding, stride 1")
case("input 5x5x1 / conv 3x3, 1, pad 1", lambda: nn.Conv2d(1, 1, 3, padding=1), "2.1 relation 3: half padding")
case("input 5x5x1 / conv 3x3, 1, pad 2", lambda: nn.Conv2d(1, 1, 3, padding=2), "2.1 relation 4: full padding")
case("input 5x5x1 / conv 3x3, 1, stride 2", lambda: nn.Conv2d(1, 1, 3, stride=2), "2.1 relation 5: stride")
case("input 5x5x1 / conv 3x3, 1, stride 2, pad 1", lambda: nn.Conv2d(1, 1, 3, stride=2, padding=1),
     "2.1 relation 6: the stride divides")
case("input 6x6x1 / conv 3x3, 1, stride 2, pad 1", lambda: nn.Conv2d(1, 1, 3, stride=2, padding=1),
     "2.1 relation 6: the stride leaves one over")
case("input 7x7x1 / conv 3x3, 1, dilation 2", lambda: nn.Conv2d(1, 1, 3, dilation=2), "2.1 relation 15: dilation")

for size in range(8, 15):
    case(f"input {size}x2 / conv 5, 3, stride 4, pad 1", lambda: nn.Conv1d(2, 3, 5, stride=4, padding=1),
         "2.1 relation 6: s sizes in a row have one output")

case("input 20x4 / conv 3, 8", lambda: nn.Conv1d(4, 8, 3), "2.2 one axis")
case("input 20x4 / conv1d 3, 8", lambda: nn.Conv1d(4, 8, 3), "2.2 one axis, named")
case("input 9x9x4 / conv 3, 8", lambda: nn.Conv2d(4, 8, 3), "2.2 one kernel size for both axes")
case("input 9x9x4 / conv2d 3x3, 8", lambda: nn.Conv2d(4, 8, 3), "2.2 two axes, named")
case("input 6x9x9x4 / conv 3x3x3, 8", lambda: nn.Conv3d(4, 8, 3), "2.2 three axes")
case("input 6x9x9x4 / conv3d 3, 8", lambda: nn.Conv3d(4, 8, 3), "2.2 three axes, named")
case("input 6x9x11x4 / conv 1x3x5, 8, stride 1x2x3, pad 0x1x2",
     lambda: nn.Conv3d(4, 8, (1, 3, 5), stride=(1, 2, 3), padding=(0, 1, 2)), "2.2 three axes, each its own")
case("input 9x9x4 / conv1d 3, 8", lambda: nn.Conv1d(4, 8, 3), "2.2 an image has one axis too many")
case("input 9x4 / conv2d 3x3, 8", lambda: nn.Conv2d(4, 8, 3), "2.2 a sequence has one axis too few")
case("input 12x10x3 / conv 1x7, 8", lambda: nn.Conv2d(3, 8, (1, 7)), "2.2 rectangular kernel")
case("input 12x10x3 / conv 7x1, 8, pad 3x0", lambda: nn.Conv2d(3, 8, (7, 1), padding=(3, 0)),
     "2.2 rectangular kernel, rectangular padding")
case("input 13x17x3 / conv 3x5, 8, stride 2x3, pad 1x2, dilation 2x1",
     lambda: nn.Conv2d(3, 8, (3, 5), stride=(2, 3), padding=(1, 2), dilation=(2, 1)), "2.2 all of it, per axis")
case("input 7x7x4 / conv 3x3, 8, stride 2, pad 1, groups 2",
     lambda: nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2), "2.2 groups")
case("input 8x8x6 / conv 3x3, 6, groups 6", lambda: nn.Conv2d(6, 6, 3, groups=6), "2.2 as many groups as channels")
case("input 8x8x4 / conv 3x3, 8, groups 3", lambda: nn.Conv2d(4, 8, 3, groups=3), "2.2 groups do not divide the input")
case("input 8x8x4 / conv 3x3, 6, groups 4", lambda: nn.Conv2d(4, 6, 3, groups=4), "2.2 groups do not divide the kernels")
case("input 8x8x4 / conv 1x1, 16", lambda: nn.Conv2d(4, 16, 1), "2.2 pointwise")
case("input 8x8x4 / conv 8x8, 16", lambda: nn.Conv2d(4, 16, 8), "2.2 a kernel as large as the input")
case("input 10x3 / conv 1, 4, stride 3", lambda: nn.Conv1d(3, 4, 1, stride=3), "2.2 stride larger than the kernel")
case("input 4x3 / conv 2, 4, stride 9", lambda: nn.Conv1d(3, 4, 2, stride=9), "2.2 stride larger than the input")
case("input 8x8x4 / conv 3x3, 8, no bias", lambda: nn.Conv2d(4, 8, 3, bias=False), "2.2 without a bias")
case("input 8x8x4 / conv 3x3, 8, pad 1, relu", lambda: nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.ReLU()),
     "2.2 with an activation")
case("input 8x8x4 / conv 3x3, 8, pad 5", lambda: nn.Conv2d(4, 8, 3, padding=5), "2.2 padding larger than the kernel")

case("input 4x1 / conv 5, 1, stride 4", lambda: nn.Conv1d(1, 1, 5, stride=4),
     "2.2 kernel larger than the padded input by one")
case("input 3x1 / conv 5, 1", lambda: nn.Conv1d(1, 1, 5), "2.2 kernel larger than the padded input by two")
case("input 3x1 / conv 5, 1, pad 1", lambda: nn.Conv1d(1, 1, 5, padding=1), "2.2 kernel as large as the padded input")
case("input 5x5x1 / conv 3x3, 1, dilation 3", lambda: nn.Conv2d(1, 1, 3, dilation=3),
     "2.2 dilated kernel larger than the input")
case("input 5x2x1 / conv 3x3, 1", lambda: nn.Conv2d(1, 1, 3), "2.2 kernel larger than the input on one axis")

case("input 5x5x4 / conv 4x4, 8, same", lambda: nn.Conv2d(4, 8, 4, padding="same"), "2.2 same, even kernel")
case("input 5x4 / conv 4, 8, same", lambda: nn.Conv1d(4, 8, 4, padding="same"), "2.2 same, even kernel, one axis")
case("input 5x5x4 / conv 3x3, 8, same", lambda: nn.Conv2d(4, 8, 3, padding="same"), "2.2 same, odd kernel")
case("input 5x6x7x2 / conv 3x2x1, 4, same", lambda: nn.Conv3d(2, 4, (3, 2, 1), padding="same"), "2.2 same, three axes")
case("input 9x4 / conv 3, 8, same, dilation 4", lambda: nn.Conv1d(4, 8, 3, padding="same", dilation=4),
     "2.2 same, dilated")
case("input 9x4 / conv 2, 8, same, dilation 3", lambda: nn.Conv1d(4, 8, 2, padding="same", dilation=3),
     "2.2 same, dilated even kernel")
case("input 3x3x4 / conv 7x7, 8, same", lambda: nn.Conv2d(4, 8, 7, padding="same"), "2.2 same, kernel larger than the input")
case("input 9x9x4 / conv 3x3, 8, same, groups 4", lambda: nn.Conv2d(4, 8, 3, padding="same", groups=4),
     "2.2 same, groups")
case("input 9x9x4 / conv 3x3, 8, same, stride 2", lambda: nn.Conv2d(4, 8, 3, padding="same", stride=2),
     "2.2 limit of PyTorch: same with a stride")
case("input 9x9x4 / conv 3x3, 8, same, stride 1, silu",
     lambda: nn.Sequential(nn.Conv2d(4, 8, 3, padding="same"), nn.SiLU()), "2.2 same, an activation")
case("input 5x4 / conv 4, 8, same lower", lambda: padded(nn.Conv1d(4, 8, 4), 2, 1), "2.2 same, the odd zero before")

case("input 8x3 / conv 3, 4, pad 0:1", lambda: padded(nn.Conv1d(3, 4, 3), 0, 1), "2.2 padding after only")
case("input 8x3 / conv 3, 4, pad 2:0, stride 2", lambda: padded(nn.Conv1d(3, 4, 3, stride=2), 2, 0),
     "2.2 padding before only")
case("input 8x8x3 / conv 3x3, 4, pad 0:1, stride 2", lambda: padded(nn.Conv2d(3, 4, 3, stride=2), 0, 1, 0, 1),
     "2.2 one uneven padding for both axes")
case("input 8x9x3 / conv 3x3, 4, pad 1:2x0:1", lambda: padded(nn.Conv2d(3, 4, 3), 0, 1, 1, 2),
     "2.2 uneven padding, per axis")
case("input 8x9x3 / conv 3x3, 4, pad 1:2x1", lambda: padded(nn.Conv2d(3, 4, 3), 1, 1, 1, 2),
     "2.2 uneven padding on one axis")
case("input 4x5x6x2 / conv 2x3x3, 4, pad 0:1x1:0x2", lambda: padded(nn.Conv3d(2, 4, (2, 3, 3)), 2, 2, 1, 0, 0, 1),
     "2.2 uneven padding, three axes")
case("input 10x4 / conv 3, 8, causal", lambda: padded(nn.Conv1d(4, 8, 3), 2, 0), "2.2 causal")
case("input 10x4 / conv 3, 8, causal, dilation 4", lambda: padded(nn.Conv1d(4, 8, 3, dilation=4), 8, 0),
     "2.2 causal, dilated")
case("input 10x4 / conv 3, 8, causal, stride 2", lambda: padded(nn.Conv1d(4, 8, 3, stride=2), 2, 0),
     "2.2 causal, stride")

case("input 8x8x32 / depthwise 3x3", lambda: depthwise(2, 32, 3), "2.5 depthwise 320")
case("input 8x8x32 / depthwise 3x3, multiplier 2", lambda: depthwise(2, 32, 3, 2), "2.5 depthwise, m = 2, 640")
case("input 15x6 / depthwise 5, stride 2, pad 2", lambda: depthwise(1, 6, 5, stride=2, padding=2), "2.2 depthwise, one axis")
case("input 5x8x8x4 / depthwise 3x3x3, same", lambda: depthwise(3, 4, 3, padding="same"), "2.2 depthwise, three axes")
case("input 9x9x8 / depthwise 3x3, dilation 2, pad 2, no bias, relu6",
     lambda: nn.Sequential(depthwise(2, 8, 3, dilation=2, padding=2, bias=False), nn.ReLU6()), "2.2 depthwise, dilated")
case("input 9x7x8 / depthwise 1x5, same", lambda: depthwise(2, 8, (1, 5), padding="same"), "2.2 depthwise, rectangular")
case("input 2x9x8 / depthwise 3x3", lambda: depthwise(2, 8, 3), "2.2 depthwise kernel larger than the input")

case("input 8x8x32 / separable 3x3, 64", lambda: separable(2, 32, 64, 3), "2.5 separable 2400")
case("input 8x8x32 / separable 3x3, 64, multiplier 2", lambda: separable(2, 32, 64, 3, 2), "2.5 separable, m = 2")
case("input 15x6 / separable 3, 10, stride 2, pad 1", lambda: separable(1, 6, 10, 3, stride=2, padding=1),
     "2.2 separable, one axis")
case("input 9x9x6 / separable 3x3, 10, same, no bias", lambda: separable(2, 6, 10, 3, padding="same", bias=False),
     "2.5 separable without a bias")
case("input 9x9x6 / separable 3x3, 10, dilation 2, relu",
     lambda: nn.Sequential(separable(2, 6, 10, 3, dilation=2), nn.ReLU()), "2.2 separable, dilated")

case("input 28x28x3 / conv 7x7, 32", lambda: nn.Conv2d(3, 32, 7), "2.5 convolution 4736")
case("input 8x8x4 / conv 3x3, 8, groups 2", lambda: nn.Conv2d(4, 8, 3, groups=2), "2.5 convolution, g = 2, 152")
case("input 224x224x3 / conv 11x11, 64, stride 4", lambda: nn.Conv2d(3, 64, 11, stride=4),
     "2.1 AlexNet on 224: the stride does not divide")
case("input 227x227x3 / conv 11x11, 96, stride 4", lambda: nn.Conv2d(3, 96, 11, stride=4),
     "2.1 AlexNet on 227: the stride divides")


def settings(rng, axes, **choices):
    """One value an axis for each setting; where all axes agree, one for all of them."""
    drawn = {name: tuple(rng.choice(values) for _ in range(axes)) for name, values in choices.items()}
    return {name: values[0] if len(set(values)) == 1 else values for name, values in drawn.items()}


def written(word, *arguments, **options):
    """A line of `.net`; an option is left out at 0 and None, and `True` writes its name alone."""
    named = [name if value is True else f"{name} {by(value)}" for name, value in options.items() if value]
    return f"{word} " + ", ".join([*map(by, arguments), *named])


def draw_convolutions(rng, count):
    for _ in range(count):
        axes = rng.choice([1, 1, 2, 2, 3])
        groups = rng.choice([1, 1, 1, 2, 3])
        channels, kernels = groups * rng.randint(1, 4), groups * rng.randint(1, 4)
        shape = [rng.randint(4, 20 if axes < 3 else 9) for _ in range(axes)] + [channels]
        bias = rng.random() < 0.7
        s = settings(rng, axes, kernel=[1, 2, 3, 3, 4, 5], stride=[1, 1, 2, 3, 4], pad=[0, 0, 1, 2, 3], dilation=[1, 1, 1, 2, 3])
        line = written("conv", s["kernel"], kernels, stride=s["stride"], pad=s["pad"], dilation=s["dilation"],
                       groups=groups if groups > 1 else None)
        case(f"input {by(shape)} / {line}" + ("" if bias else ", no bias"),
             lambda axes=axes, channels=channels, kernels=kernels, groups=groups, bias=bias, s=s: CONV[axes](
                 channels, kernels, s["kernel"], stride=s["stride"], padding=s["pad"], dilation=s["dilation"],
                 groups=groups, bias=bias),
             "2.2 drawn convolution")


draw_convolutions(random.Random(1), 30)


# ---- 2.3 pooling ---------------------------------------------------------------------------------------------------

MAXPOOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVGPOOL = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}

case("input 55x55x8 / pool 3x3, stride 2", lambda: nn.MaxPool2d(3, 2), "2.1 relation 7, 2.3 floor 27")
case("input 8x8x8 / pool 2x2", lambda: nn.MaxPool2d(2), "2.3 the stride is the kernel")
case("input 9x9x8 / pool 2x2", lambda: nn.MaxPool2d(2), "2.3 floor leaves a row unread")
case("input 9x9x8 / pool 2x2, rounding floor", lambda: nn.MaxPool2d(2), "2.3 floor, said outright")
case("input 9x9x8 / pool 2x2, rounding ceil", lambda: nn.MaxPool2d(2, ceil_mode=True), "2.3 ceil adds a window")
case("input 10x7x8 / pool 3x2, rounding ceil", lambda: nn.MaxPool2d((3, 2), ceil_mode=True), "2.3 ceil, per axis")
case("input 9x8 / pool 4, rounding ceil", lambda: nn.MaxPool1d(4, ceil_mode=True), "2.3 ceil, one axis")
case("input 5x9x9x8 / pool 2, rounding ceil", lambda: nn.MaxPool3d(2, ceil_mode=True), "2.3 ceil, three axes")
case("input 9x9x8 / pool 3x3, stride 2, pad 1", lambda: nn.MaxPool2d(3, 2, padding=1), "2.3 padding")
case("input 9x7x8 / pool 1x3, stride 1x2, pad 0x1", lambda: nn.MaxPool2d((1, 3), (1, 2), padding=(0, 1)), "2.3 per axis")
case("input 5x8 / pool 3, stride 3, pad 1, rounding ceil", lambda: nn.MaxPool1d(3, 3, padding=1, ceil_mode=True),
     "2.3 ceil, the last window must start inside: 2, not 3")
case("input 9x8 / pool 4, stride 4, pad 2, rounding ceil", lambda: nn.MaxPool1d(4, 4, padding=2, ceil_mode=True),
     "2.3 ceil, the last window must start inside: 3, not 4")
case("input 9x9x8 / avgpool 4x4, stride 4, pad 2, rounding ceil", lambda: nn.AvgPool2d(4, 4, 2, ceil_mode=True),
     "2.3 ceil, the last window must start inside: 3, not 4")
case("input 32x8 / pool 1, stride 2, rounding ceil", lambda: nn.MaxPool1d(1, 2, ceil_mode=True),
     "2.3 ceil, the last window must start inside: 16, not 17")
case("input 3x8 / pool 2, stride 3, rounding ceil", lambda: nn.MaxPool1d(2, 3, ceil_mode=True),
     "2.3 ceil, the last window must start inside: 1, not 2")
case("input 112x112x8 / pool 3x3, stride 2, pad 1", lambda: nn.MaxPool2d(3, 2, 1), "2.3 ResNet 56")
case("input 112x112x8 / pool 3x3, stride 2, pad 1, rounding ceil", lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True),
     "2.3 ResNet 57 under ceil")
case("input 3x8 / pool 4, stride 5, rounding ceil", lambda: nn.MaxPool1d(4, 5, ceil_mode=True),
     "2.3 ceil takes a window larger than the input, if the deficit is below the stride")
case("input 3x3x8 / pool 4x4, stride 2, rounding ceil", lambda: nn.MaxPool2d(4, 2, ceil_mode=True),
     "2.3 ceil, a deficit of one below a stride of two")
case("input 2x2x8 / pool 4x4, stride 2, rounding ceil", lambda: nn.MaxPool2d(4, 2, ceil_mode=True),
     "2.3 ceil, a deficit of two at a stride of two")
case("input 3x3x8 / avgpool 4x4, stride 2, rounding ceil", lambda: nn.AvgPool2d(4, 2, ceil_mode=True),
     "2.3 ceil, a deficit of one below a stride of two")
case("input 3x8 / pool 6, stride 2, rounding ceil", lambda: nn.MaxPool1d(6, 2, ceil_mode=True),
     "2.3 ceil, a deficit above the stride")
case("input 2x2x8 / pool 3x3", lambda: nn.MaxPool2d(3), "2.3 window larger than the input")
case("input 2x2x8 / avgpool 3x3", lambda: nn.AvgPool2d(3), "2.3 window larger than the input")
case("input 2x8 / pool 3, stride 1, pad 1", lambda: nn.MaxPool1d(3, 1, padding=1), "2.3 window larger than the input, padded")
case("input 9x9x8 / pool 3x3, dilation 2", lambda: nn.MaxPool2d(3, dilation=2), "2.3 dilation")
case("input 9x8 / pool 3, stride 1, dilation 4", lambda: nn.MaxPool1d(3, 1, dilation=4), "2.3 dilated window as large as the input")
case("input 8x8 / pool 3, stride 1, dilation 4", lambda: nn.MaxPool1d(3, 1, dilation=4), "2.3 dilated window larger than the input")
case("input 10x10x8 / pool 3x3, stride 2, pad 1, dilation 2, rounding ceil",
     lambda: nn.MaxPool2d(3, 2, 1, dilation=2, ceil_mode=True), "2.3 dilation, padding and ceil")
case("input 9x9x8 / pool 3x3, stride 2, pad 0:1", lambda: padded(nn.MaxPool2d(3, 2), 0, 1, 0, 1), "2.3 uneven padding")
case("input 9x8x8 / avgpool 2x2, stride 2, pad 1:0x0", lambda: padded(nn.AvgPool2d(2, 2), 0, 0, 1, 0),
     "2.3 uneven padding on one axis")
case("input 8x8x8 / pool 2x2, pad 2", lambda: nn.MaxPool2d(2, padding=2), "2.3 limit of PyTorch: padding over half the window")
case("input 8x8x8 / pool 3x3, pad 2, dilation 2", lambda: nn.MaxPool2d(3, padding=2, dilation=2),
     "2.3 limit of PyTorch: padding over half the undilated window")
case("input 8x8x8 / avgpool 3x3, pad 2", lambda: nn.AvgPool2d(3, padding=2), "2.3 limit of PyTorch: padding over half the window")
case("input 12x4 / avgpool 3", lambda: nn.AvgPool1d(3), "2.3 average, one axis")
case("input 8x8x8 / avgpool 2x2", lambda: nn.AvgPool2d(2), "2.3 average, two axes")
case("input 6x8x8x4 / avgpool 2x3x3, stride 2", lambda: nn.AvgPool3d((2, 3, 3), 2), "2.3 average, three axes")
case("input 8x8x8 / avgpool 3x3, stride 2, pad 1", lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
     "2.3 leaving the padding out of the average changes no shape")
case("input 6x8x8x4 / pool 2", lambda: nn.MaxPool3d(2), "2.3 three axes")
case("input 7x7x4 / pool 1x1", lambda: nn.MaxPool2d(1), "2.3 a window of one")
case("rounding ceil / input 9x9x8 / pool 2x2 / pool 2x2",
     lambda: nn.Sequential(nn.MaxPool2d(2, ceil_mode=True), nn.MaxPool2d(2, ceil_mode=True)), "2.3 ceil for the whole network")
case("rounding ceil / input 9x9x8 / pool 2x2 / pool 2x2, rounding floor",
     lambda: nn.Sequential(nn.MaxPool2d(2, ceil_mode=True), nn.MaxPool2d(2)), "2.3 a line against the whole network")

case("input 7x7x8 / adaptivepool 3x3", lambda: nn.AdaptiveAvgPool2d(3), "2.3 adaptive, windows that overlap")
case("input 7x7x8 / adaptivepool 3", lambda: nn.AdaptiveAvgPool2d(3), "2.3 adaptive, one size for both axes")
case("input 7x9x8 / adaptivepool 2x4", lambda: nn.AdaptiveAvgPool2d((2, 4)), "2.3 adaptive, per axis")
case("input 7x9x8 / adaptivepool 7x1", lambda: nn.AdaptiveAvgPool2d((None, 1)), "2.3 adaptive, one axis kept")
case("input 3x3x8 / adaptivepool 6x6", lambda: nn.AdaptiveAvgPool2d(6), "2.3 adaptive, larger than the input")
case("input 11x8 / adaptivepool 4", lambda: nn.AdaptiveAvgPool1d(4), "2.3 adaptive, one axis")
case("input 5x7x9x2 / adaptivepool 2x3x4", lambda: nn.AdaptiveAvgPool3d((2, 3, 4)), "2.3 adaptive, three axes")
case("input 7x7x8 / adaptivemaxpool 3x3", lambda: nn.AdaptiveMaxPool2d(3), "2.3 adaptive maximum")
case("input 11x8 / adaptivemaxpool 4", lambda: nn.AdaptiveMaxPool1d(4), "2.3 adaptive maximum, one axis")
case("input 5x7x9x2 / adaptivemaxpool 2", lambda: nn.AdaptiveMaxPool3d(2), "2.3 adaptive maximum, three axes")

case("input 7x9x8 / globalpool", lambda: nn.AdaptiveAvgPool2d(1), "2.3 global, axes kept")
case("input 7x9x8 / globalpool flat", lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), "2.3 global, axes dropped")
case("input 11x8 / globalpool", lambda: nn.AdaptiveAvgPool1d(1), "2.3 global, one axis")
case("input 11x8 / globalpool flat", lambda: Fn(lambda x: x.mean(dim=2)), "2.3 global, one axis dropped")
case("input 3x4x5x8 / globalpool", lambda: nn.AdaptiveAvgPool3d(1), "2.3 global, three axes")
case("input 7x9x8 / globalmaxpool", lambda: nn.AdaptiveMaxPool2d(1), "2.3 global maximum, axes kept")
case("input 7x9x8 / globalmaxpool flat", lambda: Fn(lambda x: x.amax(dim=(2, 3))), "2.3 global maximum, axes dropped")
case("input 11x8 / globalmaxpool", lambda: nn.AdaptiveMaxPool1d(1), "2.3 global maximum, one axis")
case("input 7x7x8 / globalpool / flatten / dense 10",
     lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)), "2.3 global, then a classifier")


def draw_pools(rng, count):
    for _ in range(count):
        axes = rng.choice([1, 1, 2, 2, 3])
        shape = [rng.randint(3, 20 if axes < 3 else 9) for _ in range(axes)] + [rng.randint(1, 4)]
        ceil = rng.random() < 0.6
        s = settings(rng, axes, kernel=[1, 2, 2, 3, 3, 4, 5], stride=[1, 2, 2, 3, 4, 5], dilation=[1, 1, 1, 2, 3])
        sides = s["kernel"] if isinstance(s["kernel"], tuple) else (s["kernel"],) * axes
        pad = tuple(rng.randint(0, side // 2) for side in sides)
        average = rng.random() < 0.3
        line = written("avgpool" if average else "pool", s["kernel"], stride=s["stride"], pad=pad if any(pad) else None,
                       dilation=None if average else s["dilation"], rounding="ceil" if ceil else None)
        case(f"input {by(shape)} / {line}",
             lambda axes=axes, s=s, pad=pad, ceil=ceil, average=average: (
                 AVGPOOL[axes](s["kernel"], s["stride"], pad, ceil_mode=ceil) if average else
                 MAXPOOL[axes](s["kernel"], s["stride"], pad, dilation=s["dilation"], ceil_mode=ceil)),
             "2.3 drawn pooling")


draw_pools(random.Random(2), 30)


# ---- 2.4 transposed convolution ------------------------------------------------------------------------------------

case("input 5x5x1 / transposed 3x3, 1", lambda: nn.ConvTranspose2d(1, 1, 3), "2.1 relation 8: no padding, stride 1")
case("input 5x5x1 / transposed 4x4, 1, pad 2", lambda: nn.ConvTranspose2d(1, 1, 4, padding=2), "2.1 relation 9: padding")
case("input 5x5x1 / transposed 3x3, 1, pad 1", lambda: nn.ConvTranspose2d(1, 1, 3, padding=1), "2.1 relation 10: half padding")
case("input 7x7x1 / transposed 3x3, 1, pad 2", lambda: nn.ConvTranspose2d(1, 1, 3, padding=2), "2.1 relation 11: full padding")
case("input 2x2x1 / transposed 3x3, 1, stride 2", lambda: nn.ConvTranspose2d(1, 1, 3, stride=2), "2.1 relation 12: stride")
case("input 3x3x1 / transposed 3x3, 1, stride 2, pad 1", lambda: nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1),
     "2.1 relation 13: stride and padding")
case("input 3x3x1 / transposed 3x3, 1, stride 2, pad 1, extra 1",
     lambda: nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1), "2.1 relation 14: what the division left")
case("input 8x8x16 / transposed 3x3, 8", lambda: nn.ConvTranspose2d(16, 8, 3), "2.5 transposed 1160")
case("input 8x8x16 / transposed 3x3, 8, groups 2", lambda: nn.ConvTranspose2d(16, 8, 3, groups=2), "2.5 transposed, g = 2, 584")
case("input 2x2x3 / transposed 2x2, 1, stride 2", lambda: nn.ConvTranspose2d(3, 1, 2, stride=2),
     "2.4 multiply-adds at the input's positions")
case("input 8x8x4 / transposed 3x3, 4, stride 2, groups 4", lambda: nn.ConvTranspose2d(4, 4, 3, stride=2, groups=4),
     "2.4 depthwise transposed")
case("input 4x3 / transposed 2, 2, stride 3", lambda: nn.ConvTranspose1d(3, 2, 2, stride=3),
     "2.4 stride larger than the kernel 11")
case("input 4x3 / transposed 1, 2, stride 4, extra 3", lambda: nn.ConvTranspose1d(3, 2, 1, stride=4, output_padding=3),
     "2.4 the largest extra for the stride")
case("input 4x3 / transposed 3, 2, stride 2, extra 2", lambda: nn.ConvTranspose1d(3, 2, 3, stride=2, output_padding=2),
     "2.4 extra as large as the stride")
case("input 4x3 / transposed 3, 2, dilation 3, extra 2", lambda: nn.ConvTranspose1d(3, 2, 3, dilation=3, output_padding=2),
     "2.4 extra below the dilation")
case("input 4x3 / transposed 3, 2, extra 1", lambda: nn.ConvTranspose1d(3, 2, 3, output_padding=1),
     "2.4 extra with neither stride nor dilation")
case("input 6x7x4 / transposed 3x2, 8, stride 2x3, pad 1x0, extra 1x2",
     lambda: nn.ConvTranspose2d(4, 8, (3, 2), stride=(2, 3), padding=(1, 0), output_padding=(1, 2)), "2.4 per axis")
case("input 5x5x4 / transposed 3x3, 8, dilation 2", lambda: nn.ConvTranspose2d(4, 8, 3, dilation=2), "2.4 dilation")
case("input 5x5x4 / transposed 3x3, 8, stride 3, pad 2, dilation 2, groups 2",
     lambda: nn.ConvTranspose2d(4, 8, 3, stride=3, padding=2, dilation=2, groups=2), "2.4 dilation, stride, groups")
case("input 3x4x5x2 / transposed 2x3x3, 4, stride 2", lambda: nn.ConvTranspose3d(2, 4, (2, 3, 3), stride=2), "2.4 three axes")
case("input 5x5x4 / transposed 2x2, 8, stride 2, no bias, relu",
     lambda: nn.Sequential(nn.ConvTranspose2d(4, 8, 2, stride=2, bias=False), nn.ReLU()), "2.4 without a bias, an activation")
case("input 1x3 / transposed 2, 2, stride 3, pad 3, extra 2",
     lambda: nn.ConvTranspose1d(3, 2, 2, stride=3, padding=3, output_padding=2), "2.4 padding takes all of it away")
case("input 1x3 / transposed 5, 2, stride 3, pad 3, extra 1",
     lambda: nn.ConvTranspose1d(3, 2, 5, stride=3, padding=3, output_padding=1), "2.4 padding leaves nothing")
case("input 5x4 / transposed 4, 4, groups 3", lambda: nn.ConvTranspose1d(4, 4, 4, groups=3), "2.4 groups do not divide")
case("input 5x3 / transposed 3, 2, stride 2, pad 0:1",
     lambda: Fn(lambda x, layer: F.pad(layer(x), (0, -1)), layer=nn.ConvTranspose1d(3, 2, 3, stride=2)),
     "2.4 padding after only takes away at the end")


def draw_transposed(rng, count):
    for _ in range(count):
        axes = rng.choice([1, 1, 2, 2, 3])
        groups = rng.choice([1, 1, 1, 2])
        channels, kernels = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        shape = [rng.randint(2, 10 if axes < 3 else 5) for _ in range(axes)] + [channels]
        s = settings(rng, axes, kernel=[1, 2, 3, 4, 5], stride=[1, 2, 2, 3], pad=[0, 0, 1, 2], dilation=[1, 1, 2],
                     extra=[0, 0, 0, 1])
        line = written("transposed", s["kernel"], kernels, stride=s["stride"], pad=s["pad"], extra=s["extra"],
                       dilation=s["dilation"], groups=groups if groups > 1 else None)
        case(f"input {by(shape)} / {line}",
             lambda axes=axes, channels=channels, kernels=kernels, groups=groups, s=s: TRANSPOSED[axes](
                 channels, kernels, s["kernel"], stride=s["stride"], padding=s["pad"], output_padding=s["extra"],
                 dilation=s["dilation"], groups=groups),
             "2.4 drawn transposed convolution")


draw_transposed(random.Random(3), 24)


# ---- 2.5 dense, and what has no parameters ---------------------------------------------------------------------------

case("input 2048 / dense 512", lambda: nn.Linear(2048, 512), "2.5 dense 1,049,088")
case("input 10 / dense 5, no bias", lambda: nn.Linear(10, 5, bias=False), "2.5 dense without a bias")
case("input 7x7x512 / dense 10", lambda: nn.Linear(512, 10), "2.5 dense on the last axis alone 5130", LAST)
case("input 7x7x512 / flatten / dense 10", lambda: nn.Sequential(nn.Flatten(), nn.Linear(25088, 10)),
     "2.5 dense behind a flatten 250,890")
case("input 20x32 / dense 64, gelu", lambda: nn.Sequential(nn.Linear(32, 64), nn.GELU()), "2.5 dense on a sequence", LAST)
case("input 2x3x4x5 / dense 6", lambda: nn.Linear(5, 6), "2.5 dense on a volume", LAST)
case("input 784 / dense 128, relu / dense 10, softmax",
     lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(dim=-1)), "2.5 dense twice")

case("input 4x5x6 / flatten", lambda: nn.Flatten(), "2.5 flatten an image")
case("input 10x6 / flatten", lambda: nn.Flatten(), "2.5 flatten a sequence")
case("input 2x3x4x5 / flatten", lambda: nn.Flatten(), "2.5 flatten a volume")
case("input 12 / flatten", lambda: nn.Flatten(), "2.5 flatten a vector")
case("input 4x4x8 / reshape 16x8", lambda: Fn(lambda x: x.reshape(1, 16, 8)), "2.5 reshape", LAST)
case("input 4x4x8 / reshape -1x8", lambda: Fn(lambda x: x.reshape(1, -1, 8)), "2.5 reshape, the first size inferred", LAST)
case("input 4x4x8 / reshape 2x-1x4", lambda: Fn(lambda x: x.reshape(1, 2, -1, 4)), "2.5 reshape, a size between inferred", LAST)
case("input 4x4x8 / reshape -1", lambda: Fn(lambda x: x.reshape(1, -1)), "2.5 reshape to a vector", LAST)
case("input 128 / reshape 4x4x8", lambda: Fn(lambda x: x.reshape(1, 4, 4, 8)), "2.5 reshape a vector to an image", LAST)
case("input 4x4x8 / reshape 5x7", lambda: Fn(lambda x: x.reshape(1, 5, 7)), "2.5 reshape to another number of elements", LAST)
case("input 4x4x8 / reshape -1x7", lambda: Fn(lambda x: x.reshape(1, -1, 7)), "2.5 reshape that leaves a remainder", LAST)
case("input 100 / dense 128 / reshape 4x4x8 / dense 3",
     lambda: nn.Sequential(nn.Linear(100, 128), nn.Unflatten(1, (4, 4, 8)), nn.Linear(8, 3)), "2.5 reshape between layers", LAST)

ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "leakyrelu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU,
    "silu": nn.SiLU, "hardswish": nn.Hardswish, "hardsigmoid": nn.Hardsigmoid, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh,
    "softplus": nn.Softplus, "mish": nn.Mish,
}
for word, activation in ACTIVATIONS.items():
    case(f"input 5x4x3 / {word}", lambda activation=activation: activation(), "2.5 activation")
    case(f"input 6 / dense 4, {word}", lambda activation=activation: nn.Sequential(nn.Linear(6, 4), activation()),
         "2.5 activation on a layer's line")
case("input 8x8x4 / prelu", lambda: nn.PReLU(), "2.5 prelu, PyTorch's default")
case("input 8x8x4 / prelu slopes one", lambda: nn.PReLU(1), "2.5 prelu, one slope")
case("input 8x8x4 / prelu slopes channels", lambda: nn.PReLU(4), "2.5 prelu, a slope a channel 4")
case("input 12 / prelu slopes channels", lambda: nn.PReLU(12), "2.5 prelu on a vector")
case("input 9x6 / conv 3, 8 / prelu slopes channels", lambda: nn.Sequential(nn.Conv1d(6, 8, 3), nn.PReLU(8)),
     "2.5 prelu behind a convolution")
case("input 10 / softmax", lambda: nn.Softmax(dim=-1), "2.5 softmax")
case("input 5x4x3 / softmax", lambda: nn.Softmax(dim=-1), "2.5 softmax on an image", LAST)
case("input 5x4x3 / dropout 0.5", lambda: nn.Dropout(0.5), "2.5 dropout")
case("input 64 / dropout 0.1", lambda: nn.Dropout(0.1), "2.5 dropout on a vector")

case("input 6x7x3 / zeropad 1", lambda: nn.ZeroPad2d(1), "2.5 padding")
case("input 6x7x3 / zeropad 1x2", lambda: nn.ZeroPad2d((2, 2, 1, 1)), "2.5 padding, per axis")
case("input 6x7x3 / zeropad 0:1", lambda: nn.ZeroPad2d((0, 1, 0, 1)), "2.5 uneven padding")
case("input 6x7x3 / zeropad 1:2x0:3", lambda: nn.ZeroPad2d((0, 3, 1, 2)), "2.5 uneven padding, per axis")
case("input 9x3 / zeropad 2", lambda: nn.ZeroPad1d(2), "2.5 padding a sequence")
case("input 4x5x6x3 / zeropad 1x0x2:1", lambda: nn.ZeroPad3d((2, 1, 0, 0, 1, 1)), "2.5 padding a volume")
case("input 224x224x3 / zeropad 3 / conv 7x7, 8, stride 2", lambda: nn.Sequential(nn.ZeroPad2d(3), nn.Conv2d(3, 8, 7, stride=2)),
     "2.5 padding, then a convolution")
case("input 6x7x3 / crop 1", lambda: nn.ZeroPad2d(-1), "2.5 cropping")
case("input 6x7x3 / crop 0:1x2:0", lambda: nn.ZeroPad2d((-2, 0, 0, -1)), "2.5 uneven cropping")
case("input 9x3 / crop 1:2", lambda: Fn(lambda x: x[:, :, 1:-2]), "2.5 cropping a sequence")
case("input 4x5x6x3 / crop 1", lambda: nn.ZeroPad3d(-1), "2.5 cropping a volume")
case("input 6x7x3 / crop 4", lambda: nn.ZeroPad2d(-4), "2.5 cropping more than there is")
case("input 6x7x3 / upsample 2", lambda: nn.Upsample(scale_factor=2), "2.5 enlarging")
case("input 6x7x3 / upsample 2x3", lambda: nn.Upsample(scale_factor=(2, 3)), "2.5 enlarging, per axis")
case("input 9x3 / upsample 4", lambda: nn.Upsample(scale_factor=4), "2.5 enlarging a sequence")
case("input 2x3x4x5 / upsample 2", lambda: nn.Upsample(scale_factor=2), "2.5 enlarging a volume")


# ---- 2.5 normalisation ---------------------------------------------------------------------------------------------

case("input 8x8x64 / batchnorm", lambda: nn.BatchNorm2d(64), "2.5 batch normalisation: 128 learned, 128 not")
case("input 20x16 / batchnorm", lambda: nn.BatchNorm1d(16), "2.5 batch normalisation of a sequence")
case("input 16 / batchnorm", lambda: nn.BatchNorm1d(16), "2.5 batch normalisation of a vector")
case("input 3x4x5x6 / batchnorm", lambda: nn.BatchNorm3d(6), "2.5 batch normalisation of a volume")
case("input 8x8x64 / batchnorm no shift", lambda: nn.BatchNorm2d(64, bias=False), "2.5 batch normalisation without a shift")
case("input 8x8x64 / batchnorm no scale, no shift", lambda: nn.BatchNorm2d(64, affine=False),
     "2.5 batch normalisation without either")
case("input 8x8x64 / batchnorm no statistics", lambda: nn.BatchNorm2d(64, track_running_stats=False),
     "2.5 batch normalisation that keeps no statistics")
case("input 8x8x64 / batchnorm relu", lambda: nn.Sequential(nn.BatchNorm2d(64), nn.ReLU()),
     "2.5 batch normalisation, an activation")
case("input 8x8x4 / conv 3x3, 8, pad 1, no bias / batchnorm / relu",
     lambda: nn.Sequential(nn.Conv2d(4, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
     "2.5 convolution, batch normalisation, activation")
case("input 8x64 / layernorm axes 2", lambda: nn.LayerNorm((8, 64)), "2.5 layer normalisation of two axes 1024", LAST)
case("input 8x64 / layernorm", lambda: nn.LayerNorm(64), "2.5 layer normalisation", LAST)
case("input 8x64 / layernorm axes 1", lambda: nn.LayerNorm(64), "2.5 layer normalisation of one axis, said outright", LAST)
case("input 4x5x6 / layernorm", lambda: nn.LayerNorm(6), "2.5 layer normalisation of an image's channels", LAST)
case("input 4x5x6 / layernorm axes 2", lambda: nn.LayerNorm((5, 6)), "2.5 layer normalisation of width and channels", LAST)
case("input 4x5x6 / layernorm axes 3", lambda: nn.LayerNorm((4, 5, 6)), "2.5 layer normalisation of a whole image", LAST)
case("input 30 / layernorm", lambda: nn.LayerNorm(30), "2.5 layer normalisation of a vector", LAST)
case("input 8x64 / layernorm no shift", lambda: nn.LayerNorm(64, bias=False), "2.5 layer normalisation without a shift", LAST)
case("input 8x64 / layernorm no scale, no shift", lambda: nn.LayerNorm(64, elementwise_affine=False),
     "2.5 layer normalisation without either", LAST)
case("input 6x6x32 / groupnorm 8", lambda: nn.GroupNorm(8, 32), "2.5 group normalisation")
case("input 6x6x32 / groupnorm 1", lambda: nn.GroupNorm(1, 32), "2.5 group normalisation, one group")
case("input 6x6x32 / groupnorm 32, relu", lambda: nn.Sequential(nn.GroupNorm(32, 32), nn.ReLU()),
     "2.5 group normalisation, a group a channel")
case("input 20x12 / groupnorm 3", lambda: nn.GroupNorm(3, 12), "2.5 group normalisation of a sequence")
case("input 6x6x32 / groupnorm 8, no shift", lambda: nn.GroupNorm(8, 32, bias=False), "2.5 group normalisation without a shift")
case("input 6x6x32 / groupnorm 8, no scale, no shift", lambda: nn.GroupNorm(8, 32, affine=False),
     "2.5 group normalisation without either")
case("input 6x6x32 / groupnorm 5", lambda: nn.GroupNorm(5, 32), "2.5 group normalisation, groups do not divide")
case("input 6x6x32 / instancenorm", lambda: nn.InstanceNorm2d(32), "2.5 instance normalisation, PyTorch's default 0")
case("input 6x6x32 / instancenorm affine", lambda: nn.InstanceNorm2d(32, affine=True), "2.5 instance normalisation, affine")
case("input 6x6x32 / instancenorm affine, relu", lambda: nn.Sequential(nn.InstanceNorm2d(32, affine=True), nn.ReLU()),
     "2.5 instance normalisation, affine, an activation")
case("input 20x12 / instancenorm affine", lambda: nn.InstanceNorm1d(12, affine=True), "2.5 instance normalisation of a sequence")
case("input 3x4x5x6 / instancenorm", lambda: nn.InstanceNorm3d(6), "2.5 instance normalisation of a volume")
case("input 8x64 / rmsnorm", lambda: nn.RMSNorm(64), "2.5 root mean square normalisation", LAST)
case("input 8x64 / rmsnorm axes 2", lambda: nn.RMSNorm((8, 64)), "2.5 root mean square normalisation of two axes", LAST)
case("input 8x64 / rmsnorm no scale", lambda: nn.RMSNorm(64, elementwise_affine=False),
     "2.5 root mean square normalisation without a scale", LAST)


# ---- joins ---------------------------------------------------------------------------------------------------------


def joined(axis):
    return lambda: Fn(lambda *tensors: torch.cat(tensors, dim=axis))


def added():
    return Fn(lambda *tensors: sum(tensors[1:], tensors[0]))


def multiplied():
    return Fn(lambda a, b: a * b)


case("a: input 4x5x8 / b: input 4x5x8 / add a, b", added, "joins: one shape")
case("a: input 4x5x8 / b: input 4x5x8 / add a", added, "joins: one label, the line above is the other")
case("a: input 4x5x8 / b: input 4x5x8 / c: input 4x5x8 / add a, b, c", added, "joins: three")
case("a: input 4x5x8 / b: input 4x5x8 / add a, b, relu", lambda: Fn(lambda a, b: F.relu(a + b)),
     "joins: an activation")
case("a: input 4x5x8 / b: input 1x1x8 / add a, b", added, "joins: a value a channel")
case("a: input 1x1x8 / b: input 4x5x8 / multiply a, b", multiplied, "joins: a value a channel, first")
case("a: input 4x5x8 / b: input 4x5x1 / multiply a, b", multiplied, "joins: a value a position")
case("a: input 4x1x8 / b: input 1x5x8 / add a, b", added, "joins: both are stretched")
case("a: input 4x5x1 / b: input 1x1x8 / multiply a, b", multiplied, "joins: both are stretched, the channels too")
case("a: input 10x8 / b: input 1x8 / add a, b", added, "joins: sequences", LAST)
case("a: input 12 / b: input 12 / multiply a, b", multiplied, "joins: vectors")
case("a: input 4x5x8 / b: input 4x4x8 / add a, b", added, "joins: widths that do not join")
case("a: input 4x5x8 / b: input 4x5x4 / add a, b", added, "joins: channels that do not join")
case("a: input 4x5x8 / b: input 2x1x8 / multiply a, b", multiplied, "joins: heights that do not join")
case("a: input 12 / b: input 10 / add a, b", added, "joins: vectors that do not join")
case("input 6x6x4 / conv 3x3, 4, pad 1 / add input", lambda: Fn(lambda x, conv: x + conv(x), conv=nn.Conv2d(4, 4, 3, padding=1)),
     "joins: a way past a layer")

case("a: input 4x5x8 / b: input 4x5x3 / concat a, b", joined(1), "joins: concatenation of channels")
case("a: input 4x5x8 / b: input 4x5x3 / c: input 4x5x1 / concat a, b, c", joined(1), "joins: concatenation of three")
case("a: input 4x5x8 / b: input 4x5x3 / concat b, a, axis channels", joined(1), "joins: concatenation, the axis said outright")
case("a: input 4x5x8 / b: input 4x5x3 / concat a", joined(1), "joins: concatenation, one label")
case("a: input 4x5x8 / b: input 2x5x8 / concat a, b, axis height", joined(2), "joins: concatenation of heights")
case("a: input 4x5x8 / b: input 4x1x8 / concat a, b, axis width", joined(3), "joins: concatenation of widths")
case("a: input 10x8 / b: input 1x8 / concat a, b, axis length", joined(1), "joins: concatenation of sequences", LAST)
case("a: input 10x8 / b: input 10x3 / concat a, b", joined(2), "joins: concatenation of features", LAST)
case("a: input 2x4x5x3 / b: input 6x4x5x3 / concat a, b, axis depth", joined(2), "joins: concatenation of depths")
case("a: input 12 / b: input 30 / concat a, b", joined(1), "joins: concatenation of vectors")
case("a: input 4x5x8 / b: input 4x4x8 / concat a, b", joined(1), "joins: concatenation, widths differ")
case("a: input 4x5x8 / b: input 4x1x8 / concat a, b", joined(1), "joins: concatenation does not stretch")
case("a: input 4x5x8 / b: input 4x5x3 / concat a, b, axis height", joined(2), "joins: concatenation, channels differ")


# ---- 2.5 embedding and recurrent layers ------------------------------------------------------------------------------

RECURRENT = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def steps(layer, last=False):
    """The output of a recurrent layer, every step of it or the last alone."""
    return Fn(lambda x, layer: layer(x)[0][:, -1] if last else layer(x)[0], layer=layer)


case("input 12 / embedding 1000, 16", lambda: nn.Embedding(1000, 16), "2.5 embedding 16,000", IDS)
case("input 12 / embedding 50, 8", lambda: nn.Embedding(50, 8, padding_idx=0), "2.5 embedding, the padding's row is counted", IDS)
case("input 12x5 / embedding 50, 8", lambda: nn.Embedding(50, 8), "2.5 embedding of two axes", IDS)
case("input 12 / embedding 100, 16 / lstm 32, layers 2 / dense 100",
     lambda: Fn(lambda ids, embedding, lstm, head: head(lstm(embedding(ids))[0]), embedding=nn.Embedding(100, 16),
                lstm=nn.LSTM(16, 32, num_layers=2, batch_first=True), head=nn.Linear(32, 100)), "2.5 a language model", IDS)
case("input 12 / embedding 100, 16 / conv 3, 8, relu / globalmaxpool flat / dense 2",
     lambda: Fn(lambda ids, embedding, conv, head: head(F.relu(conv(embedding(ids).movedim(-1, 1))).amax(2)),
                embedding=nn.Embedding(100, 16), conv=nn.Conv1d(16, 8, 3), head=nn.Linear(8, 2)), "2.5 a text classifier", IDS)

for word, total in {"rnn": 640, "lstm": 2560, "gru": 1920}.items():
    case(f"input 7x10 / {word} 20", lambda word=word: steps(RECURRENT[word](10, 20, batch_first=True)), f"2.5 {word} {total}", LAST)
    case(f"input 7x10 / {word} 20, biases 2", lambda word=word: steps(RECURRENT[word](10, 20, batch_first=True)),
         f"2.5 {word}, two biases a gate", LAST)
    case(f"input 7x10 / {word} 20, no bias", lambda word=word: steps(RECURRENT[word](10, 20, batch_first=True, bias=False)),
         f"2.5 {word} without biases", LAST)
    case(f"input 7x10 / {word} 20, last", lambda word=word: steps(RECURRENT[word](10, 20, batch_first=True), last=True),
         f"2.5 {word}, the last step", LAST)
case("input 6x3 / lstm 4", lambda: steps(nn.LSTM(3, 4, batch_first=True)), "2.5 lstm 672 multiply-adds", LAST)
case("input 6x3 / gru 4", lambda: steps(nn.GRU(3, 4, batch_first=True)), "2.5 gru 504 multiply-adds", LAST)
case("input 7x10 / lstm 20, layers 2", lambda: steps(nn.LSTM(10, 20, 2, batch_first=True)), "2.5 lstm, two layers 5920", LAST)
case("input 7x10 / lstm 20, bidirectional", lambda: steps(nn.LSTM(10, 20, bidirectional=True, batch_first=True)),
     "2.5 lstm, bidirectional 5120", LAST)
case("input 7x10 / lstm 20, layers 2, bidirectional", lambda: steps(nn.LSTM(10, 20, 2, bidirectional=True, batch_first=True)),
     "2.5 lstm, bidirectional, two layers 15,040", LAST)
case("input 7x10 / lstm 20, projection 5", lambda: steps(nn.LSTM(10, 20, proj_size=5, batch_first=True)),
     "2.5 lstm, projection 1460", LAST)
case("input 7x10 / lstm 20, layers 2, bidirectional, projection 5",
     lambda: steps(nn.LSTM(10, 20, 2, bidirectional=True, proj_size=5, batch_first=True)),
     "2.5 lstm, bidirectional, two layers, projection 5840", LAST)
case("input 7x10 / lstm 20, projection 5, no bias, last",
     lambda: steps(nn.LSTM(10, 20, proj_size=5, bias=False, batch_first=True), last=True), "2.5 lstm, projection, no bias", LAST)
case("input 7x10 / lstm 20, projection 20", lambda: steps(nn.LSTM(10, 20, proj_size=20, batch_first=True)),
     "2.5 limit of PyTorch: a projection as wide as the layer", LAST)
case("input 7x10 / gru 20, projection 5", lambda: steps(nn.GRU(10, 20, proj_size=5, batch_first=True)),
     "2.5 a projection is the lstm's alone", LAST)
case("input 1x10 / lstm 20, last", lambda: steps(nn.LSTM(10, 20, batch_first=True), last=True), "2.5 lstm, one step", LAST)
for word, layers, both in itertools.product(RECURRENT, (2, 3), (False, True)):
    features, units, length = 5 + layers, 6, 4
    case(f"input {length}x{features} / " + written(word, units, layers=layers, bidirectional=both, last=layers == 3),
         lambda word=word, layers=layers, both=both, features=features, units=units: steps(
             RECURRENT[word](features, units, layers, bidirectional=both, batch_first=True), last=layers == 3),
         f"2.5 {word}, layers and directions", LAST)
case("input 7x10 / lstm 20, bidirectional / lstm 8, last / dense 3",
     lambda: Fn(lambda x, a, b, head: head(b(a(x)[0])[0][:, -1]), a=nn.LSTM(10, 20, bidirectional=True, batch_first=True),
                b=nn.LSTM(40, 8, batch_first=True), head=nn.Linear(8, 3)), "2.5 a stack of recurrent layers", LAST)


# ---- 2.5 attention ---------------------------------------------------------------------------------------------------


def attending(heads, features, **options):
    """Multi-head attention of one input to itself, or of a query to keys and values."""
    layer = nn.MultiheadAttention(features, heads, batch_first=True, **options)
    return Fn(lambda q, k=None, v=None, *, layer: layer(
        q, q if k is None else k, (q if k is None else k) if v is None else v)[0], layer=layer)


def keys_first(model):
    """The same model, for nets that write the inputs in the order keys, values, query (or memory, query)."""
    return Fn(lambda *inputs, model: model(inputs[-1], *inputs[:-1]), model=model)


case("input 10x64 / attention 8", lambda: attending(8, 64), "2.5 attention 16,640", LAST)
for heads in (1, 2, 4, 16, 64):
    case(f"input 10x64 / attention {heads}", lambda heads=heads: attending(heads, 64),
         "2.5 attention 16,640, whatever the number of heads", LAST)
case("input 10x64 / attention 8, key 8", lambda: attending(8, 64), "2.5 attention, features a head said outright", LAST)
case("input 10x64 / attention 8, no bias", lambda: attending(8, 64, bias=False), "2.5 attention without biases", LAST)
case("input 10x64 / attention 7", lambda: attending(7, 64), "2.5 attention, heads do not divide the features", LAST)
case("input 5x8 / attention 2", lambda: attending(2, 8), "2.5 attention 1,680 multiply-adds", LAST)
case("input 1x16 / attention 4", lambda: attending(4, 16), "2.5 attention over one position", LAST)
case("input 10x64 / attention 8 / attention 4", lambda: nn.Sequential(attending(8, 64), attending(4, 64)),
     "2.5 attention twice", LAST)
case("q: input 5x64 / mem: input 7x64 / from q / attention 8, memory mem", lambda: attending(8, 64),
     "2.5 attention to a memory", LAST)
case("mem: input 7x64 / q: input 5x64 / attention 8, memory mem, no bias", lambda: keys_first(attending(8, 64, bias=False)),
     "2.5 attention to a memory, no bias", LAST)
case("q: input 5x64 / k: input 7x64 / v: input 7x64 / from q / attention 8, keys k, values v", lambda: attending(8, 64),
     "2.5 attention, keys and values apart", LAST)
case("q: input 5x64 / k: input 7x32 / v: input 7x16 / from q / attention 8, keys k, values v",
     lambda: attending(8, 64, kdim=32, vdim=16), "2.5 attention, keys of 32 and values of 16 features 11,520", LAST)
case("k: input 7x32 / v: input 7x16 / q: input 5x64 / attention 8, keys k, values v, no bias",
     lambda: keys_first(attending(8, 64, kdim=32, vdim=16, bias=False)), "2.5 attention, keys and values apart, no bias", LAST)
case("q: input 5x64 / mem: input 7x24 / from q / attention 4, memory mem", lambda: attending(4, 64, kdim=24, vdim=24),
     "2.5 attention to a memory of other features", LAST)
case("q: input 5x64 / k: input 7x64 / v: input 6x64 / from q / attention 8, keys k, values v", lambda: attending(8, 64),
     "2.5 attention, as many values as keys are needed", LAST)

case("input 10x64 / attention 8 / add input / n: layernorm / dense 256, relu / dropout 0.1 / dense 64 / add n / layernorm",
     lambda: nn.TransformerEncoderLayer(64, 8, 256, batch_first=True), "2.5 transformer encoder layer 49,984", LAST)
case("input 10x64 / layernorm / attention 8 / s: add input / layernorm / dense 256, gelu / dense 64 / add s",
     lambda: nn.TransformerEncoderLayer(64, 8, 256, batch_first=True, norm_first=True, activation="gelu"),
     "2.5 transformer encoder layer, normalised first", LAST)
case("input 10x64 / attention 8, no bias / add input / n: layernorm no shift / dense 256, no bias, relu / dense 64, no bias / "
     "add n / layernorm no shift", lambda: nn.TransformerEncoderLayer(64, 8, 256, batch_first=True, bias=False),
     "2.5 transformer encoder layer without biases", LAST)
case("target: input 5x64 / mem: input 7x64 / from target / attention 8 / add target / a: layernorm / attention 8, memory mem / add a / "
     "b: layernorm / dense 256, relu / dense 64 / add b / layernorm",
     lambda: nn.TransformerDecoderLayer(64, 8, 256, batch_first=True), "2.5 transformer decoder layer 66,752", LAST)
case("block encoder h, f, e / attention h / add in / n: layernorm / dense f, relu / dense e / add n / layernorm / end / "
     "input 6x32 / encoder 4, 64, 32, times 3",
     lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 3, enable_nested_tensor=False),
     "2.5 three transformer encoder layers", LAST)


# ---- whole networks --------------------------------------------------------------------------------------------------


def units(*sizes):
    """Dense layers behind a flatten, with ReLU between them."""
    layers = [nn.Flatten()]
    for size, following in itertools.pairwise(sizes):
        layers += [nn.Linear(size, following), nn.ReLU()]
    return layers[:-1]


def sheet(number, ceil=False):
    """The five networks of the worksheet, whose pools round as told."""
    def pool(*arguments):
        return nn.MaxPool2d(*arguments, ceil_mode=ceil)

    if number == 1:
        return nn.Sequential(
            nn.Conv2d(3, 32, 3, padding="same"), pool(2), nn.Conv2d(32, 64, 3, padding="same"), pool(2),
            nn.Conv2d(64, 128, 3, padding="same"), pool(2), *units(128 * (19 if ceil else 18) ** 2, 64, 1))
    if number == 2:
        return nn.Sequential(
            nn.Conv2d(3, 25, 3, stride=2), pool(2), nn.Conv2d(25, 35, 3, stride=2), pool(2), nn.Conv2d(35, 50, 3), pool(2),
            *units(50 * (4 if ceil else 3) ** 2, 1024, 100))
    if number == 3:
        return nn.Sequential(
            nn.Conv2d(3, 32, 7, stride=4), pool(3, 2), nn.Conv2d(32, 64, 3), pool(3, 2), nn.Conv2d(64, 128, 3), pool(3, 2),
            *units(128 * (5 if ceil else 4) ** 2, 512, 100))
    if number == 4:
        return nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=2), pool(3, 2), nn.Conv2d(64, 128, 5, padding=2), pool(3, 2),
            nn.Conv2d(128, 256, 3, padding="same"), nn.Conv2d(256, 256, 3, padding="same"),
            nn.Conv2d(256, 512, 3, padding="same"), pool(3, 2), *units(512 * (13 if ceil else 12) ** 2, 2048, 1024, 10))
    return nn.Sequential(
        nn.Conv2d(3, 32, 7, stride=2), pool(2), nn.Conv2d(32, 32, 5, padding="same"), pool(2),
        nn.Conv2d(32, 32, 3, padding="same"), pool(2), nn.Conv2d(32, 32, 3, padding="same"), pool(2),
        *units(32 * (7 if ceil else 6) ** 2, 1024, 10))


SHEETS = {
    1: "input 150x150x3 / conv 3x3, 32, same / {2x2} / conv 3x3, 64, same / {2x2} / conv 3x3, 128, same / {2x2} / "
       "flatten / dense 64, relu / dense 1",
    2: "input 150x150x3 / conv 3x3, 25, stride 2 / {2x2} / conv 3x3, 35, stride 2 / {2x2} / conv 3x3, 50 / {2x2} / "
       "flatten / dense 1024, relu / dense 100",
    3: "input 224x224x3 / conv 7x7, 32, stride 4 / {3x3} / conv 3x3, 64 / {3x3} / conv 3x3, 128 / {3x3} / "
       "flatten / dense 512, relu / dense 100",
    4: "input 224x224x3 / conv 11x11, 64, stride 2 / {3x3} / conv 5x5, 128, pad 2 / {3x3} / conv 3x3, 256, same / "
       "conv 3x3, 256, same / conv 3x3, 512, same / {3x3} / flatten / dense 2048, relu / dense 1024, relu / dense 10",
    5: "input 224x224x3 / conv 7x7, 32, stride 2 / {2x2} / conv 5x5, 32, same / {2x2} / conv 3x3, 32, same / {2x2} / "
       "conv 3x3, 32, same / {2x2} / flatten / dense 1024, relu / dense 10",
}
for (number, text), ceil in itertools.product(SHEETS.items(), (False, True)):
    rounding = ", rounding ceil" if ceil else ""
    for window in ("2x2", "3x3"):
        text = text.replace("{" + window + "}", f"pool {window}, stride 2{rounding}")
    case(text, lambda number=number, ceil=ceil: sheet(number, ceil), f"2.7 sheet {number}, pools {'ceil' if ceil else 'floor'}")

case("input 32x32x1 / conv 5x5, 6, tanh / avgpool 2x2 / conv 5x5, 16, tanh / avgpool 2x2 / flatten / dense 120, tanh / "
     "dense 84, tanh / dense 10",
     lambda: nn.Sequential(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
                           nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
     "whole network: LeNet-5")


class Basic(nn.Module):
    """The basic block of a residual network, with a 1x1 convolution on the way past."""

    def __init__(self, channels, kernels, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, kernels, 3, stride, 1, bias=False), nn.BatchNorm2d(kernels), nn.ReLU(),
            nn.Conv2d(kernels, kernels, 3, 1, 1, bias=False), nn.BatchNorm2d(kernels))
        self.past = nn.Sequential(nn.Conv2d(channels, kernels, 1, stride, bias=False), nn.BatchNorm2d(kernels))

    def forward(self, x):
        return F.relu(self.body(x) + self.past(x))


case("block basic c, s / conv 3x3, c, stride s, pad 1, no bias / batchnorm relu / conv 3x3, c, pad 1, no bias / "
     "body: batchnorm / conv 1x1, c, stride s, no bias, from in / batchnorm / add body, relu / end / "
     "input 33x33x3 / conv 3x3, 8, pad 1 / basic 16, 2 / basic 32, 2 / globalpool flat / dense 10",
     lambda: nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), Basic(8, 16, 2), Basic(16, 32, 2), nn.AdaptiveAvgPool2d(1),
                           nn.Flatten(), nn.Linear(32, 10)), "whole network: residual blocks")
case("input 14x14x16 / conv 1x1, 64, no bias / batchnorm relu6 / depthwise 3x3, pad 1, no bias / batchnorm relu6 / "
     "conv 1x1, 16, no bias / batchnorm / add input",
     lambda: Fn(lambda x, body: x + body(x), body=nn.Sequential(
         nn.Conv2d(16, 64, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU6(), depthwise(2, 64, 3, padding=1, bias=False),
         nn.BatchNorm2d(64), nn.ReLU6(), nn.Conv2d(64, 16, 1, bias=False), nn.BatchNorm2d(16))),
     "whole network: inverted residual")
case("input 14x14x16 / globalpool / conv 1x1, 4, relu / conv 1x1, 16, sigmoid / multiply input",
     lambda: Fn(lambda x, gate: x * gate(x), gate=nn.Sequential(
         nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 4, 1), nn.ReLU(), nn.Conv2d(4, 16, 1), nn.Sigmoid())),
     "whole network: squeeze and excitation")
case("input 28x28x12 / a: conv 1x1, 8 / from input / conv 1x1, 6 / b: conv 3x3, 8, pad 1 / from input / conv 1x1, 2 / "
     "c: conv 5x5, 4, pad 2 / from input / pool 3x3, stride 1, pad 1 / d: conv 1x1, 4 / concat a, b, c, d",
     lambda: Fn(lambda x, a, b, c, d: torch.cat([a(x), b(x), c(x), d(x)], 1), a=nn.Conv2d(12, 8, 1),
                b=nn.Sequential(nn.Conv2d(12, 6, 1), nn.Conv2d(6, 8, 3, padding=1)),
                c=nn.Sequential(nn.Conv2d(12, 2, 1), nn.Conv2d(2, 4, 5, padding=2)),
                d=nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(12, 4, 1))), "whole network: inception")
case("input 32x32x1 / a: conv 3x3, 4, pad 1, relu / pool 2x2 / conv 3x3, 8, pad 1, relu / transposed 2x2, 4, stride 2 / "
     "concat a / conv 3x3, 4, pad 1, relu / conv 1x1, 2",
     lambda: nn.Sequential(
         nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(),
         Fn(lambda a, deep: torch.cat([a, deep(a)], 1), deep=nn.Sequential(
             nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.ConvTranspose2d(8, 4, 2, 2))),
         nn.Conv2d(8, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1)), "whole network: U-Net")
case("input 32x32x3 / conv 8x8, 64, stride 8 / reshape 16x64 / patches: layernorm / attention 4 / add patches / n: layernorm / "
     "dense 128, gelu / dense 64 / add n / layernorm / globalpool flat / dense 10",
     lambda: Fn(lambda x, patches, norm, encoder, head: head(encoder(norm(patches(x).flatten(2).transpose(1, 2))).mean(1)),
                patches=nn.Conv2d(3, 64, 8, stride=8), norm=nn.LayerNorm(64),
                encoder=nn.TransformerEncoderLayer(64, 4, 128, batch_first=True, activation="gelu"), head=nn.Linear(64, 10)),
     "whole network: vision transformer")
case("input 100 / dense 256 / reshape 4x4x16 / transposed 4x4, 8, stride 2, pad 1, no bias / batchnorm relu / "
     "transposed 4x4, 3, stride 2, pad 1, tanh",
     lambda: nn.Sequential(nn.Linear(100, 256), nn.Unflatten(1, (16, 4, 4)), nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False),
                           nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Tanh()),
     "whole network: generator")


if __name__ == "__main__":
    main()
