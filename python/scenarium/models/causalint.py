"""CausalInt (Wang et al., KDD 2022): representation → meta-learning step → transfer → the scenario's logit.

Losses contain gradients by the representation. They are written down in closed form, with batch statistics and the slopes of
activations held fixed, so that a row's gradient depends on that row alone.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..layers import (
    Asking,
    Group,
    Inputs,
    Linear,
    Mlp,
    OwnLinear,
    StackedMlp,
    Trace,
    filled,
    leaky,
    masked_softmax,
    mix,
    route,
    sample_scenarios,
    stacked,
    steepness,
    weight,
)
from ..shape import DataShape, Settings, prior, priors
from .base import Losses, Model, Pass, bce
from .shown import Probes, binned, by_scenario, single_by_scenario

FLOOR = 1e-12
#: With more scenarios than this a step compares a sample of them.
ALL_SCENARIOS_UP_TO, SAMPLED = 10, 8
#: With more scenarios than this a row asks only some of their experts.
ALL_EXPERTS_UP_TO = 64
#: Bins of the cosine's histogram over [-1, 1].
BINS = 20


@dataclass
class Fused:
    """z^d `[B, 1]`, and the sum over each scenario's rows of `rows · ∂z/∂X` `[N, M]`, for factors `rows [B, 1]`."""

    logit: Tensor
    scenario_sum: Callable[[Tensor], Tensor]


def gram_schmidt_distance(rows: Tensor, norm: str) -> Tensor:
    """Σ ‖g_i − b_i‖ (`l2`) or half its squares, between rows `[n, m]` and their Gram–Schmidt basis b."""
    basis: list[Tensor] = []
    for row in rows:
        for known in basis:
            row = row - (row @ known) / (known @ known + FLOOR) * known
        basis.append(row)
    apart = (rows - torch.stack(basis)).square().sum(1)
    if norm != "l2":
        return 0.5 * apart.sum()
    return (torch.sqrt(apart + FLOOR) - FLOOR**0.5).sum()


