#!/usr/bin/env python3
"""Trains the experiments of this folder here and in PyTorch and compares their losses.

    bench/text/loss.py --ikhim target/release/ikhim --python-torch PEERS/torch/bin/python --data ../shared/data/text
    bench/text/loss.py --ikhim target/release/ikhim --data ../shared/data/text --experiments names,korean --seeds 5

Both sides see the same windows of the same parts, take 2,000 steps by the same rule
and rate, and begin with the same weights, which are those of the seed: they alone
move the loss after so few steps by up to 0.1. The mean loss of the validation rows
over seeds from 1 on must be within 0.02 of PyTorch's, and each of ours below a table
of pairs that was fitted to the train part; names and korean are held to the latter
alone. Runs lie in a temporary folder, or in the one that --keep names: what ended there is not trained
again. Exits with 1 when a bar is missed. The script itself needs nothing beside Python.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Those that PyTorch takes part in, and those that stand beside a table of pairs alone,
# with the texts that they read.
BESIDE = ("lstm", "transformer")
TEXTS = {"lstm": "tinyshakespeare.txt", "transformer": "tinyshakespeare.txt", "names": "makemore-names.txt", "korean": "ChatbotData-ko.csv"}
BAR = 0.02


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ikhim", metavar="PATH", required=True, help="the program ikhim")
    p.add_argument("--python-torch", metavar="PATH", help="an interpreter that has torch")
    shared = os.environ.get("IKHIM_SHARED_DATA", os.path.join(HERE, "../../../shared/data"))
    p.add_argument("--data", metavar="DIR", default=os.path.join(shared, "text"), help="the folder of the texts")
    p.add_argument("--experiments", metavar="LIST", default=",".join(BESIDE), help=f"of {','.join(TEXTS)}")
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--torch-threads", type=int, default=2, help="one is quicker on a busy machine")
    p.add_argument("--first-weights", choices=("ikhim", "torch"), default="ikhim", help="with which weights PyTorch begins")
    p.add_argument("--keep", metavar="DIR", help="keep the runs here, and use those that are here")
    p.add_argument("--nice", action="store_true", help="let every other program go first")
    a = p.parse_args()
    a.experiments = a.experiments.split(",")
    if unknown := [e for e in a.experiments if e not in TEXTS]:
        p.error(f"unknown experiment {unknown[0]}")
    if not a.python_torch and any(e in BESIDE for e in a.experiments):
        p.error("--python-torch is needed for " + ", ".join(BESIDE))
    a.ikhim, a.data = os.path.abspath(a.ikhim), os.path.abspath(a.data)
    return a


def text(a, name):
    return os.path.join(a.data, TEXTS[name])


def document(words, project):
    """What a command prints: one line of JSON."""
    done = subprocess.run(words, cwd=project, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def kept(project, name, make):
    """What was found before, or what is found now."""
    path = os.path.join(project, f"{name}.json")
    if not os.path.exists(path):
        found = make()
        with open(path, "w") as file:
            json.dump(found, file)
    with open(path) as file:
        return json.load(file)


def trained(a, project, name, seed):
    """The run of a seed."""
    out = f"{name}-{seed}"

    def make():
        begun = os.path.exists(os.path.join(project, out, "checkpoints"))
        given = [os.path.join(HERE, f"{name}.toml"), "--set", f"data.path={json.dumps(text(a, name))}"]
        words = ["--resume", out] if begun else [*given, "--seed", str(seed), "--out", out]
        run = document([a.ikhim, "train", *words, "--no-doctor", "--json"], project)
        if run["status"] != "completed":
            sys.exit(f"{out}: {run['status']}")
        return run

    return kept(project, f"{out}-ikhim", make)


def untrained(a, project, name, seed):
    """The model of a seed before its first step."""
    out = f"{name}-{seed}-first"
    model = os.path.join(project, out, "model.safetensors")
    if not os.path.exists(model):
        given = [os.path.join(HERE, f"{name}.toml"), "--set", f"data.path={json.dumps(text(a, name))}"]
        none = ["--set", "training.steps=0", "--seed", str(seed), "--out", out]
        document([a.ikhim, "train", *given, *none, "--no-doctor", "--json"], project)
    return model


def trained_by_torch(a, project, name, seed):
    """The training of a seed in PyTorch, on the rows of our run."""
    split = os.path.join(project, f"{name}-{seed}", "split.json")
    words = [a.python_torch, os.path.join(HERE, "torch_text.py"), name, "--text", text(a, name), "--split", split]
    words += ["--seed", str(seed), "--threads", str(a.torch_threads)]
    if a.first_weights == "ikhim":
        words += ["--first-weights", untrained(a, project, name, seed)]
    return kept(project, f"{name}-{seed}-torch-{a.first_weights}", lambda: document(words, project))


def main():
    a = arguments()
    if a.nice:
        os.nice(19)
    missed = False
    with contextlib.ExitStack() as stack:
        project = a.keep or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(project, exist_ok=True)
        for name in a.experiments:
            if not os.path.isfile(text(a, name)):
                if os.environ.get("IKHIM_REQUIRE_DATA") == "1":
                    sys.exit(f"no text in {text(a, name)}")
                print(f"skipped: {name}: no text in {text(a, name)}")
                continue
            ours, theirs = [], []
            for seed in range(1, a.seeds + 1):
                run = trained(a, project, name, seed)["validation"]
                pairs = run["baselines"]["bigram"]
                # Of both by the metric that selects: nats a token or bits a character.
                said = f"  {name}, seed {seed}: {run['metric']} {run['value']:.4f}, pairs {pairs:.4f}"
                missed |= run["value"] >= pairs
                ours.append(run["loss"])
                if name in BESIDE:
                    peer = trained_by_torch(a, project, name, seed)
                    assert run["n"] == peer["rows"], (run["n"], peer["rows"])
                    theirs.append(peer["loss"])
                    said += f"; loss {run['loss']:.4f}, PyTorch {peer['loss']:.4f}"
                print(said, flush=True)
            if theirs:
                difference = statistics.mean(ours) - statistics.mean(theirs)
                met = abs(difference) <= BAR
                missed |= not met
                print(
                    f"{name:12} mean {statistics.mean(ours):.4f}, PyTorch {statistics.mean(theirs):.4f},"
                    f" difference {difference:+.4f} {'within' if met else 'NOT within'} {BAR}",
                    flush=True,
                )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
