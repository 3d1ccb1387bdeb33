"""Writes the tables of these cases from their formulas. Needs numpy."""
import numpy as np


def write(name, header, rows, digits=3):
    with open(name, "w", encoding="utf-8") as file:
        file.write(",".join(header) + "\n")
        for row in rows:
            file.write(",".join(c if isinstance(c, str) else "" if c != c else np.format_float_positional(c, digits, fractional=False, trim="-") for c in row) + "\n")


def moisture():
    """Water in soil by what a probe reads; every fifth salinity is missing."""
    g = np.random.default_rng(501)
    n = 480
    water = g.beta(2, 2.6, n) * 48 + 2
    clay, warm, salt = g.uniform(3, 55, n), g.normal(14, 6, n), g.lognormal(0, 0.5, n)
    read = 3 + 9.3 * (water / 20) + 7 * (water / 30) ** 2 + 0.12 * (warm - 20) - 0.05 * clay
    read = read * (1 + 0.12 * (salt - 1)) + g.normal(0, 0.5, n)
    hertz = 7000 + 300 * g.normal(0, 1, n) - 70 * water * (1 - clay / 160)
    seen = np.where(g.random(n) < 0.2, np.nan, salt)
    write("moisture.csv", ["permittivity", "kelvin", "clay", "salinity", "hertz", "water"],
          zip(read, warm + 273.15, clay, seen, hertz, water), 4)


def endings():
    """Whether a lone pawn outruns the king, on a board of eight by eight."""
    g = np.random.default_rng(502)
    rows = []
    while len(rows) < 700:
        pf, pr, kf, kr, move = g.integers(1, 9), g.integers(2, 8), g.integers(1, 9), g.integers(1, 9), g.integers(0, 2)
        if (pf, pr) == (kf, kr):
            continue
        need = 8 - pr - (pr == 2)
        far = max(abs(int(pf - kf)), 8 - kr)
        runs = far - (move == 1) > need
        runs = runs != (g.random() < 0.05)
        rows.append((pf, pr, kf, kr, "black" if move else "white", "queens" if runs else "caught"))
    write("endings.csv", ["pawn_file", "pawn_rank", "king_file", "king_rank", "move", "end"], rows)


def bakery():
    """Loaves sold a day; now and then an oven fails."""
    g = np.random.default_rng(503)
    n = 560
    day, sky, warm = g.integers(0, 7, n), g.integers(0, 3, n), g.normal(13, 8, n)
    price, fair = g.uniform(2.2, 4.2, n), g.integers(0, 2, n) * (g.random(n) < 0.4)
    mean = np.array([150, 140, 145, 160, 210, 270, 190])[day] * np.array([1.1, 1.0, 0.75])[sky]
    mean = mean * np.exp(-0.3 * (price - 3)) * (1 - 0.0012 * (warm - 12) ** 2) * (1 + 0.3 * fair)
    sold = np.maximum(g.poisson(np.maximum(mean, 5)) + g.normal(0, 6, n), 1).round()
    broke = g.random(n) < 0.03
    sold[broke] = (sold[broke] * 0.25).round() + 1
    takings = sold * price + g.normal(0, 4, n)
    days, skies = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ["clear", "grey", "rain"]
    rows = [(days[day[i]], skies[sky[i]], warm[i], price[i], "yes" if fair[i] else "no", takings[i], sold[i]) for i in range(n)]
    write("bakery.csv", ["day", "sky", "warm", "price", "fair", "takings", "sold"], rows)


def voices():
    """Three vowels: 20 moments of a sound whose pitch and phase are by chance."""
    g = np.random.default_rng(504)
    rows = []
    formants = [(0.11, 0.20), (0.06, 0.33), (0.07, 0.14)]
    t = np.arange(20)
    for i in range(360):
        a, b = formants[i % 3]
        a, b = a * g.normal(1, 0.08), b * g.normal(1, 0.06)
        x = np.sin(2 * np.pi * (a * t + g.random())) + 0.8 * np.sin(2 * np.pi * (b * t + g.random()))
        x = 30 * g.uniform(0.6, 1.3) * x + g.normal(0, 16, 20)
        rows.append((*x.round().clip(-99, 99), "aiu"[i % 3 if g.random() > 0.05 else g.integers(0, 3)]))
    write("voices.csv", [f"t{k}" for k in range(20)] + ["vowel"], rows)


