"""How long the engine takes beside PyTorch on the processor: the networks of the worksheet, forward and a training step.

    cargo build --release -p workings-engine --example step
    python3 benches/engine.py [BATCH] [NETWORK ...]     # needs torch; batch 32 and q1 q2 q3 q5 unless told

Both run in turn with the same number of threads (2 unless RAYON_NUM_THREADS says otherwise), each in a process of its own,
the best of several rounds. A step is forward, the mean of the squares of what comes out, and backward to every parameter.
"""

import os
import subprocess
import sys
import time

THREADS = os.environ.get("RAYON_NUM_THREADS", "2")
ROUNDS = "5"


def network(name, torch):
    from torch import nn

    def conv(*args, **settings):
        return [nn.Conv2d(*args, **settings), nn.ReLU()]

    pool, wide = nn.MaxPool2d(2), nn.MaxPool2d(3, 2)
    return {
        "q1": lambda: (150, [*conv(3, 32, 3, padding=1), pool, *conv(32, 64, 3, padding=1), pool, *conv(64, 128, 3, padding=1), pool,
                             nn.Flatten(), nn.Linear(41472, 64), nn.ReLU(), nn.Linear(64, 1), nn.Sigmoid()]),
        "q2": lambda: (150, [*conv(3, 25, 3, 2), pool, *conv(25, 35, 3, 2), pool, *conv(35, 50, 3), pool,
                             nn.Flatten(), nn.LazyLinear(1024), nn.ReLU(), nn.Linear(1024, 100), nn.Softmax(1)]),
        "q3": lambda: (224, [*conv(3, 32, 7, 4), wide, *conv(32, 64, 3), wide, *conv(64, 128, 3), wide,
                             nn.Flatten(), nn.LazyLinear(512), nn.ReLU(), nn.Linear(512, 100), nn.Softmax(1)]),
        "q5": lambda: (224, [*conv(3, 32, 7, 2), pool, *conv(32, 32, 5, padding=2), pool, *conv(32, 32, 3, padding=1), pool,
                             *conv(32, 32, 3, padding=1), pool,
                             nn.Flatten(), nn.LazyLinear(1024), nn.ReLU(), nn.Linear(1024, 10), nn.Softmax(1)]),
    }[name]()


def pytorch(name, batch):
    import torch

    torch.set_num_threads(int(THREADS))
    size, layers = network(name, torch)
    model = torch.nn.Sequential(*layers)
    x = torch.rand(batch, 3, size, size)
    model(x)
    forward = step = float("inf")
    for _ in range(int(ROUNDS)):
        begun = time.perf_counter()
        with torch.no_grad():
            model(x)
        forward = min(forward, time.perf_counter() - begun)
        begun = time.perf_counter()
        model.zero_grad()
        model(x).square().mean().backward()
        step = min(step, time.perf_counter() - begun)
    peak = next(line.split()[1] for line in open("/proc/self/status", encoding="ascii") if line.startswith("VmHWM"))
    print(f"{forward * 1e3:.2f} {step * 1e3:.2f} {peak}")


def ran(*command):
    threads = {"RAYON_NUM_THREADS": THREADS, "OMP_NUM_THREADS": THREADS}
    out = subprocess.run(command, env=os.environ | threads, capture_output=True, text=True, check=True).stdout
    return [float(figure) for figure in out.split()]


def main(batch="32", *names):
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    print(f"batch {batch}, {THREADS} threads\n{'':8}{'forward ms':>24}{'step ms':>24}{'peak MiB':>24}")
    for name in names or ["q1", "q2", "q3", "q5"]:
        ours = ran(f"{target}/release/examples/step", name, batch, ROUNDS)
        theirs = ran(sys.executable, __file__, "--pytorch", name, batch)
        ours[2], theirs[2] = ours[2] / 1024, theirs[2] / 1024
        figures = [f"{a:.0f} : {b:.0f} = {a / b:.2f}×".rjust(24) for a, b in zip(ours, theirs)]
        print(f"{name:8}" + "".join(figures))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pytorch"]:
        pytorch(sys.argv[2], int(sys.argv[3]))
    else:
        main(*sys.argv[1:])
