"""How long the engine takes beside PyTorch on the processor: the networks of the worksheet, forward and a training step.

    cargo build --release -p workings-engine --example step
    python3 benches/engine.py [BATCH] [NETWORK ...]     # needs torch; batch 32 and q1 to q5 unless told

Both run in turn, several times, with the same number of threads (2 unless RAYON_NUM_THREADS says otherwise), each time in a
process of its own that does the rounds one after the other. A step is forward, the mean of the squares of what comes out,
and backward to every parameter. Said are the least and the median of all rounds, and the most memory that a process held,
which for both is that of inference and training together.
"""

import os
import statistics
import subprocess
import sys
import time

NETWORKS = ["q1", "q2", "q3", "q4", "q5"]
THREADS = os.environ.get("RAYON_NUM_THREADS", "2")
ROUNDS = 5
TURNS = 3


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
        "q4": lambda: (224, [nn.Conv2d(3, 64, 11, 2), wide, nn.Conv2d(64, 128, 5, padding=2), wide,
                             *conv(128, 256, 3, padding=1), *conv(256, 256, 3, padding=1), *conv(256, 512, 3, padding=1), wide,
                             nn.Flatten(), nn.LazyLinear(2048), nn.ReLU(), nn.Linear(2048, 1024), nn.ReLU(),
                             nn.Linear(1024, 10), nn.Softmax(1)]),
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
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with torch.no_grad():
            model(x)
        forward = time.perf_counter() - begun
        begun = time.perf_counter()
        model.zero_grad()
        model(x).square().mean().backward()
        print(f"{forward * 1e3:.2f} {(time.perf_counter() - begun) * 1e3:.2f}")
    peak = next(line.split()[1] for line in open("/proc/self/status", encoding="ascii") if line.startswith("VmHWM"))
    print(peak)


def ran(*command):
    """The forwards, the steps, and the most memory in MiB."""
    threads = {"RAYON_NUM_THREADS": THREADS, "OMP_NUM_THREADS": THREADS}
    out = subprocess.run(command, env=os.environ | threads, capture_output=True, text=True, check=True).stdout
    *rounds, peak = out.splitlines()
    forwards, steps = zip(*(map(float, line.split()) for line in rounds))
    return forwards, steps, [float(peak) / 1024]


def main(batch="32", *names):
    step = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release/examples/step")
    print(f"batch {batch}, {THREADS} threads; ours : PyTorch's\n")
    print("| network | forward, least ms | forward, median | step, least ms | step, median | most memory, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names or NETWORKS:
        commands = [[step, name, batch, str(ROUNDS)], [sys.executable, __file__, "--pytorch", name, batch]]
        turns = [[ran(*command) for command in commands] for _ in range(TURNS)]
        # Of each side the rounds of all its turns: forwards, steps, memory.
        ours, theirs = ([sum(map(list, of), []) for of in zip(*side)] for side in zip(*turns))
        said = [(min, 0), (statistics.median, 0), (min, 1), (statistics.median, 1), (max, 2)]
        figures = [(of(ours[at]), of(theirs[at])) for of, at in said]
        print(f"| {name} |" + "|".join(f" {a:.0f} : {b:.0f} = {a / b:.2f} " for a, b in figures) + "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pytorch"]:
        pytorch(sys.argv[2], int(sys.argv[3]))
    else:
        main(*sys.argv[1:])
