"""How often nine hidden ReLU layers learn XOR, by NumPy: lesson 10-1.

Weights uniform in [-1, 1], biases 0, a sigmoid at the end, full-batch descent
of rate 0.1 for 2001 steps in f32; learned means that all four rows are right
after the last step.
"""
import sys
import numpy as np

def run(seed, width, depth=9, steps=2001, rate=.1):
    g = np.random.default_rng(seed)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32); y = np.array([[0], [1], [1], [0]], np.float32)
    sizes = [2] + [width] * depth + [1]
    W = [g.uniform(-1, 1, s).astype(np.float32) for s in zip(sizes, sizes[1:])]
    b = [np.zeros(s, np.float32) for s in sizes[1:]]
    def forward():
        a = [x]
        for w, c in zip(W[:-1], b): a.append(np.maximum(a[-1] @ w + c, 0))
        return a, 1 / (1 + np.exp(-(a[-1] @ W[-1] + b[-1])))
    for _ in range(steps):
        a, p = forward(); d = (p - y) / np.float32(4)
        for k in range(depth, -1, -1):
            gw, gb = a[k].T @ d, d.sum(0)
            if k: d = (d @ W[k].T) * (a[k] > 0)
            W[k] -= np.float32(rate) * gw; b[k] -= np.float32(rate) * gb
    return bool(((forward()[1] > .5) == (y == 1)).all())

if __name__ == "__main__":
    width, seeds = int(sys.argv[1]), int(sys.argv[2])
    hits = sum(run(s, width) for s in range(seeds))
    print(width, hits, seeds, hits / seeds)
