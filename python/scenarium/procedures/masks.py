"""Mask algebra of AREAD (Algorithm 1, Eq 4, 7): a mask is a row of edges of all transitions, the edge from expert i to n at `offset + i * columns + n`."""
from __future__ import annotations

import math

import numpy as np


class MaskLayout:
    """Transitions `(experts below, experts above)`, from the lowest up."""

    def __init__(self, transitions: list[tuple[int, int]]) -> None:
        self.transitions = transitions
        sizes = [rows * columns for rows, columns in transitions]
        self.offsets = [sum(sizes[:k]) for k in range(len(sizes))]
        self.edges = sum(sizes)

    def split(self, mask: np.ndarray) -> list[np.ndarray]:
        return [mask[at : at + r * c].reshape(r, c) for at, (r, c) in zip(self.offsets, self.transitions)]

    def valid(self, mask: np.ndarray) -> np.ndarray:
        """Keeps exactly the edges that lie on a complete path from the first layer to the last."""
        parts = self.split(mask.astype(bool))
        reached = [np.ones(self.transitions[0][0], bool)]
        for part in parts:
            reached.append((part & reached[-1][:, None]).any(0))
        wanted = np.ones(self.transitions[-1][1], bool)
        out: list[np.ndarray] = []
        for part, below in zip(reversed(parts), reversed(reached[:-1])):
            alive = part & wanted[None]
            out.insert(0, (alive & below[:, None]).reshape(-1))
            wanted = alive.any(1)
        return np.concatenate(out)

    def scale(self, kind: str) -> np.ndarray:
        """1, or the experts below: a softmax over more experts gives smaller gates."""
        parts = [np.full(r * c, r if kind == "layer" else 1, np.float32) for r, c in self.transitions]
        return np.concatenate(parts)

    def prune_count(self, kept: int, rate: float, target: float) -> int:
        return 0 if kept <= target * self.edges + 1e-9 else max(1, math.floor(rate * kept + 0.5 + 1e-9))

    def pruned(self, mask: np.ndarray, values: np.ndarray, rate: float, target: float) -> np.ndarray:
        """Cuts the kept edges of smallest value, of equals the earlier; a cut that would take the last path is undone."""
        kept = np.flatnonzero(mask)
        order = kept[np.argsort(values[kept], kind="stable")]
        cut = mask.copy()
        cut[order[: self.prune_count(len(kept), rate, target)]] = False
        valid = self.valid(cut)
        return valid if valid.any() else mask

    def start(self, values: np.ndarray, share: float, chance: float, uniforms: np.ndarray, union: np.ndarray | None) -> np.ndarray:
        """A candidate: the top share of gates, some edges inverted, only complete paths kept."""
        keep = min(self.edges, max(1, math.floor(share * self.edges + 0.5 + 1e-9)))
        top = np.zeros(self.edges, bool)
        top[np.argsort(-values, kind="stable")[:keep]] = True
        flipped = np.where(uniforms < chance, ~top, top)
        for mask in (flipped, top):
            found = self.valid(mask if union is None else mask | union)
            if found.any():
                return found
        return np.ones(self.edges, bool)
