"""Prints the f32 coefficients of every polynomial in this crate, each with its largest weighted error.

Needs mpmath and numpy. Method: a minimax fit by Lawson's algorithm; then the lowest coefficient is rounded to
f32, the others are fitted again around it, and so on, so that each absorbs the rounding of those before it.
"""
import struct

import numpy as np
from mpmath import mp, mpf, expm1, log, tanh, atanh, erf, erfc, sqrt, cos, pi

mp.dps = 40


def to_f32(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def minimax(values, weights, columns):
    """Coefficients c with max |weights (columns c - values)| least, by Lawson's reweighted least squares."""
    emphasis = np.full(len(values), 1 / len(values))
    best, best_error = None, np.inf
    for _ in range(300):
        scale = np.sqrt(emphasis) * weights
        size = np.abs(columns * scale[:, None]).max(axis=0)
        solution = np.linalg.lstsq(columns * scale[:, None] / size, values * scale, rcond=None)[0] / size
        error = np.abs(weights * (columns @ solution - values))
        if error.max() < best_error:
            best, best_error = solution, error.max()
        emphasis *= error
        emphasis /= emphasis.sum()
    return best


def fit(name, target, weight, degree, low, high):
    low, high = mpf(low), mpf(high)
    # Chebyshev points are dense at the borders, where the error has its extremes. Their number is even, so
    # that none is 0, where some weights vanish.
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf("0.5")) / 1000) for i in range(1000)]
    targets = [target(x) for x in grid]
    weights = np.array([float(weight(x)) for x in grid])
    left = lambda fixed: np.array([float(t - sum(c * x**j for j, c in enumerate(fixed))) for x, t in zip(grid, targets)])
    fixed = []
    for first in range(degree + 1):
        columns = np.array([[float(x**j) for j in range(first, degree + 1)] for x in grid])
        fixed.append(mpf(to_f32(minimax(left(fixed), weights, columns)[0])))
    error = np.abs(weights * left(fixed)).max()
    print(f"{name}: error 2^{np.log2(error):.1f}")
    print("    " + ", ".join(repr_f32(c) for c in fixed))


def repr_f32(x):
    """The shortest decimal that reads back as the same f32."""
    for digits in range(1, 12):
        text = f"{float(x):.{digits}g}"
        if to_f32(float(text)) == float(x):
            return text
    return repr(float(x))


def split(name, x, head_bits=24):
    """x as a head of so many bits and an f32 tail."""
    scale = mpf(2) ** (head_bits - 1 - int(mp.floor(log(x, 2))))
    head = mp.nint(x * scale) / scale
    print(f"{name}: head {float(head)!r}, tail {repr_f32(to_f32(x - head))}")


tiny = mpf("1e-12")
half = log(mpf(2)) / 2 * mpf("1.001")
split("ln 2", log(mpf(2)))
split("ln 2, head of 16 bits", log(mpf(2)), 16)
fit("exp: (e^r - 1 - r) / r^2", lambda r: (expm1(r) - r) / r**2, lambda r: abs(r**2 / expm1(r)), 4, -half, half)
f_low, f_high = sqrt(mpf("0.5")) - 1, sqrt(mpf(2)) - 1
fit("log: (log(1 + f) - f) / f^2", lambda f: (log(1 + f) - f) / f**2, lambda f: abs(f**2 / log(1 + f)), 8, f_low, f_high)
root = lambda g: (lambda z: g(sqrt(z)))
fit("tanh: (tanh x - x) / x^3 in x^2", root(lambda x: (tanh(x) - x) / x**3), root(lambda x: x**3 / tanh(x)), 4, tiny, mpf("0.6") ** 2)
fit("erf: erf x / x - 1 in x^2", root(lambda x: erf(x) / x - 1), root(lambda x: x / erf(x)), 6, tiny, 1)
fit("erf: log erfc x", lambda x: log(erfc(x)), lambda x: erfc(x) / erf(x), 6, mpf("0.99"), 4)
fit("pow: (2 atanh s - 2 s) / s^3 in s^2", root(lambda s: (2 * atanh(s) - 2 * s) / s**3), root(lambda s: s**3 / (2 * atanh(s))), 3, tiny, mpf("0.1716") ** 2)
