#!/usr/bin/env python3
"""Draws the growth of a training step, and says where it is uneven.

    cargo run --release -p ikhim-cpu --example growth > growth.csv
    python3 bench/growth.py growth.csv docs/figures

One SVG for each axis: seconds of a step and nanoseconds of an operation, both
on logarithmic scales. Jumps are printed: sizes at which an operation takes more
than 1.5 times as long as at the size before.
"""

import csv
import math
import pathlib
import sys
from html import escape

LIMIT = 1.5
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 300, 70, 70, 40, 50
TIME, EACH = "#0b6e99", "#b35900"
UNITS = {"width": "units of each layer", "depth": "hidden layers",
         "batch": "rows of a batch", "threads": "threads",
         "side": "cells of an image's side", "channels": "channels of each layer",
         "images": "images of a batch", "threads-of-images": "threads",
         "steps": "steps of a sequence", "units": "units of the LSTM",
         "sequences": "sequences of a batch"}


def read(path):
    """The measurements of each axis."""
    axes = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            point = (int(row["size"]), float(row["seconds"]), float(row["ns_per_operation"]))
            axes.setdefault(row["axis"], []).append(point)
    return axes


def jumps(points):
    """Pairs of sizes with the factor by which an operation got slower."""
    for before, after in zip(points, points[1:]):
        factor = after[2] / before[2]
        if factor > LIMIT:
            yield before[0], after[0], factor


def scale(values):
    """Whole powers of ten around values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def figure(axis, points):
    """An SVG with both curves and a sentence for those who do not see it."""
    sizes = [size for size, _, _ in points]
    steps = max(len(sizes) - 1, 1)
    across = lambda at: LEFT + (WIDTH - LEFT - RIGHT) * at / steps
    out = []
    label = lambda x, y, text, anchor, color="#333": out.append(
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>')
    for at, size in enumerate(sizes):
        label(across(at), HEIGHT - BOTTOM + 18, str(size), "middle")
    label(WIDTH / 2, HEIGHT - 10, UNITS.get(axis, axis), "middle")
    label(LEFT, TOP - 18, "seconds of a step", "start", TIME)
    label(WIDTH - RIGHT, TOP - 18, "ns of an operation", "end", EACH)
    for which, color, x, anchor, dash in (
            (1, TIME, LEFT - 6, "end", ""), (2, EACH, WIDTH - RIGHT + 6, "start", "6 4")):
        values = [point[which] for point in points]
        low, high = scale(values)
        down = lambda value: (HEIGHT - BOTTOM) - (HEIGHT - TOP - BOTTOM) * (
            math.log10(value) - low) / (high - low)
        for power in range(low, high + 1):
            label(x, down(10 ** power) + 4, f"1e{power}", anchor, color)
            if which == 1:
                out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{down(10 ** power):.1f}" '
                           f'y2="{down(10 ** power):.1f}" stroke="#ddd"/>')
        line = " ".join(f"{across(at):.1f},{down(value):.1f}" for at, value in enumerate(values))
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2" '
                   f'stroke-dasharray="{dash}"/>')
        for at, value in enumerate(values):
            out.append(f'<circle cx="{across(at):.1f}" cy="{down(value):.1f}" r="3" fill="{color}"/>')
    first, last = points[0], points[-1]
    told = (f"From {first[0]} to {last[0]} {UNITS.get(axis, axis)} a step goes from "
            f"{first[1]:.2e} s to {last[1]:.2e} s.")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="sans-serif" font-size="12"><title>Time of a step by {axis}</title>'
            f'<desc>{escape(told)}</desc><rect width="100%" height="100%" fill="#fff"/>'
            + "".join(out) + "</svg>\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for axis, points in read(sys.argv[1]).items():
        (folder / f"growth-{axis}.svg").write_text(figure(axis, points))
        for before, after, factor in jumps(points):
            print(f"{axis}: from {before} to {after} an operation takes {factor:.2f} times as long")


if __name__ == "__main__":
    main()
