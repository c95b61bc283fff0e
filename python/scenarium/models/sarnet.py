"""SAR-Net (Shen et al., CIKM 2021): attention by item and by scenario, a transform a scenario, debias experts with their bias nets."""
from __future__ import annotations

import math

import torch
from torch import Tensor

from ..layers import (
    BatchNorm,
    Group,
    Inputs,
    Pass as Run,
    Rows,
    ScenarioGate,
    filled,
    history_of,
    masked_softmax,
    mix,
    route,
    stacked,
    sum_over,
    weight,
)
from ..shape import DataShape, Needs, Settings, logit
from .base import Losses, Model, Pass, Scores
from .shown import Probe, Probes, as_weight, by_scenario, happened_in, single_by_scenario

#: Tenths that the coefficient is sorted into where bias nets read buckets.
BUCKETS = 10
#: Bias nets start at σ of this, so that they re-weigh and do not silence.
BIAS_START = 2.0
EPSILON = 1e-7
#: Coefficients at which bias nets are asked, over the range that limits leave by default.
COEFFICIENTS = (0.1, 0.2, 0.5, 0.8, 1.0, 1.25, 2.0, 5.0, 10.0)


class Psi(Group):
    """ψ on `[x, y, x − y, x * y]` as three products: `behaviour.weight`, `target.weight`, `product.weight`, `bias`, `output.weight`."""

    def __init__(self, width: int, hidden: int) -> None:
        fan = (3 * width, hidden)
        super().__init__(**{part: Group(weight=weight(width, hidden, fan=fan)) for part in ("behaviour", "target", "product")})
        self["bias"], self["output"] = filled(hidden), Group(weight=weight(hidden, 1))

    def forward(self, x: Tensor, y: Tensor, mask: Tensor) -> Tensor:
        """`x [B, L, w]`, `y [B, w]`, to a softmax over behaviours that are there `[B, L]`."""
        both = torch.cat([x, x * y[:, None]], 2) @ torch.cat([self.behaviour.weight, self["product"].weight])
        hidden = torch.relu(both + (y @ self.target.weight + self.bias)[:, None])
        return masked_softmax((hidden @ self.output.weight)[..., 0], mask)


class SharedHidden(Group):
    """`weight [m_s, in, h]`, `norm.* [m_s h]`: `[B, in]` to `[B, m_s, h]`."""

    own = False

    def __init__(self, width: int, hidden: int, slots: int, scenarios: int, dropout: float) -> None:
        shape = (scenarios, width, slots * hidden) if self.own else (slots, width, hidden)
        super().__init__(weight=weight(*shape), norm=BatchNorm(slots * hidden, "shared", scenarios))
        self.slots, self.dropout = slots, dropout

    def linear(self, x: Tensor, inputs: Inputs) -> Tensor:
        return stacked(x, self.weight, None).transpose(0, 1).reshape(len(x), -1)

    def forward(self, x: Tensor, inputs: Inputs) -> Tensor:
        active = torch.relu(self.norm(self.linear(x, inputs), inputs))
        return inputs.run.dropout(active, self.dropout).view(len(x), self.slots, -1)


class OwnHidden(SharedHidden):
    """`weight [N, in, m_k h]`, `norm.* [m_k h]`: each row reads its own scenario's, normalised slot by slot over all rows."""

    own = True

    def linear(self, x: Tensor, inputs: Inputs) -> Tensor:
        return route(x, self.weight, None, inputs)


class Experts(Group):
    """Parts of main nets (`prefix` empty) or bias nets (`bias.`): hidden layers and heads, own ones first as in Eq 9."""

    def __init__(self, width: int, hidden: int, settings: Settings, scenarios: int, dropout: float, start: float) -> None:
        shared, own = settings["numShared"], settings["numOwn"]
        super().__init__()
        self["shared.hidden"] = SharedHidden(width, hidden, shared, scenarios, dropout)
        self["shared.output"] = Group(weight=weight(shared, hidden, fan=(hidden, 1)), bias=filled(shared, value=start))
        self["own.hidden"] = OwnHidden(width, hidden, own, scenarios, dropout)
        self["own.output"] = Group(weight=weight(scenarios, own * hidden, fan=(hidden, 1)), bias=filled(scenarios, own, value=start))

    def forward(self, own: Tensor, shared: Tensor, inputs: Inputs) -> Tensor:
        """Logits of all experts that a row uses `[B, m_k + m_s]`."""
        h, head = self["own.hidden"](own, inputs), self["own.output"]
        of_own = (h * head.weight[inputs.index].view_as(h)).sum(2) + head.bias[inputs.index]
        h, head = self["shared.hidden"](shared, inputs), self["shared.output"]
        return torch.cat([of_own, (h * head.weight).sum(2) + head.bias], 1)


