"""The lab's default settings, and what a setting's value may be, as it writes them (`npm run onward -- --defaults`)."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def _read(name: str) -> dict[str, Any]:
    return json.loads((Path(__file__).parent / name).read_text())


_DEFAULTS, _LIMITS = _read("defaults.json"), _read("limits.json")

#: By the model's id.
MODEL_DEFAULTS: dict[str, dict[str, Any]] = _DEFAULTS["models"]
TRAINING_DEFAULTS: dict[str, Any] = _DEFAULTS["training"]
MODEL_LIMITS: dict[str, dict[str, Any]] = _LIMITS["models"]
TRAINING_LIMITS: dict[str, Any] = _LIMITS["training"]
