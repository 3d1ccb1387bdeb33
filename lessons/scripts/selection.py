"""Expected numbers of lesson 07-2, by NumPy: noise labels.

Memory: logistic regression on 100 rows of 200 normal features with labels by
chance; accuracy on these rows and on 1000 others. Selection: of 1000 random
linear models over 50 features the best on a part of 100 rows; its accuracy on
that part and on 5000 fresh rows.
"""
import numpy as np

def memory(seed):
    g = np.random.default_rng(seed)
    x, y = g.normal(size=(100, 200)), g.integers(0, 2, 100)
    u, v = g.normal(size=(1000, 200)), g.integers(0, 2, 1000)
    w, b = np.zeros(200), 0.0
    for _ in range(200):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        w -= .1 * x.T @ (p - y) / 100; b -= .1 * np.mean(p - y)
    return np.mean((x @ w + b > 0) == y), np.mean((u @ w + b > 0) == v)

def selection(seed, by, columns=50, models=1000):
    g = np.random.default_rng(seed)
    part = lambda rows: (g.normal(size=(rows, columns)), g.integers(0, 2, rows) == 1)
    val, test, fresh = part(100), part(100), part(5000)
    W = g.normal(size=(columns, models))
    score = lambda p, w: np.mean((p[0] @ w > 0) == p[1][:, None], axis=0)
    best = np.argmax(score(test if by == "test" else val, W))
    w = W[:, best:best + 1]
    return float(score(test, w)[0]), float(score(fresh, w)[0])

if __name__ == "__main__":
    m = np.array([memory(s) for s in range(20)])
    print("memory", np.median(m, axis=0), m.min(axis=0), m.max(axis=0))
    for by in ("test", "validation"):
        s = np.array([selection(k, by) for k in range(100)])
        print(by, np.median(s, axis=0), s.min(axis=0), s.max(axis=0))
