"""Algorithm 1 of AREAD (hierarchical expert mask pruning) in NumPy, on a scripted sequence of gates.

Written from the paper's text. Training itself is scripted: every inner step of every candidate comes with the gates
that the network would have shown on its batch, and every finished candidate with its score. What is left is the
algorithm's own logic: initial masks, pruning, complete paths, the stop at the target density, the choice.

Run: python3 search.py, which writes fixtures/search.json.
"""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import fixture_path, write_json  # noqa: E402


def split(mask, experts):
    """A row of edges as one matrix [N_{l-1}, N_l] a layer."""
    out, at = [], 0
    for below, above in zip(experts[:-1], experts[1:]):
        out.append(mask[at : at + below * above].reshape(below, above).copy())
        at += below * above
    return out


def join(matrices):
    return np.concatenate([m.reshape(-1) for m in matrices])


def complete_paths(mask, experts):
    """Drop, one at a time until none is left, edges from an expert without input or into one without output."""
    layers = split(mask, experts)
    while True:
        before = join(layers)
        for l in range(len(layers)):
            if l > 0:
                without_input = layers[l - 1].sum(0) == 0
                layers[l][without_input, :] = 0
            if l + 1 < len(layers):
                without_output = layers[l + 1].sum(1) == 0
                layers[l][:, without_output] = 0
        if np.array_equal(before, join(layers)):
            return before


def initial_mask(gates, density, deviate, uniforms, experts):
    """Top gates over all layers together; each state inverted with probability min(1, |deviate|)."""
    edges = gates.size
    keep = max(1, int(np.floor(density * edges + 0.5 + 1e-9)))
    top = np.zeros(edges, int)
    top[np.argsort(-gates, kind="stable")[:keep]] = 1
    flip = uniforms < min(1.0, abs(deviate))
    for candidate in (np.where(flip, 1 - top, top), top):
        valid = complete_paths(candidate, experts)
        if valid.sum():
            return valid
    return np.ones(edges, int)


def prune(mask, gates, rate, target, experts):
    """The share `rate` of kept gates with the lowest magnitudes goes, unless the target density is reached."""
    count = int(mask.sum())
    if count / mask.size <= target + 1e-12:
        return mask
    number = max(1, int(np.floor(rate * count + 0.5 + 1e-9)))
    kept = np.flatnonzero(mask)
    order = kept[np.argsort((mask * gates)[kept], kind="stable")]
    pruned = mask.copy()
    pruned[order[:number]] = 0
    valid = complete_paths(pruned, experts)
    return valid if valid.sum() else mask


def search(script, experts, settings):
    """For every domain: candidates, their masks after every step, the one of least score."""
    result = dict(initial=[], steps=[], masks=[], chosen=[])
    for d in range(settings["domains"]):
        finals = []
        for z in range(settings["candidates"]):
            mask = initial_mask(
                script["gates"][d],
                settings["initialDensity"],
                script["deviates"][d, z],
                script["uniforms"][d, z],
                experts,
            )
            result["initial"].append(mask)
            for k in range(settings["trialSteps"]):
                mask = prune(mask, script["stepGates"][d, z, k], settings["pruneRate"], settings["targetDensity"], experts)
                result["steps"].append(mask)
            finals.append(mask)
        best = int(np.argmin(script["scores"][d]))
        result["chosen"].append(best)
        result["masks"].append(finals[best])
    return {k: np.array(v) for k, v in result.items()}


def overlap(a, b):
    return np.logical_and(a, b).sum() / np.logical_or(a, b).sum()


def softmax_gates(rng, lead, experts, sharpness):
    """Gates as the network shows them: a softmax over the lower layer's experts for each upper one."""
    parts = []
    for below, above in zip(experts[:-1], experts[1:]):
        logits = sharpness * rng.standard_normal((*lead, below, above))
        e = np.exp(logits - logits.max(-2, keepdims=True))
        parts.append((e / e.sum(-2, keepdims=True)).reshape(*lead, below * above))
    return np.concatenate(parts, -1).astype(np.float32)


def main():
    cases = []
    for name, experts, seed, extra in [
        ("paper", [3, 6, 12], 0, {}),
        ("deep", [2, 4, 8, 16], 1, dict(pruneRate=0.2, sigma=0.5)),
        ("two layers, rough", [3, 6], 2, dict(pruneRate=0.35, targetDensity=0.15, initialDensity=0.4, sigma=0.5)),
        ("one expert at the start", [1, 2, 4], 3, dict(pruneRate=0.3, targetDensity=0.1, sigma=1.0)),
        ("target already reached", [3, 6, 12], 4, dict(initialDensity=0.3, sigma=0.0)),
    ]:
        rng = np.random.default_rng(seed)
        settings = dict(
            domains=4,
            candidates=3,
            trialSteps=5,
            initialDensity=0.7,
            targetDensity=0.4,
            pruneRate=0.05,
            sigma=0.2,
        )
        settings.update(extra)
        edges = sum(a * b for a, b in zip(experts[:-1], experts[1:]))
        n, z, k = settings["domains"], settings["candidates"], settings["trialSteps"]
        script = dict(
            gates=softmax_gates(rng, (n,), experts, 1.0),
            deviates=(settings["sigma"] * rng.standard_normal((n, z))).astype(np.float32),
            uniforms=rng.random((n, z, edges)).astype(np.float32),
            stepGates=softmax_gates(rng, (n, z, k), experts, 1.5),
            scores=rng.uniform(0.3, 0.9, (n, z)).astype(np.float32),
        )
        # Five decimals: small on disk, and the same order of values in single precision.
        script = {key: np.round(value.astype(float), 5) for key, value in script.items()}
        result = search(script, experts, settings)
        masks = result["masks"]
        result["overlap"] = np.array([[overlap(a, b) for b in masks] for a in masks])
        cases.append(dict(name=name, experts=experts, settings=settings, script=script, result=result))
        print(name, "densities", (result["steps"].mean(-1)[:: k][:3]).round(3), "chosen", result["chosen"])
    write_json(fixture_path(__file__, "search"), dict(format="scenarium-aread-search/1", cases=cases))


if __name__ == "__main__":
    main()
