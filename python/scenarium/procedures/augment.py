"""AREAD's counterfactual augmenter (Eq 5): clicks on unpopular items of major scenarios are copied to minor ones. Training rows only."""
from __future__ import annotations

import math

import numpy as np

from .. import counter
from ..data import Dataset
from ..shape import Settings
from .sarnet import item_field


def _target_chances(minor_rows: np.ndarray, added: int) -> np.ndarray:
    """Chance of each minor scenario to be the target: the more rows it lacks, the likelier."""
    need = np.maximum(100.0, (minor_rows.sum() + added) / len(minor_rows) - minor_rows)
    pull = np.exp(np.minimum(5.0, need / np.quantile(need, 0.3)))
    return pull / pull.sum()


def _pick(weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """First places whose running sums exceed these shares of the total."""
    running = np.cumsum(weights)
    return np.minimum(np.searchsorted(running, uniforms.astype(float) * running[-1], side="right"), len(weights) - 1)


def augment(dataset: Dataset, rows: np.ndarray, settings: Settings, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Dataset rows to copy, and the scenario that each is read in; both empty where nothing can be added."""
    nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    scenario = dataset.scenario[rows]
    counts = np.bincount(scenario, minlength=dataset.scenarios)
    is_minor = counts < settings["minorShare"] * len(rows)
    minor = np.flatnonzero(is_minor & (counts > 0))
    field = item_field(dataset)
    count = math.floor(settings["rAug"] * len(rows) + 0.5)
    if len(minor) == 0 or field is None or count == 0:
        return nothing
    item, label = dataset.columns[field], dataset.label
    size = dataset.fields[field].size
    exposures = np.bincount(item[rows], minlength=size)
    clicks = np.bincount(item[rows], weights=label[rows], minlength=size)
    by_count = settings["popularity"] == "count"
    popularity = exposures.astype(float) if by_count else (clicks + 1) / (exposures + 2)
    seen = np.sort(exposures[1:][exposures[1:] > 0])
    bound = seen[max(0, math.ceil(settings["popularityQuantile"] * len(seen)) - 1)] if len(seen) else 0
    unpopular = (exposures > 0) & ((popularity <= bound) if by_count else (popularity < 0.05))
    unpopular[0] = False
    sources = rows[(label[rows] == 1) & ~is_minor[scenario] & unpopular[item[rows]]]
    if len(sources) == 0:
        return nothing
    stream = counter.stream_seed(seed, "aread augmentation")
    source = sources[_pick(1 / popularity[item[sources]], counter.uniform(stream, "source", count))]
    target = minor[_pick(_target_chances(counts[minor].astype(float), count), counter.uniform(stream, "target", count))]
    return source, target
