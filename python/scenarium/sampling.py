"""Which rows train in which order, and which are evaluated: the same as the lab's, on every machine."""
from __future__ import annotations

import numpy as np

from . import counter
from .data import Dataset


class BatchOrder:
    """Shuffled passes over rows, anew every epoch from the seed and its number. A remainder that fills no batch is left out."""

    def __init__(self, rows: np.ndarray, batch: int, seed: int) -> None:
        if len(rows) == 0:
            raise ValueError("The dataset has no training rows; choose another split or another file.")
        self.source, self.batch, self.seed = rows, batch, seed
        self.per_epoch = max(1, len(rows) // batch)
        self._epoch, self._shuffled = -1, rows

    def rows(self, drawn: int) -> np.ndarray:
        """Rows of the `drawn`-th batch, from 0."""
        epoch, place = divmod(drawn, self.per_epoch)
        if epoch != self._epoch:
            self._shuffled = self.source[counter.permutation(self.seed, f"epoch {epoch}", len(self.source))]
            self._epoch = epoch
        return self._shuffled[place * self.batch : (place + 1) * self.batch]


def rows_of_each_scenario(evaluation_rows: int, scenarios: int) -> int:
    """With more than six scenarios a curve's point takes fewer rows of each, at least 50."""
    return min(evaluation_rows, max(50, 6 * evaluation_rows // max(1, scenarios)))


def evaluation_sample(dataset: Dataset, split: int, per_scenario: float) -> tuple[np.ndarray, np.ndarray]:
    """At most so many rows of every scenario of a split, in order, and the weights that bring each back to its true share."""
    name = ("train", "validation", "test")[split]
    every = dataset.rows_of(split)
    chosen, factor = [], np.ones(dataset.scenarios)
    for s in range(dataset.scenarios):
        rows = every[dataset.scenario[every] == s]
        if len(rows) > per_scenario:
            factor[s] = max(1.0, len(rows) / per_scenario)
            rows = rows[counter.permutation(0, f"sample {name} {s}", len(rows))[: int(per_scenario)]]
        chosen.append(rows)
    rows = np.sort(np.concatenate(chosen)) if chosen else every
    return rows, (dataset.weight[rows] * factor[dataset.scenario[rows]]).astype(np.float32)


def evaluation_due(step: int, every: int, steps: int) -> bool:
    """Every so many steps and at the last; once more at a quarter of the first stretch."""
    if step == 0:
        return False
    if step % every == 0 or step == steps:
        return True
    return every >= 8 and step == int(np.floor(every / 4 + 0.5))
