"""AESM², HiNet, M3oE: rows that choose among experts of their own scenario's, of others' and of all."""
from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor

from ..layers import (
    Asked,
    Asking,
    ExtractionLevel,
    Group,
    Inputs,
    Linear,
    Mlp,
    OwnLinear,
    Rows,
    ScenarioEmbedding,
    ScenarioGate,
    SharedGate,
    StackedMlp,
    StarLinear,
    ask_experts,
    ask_linear,
    filled,
    masked_softmax,
    mix,
    mix_gates,
    sample_scenarios,
    star,
)
from ..shape import DataShape, Settings, prior
from .base import Baseline, Losses, Pass, bce, by_scenario, through_towers, tower_parts


def least(values: Tensor, count: int) -> Tensor:
    """1 at the `count` least values of each row `[B, n]`, of equals the earlier; no gradient."""
    order = torch.sort(values.detach(), dim=1, stable=True)[1][:, :count]
    return torch.zeros_like(values).scatter(1, order, 1.0)


class SelectiveLayer(Group):
    """`expert.k.*` `[n, in, w]`, `gate.weight [N, in + d, n]`, `gate.bias [N, n]`."""

    def __init__(self, width: int, indicator: int, scenarios: int, settings: Settings) -> None:
        count = settings["numExperts"]
        super().__init__(
            expert=StackedMlp(count, width, settings["expertHidden"], "off", scenarios, settings["dropout"]),
            gate=OwnLinear(scenarios, width + indicator, count),
        )
        self.selection = settings["selection"]
        self.chosen = (min(settings["specificExperts"], count), min(settings["sharedExperts"], count))

    def _select(self, z: Tensor, asked: Asked) -> tuple[Tensor, dict[str, Tensor]]:
        """The row's own gate `[B, n]` over the experts in use, and what was chosen how far away."""
        if self.selection == "off":
            return torch.softmax(self.gate(z, asked.inputs), -1), {}
        logits = ask_linear(self.gate, z, asked)
        own = mix(logits, asked.own)
        # Distributions of each expert over the slots [B, n, S]: to the row's own scenario alone, and to the uniform one.
        present = asked.present[:, None]
        log = torch.log_softmax(logits.permute(1, 2, 0) + (present - 1) * 1e9, -1)
        slots = asked.present.sum(1, keepdim=True)
        to_own = -(log * asked.own[:, None]).sum(2)
        to_all = -(torch.log(slots) + (log * present).sum(2) / slots)
        found, used = {}, torch.zeros_like(own)
        for name, distance, count in (("specific", to_own, self.chosen[0]), ("shared", to_all, self.chosen[1])):
            if self.selection in ("both", name):
                chosen = least(distance, count)
                found[name], used = chosen, torch.maximum(used, chosen)
                found[f"{name}Distance"] = (distance * chosen).sum(1, keepdim=True) / count
        return masked_softmax(own, used), found

    def forward(self, h: Tensor, e: Tensor, asked: Asked) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        gate, found = self._select(torch.cat([h, e], 1), asked)
        return mix(self.expert(h, asked.inputs), gate), gate, found


class Aesm2(Baseline):
    """Zou et al., SIGIR 2022: each row picks experts that are its scenario's own and experts that all share, layer by layer."""

    id = "aesm2"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, d, width = shape.scenarios, settings["embeddingDim"], self.width
        self.asking = Asking(shape, settings["peers"])
        self["scenario"] = ScenarioEmbedding(n, d)
        for k in range(settings["layers"]):
            layer = SelectiveLayer(width, d, n, settings)
            self[f"layer.{k}"] = layer
            width = layer.expert.out
        self["tower"] = Mlp(width, settings["towerHidden"], "off", n, self.dropout)
        self["output"] = Linear(self.tower.out, 1, prior(shape, settings))

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        asked, e, out = self.asking(inputs), self.scenario(inputs), {}
        h = flat
        for k, layer in enumerate(self.layer.numbered()):
            h, out[f"gate{k}"], found = layer(h, e, asked)
            out.update({f"{name}{k}": value for name, value in found.items()})
        last = self.tower(h, inputs)
        return {**out, "logit": self.output(last), "lastLayer": last}

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        click = bce(out["logit"], inputs)
        terms = {"total": click, "click": click}
        for name in ("specific", "shared"):
            each = [inputs.mean(value) for key, value in out.items() if key.startswith(f"{name}Distance")]
            if each:
                terms[name] = torch.stack(each).sum()
                terms["total"] = terms["total"] + self.settings["klWeight"] * terms[name]
        return terms

    def probes(self, out: Pass, inputs: Inputs):
        shown = [key for key in out if key[:-1] in ("gate", "specific", "shared")]
        return {key: by_scenario(out[key], inputs) for key in shown}


