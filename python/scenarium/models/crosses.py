"""DCN, DCN-V2 and EDCN: explicit crosses of fields, beside or before a deep network."""
from __future__ import annotations

import torch
from torch import Tensor

from ..layers import Group, Inputs, Make, Rows, ScalarNorm, route
from ..shape import DataShape, Settings
from .base import Pass, SingleScenario
from .shown import Probes, as_weight, block_norms, by_scenario, over_rows, piece_parts, spread_by_scenario


def mapped(x: Tensor, weights: Tensor, shape: tuple[int, int], make: Make, rows: Rows) -> Tensor:
    """`x [B, in]` by one matrix for all, or by each row's own."""
    if not make.own:
        return x @ weights.reshape(shape)
    return route(x, weights.reshape(-1, *shape), None, rows)


class VectorCross(Group):
    """`x_0 (x · w) + b + x`: `weight [D, 1]`, `bias [D]`."""

    def __init__(self, make: Make, width: int) -> None:
        super().__init__(weight=make.linear(width, 1, None).weight, bias=make.weight(width, value=0.0, kind="bias"))
        self.make, self.width = make, width

    def forward(self, first: Tensor, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
        gate = mapped(x, self.weight, (self.width, 1), self.make, rows)
        return first * gate + self.make.of_rows(self.bias, rows) + x, gate


class MatrixCross(Group):
    """A cross layer of DCN-V2; parameters by kind as in the lab: `weight`, or `u` and `v`, with `c` and `gate.*` for a mixture."""

    def __init__(self, make: Make, width: int, settings: Settings) -> None:
        super().__init__()
        self.make, self.kind, self.width = make, settings["cross"], width
        self.rank, self.experts, self.gating = settings["rank"], settings["numExperts"], settings["gate"]
        if self.kind == "matrix":
            linear = make.linear(width, width)
            self["weight"], self["bias"] = linear.weight, linear.bias
            object.__setattr__(self, "linear", linear)
            return
        r, k = self.rank, self.experts
        several = () if self.kind == "low-rank" else (k,)
        self["v"], self["u"] = make.weight(*several, width, r), make.weight(*several, r, width)
        self["bias"] = make.weight(width, value=0.0, kind="bias")
        if several:
            self["c"], self["gate"] = make.weight(k, r, r), make.linear(width, k)

    def _mixture(self, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor]:
        k, r, width, make = self.experts, self.rank, self.width, self.make
        logits = self.gate(x, rows)
        gate = torch.softmax(logits, -1) if self.gating == "softmax" else torch.sigmoid(logits)
        # Experts side by side, so that a row meets its scenario's matrix alone.
        side = self.v.transpose(-3, -2)
        low = torch.tanh(mapped(x, side.reshape(*side.shape[:-2], k * r), (width, k * r), make, rows).view(-1, k, r))
        turned = torch.einsum("bkr,bkrs->bks", low, self.c[rows.index]) if make.own else torch.einsum("bkr,krs->bks", low, self.c)
        weighed = (torch.tanh(turned) * gate[:, :, None]).flatten(1)
        shift = make.of_rows(self.bias, rows) * gate.sum(1, keepdim=True)
        return mapped(weighed, self.u, (k * r, width), make, rows) + shift, gate

    def forward(self, first: Tensor, x: Tensor, rows: Rows) -> tuple[Tensor, Tensor | None]:
        gate = None
        if self.kind == "matrix":
            map_of_x = self.linear(x, rows)
        elif self.kind == "low-rank":
            low = mapped(x, self.v, (self.width, self.rank), self.make, rows)
            map_of_x = mapped(low, self.u, (self.rank, self.width), self.make, rows) + self.make.of_rows(self.bias, rows)
        else:
            map_of_x, gate = self._mixture(x, rows)
        return first * map_of_x + x, gate

    @property
    def map(self) -> Tensor:
        """W `[D, D]`, or `[N, D, D]`, of a layer without a mixture."""
        return self.weight if self.kind == "matrix" else self.v @ self.u


class Dcn(SingleScenario):
    """Wang et al., ADKDD 2017."""

    id = "dcn"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if not settings["cross"] and not settings["deep"]:
            raise ValueError("DCN needs its cross network or its deep part; turn one on.")
        self.layers = settings["crossLayers"] if settings["cross"] else 0
        for k in range(self.layers):
            self[f"cross.{k}"] = VectorCross(self.make, self.width)
        width = self.width if settings["cross"] else 0
        if settings["deep"]:
            self["mlp"] = self.make.mlp(self.width, settings["hidden"])
            width += self.mlp.out
        self["output"] = self.make.linear(width, 1, "prior")

    def forward(self, inputs: Inputs) -> Pass:
        flat = x = self.reader(inputs).flat
        gates = []
        for k in range(self.layers):
            x, gate = self.cross[str(k)](flat, x, inputs)
            gates.append(gate)
        pieces = [x] if self.layers else []
        if "mlp" in self:
            pieces.append(self.mlp(flat, inputs))
        out = {"logit": self.output(torch.cat(pieces, 1), inputs), "crossOut": x, "lastLayer": pieces[-1]}
        return {**out, "gates": torch.cat(gates, 1)} if gates else out

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {}
        if "gates" in out:
            weights = [block_norms(layer.weight, self.reader.count, 1)[:, 0] for layer in self.cross.numbered()]
            shown = {"crossGates": by_scenario(out["gates"], inputs), "crossWeights": as_weight(torch.stack(weights))}
        pieces = [*([out["crossOut"]] if self.layers else []), *([out["lastLayer"]] if "mlp" in self else [])]
        return {**shown, "parts": spread_by_scenario(piece_parts(self.output, pieces, inputs), inputs)}


class DcnV2(SingleScenario):
    """Wang et al., WWW 2021."""

    id = "dcnv2"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        for k in range(settings["crossLayers"]):
            self[f"cross.{k}"] = MatrixCross(self.make, self.width, settings)
        self["mlp"] = self.make.mlp(self.width, settings["hidden"])
        self.parallel = settings["structure"] == "parallel"
        self["output"] = self.make.linear(self.mlp.out + (self.width if self.parallel else 0), 1, "prior")

    def forward(self, inputs: Inputs) -> Pass:
        flat = x = self.reader(inputs).flat
        gates = {}
        for k, layer in enumerate(self.cross.numbered()):
            x, gate = layer(flat, x, inputs)
            if gate is not None:
                gates[f"gate{k}"] = gate
        last = self.mlp(flat if self.parallel else x, inputs)
        read = torch.cat([x, last], 1) if self.parallel else last
        return {"logit": self.output(read, inputs), "crossOut": x, "lastLayer": last, **gates}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        found = [by_scenario(out[f"gate{k}"], inputs) for k in range(self.settings["crossLayers"]) if f"gate{k}" in out]
        shown: Probes = {}
        if found:
            shown["crossExperts"] = (torch.stack([one for one, _ in found]), torch.stack([count for _, count in found]))
        else:
            # A weight is [in, out]: its columns are the field that is multiplied.
            count = self.reader.count
            shown["crossBlocks"] = as_weight(torch.stack([block_norms(layer.map, count, count).t() for layer in self.cross.numbered()]))
        if self.parallel:
            shown["parts"] = spread_by_scenario(piece_parts(self.output, [out["crossOut"], out["lastLayer"]], inputs), inputs)
        return shown


class Bridge(Group):
    """How a cross and a deep layer of EDCN are put together (Section 3.3)."""

    def __init__(self, make: Make, width: int, kind: str) -> None:
        super().__init__()
        self.kind = kind
        if kind == "concat":
            linear = make.linear(2 * width, width)
            self["weight"], self["bias"] = linear.weight, linear.bias
            object.__setattr__(self, "linear", linear)
        if kind == "attention":
            for side in ("cross", "deep"):
                self[f"{side}.0"], self[f"{side}.1"] = make.linear(width, width), make.linear(width, width, None)

    def attention(self, side: str, x: Tensor, rows: Rows) -> Tensor:
        """Weights of the units of a side `[B, D]`."""
        net = self[side]
        return torch.softmax(net["1"](torch.relu(net["0"](x, rows)), rows), -1)

    def forward(self, cross: Tensor, deep: Tensor, rows: Rows) -> Tensor:
        if self.kind == "product":
            return cross * deep
        if self.kind == "addition":
            return cross + deep
        if self.kind == "concat":
            return torch.relu(self.linear(torch.cat([cross, deep], 1), rows))
        return self.attention("cross", cross, rows) * cross + self.attention("deep", deep, rows) * deep


class Edcn(SingleScenario):
    """Chen et al., CIKM 2021: a cross and a deep network that meet after every layer."""

    id = "edcn"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        width, make = self.width, self.make
        for k in range(settings["crossLayers"]):
            if settings["regulation"]:
                for side in ("cross", "deep"):
                    self[f"regulation.{k}.{side}"] = make.weight(self.reader.count, value=1.0, kind="free")
                    if settings.get("regulationNorm", False):
                        self[f"regulation.{k}.{side}Norm"] = ScalarNorm(make.own, shape.scenarios)
            self[f"cross.{k}"], self[f"deep.{k}"] = VectorCross(make, width), make.linear(width, width)
            if settings["bridge"] != "off":
                self[f"bridge.{k}"] = Bridge(make, width, settings["bridge"])
        pieces = 2 if settings["bridge"] == "off" else 3
        self["output"] = make.linear(pieces * width, 1, "prior")

    def _regulated(self, k: int, side: str, x: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
        layer = self.regulation[str(k)]
        gate = torch.softmax(self.make.of_rows(layer[side], inputs) / self.settings["temperature"], -1)
        weighed = (x.view(len(x), self.reader.count, -1) * gate[:, :, None]).flatten(1)
        return (layer[f"{side}Norm"](weighed, inputs) if f"{side}Norm" in layer else weighed), gate

    def forward(self, inputs: Inputs) -> Pass:
        cross = deep = self.reader(inputs).flat
        first = bridged = None
        gates: list[Tensor] = []
        attention: list[Tensor] = []
        for k in range(self.settings["crossLayers"]):
            if bridged is not None:
                cross = deep = bridged
            if "regulation" in self:
                (cross, one), (deep, other) = (self._regulated(k, side, x, inputs) for side, x in (("cross", cross), ("deep", deep)))
                gates += [one, other]
            # The input that every cross layer multiplies is what the first one read.
            first = cross if first is None else first
            linear = self.deep[str(k)](deep, inputs)
            cross = self.cross[str(k)](first, cross, inputs)[0]
            deep = inputs.run.dropout(torch.relu(linear), self.settings["dropout"])
            bridged = self.bridge[str(k)](cross, deep, inputs) if "bridge" in self else None
            if self.settings["bridge"] == "attention" and not inputs.run.training:
                attention += [self.bridge[str(k)].attention(side, x, inputs) for side, x in (("cross", cross), ("deep", deep))]
        pieces = [cross, deep] if bridged is None else [cross, deep, bridged]
        out = {"logit": self.output(torch.cat(pieces, 1), inputs), **{f"piece{p}": piece for p, piece in enumerate(pieces)}}
        if attention:
            out["bridgeAttention"] = torch.stack(attention, 1)
        if gates:
            out["regulation"] = torch.stack([gate.expand(len(cross), -1) for gate in gates])
        return out if bridged is None else {**out, "bridgeOut": bridged}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {}
        if "regulation" in out:
            sums, rows = over_rows(out["regulation"].transpose(0, 1), inputs)
            shown["regulation"] = (sums.view(-1, 2, sums.shape[1]), rows)
        if "bridgeAttention" in out:
            attention = out["bridgeAttention"]
            sums, rows = over_rows(attention.view(*attention.shape[:2], self.reader.count, -1).sum(3), inputs)
            shown["bridgeAttention"] = (sums.view(-1, 2, sums.shape[1]), rows)
        pieces = [out[f"piece{p}"] for p in range(3) if f"piece{p}" in out]
        return {**shown, "parts": spread_by_scenario(piece_parts(self.output, pieces, inputs), inputs)}


MODELS = (Dcn, DcnV2, Edcn)
