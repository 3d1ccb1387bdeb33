"""TensorFlow with Keras. Variants: graph (tf.function), xla (with its compiler).

Keras adds Adam's epsilon before the bias correction, the others after it, so its
first step differs by a few parts in a million.
"""

import keras
import tensorflow as tf
from keras import layers

from workload import BETA_1, BETA_2, EPSILON, RESIDUAL, pairs

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
        else keras.optimizers.SGD(w.rate, momentum=0.9 if w.optimizer == "momentum" else 0.0)
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
    x = h = keras.Input(w.image or (w.sizes[0],))
    convolutions = []
    for _, filters in w.convolutions:
        convolutions.append(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        h = layers.MaxPool2D(2, padding="same")(convolutions[-1](h))
        h = layers.Dropout(w.dropout)(h) if w.dropout else h
    if w.filters:
        h = layers.Flatten()(h)
    if w.residual:
        h = residual(h, named)
    for units in w.sizes[1:-1]:
        dense.append(layers.Dense(units, w.activation))
        h = dense[-1](h)
        h = layers.Dropout(w.dropout)(h) if w.dropout else h
    dense.append(layers.Dense(w.sizes[-1], "sigmoid" if w.loss == "binary_cross_entropy" else None))
    model = keras.Model(x, dense[-1](h))
    for k, layer in enumerate(convolutions, 1):
        layer.set_weights([named[f"conv2d_{k}.kernel"], named[f"conv2d_{k}.bias"]])
    for layer, values in zip(dense, pairs(w, named)):
        layer.set_weights(values)
    return model


def residual(x, named):
    def normalized(x, k):
        channels, filters, stride = RESIDUAL[k - 1]
        # A padding of 1 on each side: with a stride of 2 Keras would pad on one only.
        padded = layers.ZeroPadding2D(1)(x) if stride > 1 else x
        conv = layers.Conv2D(filters, 3, stride, "valid" if stride > 1 else "same", use_bias=False)
        norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        y = norm(conv(padded))
        conv.set_weights([named[f"conv2d_{k}.kernel"]])
        norm.gamma.assign(named[f"batch_norm_{k}.gamma"])
        norm.beta.assign(named[f"batch_norm_{k}.beta"])
        return y

    x = layers.ReLU()(normalized(x, 1))
    for k in range(2, len(RESIDUAL), 2):
        channels, filters, stride = RESIDUAL[k - 1]
        y = normalized(layers.ReLU()(normalized(x, k)), k + 1)
        if stride > 1:
            missing = filters - channels
            x = layers.Lambda(
                lambda x, n=missing: tf.pad(x[:, ::2, ::2], [[0, 0]] * 3 + [[n // 2, n - n // 2]])
            )(x)
        x = layers.ReLU()(layers.Add()([y, x]))
    return layers.GlobalAveragePooling2D()(x)
