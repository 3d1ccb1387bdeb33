#!/usr/bin/env python3
"""How fast a large CSV file gets its types, beside pandas and polars.

A file of numbers, levels and missing cells is written once, then each program
reads it in turn, in a process of its own: `ikhim data check FILE`, which also
hashes every row, looks for what is to be noticed and draws the split, `ikhim data
show FILE`, which also counts, `pandas.read_csv` with its default engine, and
`polars.read_csv`. Printed are megabytes a second by the median of the
rounds, the ratio to each, and the most memory that a process had. From 512 MiB
on ikhim reads in pieces, with `--streaming` below that too.

With `--train` a network is trained on the file for one epoch beside, in pieces, and
again, when the parts of its rows are known: the seconds of each whole command and the
most memory that it had.

    python bench/typed.py --ikhim target/release/ikhim --megabytes 1000 --train
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEVELS = ["seoul", "busan", "jeju", "daegu", "gwangju"]


def write(path, megabytes):
    """Rows by a linear congruence: the same file on every machine."""
    state = 1
    lines = []
    for row in range(20_000):
        cells = []
        for _ in range(8):
            state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            cells.append(f"{(state >> 40) / 4096:.4f}" if state % 50 else "")
        cells += [LEVELS[row * 7 % 5], str(row * 31 % 1000), str((row * 13) % 2)]
        lines.append(",".join(cells))
    block = ("\n".join(lines) + "\n").encode()
    names = ",".join([f"x{column}" for column in range(8)] + ["city", "count", "y"])
    with open(path, "wb") as file:
        file.write(names.encode() + b"\n")
        # The first cell numbers the blocks, so that no row repeats another's inputs.
        written = 0
        number = 0
        while written < megabytes * 1_000_000:
            part = block.replace(b"\n", f"\n{number}".encode(), 19_999)
            file.write(part)
            written += len(part)
            number += 1


def timed(command):
    """Seconds and most memory of a command."""
    before = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - before
    if status != 0:
        raise SystemExit(f"{command[0]} failed: {child.stderr.read().decode()[:500]}")
    return seconds, used.ru_maxrss / 1000


def train(ikhim, path, folder):
    """One epoch over the file in a project of its own, then again with the parts that are kept."""
    experiment = os.path.join(folder, "large.toml")
    with open(experiment, "w") as file:
        file.write(
            "version = 1\n[data]\npath = 'large.csv'\ntarget = 'y'\nstreaming = true\n"
            "[model]\ntype = 'mlp'\nhidden = [32]\n[training]\nepochs = 1\nbatch_size = 1024\n"
        )
    project = os.path.join(folder, "project")
    os.makedirs(project, exist_ok=True)
    os.chdir(project)
    runs = []
    for name in ("first", "again"):
        command = [ikhim, "train", experiment, "--no-doctor", "--out", os.path.join(project, name)]
        seconds, most = timed(command)
        runs.append({"run": name, "seconds": seconds, "peak_rss_mb": most})
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ikhim", default=os.environ.get("IKHIM_BENCH_IKHIM", "target/release/ikhim"))
    parser.add_argument("--python", default=sys.executable, help="an interpreter with pandas and polars")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--streaming", action="store_true", help="read in pieces whatever the size")
    parser.add_argument("--train", action="store_true", help="also train for one epoch, in pieces")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.csv")
        write(path, options.megabytes)
        size = os.path.getsize(path) / 1e6
        read = "import {0}; {0}.read_csv({1!r})"
        ikhim = str(Path(options.ikhim).resolve())
        pieces = ["--streaming", "true"] if options.streaming else []
        commands = {
            "ikhim": [ikhim, "data", "check", path, "--target", "y"] + pieces,
            "show": [ikhim, "data", "show", path, "--target", "y"] + pieces,
            "pandas": [options.python, "-c", read.format("pandas", path)],
            "polars": [options.python, "-c", read.format("polars", path)],
        }
        seconds = {name: [] for name in commands}
        memory = {name: 0.0 for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                took, most = timed(command)
                seconds[name].append(took)
                memory[name] = max(memory[name], most)
        trained = train(ikhim, path, folder) if options.train else None
    found = {}
    for name in commands:
        median = statistics.median(seconds[name])
        found[name] = {"mb_per_s": size / median, "seconds": median, "peak_rss_mb": memory[name]}
        found[name]["ratio"] = statistics.median(seconds["ikhim"]) / median
    if options.json:
        print(json.dumps({"megabytes": size, "programs": found, "train": trained}))
        return
    for name, of in found.items():
        print(
            f"{name:8} {of['mb_per_s']:8.1f} MB/s  {of['seconds']:7.2f} s  "
            f"{of['peak_rss_mb']:8.0f} MB  ikhim takes {of['ratio']:.2f} times as long"
        )
    for run in trained or []:
        print(f"train {run['run']} {run['seconds']:7.2f} s  {run['peak_rss_mb']:8.0f} MB, one epoch in pieces")


if __name__ == "__main__":
    main()
