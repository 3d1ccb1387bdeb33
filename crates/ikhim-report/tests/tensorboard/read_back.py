"""Prints what TensorBoard's own reader finds in the event files of a run.

    python read_back.py RUN_FOLDER

`read_back.txt` is the recorded output for the run that `tensorboard.rs` writes,
made with the tensorboard package of the version in its first line.
"""

import sys

import tensorboard
from tensorboard.backend.event_processing import event_accumulator

EVERYTHING = {
    event_accumulator.SCALARS: 0,
    event_accumulator.HISTOGRAMS: 0,
    event_accumulator.TENSORS: 0,
}


def shape_of(node):
    (shape,) = node.attr["_output_shapes"].list.shape
    return [dim.size for dim in shape.dim]


def main(run):
    print("tensorboard", tensorboard.__version__)
    for part in ("train", "validation"):
        events = event_accumulator.EventAccumulator(f"{run}/{part}", EVERYTHING).Reload()
        tags = events.Tags()
        print(f"[{part}]")
        for tag in tags["scalars"]:
            values = " ".join(f"{item.step}:{item.value:.6g}" for item in events.Scalars(tag))
            print(f"scalar {tag}: {values}")
        for tag in tags["histograms"]:
            for item in events.Histograms(tag):
                value = item.histogram_value
                counts = " ".join(f"{count:g}" for count in value.bucket)
                print(
                    f"histogram {tag}: step {item.step} num {value.num:g} min {value.min:g}"
                    f" max {value.max:g} sum {value.sum:g} squares {value.sum_squares:g}"
                    f" first limit {value.bucket_limit[0]:g} last limit {value.bucket_limit[-1]:g}"
                    f" counts {counts}"
                )
        if tags["graph"]:
            for node in events.Graph().node:
                inputs = ",".join(node.input) or "-"
                parameters = node.attr["parameters"].i
                print(f"node {node.name}: {node.op} of {inputs} {shape_of(node)} {parameters}")


main(sys.argv[1])
