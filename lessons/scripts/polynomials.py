"""Expected numbers of lesson 07-1: polynomial fits of a noisy sine, by NumPy.

y = sin(pi x) + N(0, 0.2), 10 rows, x uniform in [-1, 1]; the test rows are 1000
of the same law. Medians over 200 repeats. The ridge cost is the mean squared
error plus lambda times the sum of the squared coefficients, without the constant.
"""
import numpy as np

def run(degree, lam, repeats=200, rows=10, noise=0.2, kind="mean", bias=False):
    train, test, norm = [], [], []
    for seed in range(repeats):
        g = np.random.default_rng(seed)
        x = g.uniform(-1, 1, rows); y = np.sin(np.pi * x) + g.normal(0, noise, rows)
        u = g.uniform(-1, 1, 1000); v = np.sin(np.pi * u) + g.normal(0, noise, 1000)
        X, U = np.vander(x, degree + 1, increasing=True), np.vander(u, degree + 1, increasing=True)
        if lam == 0:
            w = np.linalg.lstsq(X, y, rcond=None)[0]
        else:
            penalty = np.eye(degree + 1) * lam * (rows if kind == "mean" else 1)
            if not bias: penalty[0, 0] = 0
            w = np.linalg.solve(X.T @ X + penalty, X.T @ y)
        train.append(np.mean((X @ w - y) ** 2)); test.append(np.mean((U @ w - v) ** 2))
        norm.append(np.linalg.norm(w if bias else w[1:]))
    return [float(np.median(a)) for a in (train, test, norm)]

if __name__ == "__main__":
    for degree in (1, 3, 9):
        print(degree, run(degree, 0))
    for lam in (0, 1e-6, 1e-4, 1e-3, 1e-2, .1, 1, 10, 100):
        print(lam, [run(9, lam, kind=k, bias=b) for k in ("mean", "sum") for b in (False, True)])
