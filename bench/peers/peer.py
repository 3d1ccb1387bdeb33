#!/usr/bin/env python3
"""Runs one workload in one framework and prints one line of JSON.

    peer.py WORKLOAD --framework torch|jax|tf|ort [--variant V] [--threads N] [--seconds S]
    peer.py WORKLOAD --framework F --export FILE     data, first weights and losses to a file
    peer.py WORKLOAD --framework F --start FILE --export OTHER   start from a file instead

Without --export it times steps: a second to warm up, then at least 30 steps and
S seconds. With --export it times nothing: it makes 101 steps without dropout and
writes the file that exchange.py describes; its rate is that of
`workload.checked` or --rate.
"""

import argparse
import importlib
import json
import os
import sys

FRAMEWORKS = ("torch", "jax", "tf", "ort")


def arguments():
    p = argparse.ArgumentParser(description="Run one workload in one framework.")
    p.add_argument("workload")
    p.add_argument("--framework", choices=FRAMEWORKS, required=True)
    p.add_argument("--variant", help="the framework's first by default")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seconds", type=float, default=3.0)
    p.add_argument("--export", metavar="FILE", help="write data, first weights and losses; no timing")
    p.add_argument("--rate", type=float, help="another learning rate for --export")
    p.add_argument("--start", metavar="FILE", help="data and first weights from this exchange file")
    return p.parse_args()


def hold_threads(threads):
    """Must come before the import of a framework: JAX has no other switch."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:threads])
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", JAX_PLATFORMS="cpu")


def cross_entropy(output, target):
    """The mean cross-entropy of an inference's output, in f64."""
    import numpy as np

    z = np.asarray(output, np.float64)
    z = z - z.max(1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
    return float(-log_p[np.arange(len(target)), target].mean())


def main():
    a = arguments()
    hold_threads(a.threads)
    # These import numpy, which reads its number of threads once.
    import exchange
    import timing
    import workload

    if a.workload not in workload.WORKLOADS:
        sys.exit(f"unknown workload {a.workload}; there are {', '.join(workload.WORKLOADS)}")
    w = workload.WORKLOADS[a.workload]
    (x, y), named = workload.data(w), workload.weights(w)
    if a.start:
        tensors, _ = exchange.read(a.start)
        x, y = tensors.pop("data.features"), tensors.pop("data.target")
        named = tensors

    framework = importlib.import_module(f"{a.framework}_peer")
    variant = a.variant or framework.VARIANTS[0]
    if variant not in framework.VARIANTS:
        sys.exit(f"{a.framework} has no variant {variant}; it has {', '.join(framework.VARIANTS)}")
    if a.framework == "ort" and not w.inference:
        sys.exit("ort runs inference only")
    compiled_loop = variant == "scan"
    if compiled_loop and (a.export or not w.whole_loop):
        sys.exit("scan is the whole loop of xor, which gives no losses of steps")

    if a.export:
        w = workload.checked(w, a.rate)
    version, step = framework.build(w, variant, a.threads, x.copy(), y.copy(), named)
    out = {"workload": w.name, "framework": a.framework, "variant": variant, "version": version, "threads": a.threads}
    if a.export:
        values = [step() for _ in range(1 if w.inference else max(exchange.STEPS) + 1)]
        losses = {
            str(k): cross_entropy(values[0], y) if w.inference else float(values[k]) for k in exchange.STEPS
        }
        exchange.write(a.export, {"data.features": x, "data.target": y, **named}, metadata(w, out, losses))
        out["losses"] = losses
    else:
        step()
        startup = timing.since_start()
        out.update(
            timing.whole_loop(step, a.seconds, compiled_loop) if w.whole_loop else timing.steps(step, a.seconds)
        )
        out["samples_per_s"] = w.rows / out["seconds_per_step_median"]
        out["peak_rss_mb"] = timing.peak_rss_mb()
        out["startup_s"] = startup
    print(json.dumps(out))


def metadata(w, out, losses):
    import exchange
    import workload

    texts = {
        "format": exchange.FORMAT,
        **{key: out[key] for key in ("workload", "framework", "variant", "version")},
        "loss": w.loss,
        "optimizer": w.optimizer,
        "losses": json.dumps(losses),
    }
    if not w.inference:
        texts["learning_rate"] = str(w.rate)
    if w.optimizer == "adam":
        texts.update(beta_1=str(workload.BETA_1), beta_2=str(workload.BETA_2), epsilon=str(workload.EPSILON))
    return texts


if __name__ == "__main__":
    main()
