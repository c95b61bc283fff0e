"""Softmax gates over experts, Gate Neural Units (PEPNet) and a vector a scenario."""
from __future__ import annotations

from typing import Sequence as Many

import torch
from torch import Tensor, nn

from .linear import Linear, OwnLinear, stacked
from .rows import Rows
from .variables import Group, filled, normal, weight


def masked_softmax(x: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis where `mask` is 1; zeros elsewhere, and everywhere where a row has no 1."""
    hidden = x.masked_fill(mask == 0, torch.finfo(x.dtype).min)
    return torch.softmax(hidden, -1) * mask


class SharedGate(Linear):
    """`weight [in, E]`, `bias [E]`: `[B, in]` to weights `[B, E]` that sum to 1."""

    def forward(self, x: Tensor, rows: Rows | None = None) -> Tensor:
        return torch.softmax(super().forward(x), -1)


class ScenarioGate(OwnLinear):
    """`weight [N, in, E]`, `bias [N, E]`."""

    def own(self, x: Tensor, rows: Rows, mask: Tensor | None = None) -> Tensor:
        """The row's own gate `[B, E]`."""
        logits = super().forward(x, rows)
        return torch.softmax(logits, -1) if mask is None else masked_softmax(logits, mask)

    def every(self, x: Tensor) -> Tensor:
        """Every scenario's gate for every row: `[B, in]` (or `[N, B, in]`) to `[N, B, E]`."""
        return torch.softmax(self.all(x), -1)


class GateNu(Group):
    """Gate Neural Unit (PEPNet, Eq 3–4): `γ σ(relu(x W + b) W' + b')`, `hidden.*`, `gate.*`."""

    def __init__(self, width: int, hidden: int, gamma: float, out: int) -> None:
        super().__init__(hidden=Linear(width, hidden), gate=Linear(hidden, out))
        self.gamma = gamma

    def forward(self, x: Tensor) -> Tensor:
        return self.gamma * torch.sigmoid(self.gate(torch.relu(self.hidden(x))))


class GateNus(Group):
    """Several units over one input: `hidden.weight [units, in, g]`, `hidden.bias [units, g]`, `gate.k.*`."""

    def __init__(self, width: int, hidden: int, gamma: float, outputs: Many[int]) -> None:
        units = len(outputs)
        super().__init__(hidden=Group(weight=weight(units, width, hidden), bias=filled(units, hidden)))
        for k, out in enumerate(outputs):
            self[f"gate.{k}"] = Linear(hidden, out)
        self.gamma = gamma

    def forward(self, x: Tensor) -> list[Tensor]:
        hidden = torch.relu(stacked(x, self.hidden.weight, self.hidden.bias))
        return [self.gamma * torch.sigmoid(gate(h)) for gate, h in zip(self.gate.numbered(), hidden)]


class ScenarioEmbedding(nn.Module):
    """`embedding [N, d]`, N(0, 0.1²)."""

    def __init__(self, scenarios: int, width: int) -> None:
        super().__init__()
        self.embedding = normal(scenarios, width, deviation=0.1)

    def forward(self, rows: Rows) -> Tensor:
        return self.embedding[rows.index]
