"""Parts that models' probes are made of: sums over rows and what they are divided by (src/models/probes.ts, singleProbes.ts)."""
from __future__ import annotations

from typing import Callable, Dict, Sequence as Many, Tuple

import torch
from torch import Tensor

from ..layers import Inputs, history_of

#: Sums `[…]`, counts over its leading axes and, where a standard deviation is shown in place of a mean, sums of squares.
Probe = Tuple[Tensor, ...]
#: By the name that the lab gives them.
Probes = Dict[str, Probe]


def by_scenario(values: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
    """Sums of `values [B, k]` by the row's scenario `[N, k]`, and rows that count `[N]`."""
    return inputs.sum_by_route(values * inputs.weight), inputs.counts[:, 0]


def single_by_scenario(values: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
    """The same of `values [B, 1]`, to `[N]`."""
    total, count = by_scenario(values, inputs)
    return total[:, 0], count


def spread_by_scenario(values: Tensor, inputs: Inputs, squares: Tensor | None = None) -> Probe:
    """For the deviation of `values [B, k]` over a scenario's rows; `squares` where they are no squares of `values`."""
    total, count = by_scenario(values, inputs)
    return total, count, by_scenario(values.square() if squares is None else squares, inputs)[0]


def rows_counted(inputs: Inputs) -> Tensor:
    """Rows that count, a scalar."""
    return inputs.sum(inputs.weight.reshape(-1))


def over_rows(values: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
    """Sum over rows that count of `values [B, …]`, and their number."""
    weight = inputs.weight.view(-1, *[1] * (values.dim() - 1))
    return inputs.sum(values * weight), rows_counted(inputs)


def as_weight(values: Tensor) -> tuple[Tensor, Tensor]:
    """A parameter, the same in every batch."""
    return values, torch.ones((), device=values.device)


def happened_in(shares: Tensor, inputs: Inputs) -> Tensor:
    """What each behaviour has `[B, L]`, by the scenario that it happened in `[B, N]`."""
    of = history_of(inputs).scenario_index
    if of is None:
        raise ValueError("The batch does not say in which scenarios behaviours happened.")
    place = (of[:, :, None] == torch.arange(inputs.count, device=of.device)).to(shares.dtype)
    return (place * shares[:, :, None]).sum(1)


def binned(values: Tensor, low: float, width: float, bins: int) -> Tensor:
    """Which of `bins` ranges of a width each value lies in, those outside in the outermost: `[…]` to one-hot `[…, bins]`."""
    # The lab scales before it floors, and so do these: a value at a border falls where it falls there.
    place = torch.floor((values - low) * (1 / width)).clamp(0, bins - 1)
    return (place[..., None] == torch.arange(bins, device=values.device)).to(values.dtype)


def block_norms(weight: Tensor, rows: int, columns: int) -> Tensor:
    """Lengths of a weight's blocks: `[in, out]` (or `[N, in, out]`, the mean over N) as `rows x columns` equal blocks."""
    inner, outer = weight.shape[-2:]
    blocks = weight.square().reshape(-1, rows, inner // rows, columns, outer // columns)
    return blocks.sum((2, 4)).sqrt().mean(0)


def lengths_of_rows(weight: Tensor) -> Tensor:
    """Each row's length of `[in, out]`, or of networks of scenarios' own the mean."""
    return weight.reshape(-1, *weight.shape[-2:]).norm(dim=2).mean(0)


def piece_parts(output: Callable[[Tensor, Inputs], Tensor], pieces: Many[Tensor], inputs: Inputs) -> Tensor:
    """What each piece `[B, w_p]` adds to a linear output over all of them side by side `[B, pieces]`, its bias left out."""
    silent = [torch.zeros_like(piece) for piece in pieces]
    bias = output(torch.cat(silent, 1), inputs)
    alone = [output(torch.cat([*silent[:p], piece, *silent[p + 1 :]], 1), inputs) for p, piece in enumerate(pieces)]
    return torch.cat(alone, 1) - bias
