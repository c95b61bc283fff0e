"""Every model of the lab, by its id."""
from __future__ import annotations

import json
from typing import Any, Mapping

from ..layers import initialise
from ..shape import DataShape, Settings
from . import aread, basic, causalint, clusters, crosses, experts, gated, interactions, m2m, mamdr, mscan, optmsm, routed, sarnet
from .base import Losses, Model, Pass, Scores
from .defaults import MODEL_DEFAULTS, MODEL_LIMITS, TRAINING_DEFAULTS, TRAINING_LIMITS

_MODULES = (basic, experts, interactions, crosses, gated, routed, clusters, m2m, mamdr, causalint, optmsm, mscan, sarnet, aread)

#: By id.
MODELS: dict[str, type[Model]] = {model.id: model for module in _MODULES for model in module.MODELS}


def model_class(name: str) -> type[Model]:
    if name not in MODELS:
        raise ValueError(f"There is no model “{name}”; known: {', '.join(sorted(MODELS))}.")
    return MODELS[name]


def training_defaults() -> dict[str, Any]:
    return dict(TRAINING_DEFAULTS)


def _alike(value: Any, default: Any) -> bool:
    """Whether a setting's value is of its default's kind."""
    if isinstance(default, (bool, str)):
        return isinstance(value, type(default))
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(one, int) and one > 0 for one in value)
    # A whole default may be that of a number with a fraction: 0 of 0.5.
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def checked_settings(what: str, defaults: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """Defaults with the given ones over them. @raises ValueError with one sentence for another name or a value of another kind"""
    if not isinstance(given, Mapping):
        raise ValueError(f"The settings of {what} must be names with values, not {json.dumps(given)[:40]}.")
    for name, value in given.items():
        if name not in defaults:
            raise ValueError(f"{what} has no setting “{name}”; it has {', '.join(sorted(defaults))}.")
        if not _alike(value, defaults[name]):
            raise ValueError(f"“{name}” of {what} cannot be {json.dumps(value)[:40]}; its default is {json.dumps(defaults[name])}.")
    return {**defaults, **given}


def all_settings(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The model's defaults, as the lab's, with the given ones over them."""
    model_class(name)
    return checked_settings(name, MODEL_DEFAULTS[name], given)


def _outside(value: Any, limits: Mapping[str, Any]) -> str | None:
    """What a value must be, where it is not."""
    if "options" in limits:
        return None if value in limits["options"] else f"must be one of {', '.join(limits['options'])}"
    if limits.get("whole") and value != int(value):
        return "must be a whole number"
    low, high = limits["min"], limits.get("max")
    every = value if isinstance(value, list) else [value]
    # So written that NaN is refused too.
    if every and all(low <= one and (high is None or one <= high) for one in every):
        return None
    return f"must be at least {low}" if high is None else f"must lie between {low} and {high}"


def check_limits(settings: Mapping[str, Any], model: str | None = None) -> None:
    """A model's settings, or training's. @raises ValueError with one sentence for a value that the lab would not take either

    Sizes and counts may be larger than a page allows."""
    limits = TRAINING_LIMITS if model is None else MODEL_LIMITS[model]
    for name, of in limits.items():
        wrong = _outside(settings[name], of)
        if wrong is not None:
            raise ValueError(f"“{name}” {wrong}, not {json.dumps(settings[name])[:40]}.")


def build(name: str, shape: DataShape, given: Mapping[str, Any], seed: int | None = None) -> Model:
    """A model of the lab. With a seed it starts where the lab's starts from it."""
    settings: Settings = all_settings(name, given)
    try:
        model = model_class(name)(shape, settings)
    except (RuntimeError, TypeError, KeyError, IndexError, ZeroDivisionError) as error:
        raise ValueError(f"These settings make no model {name} ({error}); take those of the lab.") from error
    if seed is not None:
        initialise(model, seed)
        start_states = getattr(model, "start_states", None)
        if start_states is not None:
            start_states(seed)
    return model


__all__ = [
    "MODELS",
    "Losses",
    "Model",
    "Pass",
    "Scores",
    "all_settings",
    "build",
    "check_limits",
    "checked_settings",
    "model_class",
    "training_defaults",
]
