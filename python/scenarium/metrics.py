"""Metrics of one evaluation, equal to the lab's. None means undefined (one class, no rows, no truth)."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np

Number = Optional[float]
Metrics = Dict[str, Any]
_CLIP = 1e-7


def weighted_auc(score: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> Number:
    """AUC where row i is a positive with weight `positive[i]` and a negative with weight `negative[i]`; ties count half."""
    if np.isnan(score).any():
        return None
    _, group = np.unique(score, return_inverse=True)
    p, q = np.bincount(group, weights=positive), np.bincount(group, weights=negative)
    total = p.sum() * q.sum()
    return float((p * (q.cumsum() - q / 2)).sum() / total) if total > 0 else None


def auc(score: np.ndarray, share: np.ndarray, weight: np.ndarray) -> Number:
    """`share[i]` of a row is positive: a label of 0 or 1, or a true click probability (the noise-free AUC)."""
    share, weight = share.astype(float), weight.astype(float)
    return weighted_auc(score, weight * share, weight * (1 - share))


def log_loss(probability: np.ndarray, label: np.ndarray, weight: np.ndarray) -> Number:
    p, w = np.clip(probability.astype(float), _CLIP, 1 - _CLIP), weight.astype(float)
    total = w.sum()
    return float(-(w * np.where(label == 1, np.log(p), np.log1p(-p))).sum() / total) if total > 0 else None


def calibration(probability: np.ndarray, label: np.ndarray, weight: np.ndarray) -> Number:
    clicked = float((weight.astype(float) * label).sum())
    return float((weight.astype(float) * probability).sum() / clicked) if clicked > 0 else None


def weighted_mean(values: Sequence[Number], weights: Sequence[float]) -> Number:
    """A value that is undefined drops out together with its weight."""
    known = [(value, weight) for value, weight in zip(values, weights) if value is not None]
    total = sum(weight for _, weight in known)
    return float(sum(value * weight for value, weight in known) / total) if total > 0 else None


class EvaluatedRows:
    """What is known of evaluation rows, whatever model scores them."""

    def __init__(self, dataset, rows: np.ndarray, weight: np.ndarray, training_rows: List[float]) -> None:
        self.rows, self.weight, self.training_rows = rows, weight, training_rows
        self.scenario, self.label = dataset.scenario[rows], dataset.label[rows].astype(float)
        self.groups = [np.flatnonzero(self.scenario == n) for n in range(dataset.scenarios)]
        self.truth = None if dataset.truth is None else dataset.truth[0][rows].astype(float)
        known = dataset.truth is not None and dataset.truth[1] is not None
        self.interest = dataset.truth[1][rows].astype(float) if known else None

    def _of(self, places: np.ndarray, score: np.ndarray, probability: np.ndarray) -> Metrics:
        label, weight = self.label[places], self.weight[places]

        def share_auc(share: Optional[np.ndarray]) -> Number:
            return None if share is None else auc(score[places], share[places], weight)

        return {
            "rows": len(places),
            "positives": int((label == 1).sum()),
            "auc": share_auc(self.label),
            "noiseFreeAuc": share_auc(self.truth),
            "interestAuc": share_auc(self.interest),
            "logLoss": log_loss(probability[places], label, weight),
            "calibration": calibration(probability[places], label, weight),
        }

    @property
    def _traffic(self) -> List[float]:
        return [float(self.weight[group].astype(float).sum()) for group in self.groups]

    def metrics(self, score: np.ndarray, probability: np.ndarray) -> Metrics:
        score = score.astype(float)
        scenarios = [self._of(group, score, probability) for group in self.groups]
        aucs, traffic = [one["auc"] for one in scenarios], self._traffic
        order = sorted(range(len(aucs)), key=lambda n: (-self.training_rows[n], n))

        def group_mean(chosen: List[int]) -> Number:
            return weighted_mean([aucs[n] for n in chosen], [traffic[n] for n in chosen])

        return {
            "scenarios": scenarios,
            "overall": self._of(np.arange(len(self.rows)), score, probability),
            "domainAuc": weighted_mean(aucs, traffic),
            "domainNoiseFreeAuc": weighted_mean([one["noiseFreeAuc"] for one in scenarios], traffic),
            "major5Auc": group_mean(order[:5]),
            "minor10Auc": group_mean(order[-10:]),
            "minor5Auc": group_mean(order[-5:]),
        }

    def ceilings(self) -> Metrics:
        """The noise-free AUC of the true click probability: no ranking reaches more."""
        if self.truth is None:
            return {"scenarios": [None for _ in self.groups], "overall": None, "domain": None}
        scenarios = [auc(self.truth[g], self.truth[g], self.weight[g]) for g in self.groups]
        return {"scenarios": scenarios, "overall": auc(self.truth, self.truth, self.weight), "domain": weighted_mean(scenarios, self._traffic)}


def monitored(metric: str, metrics: Metrics) -> Number:
    """The metric that decides the best weights, larger is better."""
    if metric == "none":
        return None
    if metric == "domainAuc":
        return metrics["domainAuc"]
    if metric == "auc":
        return metrics["overall"]["auc"]
    if metric == "noiseFreeAuc":
        return metrics["domainNoiseFreeAuc"]
    loss = metrics["overall"]["logLoss"]
    return None if loss is None else -loss
