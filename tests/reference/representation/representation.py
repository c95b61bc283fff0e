"""What projections and measures of representations must give, by NumPy over all pairs. Run: python3 representation.py > representation.json"""
import json

import numpy as np

rng = np.random.default_rng(3)


def unit(x):
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return np.divide(x, length, out=np.zeros_like(x), where=length > 0)


def components(x):
    """By singular values of the centred points; the sign makes the largest loading positive."""
    centred = x - x.mean(axis=0)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    sign = np.sign(vt[np.arange(len(s)), np.abs(vt).argmax(axis=1)])
    return (u * s * sign)[:, :2], s**2 / (s**2).sum(), (s**2).sum() / (len(x) - 1)


def measures(x, group, k=10):
    n = len(x)
    distance = np.linalg.norm(x[:, None] - x[None], axis=2)
    groups = np.unique(group)
    means = {g: x[group == g].mean(axis=0) for g in groups}
    between = sum((group == g).sum() * ((means[g] - x.mean(axis=0)) ** 2).sum() for g in groups)
    silhouettes = []
    for i in range(n):
        own = (group == group[i]) & (np.arange(n) != i)
        a = distance[i, own].mean()
        b = min(distance[i, group == g].mean() for g in groups if g != group[i])
        silhouettes.append((b - a) / max(a, b))
    same = [np.mean(group[[j for j in np.argsort(distance[i]) if j != i][:k]] == group[i]) for i in range(n)]
    chance = np.mean([((group == group[i]).sum() - 1) / (n - 1) for i in range(n)])
    return dict(between=between / ((x - x.mean(axis=0)) ** 2).sum(), silhouette=np.mean(silhouettes),
                neighbours=np.mean(same), chance=chance)


def case(rows, dim, slots):
    count = rows * slots
    group = np.arange(count) % slots if slots > 1 else rng.integers(0, 3, rows)
    x = np.maximum(rng.normal(size=(count, dim)) + 1.5 * rng.normal(size=(3, dim))[group], 0).astype(np.float32)
    wide = x.astype(np.float64)
    scores, shares, variance = components(wide)
    means = np.stack([wide[group == g].mean(axis=0) for g in range(3)])
    cosines = unit(means) @ unit(means).T
    centred = unit(means - means.mean(axis=0))
    result = dict(values=x.ravel().tolist(), count=count, dim=dim, group=group.tolist(), slots=slots,
                  scores=scores.ravel().tolist(), shares=shares.tolist(), variance=variance,
                  separation=measures(wide, group), means=cosines.ravel().tolist(),
                  centred=(centred @ centred.T).ravel().tolist(), rows=None)
    if slots > 1:
        r = unit(wide.reshape(rows, slots, dim))
        result['rows'] = np.einsum('bid,bjd->ij', r, r).ravel() / rows
        result['rows'] = result['rows'].tolist()
    return result


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return float(f'{value:.9g}') if isinstance(value, float) else value


cases = {'tall': case(45, 6, 1), 'wide': case(20, 26, 1), 'slots': case(16, 5, 3)}
print(json.dumps(rounded(cases), default=lambda value: rounded(value.item())))
