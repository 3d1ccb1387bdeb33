"""Writes the tables of the later cases from their formulas. Needs numpy."""
import numpy as np


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else f"{c:.5g}" for c in row) + "\n")


def tide():
    """The height of water in hours: two periods and a slow wind."""
    g = np.random.default_rng(71)
    t = np.arange(640)
    wind = np.zeros(640)
    for i in range(1, 640):
        wind[i] = 0.95 * wind[i - 1] + g.normal(0, 0.08)
    height = 3 + 1.4 * np.sin(2 * np.pi * t / 12.42) + 0.5 * np.sin(2 * np.pi * t / 24) + wind
    write("tide.csv", ["hour", "height"], zip(t, height))
    # A slower water, whose neighboring hours are alike.
    slow = np.cumsum(g.normal(0, 0.1, 640)) + 0.8 * np.sin(2 * np.pi * t / 160)
    salt = 30 + 2.5 * slow + g.normal(0, 0.2, 640)
    rows = zip(slow[4:-1], slow[:-5], salt[4:-1], slow[5:])
    write("lake.csv", ["now", "before", "salt", "next"], rows)


def soil():
    """Tons of grain by rain, acidity, nitrogen and the kind of soil."""
    g = np.random.default_rng(72)
    n = 460
    rain, acid, nitrogen = g.uniform(200, 900, n), g.uniform(4.5, 8, n), g.gamma(2, 40, n)
    kind = g.integers(0, 4, n)
    ground = np.array([1.0, 1.3, 0.7, 1.15])[kind]
    y = ground * (6 - ((rain - 550) / 180) ** 2 * 0.8 + 0.015 * nitrogen)
    y = y - 1.1 * np.abs(acid - 6.3) + g.normal(0, 0.45, n)
    sold = 182 * y + g.normal(0, 6, n)
    names = ["loam", "clay", "sand", "silt"]
    rows = [(rain[i], acid[i], nitrogen[i], names[kind[i]], sold[i], y[i]) for i in range(n)]
    write("soil.csv", ["rain", "acid", "nitrogen", "soil", "sold", "grain"], rows)


def parcels():
    """Where a parcel goes, by grams, centimeters and a share of empty space."""
    g = np.random.default_rng(73)
    n = 760
    grams, length, empty = g.lognormal(8.2, 0.9, n), g.uniform(8, 140, n), g.beta(2, 3, n)
    volume = np.log(grams) - 8.2 + (length - 70) / 60
    kind = np.where(volume > 0.9, 3, np.where(volume * (empty - 0.4) > 0.03, 2, np.where(length > 72, 1, 0)))
    names = ["letter", "box", "soft", "pallet"]
    rows = [(grams[i], length[i], empty[i], names[kind[i]]) for i in range(n)]
    header = ["grams", "length", "empty", "way"]
    write("parcels.csv", header, rows)
    order = np.argsort(kind, kind="stable")
    held = g.random(n) < 0.25
    part = np.where(held, "validation", "train")
    write("parcels-sorted.csv", header + ["part"], [(*rows[i], str(part[i])) for i in order])
    # Only boxes are held out.
    lone = np.where(held & (kind == 1), "validation", "train")
    write("parcels-boxes.csv", header + ["part"], [(*rows[i], str(lone[i])) for i in range(n)])


def motif():
    """Strands of four letters; which of three motifs one holds is its class."""
    g = np.random.default_rng(74)
    words = ["gattac", "ccgcgg", "tatata"]
    rows = []
    for i in range(630):
        strand = g.choice(list("acgt"), 24)
        at = g.integers(0, 18)
        strand[at:at + 6] = list(words[i % 3])
        rows.append(("".join(strand), ["one", "two", "three"][i % 3]))
    write("motif.csv", ["strand", "kind"], rows)


def bars():
    """Pictures of 8 by 8: a row, a column or one of two diagonals among noise."""
    g = np.random.default_rng(75)
    rows = []
    for i in range(560):
        picture = g.integers(0, 5, (8, 8))
        at, kind = g.integers(0, 8), i % 4
        for k in range(8):
            y, x = [(at, k), (k, at), (k, (k + at) % 8), (k, (at - k) % 8)][kind]
            picture[y, x] = g.integers(5, 10)
        rows.append((*picture.ravel().tolist(), ["row", "column", "down", "up"][kind]))
    write("bars.csv", [f"p{k}" for k in range(64)] + ["bar"], rows)


def rare():
    """Four parts of a hundred are broken."""
    g = np.random.default_rng(76)
    x = g.normal(0, 1, (1300, 5))
    broken = x[:, 0] + x[:, 1] ** 2 * 0.5 - x[:, 3] + g.normal(0, 0.4, 1300) > 3.1
    rows = [(*x[i], "broken" if broken[i] else "fine") for i in range(1300)]
    write("parts.csv", ["heat", "load", "age", "oil", "noise", "state"], rows)


for table in [tide, soil, parcels, motif, bars, rare]:
    table()
