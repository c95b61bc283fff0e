"""What a baseline reads of a row: its fields, the scenario's or not, and the user's earlier items as further fields."""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..shape import DataShape, Settings
from .linear import Linear
from .make import Make
from .rows import Inputs, Rows, Sequence
from .variables import Group

#: Hidden units of the history's attention, as DIN draws its activation unit (Figure 2).
ATTENTION_HIDDEN = [36]


def history_of(inputs: Inputs) -> Sequence:
    if inputs.history is None:
        raise ValueError("The model asked for histories and the batch has none.")
    return inputs.history


def own_history_of(inputs: Inputs) -> Sequence:
    if inputs.own_history is None:
        raise ValueError("The model asked for behaviours in the row's own scenario and the batch has none.")
    return inputs.own_history


def mean_over(items: Tensor, mask: Tensor) -> Tensor:
    """Mean over the positions that are there: `[B, L, f]` (masked) to `[B, f]`; of none, zeros."""
    return items.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


def sum_over(items: Tensor, weights: Tensor) -> Tensor:
    """`items [B, L, f]` by `weights [B, L]`, to `[B, f]`."""
    return torch.bmm(weights[:, None], items)[:, 0]


@dataclass
class Behaviours:
    """The scored item `[B, w]`, earlier ones `[B, L, w]` (zero where there is none) and their mask `[B, L]`."""

    query: Tensor
    items: Tensor
    mask: Tensor


class TargetAttention(Group):
    """Zhou et al., KDD 2018, Eq 3, over `[query, item, query - item, query * item]`: `k.*`, `output.*`. Weights are no softmax."""

    def __init__(self, make: Make, width: int, hidden: list[int], activation: str | None = None) -> None:
        super().__init__()
        unit = make.mlp(4 * width, hidden, "off", 0.0) if activation is None else make.adaptive(4 * width, hidden, activation, 0.0)
        for k, layer in enumerate(unit.numbered()):
            self[str(k)] = layer
        object.__setattr__(self, "unit", unit)
        self["output"] = make.linear(unit.out, 1)

    def forward(self, behaviours: Behaviours, rows: Rows) -> Tensor:
        """Each behaviour's weight `[B, L]`, 0 where there is none."""
        items, mask = behaviours.items, behaviours.mask
        batch, length, width = items.shape
        query, of = behaviours.query, rows.repeated(length).weighed(mask.reshape(-1, 1))
        together = query[:, None] * items
        first = self.unit["0"]
        if isinstance(first, Linear):
            # What is linear in the scored item is multiplied once a row.
            of_query, of_item, of_difference, of_product = first.weight.split(width)
            both = torch.cat([items, together], 2) @ torch.cat([of_item - of_difference, of_product])
            linear = both + (query @ (of_query + of_difference) + first.bias)[:, None]
            h = self.unit.after_first(linear.reshape(batch * length, -1), of)
        else:
            each = query[:, None].expand(-1, length, -1)
            h = self.unit(torch.cat([each, items, each - items, together], 2).reshape(batch * length, 4 * width), of)
        return self.output(h, of).view(batch, length) * mask


@dataclass
class Read:
    """F' fields `[B, F', d]`, their linear weights `[B, F']` or None, and each behaviour's weight or None."""

    fields: Tensor
    linear: Tensor | None
    attention: Tensor | None

    @property
    def weights(self) -> Tensor:
        """Linear weights of the fields' values, of a model that has them."""
        if self.linear is None:
            raise ValueError("The model's table has no linear weights.")
        return self.linear

    @property
    def flat(self) -> Tensor:
        return self.fields.flatten(1)


class Reader:
    """Reads fields for a model; its attention, where there is one, is the model's part `attention`."""

    def __init__(self, make: Make, shape: DataShape, settings: Settings, linear: bool = False, only: list[int] | None = None) -> None:
        without = () if settings.get("scenarioField", "on") == "on" else ("scenario",)
        self.indices = [i for i in shape.indices(without=without) if only is None or i in only]
        self.history, self.linear, self.shape = settings.get("history", "off"), linear, shape
        self.dim = settings.get("embeddingDim", 0)
        earlier = shape.item_fields if self.history != "off" else []
        self.count = len(self.indices) + len(earlier)
        self.width = self.count * self.dim
        width = len(shape.item_fields) * self.dim
        #: Weights of behaviours in the latest pass, for its probe.
        self.latest: Tensor | None = None
        self.attention: nn.Module | None = TargetAttention(make, width, ATTENTION_HIDDEN) if self.history == "attention" else None

    def behaviours(self, inputs: Inputs) -> Behaviours:
        found = history_of(inputs)
        query, items = inputs.pick(self.shape.item_fields), found.items
        if self.linear:
            batch, length, width = items.shape
            each = width // len(self.shape.item_fields)
            query = query[:, :, 1:]
            items = items.view(batch, length, -1, each)[..., 1:].flatten(2)
        return Behaviours(query.flatten(1), items, found.mask)

    def __call__(self, inputs: Inputs) -> Read:
        fields = inputs.pick(self.indices)
        weights = None
        if self.history != "off":
            found = history_of(inputs)
            if self.attention is not None:
                weights = self.attention(self.behaviours(inputs), inputs)
                self.latest = weights.detach()
                pooled = sum_over(found.items, weights)
            else:
                pooled = mean_over(found.items, found.mask)
            fields = torch.cat([fields, pooled.view(len(fields), -1, fields.shape[2])], 1)
        if not self.linear:
            return Read(fields, None, weights)
        return Read(fields[:, :, 1:], fields[:, :, 0], weights)
