"""Models that scale what passes through them: EPNet, PPNet, PEPNet, AdaSparse, HAMUR."""
from __future__ import annotations

import torch
from torch import Tensor

from ..layers import GateNu, GateNus, Group, Inputs, Linear, Mlp, OwnLinear, Rows, ScenarioEmbedding, filled, finish, norm_or_none, weight
from ..shape import DataShape, Settings, prior, priors
from .base import Baseline, Losses, Pass, bce
from .shown import Probes, by_scenario, spread_by_scenario


class PepNet(Baseline):
    """Chang et al., KDD 2023: gates of embeddings (EPNet) and of every layer's input (PPNet)."""

    id = "pepnet"
    #: Whether the two halves are there; None: as the settings say.
    halves: tuple[bool, bool] | None = None

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        d, gamma, g = settings["embeddingDim"], settings["gamma"], settings["gateWidth"]
        of_embeddings, of_layers = self.halves or (settings["epnet"], settings["ppnet"])
        self.domain = [i for i, field in enumerate(shape.fields) if field.role == "scenario" or field.scenario_specific]
        self.prior_fields = shape.indices(roles=("user", "item"))
        if of_embeddings:
            if not self.domain:
                raise ValueError("EPNet’s gate reads the scenario as a field; give the scenario column that role.")
            self["epnet"] = GateNu(len(self.domain) * d + self.width, g, gamma, self.width)
        if of_layers:
            read = len(self.prior_fields) * d + self.width
            self["ppnet"] = GateNus(read, g, gamma, [self.width, *settings["hidden"]])
        self["mlp"] = Mlp(self.width, settings["hidden"], self.norm, shape.scenarios, self.dropout)
        self["output"] = Linear(self.mlp.out, 1, prior(shape, settings))

    def _beside(self, inputs: Inputs, fields: list[int], gated: Tensor) -> Tensor:
        read = gated.detach() if self.settings["stopGradient"] else gated
        return torch.cat([inputs.pick_flat(fields), read], 1) if fields else read

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        out: Pass = {}
        embeddings = flat
        if "epnet" in self:
            out["domainGate"] = self.epnet(self._beside(inputs, self.domain, flat))
            embeddings = flat * out["domainGate"]
        gates: list[Tensor] = []
        if "ppnet" in self:
            gates = self.ppnet(self._beside(inputs, self.prior_fields, embeddings))
            out["layerGates"] = torch.cat(gates, 1)
        last = self.mlp(embeddings, inputs, (lambda h, k: h * gates[k]) if gates else None)
        return {**out, "logit": self.output(last * gates[-1] if gates else last), "lastLayer": last}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {}
        if "domainGate" in out:
            means = out["domainGate"].view(len(inputs), -1, self.settings["embeddingDim"]).mean(2)
            shown["domainGate"] = by_scenario(means, inputs)
        if "layerGates" in out:
            gates = out["layerGates"].split([self.width, *self.settings["hidden"]], 1)
            # Factors start at the middle of their range: differences from it keep the digits of a small deviation.
            aside = [gate - self.settings["gamma"] / 2 for gate in gates]
            means, shifts, squares = (
                torch.cat([one.mean(1, keepdim=True) for one in of], 1) for of in (gates, aside, [one.square() for one in aside])
            )
            shown["layerGates"] = by_scenario(means, inputs)
            shown["personalisation"] = spread_by_scenario(shifts, inputs, squares)
        return shown


class EpNet(PepNet):
    id, halves = "epnet", (True, False)


class PpNet(PepNet):
    id, halves = "ppnet", (False, True)


class AdaSparse(Baseline):
    """Yang et al., CIKM 2022: neurons weighed and in part switched off row by row; a regulariser keeps the share off within bounds."""

    id = "adasparse"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        d, width = settings["embeddingDim"], self.width
        self["scenario"] = ScenarioEmbedding(shape.scenarios, d)
        for k, size in enumerate([width, *settings["hidden"]]):
            self[f"pruner.{k}"] = Linear(d + size, size, None)
        self["mlp"] = Mlp(width, settings["hidden"], self.norm, shape.scenarios, self.dropout)
        self["output"] = Linear(self.mlp.out, 1, prior(shape, settings))
        self.prunes = settings["factor"] != "scaling"
        self.controlled = self.prunes and settings["sparsityControl"]
        if self.prunes:
            self.pruner["temperature"] = torch.tensor([float(settings["temperature"])])
        if self.controlled:
            self.pruner["strength"] = torch.tensor([float(settings["sparsityWeight"])])

    def _factor(self, v: Tensor) -> tuple[Tensor, Tensor | None]:
        """π `[B, w]`, and the share of neurons on by row `[B, 1]` with the gradient of the sigmoid."""
        s = self.settings
        if not self.prunes:
            return s["beta"] * torch.sigmoid(v), None
        q = torch.sigmoid(v * self.pruner.temperature)
        fused = s["factor"] == "fusion"
        strength = s["beta"] * q if fused else q
        on = (strength.detach() > s["threshold"]).to(q.dtype)
        kept = (on - q).detach() + q
        return (strength * on if fused else kept), kept.mean(1, keepdim=True)

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        e, out = self.scenario(inputs), {}
        shares: list[Tensor] = []

        def prune(h: Tensor, k: int) -> Tensor:
            factor, kept = self._factor(self.pruner[str(k)](torch.cat([e, h], 1)))
            out[f"factor{k}"] = factor
            if kept is not None:
                shares.append(kept)
            return h * factor

        h = self.mlp(flat, inputs, prune)
        end = prune(h, len(self.settings["hidden"]))
        run, s = inputs.run, self.settings
        if self.prunes and run.training:
            grown = self.pruner.temperature + s["temperatureStep"]
            run.record(self.pruner.temperature, grown.clamp(max=s["temperatureEnd"]))
        if self.controlled and run.training:
            run.record(self.pruner.strength, self.pruner.strength + s["sparsityGrowth"])
        if shares:
            out["kept"] = torch.cat(shares, 1)
        return {**out, "logit": self.output(end), "lastLayer": end}

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        click = bce(out["logit"], inputs)
        if not self.controlled:
            return {"total": click, "click": click}
        low, high = self.settings["sparsityLow"], self.settings["sparsityHigh"]
        terms = []
        for kept in out["kept"].split(1, 1):
            off = 1 - inputs.mean(kept)
            distance = (off - (low + high) / 2).abs()
            outside = ((low > off) | (off > high)).to(off.dtype)
            terms.append((outside * distance * self.pruner.strength[0]).detach() * distance)
        sparsity = torch.stack(terms).mean()
        return {"total": click + sparsity, "click": click, "sparsity": sparsity}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        layers = range(len(self.settings["hidden"]) + 1)
        shown: Probes = {f"factor{k}": by_scenario(out[f"factor{k}"], inputs) for k in layers}
        if self.prunes:
            on = torch.cat([(out[f"factor{k}"] > 0).to(inputs.weight.dtype).mean(1, keepdim=True) for k in layers], 1)
            shown["kept"] = by_scenario(on, inputs)
        return shown


