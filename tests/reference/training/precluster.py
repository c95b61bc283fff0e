"""Divergences of loss distributions by SciPy, and the best K-means partition by trying all of them; run to write precluster.json."""

import itertools
import json
import pathlib

import numpy as np
from scipy.stats import entropy

BINS, PRIOR_ROWS = 20, 20


def distances(loss, scenario, scenarios):
    """Bins at quantiles of all losses; a scenario's counts and twenty rows spread as all rows are."""
    ordered = np.sort(loss)
    edges = np.unique([ordered[b * len(loss) // BINS] for b in range(1, BINS)])
    binned = np.searchsorted(edges, loss, side="right")
    everyone = np.bincount(binned, minlength=len(edges) + 1) / len(loss)
    p = np.stack([np.bincount(binned[scenario == n], minlength=len(edges) + 1) + PRIOR_ROWS * everyone for n in range(scenarios)])
    return np.array([[(entropy(a, b) + entropy(b, a)) / 2 for b in p] for a in p])


def best_partition(points, k):
    """The partition into k groups, none empty, of least squared distance to the groups' means."""
    found, least = None, np.inf
    for groups in itertools.product(range(k), repeat=len(points)):
        if len(set(groups)) < k or groups[0] != 0:
            continue
        g = np.array(groups)
        inertia = sum(((points[g == c] - points[g == c].mean(0)) ** 2).sum() for c in range(k))
        if inertia < least - 1e-12:
            found, least = groups, inertia
    return list(found), float(least)


random = np.random.default_rng(3)
cases = []
for scenarios, k, missing in [(3, 2, None), (6, 3, 5), (8, 3, None), (7, 4, None)]:
    kind = random.integers(0, k, scenarios)
    rows = random.integers(20, 200, scenarios)
    scenario = np.repeat(np.arange(scenarios), rows)
    # Few decimals: some losses are equal.
    loss = np.round(random.gamma(1 + 0.8 * kind[scenario], 0.4), 2)
    if missing is not None:
        loss, scenario = loss[scenario != missing], scenario[scenario != missing]
    found = distances(loss, scenario, scenarios)
    groups, inertia = best_partition(found, k)
    cases.append({"loss": loss.tolist(), "scenario": scenario.tolist(), "scenarios": scenarios, "clusters": k,
                  "distances": [round(float(x), 12) for x in found.ravel()], "groups": groups, "inertia": inertia})

pathlib.Path(__file__).with_name("precluster.json").write_text(json.dumps(cases))
