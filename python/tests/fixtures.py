"""Fixtures of the row-by-row references (tests/reference of the lab) as models and inputs of this package."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scenarium.layers import Inputs, Pass
from scenarium.batches import Layout, assemble
from scenarium.models import Model, build
from scenarium.shape import DataShape

REFERENCES = Path(__file__).parents[2] / "tests" / "reference"


def fixture_paths() -> list[Path]:
    found = sorted(REFERENCES.glob("*/fixtures/*.json"))
    return [path for path in found if {"model", "parameters"} <= set(json.loads(path.read_text()))]


def tensor(given: dict[str, Any]) -> Tensor:
    return torch.tensor(given["values"], dtype=torch.get_default_dtype()).reshape(given["shape"])


class Fixture:
    def __init__(self, path: Path) -> None:
        given = json.loads(path.read_text())
        self.given, self.name = given, f"{given['model']}/{path.stem}"
        self.shape = DataShape.of(given["shape"])
        self.model: Model = build(given["model"], self.shape, given["settings"]).to(torch.get_default_dtype())
        values = {**given["parameters"], **given["states"], "embedding": given["table"]}
        self.model.load_state_dict({name: tensor(value) for name, value in values.items()})

    def inputs(self, training: bool) -> Inputs:
        batch, dtype = self.given["batch"], torch.get_default_dtype()
        masks = [tensor(mask) for mask in self.given["dropoutMasks"]]
        run = Pass(training=training, scripted=masks if training else None)

        def column(values: list[float]) -> Tensor:
            return torch.tensor(values, dtype=dtype)[:, None]

        layout = Layout.of(batch["layout"])
        ids = torch.tensor(batch["ids"]).view(-1, layout.width)
        history = batch["layout"]["history"]
        own = batch["layout"].get("ownHistory")
        return assemble(
            layout,
            self.model.embedding[ids],
            scenario=torch.tensor(batch["scenario"]),
            scenarios=self.shape.scenarios,
            label=column(batch["label"]),
            weight=column(batch["weight"]),
            history_mask=torch.tensor(batch["historyMask"], dtype=dtype).view(-1, history["length"]) if history else None,
            history_scenario=torch.tensor(batch["historyScenario"]).view(-1, history["length"]) if history else None,
            own_mask=torch.tensor(batch["ownHistoryMask"], dtype=dtype).view(-1, own["length"]) if own else None,
            extra={name: column(values) for name, values in batch["extra"].items()},
            run=run,
        )
