"""Prints a comparison as text."""


def seconds(s):
    """A time with three digits in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if s >= size:
            return f"{s / size:.3g} {unit}" if s / size < 1000 else f"{s / size:.0f} {unit}"
    return f"{s / 1e-9:.3g} ns"


def times(ratio):
    """A ratio, with digits also where it is far below 1."""
    return f"{ratio:.2f}x" if ratio >= 0.1 else f"{ratio:.2g}x"


def workload(result):
    """The checks and the table of one workload, as lines."""
    lines = [f"{result['workload']}"]
    for c in result["checks"]:
        lines.append("  " + check_line(c))
    rows = [("", "threads", "a step", "spread", "p90", "resident", "first step", "of ikhim", "")]
    loaded = any("beside_busy_process" in e for e in result["entries"])
    if loaded:
        rows[0] += ("beside a busy process", "p90 there")
    ours = {e["threads"]: e for e in result["entries"] if e["framework"] == "ikhim"}
    for e in result["entries"]:
        rows.append(row(e, ours.get(e["threads"]), loaded))
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for r in rows:
        lines.append(("  " + "  ".join(c.ljust(w) for c, w in zip(r, widths))).rstrip())
    for f in result["failed"]:
        lines.append(f"  {f['entrant']}, {f['threads']} threads, failed: {f['reason']}")
    for v in result["verdicts"]:
        lines.append("  " + verdict_line(v))
    return lines


def row(e, ours, loaded):
    s, p90 = e["seconds_per_step"], e.get("p90_over_median")
    cells = (
        f"{e['framework']} {e['variant']} {e['version']}".replace("  ", " "),
        str(e["threads"]),
        seconds(s["median"]),
        f"{seconds(s['min'])} to {seconds(s['max'])}",
        f"{p90['median']:.2f}x" if p90 else "-",
        f"{e['peak_rss_mb']['median']:.0f} MB",
        seconds(e["startup_s"]["median"]),
        times(s['median'] / ours['seconds_per_step']['median']) if ours else "-",
        f"disturbed in {e['disturbed_rounds']}" if e["disturbed_rounds"] else "",
    )
    if loaded:
        b = e["beside_busy_process"]
        p = b.get("p90_over_median")
        cells += (
            f"{b['slowdown']['median']:.2f}x ({b['slowdown']['min']:.2f} to {b['slowdown']['max']:.2f})",
            f"{p['median']:.2f}x" if p else "-",
        )
    return cells


def check_line(c):
    if "reason" in c:
        return f"losses against {c['peer']}: FAILED, {c['reason']}"
    steps = ", ".join(
        f"after {k} {s['relative_difference']:.1e}" if s["relative_difference"] is not None else f"after {k} missing"
        for k, s in c["steps"].items()
    )
    return f"losses against {c['peer']}: {steps}: {'pass' if c['pass'] else 'FAILED'}"


def verdict_line(v):
    line = f"{v['threads']} threads: fastest peer {v['fastest_peer']}"
    if v["fastest_peer_threads"] != v["threads"]:
        line += f" on {v['fastest_peer_threads']}"
    r = v.get("ratio")
    if not r:
        return line
    line += f", ikhim {times(r['median'])} as fast ({times(r['min'])} to {times(r['max'])})"
    if v["floor"] is not None:
        line += f", floor {v['floor']:.3g}x {'met' if v['floor_met'] else 'MISSED'}"
    return line
