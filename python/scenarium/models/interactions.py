"""Single-scenario models of field interactions: LR, FM, Wide & Deep, DeepFM, PNN, DIN, AutoInt."""
from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ..layers import Group, Inputs, Make, TargetAttention, finish, history_of, masked_softmax, sum_over
from ..shape import DataShape, Needs, Settings
from .base import Pass, SingleScenario
from .shown import Probes, as_weight, by_scenario, happened_in, lengths_of_rows, over_rows, rows_counted, single_by_scenario, spread_by_scenario


def field_weights(out: Pass, inputs: Inputs) -> Probes:
    return {"fieldWeights": by_scenario(out["linearWeights"], inputs)}


def field_pairs(out: Pass, inputs: Inputs) -> Probes:
    """Products of two fields' factors `[F', F']`, summed over rows."""
    factors = out["factors"]
    total = inputs.run.total(torch.einsum("bfd,bgd->fg", factors * inputs.weight[:, :, None], factors))
    return {"fieldPairs": (total, rows_counted(inputs))}


def pair_products(factors: Tensor) -> Tensor:
    """Sum over pairs of fields of their factors' products, in time linear in fields: `[B, F, d]` to `[B, 1]`."""
    return 0.5 * (factors.sum(1).square() - factors.square().sum(1)).sum(1, keepdim=True)


class Lr(SingleScenario):
    """Logistic regression: a weight a value and one bias."""

    id, linear = "lr", True

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self["bias"] = self.make.output_bias(1, 1)

    def only(self, shape: DataShape, settings: Settings) -> list[int] | None:
        if settings["fields"] != "ids":
            return None
        chosen = []
        for role in ("user", "item"):
            sizes = [field.size if field.role == role else 0 for field in shape.fields]
            if max(sizes) > 0:
                chosen.append(sizes.index(max(sizes)))
        return chosen

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        logit = read.weights.sum(1, keepdim=True) + self.make.bias_rows(self.bias, inputs)
        return {"logit": logit, "linearWeights": read.weights}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        return field_weights(out, inputs)


class Fm(SingleScenario):
    """Factorisation machine (Rendle, ICDM 2010)."""

    id, linear = "fm", True

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self["bias"] = self.make.output_bias(1, 1)

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        logit = read.weights.sum(1, keepdim=True) + self.make.bias_rows(self.bias, inputs) + pair_products(read.fields)
        return {"logit": logit, "linearWeights": read.weights, "factors": read.fields}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        return {**field_weights(out, inputs), **field_pairs(out, inputs)}


class WideDeep(SingleScenario):
    """Cheng et al., DLRS 2016: a linear part beside a deep one."""

    id, linear = "wide-deep", True

    @classmethod
    def needs(cls, shape: DataShape, settings: Settings) -> Needs:
        crosses = settings["crosses"]
        return replace(super().needs(shape, settings), crosses=None if crosses == "off" else (crosses, settings["crossBuckets"]))

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self["mlp"] = self.make.mlp(self.width, settings["hidden"])
        self["output"] = self.make.linear(self.mlp.out, 1, "prior")

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        wide = read.weights.sum(1, keepdim=True)
        crossed = {} if inputs.crosses is None else {"crossed": inputs.crosses[:, :, 0]}
        if crossed:
            wide = wide + crossed["crossed"].sum(1, keepdim=True)
        last = self.mlp(read.flat, inputs)
        deep = self.output(last, inputs)
        return {"logit": wide + deep, "wide": wide, "deep": deep, "lastLayer": last, "linearWeights": read.weights, **crossed}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        parts = torch.cat([out["wide"], out["deep"]], 1)
        shown = {"parts": spread_by_scenario(parts, inputs), **field_weights(out, inputs)}
        return {**shown, "wideCrosses": by_scenario(out["crossed"], inputs)} if "crossed" in out else shown


