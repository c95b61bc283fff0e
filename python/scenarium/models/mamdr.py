"""MAMDR (Luo et al., ICDE 2023), a way of training, around a base's network: scenario i is served by `shared + own_i`, over all variables.

The base's parameters train (Mix's `mlp.*`, `output.*`, or another's); the states `shared.*` are shared, and `served.*` serve each scenario:
N times the numbers of what trains, the scenario's own first. Of the table's N + 2 rows of an id, row n serves scenario n, row N trains,
row N + 1 is shared. `scenarium.procedures.mamdr` moves them.
"""
from __future__ import annotations

from typing import Any, Union

import torch
from torch import Tensor, nn

from ..layers import Group, Inputs, Make, Mlp, OwnLinear, Reader, Rows, StackedMlp, mix
from ..shape import DataShape, Needs, Settings, priors
from .base import Model, Pass, SingleScenario
from .crosses import Dcn
from .defaults import MODEL_DEFAULTS
from .interactions import DeepFm, Pnn, WideDeep

#: Bases beside Mix that know nothing of scenarios; what they alone have stands at its defaults.
BASES: dict[str, type[SingleScenario]] = {base.id: base for base in (WideDeep, DeepFm, Pnn, Dcn)}
#: Bases with a tower a scenario.
TOWER_BASES = ("shared-bottom", "mmoe")
#: As many as MMoE has by default.
EXPERTS = 4
#: A base with towers is served by N² of them.
MOST_SCENARIOS = 64


def as_states(module: nn.Module) -> None:
    """Parameters become states: no gradient reaches them."""
    for child in module.modules():
        for name, parameter in list(child._parameters.items()):
            del child._parameters[name]
            if parameter is None:
                child.register_parameter(name, None)
            else:
                child.register_buffer(name, parameter.detach())


class MixNetwork(Group):
    """`mlp.*`, `output.*`; `own`: each scenario's `[N, …]`."""

    def __init__(self, shape: DataShape, settings: Settings, own: bool) -> None:
        super().__init__()
        make = Make(shape, {**settings, "batchNorm": "off"}, own)
        self.reader = Reader(make, shape, settings)
        if self.reader.attention is not None:
            self["attention"] = self.reader.attention
        self["mlp"] = make.mlp(self.reader.width, settings["hidden"])
        self["output"] = make.linear(self.mlp.out, 1, "prior")

    def forward(self, inputs: Inputs) -> Pass:
        last = self.mlp(self.reader(inputs).flat, inputs)
        return {"logit": self.output(last, inputs), "lastLayer": last}