class Cell(Group):
    """An adapter of HAMUR: `down.{u,v,bias}`, `up.{u,v}` and `norm.*` or, without normalisation, `up.bias`."""

    def __init__(self, width: int, inner: int, rank: int, norm: str, scenarios: int) -> None:
        super().__init__(
            down=Group(u=weight(width, rank), v=weight(rank, inner), bias=filled(inner)), up=Group(u=weight(inner, rank), v=weight(rank, width))
        )
        if norm == "off":
            self["up.bias"] = filled(width)
        self["norm"] = norm_or_none(width, norm, scenarios)

    def forward(self, h: Tensor, matrix: Tensor, rows: Rows) -> Tensor:
        """What the cell adds to `h [B, w]`, by each row's matrix `[B, k, k]`."""
        down = torch.bmm((h @ self.down.u)[:, None], matrix)[:, 0]
        t = torch.sigmoid(down @ self.down.v + self.down.bias)
        up = torch.bmm((t @ self.up.u)[:, None], matrix)[:, 0] @ self.up.v
        if self.norm is None:
            return up + self.up.bias
        return self.norm(up, rows)


class Hamur(Baseline):
    """Li et al., CIKM 2023: adapter cells whose matrices a hyper-network that all scenarios share makes for each row."""

    id = "hamur"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        n, rank, widths = shape.scenarios, settings["rank"], settings["hidden"]
        unit = torch.eye(rank).reshape(-1).numpy()
        if settings["hyperNetwork"]:
            self["hyper"] = Mlp(self.width, settings["hyperHidden"], self.norm, n, self.dropout)
            self.hyper["output"] = Linear(self.hyper.out, rank * rank, unit)
        else:
            self["matrix"] = filled(n, rank * rank, value=unit, kind="free")
        self.is_own = settings["backbone"] == "own"
        self.body = "tower" if self.is_own else "mlp"
        self[self.body] = Mlp(self.width, widths, self.norm, n, self.dropout, own=self.is_own)
        self.first = max(0, len(widths) - settings["adapters"])
        for a, width in enumerate(widths[self.first :]):
            self[f"adapter.{a}"] = Cell(width, settings["adapterWidth"], rank, settings["domainNorm"], n)
        self["output"] = OwnLinear(n, widths[-1], 1, priors(shape, settings)) if self.is_own else Linear(widths[-1], 1, prior(shape, settings))

    def network(self, flat: Tensor, inputs: Inputs) -> Pass:
        rank, widths = self.settings["rank"], self.settings["hidden"]
        if "hyper" in self:
            generated = self.hyper.output(self.hyper(flat, inputs))
        else:
            generated = self.matrix[inputs.index]
        matrix = generated.view(-1, rank, rank)
        changes: list[Tensor] = []

        def adapted(h: Tensor, k: int) -> Tensor:
            if k - 1 < self.first:
                return h
            change = self.adapter[str(k - 1 - self.first)](h, matrix, inputs)
            if not inputs.run.training:
                changes.append(change.norm(dim=1, keepdim=True) / (h.norm(dim=1, keepdim=True) + 1e-6))
            return h + change

        h = adapted(self[self.body](flat, inputs, adapted), len(widths))
        out = {"logit": self.output(h, inputs), "lastLayer": h, "generated": generated}
        return {**out, "changes": torch.cat(changes, 1)} if changes else out

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        unit = torch.eye(self.settings["rank"]).reshape(1, -1).to(out["generated"])
        return {
            "generated": by_scenario(out["generated"], inputs),
            "generatedSpread": spread_by_scenario(out["generated"] - unit, inputs),
            "adapterChange": by_scenario(out["changes"], inputs),
        }


MODELS = (PepNet, EpNet, PpNet, AdaSparse, Hamur)
