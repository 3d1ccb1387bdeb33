#!/usr/bin/env python3
"""Trains the experiments of this folder on MNIST and holds their accuracy to a bar.

    bench/mnist/accuracy.py --ikhim target/release/ikhim --data ../shared/data/mnist

Each is trained with seeds 1 to 3; the epoch is chosen on 5,000 validation rows,
then the sealed 10,000 rows are opened once for each seed, and the median counts.
Runs and ledger lie in a temporary folder. Exits with 1 when a bar is missed.
Needs nothing beside Python.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# The lowest median accuracy on the sealed rows.
BARS = {"softmax": 0.915, "mlp": 0.975, "deep": 0.977}
SEEDS = 3
HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ikhim", metavar="PATH", required=True, help="the program ikhim")
    shared = os.path.join(os.environ.get("IKHIM_SHARED_DATA", os.path.join(HERE, "../../../shared/data")), "mnist")
    p.add_argument("--data", metavar="DIR", default=shared, help="the folder with the four idx files")
    p.add_argument("--experiments", metavar="LIST", default=",".join(BARS), help=f"of {','.join(BARS)}")
    a = p.parse_args()
    a.experiments = a.experiments.split(",")
    if unknown := [e for e in a.experiments if e not in BARS]:
        p.error(f"unknown experiment {unknown[0]}")
    a.ikhim, a.data = os.path.abspath(a.ikhim), os.path.abspath(a.data)
    return a


def ikhim(a, project, *words):
    """The document of a command."""
    done = subprocess.run([a.ikhim, *words, "--json"], cwd=project, capture_output=True, text=True)
    try:
        document = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"ikhim {' '.join(words)}: exit {done.returncode}\n{done.stderr}")
    if done.returncode != 0:
        sys.exit(f"ikhim {' '.join(words)}: {document.get('error', document)}")
    return document


def main():
    a = arguments()
    if not os.path.isdir(a.data):
        if os.environ.get("IKHIM_REQUIRE_DATA") == "1":
            sys.exit(f"no MNIST in {a.data}")
        print(f"skipped: no MNIST in {a.data}")
        return
    missed = False
    with tempfile.TemporaryDirectory() as project:
        for name in a.experiments:
            start = time.monotonic()
            path = json.dumps(a.data)
            trained = ikhim(
                a, project, "train", os.path.join(HERE, f"{name}.toml"), "--set", f"data.path={path}",
                "--seed", "1", "--seeds", str(SEEDS),
            )
            values = []
            for run in trained["runs"]:
                look = ikhim(a, project, "test", run["run"], "--yes", "--reason", "accuracy of the engine")
                assert look["metric"] == "accuracy" and look["n"] == 10_000, look
                values.append(look["value"])
            median = statistics.median(values)
            missed |= median < BARS[name]
            epochs = [f"{run['best_epoch']} of {run['epochs']}" for run in trained["runs"]]
            print(
                f"{name:8} median {median:.4f}, bar {BARS[name]} {'met' if median >= BARS[name] else 'MISSED'};"
                f" seeds {', '.join(f'{v:.4f}' for v in values)}; best epoch {', '.join(epochs)};"
                f" {time.monotonic() - start:.0f} s",
                flush=True,
            )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