class SarNet(Model):
    id = "sarnet"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        if shape.history is None:
            raise ValueError("SAR-Net reads what users clicked before, and this dataset has no histories; choose one with history_* columns.")
        super().__init__(shape, settings)
        s, n, d = settings, shape.scenarios, settings["embeddingDim"]
        item, kind = len(shape.item_fields) * d, settings["attention"]
        self.scenario_fields = shape.indices(roles=("scenario",))
        self.joined = [*shape.indices(roles=("user",)), *shape.indices(roles=("item",)), *shape.indices(roles=("context", "scenario"))]
        width = item + len(self.joined) * d
        widths = {"item": item, "both": item + d, "scenario": d}
        kinds: dict[str, list[str]] = {
            "target": ["item"],
            "sar": ["item", "scenario"],
            "concatenate": ["both"],
            "hierarchical": ["both", "scenario"],
            "scenario": ["scenario"],
            "none": [],
        }
        self.psi = kinds[kind]
        for name in self.psi:
            self[f"attention.{name}"] = Psi(widths[name], s["attentionHidden"])
        if s["transform"]:
            self["transform"] = Group(scale=filled(n, width, value=1.0, kind="norm"), shift=filled(n, width, kind="norm"))
        experts = s["numShared"] + s["numOwn"]
        inner, hidden = width, s["expertHidden"]
        self.levels = s["expertLayers"] - 1
        for k in range(1, self.levels + 1):
            self[f"level.{k}.shared"] = SharedHidden(inner, hidden, s["numShared"], n, s["dropout"])
            self[f"level.{k}.own"] = OwnHidden(inner, hidden, s["numOwn"], n, s["dropout"])
            for stream in ("shared", "own"):
                self[f"level.{k}.{stream}.gate"] = ScenarioGate(n, inner, experts)
            inner = hidden
        scored = s["biasNet"] and s["biasFusion"] == "score"
        first = 1 / (1 + math.exp(-BIAS_START)) if scored else 1.0
        start = logit(shape.click_rate / first) if s["priorBias"] == "on" else 0.0
        self._put_experts("main", "", Experts(inner, hidden, s, n, s["dropout"], start))
        self.bucket = s["biasInput"] == "bucket"
        if s["biasNet"]:
            bias_start = 0.0 if s["biasFusion"] == "odds" else BIAS_START
            self._put_experts("bias_net", "bias.", Experts(BUCKETS if self.bucket else 1, s["biasHidden"], s, n, 0.0, bias_start))
            self["calibration"] = torch.ones(2)
            if self.bucket:
                self["fairnessBoundaries"] = (torch.arange(BUCKETS - 1) - (BUCKETS - 2) / 2) * 0.25
        self["gate"] = ScenarioGate(n, width, experts)

    def _put_experts(self, attribute: str, prefix: str, experts: Experts) -> None:
        """Their variables stand at `shared.<prefix>hidden.*`, `own.<prefix>output.*`, …"""
        object.__setattr__(self, attribute, experts)
        for side in ("shared", "own"):
            for part in ("hidden", "output"):
                self[f"{side}.{prefix}{part}"] = experts[f"{side}.{part}"]

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        reads = settings["attention"] not in ("none", "target")
        return Needs(history=settings["historyLength"], history_scenario=reads, extra=("fairness",))

    def _behaviour_weights(self, inputs: Inputs) -> Tensor:
        history = history_of(inputs)
        items, mask = history.items, history.mask
        if not self.psi:
            return mask / mask.sum(1, keepdim=True).clamp(min=1)
        item, scenario = inputs.pick_flat(self.shape.item_fields), inputs.pick_flat(self.scenario_fields)
        factors = []
        for name in self.psi:
            if name == "item":
                x, y = items, item
            elif name == "scenario":
                x, y = history.scenarios, scenario
            else:
                x, y = torch.cat([items, history.scenarios], 2), torch.cat([item, scenario], 1)
            factors.append(self.attention[name](x, y, mask))
        if len(factors) == 1:
            return factors[0]
        weights = factors[0] * factors[1]
        if not self.settings["renorm"]:
            return weights
        return weights / (weights.sum(1, keepdim=True) + 1 - mask.sum(1, keepdim=True).clamp(max=1))

    def _coefficient(self, fairness: Tensor) -> Tensor:
        """What bias nets read: log FC `[B, 1]`, or a one-hot of its tenth `[B, 10]`."""
        log = torch.log(fairness)
        if not self.bucket:
            return log
        above = (log > self.fairnessBoundaries[None]).to(log.dtype)
        one = torch.ones_like(log)
        return torch.cat([one, above], 1) - torch.cat([above, 0 * one], 1)

    def _biased(self, z: Tensor, u: Tensor, gate: Tensor) -> Tensor:
        """Eq 10 with bias logits u."""
        kind = self.settings["biasFusion"]
        if kind == "score":
            return (gate * torch.sigmoid(z) * torch.sigmoid(u)).sum(1, keepdim=True)
        if kind == "odds":
            return (gate * torch.sigmoid(z + u)).sum(1, keepdim=True)
        return torch.sigmoid((gate * z * 2 * torch.sigmoid(u)).sum(1, keepdim=True))

    def forward(self, inputs: Inputs) -> Pass:
        weights = self._behaviour_weights(inputs)
        behaviour = sum_over(history_of(inputs).items, weights)
        gathered = torch.cat([behaviour, inputs.pick_flat(self.joined)], 1)
        vector = gathered
        if "transform" in self:
            vector = gathered * self.transform.scale[inputs.index] + self.transform.shift[inputs.index]
        own = shared = vector
        for k in range(1, self.levels + 1):
            level = self.level[str(k)]
            stack = torch.cat([level.own(own, inputs), level.shared(shared, inputs)], 1).transpose(0, 1)
            own, shared = mix(stack, level.own.gate.own(own, inputs)), mix(stack, level.shared.gate.own(shared, inputs))
        z = self.main(own, shared, inputs)
        gate = self.gate.own(vector, inputs)
        if self.settings["biasFusion"] == "logit-mul":
            clean = torch.sigmoid((gate * z).sum(1, keepdim=True))
        else:
            clean = (gate * torch.sigmoid(z)).sum(1, keepdim=True)
        probability = clean
        if self.settings["biasNet"] and inputs.run.training:
            coefficient = self._coefficient(inputs.extra["fairness"])
            probability = self._biased(z, self.bias_net(coefficient, coefficient, inputs), gate)
            means = torch.stack([inputs.mean(probability), inputs.mean(clean)])
            inputs.run.record(self.calibration, means, 0.99, 0.01)
        odds = torch.log(probability) - torch.log1p(-probability)
        return {"probability": probability, "logit": odds, "behaviourWeight": weights, "gate": gate, "gathered": gathered, "vector": vector}

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        p, y = out["probability"], inputs.label
        rows = -(y * torch.log(p + EPSILON) + (1 - y) * torch.log(1 + EPSILON - p))
        click = inputs.mean(rows * inputs.extra["fairness"] if self.settings["biasLoss"] else rows)
        return {"total": click, "click": click}

    def scores(self, out: Pass, inputs: Inputs) -> Scores:
        if "calibration" not in self:
            return Scores(out["logit"], out["probability"])
        factor = self.calibration[0] / self.calibration[1]
        return Scores(out["logit"], (out["probability"] * factor).clamp(max=1 - 1e-6))

    def _bias_factors(self, inputs: Inputs) -> Tensor:
        """σ(u) of every expert of every scenario, own ones first, at every coefficient `[N, coefficients, m_k + m_s]`."""
        n, points = inputs.count, len(COEFFICIENTS)
        asked = torch.tensor(COEFFICIENTS).to(inputs.weight).repeat(n)[:, None]
        index = torch.arange(n, device=asked.device).repeat_interleave(points)
        coefficient = self._coefficient(asked)
        u = self.bias_net(coefficient, coefficient, Rows(index, n, torch.ones_like(asked), Run()))
        return torch.sigmoid(u).view(n, points, -1)

    def _bias_probes(self, gates: Probe, inputs: Inputs) -> Probes:
        own, factors = self.settings["numOwn"], self._bias_factors(inputs)
        by_expert = factors.transpose(1, 2)
        each = torch.cat([by_expert[0, own:], by_expert[:, :own].reshape(-1, len(COEFFICIENTS))])
        mixed, count = gates[:2]
        return {"biasByScenario": ((factors * mixed[:, None]).sum(2), count), "biasByExpert": as_weight(each)}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        weights, mask = out["behaviourWeight"], history_of(inputs).mask
        there = mask.sum(1, keepdim=True).clamp(max=1)
        # Shares of a row: its weights by their sum. A row without behaviours does not count.
        share = weights / (weights.sum(1, keepdim=True) + 1 - there)
        rows = single_by_scenario(there, inputs)[0]
        gates = by_scenario(out["gate"], inputs)
        shown: Probes = {
            "gates": gates,
            "attention": (by_scenario(happened_in(share, inputs) * there, inputs)[0], rows),
            "attentionPosition": (by_scenario(share * there, inputs)[0], rows),
        }
        if self.settings["biasNet"]:
            shown.update(self._bias_probes(gates, inputs))
        if "transform" in self:
            n, d = inputs.count, self.settings["embeddingDim"]
            scale, shift = (one.view(n, -1, d).square().mean(2).sqrt() for one in (self.transform.scale, self.transform.shift))
            shown["transformScale"], shown["transformShift"] = as_weight(scale - 1), as_weight(shift)
        return shown


MODELS = (SarNet,)
