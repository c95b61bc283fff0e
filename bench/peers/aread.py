"""A step of AREAD in PyTorch at the browser preset's sizes, for comparison with ours: OMP_NUM_THREADS=1 python3 bench/peers/aread.py

Vectorised as one would write it for speed (batched products, no loop over experts or domains); the readable form that
numbers are compared with is tests/reference/aread/reference.py. Prints JSON: median milliseconds of a step, by the clock
and in CPU time.
"""
import json
import os
import time

import torch
from torch import nn

B, N, F, D, V = 1024, 25, 12, 16, 2716
EXPERTS, WIDTHS, BASE, HIDDEN = [3, 6, 12], [(64, 32), (32, 16), (16, 8)], 4, [256, 128, 64]
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)


class Stack(nn.Module):
    """Linear layers of `count` experts at once."""

    def __init__(self, count, below, out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(count, below, out) * below**-0.5)
        self.bias = nn.Parameter(torch.zeros(count, 1, out))

    def forward(self, x):
        return torch.baddbmm(self.bias, x, self.weight)


class Aread(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(V, D)
        width = F * D
        sizes = [width, *HIDDEN]
        self.base = nn.ModuleList(Stack(BASE, a, b) for a, b in zip(sizes, sizes[1:]))
        self.norm = nn.ModuleList(nn.BatchNorm1d(BASE * b) for b in HIDDEN)
        self.drop = nn.Dropout(0.2)
        self.base_gate = nn.Linear(width, EXPERTS[0] * BASE)
        below, layers, gates = HIDDEN[-1], [], []
        for count, widths in zip(EXPERTS, WIDTHS):
            for out in widths:
                layers.append(Stack(count, below, out))
                below = out
        for a, b in zip(EXPERTS, EXPERTS[1:]):
            gates.append(nn.Linear(width, a * b))
        self.layers, self.gates = nn.ModuleList(layers), nn.ModuleList(gates)
        self.head = Stack(EXPERTS[-1], below, 1)

    def forward(self, ids, scenario, masks):
        x = self.table(ids).flatten(1)
        h = x.expand(BASE, -1, -1)
        for linear, norm in zip(self.base, self.norm):
            h = linear(h)
            flat = norm(h.permute(1, 0, 2).flatten(1))
            h = self.drop(torch.relu(flat.view(B, BASE, -1).permute(1, 0, 2)))
        gate = torch.softmax(self.base_gate(x).view(B, EXPERTS[0], BASE), 2)
        h = torch.bmm(gate, h.transpose(0, 1)).transpose(0, 1)
        for l in range(len(EXPERTS)):
            if l > 0:
                g = torch.softmax(self.gates[l - 1](x).view(B, EXPERTS[l], EXPERTS[l - 1]), 2)
                kept = g * masks[l - 1][scenario]
                h = torch.bmm(kept / (kept.sum(2, keepdim=True) + 1e-8), h.transpose(0, 1)).transpose(0, 1)
            h = torch.relu(self.layers[2 * l + 1](torch.relu(self.layers[2 * l](h))))
        return self.head(h)[:, :, 0].T, masks[-1].amax(2)[scenario]


def main():
    model = Aread().train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    masks = [(torch.rand(N, b, a) < 0.5).float() for a, b in zip(EXPERTS, EXPERTS[1:])]
    ids, scenario = torch.randint(1, V, (B, F)), torch.randint(0, N, (B,))
    label = torch.randint(0, 2, (B, 1)).float()
    clock, cpu = [], []
    for _ in range(25):
        wall, used = time.perf_counter(), time.process_time()
        z, active = model(ids, scenario, masks)
        loss = (active * (nn.functional.softplus(z) - label * z)).sum(1).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        clock.append(1000 * (time.perf_counter() - wall))
        cpu.append(1000 * (time.process_time() - used))
    median = lambda values: round(sorted(values[5:])[10], 1)
    figures = dict(
        model="aread",
        peer="pytorch",
        threads=torch.get_num_threads(),
        batch=B,
        msPerStep=median(clock),
        cpuMsPerStep=median(cpu),
        bestMsPerStep=round(min(clock), 1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
