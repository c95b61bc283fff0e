"""Batch normalisation over rows that count, of all processes, in the variants that multi-scenario models use.

`shared`: one mean and variance over the batch. `domain`: a mean and variance a scenario, one scale and shift. `own`: all four a
scenario. `partitioned`: STAR's (CIKM 2021, Eq 4–5), scale γ γ_n and shift β + β_n. Moving statistics are 0.9 old + 0.1 batch; a
scenario with fewer than two rows in a batch is normalised by its moving statistics and leaves them as they are.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn

from .rows import Rows
from .variables import filled

EPSILON = 1e-5
MOMENTUM = 0.9


class BatchNorm(nn.Module):
    """`gamma`, `beta`, states `mean`, `variance`: `[B, w]` to the same shape. `affine` False: neither scale nor shift."""

    mean: Tensor
    variance: Tensor

    def __init__(self, width: int, kind: str, count: int, affine: bool = True) -> None:
        super().__init__()
        self.kind, self.count = kind, count
        own = (count, width)
        if affine:
            shape = own if kind == "own" else (width,)
            self.gamma, self.beta = filled(*shape, value=1.0, kind="norm"), filled(*shape, kind="norm")
            if kind == "partitioned":
                self.ownGamma, self.ownBeta = filled(*own, value=1.0, kind="norm"), filled(*own, kind="norm")
        self.affine = affine
        shape = (width,) if kind == "shared" else own
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))

    def _scale(self, rows: Rows) -> tuple[Tensor, Tensor]:
        if not self.affine:
            return torch.ones_like(self.mean[:1]), torch.zeros_like(self.mean[:1])
        if self.kind == "own":
            return self.gamma[rows.index], self.beta[rows.index]
        if self.kind == "partitioned":
            return self.gamma * self.ownGamma[rows.index], self.beta + self.ownBeta[rows.index]
        return self.gamma, self.beta

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        return self.trace(x, rows)[0]

    def trace(self, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
        """The output, and its derivative by the input with statistics held fixed, broadcastable over the input."""
        if self.kind == "shared" and rows.run.training and rows.whole:
            scale, shift = self._scale(rows)
            output, factor = by_whole_batch(x, rows, scale, shift, self.mean, self.variance)
            return output, scale * factor
        if self.kind == "shared":
            mean, variance = shared_moments(x, rows, self.mean, self.variance)
        else:
            mean, variance = scenario_moments(x, rows, self.mean, self.variance)
            mean, variance = mean[rows.index], variance[rows.index]
        scale, shift = self._scale(rows)
        factor = torch.rsqrt(variance + EPSILON) * scale
        return (x - mean) * factor + shift, scale * torch.rsqrt(variance.detach() + EPSILON)


class ScalarNorm(nn.Module):
    """One mean and one variance of all numbers `[B, w]`, then one scale and one shift: `gamma`, `beta`, states `mean`, `variance` `[1]`.
    `own`: `[N, 1]`, a scenario by its own rows, or by the moving moments where it has fewer than two."""

    mean: Tensor
    variance: Tensor

    def __init__(self, own: bool, count: int) -> None:
        super().__init__()
        self.own = own
        shape = (count, 1) if own else (1,)
        self.gamma, self.beta = filled(*shape, value=1.0, kind="norm"), filled(*shape, kind="norm")
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))

    def _moments(self, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
        run = rows.run
        if not run.training:
            return self.mean, self.variance
        # By way of each row's mean: rows are equally long.
        if not self.own:
            mean = rows.sum(x.mean(1, keepdim=True) * rows.weight) / rows.counted
            variance = rows.sum((x - mean).square().mean(1, keepdim=True) * rows.weight) / rows.counted
        else:
            divisor, enough = rows.counts.clamp(min=1), rows.counts > 1.5
            fresh = rows.sum_by_route(x.mean(1, keepdim=True) * rows.weight) / divisor
            spread = rows.sum_by_route((x - fresh[rows.index]).square().mean(1, keepdim=True) * rows.weight) / divisor
            mean, variance = torch.where(enough, fresh, self.mean), torch.where(enough, spread, self.variance)
        run.record(self.mean, mean, MOMENTUM, 1 - MOMENTUM)
        run.record(self.variance, variance, MOMENTUM, 1 - MOMENTUM)
        return mean, variance

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        mean, variance = self._moments(x, rows)
        scale: Tensor = self.gamma
        shift: Tensor = self.beta
        if self.own:
            mean, variance, scale, shift = (one[rows.index] for one in (mean, variance, scale, shift))
        return (x - mean) * (torch.rsqrt(variance + EPSILON) * scale) + shift


def by_whole_batch(x: Tensor, rows: Rows, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
    """All rows `[B, w]` normalised in one operation; also `1 / sqrt(variance + ε)` `[w]`, a constant."""
    width = x.shape[1]
    output, now, inverse = torch.native_batch_norm(x, scale.expand(width), shift.expand(width), None, None, True, 0.0, EPSILON)
    inverse = inverse.detach()
    rows.run.record(mean, now, MOMENTUM, 1 - MOMENTUM)
    rows.run.record(variance, inverse**-2 - EPSILON, MOMENTUM, 1 - MOMENTUM)
    return output, inverse


def shared_moments(x: Tensor, rows: Rows, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and (biased) variance over rows `[B, …]`; moving ones in evaluation."""
    run = rows.run
    if not run.training:
        return mean, variance
    if rows.whole:
        now_variance, now_mean = torch.var_mean(x, 0, unbiased=False)
    else:
        counts = rows.weight.view(-1, *[1] * (x.dim() - 1))
        now_mean = rows.sum(x * counts) / rows.counted
        now_variance = rows.sum((x - now_mean).square() * counts) / rows.counted
    run.record(mean, now_mean, MOMENTUM, 1 - MOMENTUM)
    run.record(variance, now_variance, MOMENTUM, 1 - MOMENTUM)
    return now_mean, now_variance


