"""Writes the tables of these cases from their formulas. Needs numpy."""
import numpy as np


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else f"{c:.3g}" for c in row) + "\n")


def kilns():
    """Strength of fired tiles by heat, hours, grog, water and glaze."""
    g = np.random.default_rng(301)
    n = 400
    heat, hours = g.uniform(900, 1280, n), g.uniform(2, 14, n)
    grog, water = g.uniform(0, 0.4, n), g.uniform(0.001, 0.02, n)
    mass = g.lognormal(9, 0.5, n)
    h = (heat - 1100) / 100
    y = 40 + 9 * np.tanh(1.5 * h) + 4 * np.sin(hours / 2.2) - 60 * (grog - 0.18) ** 2 * 4
    y = y - 500 * water * (h > 0) + 3 * h * np.log(mass / 8000) + g.normal(0, 1.2, n)
    write("kilns.csv", ["heat", "hours", "grog", "water", "mass", "strength"], zip(heat, hours, grog, water, mass, y))


def lifts():
    """One door of a lift in fourteen jams within a month."""
    g = np.random.default_rng(302)
    n = 850
    x = g.normal(0, 1, (n, 4))
    s = 1.1 * x[:, 0] + 0.9 * x[:, 1] * x[:, 2] + 0.8 * np.abs(x[:, 3]) + g.normal(0, 0.7, n)
    jam = s > np.quantile(s, 0.93)
    trips = x[:, 0] * 120 + 700
    rows = [(trips[i], 3 + x[i, 1] * 0.8, 21 + 4 * x[i, 2], x[i, 3] * 2, "jam" if jam[i] else "run") for i in range(n)]
    write("lifts.csv", ["trips", "current", "warmth", "tilt", "door"], rows)


def honey():
    """The flower of a honey by seven measurements."""
    g = np.random.default_rng(303)
    n, names = 480, ["acacia", "heather", "lime", "rape", "clover", "pine"]
    center = g.normal(0, 1.15, (6, 7))
    bend = g.normal(0, 0.7, (7, 7))
    k = np.arange(n) % 6
    z = center[k] + g.normal(0, 0.85, (n, 7))
    x = z + 0.8 * np.sin(z @ bend)
    x = x * np.array([0.3, 1.2, 4, 0.05, 9, 2, 1]) + np.array([3.9, 18, 35, 0.6, 60, 7, 4])
    part = np.where(g.random(n) < 0.25, "validation", "train")
    header = ["acid", "water", "fructose", "ash", "color", "spin", "salt", "flower"]
    order = np.argsort(k, kind="stable")
    write("honey.csv", header + ["part"], [(*x[i], names[k[i]], str(part[i])) for i in order])


def tremors():
    """Forty readings of a ground sensor: quake, blast, truck or wind."""
    g = np.random.default_rng(304)
    names, rows = ["quake", "blast", "truck", "wind"], []
    t = np.arange(40)
    for i in range(300):
        k, at = i % 4, g.integers(3, 18)
        age = np.maximum(t - at, 0)
        on = (t >= at) * 1.0
        if k == 0:
            s = on * age / 6 * np.exp(1 - age / 6) * np.sin(age * g.uniform(1.0, 1.3))
        elif k == 1:
            s = on * np.exp(-age / 5) * np.sin(age * g.uniform(1.0, 1.3) + 1.5)
        elif k == 2:
            s = 0.7 * np.exp(-((t - at - 8) / 7) ** 2) * np.sin(t * g.uniform(2.0, 2.4) + g.uniform(0, 6))
        else:
            s = 0.5 * np.sin(t * g.uniform(0.35, 0.6) + g.uniform(0, 6))
        s = g.uniform(0.7, 1.5) * s + g.normal(0, 0.22, 40)
        rows.append((*[str(int(v)) for v in np.clip(s * 30, -99, 99)], names[k]))
    write("tremors.csv", [f"t{k}" for k in range(40)] + ["cause"], rows)


def tickets():
    """What a customer wrote; which desk answers."""
    g = np.random.default_rng(305)
    desk = ["billing", "shipping", "account", "repair"]
    own = [["invoice", "charged", "refund", "card", "receipt", "payment", "twice"],
           ["parcel", "late", "courier", "address", "lost", "box", "delivery"],
           ["login", "password", "email", "name", "delete", "locked", "code"],
           ["broken", "screen", "noise", "battery", "cable", "leaks", "button"]]
    common = "the my a is was it please again still and not yet for since you week order help new why with this".split()
    rows = []
    for i in range(420):
        k = i % 4
        words = list(g.choice(common, g.integers(4, 8)))
        words += list(g.choice(own[k], g.integers(1, 4)))
        if g.random() < 0.5:
            words.append(str(g.choice(own[g.integers(0, 4)])))
        g.shuffle(words)
        rows.append((" ".join(words), desk[k if g.random() > 0.04 else g.integers(0, 4)]))
    write("tickets.csv", ["message", "desk"], rows)


