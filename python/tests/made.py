"""A small made-up dataset, as arrays and as files."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

ROWS, SCENARIOS, LENGTH = 1200, 3, 5


def manifest(rows: int = ROWS) -> dict[str, Any]:
    sizes = [("user", "user", 30), ("item", "item", 20), ("hour", "context", 6), ("scenario_id", "scenario", SCENARIOS + 1)]
    fields, offset = [], 1
    for name, role, size in sizes:
        fields.append({"name": name, "role": role, "size": size, "offset": offset, "scenarioSpecific": role == "scenario", "meaning": ""})
        offset += size
    return {
        "format": "scenarium-dataset/1",
        "id": "made",
        "title": "Made up (simulated)",
        "rows": rows,
        "fingerprint": "0" * 64,
        "scenarios": [{"id": f"s{n}", "name": f"S {n}", "group": None, "share": 1 / SCENARIOS, "clickRate": 0.3} for n in range(SCENARIOS)],
        "fields": fields,
        "vocabularySize": offset,
        "columns": [],
        "relatedness": None,
        "warnings": [],
        "source": {"kind": "simulated"},
        "history": {"length": LENGTH, "fields": [{"field": "item", "column": "history_item", "table": None}], "absoluteTime": False},
    }


def arrays(rows: int = ROWS, seed: int = 0) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    scenario = draw.integers(0, SCENARIOS, rows)
    user, item, hour = (draw.integers(1, size, rows) for size in (30, 20, 6))
    label = (draw.random(rows) < 0.15 + 0.5 * ((user + item + scenario) % 3 == 0)).astype(np.uint8)
    lengths = draw.integers(0, LENGTH + 1, rows).astype(np.uint8)
    there = np.arange(LENGTH)[None] < lengths[:, None]
    return {
        "scenario": scenario.astype(np.int16),
        "label": label,
        "split": (np.arange(rows) * 10 // rows >= 8).astype(np.uint8) + (np.arange(rows) * 10 // rows >= 9).astype(np.uint8),
        "weight": np.ones(rows, np.float32),
        "field.0": user.astype(np.int32),
        "field.1": item.astype(np.int32),
        "field.2": hour.astype(np.int32),
        "field.3": (scenario + 1).astype(np.int32),
        "history.ids": np.where(there, draw.integers(1, 20, (rows, LENGTH)), 0).astype(np.int32).reshape(-1),
        "history.scenario": np.where(there, draw.integers(0, SCENARIOS, (rows, LENGTH)), -1).astype(np.int16).reshape(-1),
        "history.lengths": lengths,
        "truth.probability": (0.15 + 0.5 * label).astype(np.float32),
    }


def write(folder: Path, rows: int = ROWS) -> Path:
    """`manifest.json` and `rows.npz`. Returns the manifest's path."""
    (folder / "manifest.json").write_text(json.dumps(manifest(rows)))
    np.savez(folder / "rows.npz", **arrays(rows))
    return folder / "manifest.json"