class TowerNetwork(Group):
    """`bottom.k.*`, or `expert.k.* [E, in, out]` and `gate.* [N, in, E]`; `tower.0.*`, `output.* [N, in, out]`. `own`: N times each.

    Own weights of a scenario are own weights of the whole network, all N towers among them: what serves holds N times N towers, of
    which a row reads its own scenario's own.
    """

    def __init__(self, shape: DataShape, settings: Settings, own: bool) -> None:
        super().__init__()
        base, n, dropout = settings["base"], shape.scenarios, settings["dropout"]
        if n > MOST_SCENARIOS:
            raise ValueError(
                f"MAMDR over {base} keeps {n} × {n} towers; choose a base without towers, such as mix, for more than {MOST_SCENARIOS} scenarios."
            )
        self.scenarios, self.own = n, own
        make = Make(shape, {**settings, "batchNorm": "off"}, own)
        self.reader = Reader(make, shape, settings)
        if self.reader.attention is not None:
            self["attention"] = self.reader.attention
        width = self.reader.width
        *lower, last = settings["hidden"]
        towers = n * n if own else n
        if base == "mmoe":
            widths = lower or [last]
            self["expert"] = (
                Mlp(width, widths, "off", n * EXPERTS, dropout, own=True) if own else StackedMlp(EXPERTS, width, widths, "off", n, dropout)
            )
            self["gate"] = OwnLinear(towers, width, EXPERTS)
            width = self.expert.out
        elif lower:
            self["bottom"] = make.mlp(width, lower)
            width = self.bottom.out
        self["tower"] = Mlp(width, [last], "off", towers, dropout, own=True)
        self["output"] = OwnLinear(towers, last, 1, priors(shape, settings))

    def _experts(self, flat: Tensor, inputs: Inputs) -> Tensor:
        """What every expert that a row has says of it `[E, B, w]`."""
        if not self.own:
            return self.expert(flat, inputs)
        each = torch.arange(EXPERTS, device=flat.device)[:, None] + inputs.index * EXPERTS
        rows = Rows(each.reshape(-1), self.scenarios * EXPERTS, inputs.weight.repeat(EXPERTS, 1), inputs.run)
        return self.expert(flat.repeat(EXPERTS, 1), rows).view(EXPERTS, len(flat), -1)

    def forward(self, inputs: Inputs) -> Pass:
        flat, rows = self.reader(inputs).flat, inputs
        # Tower t of scenario s's set is the (s N + t)-th; a row of s goes through the s-th of its own.
        by: Rows = Rows(rows.index * (self.scenarios + 1), self.scenarios**2, rows.weight, rows.run, rows.whole) if self.own else rows
        if "expert" in self:
            h = mix(self._experts(flat, inputs), torch.softmax(self.gate(flat, by), -1))
        else:
            h = self.bottom(flat, inputs) if "bottom" in self else flat
        last = self.tower(h, by)
        return {"logit": self.output(last, by), "lastLayer": last}


def network_of(shape: DataShape, settings: Settings, own: bool) -> Union[MixNetwork, TowerNetwork, SingleScenario]:
    """The base's network without a table: what trains, or (`own`) what serves each scenario, by the same names."""
    base = settings["base"]
    if base == "mix":
        return MixNetwork(shape, settings, own)
    if base in TOWER_BASES:
        return TowerNetwork(shape, settings, own)
    defaults = MODEL_DEFAULTS[base]
    given: dict[str, Any] = {name: value for name, value in settings.items() if name in defaults}
    alone = {**defaults, **given, "batchNorm": "off", "trained": "own" if own else "all", "embeddings": "shared"}
    network = BASES[base](shape, alone)
    del network.embedding
    return network


class Mamdr(Model):
    id = "mamdr"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        base = settings["base"]
        super().__init__(shape, settings, settings["embeddingDim"] + int(base in BASES and BASES[base].linear))
        training = network_of(shape, settings, own=False)
        for name, part in training.named_children():
            self[name] = part
        object.__setattr__(self, "training_network", training)
        self.trained = [name for name, _ in training.named_parameters()]
        shared = Group()
        for name, parameter in training.named_parameters():
            shared[name] = torch.zeros_like(parameter.detach())
        self["shared"] = shared
        self["served"] = network_of(shape, settings, own=True)
        as_states(self.served)

    @property
    def reader(self) -> Reader:
        """Of what serves, whose attention is shown."""
        return self.served.reader

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        reads = settings.get("history", "off") != "off"
        return Needs(history=settings["historyLength"] if reads else 0, own_tables=True, extra_tables=2)

    def served_by(self, name: str) -> Tensor:
        """What serves in the place of a parameter, a scenario a row: `[N, numbers]`, a view."""
        return self[f"served.{name}"].view(self.shape.scenarios, -1)

    @torch.no_grad()
    def start_states(self, seed: int) -> None:
        """All three kinds start alike, and so does every row of an id."""
        for name, parameter in self.training_network.named_parameters():
            self[f"shared.{name}"].copy_(parameter)
            self.served_by(name).copy_(parameter.view(-1))
        rows = self.embedding.view(-1, self.tables, self.embedding.shape[1])
        rows.copy_(rows[:, :1].clone())

    def forward(self, inputs: Inputs) -> Pass:
        return (self.training_network if inputs.run.training else self.served)(inputs)


MODELS = (Mamdr,)
