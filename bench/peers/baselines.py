"""The baselines: mix, single, finetune, shared-bottom, mmoe, ple, star."""
import torch
import torch.nn.functional as F
from torch import nn

from common import FIELDS, SCENARIOS, Own, Towers, bce, mlp


def normed(settings):
    if settings["batchNorm"] not in ("off", "shared"):
        raise ValueError("The peers know batch norm over the whole batch, or none.")
    return settings["batchNorm"] == "shared"


def width_of(settings):
    return FIELDS * settings["embeddingDim"]


class Mix(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.body = mlp(width_of(s), s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(s["hidden"][-1], 1)

    def forward(self, x):
        return bce(self.head(self.body(x.flat)), x.label)


class Single(nn.Module):
    """Networks and tables of their own; the loss adds up the scenarios' means."""

    def __init__(self, s):
        super().__init__()
        self.towers = Towers(width_of(s), s["hidden"], normed(s), s["dropout"])

    def forward(self, x):
        rows = F.binary_cross_entropy_with_logits(self.towers(x.flat, x), x.label, reduction="none")
        return ((x.one_hot.T @ rows)[:, 0] / x.one_hot.sum(0).clamp(min=1)).sum()


class Finetune(nn.Module):
    """A pooled network and every scenario's difference from it."""

    def __init__(self, s):
        super().__init__()
        sizes = [width_of(s), *s["hidden"], 1]
        norm = normed(s)
        self.pooled, self.own, self.rest = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for k, (a, b) in enumerate(zip(sizes, sizes[1:])):
            last = k == len(sizes) - 2
            self.pooled.append(nn.Linear(a, b, bias=last or not norm))
            self.own.append(Own(a, b, bias=last or not norm))
            self.rest.append(
                nn.Identity()
                if last
                else nn.Sequential(*([nn.BatchNorm1d(b)] if norm else []), nn.ReLU(), nn.Dropout(s["dropout"]))
            )

    def forward(self, x):
        h = x.flat
        for pooled, own, rest in zip(self.pooled, self.own, self.rest):
            weight = own.weight + pooled.weight.T
            h = x.by_scenario(h, lambda n, rows: rows @ weight[n])
            if own.bias is not None:
                h = h + pooled.bias + own.bias[:, 0][x.scenario]
            h = rest(h)
        return bce(h, x.label)


class SharedBottom(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.bottom = mlp(width_of(s), s["hidden"], normed(s), s["dropout"])
        self.towers = Towers(s["hidden"][-1], s["towerHidden"], normed(s), s["dropout"])

    def forward(self, x):
        return bce(self.towers(self.bottom(x.flat), x), x.label)


class Mmoe(nn.Module):
    def __init__(self, s):
        super().__init__()
        width, norm, dropout = width_of(s), normed(s), s["dropout"]
        # One product an expert: no slower than a batched one, and the norms need no transposed copies.
        self.experts = nn.ModuleList(mlp(width, s["expertHidden"], norm, dropout) for _ in range(s["numExperts"]))
        self.gate = Own(width, s["numExperts"])
        self.towers = Towers(s["expertHidden"][-1], s["towerHidden"], norm, dropout)

    def forward(self, x):
        gate = self.gate(x.flat, x).softmax(-1)
        mixed = sum(gate[:, e : e + 1] * expert(x.flat) for e, expert in enumerate(self.experts))
        return bce(self.towers(mixed, x), x.label)


class Ple(nn.Module):
    """One level (CGC). An own expert sees the rows of its scenario only: the others' gates do not know it."""

    def __init__(self, s):
        super().__init__()
        if s["levels"] != 1 or normed(s):
            raise ValueError("The peer of ple is CGC with one level and without batch norm.")
        width, dropout = width_of(s), s["dropout"]
        self.slots, self.dropout = s["specificExperts"], nn.Dropout(dropout)
        self.shared = nn.ModuleList(mlp(width, s["expertHidden"], False, dropout) for _ in range(s["sharedExperts"]))
        sizes = [width, *s["expertHidden"]]
        self.own = nn.ModuleList(
            nn.ModuleList(Own(a, b) for a, b in zip(sizes, sizes[1:])) for _ in range(self.slots)
        )
        self.gate = Own(width, self.slots + len(self.shared))
        self.towers = Towers(s["expertHidden"][-1], s["towerHidden"], False, dropout)

    def forward(self, x):
        gate = self.gate(x.flat, x).softmax(-1)
        bodies = []
        for layers in self.own:
            h = x.flat
            for layer in layers:
                h = self.dropout(torch.relu(layer(h, x)))
            bodies.append(h)
        bodies += [expert(x.flat) for expert in self.shared]
        mixed = sum(gate[:, e : e + 1] * body for e, body in enumerate(bodies))
        return bce(self.towers(mixed, x), x.label)


class Star(nn.Module):
    """Partitioned normalisation of the input, layers that are a shared times an own factor, an auxiliary network."""

    def __init__(self, s):
        super().__init__()
        if s["normalisation"] != "partitioned" or not s["auxiliary"]:
            raise ValueError("The peer of star has its normalisation and its auxiliary network.")
        width = width_of(s)
        sizes = [width, *s["hidden"], 1]
        pairs = list(zip(sizes, sizes[1:]))
        self.gamma, self.beta = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.own_gamma = nn.Parameter(torch.ones(SCENARIOS, width))
        self.own_beta = nn.Parameter(torch.zeros(SCENARIOS, width))
        self.register_buffer("mean", torch.zeros(SCENARIOS, width))
        self.register_buffer("variance", torch.ones(SCENARIOS, width))
        self.shared = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.own = nn.ModuleList(Own(a, b) for a, b in pairs)
        self.dropout = nn.Dropout(s["dropout"])
        self.auxiliary = nn.Sequential(
            mlp(width, s["auxiliaryHidden"], False, s["dropout"]), nn.Linear(s["auxiliaryHidden"][-1], 1)
        )

    def forward(self, x):
        scale, shift = self.gamma * self.own_gamma, self.beta + self.own_beta
        h = x.by_scenario(
            x.flat,
            lambda n, rows: F.batch_norm(rows, self.mean[n], self.variance[n], scale[n], shift[n], training=True),
        )
        for k, (shared, own) in enumerate(zip(self.shared, self.own)):
            weight, bias = own.weight * shared.weight.T, own.bias[:, 0] + shared.bias
            h = x.by_scenario(h, lambda n, rows: torch.addmm(bias[n], rows, weight[n]))
            if k < len(self.shared) - 1:
                h = self.dropout(torch.relu(h))
        return bce(h + self.auxiliary(x.flat), x.label)


MODELS = {
    "mix": Mix,
    "single": Single,
    "finetune": Finetune,
    "shared-bottom": SharedBottom,
    "mmoe": Mmoe,
    "ple": Ple,
    "star": Star,
}
