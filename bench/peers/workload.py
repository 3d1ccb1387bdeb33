"""The workloads: what every framework computes, its data and its first weights.

All of it is f32. A timed step is forward, loss, backward and update, with the
loss read; of an `infer_` workload it is the forward pass of one row.
"""

from dataclasses import dataclass, replace

import numpy as np

XOR_STEPS = 10_001
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Workload:
    """One network, its loss and its optimizer."""

    name: str
    sizes: tuple  # features, units of each dense layer
    rows: int
    loss: str  # "mse", "binary_cross_entropy" or "cross_entropy"
    optimizer: str  # "sgd", "adam" or "none"
    rate: float
    activation: str = "relu"  # between the layers
    dropout: float = 0.0  # share of units set to 0 after each activation
    inference: bool = False
    # The rate of an export (see `checked`), where it is another.
    check_rate: float = None

    @property
    def layers(self):
        """The (inputs, units) of each dense layer."""
        return list(zip(self.sizes, self.sizes[1:]))

    @property
    def whole_loop(self):
        """Whether the total of `XOR_STEPS` steps is measured, not one step."""
        return self.name == "xor"


WORKLOADS = {
    w.name: w
    for w in (
        Workload("linreg", (3, 1), 1_000_000, "mse", "sgd", 0.01),
        Workload("xor", (2, 2, 1), 4, "binary_cross_entropy", "sgd", 1.0, activation="sigmoid"),
        Workload("softmax", (784, 10), 100, "cross_entropy", "sgd", 0.1),
        Workload("mlp", (784, 256, 256, 10), 100, "cross_entropy", "adam", 1e-3, check_rate=7e-5),
        Workload(
            "mlp_deep", (784, 512, 512, 512, 512, 10), 100, "cross_entropy", "adam", 1e-3, dropout=0.3, check_rate=3e-5
        ),
        Workload("infer_mlp", (784, 256, 256, 10), 1, "cross_entropy", "none", 0.0, inference=True),
    )
}


def checked(w, rate=None):
    """The workload as frameworks are compared: no dropout, a rate that rounding does not rule.

    At Adam's 1e-3 the 100 rows are learned by heart within 50 steps, and what is
    left of the loss is rounding: after 100 steps of mlp_deep torch's loss is 2.5
    times that of the same equations in f64, JAX's three quarters of it. At the
    rates here torch, JAX, TensorFlow and f64 agree within 5e-4, while a beta_1 of
    0.89 or a beta_2 of 0.99 moves the loss by more than 1e-2.
    """
    return replace(w, dropout=0.0, rate=rate or w.check_rate or w.rate)


def data(w):
    """Features and target: random but fixed, the target of classes as integers."""
    r = np.random.RandomState(0)
    if w.name == "xor":
        return np.float32([[0, 0], [0, 1], [1, 0], [1, 1]]), np.float32([[0], [1], [1], [0]])
    x = r.rand(w.rows, w.sizes[0]).astype(np.float32)
    if w.loss == "mse":
        noise = r.rand(w.rows, 1).astype(np.float32)
        return x, x @ np.float32([[1], [2], [3]]) + np.float32(0.5) + np.float32(0.1) * noise
    return x, r.randint(0, w.sizes[-1], w.rows).astype(np.int32)


def weights(w):
    """First weights by name, uniform in ±1/√inputs.

    The biases are random too: a bias of zeros would not show that it is read.
    """
    r = np.random.RandomState(1)
    named = {}
    for k, (inputs, units) in enumerate(w.layers, 1):
        bound = inputs**-0.5
        named[f"dense_{k}.kernel"] = r.uniform(-bound, bound, (inputs, units)).astype(np.float32)
        named[f"dense_{k}.bias"] = r.uniform(-bound, bound, units).astype(np.float32)
    return named


def pairs(w, named):
    """The (kernel, bias) of each layer in order."""
    return [(named[f"dense_{k}.kernel"], named[f"dense_{k}.bias"]) for k in range(1, len(w.layers) + 1)]
