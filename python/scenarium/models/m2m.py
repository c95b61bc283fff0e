"""M2M (Zhang et al., WSDM 2022) with one task: what is known of a row's scenario generates weights, row by row."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import counter
from ..layers import Group, Inputs, Linear, Mlp, ScenarioEmbedding, StackedMlp, TransformerLayer, made, mix, normal, weight
from ..shape import DataShape, Settings, prior
from .base import Baseline, Pass, by_scenario


class MetaUnit(Group):
    """K layers whose matrices and offsets are made from each row's knowledge: `k.matrix.*` `[c, m m]`, `[m m]`, `k.offset.*`."""

    def __init__(self, knowledge: int, width: int, layers: int, slope: float) -> None:
        super().__init__()
        self.width, self.slope = width, slope
        square = width * width

        def start(seed: int, name: str):
            limit = (6 / (2 * width)) ** 0.5
            return counter.uniform(seed, name, square, -limit, limit)

        for k in range(layers):
            self[f"{k}.matrix.weight"] = weight(knowledge, square)
            # With no knowledge the unit is an ordinary layer, so the constant part starts as an ordinary matrix does.
            self[f"{k}.matrix.bias"] = made(square, start=start)
            self[f"{k}.offset"] = Linear(knowledge, width)
        self.layers = layers

    def forward(self, h: Tensor, knowledge: Tensor) -> Tensor:
        """`h [B, positions, m]`, `knowledge [B, c]`, to the shape of h."""
        for k in range(self.layers):
            layer = self[str(k)]
            matrix = (knowledge @ layer.matrix.weight + layer.matrix.bias).view(-1, self.width, self.width)
            h = F.leaky_relu(torch.baddbmm(layer.offset(knowledge)[:, None], h, matrix), self.slope)
        return h


class M2m(Baseline):
    id = "m2m"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        d, n, slope = settings["embeddingDim"], shape.scenarios, settings["leakySlope"]
        meta_attention, meta_tower = settings["metaAttention"], settings["metaTower"]
        self.user = shape.indices(roles=("user",))
        known = 0
        if meta_attention or meta_tower:
            self["scenario"] = ScenarioEmbedding(n, d)
            self["knowledge"] = Mlp(d * (1 + len(self.user)), settings["knowledgeHidden"], "off", n, self.dropout)
            known = self.knowledge.out
        for k in range(settings["transformerLayers"]):
            self[f"transformer.{k}"] = TransformerLayer(d, settings["heads"], settings["feedForward"])
        self["expert"] = StackedMlp(settings["numExperts"], self.width, settings["viewHidden"], "off", n, self.dropout)
        view = self.expert.out
        self["task"] = Group(view=normal(view, deviation=0.1))
        self["attention"] = MetaUnit(known, 2 * view, settings["metaLayers"] if meta_attention else 0, slope)
        self.unit = [self.attention] if meta_attention else []
        self["attention.score"] = Linear(2 * view, 1, None)
        self["tower"] = Group()
        for j in range(settings["towerLayers"]):
            self[f"tower.{j}"] = MetaUnit(known, view, settings["metaLayers"], slope) if meta_tower else Linear(view, view)
        self["output"] = Linear(view, 1, prior(shape, settings))
        self.slope = slope

    def forward(self, inputs: Inputs) -> Pass:
        tokens, out = self.reader(inputs).fields, {}
        if "transformer" in self:
            for k, layer in enumerate(self.transformer.numbered()):
                tokens, out[f"fieldAttention{k}"] = layer(tokens)
        x = tokens.flatten(1)
        if "knowledge" in self:
            e = self.scenario(inputs)
            out["knowledge"] = self.knowledge(torch.cat([e, inputs.pick_flat(self.user)], 1) if self.user else e, inputs)
        views = self.expert(x, inputs).transpose(0, 1)
        both = torch.cat([views, self.task.view.expand_as(views)], 2)
        for unit in self.unit:
            both = unit(both, out["knowledge"])
        attention = torch.softmax(self.attention.score(both)[:, :, 0], -1)
        h = mix(views.transpose(0, 1), attention)
        for layer in self.tower.numbered():
            new = layer(h[:, None], out["knowledge"])[:, 0] if isinstance(layer, MetaUnit) else F.leaky_relu(layer(h), self.slope)
            h = F.leaky_relu(new + h, self.slope)
        return {**out, "logit": self.output(h), "attention": attention, "lastLayer": h}

    def probes(self, out: Pass, inputs: Inputs):
        shown = {"attention": by_scenario(out["attention"], inputs)}
        rows = inputs.sum(inputs.weight.reshape(-1))
        for k in range(self.settings["transformerLayers"]):
            weights = out[f"fieldAttention{k}"].mean(1) * inputs.weight[:, :, None]
            total = inputs.sum(weights)
            shown[f"fieldAttention{k}"] = (total, rows.expand(len(total)))
        return shown


MODELS = (M2m,)
