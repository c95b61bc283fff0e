"""Multi-layer perceptrons: Linear → normalisation → LeakyReLU → dropout on every layer; one, one a scenario, or a stack of them.

Each layer can tell how to go back through it (`Trace`): gradients by a network's input in closed form, differentiable themselves,
with batch statistics held fixed so that a row's gradient depends on that row alone.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence as Many

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .linear import Linear, OwnLinear, route, stacked
from .norm import EPSILON, BatchNorm, StackedNorm, norm_or_none, scenario_moments, shared_moments
from .rows import Rows
from .variables import Group, filled, weight

#: What stands between the layers: takes the input of layer k and gives what the layer is to read instead.
Before = Callable[[Tensor, int], Tensor]


def leaky(x: Tensor, slope: float) -> Tensor:
    return torch.relu(x) if slope == 0 else F.leaky_relu(x, slope)


def steepness(u: Tensor, slope: float) -> Tensor:
    """Derivative of LeakyReLU at u, a constant."""
    return torch.where(u.detach() > 0, u.new_ones(()), u.new_full((), slope))


@dataclass
class Trace:
    """What one layer did: u before the activation, its slope, the derivative of normalisation (or None), the dropout mask (or None)."""

    u: Tensor
    slope: float
    norm_scale: Tensor | None
    mask: Tensor | None

    def back(self, delta: Tensor) -> Tensor:
        """From the gradient by the layer's output to that by its linear part."""
        inner = delta * steepness(self.u, self.slope)
        if self.mask is not None:
            inner = inner * self.mask
        return inner if self.norm_scale is None else inner * self.norm_scale


def finish(linear: Tensor, norm: BatchNorm | StackedNorm | None, slope: float, dropout: float, rows: Rows) -> tuple[Tensor, Trace]:
    """The rest of a layer after its linear part."""
    u, norm_scale = norm.trace(linear, rows) if norm is not None else (linear, None)
    mask = rows.run.mask(u, dropout)
    active = leaky(u, slope)
    return (active if mask is None else active * mask), Trace(u, slope, norm_scale, mask)


class Mlp(Group):
    """`k.weight`, `k.bias` (without normalisation) or `k.norm.*`. With `own`, a network a scenario: `[N, in, out]`."""

    def __init__(self, width: int, widths: Many[int], norm: str, count: int, dropout: float, slope: float = 0.0, own: bool = False) -> None:
        super().__init__()
        self.dropout, self.slope = dropout, slope
        for k, out in enumerate(widths):
            bias = 0.0 if norm == "off" else None
            layer: Any = OwnLinear(count, width, out, bias) if own else Linear(width, out, bias)
            layer.norm = norm_or_none(out, norm, count)
            self[str(k)] = layer
            width = out
        self.out = width

    def trace(self, x: Tensor, rows: Rows, before: Before | None = None) -> tuple[Tensor, list[Trace]]:
        traces = []
        for k, layer in enumerate(self.numbered()):
            linear = layer(x if before is None else before(x, k), rows)
            x, trace = finish(linear, layer.norm, self.slope, self.dropout, rows)
            traces.append(trace)
        return x, traces

    def forward(self, x: Tensor, rows: Rows, before: Before | None = None) -> Tensor:
        return self.trace(x, rows, before)[0]

    def after_first(self, linear: Tensor, rows: Rows) -> Tensor:
        """The output, from what the first layer's product is `[B, out]`."""
        first, *rest = self.numbered()
        x = finish(linear, first.norm, self.slope, self.dropout, rows)[0]
        for layer in rest:
            x = finish(layer(x, rows), layer.norm, self.slope, self.dropout, rows)[0]
        return x

    def input_gradient(self, traces: list[Trace], delta: Tensor, rows: Rows) -> Tensor:
        """Each row's gradient by the input `[B, in]`, from that by the output `[B, out]`."""
        for layer, trace in reversed(list(zip(self.numbered(), traces))):
            inner = trace.back(delta)
            weights = layer.weight
            if isinstance(layer, OwnLinear):
                delta = rows.routed(inner, lambda n, part: part @ weights[n].t())
            else:
                delta = inner @ weights.t()
        return delta


