"""JAX. Variants: jit; of xor also scan, all of its steps in one compiled loop."""

import jax
import jax.numpy as jnp
from jax import lax, nn

from workload import BETA_1, BETA_2, EPSILON, XOR_STEPS, pairs

VARIANTS = ("jit", "scan")
IMAGES = ("NHWC", "HWIO", "NHWC")
tree_map = jax.tree_util.tree_map


def mse(z, y):
    return jnp.mean((z - y) ** 2)


def binary_cross_entropy(z, y):
    p = nn.sigmoid(z)
    return -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))


def cross_entropy(z, y):
    return -jnp.mean(jnp.take_along_axis(nn.log_softmax(z), y[:, None], 1))


LOSSES = {"mse": mse, "binary_cross_entropy": binary_cross_entropy, "cross_entropy": cross_entropy}


def build(w, variant, threads, x, y, named):
    """The version and the function that makes one step and gives its loss or its output.

    JAX takes its number of threads from the processors it may run on, which
    peer.py has set.
    """
    x, y = jnp.asarray(x), jnp.asarray(y)
    first = [(jnp.asarray(kernel), jnp.asarray(bias)) for kernel, bias in pairs(w, named)]
    activation = nn.sigmoid if w.activation == "sigmoid" else nn.relu
    loss = LOSSES[w.loss]

    def drop(x, key):
        if not w.dropout or w.inference:
            return x, key
        key, k = jax.random.split(key)
        return jnp.where(jax.random.bernoulli(k, 1 - w.dropout, x.shape), x / (1 - w.dropout), 0), key

    convolutions = len(w.convolutions)
    first = [(jnp.asarray(named[f"conv2d_{k}.kernel"]), jnp.asarray(named[f"conv2d_{k}.bias"]))
             for k in range(1, convolutions + 1)] + first

    def network(p, x, key):
        for kernel, bias in p[:convolutions]:
            x = nn.relu(lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=IMAGES) + bias)
            x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")
            x, key = drop(x, key)
        if convolutions:
            x = x.reshape(len(x), -1)
        for kernel, bias in p[convolutions:-1]:
            x, key = drop(activation(x @ kernel + bias), key)
        return x @ p[-1][0] + p[-1][1]

    if w.inference:
        forward = jax.jit(lambda p, x: network(p, x, None))
        return jax.__version__, lambda: forward(first, x).block_until_ready()

    update = adam(w.rate) if w.optimizer == "adam" else sgd(w.rate)

    def train(state, x, y):
        p, slots, key = state
        used = key
        if w.dropout:
            key, used = jax.random.split(key)
        value, gradient = jax.value_and_grad(lambda p: loss(network(p, x, used), y))(p)
        return (*update(p, gradient, slots), key), value

    state = [(first, slots(first) if w.optimizer == "adam" else (), jax.random.key(0))]
    if variant == "scan":
        loop = jax.jit(lambda s, x, y: lax.fori_loop(0, XOR_STEPS, lambda _, s: train(s, x, y)[0], s))

        def all_steps():
            state[0] = loop(state[0], x, y)
            jax.block_until_ready(state[0])

        return jax.__version__, all_steps

    compiled = jax.jit(train, donate_argnums=0)

    def step():
        state[0], value = compiled(state[0], x, y)
        return float(value)

    return jax.__version__, step


def slots(p):
    return jnp.zeros((), jnp.float32), tree_map(jnp.zeros_like, p), tree_map(jnp.zeros_like, p)


def sgd(rate):
    return lambda p, g, s: (tree_map(lambda p, g: p - rate * g, p, g), s)


def adam(rate):
    def update(p, g, s):
        t = s[0] + 1
        m = tree_map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, s[1], g)
        v = tree_map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, s[2], g)
        a, b = 1 / (1 - BETA_1**t), 1 / (1 - BETA_2**t)
        return tree_map(lambda p, m, v: p - rate * a * m / (jnp.sqrt(b * v) + EPSILON), p, m, v), (t, m, v)

    return update
