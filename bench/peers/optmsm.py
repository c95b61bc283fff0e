"""A step of OptMSM (FCN transfer) in PyTorch at the browser preset's sizes, for comparison with ours:
OMP_NUM_THREADS=1 python3 bench/peers/optmsm.py

Vectorised as one would write it for speed; the readable form that numbers are compared with is
tests/reference/optmsm/reference.py. Prints JSON: median milliseconds of a step, by the clock and in CPU time.
"""
import json
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

B, N, SHARED, SPECIFIC, D, V = 1024, 3, 10, 2, 16, 2205
HIDDEN, PREDICTOR, HYPER, LAMBDA = [256, 128, 32], [64, 32], 64, 0.1
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)


class OptMsm(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(V, D)
        self.gate = nn.Parameter(torch.randn(N, SHARED, SHARED) * 0.1)
        sizes = [SHARED * D, *HIDDEN]
        pairs = list(zip(sizes, sizes[1:]))
        self.shared = nn.ParameterList(nn.Parameter(torch.randn(a, b) * a**-0.5) for a, b in pairs)
        self.own = nn.ParameterList(nn.Parameter(1 + 0.05 * torch.randn(N, a, b)) for a, b in pairs)
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(N, 1, b)) for b in HIDDEN)
        first = HIDDEN[-1] + SPECIFIC * D
        widths = [first, *PREDICTOR]
        self.hidden = nn.ModuleList(nn.Linear(first, HYPER) for _ in widths)
        self.scale = nn.ModuleList(nn.Linear(HYPER, w) for w in widths)
        self.predictor = nn.ModuleList(nn.Linear(a, N * b) for a, b in zip(widths, [*PREDICTOR, 1]))
        self.drop = nn.Dropout(0.1)

    def forward(self, ids, scenario):
        one_hot = F.one_hot(scenario, N).float()
        rows = self.table(ids)
        e, specific = rows[:, :SHARED], rows[:, SHARED:].flatten(1)
        z = torch.sigmoid(torch.einsum("bf,nfg->nbg", e.mean(2), self.gate))
        h = (z[..., None] * e).flatten(2)
        for shared, own, bias in zip(self.shared, self.own, self.bias):
            h = self.drop(torch.relu(torch.baddbmm(bias, h, shared * own)))
        unit = h * torch.rsqrt((h**2).sum(2, keepdim=True) + 1e-8)
        orth = ((unit.sum(0) ** 2).sum(1) - (unit**2).sum((0, 2))) / (N * (N - 1))
        r0 = torch.cat([(h * one_hot.T[..., None]).sum(0), specific], 1)
        y = r0
        for k, (hidden, scale, linear) in enumerate(zip(self.hidden, self.scale, self.predictor)):
            y = y * 2 * torch.sigmoid(scale(torch.relu(hidden(r0))))
            y = (linear(y).view(B, N, -1) * one_hot[..., None]).sum(1)
            if k < len(PREDICTOR):
                y = self.drop(torch.relu(y))
        return y[:, 0], orth.mean()


def main():
    model = OptMsm().train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    ids, scenario = torch.randint(1, V, (B, SHARED + SPECIFIC)), torch.randint(0, N, (B,))
    label = (torch.rand(B) < 0.1).float()
    clock, cpu = [], []
    for _ in range(25):
        wall, used = time.perf_counter(), time.process_time()
        z, orth = model(ids, scenario)
        loss = F.binary_cross_entropy_with_logits(z, label) + LAMBDA * orth
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        clock.append(1000 * (time.perf_counter() - wall))
        cpu.append(1000 * (time.process_time() - used))
    median = lambda values: round(sorted(values[5:])[10], 1)
    figures = dict(
        model="optmsm",
        peer="pytorch",
        threads=torch.get_num_threads(),
        batch=B,
        msPerStep=median(clock),
        cpuMsPerStep=median(cpu),
        bestMsPerStep=round(min(clock), 1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
