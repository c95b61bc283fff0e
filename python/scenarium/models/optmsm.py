"""OptMSM (Tang et al., ECML PKDD 2023): partition → adaptive gate → transfer → scaled predictor."""
from __future__ import annotations

import torch
from torch import Tensor

from ..layers import (
    BatchNorm,
    Group,
    Inputs,
    Linear,
    OwnLinear,
    Rows,
    StackedMlp,
    StarLinear,
    filled,
    history_of,
    mean_over,
    mix,
    mix_gates,
    own_history_of,
    route,
    sample_scenarios,
    stacked,
    weight,
)
from ..shape import DataShape, Needs, Settings, prior, priors
from .base import Losses, Model, Pass, bce
from .shown import Probes, as_weight, binned, by_scenario, rows_counted, spread_by_scenario

#: Up to so many scenarios a step looks at a row in all of them, as printed; beyond, in its own and in a few drawn ones.
ALL_SCENARIOS_UP_TO = 32
#: Experts of each scenario's own, and in CGC shared ones beside them.
OWN_EXPERTS, SHARED_EXPERTS = 2, 2
#: Bins of the histogram of scales over [0, 2].
BINS = 20


def unit_representations(r: Tensor) -> Tensor:
    """Each vector at length 1 (but for a floor): `[N, B, R]`."""
    return r * torch.rsqrt(r.square().sum(2, keepdim=True) + 1e-8)


def pair_cosines(r: Tensor, mode: str) -> Tensor:
    """Mean over the N(N−1) ordered pairs of a row's cosines (or squared ones): `r [N, B, R]` to `[B, 1]`."""
    n = len(r)
    unit = unit_representations(r)
    lengths = unit.square().sum(2)
    if mode == "sum":
        total = unit.sum(0).square().sum(1) - lengths.sum(0)
    else:
        by_row = unit.transpose(0, 1)
        total = (by_row @ by_row.transpose(1, 2)).square().sum((1, 2)) - lengths.square().sum(0)
    return (total / (n * (n - 1)))[:, None]


