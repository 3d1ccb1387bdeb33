#!/usr/bin/env python3
"""How many characters a second an LSTM of 2 x 128 units writes, here and in PyTorch.

    bench/text/generation.py --ikhim target/release/ikhim --python-torch PEERS/torch/bin/python --run RUN

RUN is a run of lstm.toml; without one, such a network is trained for a single step,
as the weights cost nothing. Each program takes one thread and its turn in every
round. Of ikhim the time of a short text is taken off that of a long one, which
leaves out its start; PyTorch is timed behind its start and a warm-up. Exits with 1
below the bar of 6 times. Needs nothing beside Python.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BAR, SHORT, LONG = 6.0, 200, 20_200


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ikhim", metavar="PATH", required=True)
    p.add_argument("--python-torch", metavar="PATH", required=True)
    p.add_argument("--run", metavar="DIR", help="a run of lstm.toml")
    shared = os.environ.get("IKHIM_SHARED_DATA", os.path.join(HERE, "../../../shared/data"))
    p.add_argument("--data", metavar="FILE", default=os.path.join(shared, "text/tinyshakespeare.txt"))
    p.add_argument("--rounds", type=int, default=3)
    a = p.parse_args()
    a.ikhim, a.data = os.path.abspath(a.ikhim), os.path.abspath(a.data)
    return a


def ours(a, project, run):
    def seconds(length):
        words = [a.ikhim, "predict", run, "--prefix", "ROMEO:", "--length", str(length), "--threads", "1", "--json"]
        begin = time.perf_counter()
        subprocess.run(words, cwd=project, check=True, capture_output=True)
        return time.perf_counter() - begin

    short = seconds(SHORT)
    return (LONG - SHORT) / (seconds(LONG) - short)


def theirs(a):
    words = [a.python_torch, os.path.join(HERE, "torch_generate.py"), "--threads", "1"]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def main():
    a = arguments()
    with tempfile.TemporaryDirectory() as project:
        run = a.run and os.path.abspath(a.run)
        if not run:
            words = [a.ikhim, "train", os.path.join(HERE, "lstm.toml"), "--set", f"data.path={json.dumps(a.data)}"]
            words += ["--set", "training.steps=1", "--no-doctor", "--out", "run", "--json"]
            subprocess.run(words, cwd=project, check=True, capture_output=True)
            run = os.path.join(project, "run")
        ratios = []
        for _ in range(a.rounds):
            mine, peer = ours(a, project, run), theirs(a)
            ratios.append(mine / peer["tokens_per_s"])
            print(f"ikhim {mine:,.0f} tokens/s, PyTorch {peer['version']} {peer['variant']} {peer['tokens_per_s']:,.0f}, ratio {ratios[-1]:.1f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"median {ratio:.1f}, bar {BAR:.0f} {'met' if ratio >= BAR else 'MISSED'}")
    sys.exit(0 if ratio >= BAR else 1)


if __name__ == "__main__":
    main()
