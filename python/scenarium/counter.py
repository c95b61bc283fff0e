"""Counter-based random numbers, the lab's own: a value depends on (seed, stream, counter) alone, never on what was drawn before.

The generator is pcg3d (Jarzynski and Olano, Hash Functions for GPU Rendering, JCGT 2020). With it a run has the same initial
weights, the same order of rows and the same dropout masks here as in the browser.
"""
from __future__ import annotations

import math

import numpy as np

_UNIT = 1 / 0x1000000


def hash3(x: np.ndarray | int, y: int, z: int) -> np.ndarray:
    """First word of pcg3d over (x, y, z): `uint32`, in the shape of x."""
    with np.errstate(over="ignore"):
        a = np.atleast_1d(np.asarray(x)).astype(np.int64).astype(np.uint32) * np.uint32(1664525) + np.uint32(1013904223)
        b0 = np.uint32((y * 1664525 + 1013904223) & 0xFFFFFFFF)
        c0 = np.uint32((z * 1664525 + 1013904223) & 0xFFFFFFFF)
        a = a + np.uint32((int(b0) * int(c0)) & 0xFFFFFFFF)
        b = b0 + c0 * a
        c = c0 + a * b
        shift = np.uint32(16)
        a ^= a >> shift
        b ^= b >> shift
        c ^= c >> shift
        return a + b * c


def _hash(x: int, y: int, z: int) -> int:
    return int(hash3(x, y, z)[0])


def stream_seed(seed: int, name: str) -> int:
    """A seed for a named stream; different names give unrelated streams."""
    state = _hash(seed, len(name), 0x5CE0A71)
    for index, character in enumerate(name):
        state = _hash(state, ord(character), index)
    return state


def uniform(seed: int, stream: str, count: int, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """`count` uniform numbers in [low, high), float32."""
    bits = hash3(np.arange(count), stream_seed(seed, stream), 1) >> np.uint32(8)
    return (low + (high - low) * (bits * _UNIT)).astype(np.float32)


def normal(seed: int, stream: str, count: int, mean: float = 0.0, deviation: float = 1.0) -> np.ndarray:
    """`count` normal numbers by the polar method, float32."""
    key = stream_seed(seed, stream)
    pairs = np.arange(0, count, 2)
    out = np.zeros(2 * len(pairs))
    left = np.arange(len(pairs))
    retry = 0
    while len(left) > 0:
        u = hash3(pairs[left], key, 2 + 2 * retry) / 0x80000000 - 1
        v = hash3(pairs[left], key, 3 + 2 * retry) / 0x80000000 - 1
        radius = u * u + v * v
        taken = (radius < 1) & (radius > 0)
        factor = np.sqrt(-2 * np.log(radius[taken]) / radius[taken])
        out[2 * left[taken]] = mean + deviation * (u[taken] * factor)
        out[2 * left[taken] + 1] = mean + deviation * (v[taken] * factor)
        left = left[~taken]
        retry += 1
    return out[:count].astype(np.float32)


def permutation(seed: int, stream: str, count: int) -> np.ndarray:
    """A permutation of 0 … count - 1 (Fisher–Yates), int64."""
    places = np.arange(count)
    chosen = np.floor(hash3(places, stream_seed(seed, stream), 1) / 0x100000000 * (places + 1)).astype(np.int64).tolist()
    out = places.tolist()
    for i in range(count - 1, 0, -1):
        j = chosen[i]
        out[i], out[j] = out[j], out[i]
    return np.asarray(out, dtype=np.int64)


def orthogonal(seed: int, name: str, rows: int, columns: int) -> np.ndarray:
    """Orthonormal rows (columns, if there are more rows than columns) by Gram–Schmidt over normal numbers, `[rows, columns]`."""
    tall = rows > columns
    vectors, length = (columns, rows) if tall else (rows, columns)
    basis = normal(seed, name, vectors * length).astype(np.float64).reshape(vectors, length)
    for i in range(vectors):
        for j in range(i):
            basis[i] -= (basis[i] @ basis[j]) * basis[j]
        basis[i] /= math.sqrt(basis[i] @ basis[i])
    return (basis.T if tall else basis).astype(np.float32)


def dropout_mask(shape: tuple[int, ...], rate: float, seed: int, step: int, call: int) -> np.ndarray:
    """0 with probability `rate`, else 1 / (1 - rate): the mask of the `call`-th dropout of a step, float32."""
    key = _hash(seed, call, 0xD70B)
    bits = hash3(np.arange(math.prod(shape)), key, step) >> np.uint32(8)
    kept = bits >= np.uint32(int(math.floor(rate * 0x1000000 + 0.5)))
    return np.where(kept, np.float32(1 / (1 - rate)), np.float32(0)).reshape(shape)