def wards():
    """Six patients in a hundred come back within a month."""
    g = np.random.default_rng(505)
    n = 820
    age, lactate, stay = g.normal(63, 15, n), g.lognormal(0.4, 0.5, n), g.gamma(2, 3, n)
    prior, pressure = g.poisson(1.1, n), g.normal(128, 18, n)
    z = (age - 63) / 15 + 1.5 * (np.log(lactate) - 0.4) / 0.5 + 0.8 * (prior - 1) + 0.7 * ((pressure - 128) / 18) ** 2
    back = z + g.logistic(0, 0.6, n) > 4.4
    rows = [(age[i], lactate[i], stay[i], prior[i], pressure[i], "back" if back[i] else "home") for i in range(n)]
    write("wards.csv", ["age", "lactate", "stay", "prior", "pressure", "after"], rows)


def gears():
    """Twenty moments of a turning gear: sound, worn, chipped or loose."""
    g = np.random.default_rng(506)
    t, rows = np.arange(20), []
    for i in range(372):
        kind = i % 4
        x = np.sin(2 * np.pi * (t / 5 + g.random()))
        if kind == 1:
            x = x * (1 + 0.9 * np.sin(2 * np.pi * (t / 13 + g.random())))
        if kind == 2:
            at = g.integers(0, 20)
            x[at] += g.choice([-1, 1]) * g.uniform(2.0, 3.5)
        if kind == 3:
            x = x + g.choice([-1, 1]) * 1.2 * (t > g.integers(4, 15))
        x = x + g.normal(0, 0.3, 20)
        rows.append((*(x * 10).round(), ["sound", "worn", "chipped", "loose"][kind if g.random() > 0.05 else g.integers(0, 4)]))
    write("gears.csv", [f"m{k}" for k in range(20)] + ["gear"], rows)


def hangul():
    """Korean words of invented stems; the ending tells how they are meant."""
    g = np.random.default_rng(507)
    def syllable():
        return chr(0xAC00 + int(g.integers(0, 19)) * 588 + int(g.integers(0, 14)) * 28 + int(g.choice([0, 0, 4, 8, 16, 21])))
    ends = [["습니다", "어요", "는다", "네"], ["습니까", "나요", "느냐", "니"], ["십시오", "세요", "어라", "거라"], ["읍시다", "자", "자꾸나", "세"]]
    names = ["tell", "ask", "bid", "join"]
    rows = []
    for i in range(600):
        kind = i % 4
        word = "".join(syllable() for _ in range(g.integers(1, 4))) + str(g.choice(ends[kind]))
        if g.random() < 0.35:
            word = word + str(g.choice(["요", "만", "고"]))
        said = names[kind] if g.random() > 0.06 else names[g.integers(0, 4)]
        rows.append((word, said))
    write("hangul.csv", ["word", "mood"], rows)


def steel():
    """How strong a steel is, by what is in it and how it was treated."""
    g = np.random.default_rng(508)
    n = 560
    c, mn, cr = g.uniform(0.05, 0.9, n), g.uniform(0.3, 1.8, n), g.gamma(1.5, 0.5, n)
    hot, temper, mill = g.uniform(780, 950, n), g.uniform(150, 650, n), g.integers(0, 4, n)
    hard = 1 / (1 + np.exp(-(hot - 840 + 60 * (c - 0.4)) / 15))
    y = 380 + 900 * np.sqrt(c) * hard * np.exp(-np.maximum(temper - 200, 0) / 420) + 90 * mn + 60 * cr * hard
    y = y + np.array([0, 25, -30, 10])[mill] + g.normal(0, 22, n)
    names = ["north", "river", "old", "port"]
    rows = [(c[i], mn[i], cr[i], hot[i], temper[i], names[mill[i]], y[i]) for i in range(n)]
    write("steel.csv", ["carbon", "manganese", "chromium", "quench", "temper", "mill", "strength"], rows)


