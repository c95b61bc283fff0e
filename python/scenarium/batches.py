"""Rows become batches: numbers in arrays, then tensors. The order of a row's ids is the lab's (src/data/batches.ts)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

import torch
from torch import Tensor

from .layers import Inputs, Pass, Sequence
from .shape import DataShape, Needs


@dataclass(frozen=True)
class Crosses:
    """Pair c of local values `(a, b)` is id `offset + c * buckets + (a * size_b + b) mod buckets`."""

    pairs: list[tuple[int, int]]
    buckets: int
    offset: int


@dataclass(frozen=True)
class Layout:
    """What stands in a row of ids: fields, behaviours' items, behaviours' scenarios, items of behaviours in the row's scenario, crosses."""

    fields: int
    item_fields: list[int]
    history: int = 0
    history_scenario: bool = False
    own_history: int = 0
    #: Tables of scenarios' own (and of a procedure's); 1: one for all.
    tables: int = 1
    crosses: Crosses | None = None

    @property
    def width(self) -> int:
        return sum(self.lengths)

    @property
    def lengths(self) -> list[int]:
        items = len(self.item_fields)
        parts = [self.fields]
        if self.history:
            parts.append(self.history * items)
            if self.history_scenario:
                parts.append(self.history)
        if self.own_history:
            parts.append(self.own_history * items)
        if self.crosses:
            parts.append(len(self.crosses.pairs))
        return parts

    @staticmethod
    def of(given: Mapping[str, Any]) -> "Layout":
        """From the lab's own description of a layout."""
        history, own = given.get("history"), given.get("ownHistory")
        either: Mapping[str, Any] | None = history or own
        crosses = given.get("crosses")
        return Layout(
            fields=len(given["fields"]),
            item_fields=either["itemFields"] if either is not None else [],
            history=history["length"] if history else 0,
            history_scenario=history is not None and history["scenarioField"] is not None,
            own_history=own["length"] if own else 0,
            tables=given.get("ownTables", 1),
            crosses=crosses and Crosses(crosses["pairs"], crosses["buckets"], crosses["offset"]),
        )

    @staticmethod
    def needed(shape: DataShape, needs: Needs) -> "Layout":
        """@raises ValueError where the data lacks what the model reads."""
        if (needs.history or needs.own_history) and shape.history is None:
            raise ValueError("This model reads the user’s earlier behaviours and the dataset has none; choose a dataset with history_* columns.")
        if needs.history_scenario and not shape.indices(roles=("scenario",)):
            raise ValueError("The dataset has no scenario field, which this model reads of every behaviour; choose another model.")
        offered = shape.history.length if shape.history else 0
        return Layout(
            fields=len(shape.fields),
            item_fields=shape.item_fields,
            history=min(needs.history, offered),
            history_scenario=needs.history_scenario,
            own_history=min(needs.own_history, offered),
            tables=shape.scenarios + needs.extra_tables if needs.own_tables else 1,
            crosses=needs.crosses and Crosses(shape.crossed_pairs(needs.crosses[0]), needs.crosses[1], shape.vocabulary),
        )


def assemble(
    layout: Layout,
    gathered: Tensor,
    *,
    scenario: Tensor,
    scenarios: int,
    label: Tensor,
    weight: Tensor,
    run: Pass,
    history_mask: Tensor | None = None,
    history_scenario: Tensor | None = None,
    own_mask: Tensor | None = None,
    extra: dict[str, Tensor] | None = None,
) -> Inputs:
    """From embeddings of a batch's ids `[B, width, d]` to what a model reads."""
    batch = len(gathered)
    parts = list(gathered.split(layout.lengths, 1))

    def sequence(length: int, mask: Tensor) -> Tensor:
        return parts.pop(0).reshape(batch, length, -1) * mask[:, :, None]

    fields = parts.pop(0)
    history = own = None
    if layout.history and history_mask is not None:
        items = sequence(layout.history, history_mask)
        of_scenario = sequence(layout.history, history_mask) if layout.history_scenario else None
        history = Sequence(items, history_mask, of_scenario, history_scenario)
    if layout.own_history and own_mask is not None:
        own = Sequence(sequence(layout.own_history, own_mask), own_mask)
    return Inputs(
        fields=fields,
        scenario=scenario,
        scenarios=scenarios,
        label=label,
        weight=weight,
        run=run,
        history=history,
        own_history=own,
        crosses=parts.pop(0) if layout.crosses else None,
        extra=extra,
    )
