"""Statistics of studies as SciPy and NumPy compute them. Run with a Python that has SciPy 1.8 or later:
python3 studies.py > studies.json"""
import itertools
import json

import numpy as np
from scipy import integrate, stats

rng = np.random.default_rng(23)
# Of cases that came later: those above stay as they are.
own = np.random.default_rng(24)


def holm():
    """Step-down by its definition: the largest of all adjusted p up to one's own rank."""
    cases = []
    for n in [1, 2, 3, 5, 12]:
        p = np.round(rng.uniform(size=n) ** 3, 4)
        if n >= 5:
            p[1] = p[3]
        adjusted = [max(min(1.0, float((n - sum(p < q)) * q)) for q in p if q <= own) for own in p]
        cases.append(dict(p=p.tolist(), adjusted=adjusted))
    return cases


def equivalence():
    cases = []
    for n, shift, noise in [(2, 0.0, 0.001), (3, 0.0005, 0.0004), (5, 0.0, 0.001), (5, 0.0018, 0.0002), (5, -0.003, 0.001), (10, 0.0005, 0.002), (30, -0.001, 0.002)]:
        d = shift + rng.normal(size=n) * noise
        above = stats.ttest_1samp(d, -0.002, alternative='greater').pvalue
        below = stats.ttest_1samp(d, 0.002, alternative='less').pvalue
        cases.append(dict(differences=d.tolist(), p=float(max(above, below))))
    return cases


def friedman():
    cases = []
    for worlds, models, digits in [(3, 3, 4), (5, 4, 4), (6, 8, 2), (10, 20, 3), (4, 3, 2)]:
        figures = np.round(0.7 + 0.02 * np.arange(models) / models + rng.normal(size=(worlds, models)) * 0.02, digits)
        test = stats.friedmanchisquare(*figures.T)
        ranks = np.apply_along_axis(stats.rankdata, 1, -figures).mean(axis=0)
        cases.append(dict(figures=figures.tolist(), chiSquared=float(test.statistic), p=float(test.pvalue), meanRanks=ranks.tolist()))
    return cases


def nemenyi():
    cases = []
    for models, worlds, alpha in [(2, 5, 0.05), (3, 10, 0.05), (5, 14, 0.05), (10, 5, 0.1), (36, 5, 0.05)]:
        q = stats.studentized_range.ppf(1 - alpha, models, np.inf)
        cases.append(dict(models=models, worlds=worlds, alpha=alpha, difference=float(q / np.sqrt(2) * np.sqrt(models * (models + 1) / (6 * worlds)))))
    return cases


def bootstrap():
    """Every one of the n^n resamples of a small sample, so no luck of the draw is in it."""
    cases = []
    for n in [5, 6]:
        values = rng.normal(size=n) * 0.004
        means = np.array([np.mean(draw) for draw in itertools.product(values, repeat=n)])
        cases.append(dict(values=values.tolist(), low=float(np.quantile(means, 0.025)), high=float(np.quantile(means, 0.975)), spread=float(means.std())))
    return cases


def power():
    cases = []
    for effect, deviation, pairs, alpha in [(0.002, 0.002, 5, 0.05), (0.001, 0.004, 5, 0.05), (0.01, 0.003, 3, 0.05), (0.005, 0.02, 40, 0.01), (0.0, 0.01, 8, 0.05), (0.02, 0.004, 2, 0.05)]:
        df = pairs - 1
        critical = stats.t.isf(alpha / 2, df)
        delta = effect / deviation * np.sqrt(pairs)
        value = stats.nct.sf(critical, df, delta) + stats.nct.cdf(-critical, df, delta)
        cases.append(dict(effect=effect, deviation=deviation, pairs=pairs, alpha=alpha, power=float(value)))
    return cases


def seeds():
    """Counted up one by one until the power is there."""
    cases = []
    for effect, deviation, pairs, alpha in [(0.002, 0.002, 5, 0.05), (0.002, 0.004, 5, 0.05), (0.01, 0.003, 3, 0.05), (0.002, 0.006, 5, 0.01)]:
        n = pairs
        while True:
            df = n - 1
            critical = stats.t.isf(alpha / 2, df)
            delta = effect / deviation * np.sqrt(n)
            if stats.nct.sf(critical, df, delta) + stats.nct.cdf(-critical, df, delta) >= 0.8:
                break
            n += 1
        cases.append(dict(effect=effect, deviation=deviation, pairs=pairs, alpha=alpha, more=n - pairs))
    return cases


def one_sided():
    cases = []
    for n, shift, noise, bound in [(2, 0.0, 0.001, -0.002), (5, 0.0, 0.003, -0.002), (5, -0.004, 0.001, -0.002), (7, 0.001, 0.002, 0.002), (20, 0.0, 0.01, 0.0)]:
        d = shift + own.normal(size=n) * noise
        above = stats.ttest_1samp(d, bound, alternative='greater').pvalue
        below = stats.ttest_1samp(d, bound, alternative='less').pvalue
        cases.append(dict(differences=d.tolist(), bound=bound, above=float(above), below=float(below)))
    return cases


def within():
    """Of one bound the noncentral t; of both, the chance that both one-sided tests reject, integrated over the sample's deviation."""
    cases = []
    for low, high, alpha, effect, deviation, pairs in [(-0.002, None, 0.05, 0.0, 0.003, 5), (-0.002, None, 0.01, -0.001, 0.002, 30), (None, 0.002, 0.05, 0.001, 0.001, 2), (-0.002, 0.002, 0.05, 0.0003, 0.001, 5),
                                                       (-0.002, 0.002, 0.05, 0.0, 0.003, 24), (-0.002, 0.002, 0.01, 0.001, 0.002, 60), (0.0, 0.002, 0.05, 0.001, 0.0005, 3), (-0.002, 0.002, 0.05, 0.0, 0.01, 5)]:
        df, error = pairs - 1, deviation / np.sqrt(pairs)
        critical = stats.t.isf(alpha, df)
        if low is None or high is None:
            delta = (effect - low if high is None else high - effect) / error
            power = stats.nct.sf(critical, df, delta)
        else:
            most = (high - low) / (2 * critical * error)
            both = lambda s: stats.chi.pdf(s * np.sqrt(df), df) * np.sqrt(df) * (stats.norm.cdf((high - effect) / error - critical * s) - stats.norm.cdf((low - effect) / error + critical * s))
            power = integrate.quad(both, 0, most, epsabs=1e-12, limit=500)[0]
        cases.append(dict(low=low, high=high, alpha=alpha, effect=effect, deviation=deviation, pairs=pairs, power=float(power)))
    return cases


def tails():
    chi = [dict(x=x, df=df, p=float(stats.chi2.sf(x, df))) for x, df in [(0.1, 1), (1.0, 2), (5.5, 4), (30.0, 10), (60.0, 35), (200.0, 35)]]
    normal = [dict(z=z, p=float(stats.norm.sf(z))) for z in [-6.0, -1.5, 0.0, 0.3, 2.0, 7.0]]
    return dict(chiSquared=chi, normal=normal)


print(json.dumps(dict(holm=holm(), equivalence=equivalence(), friedman=friedman(), nemenyi=nemenyi(), bootstrap=bootstrap(), power=power(), seeds=seeds(), oneSided=one_sided(), within=within(), tails=tails())))
