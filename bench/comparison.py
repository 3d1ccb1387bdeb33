"""What the measurements say: losses against a peer, the fastest peer, ratios and floors."""

import json
import statistics
import struct

# By how much ikhim has to be faster than the fastest peer of the run, on two
# threads at AVX-512; nine tenths of it at AVX2. A floor of xor of 0.5 means at
# most twice the time of JAX's whole compiled loop.
FLOORS = {
    "linreg": 10.0, "softmax": 3.0, "mlp": 1.4, "mlp_deep": 1.3, "xor": 0.5, "infer_mlp": 0.95,
    "cnn": 1.3, "cnn_small": 1.2, "resnet20": 1.1, "infer_cnn": 0.95, "lstm": 1.3,
}
FLOOR_THREADS = 2

# The loss after k updates → the largest relative difference from the peer's.
TOLERANCE = {"0": 1e-5, "1": 1e-5, "100": 1e-2}
REQUIRED = ("1", "100")

# A run is disturbed when other programs used more than this share of a processor.
QUIET = 0.15


def floor(workload, level, threads):
    """The least ratio for this workload, or None where none is stated."""
    if threads != FLOOR_THREADS:
        return None
    return FLOORS[workload] * (0.9 if level == "avx2" else 1.0)


def losses_of(path):
    """The losses a peer wrote into its exchange file (see peers/exchange.py)."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        return json.loads(json.loads(f.read(length))["__metadata__"]["losses"])


def check(expected, found):
    """Compares the losses of ikhim with the peer's, step by step."""
    steps = {}
    for k in expected:
        if k not in found and k not in REQUIRED:
            continue
        ours = found.get(k)
        apart = abs(ours - expected[k]) / abs(expected[k]) if isinstance(ours, (int, float)) else None
        # A loss that is not a number compares false and so fails.
        good = apart is not None and apart <= TOLERANCE[k]
        steps[k] = {"peer": expected[k], "ikhim": ours, "relative_difference": apart, "pass": good}
    return {"steps": steps, "pass": all(s["pass"] for s in steps.values())}


def spread(values):
    """Median, least and greatest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summary(runs, loaded):
    """One entrant's rounds: quiet runs, and as many beside a busy process or none."""
    out = {
        "version": runs[-1].get("version"),
        "seconds_per_step": spread([r["seconds_per_step_median"] for r in runs]),
        "peak_rss_mb": spread([r["peak_rss_mb"] for r in runs]),
        "startup_s": spread([r["startup_s"] for r in runs]),
        "disturbed_rounds": sum(r["other_cpus"] > QUIET for r in runs),
        "runs": runs,
    }
    if all("p90" in r for r in runs):
        out["p90_over_median"] = spread([r["p90"] / r["seconds_per_step_median"] for r in runs])
    if loaded:
        pairs = list(zip(runs, loaded))
        beside = {
            "slowdown": spread([b["seconds_per_step_median"] / a["seconds_per_step_median"] for a, b in pairs]),
            "runs": loaded,
        }
        if all("p90" in r for r in loaded):
            beside["p90_over_median"] = spread([r["p90"] / r["seconds_per_step_median"] for r in loaded])
        out["beside_busy_process"] = beside
    return out


def fastest(entries, threads):
    """The fastest peer on at most this many threads.

    A person with two processors may well give a peer one of them, where that is
    faster.
    """
    peers = [e for e in entries if e["framework"] != "ikhim" and e["threads"] <= threads]
    return min(peers, key=lambda e: e["seconds_per_step"]["median"], default=None)


def ratio(peer, ours):
    """How many times faster ikhim is than a peer, paired by round."""
    return spread(
        [p["seconds_per_step_median"] / o["seconds_per_step_median"] for p, o in zip(peer["runs"], ours["runs"])]
    )