def scenario_moments(x: Tensor, rows: Rows, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
    """The same by scenario `[N, w]`."""
    run = rows.run
    if not run.training:
        return mean, variance
    divisor = rows.counts.clamp(min=1)
    fresh_mean = rows.sum_by_route(x * rows.weight) / divisor
    fresh_variance = rows.sum_by_route((x - fresh_mean[rows.index]).square() * rows.weight) / divisor
    enough = rows.counts > 1.5
    now_mean, now_variance = torch.where(enough, fresh_mean, mean), torch.where(enough, fresh_variance, variance)
    run.record(mean, now_mean, MOMENTUM, 1 - MOMENTUM)
    run.record(variance, now_variance, MOMENTUM, 1 - MOMENTUM)
    return now_mean, now_variance


class StackedNorm(nn.Module):
    """Of a stack `[E, B, w]`: every network has its own statistics, scale and shift `[E, w]`; states of `domain` are `[N, E w]`."""

    mean: Tensor
    variance: Tensor

    def __init__(self, stack: int, width: int, kind: str, count: int) -> None:
        super().__init__()
        self.kind = kind
        self.gamma, self.beta = filled(stack, width, value=1.0, kind="norm"), filled(stack, width, kind="norm")
        shape = (count, stack * width) if kind == "domain" else (stack, width)
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))

    def forward(self, x: Tensor, rows: Rows) -> Tensor:
        return self.trace(x, rows)[0]

    def trace(self, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
        stack, batch, width = x.shape
        by_row = x.transpose(0, 1)
        if self.kind != "domain" and rows.run.training and rows.whole:
            wide = by_row.reshape(batch, -1)
            flat, factor = by_whole_batch(wide, rows, self.gamma.reshape(-1), self.beta.reshape(-1), self.mean, self.variance)
            return flat.view(batch, stack, width).transpose(0, 1), self.gamma[:, None] * factor.view(stack, 1, width)
        if self.kind == "domain":
            mean, variance = scenario_moments(by_row.reshape(batch, stack * width), rows, self.mean, self.variance)
            mean, variance = (one[rows.index].view(batch, stack, width).transpose(0, 1) for one in (mean, variance))
        else:
            mean, variance = shared_moments(by_row, rows, self.mean, self.variance)
            mean, variance = mean[:, None], variance[:, None]
        scale = self.gamma[:, None]
        output = (x - mean) * (torch.rsqrt(variance + EPSILON) * scale) + self.beta[:, None]
        return output, scale * torch.rsqrt(variance.detach() + EPSILON)


def norm_or_none(width: int, kind: str, count: int) -> BatchNorm | None:
    return None if kind == "off" else BatchNorm(width, kind, count)
