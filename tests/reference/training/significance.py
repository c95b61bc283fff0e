"""Significance and smoothing as SciPy and NumPy compute them. Run with a Python that has SciPy:
python3 significance.py > significance.json"""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(11)


def paired():
    """Runs over the same seeds: clear, small and no differences, two seeds at the least."""
    cases = []
    for n, shift, noise in [(2, 0.004, 0.003), (3, 0.01, 0.002), (5, 0.001, 0.004), (5, 0.02, 1e-4), (10, 0.0, 0.006), (20, -0.003, 0.004)]:
        a = 0.7 + rng.normal(size=n) * 0.01
        b = a - shift + rng.normal(size=n) * noise
        test = stats.ttest_rel(a, b)
        interval = test.confidence_interval(0.95)
        cases.append(dict(
            a=a.tolist(), b=b.tolist(), t=float(test.statistic), p=float(test.pvalue),
            difference=float((a - b).mean()), halfWidth=float(interval.high - interval.low) / 2,
            deviation=float(np.std(a, ddof=1)),
        ))
    return cases


def de_long(a, b, label):
    """The covariance matrix of the 1988 paper by its kernel over all pairs; the tail by SciPy's normal distribution."""
    pos, neg = label == 1, label == 0
    psi = [(s[pos][:, None] > s[neg][None, :]) + 0.5 * (s[pos][:, None] == s[neg][None, :]) for s in (a, b)]
    auc = [k.mean() for k in psi]
    # AUC again as the Mann-Whitney statistic.
    for s, area in zip((a, b), auc):
        u = stats.mannwhitneyu(s[pos], s[neg]).statistic
        assert abs(u / (pos.sum() * neg.sum()) - area) < 1e-12
    covariance = np.cov(np.stack([k.mean(axis=1) for k in psi])) / pos.sum() + np.cov(np.stack([k.mean(axis=0) for k in psi])) / neg.sum()
    contrast = np.array([1.0, -1.0])
    error = float(np.sqrt(contrast @ covariance @ contrast))
    z = float((auc[0] - auc[1]) / error)
    return dict(aucA=float(auc[0]), aucB=float(auc[1]), difference=float(auc[0] - auc[1]), standardError=error, z=z, p=float(2 * stats.norm.sf(abs(z))))


def curves():
    """Rows of scores: alike, apart, with many ties, few positives."""
    cases = []
    for n, rate, noise_a, noise_b, digits in [(60, 0.4, 0.3, 0.35, 6), (200, 0.1, 0.1, 0.6, 6), (150, 0.5, 0.4, 0.5, 1), (300, 0.04, 0.2, 0.25, 2)]:
        label = (rng.uniform(size=n) < rate).astype(int)
        a = np.round(label * 0.3 + rng.normal(size=n) * noise_a, digits)
        b = np.round(label * 0.3 + rng.normal(size=n) * noise_b, digits)
        cases.append(dict(a=a.tolist(), b=b.tolist(), label=label.tolist(), expected=de_long(a, b, label)))
    return cases


def smoothing():
    """Weights f^k over the defined values so far, divided by their sum: the debiased mean without its recursion."""
    cases = []
    for factor in [0.0, 0.3, 0.6, 0.9, 0.95]:
        values = [None if rng.uniform() < 0.2 else float(v) for v in 0.6 + np.cumsum(rng.normal(size=25)) * 0.01]
        smooth = []
        for t, value in enumerate(values):
            seen = np.array([v for v in values[: t + 1] if v is not None])
            weights = factor ** np.arange(len(seen))[::-1] if factor > 0 else (np.arange(len(seen)) == len(seen) - 1).astype(float)
            smooth.append(None if value is None else float(np.average(seen, weights=weights)))
        cases.append(dict(factor=factor, values=values, smooth=smooth))
    return cases


def tails():
    return dict(
        student=[dict(t=t, df=df, p=float(2 * stats.t.sf(t, df))) for df in [1, 2, 4, 9, 30, 200] for t in [0.01, 0.5, 1.5, 2.776, 7.0, 40.0]],
        quantile=[dict(alpha=alpha, df=df, t=float(stats.t.isf(alpha / 2, df))) for alpha in [0.1, 0.05, 0.01] for df in [1, 2, 4, 19]],
        normal=[dict(z=z, p=float(2 * stats.norm.sf(z))) for z in [0.001, 0.3, 1.0, 1.7, 1.96, 3.0, 6.0, 12.0]],
    )


def ranks():
    """Spearman's rank correlation with and without ties."""
    cases = []
    for digits in [6, 1, 0]:
        x = np.round(rng.normal(size=28) * 2, digits)
        y = np.round(x + rng.normal(size=28) * 3, digits)
        cases.append(dict(x=x.tolist(), y=y.tolist(), rho=float(stats.spearmanr(x, y).statistic)))
    return cases


print(json.dumps(dict(paired=paired(), deLong=curves(), smoothing=smoothing(), tails=tails(), ranks=ranks())))
