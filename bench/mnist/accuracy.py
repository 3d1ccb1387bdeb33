#!/usr/bin/env python3
"""Trains the experiments of this folder and holds their accuracy to a bar.

    bench/mnist/accuracy.py --ikhim target/release/ikhim --data ../shared/data/mnist
    bench/mnist/accuracy.py --ikhim target/release/ikhim --experiments lab_11_2 --keep accuracy

Each is trained with seeds from 1 on; the epoch is chosen on 5,000 validation
rows, then, when all its seeds have ended, the sealed 10,000 rows are opened once
for each, and the median counts. Runs and ledger lie in a temporary folder, or in
the one that --keep names: there a script that was cut off goes on. Without
--experiments the short ones are trained; convolutions take minutes to hours.
Fashion-MNIST is that of the Debian package dataset-fashion-mnist. Exits with 1
when a bar is missed. Needs nothing beside Python.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Bar:
    """What an experiment has to reach on the sealed rows."""

    # The lowest median accuracy; none where only a comparison counts.
    least: float | None = None
    # The experiment whose mean accuracy it has to pass.
    above: str | None = None
    seeds: int = 3
    data: str = "mnist"
    # One after another, each with all threads, so that each that ended is kept.
    long: bool = False


# In the order of the course. The bars of its labs lie a little below the results that
# it prints for them.
BARS = {
    "softmax": Bar(0.915),
    "mlp": Bar(0.975),
    "deep": Bar(0.977),
    "lab_10_6": Bar(above="lab_10_6_none"),
    "lab_10_7": Bar(0.977, long=True),
    "lab_11_1": Bar(0.985, seeds=5, long=True),
    "lab_11_2": Bar(0.991, seeds=5, long=True),
    "ensemble": Bar(above="lenet5", seeds=1, long=True),
    "fashion_lab_11_2": Bar(0.915, data="fashion", long=True),
    "fashion": Bar(0.93, data="fashion", long=True),
}
# What others are compared with, and with how many seeds.
OTHERS = {"lab_10_6_none": Bar(), "lenet5": Bar(seeds=5, long=True)}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ikhim", metavar="PATH", required=True, help="the program ikhim")
    shared = os.path.join(os.environ.get("IKHIM_SHARED_DATA", os.path.join(HERE, "../../../shared/data")), "mnist")
    p.add_argument("--data", metavar="DIR", default=shared, help="the folder with the four idx files of MNIST")
    p.add_argument(
        "--fashion", metavar="DIR", default="/usr/share/datasets/fashion-mnist", help="those of Fashion-MNIST"
    )
    short = ",".join(name for name, bar in BARS.items() if not bar.long)
    p.add_argument("--experiments", metavar="LIST", default=short, help=f"of {','.join(BARS)}; default {short}")
    p.add_argument("--keep", metavar="DIR", help="keep the runs here, and go on with those that are here")
    p.add_argument("--nice", action="store_true", help="let every other program go first")
    a = p.parse_args()
    a.experiments = a.experiments.split(",")
    if unknown := [e for e in a.experiments if e not in BARS]:
        p.error(f"unknown experiment {unknown[0]}")
    a.ikhim, a.data, a.fashion = (os.path.abspath(path) for path in (a.ikhim, a.data, a.fashion))
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


def trained(a, project, name, bar):
    """The folder of each seed, with the best epoch of how many."""
    path = a.data if bar.data == "mnist" else a.fashion
    given = [os.path.join(HERE, f"{name}.toml"), "--set", f"data.path={json.dumps(path)}"]
    if not bar.long:
        seeds = ikhim(a, project, "train", *given, "--seed", "1", "--seeds", str(bar.seeds))
        return [(run["run"], f"{run['best_epoch']} of {run['epochs']}") for run in seeds["runs"]]
    runs = []
    for seed in range(1, bar.seeds + 1):
        out = f"{name}-{seed}"
        # A run that was cut off has no result: it goes on where it was.
        begun = os.path.exists(os.path.join(project, out, "checkpoints"))
        words = ["--resume", out] if begun else [*given, "--seed", str(seed), "--out", out]
        run = ikhim(a, project, "train", *words)
        if run["status"] == "interrupted":
            sys.exit(f"{out} was interrupted; the same command goes on with it")
        print(f"  {out}: validation {run['validation']['value']:.4f}, {run['seconds']:.0f} s", flush=True)
        runs.append((out, f"{run['best_epoch']} of {run['epochs']}"))
    return runs


def looked(a, project, run):
    """The accuracy on the sealed rows, which are opened once for each run."""
    seen = os.path.join(project, f"{os.path.basename(run)}-look.json")
    if os.path.exists(seen):
        with open(seen) as file:
            return json.load(file)
    look = ikhim(a, project, "test", run, "--yes", "--reason", "accuracy of the engine")
    assert look["metric"] == "accuracy" and look["n"] == 10_000, look
    with open(seen, "w") as file:
        json.dump(look["value"], file)
    return look["value"]


def measured(a, project, name, bar):
    """The accuracies of an experiment, printed."""
    start = time.monotonic()
    runs = trained(a, project, name, bar)
    values = [looked(a, project, run) for run, _ in runs]
    print(
        f"{name:16} median {statistics.median(values):.4f}; seeds {', '.join(f'{v:.4f}' for v in values)};"
        f" best epoch {', '.join(epoch for _, epoch in runs)}; {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return values


def main():
    a = arguments()
    if a.nice:
        os.nice(19)
    missed = False
    with contextlib.ExitStack() as stack:
        project = a.keep or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(project, exist_ok=True)
        for name in a.experiments:
            bar = BARS[name]
            data = a.data if bar.data == "mnist" else a.fashion
            if not os.path.isdir(data):
                if os.environ.get("IKHIM_REQUIRE_DATA") == "1":
                    sys.exit(f"no {bar.data} in {data}")
                print(f"skipped: {name}: no {bar.data} in {data}")
                continue
            median = statistics.median(measured(a, project, name, bar))
            least = bar.least or statistics.mean(measured(a, project, bar.above, OTHERS[bar.above]))
            met = median >= least if bar.above is None else median > least
            missed |= not met
            of = f" (mean of {bar.above})" if bar.above else ""
            print(f"{name:16} bar {least:.4f}{of} {'met' if met else 'MISSED'}", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