class HiNet(Baseline):
    """Zhou et al., ICDE 2023: a scenario layer with attention between scenarios, and above it a task layer."""

    id = "hinet"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, d, hidden = shape.scenarios, settings["embeddingDim"], settings["expertHidden"]
        self.asking = Asking(shape, settings["peers"])
        width = self.width
        self.attentive = settings["hierarchy"] and settings["attentive"]
        if settings["hierarchy"]:
            self["shared"] = StackedMlp(settings["sharedExperts"], width, hidden, "off", n, self.dropout)
            self["sharedGate"] = SharedGate(width, settings["sharedExperts"])
            self["specific"] = StackedMlp(n * settings["specificExperts"], width, hidden, "off", n, self.dropout)
            self["specificGate"] = OwnLinear(n, width, settings["specificExperts"])
            if self.attentive:
                self["scenario"] = ScenarioEmbedding(n, d)
                scores = Linear(d, self.asking.slots)
                object.__setattr__(self, "between", scores)
                self["attention"] = Group(weight=scores.weight, bias=scores.bias)
            width = self.shared.out * (3 if self.attentive else 2)
        level = ExtractionLevel(
            width, settings["taskHidden"], "off", n, self.dropout, settings["taskExperts"], settings["taskSharedExperts"], last=True
        )
        self["task"] = level
        tower_parts(self, level.out, "off")

    def _extract(self, x: Tensor, inputs: Inputs) -> tuple[Tensor, Pass]:
        asked = self.asking(inputs)
        of_shared = self.sharedGate(x)
        bodies = ask_experts(self.specific, self.settings["specificExperts"], x, asked)
        gates = torch.softmax(ask_linear(self.specificGate, x, asked), -1)
        by_row = gates.transpose(0, 1)
        slots, out = [asked.own], {"sharedGate": of_shared, "ownGate": mix(gates, asked.own)}
        if self.attentive:
            attention = masked_softmax(self.between(self.scenario.embedding)[inputs.index], asked.others)
            slots.append(attention)
            out["attention"] = attention
        spread = torch.stack([(by_row * one[:, :, None]).flatten(1) for one in slots], 1)
        mixed = mix_gates(bodies, spread).transpose(0, 1)
        return torch.cat([mix(self.shared(x, inputs), of_shared), mixed.flatten(1)], 1), out

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        mixed, out = self._extract(flat, inputs) if "shared" in self else (flat, {})
        own, gate = self.task.finish(mixed, inputs)
        return {**through_towers(self, own, inputs), "gate": gate, "extracted": mixed, **out}

    def probes(self, out: Pass, inputs: Inputs):
        names = {"gates": "gate", "attention": "attention", "sharedGate": "sharedGate", "ownGate": "ownGate"}
        return {probe: by_scenario(out[name], inputs) for probe, name in names.items() if name in out}


#: With more scenarios than this a training step of M3oE hears a few drawn ones in place of all others.
ALL_SCENARIOS_UP_TO, HEARD = 8, 4


