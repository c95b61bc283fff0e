"""SAR-Net's training: after every refresh interval the log is scored and every row gets its item's fairness coefficient (Eq 1)."""
from __future__ import annotations

import numpy as np
import torch

from .. import counter
from ..checkpoint import Position
from ..data import Dataset
from ..trainer import Trainer
from .base import Procedure
from .fairness import fairness_probes

#: Rows with a coefficient below this were shown more than they earn.
OVER_EXPOSED = 0.8
BUCKETS = 10


def item_field(dataset: Dataset) -> int | None:
    """The item field with the most values."""
    items = [i for i, field in enumerate(dataset.fields) if field.role == "item"]
    return max(items, key=lambda i: (dataset.fields[i].size, -i)) if items else None


def coefficients(item: np.ndarray, scenario: np.ndarray, value: np.ndarray, limit: float, minimum: int) -> np.ndarray:
    """A pair's mean value over its scenario's, held in [1/limit, limit]; 1 for pairs with fewer than `minimum` rows."""
    scenarios = int(scenario.max(initial=-1)) + 1
    _, pair = np.unique(item.astype(np.int64) * scenarios + scenario, return_inverse=True)
    value = value.astype(float)
    of_pair, rows_of_pair = np.bincount(pair, weights=value), np.bincount(pair)
    whole, rows = np.bincount(scenario, weights=value), np.bincount(scenario)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = of_pair[pair] / whole[scenario] / (rows_of_pair[pair] / rows[scenario])
    found = np.where(whole[scenario] == 0, 1.0, found)
    held = np.minimum(limit, np.maximum(1 / limit, found))
    return np.where(rows_of_pair[pair] < minimum, 1.0, held).astype(np.float32)


class SarNet(Procedure):
    def __init__(self, trainer: Trainer, position: Position) -> None:
        super().__init__(trainer, position)
        dataset = trainer.dataset
        field = item_field(dataset)
        if field is None:
            raise ValueError("Fairness coefficients need an item column; map one column as item.")
        self.item = dataset.columns[field]
        self.coefficient = np.ones(dataset.rows, np.float32)
        given = position.state if isinstance(position.state, dict) else {}
        self.refreshes = int(given.get("refreshes", 0))
        if "fairness" in position.arrays:
            self.coefficient[:] = position.arrays["fairness"]
        s, epoch = trainer.settings, trainer.order.per_epoch
        #: Steps before the first table and between two.
        self.first, self.every = s["firstRefresh"] or s["fairnessWarmup"] * epoch, s["refreshEvery"] or s["fairnessRefresh"] * epoch
        self.refreshed = int(given.get("refreshed", self.first + max(0, self.refreshes - 1) * self.every))
        self.used = s["biasNet"] or s["biasLoss"] or s["subSample"] != "off"
        self.keep = 1.0 if s["subSample"] == "off" else float(s["subSample"])

    def position(self) -> Position:
        # A refresh that was broken off is done anew from its start.
        return Position({"refreshes": self.refreshes, "scored": None, "refreshed": self.refreshed}, {"fairness": self.coefficient})

    def before_step(self) -> None:
        due = self.first if self.refreshes == 0 else self.refreshed + self.every
        if self.used and self.trainer.step >= due:
            self._refresh()

    def after_step(self) -> bool:
        return self.trainer.after_step(may_be_best=self.trainer.step > self.first)

    def _refresh(self) -> None:
        trainer, s, rows = self.trainer, self.trainer.settings, self.trainer.training_rows
        trainer.say("Fairness coefficients: the training rows are scored.")
        scores = trainer.predict(rows)[0]["probability"][:, 0]
        value = trainer.dataset.label[rows] if s["fairnessNumerator"] == "clicks" else scores
        scenario = trainer.dataset.scenario[rows].astype(np.int64)
        limited = coefficients(self.item[rows], scenario, value, s["fairnessLimit"], s["fairnessMinimum"])
        before = self.coefficient[rows] if self.refreshes > 0 else None
        self.coefficient[rows] = limited
        if "fairnessBoundaries" in trainer.model:
            ordered = np.sort(np.log(limited))
            places = [min(len(ordered) - 1, (k + 1) * len(ordered) // BUCKETS) for k in range(BUCKETS - 1)]
            trainer.model.fairnessBoundaries.copy_(torch.from_numpy(ordered[places].copy()))
        self.refreshes += 1
        self.refreshed = trainer.step
        trainer.keeper.probes(trainer.step, fairness_probes(trainer.dataset, rows, scores, before, limited))

    def take_step(self) -> None:
        trainer = self.trainer
        rows = trainer.next_rows()
        if self.keep < 1:
            bits = counter.hash3(rows, counter.stream_seed(trainer.seed, "sub-sampling"), 1) >> np.uint32(8)
            rows = rows[(self.coefficient[rows] >= OVER_EXPOSED) | (bits / 0x1000000 < self.keep)]
        trainer.train(trainer.read_batch(rows, {"fairness": self.coefficient}))