class DeepFm(SingleScenario):
    """Guo et al., IJCAI 2017: a factorisation machine and a deep network over the same embeddings."""

    id, linear = "deepfm", True

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if not settings["fm"] and not settings["deep"]:
            raise ValueError("DeepFM needs its FM part or its deep part; turn one on.")
        if settings["deep"]:
            self["mlp"] = self.make.mlp(self.width, settings["hidden"])
            self["output"] = self.make.linear(self.mlp.out, 1, "prior")
        else:
            self["output"] = Group(bias=self.make.output_bias(1))

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        parts = {}
        if self.settings["fm"]:
            parts = {"linear": read.weights.sum(1, keepdim=True), "pairs": pair_products(read.fields)}
        if "mlp" in self:
            parts["deep"] = self.output(self.mlp(read.flat, inputs), inputs)
        logit = torch.stack(list(parts.values())).sum(0)
        if "mlp" not in self:
            logit = logit + self.make.bias_rows(self.output.bias, inputs)
        return {"logit": logit, **parts, "linearWeights": read.weights, "factors": read.fields}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        parts = torch.cat([out[name] for name in ("linear", "pairs", "deep") if name in out], 1)
        shown: Probes = {"parts": spread_by_scenario(parts, inputs)}
        return {**shown, **field_weights(out, inputs), **field_pairs(out, inputs)} if self.settings["fm"] else shown


