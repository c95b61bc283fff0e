"""MMoE, PLE, Cross-stitch and HMoE: scenarios that mix experts, or one another's networks."""
from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..layers import (
    Asked,
    Asking,
    ExtractionLevel,
    Group,
    Inputs,
    OwnLinear,
    ScenarioGate,
    StackedMlp,
    ask_layer,
    ask_linear,
    ask_stack,
    filled,
    mix,
    mix_gates,
)
from ..shape import DataShape, Settings, priors
from .base import Baseline, Pass, by_scenario, through_towers, tower_parts


#: Networks up to which stitching adds their products up one by one.
FEW = 8


class GateProbe(Baseline):
    """Shows the mean gate of a scenario's rows."""

    def probes(self, out: Pass, inputs: Inputs):
        return {"gates": by_scenario(out["gate"], inputs)}


class Mmoe(GateProbe):
    """Multi-gate Mixture-of-Experts (Ma et al., KDD 2018), a scenario in the place of a task."""

    id = "mmoe"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, experts = shape.scenarios, settings["numExperts"]
        self["expert"] = StackedMlp(experts, self.width, settings["expertHidden"], self.norm, n, self.dropout)
        self["gate"] = ScenarioGate(n, self.width, experts)
        tower_parts(self, self.expert.out)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        gate = self.gate.own(flat, inputs)
        return {**through_towers(self, mix(self.expert(flat, inputs), gate), inputs), "gate": gate}


class Ple(GateProbe):
    """Progressive Layered Extraction (Tang et al., RecSys 2020)."""

    id = "ple"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        width, levels = self.width, settings["levels"]
        sizes = (settings["specificExperts"], settings["sharedExperts"])
        for k in range(levels):
            level = ExtractionLevel(width, settings["expertHidden"], self.norm, shape.scenarios, self.dropout, *sizes, last=k == levels - 1)
            self[f"level.{k}"] = level
            width = level.out
        tower_parts(self, width)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        *inner, last = self.level.numbered()
        entry = flat
        for level in inner:
            entry = level.extract(entry, inputs)
        own, gate = last.finish(entry, inputs)
        return {**through_towers(self, own, inputs), "gate": gate}


class CrossStitch(Baseline):
    """Misra et al., CVPR 2016: a network a scenario; after every layer each goes on with a combination of all activations."""

    id = "cross-stitch"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n = shape.scenarios
        self.asking = Asking(shape, settings["peers"])
        self["tower"] = StackedMlp(n, self.width, settings["hidden"], "off", n, self.dropout)
        for k, width in enumerate(settings["hidden"]):
            self[f"stitch.{k}"] = Group(weight=self._stitch(width if settings["units"] == "channel" else 1))
        self["output"] = OwnLinear(n, self.tower.out, 1, priors(shape, settings))

    def _stitch(self, units: int) -> torch.nn.Parameter:
        """α by stream and slot `[N, S, w]` or `[N, S, 1]`, mostly a stream's own at the start."""
        n, slots, itself = self.shape.scenarios, self.asking.slots, self.settings["selfWeight"]
        start = np.full((n, slots, units), (1 - itself) / max(1, slots - 1), dtype=np.float32)
        for scenario in range(n):
            start[scenario, slots - 1 if self.asking.pool else scenario] = itself if slots > 1 else 1
        return filled(n, slots, units, value=start, kind="free")

    def _own(self, alpha: Tensor, x: Tensor, asked: Asked) -> Tensor:
        """The next input of the row's own stream alone: `[S, B, w]` to `[B, w]`."""
        weights = alpha[asked.inputs.index]
        if self.asking.pool:
            weights = weights * asked.present[:, :, None]
        return (weights.transpose(0, 1) * x).sum(0)

    def _streams(self, alpha: Tensor, x: Tensor, asked: Asked) -> Tensor:
        """Every slot's next input: `[S, B, w]` to the same."""
        pool = self.asking.pool
        if not pool:
            return self._combine(alpha, x)
        count = len(pool)
        of_pool = alpha[pool]
        itself = torch.eye(count, dtype=x.dtype, device=x.device)[:, :, None]
        among = of_pool[:, :count] * (1 - itself) + of_pool[:, count:] * itself
        return torch.cat([self._combine(among, x[:count]), self._own(alpha, x, asked)[None]])

    @staticmethod
    def _combine(alpha: Tensor, x: Tensor) -> Tensor:
        if alpha.shape[2] == 1:
            return (alpha[:, :, 0] @ x.flatten(1)).view(len(alpha), *x.shape[1:])
        if len(alpha) <= FEW:
            # A product would have to be laid out anew, which costs more than it saves.
            return (alpha[:, :, None] * x).sum(1)
        return torch.einsum("ijc,jbc->ibc", alpha, x)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        asked = self.asking(inputs)
        x = own = flat
        layers = self.tower.layers
        for k, layer in enumerate(layers):
            h = ask_layer(layer, x, asked)
            alpha = self.stitch[str(k)].weight
            if k == len(layers) - 1:
                own = self._own(alpha, h, asked)
            else:
                x = self._streams(alpha, h, asked)
        return {"logit": self.output(own, inputs), "lastLayer": own}

    def probes(self, out: Pass, inputs: Inputs):
        one = torch.ones(())
        return {f"stitch{k}": (part.weight.mean(2), one) for k, part in enumerate(self.stitch.numbered())}


class Hmoe(GateProbe):
    """Li et al., CIKM 2020: MMoE, and a second mixture of what the other scenarios' networks predict for the row."""

    id = "hmoe"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, experts = shape.scenarios, settings["numExperts"]
        self.asking = Asking(shape, settings["peers"])
        self["expert"] = StackedMlp(experts, self.width, settings["expertHidden"], "off", n, self.dropout)
        self["gate"] = OwnLinear(n, self.width, experts)
        self["tower"] = StackedMlp(n, self.expert.out, settings["towerHidden"], "off", n, self.dropout)
        self["output"] = OwnLinear(n, self.tower.out, 1, priors(shape, settings))
        if settings["labelSpace"]:
            self["relation"] = ScenarioGate(n, self.width, self.asking.slots)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        related = "relation" in self
        if related:
            asked = self.asking(inputs)
        else:
            one = torch.ones_like(inputs.one_hot[:, :1])
            asked = Asked(one, torch.zeros_like(one), one, inputs.index[None], inputs)
        gates = torch.softmax(ask_linear(self.gate, flat, asked), -1)
        mixed = mix_gates(self.expert(flat, inputs), gates.transpose(0, 1))
        h = ask_stack(self.tower, mixed, asked)
        logits = ask_linear(self.output, h, asked)[:, :, 0].t()
        out = {"gate": mix(gates, asked.own), "lastLayer": mix(h, asked.own), "votes": torch.sigmoid(logits)}
        if not related:
            return {**out, "logit": logits}
        weights = self.relation.own(flat, inputs, asked.present)
        if self.settings["taskConstrained"]:
            logits = logits * asked.own + logits.detach() * (1 - asked.own)
        clicked = (weights * torch.sigmoid(logits)).sum(1, keepdim=True)
        missed = (weights * torch.sigmoid(-logits)).sum(1, keepdim=True)
        return {**out, "logit": torch.log(clicked) - torch.log(missed), "relation": weights}

    def probes(self, out: Pass, inputs: Inputs):
        shown = super().probes(out, inputs)
        if "relation" in out:
            shown["relation"] = by_scenario(out["relation"], inputs)
            shown["predictions"] = by_scenario(out["votes"], inputs)
        return shown


MODELS = (Mmoe, Ple, CrossStitch, Hmoe)
