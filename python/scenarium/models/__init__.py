"""Every model of the lab, by its id."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping

from ..layers import initialise
from ..shape import DataShape, Settings
from . import aread, basic, causalint, clusters, crosses, experts, gated, interactions, m2m, mamdr, mscan, optmsm, routed, sarnet
from .base import Losses, Model, Pass, Scores

_MODULES = (basic, experts, interactions, crosses, gated, routed, clusters, m2m, mamdr, causalint, optmsm, mscan, sarnet, aread)

#: By id.
MODELS: dict[str, type[Model]] = {model.id: model for module in _MODULES for model in module.MODELS}

_GIVEN = json.loads((Path(__file__).parent / "defaults.json").read_text())
_DEFAULTS: dict[str, dict[str, Any]] = _GIVEN["models"]


def model_class(name: str) -> type[Model]:
    if name not in MODELS:
        raise ValueError(f"There is no model “{name}”; known: {', '.join(sorted(MODELS))}.")
    return MODELS[name]


def training_defaults() -> dict[str, Any]:
    return dict(_GIVEN["training"])


def all_settings(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The model's defaults, as the lab's, with the given ones over them."""
    model_class(name)
    unknown = next((key for key in given if key not in _DEFAULTS[name]), None)
    if unknown is not None:
        raise ValueError(f"{name} has no setting “{unknown}”; it has {', '.join(sorted(_DEFAULTS[name]))}.")
    return {**_DEFAULTS[name], **given}


def build(name: str, shape: DataShape, given: Mapping[str, Any], seed: int | None = None) -> Model:
    """A model of the lab. With a seed it starts where the lab's starts from it."""
    settings: Settings = all_settings(name, given)
    model = model_class(name)(shape, settings)
    if seed is not None:
        initialise(model, seed)
        start_states = getattr(model, "start_states", None)
        if start_states is not None:
            start_states(seed)
    return model


__all__ = ["MODELS", "Losses", "Model", "Pass", "Scores", "all_settings", "build", "model_class", "training_defaults"]
