"""Writes the tables of the fresh cases from their formulas. Needs numpy."""
import numpy as np


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else f"{c:.6g}" for c in row) + "\n")


def named(values, words=("no", "yes")):
    return [words[int(value)] for value in values]


def prices():
    """Prices in tens of thousands; the columns differ by factors of 10^6."""
    g = np.random.default_rng(51)
    area = g.uniform(30, 220, 600)
    income = g.lognormal(10.5, 0.4, 600)
    share = g.beta(2, 30, 600)
    age = g.uniform(0, 80, 600)
    y = 800 * area * (income / 4e4) ** 0.5 * (1 - 2 * share) - 600 * age
    y = y + 40000 + g.normal(0, 6000, 600)
    tax = 0.012 * y + g.normal(0, 25, 600)
    write("prices.csv", ["area", "income", "vacant", "age", "tax", "price"],
          zip(area, income, share, age, tax, y))


def churn():
    """Six of a hundred leave; the contract of who left is marked as ended."""
    g = np.random.default_rng(52)
    x = g.normal(0, 1, (1600, 6))
    leaves = x[:, 1] + 0.8 * x[:, 2] - 0.6 * x[:, 4] + g.normal(0, 0.8, 1600) > 2.45
    ended = np.where(g.random(1600) < 0.01, ~leaves, leaves)
    rows = [(*x[i], named(ended)[i], named(leaves)[i]) for i in range(1600)]
    write("churn.csv", ["calls", "bills", "delay", "age", "months", "region", "ended", "leaves"], rows)


def sensors():
    """Three alarms that may sound together, by eight sensors."""
    g = np.random.default_rng(53)
    x = g.normal(0, 1, (900, 8))
    a = x[:, 0] + x[:, 1] * x[:, 2] > 0.4
    b = x[:, 3] - 0.5 * x[:, 0] + g.normal(0, 0.2, 900) > 0
    c = np.abs(x[:, 5]) + 0.3 * x[:, 6] > 1.0
    rows = [(*x[i], int(a[i]), int(b[i]), int(c[i])) for i in range(900)]
    header = [f"s{k}" for k in range(8)] + ["heat", "smoke", "gas"]
    write("sensors.csv", header, rows)


def waves():
    """24 steps of a wave of one of three shapes, of any phase, with noise."""
    g = np.random.default_rng(54)
    t = np.arange(24) / 24
    rows = []
    for i in range(720):
        phase, kind = g.random(), i % 3
        u = (2 * t + phase) % 1
        wave = [np.sin(2 * np.pi * u), np.sign(u - 0.5), 2 * u - 1][kind]
        rows.append((*(wave + g.normal(0, 0.3, 24)), ("sine", "square", "saw")[kind]))
    rows = [rows[i] for i in g.permutation(720)]
    header = [f"t{k}" for k in range(24)] + ["shape"]
    write("waves.csv", header, rows)
    write("waves-loud.csv", header, [(*(500 * np.array(r[:-1])), r[-1]) for r in rows])


def grades():
    """Exams with their parts; in one file two in three validation rows are train rows."""
    g = np.random.default_rng(55)
    x = np.round(g.normal(70, 12, (450, 3)))
    y = 0.3 * x[:, 0] + 0.5 * x[:, 1] + 0.2 * x[:, 2] + g.normal(0, 4, 450)
    part = ["train" if i < 300 else "validation" for i in range(450)]
    header = ["part", "first", "second", "third", "final"]
    write("grades.csv", header, [(part[i], *x[i], y[i]) for i in range(450)])
    again = [i - 300 if 300 <= i < 400 else i for i in range(450)]
    write("grades-again.csv", header, [(part[i], *x[k], y[k]) for i, k in enumerate(again)])


def few():
    """24 rows on a line in three columns."""
    g = np.random.default_rng(56)
    x = g.normal(0, 1, (24, 3))
    write("few.csv", ["a", "b", "c", "y"], [(*r, r @ [2, -1, 0.5] + g.normal(0, 0.1)) for r in x])


def learned_by_heart():
    """40 rows of which one weak column tells something; a large net learns the rest."""
    g = np.random.default_rng(57)
    x = g.normal(0, 1, (400, 15))
    y = x[:, 0] + g.normal(0, 1.0, 400) > 0
    part = ["train" if i < 60 else "validation" for i in range(400)]
    header = ["part"] + [f"x{k}" for k in range(15)] + ["y"]
    write("heart.csv", header, [(part[i], *x[i], named(y)[i]) for i in range(400)])


def text():
    """Sentences of a small grammar."""
    g = np.random.default_rng(58)
    who = ["the cat", "a dog", "my aunt", "the old king", "no one"]
    does = ["sees", "paints", "follows", "hears", "forgets"]
    what = ["a river", "the moon", "two birds", "the cat", "a song"]
    lines = [f"{g.choice(who)} {g.choice(does)} {g.choice(what)}." for _ in range(500)]
    open("grammar.txt", "w").write(" ".join(lines) + "\n")


if __name__ == "__main__":
    prices()
    churn()
    sensors()
    waves()
    grades()
    few()
    learned_by_heart()
    text()
