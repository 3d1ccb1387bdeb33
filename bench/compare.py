#!/usr/bin/env python3
"""Compares ikhim with each installed peer: the same work, in turn, in one run.

    bench/compare.py --ikhim target/release/ikhim --python-torch DIR/bin/python ...

First the losses: each peer writes its data, its first weights and its losses to
a file, ikhim starts from that file, and its loss after 1 step must be within
1e-5 and after 100 steps within 1e-2 of the peer's. Then the rounds: every
entrant once, then every entrant again. A figure is the median over the rounds
with the least and the greatest beside it; a ratio is taken within a round.

A peer that is not installed is skipped and named. Without --ikhim the peers are
timed alone. Exits with 1 when ikhim's losses differ or ikhim fails; a missed
floor is printed, not an error. Needs nothing beside Python and Linux.
"""

import argparse
import json
import os
import sys
import tempfile

import comparison
import entrants
import process
import table


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ",".join(entrants.WORKLOADS)
    p.add_argument("--ikhim", metavar="PATH", default=os.environ.get("IKHIM_BENCH_IKHIM"), help="the program ikhim")
    for f in entrants.PYTHON_PEERS:
        variable = f"IKHIM_BENCH_{f.upper()}"
        p.add_argument(
            f"--python-{f}", metavar="PATH", default=os.environ.get(variable), help=f"interpreter, or ${variable}"
        )
    rust = os.environ.get("IKHIM_BENCH_RUST")
    p.add_argument("--rust", metavar="PATH", default=rust, help="the program of peers/rust, or $IKHIM_BENCH_RUST")
    p.add_argument("--workloads", metavar="LIST", default=names, help=f"of {names}")
    p.add_argument("--frameworks", metavar="LIST", help="only these peers")
    p.add_argument("--threads", metavar="LIST", default="2", help="one number or several, 2 by default")
    p.add_argument("--level", choices=process.LEVELS, help="hold everyone to it; the machine's highest by default")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=3.0, help="of timed steps in a run, 3 by default")
    p.add_argument("--all-variants", action="store_true", help="also those that compile for many seconds")
    p.add_argument("--foreign-load", action="store_true", help="time each run again beside one busy process")
    p.add_argument("--no-check", action="store_true", help="do not compare losses")
    p.add_argument("--json", action="store_true", help="one document on stdout instead of tables")
    a = p.parse_args()
    a.workloads = a.workloads.split(",")
    if unknown := [w for w in a.workloads if w not in entrants.WORKLOADS]:
        p.error(f"unknown workload {unknown[0]}; there are {names}")
    known = [*entrants.PYTHON_PEERS, *entrants.RUST_PEERS]
    a.frameworks = a.frameworks.split(",") if a.frameworks else known
    if unknown := [f for f in a.frameworks if f not in known]:
        p.error(f"unknown framework {unknown[0]}; there are {', '.join(known)}")
    try:
        a.threads = [int(t) for t in a.threads.split(",")]
    except ValueError:
        p.error("--threads takes numbers, as 1,2")
    if min(a.threads) < 1 or a.rounds < 1:
        p.error("--threads and --rounds are at least 1")
    highest = process.highest_level()
    a.level = a.level or highest
    if a.level == "avx512" and highest != "avx512":
        p.error("this machine has no AVX-512")
    return a