class OptMsm(Model):
    id = "optmsm"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        s, n, d = settings, shape.scenarios, settings["embeddingDim"]
        self.shared_fields = shape.indices(without=("scenario",), specific=False) if s["priors"] else shape.indices()
        self.specific = [i for i in shape.indices() if i not in self.shared_fields] if s["priors"] else []
        if not self.shared_fields:
            raise ValueError("Every field is scenario-specific; OptMSM needs one that all scenarios share; choose another dataset or model.")
        self.pooled = len(shape.item_fields) if s["history"] == "mean" else 0
        count = self.count = len(self.shared_fields) + self.pooled
        specific = (len(self.specific) + (self.pooled if s["priors"] else 0)) * d
        if s["normalisation"] != "off":
            self["norm"] = BatchNorm(count * d, s["normalisation"], n)
        if s["seGate"]:
            self["seGate"] = Group(weight=weight(n, count, count), bias=filled(n, count))
        width = self._transfer(count * d)
        hidden = s["hidden"] if s["op"] == "none" else s["predictorHidden"]
        self._predictor(width + specific, hidden)
        self.constrained = s["op"] != "none" and n > 1 and s["lambdaOrth"] > 0
        self.drawn = s["contrastScenarios"] if self.constrained else 0

    def _transfer(self, width: int) -> int:
        s, n = self.settings, self.shape.scenarios
        if s["op"] == "fcn":
            for k, out in enumerate(s["hidden"]):
                self[f"transfer.{k}.shared"], self[f"transfer.{k}.own"] = StarLinear.shared(width, out), StarLinear.own(n, width, out)
                width = out
        elif s["op"] != "none":
            count = OWN_EXPERTS * n + (SHARED_EXPERTS if s["op"] == "cgc" else 0)
            self["expert"] = StackedMlp(count, width, s["hidden"], "off", n, s["dropout"])
            if s["transferOutput"] == "linear":
                self.expert.layers[-1].slope = 1.0
            self["transferGate"] = OwnLinear(n, width, count)
            width = self.expert.out
        return width

    def _predictor(self, width: int, hidden: list[int]) -> None:
        s, n, first = self.settings, self.shape.scenarios, width
        self.names = [*(f"predictor.{k}" for k in range(len(hidden))), "output"]
        own = s["predictor"] == "own"
        for k, (name, out) in enumerate(zip(self.names, [*hidden, 1])):
            start = (priors if own else prior)(self.shape, s) if name == "output" else 0.0
            self[name] = OwnLinear(n, width, out, start) if own else Linear(width, out, start)
            if s["hypernetwork"]:
                for part, a, b in (("hidden", first, s["hyperHidden"]), ("scale", s["hyperHidden"], width)):
                    self[f"hyper.{k}.{part}"] = OwnLinear(n, a, b) if s["hypernetworkOf"] == "own" else Linear(a, b)
            width = out

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        if settings["history"] != "mean":
            return Needs()
        own = settings["historyLength"] if settings["priors"] else settings["historyLength"]
        return Needs(history=settings["historyLength"], own_history=own)

    def _partition(self, inputs: Inputs) -> tuple[Tensor, Tensor | None]:
        common = inputs.pick(self.shared_fields)
        own = [inputs.pick_flat(self.specific)] if self.specific else []
        if self.pooled:
            all_of, of_own = history_of(inputs), own_history_of(inputs)
            common = torch.cat([common, mean_over(all_of.items, all_of.mask).view(len(common), self.pooled, -1)], 1)
            if self.settings["priors"]:
                own.append(mean_over(of_own.items, of_own.mask))
        if "norm" in self:
            common = self.norm(common.flatten(1), inputs).view_as(common)
        return common, torch.cat(own, 1) if own else None

    def _views(self, inputs: Inputs) -> Rows | None:
        """The batch's rows once in every scenario that the step looks at, the row's own first; None: in all scenarios."""
        if inputs.count <= ALL_SCENARIOS_UP_TO:
            return None
        index, run = inputs.index, inputs.run
        if self.drawn == 0 or not run.training:
            return Rows(index, inputs.count, inputs.weight, run)
        drawn = sample_scenarios(inputs.count, self.drawn, run, inputs.weight)
        every = torch.cat([index, drawn.repeat_interleave(len(index))])
        return Rows(every, inputs.count, inputs.weight.repeat(1 + self.drawn, 1), run)

    def _gated(self, shared: Tensor, views: Rows | None) -> tuple[Tensor, Tensor | None]:
        """`[V, B, F_c d]` as each view sees it, or `[B, F_c d]` where all see the same; and the fields' weights `[V, B, F_c]`."""
        if "seGate" not in self:
            return shared.flatten(1), None
        squeezed = shared.mean(2)
        if views is None:
            z = torch.sigmoid(stacked(squeezed, self.seGate.weight, self.seGate.bias))
        else:
            times = len(views) // len(shared)
            z = torch.sigmoid(route(squeezed.repeat(times, 1), self.seGate.weight, self.seGate.bias, views)).view(times, len(shared), -1)
        return (z[..., None] * shared).flatten(2), z

    def _fcn(self, gated: Tensor, inputs: Inputs, views: Rows | None) -> Tensor:
        h = gated
        for k, part in enumerate(self.transfer.numbered()):
            bias = part.own.bias + part.shared.bias
            weights = part.own.weight * part.shared.weight
            if views is None:
                h = stacked(h, weights, bias)
            else:
                times = len(views) // len(inputs)
                rows = h.repeat(times, 1) if h.dim() == 2 else h.reshape(len(views), -1)
                h = route(rows, weights, bias, views).view(times, len(inputs), -1)
            last = k == len(self.settings["hidden"]) - 1
            active = h if last and self.settings["transferOutput"] == "linear" else torch.relu(h)
            h = inputs.run.dropout(active, self.settings["dropout"])
        return h

    def _experts(self, gated: Tensor, own: Tensor, inputs: Inputs, views: Rows | None) -> tuple[Tensor, Tensor]:
        """Representations `[V, B, R]`, and the weights of experts `[V, B, E]`."""
        s, n, batch = self.settings, self.shape.scenarios, len(inputs)
        gate = self.transferGate
        forbidden = torch.zeros(n, self.expert.stack, dtype=gated.dtype, device=gated.device)
        if s["op"] == "cgc":
            forbidden.fill_(-1e9)
            for m in range(n):
                forbidden[m, OWN_EXPERTS * m : OWN_EXPERTS * (m + 1)] = 0
            forbidden[:, OWN_EXPERTS * n :] = 0
        if views is None:
            logits = stacked(gated, gate.weight, gate.bias) + forbidden[:, None]
        else:
            times = len(views) // batch
            rows = gated.repeat(times, 1) if gated.dim() == 2 else gated.reshape(len(views), -1)
            logits = (route(rows, gate.weight, gate.bias, views) + forbidden[views.index]).view(times, batch, -1)
        gates = torch.softmax(logits, -1)
        if s["expertInput"] == "own" or gated.dim() == 2:
            return mix_gates(self.expert(own, inputs), gates.transpose(0, 1)), gates
        # Every expert on every scenario's input: all of them are rows of one larger batch.
        seen = len(gates)
        h = self.expert(gated.reshape(seen * batch, -1), inputs)
        return mix(h, gates.reshape(seen * batch, -1)).view(seen, batch, -1), gates

    def forward(self, inputs: Inputs) -> Pass:
        shared, specific = self._partition(inputs)
        views = self._views(inputs)
        gated, weights = self._gated(shared, views)

        def own_of(x: Tensor) -> Tensor:
            if x.dim() == 2:
                return x
            return x[0] if views is not None else x[inputs.index, torch.arange(len(inputs), device=x.device)]

        out: Pass = {} if weights is None else {"fieldWeights": own_of(weights)}
        own = own_of(gated)
        if self.settings["op"] != "none":
            if self.settings["op"] == "fcn":
                r = self._fcn(gated, inputs, views)
            else:
                r, gates = self._experts(gated, own, inputs, views)
                out["transferGate"] = own_of(gates)
            own = own_of(r)
            out["representations" if views is None else "views"] = r
        r0 = own if specific is None else torch.cat([own, specific], 1)
        logit, scales = self._predict(r0, inputs)
        return {**out, "logit": logit, "representation": own, **{f"scale{k}": scale for k, scale in enumerate(scales)}}

    def _predict(self, r0: Tensor, inputs: Inputs) -> tuple[Tensor, list[Tensor]]:
        """The logit, and the hypernetwork's factors of every layer `[B, width]` (Eq 11)."""
        scales = []
        s, h = self.settings, r0
        read = r0.detach() if s["hyperStopGrad"] else r0
        for k, name in enumerate(self.names):
            if s["hypernetwork"]:
                part = self.hyper[str(k)]
                scales.append(2 * torch.sigmoid(part.scale(torch.relu(part.hidden(read, inputs)), inputs)))
                h = h * scales[-1]
            h = self[name](h, inputs)
            if name != "output":
                h = inputs.run.dropout(torch.relu(h), s["dropout"])
        return h, scales

    def losses(self, out: Pass, inputs: Inputs) -> Losses:
        click = bce(out["logit"], inputs)
        r = out.get("representations")
        if r is None and len(out.get("views", ())) > 2:
            r = out["views"][1:]
        if not self.constrained or r is None:
            return {"total": click, "click": click}
        orth = inputs.mean(pair_cosines(r, self.settings["orthMode"]))
        return {"total": click + self.settings["lambdaOrth"] * orth, "click": click, "orth": orth}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {}
        if "fieldWeights" in out:
            # Weights start at a half: differences from it keep the digits of a small deviation.
            shown["seGate"] = by_scenario(out["fieldWeights"], inputs)
            shown["seGateDeviation"] = spread_by_scenario(out["fieldWeights"] - 0.5, inputs)
        if "transferGate" in out:
            shown["transferGate"] = by_scenario(out["transferGate"], inputs)
        if "representations" in out:
            unit = unit_representations(out["representations"])
            total = inputs.run.total((unit * inputs.weight).flatten(1) @ unit.flatten(1).t())
            shown["representationCosine"] = (total, rows_counted(inputs))
        if self.settings["op"] == "fcn":
            away = [(part.own.weight - 1).square().sum((1, 2)).sqrt() for part in self.transfer.numbered()]
            shown["ownDeviation"] = as_weight(torch.stack(away, 1))
        scales = [out[f"scale{k}"] for k in range(len(self.names)) if f"scale{k}" in out]
        for k, scale in enumerate(scales):
            shown[f"hyperScale{k}"] = by_scenario(scale, inputs)
        if scales:
            sums = [inputs.sum(binned(scale, 0, 2 / BINS, BINS).sum(1) * inputs.weight) for scale in scales]
            counts = [rows_counted(inputs) * scale.shape[1] for scale in scales]
            shown["hyperHistogram"] = (torch.stack(sums), torch.stack(counts))
        return shown


MODELS = (OptMsm,)
