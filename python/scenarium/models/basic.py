"""Mix, Single, Fine-tune, Shared Bottom and STAR."""
from __future__ import annotations

import torch
from torch import Tensor

from ..layers import BatchNorm, Group, Inputs, Linear, Make, Mlp, Reader, StarLinear, filled, norm_or_none, route, star, weight
from ..shape import DataShape, Needs, Settings, prior
from .base import Baseline, Losses, Model, Pass, bce, sum_of_own_means, through_towers, tower_parts


class Mix(Baseline):
    """One MLP over all scenarios' rows; the scenario is one field among others."""

    id = "mix"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self["mlp"] = Mlp(self.width, settings["hidden"], self.norm, shape.scenarios, self.dropout)
        self["output"] = Linear(self.mlp.out, 1, prior(shape, settings))

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        last = self.mlp(flat, inputs)
        return {"logit": self.output(last), "lastLayer": last}


class Single(Model):
    """A network a scenario, trained side by side; each minimises the mean loss of its own rows."""

    id = "single"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        make = Make(shape, settings, own=True)
        self.reader = Reader(make, shape, settings)
        if self.reader.attention is not None:
            self["attention"] = self.reader.attention
        self["tower"] = make.mlp(self.reader.width, settings["hidden"])
        self["output"] = make.linear(self.tower.out, 1, "prior")

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        reads = settings.get("history", "off") != "off"
        return Needs(history=settings["historyLength"] if reads else 0, own_tables=settings["embeddings"] == "own")

    def forward(self, inputs: Inputs) -> Pass:
        last = self.tower(self.reader(inputs).flat, inputs)
        return {"logit": self.output(last, inputs), "lastLayer": last}

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        return {"total": sum_of_own_means(out["logit"], inputs), "click": bce(out["logit"], inputs)}


class Finetune(Baseline):
    """A pooled network and every scenario's difference from it, which starts at 0."""

    id = "finetune"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, width = shape.scenarios, self.width
        names = [*(str(k) for k in range(len(settings["hidden"]))), "output"]
        for name, out in zip(names, [*settings["hidden"], 1]):
            last = name == "output"
            biased = last or self.norm == "off"
            pooled = Group(weight=weight(width, out))
            own = Group(weight=filled(n, width, out, kind="weight"))
            if biased:
                pooled["bias"] = filled(out, value=prior(shape, settings) if last else 0.0)
                own["bias"] = filled(n, out)
            if not last:
                pooled["norm"] = norm_or_none(out, self.norm, n)
            self[f"pooled.{name}"], self[f"own.{name}"] = pooled, own
            width = out
        self.names = names

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        h = last = flat
        for name in self.names:
            pooled, own = self.pooled[name], self.own[name]
            bias = own.bias + pooled.bias if "bias" in own else None
            last = h
            h = route(h, own.weight + pooled.weight, bias, inputs)
            if name == "output":
                break
            h = h if pooled.norm is None else pooled.norm(h, inputs)
            h = inputs.run.dropout(torch.relu(h), self.dropout)
        return {"logit": h, "lastLayer": last}


class SharedBottom(Baseline):
    """A common network under one tower a scenario (Caruana, 1997)."""

    id = "shared-bottom"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        width = self.width
        if settings["bottom"] == "mlp":
            self["bottom"] = Mlp(width, settings["hidden"], self.norm, shape.scenarios, self.dropout)
            width = self.bottom.out
        tower_parts(self, width)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        return through_towers(self, self.bottom(flat, inputs) if "bottom" in self else flat, inputs)


class Star(Baseline):
    """Sheng et al., CIKM 2021: partitioned normalisation, layers that are a shared times an own factor, an auxiliary network."""

    id = "star"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n = shape.scenarios
        if settings["normalisation"] != "off":
            self["partitioned"] = BatchNorm(self.width, settings["normalisation"], n)
        widths = [self.width, *settings["hidden"], 1]
        for k, (a, b) in enumerate(zip(widths, widths[1:])):
            start = prior(shape, settings) if k == len(widths) - 2 else 0.0
            self[f"shared.{k}"], self[f"own.{k}"] = StarLinear.shared(a, b, start), StarLinear.own(n, a, b)
        self.layers = len(widths) - 1
        if settings["auxiliary"]:
            self["auxiliary"] = Mlp(self.width, settings["auxiliaryHidden"], "off", n, self.dropout)
            self.auxiliary["output"] = Linear(self.auxiliary.out, 1)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        h = last = self.partitioned(flat, inputs) if "partitioned" in self else flat
        for k in range(self.layers):
            last = h
            h = star(h, self.shared[str(k)], self.own[str(k)], inputs)
            if k < self.layers - 1:
                h = inputs.run.dropout(torch.relu(h), self.dropout)
        if "auxiliary" in self:
            h = h + self.auxiliary.output(self.auxiliary(flat, inputs))
        return {"logit": h, "lastLayer": last}


MODELS = (Mix, Single, Finetune, SharedBottom, Star)
