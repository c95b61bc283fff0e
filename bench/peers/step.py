"""The same training steps in PyTorch: one table, Adam over everything, batch norm, dropout, 12 fields of 16, 3 scenarios.

Prints one JSON list: median and least milliseconds a step for each model known here.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python3 bench/peers/step.py --batch 1024 --models mix,mmoe

Two threads need OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=2 OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0: the usual way
(torch.set_num_threads alone) is up to three times slower.
"""
import argparse
import json
import os
import statistics
import time

import torch
from torch import nn

SIZES = [4000, 7, 3, 20, 6000, 60, 300, 12, 24, 7, 5, 4]
SCENARIOS, DIM, DROPOUT = 3, 16, 0.1
WIDTH = len(SIZES) * DIM


def mlp(width, widths):
    layers = []
    for out in widths:
        layers += [nn.Linear(width, out, bias=False), nn.BatchNorm1d(out), nn.ReLU(), nn.Dropout(DROPOUT)]
        width = out
    return nn.Sequential(*layers)


class Own(nn.Module):
    """A linear layer a scenario; rows are grouped, so each is multiplied once."""

    def __init__(self, width, out, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(SCENARIOS, width, out))
        for weight in self.weight:
            nn.init.xavier_uniform_(weight)
        self.bias = nn.Parameter(torch.zeros(SCENARIOS, out)) if bias else None

    def forward(self, x, rows):
        parts = []
        for n, index in enumerate(rows):
            part = x[index] @ self.weight[n]
            parts.append(part + self.bias[n] if self.bias is not None else part)
        order = torch.cat(rows)
        return torch.empty(len(x), self.weight.shape[2]).index_copy(0, order, torch.cat(parts))


class Towers(nn.Module):
    def __init__(self, width, widths):
        super().__init__()
        self.layers = nn.ModuleList()
        self.rest = nn.ModuleList()
        for out in widths:
            self.layers.append(Own(width, out, False))
            self.rest.append(nn.Sequential(nn.BatchNorm1d(out), nn.ReLU(), nn.Dropout(DROPOUT)))
            width = out
        self.head = Own(width, 1, True)

    def forward(self, x, rows):
        for layer, rest in zip(self.layers, self.rest):
            x = rest(layer(x, rows))
        return self.head(x, rows)


class Mix(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = mlp(WIDTH, [256, 128, 64])
        self.head = nn.Linear(64, 1)

    def forward(self, x, rows):
        return self.head(self.body(x))


class SharedBottom(nn.Module):
    def __init__(self):
        super().__init__()
        self.bottom = mlp(WIDTH, [256, 128])
        self.towers = Towers(128, [64])

    def forward(self, x, rows):
        return self.towers(self.bottom(x), rows)


class Mmoe(nn.Module):
    def __init__(self, experts=4, widths=(256, 128), tower=(64,)):
        super().__init__()
        self.experts = experts
        self.first = nn.ModuleList(nn.Linear(WIDTH, widths[0], bias=False) for _ in range(experts))
        self.second = nn.ModuleList(nn.Linear(widths[0], widths[1], bias=False) for _ in range(experts))
        self.norm1 = nn.ModuleList(nn.BatchNorm1d(widths[0]) for _ in range(experts))
        self.norm2 = nn.ModuleList(nn.BatchNorm1d(widths[1]) for _ in range(experts))
        self.drop = nn.Dropout(DROPOUT)
        self.gate = Own(WIDTH, experts, True)
        self.towers = Towers(widths[1], tower)

    def forward(self, x, rows):
        # One product an expert: builds of PyTorch without MKL run bmm in plain loops.
        outputs = []
        for first, norm1, second, norm2 in zip(self.first, self.norm1, self.second, self.norm2):
            h = self.drop(torch.relu(norm1(first(x))))
            outputs.append(self.drop(torch.relu(norm2(second(h)))))
        gate = self.gate(x, rows).softmax(-1)
        mixed = sum(gate[:, e : e + 1] * h for e, h in enumerate(outputs))
        return self.towers(mixed, rows)


MODELS = {"mix": Mix, "shared-bottom": SharedBottom, "mmoe": Mmoe}


def blas():
    """The library behind products, as loaded: without OpenBLAS or MKL the peer is many times slower than PyTorch can be."""
    try:
        with open("/proc/self/maps") as maps:
            text = maps.read().lower()
    except OSError:
        return "unknown"
    if "mkl" in text or torch.backends.mkl.is_available():
        return "mkl"
    return "openblas" if "openblas" in text else "reference"


def run(name, batch, steps):
    torch.manual_seed(0)
    model = MODELS[name]()
    table = nn.Embedding(sum(SIZES) + 1, DIM)
    optimiser = torch.optim.Adam([*model.parameters(), *table.parameters()], lr=1e-3)
    offsets = torch.tensor([1, *SIZES]).cumsum(0)[:-1]
    batches = []
    for _ in range(4):
        ids = torch.stack([(torch.rand(batch) ** 2 * size).long() for size in SIZES], 1) + offsets
        scenario = torch.randint(0, SCENARIOS, (batch,))
        rows = [(scenario == n).nonzero()[:, 0] for n in range(SCENARIOS)]
        batches.append((ids, rows, (torch.rand(batch, 1) < 0.2).float()))
    weights = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    times = []
    for step in range(steps + 3):
        ids, rows, label = batches[step % 4]
        start = time.perf_counter()
        gathered = table(ids)
        logit = model(gathered.view(batch, -1), rows)
        loss = nn.functional.binary_cross_entropy_with_logits(logit, label)
        loss = loss + 1e-5 * sum(weight.square().sum() for weight in weights) + 1e-5 / batch * gathered.square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        times.append(1000 * (time.perf_counter() - start))
    times = times[3:]
    return {
        "model": name,
        "batch": batch,
        "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", torch.get_num_threads())),
        "blas": blas(),
        "msPerStep": statistics.median(times),
        "bestMsPerStep": min(times),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    names = [name for name in given.models.split(",") if name in MODELS]
    print(json.dumps([run(name, given.batch, given.steps) for name in names]))


main()
