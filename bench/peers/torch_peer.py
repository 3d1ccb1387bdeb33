"""PyTorch. Variants: eager, compile; of inference also jit; of images also channels_last."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from workload import BETA_1, BETA_2, EPSILON, RESIDUAL, pairs

VARIANTS = ("eager", "channels_last", "compile", "jit")
LOSSES = {"mse": F.mse_loss, "binary_cross_entropy": F.binary_cross_entropy, "cross_entropy": F.cross_entropy}


def build(w, variant, threads, x, y, named):
    """The version and the function that makes one step and gives its loss or its output."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    x = torch.from_numpy(x)
    y = torch.from_numpy(y) if w.loss != "cross_entropy" else torch.from_numpy(y.astype("int64")).flatten()
    if w.recurrent:
        x = x.long()
    model = network(w, named)
    if w.image:
        # Ours have the channels last; torch counts them first whatever the memory.
        layout = torch.channels_last if variant == "channels_last" else torch.contiguous_format
        x = x.permute(0, 3, 1, 2).contiguous(memory_format=layout)
        model = model.to(memory_format=layout)
    if w.inference:
        return torch.__version__, inference(model.eval(), x, variant)

    loss = LOSSES[w.loss]
    # `fused` is the fastest implementation of both optimizers on a processor.
    optimizer = (
        torch.optim.Adam(model.parameters(), w.rate, (BETA_1, BETA_2), EPSILON, fused=True)
        if w.optimizer == "adam"
        else torch.optim.SGD(
            model.parameters(), w.rate, momentum=0.9 if w.optimizer == "momentum" else 0.0, fused=True
        )
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
    layers = residual(named) if w.residual else []
    if w.recurrent:
        layers.append(Recurrent(w, named))
    for k, (channels, filters) in enumerate(w.convolutions, 1):
        layers += [convolution(named, k, channels, filters, 1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        if w.dropout:
            layers.append(nn.Dropout(w.dropout))
    if w.filters:
        layers.append(Rows())
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


class Recurrent(nn.Module):
    """An embedding and the states of the last LSTM, a row for each step.

    PyTorch adds two biases, of which one would do: the second one stays 0.
    """

    def __init__(self, w, named):
        super().__init__()
        units = w.recurrent[0]
        self.embedding = nn.Embedding(w.sizes[-1], w.embedding)
        self.lstm = nn.LSTM(w.embedding, units, len(w.recurrent), batch_first=True)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.from_numpy(named["embedding_1.embeddings"].copy()))
            for k in range(len(w.recurrent)):
                parameters = [getattr(self.lstm, f"{name}_l{k}") for name in ("weight_ih", "weight_hh", "bias_ih")]
                for parameter, name in zip(parameters, ("kernel", "recurrent_kernel", "bias")):
                    parameter.copy_(torch.from_numpy(named[f"lstm_{k + 1}.{name}"].T.copy()))
                getattr(self.lstm, f"bias_hh_l{k}").zero_().requires_grad_(False)

    def forward(self, x):
        return self.lstm(self.embedding(x))[0].flatten(0, 1)


class Rows(nn.Module):
    """Images as rows, channels last as everywhere else."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def convolution(named, k, channels, filters, stride):
    bias = named.get(f"conv2d_{k}.bias")
    layer = nn.Conv2d(channels, filters, 3, stride, 1, bias=bias is not None)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(named[f"conv2d_{k}.kernel"].transpose(3, 2, 0, 1).copy()))
        if bias is not None:
            layer.bias.copy_(torch.from_numpy(bias.copy()))
    return layer


class Block(nn.Module):
    """Two normalized convolutions and the way around them."""

    def __init__(self, first, second, stride):
        super().__init__()
        self.first, self.second, self.stride = first, second, stride

    def forward(self, x):
        y = self.second(F.relu(self.first(x)))
        if self.stride > 1:
            missing = y.shape[1] - x.shape[1]
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, missing // 2, missing - missing // 2))
        return F.relu(y + x)


def residual(named):
    def normalized(k):
        channels, filters, stride = RESIDUAL[k - 1]
        norm = nn.BatchNorm2d(filters)
        with torch.no_grad():
            norm.weight.copy_(torch.from_numpy(named[f"batch_norm_{k}.gamma"].copy()))
            norm.bias.copy_(torch.from_numpy(named[f"batch_norm_{k}.beta"].copy()))
        return nn.Sequential(convolution(named, k, channels, filters, stride), norm)

    blocks = [Block(normalized(k), normalized(k + 1), RESIDUAL[k - 1][2]) for k in range(2, len(RESIDUAL), 2)]
    return [normalized(1), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten()]


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
