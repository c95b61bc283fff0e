"""What every peer shares: the data of bench/shape.ts, layers that several models use, and the timing of a step.

A model is a module `Model(settings)` with the settings of the registry's model, and `forward(x)` gives the loss of a
`Batch` without L2. Written for speed in PyTorch; tests/reference holds the readable forms that numbers are compared with.
"""
import os
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

SIZES = [4000, 7, 3, 20, 6000, 60, 300, 12, 24, 7, 5, 4]
USERS, ITEMS, CONTEXTS, SCENARIO = slice(0, 4), slice(4, 8), slice(8, 12), 11
ITEM_FIELDS = [4, 5]
SCENARIOS = 3
FIELDS = len(SIZES)
VOCABULARY = sum(SIZES) + 1
OFFSETS = torch.tensor([1, *SIZES]).cumsum(0)[:-1]


class Batch:
    """Ids of one batch, and after `gather` the embeddings, from one look-up."""

    def __init__(self, rows, history, own_history, history_scenario=True):
        def draw(fields, *shape):
            return torch.stack([(torch.rand(*shape) ** 2 * SIZES[f]).long() + OFFSETS[f] for f in fields], -1)

        self.size = rows
        self.scenario = torch.randint(0, SCENARIOS, (rows,))
        self.one_hot = F.one_hot(self.scenario, SCENARIOS).float()
        self.rows = [(self.scenario == n).nonzero()[:, 0] for n in range(SCENARIOS)]
        # Where a row stands once rows are grouped by scenario.
        self.place = torch.empty(rows, dtype=torch.long)
        self.place[torch.cat(self.rows)] = torch.arange(rows)
        self.label = (torch.rand(rows, 1) < 0.2).float()
        self.ids = draw(range(FIELDS), rows)
        self.ids[:, SCENARIO] = OFFSETS[SCENARIO] + 1 + self.scenario
        self.fairness = torch.ones(rows, 1)
        parts = [self.ids]
        self.lengths = [FIELDS]
        for length, with_scenario in ((history, history_scenario), (own_history, False)):
            if length == 0:
                continue
            items = draw(ITEM_FIELDS, rows, length)
            parts.append(items.flatten(1))
            self.lengths.append(length * len(ITEM_FIELDS))
            if with_scenario:
                parts.append(OFFSETS[SCENARIO] + 1 + torch.randint(0, SCENARIOS, (rows, length)))
                self.lengths.append(length)
        self.all_ids = torch.cat(parts, 1)
        self.history_mask = torch.ones(rows, history)
        self.own_mask = torch.ones(rows, own_history)

    def gather(self, table):
        self.gathered = table(self.all_ids)
        fields, *sequences = self.gathered.split(self.lengths, 1)
        d = self.gathered.shape[2]
        self.fields = fields
        self.flat = fields.flatten(1)
        self.candidate = fields[:, ITEM_FIELDS].flatten(1)
        if sequences:
            self.history = sequences[0].reshape(self.size, -1, len(ITEM_FIELDS) * d)
            self.history_scenario = sequences[1] if len(sequences) > 1 else None
        if len(sequences) > 2:
            self.own_history = sequences[2].reshape(self.size, -1, len(ITEM_FIELDS) * d)

    def by_scenario(self, x, function):
        """`function(n, rows of scenario n)` for every scenario, put back in order."""
        return torch.cat([function(n, x[index]) for n, index in enumerate(self.rows)])[self.place]


def bce(logit, label):
    return F.binary_cross_entropy_with_logits(logit, label)


def glorot(*shape):
    weight = torch.empty(*shape)
    nn.init.xavier_uniform_(weight if len(shape) == 2 else weight.view(-1, shape[-1]))
    return nn.Parameter(weight)


def mlp(width, widths, norm, dropout):
    """Linear, batch norm where asked for, ReLU, dropout."""
    layers = []
    for out in widths:
        layers.append(nn.Linear(width, out, bias=not norm))
        layers += [nn.BatchNorm1d(out)] if norm else []
        layers += [nn.ReLU(), nn.Dropout(dropout)]
        width = out
    return nn.Sequential(*layers)


class Own(nn.Module):
    """A linear layer a scenario; rows are grouped, so each is multiplied once."""

    def __init__(self, width, out, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(SCENARIOS, width, out))
        for weight in self.weight:
            nn.init.xavier_uniform_(weight)
        self.bias = nn.Parameter(torch.zeros(SCENARIOS, 1, out)) if bias else None

    def forward(self, x, batch):
        if self.bias is None:
            return batch.by_scenario(x, lambda n, rows: rows @ self.weight[n])
        return batch.by_scenario(x, lambda n, rows: torch.addmm(self.bias[n], rows, self.weight[n]))


class Towers(nn.Module):
    """Hidden layers and a logit a scenario; norms share statistics over the batch."""

    def __init__(self, width, widths, norm, dropout):
        super().__init__()
        self.layers, self.rest = nn.ModuleList(), nn.ModuleList()
        for out in widths:
            self.layers.append(Own(width, out, bias=not norm))
            self.rest.append(nn.Sequential(*([nn.BatchNorm1d(out)] if norm else []), nn.ReLU(), nn.Dropout(dropout)))
            width = out
        self.head = Own(width, 1)

    def forward(self, x, batch):
        for layer, rest in zip(self.layers, self.rest):
            x = rest(layer(x, batch))
        return self.head(x, batch)


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


class Timed:
    """A model with its table and optimiser. `step()` runs one training step."""

    def __init__(self, name, build, settings, rows):
        torch.manual_seed(0)
        self.name, self.rows, self.count = name, rows, 0
        self.model = build(settings).train()
        # Some tables have a column more than an embedding: the value's linear weight.
        dim = getattr(self.model, "table_width", settings.get("embeddingDim"))
        vocabulary = VOCABULARY
        # A table a scenario, as `single` has.
        self.own_tables = name == "single" and settings["embeddings"] == "own"
        self.table = nn.Embedding(vocabulary * (SCENARIOS if self.own_tables else 1), dim)
        reads = name in ("mscan", "sarnet", "din")
        history = settings["historyLength"] if reads else 0
        own = settings["ownHistoryLength"] if name == "mscan" else 0
        self.batches = [Batch(rows, history, own, name != "din") for _ in range(4)]
        if self.own_tables:
            for batch in self.batches:
                batch.all_ids = batch.all_ids * SCENARIOS + batch.scenario[:, None]
        self.weights = [parameter for parameter in self.model.parameters() if parameter.dim() > 1]
        self.optimiser = torch.optim.Adam([*self.model.parameters(), *self.table.parameters()], lr=1e-3)

    def step(self):
        batch = self.batches[self.count % len(self.batches)]
        self.count += 1
        start = time.perf_counter()
        batch.gather(self.table)
        loss = self.model(batch)
        loss = loss + 1e-5 * sum(weight.square().sum() for weight in self.weights)
        loss = loss + 1e-5 / self.rows * batch.gathered.square().sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.table.weight.is_cuda:
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    def measure(self, steps):
        for _ in range(5):
            self.step()
        times = [self.step() for _ in range(steps)]
        return {
            "model": self.name,
            "batch": self.rows,
            "parameters": sum(p.numel() for p in [*self.model.parameters(), *self.table.parameters()]),
            "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", torch.get_num_threads())),
            "blas": blas(),
            "msPerStep": statistics.median(times),
            "bestMsPerStep": min(times),
        }
