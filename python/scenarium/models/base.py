"""What every model has: a table, a forward pass that leaves tensors by name, losses, and scores."""
from __future__ import annotations

from typing import ClassVar, Dict, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..layers import Group, Inputs, Make, Mlp, OwnLinear, Reader
from ..layers.variables import Recipe, filled
from ..shape import DataShape, Needs, Settings, priors
from .shown import Probes, by_scenario
from .. import counter

#: What a forward pass leaves: `logit [B, 1]`, and whatever losses, scores and probes read.
Pass = Dict[str, Tensor]
#: Loss terms by name; `total` is what is differentiated, without L2.
Losses = Dict[str, Tensor]


class Scores(NamedTuple):
    """`score` ranks rows, `probability` is of a click, both `[B, 1]`; `columns` are further ones `[B, k]`."""

    score: Tensor
    probability: Tensor
    columns: Dict[str, Tensor] = {}


def bce_rows(logit: Tensor, label: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logit, label, reduction="none")


def bce(logit: Tensor, inputs: Inputs) -> Tensor:
    """Mean cross-entropy of a click's logit over rows that count."""
    if inputs.whole:
        return F.binary_cross_entropy_with_logits(logit, inputs.label)
    return inputs.mean(bce_rows(logit, inputs.label))


def sum_of_own_means(logit: Tensor, inputs: Inputs) -> Tensor:
    """Each scenario's mean cross-entropy, added up: networks of scenarios' own learn as they would alone."""
    sums = inputs.sum_by_route(bce_rows(logit, inputs.label) * inputs.weight)
    return (sums / inputs.counts.clamp(min=1)).sum()


class Model(Group):
    """Parameters and states under the lab's names, beside the table `embedding [V, d]`."""

    #: Id in the lab's registry.
    id: ClassVar[str]

    def __init__(self, shape: DataShape, settings: Settings, dim: int | None = None) -> None:
        super().__init__()
        self.shape, self.settings = shape, settings
        needs = self.needs(shape, settings)
        self.tables = (shape.scenarios + needs.extra_tables) if needs.own_tables else 1
        crossed = len(shape.crossed_pairs(needs.crosses[0])) * needs.crosses[1] if needs.crosses else 0
        rows = (shape.vocabulary + crossed) * self.tables
        self["embedding"] = filled(rows, settings["embeddingDim"] if dim is None else dim, kind="table")
        self.embedding.recipe = Recipe("table", self._table)

    def _table(self, seed: int, _name: str):
        rows, dim = self.embedding.shape
        values = counter.normal(counter.stream_seed(seed, "embedding"), "values", rows * dim, 0.0, 0.01)
        values[: self.tables * dim] = 0
        return values

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        return Needs()

    def forward(self, inputs: Inputs) -> Pass:
        raise NotImplementedError

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        click = bce(out["logit"], inputs)
        return {"total": click, "click": click}

    def scores(self, out: Pass, inputs: Inputs) -> Scores:
        return Scores(out["logit"], torch.sigmoid(out["logit"]))

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        """Sums and counts of what the lab's pictures draw, by the probe's name; their quotient is shown."""
        return {}

    def all_probes(self, out: Pass, inputs: Inputs) -> Probes:
        """The same, and what attention the model's reader pays to the user's earlier items."""
        shown = dict(self.probes(out, inputs))
        reader = getattr(self, "reader", None)
        if reader is not None and reader.latest is not None:
            shown["historyAttention"] = by_scenario(reader.latest, inputs)
        return shown


class Baseline(Model):
    """A network over flat inputs: the fields side by side and, where asked, the user's earlier items."""

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self.reader = Reader(Make(shape, {**settings, "batchNorm": "off", "dropout": 0.0, "priorBias": "on"}), shape, settings)
        if self.reader.attention is not None:
            self["attention"] = self.reader.attention
        self.width = self.reader.width
        self.norm = settings.get("batchNorm", "off")
        self.dropout = settings.get("dropout", 0.0)

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        return Needs(history=settings["historyLength"] if settings.get("history", "off") != "off" else 0)

    def forward(self, inputs: Inputs) -> Pass:
        return self.network(self.reader(inputs).flat, inputs)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        raise NotImplementedError


class SingleScenario(Model):
    """A network that knows nothing of scenarios: one for all rows, or (`trained: own`) one a scenario."""

    #: Whether the table's first column is each value's weight in a linear part.
    linear: ClassVar[bool] = False
    #: Whether the network reads behaviours whatever is asked for beside.
    behaviours: ClassVar[bool] = False

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings, settings.get("embeddingDim", 0) + int(self.linear))
        self.own = settings["trained"] == "own"
        self.make = Make(shape, settings, self.own)
        self.reader = Reader(self.make, shape, settings, self.linear, self.only(shape, settings))
        if self.reader.attention is not None:
            self["attention"] = self.reader.attention
        self.width = self.reader.width

    def only(self, shape: DataShape, settings: Settings) -> list[int] | None:
        """Numbers of the only fields that are read; None: all."""
        return None

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        reads = cls.behaviours or settings.get("history", "off") != "off"
        own = settings["trained"] == "own" and settings["embeddings"] == "own"
        return Needs(history=settings["historyLength"] if reads else 0, own_tables=own)

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        if not self.own:
            return super().losses(out, inputs)
        return {"total": sum_of_own_means(out["logit"], inputs), "click": bce(out["logit"], inputs)}


def tower_parts(model: Baseline, width: int, norm: str | None = None) -> None:
    """Adds `tower.k.* [N, in, out]` and `output.* [N, w, 1]`."""
    shape, settings = model.shape, model.settings
    kind = model.norm if norm is None else norm
    model["tower"] = Mlp(width, settings["towerHidden"], kind, shape.scenarios, model.dropout, own=True)
    model["output"] = OwnLinear(shape.scenarios, model.tower.out, 1, priors(shape, settings))


def through_towers(model: Baseline, h: Tensor, inputs: Inputs) -> Pass:
    last = model.tower(h, inputs)
    return {"logit": model.output(last, inputs), "lastLayer": last}