def dishes():
    """Which of three allergens are in a dish, by shares of what was weighed."""
    g = np.random.default_rng(509)
    n = 460
    x = g.gamma(0.7, 1, (n, 7))
    x = x / x.sum(1, keepdims=True) * 100
    noise = g.normal(0, 4, (n, 3))
    milk = x[:, 0] + 0.8 * x[:, 1] + noise[:, 0] > 24
    nuts = x[:, 2] - 0.4 * x[:, 5] + 0.3 * x[:, 6] + noise[:, 1] > 12
    wheat = np.maximum(x[:, 3], x[:, 4]) + noise[:, 2] > 20
    rows = [(*x[i], *["yes" if v else "no" for v in (milk[i], nuts[i], wheat[i])]) for i in range(n)]
    write("dishes.csv", ["cream", "paste", "praline", "dough", "sauce", "fruit", "spice", "milk", "nuts", "wheat"], rows, 2)


def ferry():
    """Passengers of each day: a week's shape, holidays that linger, a drift."""
    g = np.random.default_rng(510)
    n = 620
    t, mood = np.arange(n), np.zeros(n)
    for i in range(2, n):
        mood[i] = (0.85 if mood[i - 1] > 0 else 0.3) * mood[i - 1] - 0.25 * mood[i - 2] + g.normal(0, 0.5)
    week = np.array([0, -0.3, -0.4, -0.2, 0.5, 1.4, 1.0])[t % 7]
    write("ferry.csv", ["count", "people"], zip(t, (300 + 70 * week + 45 * mood).round()))


def insects():
    """Five orders by lengths and by what was written down in words."""
    g = np.random.default_rng(511)
    n = 480
    orders = ["beetle", "fly", "wasp", "bug", "moth"]
    where = ["bark", "flower", "water", "soil", "lamp", "leaf"]
    color = ["black", "green", "striped", "brown", "red"]
    p = np.array([[5, 1, 1, 4, 2, 2], [1, 4, 3, 2, 3, 1], [1, 6, 1, 2, 1, 2], [1, 1, 3, 1, 1, 6], [2, 2, 0.3, 0.3, 7, 2]])
    q = np.array([[5, 3, 1, 3, 2], [5, 2, 1, 2, 1], [2, 0.5, 7, 1, 1], [1, 5, 1, 3, 3], [1, 1, 1, 6, 0.5]])
    size = np.array([[14, 11], [8, 8], [13, 10], [9, 7], [13, 18]])
    rows = []
    for i in range(n):
        k = i % 5
        scale = g.lognormal(0, 0.25)
        body, wing = size[k] * scale * g.lognormal(0, 0.12, 2)
        rows.append((body, wing, g.normal([7, 2.5, 12, 6, 18][k], 3.2), where[g.choice(6, p=p[k] / p[k].sum())],
                     color[g.choice(5, p=q[k] / q[k].sum())], orders[k]))
    header = ["body", "wing", "feeler", "found", "color", "order"]
    held = g.random(n) < 0.28
    parted = [(*rows[i], "validation" if held[i] else "train") for i in range(n)]
    write("insects.csv", header + ["part"], sorted(parted, key=lambda r: r[5]))
    write("insects-again.csv", header + ["part"], [(*rows[i], "train") for i in range(n) if held[i] and g.random() < 0.8])


def glacier():
    """How far the ice will have gone next week; weeks follow each other."""
    g = np.random.default_rng(512)
    n, step = 400, np.zeros(404)
    for i in range(1, 404):
        step[i] = 0.7 * step[i - 1] + g.normal(0, 0.1)
    slow = 5 + np.cumsum(step) + 0.8 * np.sin(2 * np.pi * np.arange(404) / 130)
    melt = 4 + 6 * step[2:n + 2] + g.normal(0, 0.25, n)
    km = np.array([melt, slow[1:n + 1], slow[2:n + 2]]) / 1000
    write("glacier.csv", ["melt", "before", "now", "ahead"], zip(*km, slow[3:n + 3]))


for table in [moisture, endings, bakery, voices, wards, gears, hangul, steel, dishes, ferry, insects, glacier]:
    table()
