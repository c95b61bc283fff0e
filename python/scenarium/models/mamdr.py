"""MAMDR (Luo et al., ICDE 2023), a way of training, around Mix's network: scenario i is served by `shared + own_i`, over all variables.

`mlp.*`, `output.*` train; the states `shared.*` are shared, and `served.* [N, …]` serve each scenario. Of the table's N + 2 rows of an
id, row n serves scenario n, row N trains, row N + 1 is shared. `scenarium.procedures.mamdr` moves them.
"""
from __future__ import annotations

import torch
from torch import nn

from ..layers import Group, Inputs, Make, Reader
from ..shape import DataShape, Needs, Settings
from .base import Model, Pass


def as_states(module: nn.Module) -> None:
    """Parameters become states: no gradient reaches them."""
    for child in module.modules():
        for name, parameter in list(child._parameters.items()):
            del child._parameters[name]
            if parameter is None:
                child.register_parameter(name, None)
            else:
                child.register_buffer(name, parameter.detach())


class Network(Group):
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


class Mamdr(Model):
    id = "mamdr"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if settings.get("base", "mix") != "mix":
            raise ValueError(
                f"This package trains MAMDR over Mix’s network alone, not over “{settings['base']}”; go on in the lab, or set “base” to “mix”."
            )
        training = Network(shape, settings, own=False)
        for name in ("attention", "mlp", "output"):
            if name in training:
                self[name] = training[name]
        object.__setattr__(self, "training_network", training)
        self.trained = [name for name, _ in training.named_parameters()]
        shared = Group()
        for name, parameter in training.named_parameters():
            shared[name] = torch.zeros_like(parameter.detach())
        self["shared"] = shared
        self["served"] = Network(shape, settings, own=True)
        as_states(self.served)

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        reads = settings.get("history", "off") != "off"
        return Needs(history=settings["historyLength"] if reads else 0, own_tables=True, extra_tables=2)

    @torch.no_grad()
    def start_states(self, seed: int) -> None:
        """All three kinds start alike, and so does every row of an id."""
        for name, parameter in self.training_network.named_parameters():
            self[f"shared.{name}"].copy_(parameter)
            self[f"served.{name}"].copy_(parameter)
        rows = self.embedding.view(-1, self.tables, self.embedding.shape[1])
        rows.copy_(rows[:, :1].clone())

    def forward(self, inputs: Inputs) -> Pass:
        return (self.training_network if inputs.run.training else self.served)(inputs)


MODELS = (Mamdr,)