def main():
    a = arguments()
    interpreters = {f: getattr(a, f"python_{f}") for f in a.frameworks if f in entrants.PYTHON_PEERS}
    # Nothing holds the program of peers/rust to a lower level than the machine's.
    rust = a.rust if a.level == process.highest_level() else None
    peers, skipped = entrants.peers(interpreters, a.all_variants, rust)
    peers = [e for e in peers if e.framework in a.frameworks]
    skipped = {f: reason for f, reason in skipped.items() if f in a.frameworks}
    ours = entrants.ikhim(a.ikhim) if a.ikhim else None
    say = print if not a.json else lambda *_, **__: None
    say(f"level {a.level}, {a.rounds} rounds, load {os.getloadavg()[0]:.2f}, {processor()}")
    for framework, reason in skipped.items():
        say(f"skipped {framework}: {reason}")

    results = []
    for w in a.workloads:
        taking_part = [e for e in peers if entrants.kind(w) in e.kinds]
        result = compare(a, w, taking_part, ours)
        results.append(result)
        say()
        say("\n".join(table.workload(result)), flush=True)
    document = {
        "level": a.level,
        "rounds": a.rounds,
        "foreign_load": a.foreign_load,
        "processor": processor(),
        "processors": len(os.sched_getaffinity(0)),
        "load_at_end": os.getloadavg()[0],
        "skipped": skipped,
        "results": results,
    }
    if a.json:
        print(json.dumps(document))
    differ = any(not c["pass"] for r in results for c in r["checks"])
    failed = any(f["entrant"].startswith("ikhim") for r in results for f in r["failed"])
    sys.exit(1 if differ or failed else 0)


def compare(a, workload, peers, ours):
    """The checks, the rounds and what they say, of one workload."""
    checks = []
    if ours and not a.no_check:
        checks = [check(a, workload, peer, ours) for peer in entrants.checking(workload, peers)]
    everyone = [(e, t) for e in ([ours] if ours else []) + peers for t in a.threads]
    quiet, loaded, failed = {k: [] for k in everyone}, {k: [] for k in everyone}, []
    for _ in range(a.rounds):
        for key in [k for k in everyone if k in quiet]:
            entrant, threads = key
            command = entrant.timing(workload, threads, a.seconds)
            try:
                quiet[key].append(process.measure(command, a.level, threads))
                if a.foreign_load:
                    with process.busy_process():
                        loaded[key].append(process.measure(command, a.level, threads))
            except process.Failed as e:
                failed.append({"entrant": entrant.label, "threads": threads, "reason": str(e)})
                del quiet[key]
    entries = [
        {"framework": e.framework, "variant": runs[-1]["variant"], "threads": t, **comparison.summary(runs, loaded[e, t])}
        for (e, t), runs in quiet.items()
    ]
    return {
        "workload": workload,
        "checks": checks,
        "entries": entries,
        "failed": failed,
        "verdicts": [v for t in a.threads if (v := verdict(workload, a.level, t, entries))],
    }


def check(a, workload, peer, ours):
    """Starts ikhim from a peer's data and weights and compares the losses."""
    threads = max(a.threads)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{workload}.safetensors")
        try:
            process.measure(peer.export(workload, threads, path), a.level, threads)
            found = process.measure(ours.check(workload, threads, path), a.level, threads)
            losses = found["check"]["losses"]
            return {"peer": peer.label, **comparison.check(comparison.losses_of(path), losses)}
        except process.Failed as e:
            return {"peer": peer.label, "reason": str(e), "pass": False}
        except (KeyError, TypeError):
            return {"peer": peer.label, "reason": "ikhim's document has no check.losses", "pass": False}


def verdict(workload, level, threads, entries):
    """ikhim against the fastest peer, or the fastest peer alone."""
    peer = comparison.fastest(entries, threads)
    if not peer:
        return None
    floor = comparison.floor(workload, level, threads)
    out = {
        "threads": threads,
        "fastest_peer": f"{peer['framework']} {peer['variant']}",
        "fastest_peer_threads": peer["threads"],
        "floor": floor,
    }
    ours = next((e for e in entries if e["framework"] == "ikhim" and e["threads"] == threads), None)
    if ours:
        out["ratio"] = comparison.ratio(peer, ours)
        out["floor_met"] = None if floor is None else out["ratio"]["median"] >= floor
    return out


def processor():
    """The processor's name."""
    with open("/proc/cpuinfo") as f:
        return next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    main()
