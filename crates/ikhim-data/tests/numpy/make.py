"""Writes the NumPy files that the tests read: python make.py, with NumPy 2."""

from pathlib import Path

import numpy as np

here = Path(__file__).parent
images = (np.arange(6 * 3 * 2) % 251).astype(np.uint8).reshape(6, 3, 2)
labels = np.array([0, 1, 2, 0, 1, 2])
np.savez(here / "parts.npz", x_train=images[:4], y_train=labels[:4], x_test=images[4:], y_test=labels[4:])
table = np.array([[0.5, -1.25, 3.0], [1.5, 2.0, 4.0], [np.nan, 0.0, 5.0]])
np.savez_compressed(here / "packed.npz", X=table, y=np.array([[1.5], [2.5], [4.0]], dtype=np.float32))
np.save(here / "table.npy", table)
np.save(here / "fortran.npy", np.asfortranarray(table.astype(">f4")))
np.savez(here / "words.npz", features=table.astype(np.float32), labels=np.array(["가", "나다", "가"]))