class StackedLayer(nn.Module):
    def __init__(self, stack: int, width: int, out: int, norm: str, count: int, dropout: float, slope: float) -> None:
        super().__init__()
        self.dropout, self.slope = dropout, slope
        self.weight = weight(stack, width, out)
        self.bias = filled(stack, out) if norm == "off" else None
        self.norm = None if norm == "off" else StackedNorm(stack, out, norm, count)

    def trace(self, x: Tensor, rows: Rows) -> tuple[Tensor, Trace]:
        return finish(stacked(x, self.weight, self.bias), self.norm, self.slope, self.dropout, rows)

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        """One input for all `[B, in]`, or one each `[E, B, in]`; to `[E, B, out]`."""
        return self.trace(x, rows)[0]

    def routed(self, x: Tensor, rows: Rows) -> Tensor:
        """Each row through the network that it is routed to, without normalisation."""
        u = route(x, self.weight, self.bias, rows)
        return rows.run.dropout(leaky(u, self.slope), self.dropout)


class StackedMlp(Group):
    """E networks side by side: `k.weight [E, in, out]`, `k.bias [E, out]` or `k.norm.*`."""

    def __init__(self, stack: int, width: int, widths: Many[int], norm: str, count: int, dropout: float, slope: float = 0.0) -> None:
        super().__init__()
        for k, out in enumerate(widths):
            self[str(k)] = StackedLayer(stack, width, out, norm, count, dropout, slope)
            width = out
        self.stack, self.out, self.can_route = stack, width, norm == "off"

    @property
    def layers(self) -> list[StackedLayer]:
        return list(self.numbered())

    def trace(self, x: Tensor, rows: Rows) -> tuple[Tensor, list[Trace]]:
        traces = []
        for layer in self.layers:
            x, trace = layer.trace(x, rows)
            traces.append(trace)
        return x, traces

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        """One input for all `[B, in]`, or one each `[E, B, in]`; to `[E, B, w]`."""
        return self.trace(x, rows)[0]

    def routed(self, x: Tensor, rows: Rows) -> Tensor:
        for layer in self.layers:
            x = layer.routed(x, rows)
        return x

    def input_gradient(self, traces: list[Trace], delta: Tensor) -> Tensor:
        """`delta [E, B, out]` to each network's own gradient by its input `[E, B, in]`."""
        for layer, trace in reversed(list(zip(self.layers, traces))):
            delta = torch.bmm(trace.back(delta), layer.weight.transpose(1, 2))
        return delta


class AdaptiveMlp(Group):
    """Layers whose activation is learned (Zhou et al., KDD 2018, Eq 5): `k.weight`, `k.bias`, `k.alpha`; states of Dice `k.mean`, `k.variance`."""

    def __init__(self, width: int, widths: Many[int], activation: str, count: int, dropout: float, own: bool = False) -> None:
        super().__init__()
        self.activation, self.dropout, self.own = activation, dropout, own
        for k, out in enumerate(widths):
            layer: Any = OwnLinear(count, width, out) if own else Linear(width, out)
            if activation != "relu":
                shape = (count, out) if own else (out,)
                layer.alpha = filled(*shape, value=0.25 if activation == "prelu" else 0.0, kind="free")
            if activation == "dice":
                # Named beside the layer's weight, as the lab's.
                standard = BatchNorm(out, "own" if own else "shared", count, affine=False)
                layer.register_buffer("mean", standard.mean)
                layer.register_buffer("variance", standard.variance)
            self[str(k)] = layer
            width = out
        self.out = width

    def _activate(self, layer: Any, s: Tensor, rows: Rows) -> Tensor:
        if self.activation == "relu":
            return torch.relu(s)
        alpha = layer.alpha[rows.index] if self.own else layer.alpha
        if self.activation == "prelu":
            opened = torch.relu(s)
        else:
            moments = scenario_moments if self.own else shared_moments
            mean, variance = moments(s, rows, layer.mean, layer.variance)
            if self.own:
                mean, variance = mean[rows.index], variance[rows.index]
            opened = s * torch.sigmoid((s - mean) * torch.rsqrt(variance + EPSILON))
        return alpha * (s - opened) + opened

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        first = next(self.numbered(), None)
        return x if first is None else self.after_first(first(x, rows), rows)

    def after_first(self, linear: Tensor, rows: Rows) -> Tensor:
        """The output, from what the first layer's product is `[B, out]`."""
        first, *rest = self.numbered()
        x = rows.run.dropout(self._activate(first, linear, rows), self.dropout)
        for layer in rest:
            x = rows.run.dropout(self._activate(layer, layer(x, rows), rows), self.dropout)
        return x
