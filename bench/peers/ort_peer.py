"""ONNX Runtime, for inference only. Needs the packages onnxruntime and onnx."""

import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from workload import pairs

VARIANTS = ("session",)


def build(w, variant, threads, x, y, named):
    """The version and the function that runs the network once and gives its output."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = network(w, named).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return onnxruntime.__version__, lambda: session.run(None, {"x": x})[0]


def network(w, named):
    nodes, values, h = [], [], "x"
    if w.image:
        # ONNX counts the channels first; with one channel that is another name.
        nodes.append(helper.make_node("Transpose", ["x"], ["image"], perm=[0, 3, 1, 2]))
        h = "image"
    for k in range(1, len(w.convolutions) + 1):
        kernel = named[f"conv2d_{k}.kernel"].transpose(3, 2, 0, 1).copy()
        values += [numpy_helper.from_array(kernel, f"filter_{k}")]
        values += [numpy_helper.from_array(named[f"conv2d_{k}.bias"], f"shift_{k}")]
        inputs = [h, f"filter_{k}", f"shift_{k}"]
        nodes.append(helper.make_node("Conv", inputs, [f"conv_{k}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"conv_{k}"], [f"conv_relu_{k}"]))
        h = f"pool_{k}"
        pool = {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}
        nodes.append(helper.make_node("MaxPool", [f"conv_relu_{k}"], [h], **pool))
    if w.filters:
        nodes.append(helper.make_node("Transpose", [h], ["last"], perm=[0, 2, 3, 1]))
        nodes.append(helper.make_node("Flatten", ["last"], ["rows"]))
        h = "rows"
    last = len(w.layers)
    for k, (kernel, bias) in enumerate(pairs(w, named), 1):
        values += [numpy_helper.from_array(kernel, f"kernel_{k}"), numpy_helper.from_array(bias, f"bias_{k}")]
        nodes.append(helper.make_node("Gemm", [h, f"kernel_{k}", f"bias_{k}"], ["y" if k == last else f"dense_{k}"]))
        if k < last:
            nodes.append(helper.make_node("Relu", [f"dense_{k}"], [f"relu_{k}"]))
            h = f"relu_{k}"
    graph = helper.make_graph(
        nodes,
        w.name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [w.rows, *(w.image or w.sizes[:1])])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [w.rows, w.sizes[-1]])],
        values,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model