class CausalInt(Model):
    id = "causalint"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        s, n, d = settings, shape.scenarios, settings["embeddingDim"]
        self.common = shape.indices(without=() if s["scenarioFieldInE"] else ("scenario",))
        self.context = [i for i, field in enumerate(shape.fields) if field.role == "scenario" or field.scenario_specific]
        width = len(self.common) * d
        invariant = s["invar"]
        if invariant or s["fusion"] != "none":
            stack = 2 if invariant else 1
            self["extractor"] = StackedMlp(stack, width, s["hidden"], s["batchNorm"], n, s["dropout"], s["leakySlope"])
            m = self.extractor.out
        else:
            m = width
        if invariant:
            start = prior(shape, s)
            self["general"], self["scenarioClassifier"] = Linear(m, 1, start), Linear(m, n)
            self["concatClassifier"] = Linear(2 * m, 1, start)
        self.from_x = invariant and s["scenarioInput"] == "xSr"
        scenario_width = m if self.from_x else len(self.context) * d
        trans = s["fusion"] == "transnet"
        self.mixes = trans or (s["fusion"] != "none" and s["fusionInput"] == "experts")
        if self.mixes:
            if not invariant or s["gate"] == "endToEnd":
                self["gate"] = Linear(width, n)
            out = s["transWidth"] ** 2 if trans else m
            bias = filled(n, out, value=self._expert_start(out))
            self["experts"] = Group(weight=weight(n, scenario_width, out), bias=bias)
            self.asking = Asking(shape, s["peers"] if n > ALL_EXPERTS_UP_TO and s["peers"] else n)
        self._fusion(m, scenario_width)
        self.comparing = s["gramSchmidt"] and s["weightGramSchmidt"] > 0

    def _expert_start(self, width: int) -> np.ndarray:
        """Identity for TransNet's matrices, ones for a factor, zeros for an added block: the start leaves X as it is."""
        kind = self.settings["fusion"]
        if kind == "transnet":
            return np.eye(self.settings["transWidth"], dtype=np.float32).reshape(-1)
        return np.full(width, 1.0 if kind == "mul" else 0.0, dtype=np.float32)

    def _fusion(self, m: int, scenario: int) -> None:
        s, n = self.settings, self.shape.scenarios
        if s["fusion"] == "transnet":
            side = s["transWidth"]
            own = s["transform"] == "perScenario"
            self["transform"] = OwnLinear(n, m, side, None) if own else Linear(m, side, None)
            self["output"] = OwnLinear(n, side, 1, priors(self.shape, s))
            return
        mixed = s["fusionInput"] == "experts"
        if s["fusion"] == "mul" and not mixed:
            self["scale"] = Linear(scenario, m, None)
        self.extra = (m if mixed else scenario) if s["fusion"] == "concat" else 0
        widths = s["hidden"] if s["fusion"] == "none" and not s["invar"] else s["towerHidden"]
        self["tower"] = Mlp(m + self.extra, widths, s["batchNorm"], n, s["dropout"], s["leakySlope"], own=True)
        self["output"] = OwnLinear(n, self.tower.out, 1, priors(self.shape, s))

    def _fuse(self, x: Tensor, s: Tensor, transferred: Tensor, inputs: Inputs) -> Fused:
        """Of what is not there, `s` and `transferred` have no columns."""
        if self.settings["fusion"] == "transnet":
            return self._transnet(x, transferred, inputs)
        mixed = self.settings["fusionInput"] == "experts"
        factor = None
        if self.settings["fusion"] == "mul":
            factor = self.scale(s) if "scale" in self else transferred
        other = transferred if mixed else s
        joined = x * factor if factor is not None else torch.cat([x, other], 1) if self.extra else x
        h, traces = self.tower.trace(joined, inputs)

        def sums(rows: Tensor) -> Tensor:
            by_joined = self.tower.input_gradient(traces, self.output.weight[inputs.index][:, :, 0], inputs)
            gradient = by_joined * factor if factor is not None else by_joined[:, : x.shape[1]]
            return inputs.sum_by_route(gradient * rows)

        return Fused(self.output(h, inputs), sums)

    def _transnet(self, x: Tensor, transferred: Tensor, inputs: Inputs) -> Fused:
        """Eq 19–21: V = act(X W₂^d), z = w^d · act(V T), T the K × K matrix that the experts voted for."""
        side, slope = self.settings["transWidth"], self.settings["leakySlope"]
        u = self.transform(x, inputs)
        t = transferred.view(len(x), side, side)
        q = torch.bmm(leaky(u, slope)[:, None], t)[:, 0]
        w = self.output.weight[inputs.index][:, :, 0]
        logit = (leaky(q, slope) * w).sum(1, keepdim=True) + self.output.bias[inputs.index]

        def sums(rows: Tensor) -> Tensor:
            a = w * steepness(q, slope)
            by_adapted = torch.bmm(a[:, None], t.transpose(1, 2))[:, 0] * steepness(u, slope)
            total = inputs.sum_by_route(by_adapted * rows)
            weights = self.transform.weight
            if weights.dim() == 2:
                return total @ weights.t()
            return torch.bmm(total[:, None], weights.transpose(1, 2))[:, 0]

        return Fused(logit, sums)

    def _votes(self, x: Tensor, s: Tensor, inputs: Inputs) -> Tensor:
        """ŷ(d→p) for every p `[B, N]`: what a row's own classifier makes of the expert of scenario p."""
        side, slope = self.settings["transWidth"], self.settings["leakySlope"]
        v, matrices = leaky(self.transform(x, inputs), slope), self._expert_outputs(s).view(-1, len(x), side, side)
        q = torch.einsum("bi,nbij->bnj", v, matrices)
        w = self.output.weight[inputs.index][:, :, 0]
        return torch.sigmoid((leaky(q, slope) * w[:, None]).sum(2) + self.output.bias[inputs.index])

    def _expert_outputs(self, s: Tensor) -> Tensor:
        """Of every scenario's expert `[N, B, width]`."""
        return leaky(stacked(s, self.experts.weight, self.experts.bias), self.settings["leakySlope"])

    def _mixture(self, s: Tensor, logits: Tensor, inputs: Inputs) -> Tensor:
        """Σ_p α_p Expert^{d,p} `[B, width]` of logits of α `[B, N]`, where a row trains its own expert only."""
        stop = self.settings["gateStopGrad"]
        if self.asking.pool is not None:
            return self._asked_mixture(s, logits, self.asking.pool, inputs)
        alpha = torch.softmax(logits, -1)
        h = self._expert_outputs(s)
        own = inputs.one_hot.t()[:, :, None]
        return mix(torch.where(own > 0, h, h.detach()), alpha.detach() if stop else alpha)

    def _asked_mixture(self, s: Tensor, logits: Tensor, pool: list[int], inputs: Inputs) -> Tensor:
        """The same over the pool's experts and the row's own: α is the softmax over those asked."""
        asked = torch.cat([logits[:, pool], (logits * inputs.one_hot).sum(1, keepdim=True)], 1)
        alpha = masked_softmax(asked, self.asking(inputs).present)
        alpha = alpha.detach() if self.settings["gateStopGrad"] else alpha
        slope = self.settings["leakySlope"]
        others = leaky(stacked(s.detach(), self.experts.weight[pool].detach(), self.experts.bias[pool].detach()), slope)
        own = leaky(route(s, self.experts.weight, self.experts.bias, inputs), slope)
        return mix(torch.cat([others, own[None]]), alpha)

    def _inner_step(self, x: Tensor, logit: Tensor, inputs: Inputs) -> Tensor:
        """X − η ∇_X Loss₁ (Eq 14), by each row's own Loss₁; padding rows stay where they are."""
        slope, direction = inputs.weight * (torch.sigmoid(logit) - inputs.label), self.general.weight.view(1, -1)
        if self.settings["firstOrder"]:
            slope, direction = slope.detach(), direction.detach()
        return x - self.settings["innerRate"] * slope * direction

    def _directions(self, traces: list[Trace], scenario_logit: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor, Tensor]:
        """Of ∇_E Loss₁ and ∇_E Loss₂, scaled (Eq 9): inner product and both squared lengths `[B, 1]`, up to the sign of Loss₁'s slope."""
        miss = torch.softmax(scenario_logit, -1) - inputs.one_hot
        miss = miss * torch.rsqrt(miss.square().sum(1, keepdim=True) + FLOOR)
        by_general = self.general.weight.view(1, -1).expand(len(miss), -1)
        delta = torch.stack([by_general, miss @ self.scenarioClassifier.weight.t()])
        one, two = self.extractor.input_gradient(traces, delta)
        return (one * two).sum(1, keepdim=True), one.square().sum(1, keepdim=True), two.square().sum(1, keepdim=True)

    def _squared_cosine(self, traces: list[Trace], scenario_logit: Tensor, inputs: Inputs) -> Tensor:
        """Of the two directions `[B, 1]`; a cosine knows no length."""
        inner, one, two = self._directions(traces, scenario_logit, inputs)
        return inner.square() / (one * two + FLOOR)

    def forward(self, inputs: Inputs) -> Pass:
        s, run = self.settings, inputs.run
        e = inputs.pick_flat(self.common)
        out: Pass = {}
        x, x_sr, traces = e, e[:, :0], []
        if "extractor" in self:
            both, traces = self.extractor.trace(e, inputs)
            x = both[0]
            if s["invar"]:
                x_sr = both[1]
                out = {
                    "xSR": x_sr,
                    "generalLogit": self.general(x),
                    "scenarioLogit": self.scenarioClassifier(x_sr),
                    "concatLogit": self.concatClassifier(torch.cat([x, x_sr], 1)),
                }
        # Labels are known in training only; at inference the model's own belief makes the expected step zero.
        stepped = run.training and s["maml"] and s["invar"]
        x_prime = self._inner_step(x, out["generalLogit"], inputs) if stepped else x
        out["xIR"], out["xPrime"] = x, x_prime
        nothing = e[:, :0]
        given = x_sr if self.from_x else inputs.pick_flat(self.context) if self.context else nothing
        transferred = nothing
        if self.mixes:
            logits = self.gate(e) if "gate" in self else out["scenarioLogit"]
            transferred = self._mixture(given, logits, inputs)
            out["alpha"], out["transferred"] = torch.softmax(logits, -1), transferred
        fused = self._fuse(x_prime, given, transferred, inputs)
        out["logit"] = fused.logit
        if not run.training:
            return {**out, **self._looked_into(fused, traces, given, out, inputs)}
        compared = fused
        if stepped and self.comparing and s["orthAt"] == "xIr":
            # A second pass keeps its statistics to itself.
            run.quiet = True
            compared = self._fuse(x, given, transferred, inputs)
            run.quiet = False
        drawn = self._order(e, inputs) if self.comparing else None
        if self.comparing:
            out["conflict"] = self._conflict(compared, drawn, inputs)
        if s["invar"] and s["weightOrth"] > 0:
            out["cosine2"] = self._squared_cosine(traces, out["scenarioLogit"], inputs)
        return out

    def _looked_into(self, fused: Fused, traces: list[Trace], given: Tensor, out: Pass, inputs: Inputs) -> Pass:
        """What probes show of an evaluation."""
        found = {"scenarioGradient": fused.scenario_sum(inputs.weight * (torch.sigmoid(out["logit"]) - inputs.label))}
        if self.mixes and self.settings["fusion"] == "transnet":
            found["votes"] = self._votes(out["xIR"], given, inputs)
        if self.settings["invar"]:
            inner, one, two = self._directions(traces, out["scenarioLogit"], inputs)
            slope = torch.sigmoid(out["generalLogit"]) - inputs.label
            found["cosine"] = inner / torch.sqrt(one * two + 1e-20) * torch.sign(slope)
            found["innerLength"] = (inputs.weight * slope).abs() * self.general.weight.norm()
        return found

    def _order(self, like: Tensor, inputs: Inputs) -> Tensor | None:
        """Which scenarios a step compares, in what order; None: all as the dataset lists them."""
        n, kind = inputs.count, self.settings["orOrder"]
        if n > ALL_SCENARIOS_UP_TO:
            return sample_scenarios(n, SAMPLED, inputs.run, like)
        if kind == "random" and n > 1:
            return sample_scenarios(n, n, inputs.run, like)
        if kind in ("random", "dataset"):
            return None
        rows = self.shape.scenario_rows
        traffic = sorted(range(n), key=lambda k: -rows[k])
        return torch.tensor(traffic if kind == "traffic" else traffic[::-1], device=like.device)

    def _conflict(self, compared: Fused, drawn: Tensor | None, inputs: Inputs) -> Tensor:
        """Loss_orth^all (Eq 12, 13) of the scenarios' mean gradients by X."""
        slope = inputs.weight * (torch.sigmoid(compared.logit) - inputs.label)
        gradients = compared.scenario_sum(slope) / inputs.counts.clamp(min=1)
        rows = gradients if drawn is None else gradients[drawn]
        if self.settings["orthNorm"] != "raw":
            rows = rows / torch.sqrt(rows.square().sum(1, keepdim=True).detach() + FLOOR)
        return gram_schmidt_distance(rows, self.settings["orNorm"])

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        s = self.settings
        terms: Losses = {"scenario": bce(out["logit"], inputs)}
        weights = {"scenario": s["weightScenario"]}
        if s["invar"]:
            terms["invar"], weights["invar"] = bce(out["generalLogit"], inputs), s["weightInvar"]
            rows = F.cross_entropy(out["scenarioLogit"], inputs.index, reduction="none")[:, None]
            terms["classifier"], weights["classifier"] = inputs.mean(rows), s["weightClassifier"]
            terms["concat"], weights["concat"] = bce(out["concatLogit"], inputs), s["weightConcat"]
            if s["weightOrth"] > 0:
                cosine = out["cosine2"] if s["orthLoss"] == "cos2" else torch.sqrt(out["cosine2"] + FLOOR)
                terms["orth"], weights["orth"] = inputs.mean(cosine), s["weightOrth"]
        if self.comparing:
            terms["gramSchmidt"], weights["gramSchmidt"] = out["conflict"], s["weightGramSchmidt"]
        total = sum(weights[name] * term for name, term in terms.items() if weights[name] > 0)
        return {"total": total if torch.is_tensor(total) else 0 * terms["scenario"], **terms}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {name: by_scenario(out[name], inputs) for name in ("alpha", "votes") if name in out}
        shown["scenarioGradient"] = (out["scenarioGradient"], inputs.counts[:, 0])
        if "cosine" in out:
            shown["orthogonality"] = by_scenario(binned(out["cosine"], -1, 2 / BINS, BINS)[:, 0], inputs)
            shown["innerStep"] = single_by_scenario(out["innerLength"], inputs)
        return shown


MODELS = (CausalInt,)
