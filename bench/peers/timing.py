"""Times the steps of a workload and reads what the process used."""

import os
import statistics
import time

from workload import XOR_STEPS

WARM_UP = 1.0
LEAST_STEPS = 30


def since_start():
    """Seconds since the start of this process, interpreter included.

    The system counts the start in ticks of 10 ms.
    """
    with open("/proc/self/stat") as f:
        ticks = int(f.read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def peak_rss_mb():
    """The most memory this process had resident.

    `getrusage` would count the process that started this one too.
    """
    with open("/proc/self/status") as f:
        line = next(line for line in f if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def steps(step, seconds):
    """Times single steps: the median, the 10th and the 90th percentile."""
    now = time.perf_counter
    begin = now()
    while now() - begin < WARM_UP:
        step()
    taken, begin = [], now()
    while len(taken) < LEAST_STEPS or now() - begin < seconds:
        t = now()
        step()
        taken.append(now() - t)
    n = len(taken)
    taken.sort()
    return {
        "steps": n,
        "seconds_per_step_median": statistics.median(taken),
        "p10": taken[n // 10],
        "p90": taken[n * 9 // 10],
    }


def whole_loop(step, seconds, compiled):
    """Times all steps of xor as one: the median of as many loops as fit, at least one.

    `compiled` says that one call of `step` is the whole loop already.
    """
    now = time.perf_counter
    calls = 1 if compiled else XOR_STEPS
    begin = now()
    while now() - begin < WARM_UP:
        step()
    totals, begin = [], now()
    while not totals or now() - begin < seconds:
        t = now()
        for _ in range(calls):
            step()
        totals.append(now() - t)
    total = statistics.median(totals)
    return {"steps": XOR_STEPS, "seconds_per_step_median": total / XOR_STEPS, "total_s": total}
