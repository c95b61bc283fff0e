"""What a model knows of the data before it sees a row, and what it wants of every row."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    name: str
    role: str
    size: int
    offset: int
    scenario_specific: bool


@dataclass(frozen=True)
class HistoryShape:
    length: int
    item_fields: list[int]


@dataclass(frozen=True)
class DataShape:
    """Counts and click rates are those of the training rows."""

    batch: int
    scenarios: int
    scenario_ids: list[str]
    fields: list[Field]
    vocabulary: int
    history: HistoryShape | None
    click_rate: float
    scenario_click_rate: list[float]
    scenario_rows: list[float]

    @classmethod
    def of(cls, given: dict[str, Any]) -> "DataShape":
        """The shape that the lab writes as JSON: the same words in its spelling."""
        history = given["history"]
        return cls(
            batch=given["batch"],
            scenarios=given["scenarios"],
            scenario_ids=given["scenarioIds"],
            fields=[Field(one["name"], one["role"], one["size"], one["offset"], one["scenarioSpecific"]) for one in given["fields"]],
            vocabulary=given["vocabularySize"],
            history=history and HistoryShape(history["length"], history["itemFields"]),
            click_rate=given["clickRate"],
            scenario_click_rate=given["scenarioClickRate"],
            scenario_rows=given["scenarioRows"],
        )

    def indices(self, roles: tuple[str, ...] | None = None, without: tuple[str, ...] = (), specific: bool | None = None) -> list[int]:
        """Numbers of the fields of some roles, in order."""
        return [
            index
            for index, field in enumerate(self.fields)
            if (roles is None or field.role in roles) and field.role not in without and (specific is None or field.scenario_specific == specific)
        ]

    def crossed_pairs(self, of: str) -> list[tuple[int, int]]:
        """Pairs of fields: the scenario with every other, or each of the user's with each of the item's."""
        if of == "user-item":
            pairs = [(u, i) for u in self.indices(roles=("user",)) for i in self.indices(roles=("item",))]
            if not pairs:
                raise ValueError("The dataset has no user field beside an item field to cross; choose crosses of the scenario, or none.")
            return pairs
        found = self.indices(roles=("scenario",))
        if not found:
            raise ValueError("The dataset has no scenario field to cross with others; choose other crosses.")
        return [(found[0], place) for place in range(len(self.fields)) if place != found[0]]

    @property
    def item_fields(self) -> list[int]:
        return self.history.item_fields if self.history else []


@dataclass(frozen=True)
class Needs:
    """What batches carry beside the fields: lengths of histories, tables of scenarios' own, columns of the procedure's."""

    history: int = 0
    history_scenario: bool = False
    own_history: int = 0
    own_tables: bool = False
    extra_tables: int = 0
    extra: tuple[str, ...] = ()
    #: Which pairs of fields have rows of the table together, and rows a pair.
    crosses: tuple[str, int] | None = None


def logit(probability: float) -> float:
    p = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def prior(shape: DataShape, settings: Settings) -> float:
    """Where an output bias starts: at the logit of the click rate, or at 0 where that is off."""
    return logit(shape.click_rate) if settings["priorBias"] == "on" else 0.0


def priors(shape: DataShape, settings: Settings) -> list[float]:
    """The same a scenario, drawn towards the overall click rate by as much as 100 rows weigh."""
    if settings["priorBias"] == "off":
        return [0.0] * shape.scenarios
    rates = zip(shape.scenario_click_rate, shape.scenario_rows)
    return [logit((rate * rows + shape.click_rate * 100) / (rows + 100)) for rate, rows in rates]
