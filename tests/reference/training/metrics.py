"""Expected metrics and tests, from NumPy and SciPy-free formulas over all pairs. Run: python3 metrics.py > metrics.json"""
import json
from math import erfc, sqrt

import numpy as np


def pair_auc(score, positive, negative):
    """Sum over all pairs, ties half."""
    wins = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    denominator = positive.sum() * negative.sum()
    return float(positive @ wins @ negative / denominator) if denominator > 0 else None


def de_long(a, b, label):
    """Covariance of structural components over all pairs, as in the 1988 paper."""
    pos, neg = label == 1, label == 0
    parts = []
    for s in (a, b):
        psi = (s[pos][:, None] > s[neg][None, :]) + 0.5 * (s[pos][:, None] == s[neg][None, :])
        parts.append((psi.mean(), psi.mean(axis=1), psi.mean(axis=0)))
    s10 = np.cov(np.stack([parts[0][1], parts[1][1]]))
    s01 = np.cov(np.stack([parts[0][2], parts[1][2]]))
    cov = s10 / pos.sum() + s01 / neg.sum()
    variance = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    difference = parts[0][0] - parts[1][0]
    z = difference / sqrt(variance)
    return dict(aucA=parts[0][0], aucB=parts[1][0], difference=difference, standardError=sqrt(variance), z=z,
                p=erfc(abs(z) / sqrt(2)))


rng = np.random.default_rng(7)
n, scenarios = 240, 4
scenario = rng.integers(0, 3, n)  # scenario 3 has no rows
p = np.round(rng.uniform(0.02, 0.6, n), 4)
label = (rng.uniform(size=n) < p).astype(float)
label[scenario == 2] = 0  # one class
match = np.round(rng.normal(size=n), 3)
weight = np.where(scenario == 0, 3.0, np.where(scenario == 1, 1.0, 0.25))
score = np.round(p + rng.normal(size=n) * 0.15, 2)  # rounded: ties
other = np.round(p + rng.normal(size=n) * 0.25, 2)
probability = np.clip(score, 0, 1)
training = [900, 400, 100, 2]


def log_loss(rows):
    q = np.clip(probability[rows], 1e-7, 1 - 1e-7)
    terms = -(label[rows] * np.log(q) + (1 - label[rows]) * np.log(1 - q))
    return float((weight[rows] * terms).sum() / weight[rows].sum()) if rows.any() else None


interest = np.round(1 / (1 + np.exp(-match)), 4)


def metrics_of(rows):
    w = weight[rows]
    clicked = float((w * label[rows]).sum())
    return dict(
        rows=int(rows.sum()), positives=int(label[rows].sum()),
        auc=pair_auc(score[rows], w * label[rows], w * (1 - label[rows])),
        noiseFreeAuc=pair_auc(score[rows], w * p[rows], w * (1 - p[rows])),
        interestAuc=pair_auc(score[rows], w * interest[rows], w * (1 - interest[rows])),
        logLoss=log_loss(rows),
        calibration=float((w * probability[rows]).sum() / clicked) if clicked > 0 else None,
    )


per = [metrics_of(scenario == s) for s in range(scenarios)]
traffic = [float(weight[scenario == s].sum()) for s in range(scenarios)]


def mean(key, weights, chosen=range(scenarios)):
    kept = [(per[s][key], weights[s]) for s in chosen if per[s][key] is not None]
    return sum(v * w for v, w in kept) / sum(w for _, w in kept)


print(json.dumps(dict(
    scenario=scenario.tolist(), p=p.tolist(), label=label.tolist(), interest=interest.tolist(), weight=weight.tolist(),
    score=score.tolist(), other=other.tolist(), probability=probability.tolist(), training=training,
    expected=dict(
        scenarios=per, overall=metrics_of(np.ones(n, bool)), domainAuc=mean('auc', traffic),
        domainNoiseFreeAuc=mean('noiseFreeAuc', traffic), byTraining=mean('auc', training),
        ceilings=[pair_auc(p[r], weight[r] * p[r], weight[r] * (1 - p[r])) for r in [scenario == s for s in range(scenarios)]],
        deLong=de_long(score, other, label)),
)))
