"""The table of lab 07 and what gradient descent does on it, by NumPy in f64.

Eight days of a share that never was: prices near 800, volumes near a million.
Weights begin at 0, so nothing depends on a draw. Raw columns and columns scaled
to 0..1 by their smallest and largest value; the cost is the mean of squared
errors of the target scaled in the same way.
"""
import numpy as np

g = np.random.default_rng(77)
first = np.round(800 + np.cumsum(g.normal(0, 6, 8)), 1)
volume = np.round(g.normal(1.4e6, 3e5, 8), -2)
low = np.round(first - g.gamma(2, 3, 8), 1)
close = np.round(0.4 * first + 0.6 * low + g.normal(2, 2, 8), 1)
X, y = np.stack([first, volume, low], 1), close


def ones(x):
    return np.hstack([x, np.ones((len(x), 1))])


def bound(x):
    return 2 / np.linalg.eigvalsh(2 / len(x) * ones(x).T @ ones(x)).max()


def costs(x, y, rate, steps):
    a, w, found = ones(x), np.zeros(x.shape[1] + 1), []
    for _ in range(steps):
        error = a @ w - y
        found.append((error**2).mean())
        w -= rate * 2 / len(x) * a.T @ error
    return found


def floor(x, y):
    w = np.linalg.lstsq(ones(x), y, rcond=None)[0]
    return ((ones(x) @ w - y) ** 2).mean()


if __name__ == "__main__":
    for row in np.column_stack([X, y]):
        print("  [" + ", ".join(f"{v:.1f}" for v in row) + "],")
    scaled = (X - X.min(0)) / (X.max(0) - X.min(0))
    target = (y - y.min()) / (y.max() - y.min())
    print("bound, raw", bound(X), "scaled", bound(scaled))
    raw = costs(X, y, 1e-5, 4)
    print("raw at 1e-5", raw)
    slow, right = costs(scaled, target, 1e-5, 101), costs(scaled, target, 0.1, 2001)
    print("scaled at 1e-5: step 0", slow[0], "step 100", slow[100], "ratio", slow[100] / slow[0])
    print("scaled at 0.1: step 100", right[100], "step 2000", right[2000], "floor", floor(scaled, target))
