#!/usr/bin/env python3
"""CPU time and memory of `workings show` and `workings audit`, whole process, cold, beside Python doing nothing.

    cargo build --release && python3 benches/show.py

Each command is run in turn with the others, so that whatever else the machine does meets all of them. CPU time is user
and system time of the process as the kernel counts it. Memory is the largest resident set, read while the process waits
to write its answer: what `wait4` tells would include this script's own, from before the command took its place.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

ROUNDS = 60
ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKINGS = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "release" / "workings"
SHEETS = ROOT / "worksheets"
COMMANDS = {
    "python3 -c pass": ["/usr/bin/python3", "-c", "pass"],
    "workings show q4": [str(WORKINGS), "show", "q4"],
    "workings show q4 --as json": [str(WORKINGS), "show", "q4", "--as", "json"],
    "workings show resnet50": [str(WORKINGS), "show", "resnet50"],
    "workings why q4 conv3.params": [str(WORKINGS), "why", "q4", "conv3.params"],
    "workings audit q2.md --against q2": [str(WORKINGS), "audit", str(SHEETS / "q2.md"), "--against", "q2"],
    "workings audit q2.md": [str(WORKINGS), "audit", str(SHEETS / "q2.md")],
    "workings audit q4.md --against q4": [str(WORKINGS), "audit", str(SHEETS / "q4.md"), "--against", "q4"],
    "workings audit q4.md": [str(WORKINGS), "audit", str(SHEETS / "q4.md")],
    "workings recover q5.md": [str(WORKINGS), "recover", str(SHEETS / "q5.md")],
}


def run(command):
    """CPU milliseconds of one run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    # An audit that finds something ends with 1.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {status}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def memory(command):
    """Megabytes that a run has had when it writes its answer, into a pipe that is full."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while os.write(writer, b" " * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = subprocess.Popen(command, stdout=writer, stdin=subprocess.DEVNULL)
    time.sleep(0.3)
    status = pathlib.Path(f"/proc/{process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    os.close(writer)
    os.close(reader)
    process.wait()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def main():
    if not WORKINGS.exists():
        sys.exit("build it first: cargo build --release")
    runs = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            runs[name].append(run(command))
    base = statistics.median(runs["python3 -c pass"])
    print(f"{'command':32} {'CPU ms':>8} {'of python':>10} {'MB':>7}")
    for name, all_runs in runs.items():
        cpu = statistics.median(all_runs)
        print(f"{name:32} {cpu:8.2f} {cpu / base:9.2f}x {memory(COMMANDS[name]):7.1f}")


main()
