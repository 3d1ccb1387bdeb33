"""Characters that an LSTM writes in PyTorch, one after the other, in a second.

    torch_generate.py --symbols 65 --units 128 --layers 2 --tokens 2000 --threads 1

The weights are drawn, as their values cost nothing. Of eager and compiled by
TorchScript the faster counts. Prints one JSON line.
"""

import argparse
import json
import time

import torch
import torch.nn as nn


class Writer(nn.Module):
    def __init__(self, symbols, embedding, units, layers):
        super().__init__()
        self.embedding = nn.Embedding(symbols, embedding)
        self.lstm = nn.LSTM(embedding, units, layers, batch_first=True)
        self.dense = nn.Linear(units, symbols)

    def forward(self, token, state: tuple[torch.Tensor, torch.Tensor]):
        y, state = self.lstm(self.embedding(token), state)
        return torch.softmax(self.dense(y[:, -1]), -1), state


def main():
    p = argparse.ArgumentParser()
    for name, value in (("symbols", 65), ("embedding", 64), ("units", 128), ("layers", 2), ("tokens", 2000)):
        p.add_argument(f"--{name}", type=int, default=value)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    eager = Writer(a.symbols, a.embedding, a.units, a.layers).eval()
    best = {}
    with torch.inference_mode():
        for variant, model in (("eager", eager), ("jit", torch.jit.script(eager))):
            state = tuple(torch.zeros(a.layers, 1, a.units) for _ in range(2))
            token = torch.zeros(1, 1, dtype=torch.long)
            for count in (200, a.tokens):
                begin = time.perf_counter()
                for _ in range(count):
                    shares, state = model(token, state)
                    token = torch.multinomial(shares, 1)
                    token.item()
                seconds = time.perf_counter() - begin
            best[variant] = a.tokens / seconds
    variant = max(best, key=best.get)
    print(json.dumps({"variant": variant, "tokens_per_s": best[variant], "all": best, "version": torch.__version__}))


if __name__ == "__main__":
    main()
