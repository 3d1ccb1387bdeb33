"""Holds the event files of a run to its other files, by TensorBoard's own reader.

    python check_run.py RUN_FOLDER

Scalars must be the numbers of metrics.csv, the last histogram of each parameter
that of the last checkpoint, and the graph a graph: every input of a node is a
node, and the parameters are those of the model. `check_run.txt` is the recorded
output for the run that `tensorboard.rs` trains, made with the tensorboard
package of the version in its first line.
"""

import csv
import json
import math
import struct
import sys

import tensorboard
from tensorboard.backend.event_processing import event_accumulator

EVERYTHING = {
    event_accumulator.SCALARS: 0,
    event_accumulator.HISTOGRAMS: 0,
    event_accumulator.TENSORS: 0,
}


def arrays(path):
    """The f32 arrays of a safetensors file by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    found = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            found[name] = [value for (value,) in struct.iter_unpack("<f", data[begin:end])]
    return found


def close(found, expected):
    return math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9)


def parameter(name, checkpoint):
    """A checkpoint names arrays of the state under a prefix or by their path."""
    fitting = [key for key in checkpoint if key == name or key.endswith("/" + name)]
    assert len(fitting) == 1, (name, sorted(checkpoint))
    return checkpoint[fitting[0]]


def main(run):
    print("tensorboard", tensorboard.__version__)
    with open(f"{run}/metrics.csv", encoding="utf-8", newline="") as file:
        epochs = list(csv.DictReader(file))
    parts = {}
    for part in ("train", "validation"):
        events = event_accumulator.EventAccumulator(f"{run}/{part}", EVERYTHING)
        parts[part] = events.Reload()

    columns = {"train": {"loss": "train_loss", "learning_rate": "learning_rate"}, "validation": {}}
    for column in epochs[0]:
        if column.startswith("validation_"):
            columns["validation"][column.removeprefix("validation_")] = column
    for part, events in parts.items():
        assert set(events.Tags()["scalars"]) == set(columns[part]), events.Tags()["scalars"]
        for tag in sorted(columns[part]):
            found = {item.step: item.value for item in events.Scalars(tag)}
            expected = {int(row["epoch"]): float(row[columns[part][tag]]) for row in epochs}
            assert found.keys() == expected.keys(), tag
            assert all(close(found[step], expected[step]) for step in found), tag
            print(f"{part}: scalar {tag} of {len(found)} epochs is that of metrics.csv")

    checkpoint = arrays(f"{run}/checkpoints/last.safetensors")
    train = parts["train"]
    for tag in sorted(train.Tags()["histograms"]):
        items = train.Histograms(tag)
        assert [item.step for item in items] == sorted({item.step for item in items})
        last, values = items[-1].histogram_value, parameter(tag, checkpoint)
        assert items[-1].step == len(epochs)
        assert last.num == len(values) == sum(last.bucket), tag
        assert close(last.min, min(values)) and close(last.max, max(values)), tag
        assert math.isclose(last.sum, math.fsum(values), rel_tol=1e-5, abs_tol=1e-6), tag
        print(
            f"train: histogram {tag} at {len(items)} epochs,"
            f" the last has the {len(values)} values of the last checkpoint"
        )

    nodes = {node.name: node for node in train.Graph().node}
    for node in nodes.values():
        assert all(name in nodes for name in node.input), node.name
    counted = sum(node.attr["parameters"].i for node in nodes.values())
    model = arrays(f"{run}/model.safetensors")
    assert counted == sum(len(values) for values in model.values())
    layers = sorted({name.split("/")[0] for name in nodes if "/" in name})
    print(f"train: graph of {len(nodes)} nodes, {counted} parameters, layers {', '.join(layers)}")


main(sys.argv[1])
