"""Runs one program at a held level and number of threads, and reads its line of JSON."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

LEVELS = ("avx512", "avx2")

# What holds the libraries inside the peers to AVX2: ATen (torch), oneDNN (torch
# and TensorFlow), MKL (torch), XLA (JAX and TensorFlow's compiler).
HELD_TO_AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
}


class Failed(Exception):
    """A program that gave no measurement; the text says why."""


def highest_level():
    """The highest level this machine has."""
    with open("/proc/cpuinfo") as f:
        flags = next((line for line in f if line.startswith("flags")), "").split()
    return "avx512" if "avx512f" in flags else "avx2"


def environment(level):
    """The environment of a program that is held to a level."""
    held = {k: v for k, v in os.environ.items() if k not in HELD_TO_AVX2}
    if level == "avx2":
        held.update(HELD_TO_AVX2)
    held["IKHIM_CPU"] = level
    return held


def measure(command, level, threads, timeout=900):
    """The last line of a program's output as JSON, with `other_cpus` beside it.

    `other_cpus` is how many processors other programs kept busy meanwhile, so
    that a disturbed run can be told.
    """
    with on_processors(threads):
        before, clock, own = machine_busy(), time.monotonic(), children_busy()
        try:
            done = subprocess.run(
                command, env=environment(level), capture_output=True, text=True, timeout=timeout
            )
        except (OSError, subprocess.TimeoutExpired) as e:
            raise Failed(str(e)) from e
        taken = time.monotonic() - clock
        others = machine_busy() - before - (children_busy() - own)
    lines = done.stdout.strip().splitlines()
    try:
        out = json.loads(lines[-1]) if lines else None
    except json.JSONDecodeError:
        out = None
    if done.returncode != 0 or not isinstance(out, dict):
        raise Failed(reason(done, out))
    out["other_cpus"] = round(max(0.0, others / taken), 2)
    return out


def reason(done, out):
    """The sentence a failed program ended with."""
    if isinstance(out, dict) and "error" in out:
        error = out["error"]
        return error.get("message", str(error)) if isinstance(error, dict) else str(error)
    said = done.stderr.strip().splitlines() or done.stdout.strip().splitlines()
    return said[-1] if said else f"exit code {done.returncode} and no output"


@contextmanager
def on_processors(threads):
    """Lets what starts inside run on the first `threads` processors only.

    Every program is held alike, as some peers have no other switch. More
    threads than processors share all of them.
    """
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:threads])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def busy_process():
    """One foreign process that never rests, free to run on any processor."""
    spin = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(0.2)
        yield
    finally:
        spin.kill()
        spin.wait()


def machine_busy():
    """Seconds of work that all processors have done, stolen time left out."""
    with open("/proc/stat") as f:
        user, nice, system, _idle, _wait, irq, softirq = map(int, f.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def children_busy():
    """Seconds of work of the programs started here that have ended."""
    t = os.times()
    return t.children_user + t.children_system
