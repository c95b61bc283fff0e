"""Average linkage by SciPy, and the adjusted Rand index by counting pairs; run to write clusters.json."""

import itertools
import json
import pathlib

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform


def adjusted_rand(a, b):
    """Over all pairs of points: together in both, in one, in none."""
    pairs = list(itertools.combinations(range(len(a)), 2))
    in_a = np.array([a[i] == a[j] for i, j in pairs])
    in_b = np.array([b[i] == b[j] for i, j in pairs])
    expected = in_a.sum() * in_b.sum() / len(pairs)
    most = (in_a.sum() + in_b.sum()) / 2
    return None if most == expected else float(((in_a & in_b).sum() - expected) / (most - expected))


random = np.random.default_rng(7)
cases = []
for count, groups in [(2, 1), (5, 2), (12, 3), (24, 6), (48, 6)]:
    upper = random.random(count * (count - 1) // 2)
    found = fcluster(linkage(1 - upper, "average"), groups, "maxclust")
    truth = random.integers(0, groups, count)
    similarity = squareform(upper)
    np.fill_diagonal(similarity, 1)
    cases.append(
        {
            "count": count,
            "groups": groups,
            "similarity": [round(float(x), 6) for x in similarity.ravel()],
            "found": found.tolist(),
            "truth": truth.tolist(),
            "rand": adjusted_rand(found, truth),
        }
    )

pathlib.Path(__file__).with_name("clusters.json").write_text(json.dumps(cases))
