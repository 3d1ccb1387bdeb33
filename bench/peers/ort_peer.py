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
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [w.rows, w.sizes[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [w.rows, w.sizes[-1]])],
        values,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model
