"""One training of a text in PyTorch, as an experiment of this folder says it.

    torch_text.py lstm|transformer --text FILE --split RUN/split.json --seed N --first-weights RUN/model.safetensors

Rows, rate, optimizer and the first weights are those of the experiment; the order of
the rows is PyTorch's own. Prints one JSON line with the mean loss of the validation
rows after the last step. Without --first-weights the layers begin as PyTorch begins
them.
"""

import argparse
import json
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

LENGTH, BATCH, STEPS, BLOCKS, HEADS, WIDTH, INNER = 64, 32, 2_000, 4, 4, 128, 512
RATES = {"lstm": 2e-3, "transformer": 1e-3}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", choices=RATES)
    p.add_argument("--text", metavar="FILE", required=True)
    p.add_argument("--split", metavar="FILE", required=True, help="split.json of a run of ikhim")
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--first-weights", metavar="FILE", help="the model of a run of no steps")
    return p.parse_args()


class Recurrent(nn.Module):
    """Two LSTMs. PyTorch adds two biases, of which one would do: the second stays 0."""

    def __init__(self, symbols):
        super().__init__()
        self.embedding = nn.Embedding(symbols, 64)
        self.lstm = nn.LSTM(64, WIDTH, 2, batch_first=True)
        self.dense = nn.Linear(WIDTH, symbols)

    def begin(self, first):
        take(self.embedding.weight, first["embedding_1.embeddings"])
        dense(self.dense, first, "dense_1.kernel", "dense_1.bias")
        for k in range(2):
            layer = f"lstm_{k + 1}"
            take(getattr(self.lstm, f"weight_ih_l{k}"), first[f"{layer}.kernel"].T)
            take(getattr(self.lstm, f"weight_hh_l{k}"), first[f"{layer}.recurrent_kernel"].T)
            take(getattr(self.lstm, f"bias_ih_l{k}"), first[f"{layer}.bias"])
            nn.init.zeros_(getattr(self.lstm, f"bias_hh_l{k}").requires_grad_(False))

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0])


class Block(nn.Module):
    """x + attention(norm(x)), then x + dense(gelu(dense(norm(x))))."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def begin(self, first, path):
        # The norms begin at 1 and 0 on both sides.
        for name in ("query", "key", "value", "output"):
            kernel = f"{path}/multi_head_attention_1.{name}_kernel"
            dense(getattr(self, name), first, kernel, kernel.replace("_kernel", "_bias"))
        dense(self.wide, first, f"{path}/dense_1.kernel", f"{path}/dense_1.bias")
        dense(self.narrow, first, f"{path}/dense_2.kernel", f"{path}/dense_2.bias")

    def forward(self, x):
        def heads(values):
            return values.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)

        normal = self.norms[0](x)
        q, k, v = (heads(layer(normal)) for layer in (self.query, self.key, self.value))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(seen.transpose(1, 2).flatten(2))
        return x + self.narrow(F.gelu(self.wide(self.norms[1](x))))


class Transformer(nn.Module):
    def __init__(self, symbols):
        super().__init__()
        self.embedding = nn.Embedding(symbols, WIDTH)
        self.places = nn.Parameter(torch.randn(LENGTH, WIDTH))
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)), nn.LayerNorm(WIDTH))
        self.dense = nn.Linear(WIDTH, symbols)

    def begin(self, first):
        take(self.embedding.weight, first["embedding_1.embeddings"])
        take(self.places, first["position_embedding_1.embeddings"])
        for k, block in enumerate(self.blocks[:BLOCKS]):
            block.begin(first, f"transformer_block_{k + 1}")
        dense(self.dense, first, "dense_1.kernel", "dense_1.bias")

    def forward(self, x):
        return self.dense(self.blocks(self.embedding(x) + self.places))


def take(parameter, value):
    assert parameter.shape == value.shape, (parameter.shape, value.shape)
    with torch.no_grad():
        parameter.copy_(value)


def dense(layer, first, kernel, bias):
    take(layer.weight, first[kernel].T)
    take(layer.bias, first[bias])


def arrays(path):
    """The arrays of a safetensors file: a length, a header of JSON, numbers in f32."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    found = {}
    for name, about in header.items():
        begin, end = (start + offset for offset in about["data_offsets"])
        # A copy, because PyTorch wants memory that may be written.
        numbers = torch.frombuffer(bytearray(content[begin:end]), dtype=torch.float32)
        found[name] = numbers.reshape(about["shape"])
    return found


def rows(a):
    """The windows of the train and of the validation part, each one token longer."""
    with open(a.text, encoding="utf-8") as file:
        text = file.read()
    with open(a.split) as file:
        split = json.load(file)
    elsewhere = {*split["validation_ids"], *split["sealed_ids"], *split.get("left_out_ids", [])}
    train = [row for row in range((len(text) - LENGTH - 1) // LENGTH + 1) if row not in elsewhere]
    assert len(train) == split["train"]["rows"], "the windows are not those of the run"
    part = [text[row * LENGTH : row * LENGTH + LENGTH + 1] for row in train]
    symbols = {symbol: index for index, symbol in enumerate(sorted(set("".join(part))))}

    def windows(ids):
        taken = (text[row * LENGTH : row * LENGTH + LENGTH + 1] for row in ids)
        return torch.tensor([[symbols[symbol] for symbol in window] for window in taken])

    return len(symbols), windows(train), windows(split["validation_ids"])


def loss(model, part):
    return F.cross_entropy(model(part[:, :-1]).flatten(0, 1), part[:, 1:].flatten())


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    symbols, train, validation = rows(a)
    kind = Recurrent if a.model == "lstm" else Transformer
    model = kind(symbols)
    if a.first_weights:
        model.begin(arrays(a.first_weights))
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], RATES[a.model], fused=True)
    begin, order = time.monotonic(), []
    for _ in range(STEPS):
        # Each epoch in an order of its own; the last batch of one is what is left.
        if not order:
            order = list(torch.randperm(len(train)).split(BATCH))
        optimizer.zero_grad(set_to_none=True)
        value = loss(model, train[order.pop(0)])
        value.backward()
        optimizer.step()
    seconds = time.monotonic() - begin
    model.eval()
    with torch.inference_mode():
        total = sum(loss(model, part).item() * len(part) for part in validation.split(256))
    found = {"loss": total / len(validation), "rows": len(validation), "seconds": seconds}
    print(json.dumps({"model": a.model, "seed": a.seed, "version": torch.__version__, **found}))


if __name__ == "__main__":
    main()
