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
    sizes: tuple  # features, units of each dense layer; of images from the first dense layer on
    rows: int
    loss: str  # "mse", "binary_cross_entropy" or "cross_entropy"
    optimizer: str  # "sgd", "momentum", "adam" or "none"
    rate: float
    activation: str = "relu"  # between the layers
    dropout: float = 0.0  # share of units set to 0 after each activation
    inference: bool = False
    image: tuple = None  # height, width, channels
    # Convolutions of 3x3 that keep the size, each with ReLU and max pooling of 2x2.
    filters: tuple = ()
    residual: bool = False  # ResNet-20
    # Tokens of a vocabulary of `sizes[-1]`, each telling the next: an embedding of
    # this width, and the units of each LSTM behind it.
    embedding: int = None
    recurrent: tuple = ()
    length: int = None
    # The rate of an export (see `checked`), where it is another.
    check_rate: float = None

    @property
    def layers(self):
        """The (inputs, units) of each dense layer."""
        return list(zip(self.sizes, self.sizes[1:]))

    @property
    def convolutions(self):
        """The (channels, filters) of each convolution before the dense layers."""
        return list(zip((self.image[2], *self.filters), self.filters)) if self.filters else []

    @property
    def whole_loop(self):
        """Whether the total of `XOR_STEPS` steps is measured, not one step."""
        return self.name == "xor"


CNN = {"image": (28, 28, 1), "filters": (32, 64, 128)}

# ResNet-20: the (channels, filters, stride) of its convolutions in order. Of a
# stride of 2 the way around takes every second cell and adds channels of zeros.
BLOCKS = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
RESIDUAL = [(3, 16, 1)] + [c for i, o, s in BLOCKS for c in ((i, o, s), (o, o, 1))]

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
        Workload("cnn", (2048, 625, 10), 100, "cross_entropy", "adam", 1e-3, **CNN, dropout=0.3, check_rate=3e-5),
        Workload(
            "cnn_small", (3136, 10), 100, "cross_entropy", "adam", 1e-3, image=(28, 28, 1), filters=(32, 64),
            check_rate=1e-4,
        ),
        Workload(
            "resnet20", (64, 10), 128, "cross_entropy", "momentum", 0.1, image=(32, 32, 3), residual=True,
            check_rate=1e-4,
        ),
        # The dense layer stands behind the last LSTM, at every step.
        Workload(
            "lstm", (128, 64), 32, "cross_entropy", "adam", 1e-3, embedding=64, recurrent=(128, 128), length=64,
            check_rate=1e-4,
        ),
        Workload("infer_cnn", (2048, 625, 10), 1, "cross_entropy", "none", 0.0, **CNN, inference=True),
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
    if w.recurrent:
        text = r.randint(0, w.sizes[-1], (w.rows, w.length + 1)).astype(np.int32)
        return text[:, :-1].copy(), text[:, 1:].copy()
    x = r.rand(w.rows, *(w.image or w.sizes[:1])).astype(np.float32)
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
    for k, (channels, filters) in enumerate(w.convolutions, 1):
        bound = (9 * channels) ** -0.5
        named[f"conv2d_{k}.kernel"] = r.uniform(-bound, bound, (3, 3, channels, filters)).astype(np.float32)
        named[f"conv2d_{k}.bias"] = r.uniform(-bound, bound, filters).astype(np.float32)
    for k, (channels, filters, _) in enumerate(RESIDUAL if w.residual else [], 1):
        bound = (9 * channels) ** -0.5
        named[f"conv2d_{k}.kernel"] = r.uniform(-bound, bound, (3, 3, channels, filters)).astype(np.float32)
        named[f"batch_norm_{k}.gamma"] = r.uniform(0.5, 1.5, filters).astype(np.float32)
        named[f"batch_norm_{k}.beta"] = r.uniform(-0.1, 0.1, filters).astype(np.float32)
    if w.recurrent:
        named["embedding_1.embeddings"] = r.uniform(-1, 1, (w.sizes[-1], w.embedding)).astype(np.float32)
    for k, (inputs, units) in enumerate(zip((w.embedding, *w.recurrent), w.recurrent), 1):
        bound = units**-0.5
        for name, rows in (("kernel", inputs), ("recurrent_kernel", units)):
            named[f"lstm_{k}.{name}"] = r.uniform(-bound, bound, (rows, 4 * units)).astype(np.float32)
        named[f"lstm_{k}.bias"] = r.uniform(-bound, bound, 4 * units).astype(np.float32)
    for k, (inputs, units) in enumerate(w.layers, 1):
        bound = inputs**-0.5
        named[f"dense_{k}.kernel"] = r.uniform(-bound, bound, (inputs, units)).astype(np.float32)
        named[f"dense_{k}.bias"] = r.uniform(-bound, bound, units).astype(np.float32)
    return named


def pairs(w, named):
    """The (kernel, bias) of each layer in order."""
    return [(named[f"dense_{k}.kernel"], named[f"dense_{k}.bias"]) for k in range(1, len(w.layers) + 1)]
