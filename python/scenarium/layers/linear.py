"""Linear layers: one for all rows, one a scenario of which each row uses its own, or one for each network of a stack."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from .rows import Rows
from .variables import filled, normal, weight


class Linear(nn.Module):
    """`weight [in, out]`, `bias [out]`: `[B, in]` to `[B, out]`. `bias` None: without."""

    def __init__(self, width: int, out: int, bias: object = 0.0) -> None:
        super().__init__()
        self.weight = weight(width, out)
        self.bias = None if bias is None else filled(out, value=bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, rows: Rows | None = None) -> Tensor:
        product = x @ self.weight
        return product if self.bias is None else product + self.bias


class OwnLinear(nn.Module):
    """`weight [N, in, out]`, `bias [N, out]`: each row through its own scenario's layer."""

    def __init__(self, count: int, width: int, out: int, bias: object = 0.0) -> None:
        super().__init__()
        self.weight = weight(count, width, out)
        self.bias = None if bias is None else filled(count, out, value=bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        return route(x, self.weight, self.bias, rows)

    def all(self, x: Tensor) -> Tensor:
        """Every scenario's layer for every row: `[B, in]`, or one input each `[N, B, in]`, to `[N, B, out]`."""
        return stacked(x, self.weight, self.bias)


class StarLinear(nn.Module):
    """STAR (CIKM 2021, Eq 6–7): `x (W_n * W) + b_n + b`. `own.weight` starts around 1, where its L2 pulls to."""

    @staticmethod
    def shared(width: int, out: int, bias: object = 0.0) -> Linear:
        return Linear(width, out, bias)

    @staticmethod
    def own(count: int, width: int, out: int, bias: bool = True) -> OwnLinear:
        layer = OwnLinear(count, width, out, 0.0 if bias else None)
        layer.weight = normal(count, width, out, mean=1.0, deviation=0.05, centre=1.0)
        return layer


def star(x: Tensor, shared: Linear, own: OwnLinear, rows: Rows) -> Tensor:
    bias: Tensor | None = own.bias
    if bias is not None and shared.bias is not None:
        bias = bias + shared.bias
    return route(x, own.weight * shared.weight, bias, rows)


def route(x: Tensor, weights: Tensor, bias: Tensor | None, rows: Rows) -> Tensor:
    """Each row through its own of `weights [N, in, out]`, `bias [N, out]`."""
    if bias is None:
        return rows.routed(x, lambda n, part: part @ weights[n])
    own = bias
    return rows.routed(x, lambda n, part: torch.addmm(own[n], part, weights[n]))


def stacked(x: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    """One input for all `[B, in]` or one each `[E, B, in]`, `weights [E, in, out]`, to `[E, B, out]`."""
    if x.dim() == 2:
        count, width, out = weights.shape
        wide = x @ weights.transpose(0, 1).reshape(width, count * out)
        product = wide.view(len(x), count, out).transpose(0, 1)
    else:
        return torch.bmm(x, weights) if bias is None else torch.baddbmm(bias[:, None], x, weights)
    return product if bias is None else product + bias[:, None]


def mix(stack: Tensor, weights: Tensor) -> Tensor:
    """`stack [E, B, w]` by each row's `weights [B, E]`, to `[B, w]`."""
    return torch.bmm(weights[:, None], stack.transpose(0, 1))[:, 0]


def mix_gates(stack: Tensor, gates: Tensor) -> Tensor:
    """`stack [E, B, w]` by several gates a row `[B, G, E]`, to `[G, B, w]`."""
    return torch.bmm(gates, stack.transpose(0, 1)).transpose(0, 1)