class Pnn(SingleScenario):
    """Qu et al., ICDM 2016: a layer of products of fields below a deep network."""

    id = "pnn"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        make, reader = self.make, self.reader
        first, *rest = settings["hidden"]
        count, dim, kind = reader.count, reader.dim, settings["product"]
        self["product.linear"] = make.linear(self.width, first, 0.0 if make.batch_norm == "off" else None)
        if kind != "outer":
            if settings["decomposed"]:
                self["product.inner.theta"] = make.weight(count, first)
            else:
                self["product.inner"] = make.linear(count * (count - 1) // 2, first, None)
        if kind != "inner":
            self["product.outer"] = make.linear(dim * dim, first, None)
        self["product.norm"] = make.norm(first)
        if rest:
            self["mlp"] = make.mlp(first, rest)
        self["output"] = make.linear(rest[-1] if rest else first, 1, "prior")
        pairs = torch.triu_indices(count, count, 1)
        self.pairs = (pairs[0].tolist(), pairs[1].tolist())

    def _products(self, fields: Tensor, flat: Tensor, inputs: Inputs) -> Tensor:
        part = self.product
        total = part.linear(flat, inputs)
        if "inner" in part and self.settings["decomposed"]:
            theta = self.make.of_rows(part.inner.theta, inputs)
            total = total + (theta.transpose(1, 2) @ fields).square().sum(2)
        elif "inner" in part:
            left, right = self.pairs
            total = total + part.inner((fields @ fields.transpose(1, 2))[:, left, right], inputs)
        if "outer" in part:
            summed = fields.sum(1)
            total = total + part.outer((summed[:, :, None] * summed[:, None]).flatten(1), inputs)
        return finish(total, part.norm, 0.0, self.make.dropout, inputs)[0]

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        h = self._products(read.fields, read.flat, inputs)
        h = self.mlp(h, inputs) if "mlp" in self else h
        return {"logit": self.output(h, inputs), "lastLayer": h}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        part, count = self.product, self.reader.count
        shown: Probes = {}
        if "inner" in part and self.settings["decomposed"]:
            squared = part.inner.theta.square().reshape(-1, count, part.inner.theta.shape[-1])
            shown["pairWeights"] = as_weight((squared @ squared.transpose(1, 2)).sqrt().mean(0))
        elif "inner" in part:
            lengths, (left, right) = lengths_of_rows(part.inner.weight), self.pairs
            square = lengths.new_zeros(count, count)
            square[left, right] = square[right, left] = lengths
            # A field has no product with itself.
            shown["pairWeights"] = (square, 1 - torch.eye(count).to(square))
        if "outer" in part:
            shown["outerWeights"] = as_weight(lengths_of_rows(part.outer.weight).view(self.reader.dim, -1))
        return shown


class Din(SingleScenario):
    """Zhou et al., KDD 2018: earlier items count by how they meet the item that is scored."""

    id, behaviours = "din", True

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        width = len(shape.item_fields) * self.reader.dim
        activation = settings["activation"]
        if settings["pooling"] != "sum":
            self["attention"] = TargetAttention(self.make, width, settings["attentionHidden"], activation)
        self["mlp"] = self.make.adaptive(self.width + width, settings["hidden"], activation, settings["dropout"])
        self["output"] = self.make.linear(self.mlp.out, 1, "prior")

    def forward(self, inputs: Inputs) -> Pass:
        read, behaviours = self.reader(inputs), self.reader.behaviours(inputs)
        pooling = self.settings["pooling"]
        weights = behaviours.mask if pooling == "sum" else self.attention(behaviours, inputs)
        if pooling == "softmax":
            weights = masked_softmax(weights, behaviours.mask)
        interest = sum_over(behaviours.items, weights)
        last = self.mlp(torch.cat([read.flat, interest], 1), inputs)
        return {"logit": self.output(last, inputs), "weights": weights, "interest": interest, "lastLayer": last}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        mask, weights = history_of(inputs).mask, out["weights"]

        def shares(values: Tensor, of: Tensor) -> tuple[Tensor, Tensor]:
            return by_scenario(values, inputs)[0], by_scenario(of, inputs)[0]

        shown: Probes = {
            "behaviourWeights": shares(weights, mask),
            "behaviourScenarios": shares(happened_in(weights, inputs), happened_in(mask, inputs)),
            "interestStrength": single_by_scenario(weights.sum(1, keepdim=True), inputs),
        }
        if self.settings["activation"] != "relu":
            unit = self.attention.unit.numbered() if "attention" in self else ()
            slopes = [layer.alpha.mean() for layer in (*unit, *self.mlp.numbered())]
            shown["slopes"] = as_weight(torch.stack(slopes))
        return shown


class FieldAttention(Group):
    """`{query,key,value,residual}.weight [in, heads d']`, heads side by side."""

    def __init__(self, make: Make, width: int, settings: Settings) -> None:
        super().__init__()
        self.heads, self.scaled, self.dropout = settings["heads"], settings["scaled"], settings["dropout"]
        out = self.heads * settings["headDim"]
        for part in ("query", "key", "value", *(["residual"] if settings["residual"] else [])):
            self[part] = make.linear(width, out, None)

    def forward(self, fields: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:
        batch, count, width = fields.shape
        flat, rows = fields.reshape(batch * count, width), inputs.repeated(count)

        def by_head(part: str) -> Tensor:
            return self[part](flat, rows).view(batch, count, self.heads, -1).transpose(1, 2)

        query, key, value = by_head("query"), by_head("key"), by_head("value")
        scores = query @ key.transpose(2, 3)
        weights = torch.softmax(scores / query.shape[3] ** 0.5 if self.scaled else scores, -1)
        together = (weights @ value).transpose(1, 2).reshape(batch * count, -1)
        if "residual" in self:
            together = together + self["residual"](flat, rows)
        return inputs.run.dropout(torch.relu(together), self.dropout).view(batch, count, -1), weights


class AutoInt(SingleScenario):
    """Song et al., CIKM 2019: fields attend to fields, layer by layer."""

    id = "autoint"

    def __init__(self, shape: DataShape, settings: Settings) -> None:
        super().__init__(shape, settings)
        width = self.reader.dim
        if "attention" not in self:
            self["attention"] = Group()
        for k in range(settings["attentionLayers"]):
            self[f"attention.{k}"] = FieldAttention(self.make, width, settings)
            width = settings["heads"] * settings["headDim"]
        self.layers = settings["attentionLayers"]
        self["output"] = self.make.linear(self.reader.count * width, 1, "prior")
        if settings["deep"]:
            self["mlp"] = self.make.mlp(self.width, settings["hidden"])
            self["deepOutput"] = self.make.linear(self.mlp.out, 1, None)

    def forward(self, inputs: Inputs) -> Pass:
        read = self.reader(inputs)
        x, out = read.fields, {}
        for k in range(self.layers):
            x, out[f"attention{k}"] = self.attention[str(k)](x, inputs)
        logit = out["own"] = self.output(x.flatten(1), inputs)
        if "mlp" in self:
            out["deep"] = self.deepOutput(self.mlp(read.flat, inputs), inputs)
            logit = logit + out["deep"]
        return {"logit": logit, **out}

    def probes(self, out: Pass, inputs: Inputs) -> Probes:
        shown: Probes = {f"fieldAttention{k}": over_rows(out[f"attention{k}"], inputs) for k in range(self.layers)}
        if "deep" in out:
            shown["parts"] = spread_by_scenario(torch.cat([out["own"], out["deep"]], 1), inputs)
        return shown


MODELS = (Lr, Fm, WideDeep, DeepFm, Pnn, Din, AutoInt)
