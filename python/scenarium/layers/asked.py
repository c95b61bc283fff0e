"""Which scenarios' networks a row is sent through, where a model combines what several scenarios' networks say of one row.

A row asks all N scenarios while that is at most `peers` others. Beyond, it asks a pool, the `peers` scenarios with most training
rows, and its own: a step's cost then stays the same however many scenarios there are.
"""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..shape import DataShape
from .linear import OwnLinear, stacked
from .mlp import StackedLayer, StackedMlp
from .rows import Inputs, Pass, Rows


@dataclass
class Asked:
    """By slot `[B, S]`: 1 at the row's own scenario, at others, and wherever a slot counts; whose network answers `[S, B]`, or None where slots are scenarios."""

    own: Tensor
    others: Tensor
    present: Tensor
    whose: Tensor | None
    inputs: Inputs

    def rows(self, experts: int = 1) -> Rows | None:
        """All slots' rows one after the other, by network; several `experts` a scenario stand side by side."""
        if self.whose is None:
            return None
        each = (self.whose[:, None] * experts + torch.arange(experts, device=self.whose.device)[None, :, None]).reshape(-1)
        times = len(each) // len(self.inputs)
        return Rows(each, self.inputs.count * experts, self.inputs.weight.repeat(times, 1), self.inputs.run)


class Asking:
    def __init__(self, shape: DataShape, peers: int) -> None:
        self.scenarios = shape.scenarios
        self.pool: list[int] | None = None
        self.slots = shape.scenarios
        if shape.scenarios > peers + 1:
            self.pool = sorted(range(shape.scenarios), key=lambda n: (-shape.scenario_rows[n], n))[:peers]
            self.slots = peers + 1

    def __call__(self, inputs: Inputs) -> Asked:
        own = inputs.one_hot
        if self.pool is None:
            return Asked(own, 1 - own, torch.ones_like(own), None, inputs)
        in_pool = own[:, self.pool]
        zeros, ones = torch.zeros_like(own[:, :1]), torch.ones_like(own[:, :1])
        whose = torch.stack([*(torch.full_like(inputs.index, n) for n in self.pool), inputs.index])
        others = 1 - in_pool
        return Asked(torch.cat([torch.zeros_like(in_pool), ones], 1), torch.cat([others, zeros], 1), torch.cat([others, ones], 1), whose, inputs)


def _slots(x: Tensor, count: int) -> Tensor:
    return x.repeat(count, 1) if x.dim() == 2 else x.reshape(-1, x.shape[2])


def ask_linear(linear: OwnLinear, x: Tensor, asked: Asked) -> Tensor:
    """`x [B, in]` for all slots or one each `[S, B, in]`, to `[S, B, out]`."""
    rows = asked.rows()
    if rows is None:
        return stacked(x, linear.weight, linear.bias)
    slots = asked.own.shape[1]
    return linear(_slots(x, slots), rows).view(slots, len(asked.inputs), -1)


def ask_layer(layer: StackedLayer, x: Tensor, asked: Asked) -> Tensor:
    rows = asked.rows()
    if rows is None:
        return layer(x, asked.inputs)
    slots = asked.own.shape[1]
    return layer.routed(_slots(x, slots), rows).view(slots, len(asked.inputs), -1)


def ask_experts(stack: StackedMlp, experts: int, x: Tensor, asked: Asked) -> Tensor:
    """Several networks a scenario, asked with one input for all: `[S * experts, B, w]`."""
    rows = asked.rows(experts)
    if rows is None:
        return stack(x, asked.inputs)
    count = asked.own.shape[1] * experts
    return stack.routed(_slots(x, count), rows).view(count, len(x), -1)


def ask_stack(stack: StackedMlp, x: Tensor, asked: Asked) -> Tensor:
    for layer in stack.layers:
        x = ask_layer(layer, x, asked)
    return x


#: Coin flips that make one random number of a sample.
FLIPS = 24


def sample_scenarios(scenarios: int, count: int, run: Pass, like: Tensor) -> Tensor:
    """Scenarios drawn anew every step, `count` of them in random order, as their numbers `[count]`; the same in every process."""
    flips = run.drawn((scenarios, FLIPS), 0.5, like)
    powers = 0.5 ** torch.arange(2, 2 + FLIPS, dtype=like.dtype, device=like.device)
    number = flips @ powers
    rank = (number[None] > number[:, None]).sum(1)
    return torch.sort(rank, stable=True)[1][:count]
