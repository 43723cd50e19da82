"""What bench_train measures, with PyTorch: tokens a second of forward, backward, clipping and AdamW
for the configurations a, b and c, as the best of its ways to run (as it is, compiled, with the fused
AdamW). Needs torch of PyPI; prints one JSON object a line.

usage: pytorch_train.py [a] [b] [c]
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

# vocabulary, context, width, heads, layers, sequences, steps
CONFIGURATIONS = {
    "a": (65, 64, 128, 4, 4, 12, 60),
    "b": (65, 256, 384, 6, 6, 8, 6),
    "c": (50257, 64, 768, 12, 12, 4, 3),
}


class Block(nn.Module):
    """Norm, attention, norm, feed-forward, each half added to the stream."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention_input = nn.Linear(width, 3 * width)
        self.attention_output = nn.Linear(width, width)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, stream):
        batch, length, width = stream.shape
        parts = self.attention_input(self.attention_norm(stream)).split(width, dim=2)
        queries, keys, values = (
            part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        stream = stream + self.attention_output(mixed.transpose(1, 2).reshape(stream.shape))
        hidden = functional.gelu(self.expand(self.feed_forward_norm(stream)), approximate="tanh")
        return stream + self.contract(hidden)


class Gpt(nn.Module):
    """A GPT-2, whose output layer has the weight of the embedding."""

    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, inputs, targets):
        stream = self.tokens(inputs) + self.positions.weight
        for block in self.blocks:
            stream = block(stream)
        logits = functional.linear(self.norm(stream), self.tokens.weight)
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def seconds_a_step(shape, sequences, steps, compiled, fused):
    """The median over the steps after the first two."""
    torch.manual_seed(1)
    model = Gpt(*shape)
    loss_of = torch.compile(model) if compiled else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=fused)
    tokens = torch.randint(shape[0], (2, sequences, shape[1]))
    times = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss_of(tokens[0], tokens[1]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append(time.perf_counter() - start)
    return sorted(times[2:])[steps // 2]


def main():
    torch.set_num_threads(2)
    for name in sys.argv[1:] or CONFIGURATIONS:
        *shape, sequences, steps = CONFIGURATIONS[name]
        seconds = {}
        for compiled in (False, True):
            for fused in (False, True):
                way = ("compiled" if compiled else "as it is") + (", fused AdamW" if fused else "")
                seconds[way] = seconds_a_step(shape, sequences, steps, compiled, fused)
        best = min(seconds, key=seconds.get)
        print(json.dumps({
            "bench": "pytorch_train", "torch": torch.__version__, "config": name, "threads": 2,
            "tokens_per_second": sequences * shape[1] / seconds[best], "best": best,
        }), flush=True)


if __name__ == "__main__":
    main()
