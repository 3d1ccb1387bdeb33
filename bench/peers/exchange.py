"""The exchange file: a peer's data, first weights and losses, for `ikhim bench --check FILE`.

The file is in the safetensors format: the length of the header as a u64, the
header as JSON, then the bytes of the tensors, all little-endian. Its tensors:

    data.features    f32 [rows, features], of images [rows, height, width, channels]
    data.target      f32 [rows, 1] of linreg and xor; i32 [rows], the class, of the others
    dense_1.kernel   f32 [inputs, units], before the first step
    dense_1.bias     f32 [units]
    dense_2.kernel   and so on, one kernel and one bias for each layer
    conv2d_1.kernel  f32 [height, width, channels, filters], and conv2d_1.bias
    batch_norm_1.gamma, batch_norm_1.beta   f32 [channels]
                     of resnet20, whose convolutions have no bias and whose layers
                     are numbered in the order in which they are computed, those
                     inside of blocks too

    embedding_1.embeddings   f32 [vocabulary, width] of lstm, whose features and
                     target are i32 [rows, steps]
    lstm_1.kernel, lstm_1.recurrent_kernel   f32 [inputs or units, 4 · units], the
                     gates in the order i, f, g, o, and lstm_1.bias

The metadata (`__metadata__`, text by text):

    format           "ikhim-bench/1"
    workload         linreg, xor, softmax, mlp, mlp_deep, cnn, cnn_small, resnet20,
                     infer_mlp, infer_cnn or lstm
    framework, variant, version
    loss             mse, binary_cross_entropy or cross_entropy, a mean over the rows
    optimizer        sgd, momentum (0.9), adam or none; learning_rate, and for adam beta_1, beta_2, epsilon
    losses           a JSON object: "0", "1" and "100" → the loss

`losses["k"]` is the loss of all rows after k updates, so "0" is the loss of the
weights in the file. Dropout is off, and the learning rate is the one in the
metadata, which for Adam is lower than the timed one (`workload.checked` says
why): whoever starts from the file takes it from there. An `infer_` workload updates nothing: its
three losses are equal, the cross-entropy of its output.
"""

import json
import struct

import numpy as np

FORMAT = "ikhim-bench/1"
STEPS = (0, 1, 100)
TYPES = {"F32": np.dtype("<f4"), "I32": np.dtype("<i4")}


def write(path, tensors, metadata):
    """Writes the arrays by name and the metadata, texts by name."""
    header, offset, parts = {"__metadata__": metadata}, 0, []
    for name, array in tensors.items():
        kind = next(k for k, t in TYPES.items() if t == array.dtype)
        part = np.ascontiguousarray(array, TYPES[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(part)]}
        offset += len(part)
        parts.append(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.writelines(parts)


def read(path):
    """The arrays by name and the metadata."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        body = f.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, h in header.items():
        begin, end = h["data_offsets"]
        tensors[name] = np.frombuffer(body[begin:end], TYPES[h["dtype"]]).reshape(h["shape"])
    return tensors, metadata
