"""AREAD (Luo et al., AAAI 2025): a base MMoE feeds layers of experts; a mask a scenario says which edges between layers it uses.

Masks, the phase and the gates' running sums are states; `scenarium.procedures.aread` searches masks.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..layers import Group, Inputs, Linear, Reader, Make, ScenarioGate, StackedMlp, filled, mix_gates, normal, stacked, weight
from ..shape import DataShape, Settings, prior
from .base import Baseline, Losses, Model, Pass, Scores, bce_rows
from .experts import Mmoe
from .shown import Probes, as_weight, by_scenario

EPSILON = 1e-7
#: Hidden and output width of an expert, by number of layers, as the hyper-parameter study prints them.
WIDTHS = {2: [(64, 32), (16, 8)], 3: [(64, 32), (32, 16), (16, 8)], 4: [(128, 64), (64, 32), (32, 16), (16, 8)]}


def expert_counts(settings: Settings) -> list[int]:
    return [settings["firstExperts"] * 2**layer for layer in range(settings["numLayers"])]


def transitions(settings: Settings) -> list[tuple[int, int]]:
    """Experts below and above, of every transition between layers."""
    counts = expert_counts(settings)
    return list(zip(counts, counts[1:]))


class Aread(Baseline):
    id = "aread"

    def __new__(cls, shape: DataShape, settings: Settings):
        if cls is Aread and not settings["hei"]:
            # The base with one gate and one tower a scenario: MMoE.
            same = {"numExperts": settings["baseExperts"], "expertHidden": settings["baseHidden"], "scenarioField": "on"}
            return Mmoe(shape, {**settings, **same})
        return super().__new__(cls)

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, {**settings, "scenarioField": "on"})
        s, n, width = settings, shape.scenarios, self.width
        counts, edges = expert_counts(s), transitions(s)
        first, heads = counts[0], counts[-1]
        self["expert"] = StackedMlp(s["baseExperts"], width, s["baseHidden"], self.norm, n, self.dropout)
        self["gate"] = ScenarioGate(first, width, s["baseExperts"])
        by_domain = s["gate"] == "domain"
        if by_domain:
            found = [i for i, field in enumerate(shape.fields) if field.role == "scenario" and field.size == n + 1]
            if not found:
                raise ValueError("AREAD reads the scenario as a field; give the scenario column that role.")
            self.scenario_field = found[0]
            self["group"] = Group(embedding=normal(first, s["embeddingDim"], deviation=0.01))
        below = self.expert.out
        for layer, (count, widths) in enumerate(zip(counts, WIDTHS[s["numLayers"]])):
            scaled = [max(1, int(one * s["headWidth"] / 16 + 0.5)) for one in widths]
            self[f"hei.{layer + 1}"] = StackedMlp(count, below, scaled, "shared" if s["heiBatchNorm"] else "off", n, 0.0)
            if layer > 0:
                query = 2 * s["embeddingDim"] if by_domain else width
                self[f"hei.{layer + 1}.gate"] = ScenarioGate(count, query, counts[layer - 1])
            below = scaled[-1]
        self["head.weight"] = weight(heads, below, 1)
        if s["officialHead"]:
            for k in range(3):
                self[f"cross.{k}"] = Group(weight=weight(width, 1), bias=filled(width))
            self["head.crossWeight"] = weight(width, heads, fan=(width, 1))
            self["linear"] = Linear(width, 1, prior(shape, s))
        else:
            self["head.bias"] = filled(heads, 1, value=prior(shape, s))
        for k, (a, b) in enumerate(edges):
            self[f"mask.{k + 2}"] = torch.ones(n, a, b)
        total = sum(a * b for a, b in edges)
        self["maskPhase"], self["gateSum"], self["gateCount"] = torch.zeros(()), torch.zeros(n, total), torch.zeros(n, 1)
        self.transitions = len(edges)

    def _masks(self) -> list[Tensor]:
        return [self.mask[str(k + 2)] for k in range(self.transitions)]

    def _query(self, inputs: Inputs) -> Tensor:
        """What upper gates look at where `gate` is `domain`: the scenario's embedding and that of its active first experts."""
        active = self._masks()[0].amax(2)
        by_scenario = active / active.sum(1, keepdim=True) @ self.group.embedding * self.maskPhase
        return torch.cat([inputs.fields[:, self.scenario_field], by_scenario[inputs.index]], 1)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        base_gates = self.gate.every(flat).transpose(0, 1)
        h = self.hei["1"](mix_gates(self.expert(flat, inputs), base_gates), inputs)
        query = self._query(inputs) if "group" in self else flat
        edge_gates = []
        for k, mask in enumerate(self._masks()):
            layer = self.hei[str(k + 2)]
            gates = layer.gate.every(query).transpose(0, 1)
            edge_gates.append(gates.transpose(1, 2).flatten(1))
            kept = gates * mask.transpose(1, 2)[inputs.index]
            h = layer(mix_gates(h, kept / (kept.sum(-1, keepdim=True) + 1e-8)), inputs)
        z = stacked(h, self.head.weight, self.head.bias if "bias" in self.head else None)[:, :, 0].t()
        if "linear" in self:
            cross = flat
            for part in self.cross.numbered():
                cross = flat * (cross @ part.weight) + part.bias + cross
            z = z + cross @ self.head.crossWeight + self.linear(flat)
        gates = torch.cat(edge_gates, 1)
        if inputs.run.training:
            inputs.run.record(self.gateSum, inputs.sum_by_route(gates * inputs.weight), 1.0, 1.0)
            inputs.run.record(self.gateCount, inputs.counts, 1.0, 1.0)
        by_scenario = self._masks()[-1].amax(1)
        share = (by_scenario / by_scenario.sum(1, keepdim=True).clamp(min=1))[inputs.index]
        probability = (share * torch.sigmoid(z)).sum(1, keepdim=True)
        odds = torch.log(probability + EPSILON) - torch.log(1 + EPSILON - probability)
        return {
            "logit": odds,
            "probability": probability,
            "headLogits": z,
            "gates": gates,
            "baseGates": base_gates,
            "activeHeads": by_scenario[inputs.index],
            "share": share,
        }

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        p, y = out["probability"], inputs.label
        average = inputs.mean(-(torch.log(1 + EPSILON - p) + y * out["logit"]))
        if not self.settings["hemp"]:
            return {"total": average, "average": average}
        member = out["activeHeads"] if self.settings["bagging"] == "sum" else out["share"]
        each = bce_rows(out["headLogits"], y.expand_as(out["headLogits"]))
        bagging = inputs.mean((member * each).sum(1, keepdim=True))
        phase = self.maskPhase
        return {"total": (1 - phase) * average + phase * bagging, "average": average, "bagging": bagging}

    def scores(self, out: Pass, inputs: Inputs) -> Scores:
        return Scores(out["probability"], out["probability"])

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {"gates": by_scenario(out["baseGates"].mean(1), inputs), "edgeGates": by_scenario(out["gates"], inputs)}
        if self.settings["hemp"]:
            shown["masks"] = as_weight(torch.cat([mask.flatten(1) for mask in self._masks()], 1))
        return shown


MODELS = (Aread,)
