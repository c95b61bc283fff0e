"""What a forward pass reads beside embeddings: which network each row goes through, what counts, and what the step records."""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Callable, Protocol

import torch
from torch import Tensor

from .. import counter


class Total(Protocol):
    """Sums a tensor over all processes; differentiable."""

    def __call__(self, local: Tensor) -> Tensor:
        ...


def alone(local: Tensor) -> Tensor:
    """One process: a sum over the batch is the sum."""
    return local


@dataclass
class Record:
    """A state's next value: `decay * state + scale * value`, written after the step."""

    state: Tensor
    value: Tensor
    decay: float
    scale: float

    @torch.no_grad()
    def write(self) -> None:
        self.state.mul_(self.decay).add_(self.value.reshape(self.state.shape), alpha=self.scale)


@dataclass
class Pass:
    """One forward pass: training or evaluation, its dropout masks, and what it records."""

    training: bool = False
    #: Of the dropout stream, and the step's number in it.
    seed: int = 0
    step: int = 0
    #: False: masks by torch's own generator, quicker and not the lab's.
    counted_masks: bool = True
    #: Masks in the order in which they are asked for, in place of drawn ones.
    scripted: list[Tensor] | None = None
    total: Total = alone
    #: Whether this process has all rows of the batch and all of them count.
    whole: bool = False
    calls: int = 0
    records: list[Record] = field(default_factory=list)
    quiet: bool = False

    def mask(self, like: Tensor, rate: float) -> Tensor | None:
        """Dropout mask in the shape of `like`; None in evaluation and at rate 0."""
        if not self.training or rate == 0:
            return None
        if self.scripted is None and not self.counted_masks:
            return torch.rand_like(like).ge_(rate).mul_(1 / (1 - rate))
        return self.drawn(tuple(like.shape), rate, like)

    def drawn(self, shape: tuple[int, ...], rate: float, like: Tensor) -> Tensor:
        """A mask of the counter-based stream: the same in every process."""
        call = self.calls
        self.calls += 1
        if self.scripted is not None:
            return self.scripted[call].reshape(shape).to(like) if self.scripted else torch.ones(shape).to(like)
        mask = counter.dropout_mask(shape, rate, self.seed, self.step, call)
        return torch.from_numpy(mask).to(like)

    def dropout(self, x: Tensor, rate: float) -> Tensor:
        mask = self.mask(x, rate)
        return x if mask is None else x * mask

    def record(self, state: Tensor, value: Tensor, decay: float = 0.0, scale: float = 1.0) -> None:
        if self.training and not self.quiet:
            self.records.append(Record(state, value.detach(), decay, scale))

    def write_records(self) -> None:
        for record in self.records:
            record.write()
        self.records.clear()


class Rows:
    """R rows, each with its number among `count` networks (scenarios or clusters) and a weight of 1, or 0 where it does not count."""

    def __init__(self, index: Tensor, count: int, weight: Tensor, run: Pass, whole: bool | None = None) -> None:
        self.index, self.count, self.weight, self.run = index, count, weight, run
        #: Whether these are all rows of the batch and all of them count.
        self.whole = run.whole if whole is None else whole

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def one_hot(self) -> Tensor:
        """`[R, count]`"""
        return torch.nn.functional.one_hot(self.index, self.count).to(self.weight.dtype)

    @cached_property
    def _grouped(self) -> tuple[Tensor, list[int], Tensor]:
        order = torch.sort(self.index, stable=True)[1]
        inverse = torch.empty_like(order)
        inverse[order] = torch.arange(len(order), device=order.device)
        return order, torch.bincount(self.index, minlength=self.count).tolist(), inverse

    def routed(self, x: Tensor, network: Callable[[int, Tensor], Tensor]) -> Tensor:
        """Each row through its own network: `network(n, rows of n)`, called once for every n that has rows."""
        order, sizes, inverse = self._grouped
        parts = x[order].split(sizes)
        return torch.cat([network(n, part) for n, part in enumerate(parts) if sizes[n] > 0])[inverse]

    def repeated(self, times: int) -> "Rows":
        """The same rows, each standing for `times` neighbouring ones."""
        return Rows(self.index.repeat_interleave(times), self.count, self.weight.repeat_interleave(times, 0), self.run, self.whole)

    def weighed(self, mask: Tensor) -> "Rows":
        """The same rows, of which those count whose `mask [R, 1]` is 1 too."""
        return Rows(self.index, self.count, self.weight * mask, self.run, whole=False)

    def sum(self, values: Tensor) -> Tensor:
        """Sum over rows of all processes `[R, …]` to `[…]`."""
        return self.run.total(values.sum(0))

    def sum_by_route(self, values: Tensor) -> Tensor:
        """Sums of `values [R, k]` by network `[count, k]`, of all processes; rows count as `values` says."""
        return self.run.total(self.one_hot.t() @ values)

    @cached_property
    def counted(self) -> Tensor:
        """Rows that count, at least 1 (a scalar)."""
        return self.sum(self.weight.reshape(-1)).clamp(min=1)

    @cached_property
    def counts(self) -> Tensor:
        """Rows of each network that count `[count, 1]`."""
        return self.sum_by_route(self.weight)

    def mean(self, values: Tensor) -> Tensor:
        """Mean of `values [R, 1]` over rows that count."""
        return self.sum((values * self.weight).reshape(-1)) / self.counted


@dataclass
class Sequence:
    """Behaviours: items `[B, L, F_i d]` and scenarios `[B, L, d]` (both masked), mask and scenario's number `[B, L]`."""

    items: Tensor
    mask: Tensor
    scenario: Tensor | None = None
    scenario_index: Tensor | None = None

    @property
    def scenarios(self) -> Tensor:
        """Embeddings of the behaviours' scenarios, of a model that asks for them."""
        if self.scenario is None:
            raise ValueError("The batch has no embeddings of the scenarios in which behaviours happened.")
        return self.scenario


class Inputs(Rows):
    """A batch with its embeddings."""

    def __init__(
        self,
        *,
        fields: Tensor,
        scenario: Tensor,
        scenarios: int,
        label: Tensor,
        weight: Tensor,
        run: Pass,
        history: Sequence | None = None,
        own_history: Sequence | None = None,
        crosses: Tensor | None = None,
        extra: dict[str, Tensor] | None = None,
    ) -> None:
        super().__init__(scenario, scenarios, weight, run)
        #: `[B, F, d]`
        self.fields = fields
        #: `[B, 1]`
        self.label = label
        self.history, self.own_history, self.extra = history, own_history, extra or {}
        #: Rows of the table that pairs of values have `[B, C, d]`.
        self.crosses = crosses

    def pick(self, indices: list[int]) -> Tensor:
        """The chosen fields `[B, k, d]`."""
        if indices == list(range(self.fields.shape[1])):
            return self.fields
        return self.fields[:, indices]

    def pick_flat(self, indices: list[int]) -> Tensor:
        """The chosen fields side by side `[B, k d]`."""
        return self.pick(indices).flatten(1)