class M3oe(Baseline):
    """Zhang et al., SIGIR 2024: experts of all, of each domain and of the task, fused by balances that are learned."""

    id = "m3oe"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, hidden, domain = shape.scenarios, settings["expertHidden"], settings["domainWidth"]
        common = (self.norm, n, self.dropout)
        bias = 0.0 if self.norm == "off" else None
        self["star.shared"] = StarLinear.shared(self.width, settings["starWidth"], bias)
        self["star.own"] = StarLinear.own(n, self.width, settings["starWidth"], self.norm != "domain")
        self["star.mlp"] = Mlp(settings["starWidth"], [domain], *common)
        self["skip"] = Mlp(self.width, [domain], *common)
        self["expert"] = StackedMlp(settings["numExperts"], domain, hidden, *common)
        self["gate"] = ScenarioGate(n, domain, settings["numExperts"])
        learned = settings["learnedBalances"]
        if settings["domainExperts"]:
            self["domainExpert"] = StackedMlp(n, domain, hidden, *common)
            if learned and n > 1:
                self["balance.domain"] = filled(1, value=1.0, kind="free")
            if learned:
                self["fusion.domain"] = filled(1, value=1.0, kind="free")
        if settings["taskExperts"]:
            self["taskExpert"] = Mlp(domain, hidden, *common)
            if learned:
                self["fusion.task"] = filled(1, value=1.0, kind="free")
        tower_parts(self, self.expert.out)

    def _balance(self, name: str, like: Tensor) -> Tensor:
        part, of = name.split(".")
        known = part in self and of in self[part]
        return torch.sigmoid(self[name] if known else torch.ones_like(like[0, :1]))

    def _domain(self, h: Tensor, beta: Tensor, inputs: Inputs) -> Tensor:
        """β e_n + (1 − β) / (N − 1) Σ e_j over the others `[B, w]`."""
        n, run, experts = inputs.count, inputs.run, self.domainExpert
        if not experts.can_route or n <= ALL_SCENARIOS_UP_TO or not run.training:
            other = (1 - beta) / max(1, n - 1)
            return mix(experts(h, inputs), inputs.one_hot * (beta - other) + other)
        drawn = sample_scenarios(n, HEARD, run, h)
        index = torch.cat([inputs.index, drawn.repeat_interleave(len(inputs))])
        rows = Rows(index, n, inputs.weight.repeat(HEARD + 1, 1), run)
        bodies = experts.routed(h.repeat(HEARD + 1, 1), rows).view(HEARD + 1, len(inputs), -1)
        different = (inputs.index[:, None] != drawn[None]).to(h.dtype)
        share = different / different.sum(1, keepdim=True)
        return mix(bodies, torch.cat([beta.expand(len(inputs), 1), share * (1 - beta)], 1))

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        e = star(flat, self.star.shared, self.star.own, inputs)
        h = self.star.mlp(e, inputs) + self.skip(flat, inputs)
        gate = self.gate.own(h, inputs)
        parts, balances = [mix(self.expert(h, inputs), gate)], []
        if "domainExpert" in self:
            own = self._balance("balance.domain", h) if inputs.count > 1 else torch.ones_like(h[0, :1])
            fusion = self._balance("fusion.domain", h)
            balances += [own, fusion]
            parts.append(self._domain(h, own, inputs) * fusion)
        if "taskExpert" in self:
            balances.append(self._balance("fusion.task", h))
            parts.append(self.taskExpert(h, inputs) * balances[-1])
        out = {**through_towers(self, reduce(torch.add, parts), inputs), "gate": gate}
        lengths = torch.cat([part.norm(dim=1, keepdim=True) + 1e-6 for part in parts], 1)
        out["parts"] = lengths / lengths.sum(1, keepdim=True)
        return {**out, "balances": torch.cat(balances)} if balances else out

    def probes(self, out: Pass, inputs: Inputs):
        shown = {"gates": by_scenario(out["gate"], inputs), "parts": by_scenario(out["parts"], inputs)}
        if "balances" in out:
            shown["balances"] = (out["balances"], torch.ones(()))
        return shown


MODELS = (Aesm2, HiNet, M3oe)
