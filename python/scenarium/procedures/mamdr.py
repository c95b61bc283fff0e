"""MAMDR's training (Luo et al., ICDE 2023, Algorithms 1 to 3): rounds of domain negotiation and domain regularisation.

A round is a list of small actions, so that a run may be broken off between any two of them. One Adam runs through everything.
"""
from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np
import torch

from .. import counter
from ..checkpoint import Position
from ..models.mamdr import Mamdr as Model
from ..sampling import BatchOrder
from ..steps import HostBatch
from ..trainer import Trainer
from .base import Procedure

Action = tuple[str, Any]


class Weights:
    """The three kinds of a model's weights. Of the table's rows of an id the first N serve, row N trains, row N + 1 is shared."""

    def __init__(self, model: Model) -> None:
        self.model, self.n = model, model.shape.scenarios
        self.named = dict(model.named_parameters())

    def _table(self) -> torch.Tensor:
        table = self.model.embedding
        return table.view(-1, self.n + 2, table.shape[1])

    @torch.no_grad()
    def load(self, source: str | int) -> None:
        """What trains goes on from what is "shared", or from what serves a scenario."""
        model = self.model
        for name in model.trained:
            served = model[f"shared.{name}"] if isinstance(source, str) else model.served_by(name)[source]
            self.named[name].copy_(served.view_as(self.named[name]))
        rows = self._table()
        rows[:, self.n] = rows[:, self.n + 1 if isinstance(source, str) else source]

    @torch.no_grad()
    def move_shared(self, rate: float) -> None:
        model = self.model
        for name in model.trained:
            shared = model[f"shared.{name}"]
            step = (self.named[name] - shared) * rate
            model.served_by(name).add_(step.view(-1))
            shared.add_(step)
        rows = self._table()
        step = (rows[:, self.n] - rows[:, self.n + 1]) * rate
        rows[:, : self.n] += step[:, None]
        rows[:, self.n + 1] += step

    @torch.no_grad()
    def move_own(self, n: int, rate: float) -> None:
        for name in self.model.trained:
            served = self.model.served_by(name)[n]
            served.add_((self.named[name].view(-1) - served) * rate)
        rows = self._table()
        rows[:, n] += (rows[:, self.n] - rows[:, n]) * rate


def actions_of(order: Sequence[int], helpers: Sequence[Sequence[int]], visits: Callable[[int], int]) -> list[Action]:
    """A round: `order` of the scenarios, `helpers` of each, batches of a visit."""

    def visit(n: int) -> list[Action]:
        return [("train", n)] * visits(n)

    todo: list[Action] = [("load", "shared")]
    for n in order:
        todo += visit(n)
    todo.append(("moveShared", None))
    for n in order:
        for helper in helpers[n]:
            todo += [("load", n), *visit(helper), *visit(n), ("moveOwn", n)]
    return todo


def training_ids(ids: np.ndarray, scenario: np.ndarray, scenarios: int) -> np.ndarray:
    """Row N of an id's, which trains, in the place of the row that serves the scenario."""
    return np.where(ids == 0, 0, ids + scenarios - scenario[:, None])


class Mamdr(Procedure):
    def __init__(self, trainer: Trainer, position: Position) -> None:
        super().__init__(trainer, position)
        self.n = trainer.dataset.scenarios
        assert isinstance(trainer.model, Model)
        self.weights = Weights(trainer.model)
        scenario = trainer.dataset.scenario[trainer.training_rows]
        self.orders: list[BatchOrder | None] = []
        for n in range(self.n):
            rows = trainer.training_rows[scenario == n]
            seed = counter.stream_seed(trainer.seed, f"mamdr {n}")
            self.orders.append(BatchOrder(rows, trainer.training["batch"], seed) if len(rows) else None)
        self.present = [n for n, order in enumerate(self.orders) if order is not None]
        given = position.state if isinstance(position.state, dict) else {}
        self.round, self.done = int(given.get("round", 0)), int(given.get("done", 0))
        drawn = given.get("drawn") or []
        self.drawn = [int(drawn[n]) if n < len(drawn) else 0 for n in range(self.n)]

    def position(self) -> Position:
        return Position({"round": self.round, "done": self.done, "drawn": self.drawn}, {})

    def _actions(self) -> list[Action]:
        settings, seed = self.trainer.settings, counter.stream_seed(self.trainer.seed, "mamdr")
        count = settings["helpers"] if settings["regularisation"] else 0

        def draw(name: str, of: list[int]) -> list[int]:
            return [of[at] for at in counter.permutation(seed, f"round {self.round} {name}", len(of))]

        def others(n: int) -> list[int]:
            return draw(f"helpers of {n}", [other for other in self.present if other != n])[:count] if n in self.present else []

        def visits(n: int) -> int:
            return min(settings["visit"], self.orders[n].per_epoch)  # type: ignore[union-attr]

        return actions_of(draw("order", self.present), [others(n) for n in range(self.n)], visits)

    def _train(self, n: int) -> None:
        order = self.orders[n]
        assert order is not None
        rows = order.rows(self.drawn[n])
        self.drawn[n] += 1
        batch: HostBatch = self.trainer.read_batch(rows)
        batch["ids"] = training_ids(batch["ids"], batch["scenario"], self.n)
        self.trainer.train(batch)

    def run(self) -> None:
        trainer, settings = self.trainer, self.trainer.settings
        exhausted = trainer.after_step() if trainer.step > 0 else False
        todo = self._actions()
        while not exhausted and not trainer.stopping and trainer.step < trainer.training["steps"]:
            if self.done >= len(todo):
                self.round, self.done = self.round + 1, 0
                todo = self._actions()
            kind, of = todo[self.done]
            self.done += 1
            if kind == "load":
                self.weights.load(of)
            elif kind == "moveShared":
                self.weights.move_shared(settings["outerRate"] if settings["negotiation"] else 1.0)
            elif kind == "moveOwn":
                self.weights.move_own(of, settings["helperRate"])
            else:
                self._train(of)
                exhausted = trainer.after_step()
        self.finish(exhausted)