def auctions():
    """Paid for old clocks: maker, case, age, height, state; some unknown."""
    g = np.random.default_rng(306)
    n = 540
    makers, cases = ["Alder", "Brandt", "Corvi", "Dunn", "Ekman", "Fusil"], ["oak", "brass", "iron"]
    m, c = g.integers(0, 6, n), g.integers(0, 3, n)
    age, height, state = g.uniform(20, 220, n), g.gamma(4, 12, n), g.integers(1, 6, n)
    worth = 4 + np.array([0, 0.9, 0.3, -0.5, 1.4, 0.5])[m] + np.array([0, 0.4, -0.3])[c]
    worth = worth + 1.2 * ((age - 80) / 100) ** 2 + 0.25 * state * (m % 2) + 0.4 * np.log(height) + g.normal(0, 0.22, n)
    paid = np.exp(worth)
    fee = paid * 0.12 + g.normal(0, 3, n)
    rows = []
    for i in range(n):
        a = "" if g.random() < 0.12 else f"{age[i]:.0f}"
        h = "" if g.random() < 0.08 else f"{height[i]:.1f}"
        rows.append((makers[m[i]], cases[c[i]], a, h, f"{state[i]}", fee[i], paid[i]))
    write("clocks.csv", ["maker", "case", "age", "height", "state", "fee", "paid"], rows)


def meadows():
    """Which of three herbs grow on a meadow."""
    g = np.random.default_rng(307)
    n = 400
    x = g.normal(0, 1, (n, 5))
    a = x[:, 0] + x[:, 1] ** 2 - 0.8 + g.normal(0, 0.3, n) > 0
    b = x[:, 2] * x[:, 0] + 0.7 * x[:, 3] + g.normal(0, 0.3, n) > 0.2
    c = np.sin(2 * x[:, 4]) - 0.5 * x[:, 1] + g.normal(0, 0.3, n) > 0
    rows = [(5 + 2 * x[i, 0], 40 + 9 * x[i, 1], 6.5 + 0.5 * x[i, 2], 300 + 80 * x[i, 3], x[i, 4],
             str(int(a[i])), str(int(b[i])), str(int(c[i]))) for i in range(n)]
    write("meadows.csv", ["slope", "wet", "lime", "altitude", "south", "sorrel", "thyme", "yarrow"], rows)


def calls():
    """Calls at a desk each hour: a day, a week, and what lingers."""
    g = np.random.default_rng(308)
    t = np.arange(640)
    linger = np.zeros(640)
    for i in range(1, 640):
        linger[i] = 0.85 * linger[i - 1] + g.normal(0, 4)
    y = 80 + 35 * np.sin(2 * np.pi * t / 24) + 15 * np.sin(4 * np.pi * t / 24 + 1) + linger
    write("calls.csv", ["hour", "calls"], zip(t.astype(float), y))


def voters():
    """Whether somebody votes; nobody can tell for sure."""
    g = np.random.default_rng(309)
    n = 640
    x = g.normal(0, 1, (n, 5))
    s = 0.9 * x[:, 0] - 0.6 * x[:, 1] + 0.8 * x[:, 2] * (x[:, 0] > 0)
    yes = g.random(n) < 1 / (1 + np.exp(-s))
    rows = [(45 + 15 * x[i, 0], 3 + x[i, 1], x[i, 2], x[i, 3], 20 + 6 * x[i, 4], "yes" if yes[i] else "no") for i in range(n)]
    write("voters.csv", ["age", "moves", "interest", "trust", "distance", "votes"], rows)


def trout():
    """Grams of a trout by three lengths."""
    g = np.random.default_rng(310)
    n = 160
    length = g.uniform(12, 52, n)
    girth, tail = length * g.normal(0.55, 0.05, n), length * g.normal(0.2, 0.02, n)
    w = 0.03 * length * girth ** 2 * np.exp(g.normal(0, 0.05, n))
    write("trout.csv", ["length", "girth", "tail", "grams"], zip(length, girth, tail, w))


def lenses():
    """Blur of a lens behind two knobs, in tiny units of a meter; a smooth bend."""
    g = np.random.default_rng(311)
    n = 330
    a, b, c = g.uniform(-1, 1, n), g.uniform(-1, 1, n), g.uniform(-1, 1, n)
    y = np.sin(3 * a) * b + 0.6 * c ** 2 + 0.4 * a * c + g.normal(0, 0.06, n)
    write("lenses.csv", ["near", "far", "turn", "blur"], zip(a, b, c, y))
    write("lenses-meters.csv", ["near", "far", "turn", "blur"], zip(a / 4000, b / 4000, c / 4000, y))


for table in [kilns, lifts, honey, tremors, tickets, auctions, meadows, calls, voters, trout, lenses]:
    table()
