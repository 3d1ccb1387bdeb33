"""Makes the data sets beside this file from scikit-learn's copies of the UCI sets.

    python make.py

Needs numpy and scikit-learn (made with 1.9.1). The result depends on the data
only: gzip headers carry no time and no name. See DATA.md for authors and licence.
"""

import gzip
import pathlib

import numpy as np
from sklearn import datasets

HERE = pathlib.Path(__file__).parent


def write(name, content):
    # The operating system byte of the header differs between Python versions.
    packed = bytearray(gzip.compress(content, compresslevel=9, mtime=0))
    packed[9] = 255
    (HERE / name).write_bytes(packed)
    print(f"{name}: {len(content)} bytes, packed {len(packed)}")


def table(name, loader, columns, target):
    """A CSV with a header; numbers as the source prints them, classes by name."""
    data = loader()
    lines = [",".join([*columns, target])]
    for row, label in zip(data.data, data.target):
        cells = [repr(float(value)).removesuffix(".0") for value in row]
        assert all(float(cell) == value for cell, value in zip(cells, row))
        lines.append(",".join([*cells, str(data.target_names[label])]))
    write(name, ("\n".join(lines) + "\n").encode())


def digits():
    """1,797 labels, then 1,797 images of 8x8 bytes 0..16, row by row."""
    data = datasets.load_digits()
    images = data.data.astype(np.uint8)
    assert images.shape == (1797, 64) and images.max() == 16 and (images == data.data).all()
    labels = data.target.astype(np.uint8)
    write("digits.gz", labels.tobytes() + images.tobytes())


digits()
table(
    "iris.csv.gz",
    datasets.load_iris,
    ["sepal_length", "sepal_width", "petal_length", "petal_width"],
    "species",
)
table(
    "wine.csv.gz",
    datasets.load_wine,
    [name.replace("/", "_") for name in datasets.load_wine().feature_names],
    "cultivar",
)
table(
    "breast_cancer.csv.gz",
    datasets.load_breast_cancer,
    [name.replace(" ", "_") for name in datasets.load_breast_cancer().feature_names],
    "diagnosis",
)
