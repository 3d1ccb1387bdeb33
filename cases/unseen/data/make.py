"""Writes the tables of the unseen cases from their formulas. Needs numpy."""
import numpy as np


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else f"{c:.6g}" for c in row) + "\n")


def fraud():
    """Three of a hundred rows are frauds; two of five columns say so."""
    g = np.random.default_rng(31)
    x = g.normal(0, 1, (1500, 5))
    yes = np.arange(1500) % 33 == 0
    x[yes, 0] += 1.5
    x[yes, 3] += 1.5
    order = g.permutation(1500)
    rows = [(*x[i], "yes" if yes[i] else "no") for i in order]
    write("fraud.csv", ["amount", "hour", "age", "distance", "visits", "fraud"], rows)


def rent():
    """Monthly rents near a thousand, by area, rooms, age and distance."""
    g = np.random.default_rng(32)
    area = g.uniform(20, 140, 500)
    age = g.uniform(0, 60, 500)
    distance = g.gamma(2, 3, 500)
    y = 250 + 11 * area - 4 * age - 30 * np.sqrt(distance) * area / 60 + g.normal(0, 40, 500)
    write("rent.csv", ["area", "age", "distance", "rent"], zip(area, age, distance, y))


def machine():
    """Two designs of parts: in one, half of the validation rows are copies."""
    g = np.random.default_rng(33)
    x = g.normal(0, 1, (600, 4))
    fails = x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + g.normal(0, 0.3, 600) > 0
    part = ["train" if i < 400 else "validation" for i in range(600)]
    header = ["part", "heat", "load", "speed", "wear", "fails"]
    named = ["no", "yes"]
    rows = [(part[i], *x[i], named[int(fails[i])]) for i in range(600)]
    write("machine.csv", header, rows)
    copied = [i - 400 if 400 <= i < 500 else i for i in range(600)]
    rows = [(part[i], *x[k], named[int(fails[k])]) for i, k in enumerate(copied)]
    write("machine-copies.csv", header, rows)


def loan():
    """Reminders are sent after a default, so that column gives it away."""
    g = np.random.default_rng(34)
    x = g.normal(0, 1, (600, 4))
    late = x @ [0.8, -0.6, 0.4, 0.0] + g.normal(0, 1.5, 600) > 0.3
    reminders = late * 4 + g.normal(0, 0.4, 600)
    named = ["no", "yes"]
    rows = [(*x[i], reminders[i], named[int(late[i])]) for i in range(600)]
    write("loan.csv", ["income", "debt", "years", "age", "reminders", "default"], rows)


if __name__ == "__main__":
    fraud()
    rent()
    machine()
    loan()
