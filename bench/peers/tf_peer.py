"""TensorFlow with Keras. Variants: graph (tf.function), xla (with its compiler).

Keras adds Adam's epsilon before the bias correction, the others after it, so its
first step differs by a few parts in a million.
"""

import keras
import tensorflow as tf
from keras import layers

from workload import BETA_1, BETA_2, EPSILON, pairs

VARIANTS = ("graph", "xla")


def build(w, variant, threads, x, y, named):
    """The version and the function that makes one step and gives its loss or its output."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(0)
    model = network(w, named)
    x, y = tf.constant(x), tf.constant(y)
    compiler = variant == "xla"
    if w.inference:
        forward = tf.function(lambda x: model(x, training=False), jit_compile=compiler)
        return tf.__version__, lambda: forward(x).numpy()

    loss = {
        "mse": keras.losses.MeanSquaredError,
        "binary_cross_entropy": keras.losses.BinaryCrossentropy,
        "cross_entropy": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }[w.loss]()
    optimizer = (
        keras.optimizers.Adam(w.rate, BETA_1, BETA_2, EPSILON)
        if w.optimizer == "adam"
        else keras.optimizers.SGD(w.rate)
    )
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=compiler)
    def train(x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        gradient = tape.gradient(value, model.trainable_variables)
        optimizer.apply_gradients(zip(gradient, model.trainable_variables))
        return value

    return tf.__version__, lambda: float(train(x, y))


def network(w, named):
    dense = []
    x = h = keras.Input((w.sizes[0],))
    for units in w.sizes[1:-1]:
        dense.append(layers.Dense(units, w.activation))
        h = dense[-1](h)
        h = layers.Dropout(w.dropout)(h) if w.dropout else h
    dense.append(layers.Dense(w.sizes[-1], "sigmoid" if w.loss == "binary_cross_entropy" else None))
    model = keras.Model(x, dense[-1](h))
    for layer, values in zip(dense, pairs(w, named)):
        layer.set_weights(values)
    return model
