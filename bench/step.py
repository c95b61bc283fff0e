"""The same training steps in PyTorch, by the package in python/: one table, Adam over everything, L2. Prints JSON for each model.

It reads a line `{"shape": …, "models": {id: settings}}`, the shape as bench/shape.ts makes it, and then lines that name a model: it
builds each once and measures whenever a line names it, so that its steps can take turns with those of another process on the same
machine. bench/torch.ts starts it.

Two threads need OPENBLAS_NUM_THREADS=2 OMP_NUM_THREADS=2 OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0: the usual way
(torch.set_num_threads alone) is up to three times slower.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))

from scenarium.batches import Layout  # noqa: E402
from scenarium.models import all_settings, build  # noqa: E402
from scenarium.parallel import World  # noqa: E402
from scenarium.shape import DataShape, Needs  # noqa: E402
from scenarium.steps import HostBatch, Optimiser, Steps  # noqa: E402


def made_batch(shape: DataShape, layout: Layout, needs: Needs, draw: np.random.Generator) -> HostBatch:
    """A full batch: ids skewed towards small ones, as real ones are; histories as long as they can be."""
    rows, fields = shape.batch, shape.fields
    scenario = draw.integers(0, shape.scenarios, rows)
    place = next(i for i, field in enumerate(fields) if field.role == "scenario")

    def ids(field: int, *size: int) -> np.ndarray:
        return fields[field].offset + (fields[field].size * draw.random(size) ** 2).astype(np.int64)

    columns = [ids(f, rows) if f != place else fields[place].offset + 1 + scenario for f in range(len(fields))]
    parts = [np.stack(columns, 1)]
    batch: HostBatch = {
        "scenario": scenario,
        "label": (draw.random((rows, 1)) < 0.2).astype(np.float32),
        "weight": np.ones((rows, 1), np.float32),
        **{name: np.ones((rows, 1), np.float32) for name in needs.extra},
    }
    for name, length in (("history", layout.history), ("own", layout.own_history)):
        if length:
            parts.append(np.stack([ids(f, rows, length) for f in layout.item_fields], 2).reshape(rows, -1))
            batch[f"{name}_mask"] = np.ones((rows, length), np.float32)
        if length and name == "history":
            of = draw.integers(0, shape.scenarios, (rows, length))
            batch["history_scenario"] = of
            if layout.history_scenario:
                parts.append(fields[place].offset + 1 + of)
    if layout.crosses:
        pairs, buckets = len(layout.crosses.pairs), layout.crosses.buckets
        parts.append(layout.crosses.offset + np.arange(pairs) * buckets + draw.integers(0, buckets, (rows, pairs)))
    every = np.concatenate(parts, 1)
    batch["ids"] = every * layout.tables + scenario[:, None] if layout.tables > 1 else every
    return batch


def blas() -> str:
    """The library behind products, as loaded: without OpenBLAS or MKL this is many times slower than PyTorch can be."""
    try:
        text = Path("/proc/self/maps").read_text().lower()
    except OSError:
        return "unknown"
    if "mkl" in text or torch.backends.mkl.is_available():
        return "mkl"
    return "openblas" if "openblas" in text else "reference"


class Timed:
    """A model with its table and optimiser."""

    def __init__(self, name: str, settings: dict[str, Any], shape: DataShape, world: World) -> None:
        self.name, self.world, self.taken = name, world, 0
        self.model = build(name, shape, settings, seed=1).to(world.device)
        needs = type(self.model).needs(shape, self.model.settings)
        layout = Layout.needed(shape, needs)
        draw = np.random.default_rng(0)
        self.batches = [made_batch(shape, layout, needs, draw) for _ in range(4)]
        # Dropout by torch's own masks, as PyTorch would draw them.
        self.steps = Steps(self.model, layout, world, {"l2": 1e-5}, sparse=False, counted=False)
        self.adam = Optimiser(self.model, self.steps.table, 1e-3)
        self.rows = shape.batch

    def step(self) -> float:
        """Milliseconds of one step."""
        batch = self.batches[self.taken % len(self.batches)]
        self.taken += 1
        start = time.perf_counter()
        self.steps.train(batch, self.adam, 1, self.taken, self.rows)
        if self.world.device.type == "cuda":
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    def measure(self, steps: int) -> dict[str, Any]:
        for _ in range(5):
            self.step()
        times = [self.step() for _ in range(steps)]
        return {
            "model": self.name,
            "batch": self.rows,
            "parameters": sum(parameter.numel() for parameter in self.model.parameters()),
            "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", torch.get_num_threads())),
            "blas": blas(),
            "msPerStep": statistics.median(times),
            "bestMsPerStep": min(times),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    given = parser.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch has no CUDA device that it could use")
    world = World()
    world.device = torch.device(given.device)
    asked = json.loads(sys.stdin.readline())
    shape = DataShape.of(asked["shape"])
    timed: dict[str, Timed] = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in timed:
            timed[name] = Timed(name, all_settings(name, asked["models"][name]), shape, world)
        print(json.dumps(timed[name].measure(given.steps)), flush=True)


if __name__ == "__main__":
    main()
