"""PyTorch. Variants: eager, compile; of inference also jit."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from workload import BETA_1, BETA_2, EPSILON, pairs

VARIANTS = ("eager", "compile", "jit")
LOSSES = {"mse": F.mse_loss, "binary_cross_entropy": F.binary_cross_entropy, "cross_entropy": F.cross_entropy}


def build(w, variant, threads, x, y, named):
    """The version and the function that makes one step and gives its loss or its output."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    x = torch.from_numpy(x)
    y = torch.from_numpy(y) if w.loss != "cross_entropy" else torch.from_numpy(y.astype("int64"))
    model = network(w, named)
    if w.inference:
        return torch.__version__, inference(model.eval(), x, variant)

    loss = LOSSES[w.loss]
    # `fused` is the fastest implementation of both optimizers on a processor.
    optimizer = (
        torch.optim.Adam(model.parameters(), w.rate, (BETA_1, BETA_2), EPSILON, fused=True)
        if w.optimizer == "adam"
        else torch.optim.SGD(model.parameters(), w.rate, fused=True)
    )

    def forward(x, y):
        return loss(model(x), y)

    if variant == "compile":
        forward = torch.compile(forward)

    def step():
        optimizer.zero_grad(set_to_none=True)
        value = forward(x, y)
        value.backward()
        optimizer.step()
        return value.item()

    return torch.__version__, step


def network(w, named):
    layers = []
    last = len(w.layers) - 1
    for k, ((inputs, units), (kernel, bias)) in enumerate(zip(w.layers, pairs(w, named))):
        dense = nn.Linear(inputs, units)
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(kernel.T.copy()))
            dense.bias.copy_(torch.from_numpy(bias.copy()))
        layers.append(dense)
        if k < last:
            layers.append(nn.Sigmoid() if w.activation == "sigmoid" else nn.ReLU())
            if w.dropout:
                layers.append(nn.Dropout(w.dropout))
    if w.loss == "binary_cross_entropy":
        layers.append(nn.Sigmoid())
    return nn.Sequential(*layers)


def inference(model, x, variant):
    with torch.inference_mode():
        if variant == "jit":
            model = torch.jit.optimize_for_inference(torch.jit.trace(model, x))
        if variant == "compile":
            import torch._inductor.config as inductor

            inductor.freezing = True
            model = torch.compile(model)

    def step():
        with torch.inference_mode():
            return model(x)

    return step
