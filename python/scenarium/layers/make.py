"""Makers of parts that are one for all rows, or one a scenario of which each row uses its own: a network is written once for both."""
from __future__ import annotations

from typing import Any, Sequence as Many

from torch import Tensor, nn

from ..shape import DataShape, Settings, prior, priors
from .linear import Linear, OwnLinear
from .mlp import AdaptiveMlp, Mlp
from .norm import BatchNorm, norm_or_none
from .rows import Rows
from .variables import filled, weight


class Make:
    """`own`: a network a scenario, normalised by its own rows."""

    def __init__(self, shape: DataShape, settings: Settings, own: bool = False) -> None:
        self.shape, self.own = shape, own
        self.batch_norm = self._norm(settings.get("batchNorm", "off"))
        self.dropout = settings.get("dropout", 0.0)
        self.prior: Any = priors(shape, settings) if own else prior(shape, settings)

    def _norm(self, kind: str) -> str:
        return "own" if self.own and kind != "off" else kind

    def linear(self, width: int, out: int, bias: object = 0.0) -> nn.Module:
        """`bias` None: without; "prior": it starts at the logit of the click rate."""
        start = self.prior if bias == "prior" else bias
        return OwnLinear(self.shape.scenarios, width, out, start) if self.own else Linear(width, out, start)

    def mlp(self, width: int, widths: Many[int], norm: str | None = None, dropout: float | None = None) -> Mlp:
        kind = self.batch_norm if norm is None else self._norm(norm)
        return Mlp(width, widths, kind, self.shape.scenarios, self.dropout if dropout is None else dropout, own=self.own)

    def adaptive(self, width: int, widths: Many[int], activation: str, dropout: float) -> AdaptiveMlp:
        return AdaptiveMlp(width, widths, activation, self.shape.scenarios, dropout, self.own)

    def weight(self, *shape: int, value: float | None = None, kind: str = "weight") -> nn.Parameter:
        """`[…shape]`, own `[N, …shape]`; Glorot-uniform unless a value is given."""
        every = (self.shape.scenarios, *shape) if self.own else shape
        return weight(*every, fan=(shape[-2], shape[-1])) if value is None else filled(*every, value=value, kind=kind)

    def of_rows(self, parameter: Tensor, rows: Rows) -> Tensor:
        """`[1, …shape]` where one serves all rows, else each row's own `[R, …shape]`."""
        return parameter[rows.index] if self.own else parameter[None]

    def norm(self, width: int) -> BatchNorm | None:
        return norm_or_none(width, self.batch_norm, self.shape.scenarios)

    def output_bias(self, *shape: int) -> nn.Parameter:
        """An output bias without a layer: `[…shape]`, own `[N, 1]`."""
        return filled(*((self.shape.scenarios, 1) if self.own else shape), value=self.prior)

    def bias_rows(self, bias: Tensor, rows: Rows) -> Tensor:
        return bias[rows.index] if self.own else bias.view(1, 1)
