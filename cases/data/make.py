"""Writes the tables of the doctor's cases from their formulas.

circle: two rings of radius 1 and 0.8, normal noise of 0.1 (scikit-learn's
make_circles); blob: three normal clouds of deviation 2 (make_blobs). The first
700 rows are for training, the next 300 for validation. Needs numpy.
"""
import numpy as np


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else f"{c:.6g}" for c in row) + "\n")


def parts(n, train):
    return ["train" if i < train else "validation" for i in range(n)]


def circle():
    g = np.random.default_rng(1)
    n = 1000
    angle = np.concatenate([np.linspace(0, 2 * np.pi, 500, endpoint=False)] * 2)
    radius = np.repeat([1.0, 0.8], 500)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1) + g.normal(0, 0.1, (n, 2))
    label = np.repeat(["outer", "inner"], 500)
    order = g.permutation(n)
    part = parts(n, 700)
    write("circle.csv", ["part", "x", "y", "ring"], [(part[i], *x[k], label[k]) for i, k in enumerate(order)])


def blob():
    g = np.random.default_rng(2)
    n = 1000
    centers = np.array([[-1.3, -9.5], [1.0, -4.8], [-5.8, -6.8]])
    k = np.arange(n) % 3
    x = centers[k] + g.normal(0, 2.0, (n, 2))
    order = g.permutation(n)
    part = parts(n, 700)
    write("blob.csv", ["part", "x", "y", "cloud"], [(part[i], *x[j], "abc"[k[j]]) for i, j in enumerate(order)])


def sine():
    g = np.random.default_rng(3)
    x = g.uniform(-3, 3, 400)
    write("sine.csv", ["x", "y"], zip(x, np.sin(2 * x) + g.normal(0, 0.1, 400)))


def plane():
    g = np.random.default_rng(4)
    x = g.normal(0, 1, (300, 4))
    y = x @ [2.0, -1.0, 0.5, 3.0] + 1.0 + g.normal(0, 0.5, 300)
    write("plane.csv", ["a", "b", "c", "d", "y"], [(*r, t) for r, t in zip(x, y)])


def mixed():
    """Columns like those of a share: a price near 800 and a volume near a million."""
    g = np.random.default_rng(5)
    price = g.normal(800, 30, 300)
    volume = g.normal(1.2e6, 3e5, 300)
    low = price - g.gamma(2, 4, 300)
    y = 0.5 * price + 0.5 * low + g.normal(0, 3, 300)
    write("mixed.csv", ["price", "volume", "low", "close"], zip(price, volume, low, y))


def labels():
    """Three labels of 20 numbers, each by a plane of its own."""
    g = np.random.default_rng(6)
    x = g.normal(0, 1, (1500, 20))
    w = g.normal(0, 1, (20, 3))
    y = (x @ w + g.normal(0, 0.5, (1500, 3)) > 0).astype(int)
    header = [f"x{i}" for i in range(20)] + ["p", "q", "r"]
    write("labels.csv", header, [(*r, *(str(v) for v in t)) for r, t in zip(x, y)])


def parabola():
    """y = 5x² + ε³ for x = 0, 0.1, … 5."""
    g = np.random.default_rng(7)
    x = np.arange(0, 5.05, 0.1)
    write("parabola.csv", ["x", "y"], zip(x, 5 * x**2 + g.normal(0, 1, len(x)) ** 3))


def bright():
    """Eight-by-eight pictures of 0..255: a bright upper or lower half in noise."""
    g = np.random.default_rng(8)
    rows = []
    for i in range(900):
        upper = i % 2 == 0
        pixels = g.uniform(0, 160, 64)
        half = slice(0, 32) if upper else slice(32, 64)
        pixels[half] += 40
        rows.append((*np.round(pixels), "upper" if upper else "lower"))
    write("bright.csv", [f"p{i}" for i in range(64)] + ["half"], rows)


def rare():
    g = np.random.default_rng(9)
    y = (np.arange(1000) % 25 == 0)
    x = g.normal(0, 1, (1000, 3)) + np.where(y[:, None], 1.2, 0.0)
    write("rare.csv", ["a", "b", "c", "ill"], [(*r, "yes" if t else "no") for r, t in zip(x, y)])


def apart():
    """Features and labels that do not belong together."""
    g = np.random.default_rng(10)
    x = g.normal(0, 1, (600, 5))
    y = np.where(x[:, 0] + x[:, 1] > 0, "a", "b")
    write("together.csv", ["a", "b", "c", "d", "e", "y"], [(*r, t) for r, t in zip(x, y)])
    write("apart.csv", ["a", "b", "c", "d", "e", "y"], [(*r, t) for r, t in zip(x, g.permutation(y))])


for make in [circle, blob, sine, plane, mixed, labels, parabola, bright, rare, apart]:
    make()
