"""AdaptDHM and ADL: rows sorted by their embeddings into clusters whose centres follow the rows; no gradient moves a centre."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import counter
from ..layers import Inputs, Mlp, OwnLinear, Rows, StarLinear, star
from ..shape import DataShape, Settings, prior
from .base import Baseline, Pass, by_scenario


def unit_rows(x: Tensor) -> Tensor:
    return x / torch.sqrt(x.square().sum(1, keepdim=True) + 1e-12)


class Clustered(Baseline):
    """State `centre [K, D]`, rows of unit length."""

    #: Whether each routing step moves the centres by inertia, or the batch's last centres are blended in once.
    by_step: bool

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self["centre"] = torch.zeros(settings["clusters"], self.width)

    def start_states(self, seed: int) -> None:
        """K random directions."""
        values = counter.normal(seed, "centre", self.centre.numel()).reshape(self.centre.shape).astype("float64")
        directions = torch.from_numpy(values / (values**2).sum(1, keepdims=True) ** 0.5)
        self.centre.copy_(directions)

    def _coefficients(self, x: Tensor, centres: Tensor) -> Tensor:
        return torch.softmax(self.settings["sharpness"] * (x @ centres.t()), -1)

    def _blend(self, old: Tensor, fresh: Tensor) -> Tensor:
        beta = self.settings["beta"]
        return unit_rows(beta * old + (1 - beta) * fresh)

    @torch.no_grad()
    def routing(self, flat: Tensor, inputs: Inputs) -> tuple[Rows, Pass]:
        """Each row's cluster, and what is shown of it."""
        x, centres = flat.detach(), self.centre
        if inputs.run.training:
            for _ in range(self.settings["routingSteps"]):
                fresh = unit_rows(inputs.run.total(self._coefficients(x, centres).t() @ (x * inputs.weight)))
                centres = self._blend(centres, fresh) if self.by_step else fresh
            centres = centres if self.by_step else self._blend(self.centre, centres)
            inputs.run.record(self.centre, centres)
        nearest = (x @ centres.t()).argmax(1)
        rows = Rows(nearest, len(centres), inputs.weight, inputs.run)
        return rows, {"coefficients": self._coefficients(x, centres), "route": rows.one_hot}

    def probes(self, out: Pass, inputs: Inputs):
        return {
            "clusters": by_scenario(out["route"], inputs),
            "coefficients": by_scenario(out["coefficients"], inputs),
            "centreSimilarity": (self.centre @ self.centre.t(), torch.ones(())),
        }


class AdaptDhm(Clustered):
    """Li et al., 2022: every layer is a shared matrix times the cluster's own, as in STAR."""

    id, by_step = "adaptdhm", True

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        widths = [self.width, *settings["hidden"], 1]
        self.layers = len(widths) - 1
        for k, (a, b) in enumerate(zip(widths, widths[1:])):
            start = prior(shape, settings) if k == self.layers - 1 else 0.0
            self[f"shared.{k}"], self[f"own.{k}"] = StarLinear.shared(a, b, start), StarLinear.own(settings["clusters"], a, b)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        rows, out = self.routing(flat, inputs)
        h = last = flat
        for k in range(self.layers):
            last = h
            h = star(h, self.shared[str(k)], self.own[str(k)], rows)
            if k < self.layers - 1:
                h = inputs.run.dropout(F.relu(h), self.dropout)
        return {**out, "logit": h, "lastLayer": last}


class Adl(Clustered):
    """Li et al., SIGIR 2023: shared layers, then those of the cluster that a row is nearest to."""

    id, by_step = "adl", False

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        clusters = settings["clusters"]
        self["bottom"] = Mlp(self.width, settings["bottomHidden"], self.norm, shape.scenarios, self.dropout)
        self["tower"] = Mlp(self.bottom.out, settings["towerHidden"], self.norm, clusters, self.dropout, own=True)
        self["output"] = OwnLinear(clusters, self.tower.out, 1, prior(shape, settings))

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        rows, out = self.routing(flat, inputs)
        last = self.tower(self.bottom(flat, inputs), rows)
        return {**out, "logit": self.output(last, rows), "lastLayer": last}


MODELS = (AdaptDhm, Adl)
