"""What a refresh of SAR-Net's coefficients shows (src/training/procedures/sarnet/probes.ts); the truth of a simulated log is read for it alone."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Dataset
from ..metrics import auc
from ..record import probe_value

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
#: Between the ranges of `fairnessHistogram`.
EDGES = np.asarray([0.5, 0.8, 0.9, 1, 1.1, 1.25, 2])


def _summaries(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and quantiles of each group `[groups, 6]`, and 1 where the group has rows."""
    out = np.zeros((len(groups), 1 + len(QUANTILES)))
    for values, row in zip(groups, out):
        if len(values):
            ordered = np.sort(values)
            places = [min(len(ordered) - 1, int(q * len(ordered))) for q in QUANTILES]
            row[:] = [values.astype(float).mean(), *ordered[places]]
    return out, np.asarray([float(len(values) > 0) for values in groups])


def category_field(dataset: Dataset) -> int:
    """The item's category: the item field named so, or the one with the fewest values."""
    items = [i for i, field in enumerate(dataset.fields) if field.role == "item"]
    named = [i for i in items if "categ" in dataset.fields[i].name.lower()]
    return named[0] if named else min(items, key=lambda i: (dataset.fields[i].size, i))


def fairness_probes(dataset: Dataset, rows: np.ndarray, value: np.ndarray, before: np.ndarray | None, after: np.ndarray) -> list[dict[str, Any]]:
    """`rows`: the training rows; `value`: their predictions; `before`, `after`: their coefficients `[rows]`, None at the first refresh."""
    scenario, n = dataset.scenario[rows].astype(np.int64), dataset.scenarios
    truth = None if dataset.intervened is None else dataset.intervened[rows]
    nothing = after[:0]
    kinds = [nothing, nothing, after] if truth is None else [after[truth == 1], after[truth == 0], after]
    counts = np.asarray([np.bincount(np.searchsorted(EDGES, one, side="right"), minlength=len(EDGES) + 1) for one in kinds])
    recovery = None if truth is None else auc(-after.astype(float), truth, np.ones(len(rows)))
    drift: np.ndarray = np.zeros(n)
    if before is not None:
        drift = np.bincount(scenario, weights=np.abs(np.log(after.astype(float)) - np.log(before.astype(float))), minlength=n)
    seen = np.bincount(scenario, minlength=n) * float(before is not None)
    category = category_field(dataset)
    of, size = dataset.columns[category][rows], dataset.fields[category].size
    shares = np.stack([np.bincount(of, minlength=size), np.bincount(of, weights=value.astype(float), minlength=size)])
    return [
        probe_value("fairness", *_summaries(kinds)),
        probe_value("fairnessByScenario", *_summaries([after[scenario == s] for s in range(n)])),
        probe_value("fairnessRecovery", np.asarray([recovery or 0.0]), np.asarray([float(recovery is not None)])),
        probe_value("fairnessHistogram", counts, np.asarray([len(one) for one in kinds])),
        probe_value("fairnessDrift", drift, seen),
        probe_value("exposure", shares, shares.sum(1)),
    ]
