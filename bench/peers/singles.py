"""Models in which all rows meet one network: lr, fm, wide-deep, deepfm, pnn, din, dcn, dcnv2, autoint, edcn."""
import torch
import torch.nn.functional as F
from torch import nn

from baselines import normed, width_of
from common import FIELDS, ITEM_FIELDS, ITEMS, SIZES, USERS, bce, glorot, mlp


def only(settings, **known):
    """Refuses switches that a peer does not know; every model here reads all fields by one network for all rows."""
    for name, values in {"trained": ("all",), "scenarioField": ("on",), **known}.items():
        if name in settings and settings[name] not in values:
            raise ValueError(f"The peer does not know {name} = {settings[name]}, only {', '.join(map(str, values))}.")


def without_history(settings, **known):
    only(settings, history=("off",), **known)


class Deep(nn.Module):
    """Hidden layers and one logit."""

    def __init__(self, s, width):
        super().__init__()
        self.body = mlp(width, s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(s["hidden"][-1], 1)

    def forward(self, x):
        return self.head(self.body(x))


class Lr(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s)
        self.table_width = 1
        largest = [max(range(part.start, part.stop), key=lambda f: SIZES[f]) for part in (USERS, ITEMS)]
        self.fields = largest if s.get("fields") == "ids" else slice(None)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return bce(x.fields[:, self.fields, 0].sum(1, keepdim=True) + self.bias, x.label)


def pairs(fields):
    """Sum over pairs of fields of their inner products: half of the squared sum less the squares. [B, F, d] to [B, 1]."""
    return 0.5 * (fields.sum(1).square() - fields.square().sum(1)).sum(1, keepdim=True)


class Fm(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s)
        self.table_width = 1 + s["embeddingDim"]
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        linear, fields = x.fields[:, :, 0], x.fields[:, :, 1:]
        return bce(linear.sum(1, keepdim=True) + pairs(fields) + self.bias, x.label)


class WideDeep(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s, crosses=("off",))
        self.table_width = 1 + s["embeddingDim"]
        self.deep = Deep(s, width_of(s))

    def forward(self, x):
        wide = x.fields[:, :, 0].sum(1, keepdim=True)
        return bce(wide + self.deep(x.fields[:, :, 1:].flatten(1)), x.label)


class DeepFm(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s, deep=(True,), fm=(True,))
        self.table_width = 1 + s["embeddingDim"]
        self.deep = Deep(s, width_of(s))

    def forward(self, x):
        linear, fields = x.fields[:, :, 0].sum(1, keepdim=True), x.fields[:, :, 1:]
        return bce(linear + pairs(fields) + self.deep(fields.flatten(1)), x.label)


class Pnn(nn.Module):
    """Product layer: linear signals and products of fields into the first hidden layer."""

    def __init__(self, s):
        super().__init__()
        without_history(s)
        d, (first, *rest), norm = s["embeddingDim"], s["hidden"], normed(s)
        self.inner, self.outer = s["product"] in ("inner", "both"), s["product"] in ("outer", "both")
        self.decomposed = s["decomposed"]
        self.linear = nn.Linear(FIELDS * d, first, bias=not norm)
        if self.inner:
            self.of_inner = glorot(FIELDS if self.decomposed else FIELDS * (FIELDS - 1) // 2, first)
        if self.outer:
            self.of_outer = glorot(d * d, first)
        self.rest = nn.Sequential(*([nn.BatchNorm1d(first)] if norm else []), nn.ReLU(), nn.Dropout(s["dropout"]))
        self.body = mlp(first, rest, norm, s["dropout"])
        self.head = nn.Linear(s["hidden"][-1], 1)
        self.register_buffer("upper", torch.triu_indices(FIELDS, FIELDS, 1), persistent=False)

    def forward(self, x):
        h = self.linear(x.flat)
        if self.inner and self.decomposed:
            # [n, F] times [B, F, d]: every unit's weighted sum of fields, whose squared length is its signal.
            h = h + torch.matmul(self.of_inner.T, x.fields).square().sum(2)
        elif self.inner:
            products = torch.bmm(x.fields, x.fields.transpose(1, 2))[:, self.upper[0], self.upper[1]]
            h = h + products @ self.of_inner
        if self.outer:
            total = x.fields.sum(1)
            h = h + (total[:, :, None] * total[:, None, :]).flatten(1) @ self.of_outer
        return bce(self.head(self.body(self.rest(h))), x.label)


class Slope(nn.Module):
    """PReLU, or with statistics Dice: how much of a negative unit passes is learnt, where it turns depends on the batch."""

    def __init__(self, width, dice):
        super().__init__()
        self.alpha = nn.Parameter(torch.full((width,), 0.0 if dice else 0.25))
        self.norm = nn.BatchNorm1d(width, affine=False) if dice else None

    def forward(self, z):
        if self.norm is None:
            return F.prelu(z, self.alpha)
        share = torch.sigmoid(self.norm(z))
        return z * (self.alpha + share * (1 - self.alpha))


def activation(kind, width):
    return nn.ReLU() if kind == "relu" else Slope(width, kind == "dice")


class Din(nn.Module):
    """Behaviours weighed by how they suit the candidate. The unit runs over behaviours that are there, one after another."""

    def __init__(self, s):
        super().__init__()
        only(s, pooling=("unit",))
        self.width, kind = len(ITEM_FIELDS) * s["embeddingDim"], s["activation"]
        sizes = [4 * self.width, *s["attentionHidden"]]
        self.unit = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.unit_activation = nn.ModuleList(activation(kind, b) for b in sizes[1:])
        self.score = nn.Linear(sizes[-1], 1)
        layers, below = [], width_of(s) + self.width
        for out in s["hidden"]:
            layers += [nn.Linear(below, out), activation(kind, out), nn.Dropout(s["dropout"])]
            below = out
        self.body, self.head = nn.Sequential(*layers), nn.Linear(below, 1)

    def forward(self, x):
        row, place = x.history_mask.nonzero(as_tuple=True)
        items = x.history[row, place]
        # [v, e, v - e, v * e] W: what is linear in the candidate v is multiplied once a row.
        of_candidate, of_item, of_difference, of_product = self.unit[0].weight.split(self.width, 1)
        query = F.linear(x.candidate, of_candidate + of_difference, self.unit[0].bias)
        both = torch.cat([of_item - of_difference, of_product], 1)
        h = query[row] + F.linear(torch.cat([items, x.candidate[row] * items], 1), both)
        h = self.unit_activation[0](h)
        for linear, turn in zip(self.unit[1:], self.unit_activation[1:]):
            h = turn(linear(h))
        interest = x.flat.new_zeros(len(x.flat), self.width).index_add(0, row, self.score(h) * items)
        return bce(self.head(self.body(torch.cat([x.flat, interest], 1))), x.label)


class Dcn(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s, cross=(True,), deep=(True,))
        width = width_of(s)
        self.cross = nn.ModuleList(nn.Linear(width, 1, bias=False) for _ in range(s["crossLayers"]))
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(width)) for _ in self.cross)
        self.body = mlp(width, s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(width + s["hidden"][-1], 1)

    def forward(self, x):
        crossed = x.flat
        for linear, bias in zip(self.cross, self.bias):
            # x_0 (x · w) + b + x; the outer product is never written out.
            crossed = torch.addcmul(crossed + bias, x.flat, linear(crossed))
        return bce(self.head(torch.cat([crossed, self.body(x.flat)], 1)), x.label)


class Mixture(nn.Module):
    """A cross layer of low-rank experts, weighed by a gate of the layer's own."""

    def __init__(self, width, rank, experts, by):
        super().__init__()
        self.down, self.up = glorot(experts, width, rank), glorot(experts, rank, width)
        self.core = glorot(experts, rank, rank)
        self.gate, self.by = nn.Linear(width, experts), by

    def forward(self, x):
        gate = self.gate(x).softmax(1) if self.by == "softmax" else torch.sigmoid(self.gate(x))
        low = torch.tanh(torch.bmm(torch.tanh(torch.matmul(x, self.down)), self.core))
        # Experts add up before they meet x_0, so their way up is one product: [B, K r] times [K r, D].
        weighed = (low * gate.T[:, :, None]).transpose(0, 1).flatten(1)
        return weighed @ self.up.flatten(0, 1), gate.sum(1, keepdim=True)


class DcnV2(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s)
        width, self.kind, self.stacked = width_of(s), s["cross"], s["structure"] == "stacked"

        def layer():
            if self.kind == "mixture":
                return Mixture(width, s["rank"], s["numExperts"], s["gate"])
            if self.kind == "low-rank":
                return nn.Sequential(nn.Linear(width, s["rank"], bias=False), nn.Linear(s["rank"], width, bias=False))
            return nn.Linear(width, width, bias=False)

        self.cross = nn.ModuleList(layer() for _ in range(s["crossLayers"]))
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(width)) for _ in self.cross)
        self.body = mlp(width, s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(s["hidden"][-1] + (0 if self.stacked else width), 1)

    def forward(self, x):
        crossed = x.flat
        for layer, bias in zip(self.cross, self.bias):
            if self.kind == "mixture":
                value, share = layer(crossed)
                value = value + share * bias
            else:
                value = layer(crossed) + bias
            crossed = torch.addcmul(crossed, x.flat, value)
        if self.stacked:
            return bce(self.head(self.body(crossed)), x.label)
        return bce(self.head(torch.cat([crossed, self.body(x.flat)], 1)), x.label)


class Interacting(nn.Module):
    """Self-attention of a row's fields by several heads, with a residual connection. [B, F, in] to [B, F, H a]."""

    def __init__(self, width, heads, head_dim, residual, scaled):
        super().__init__()
        out = heads * head_dim
        self.heads, self.out, self.scale = heads, out, head_dim**-0.5 if scaled else 1
        # Queries, keys, values and the residual by one product.
        self.all = nn.Linear(width, (4 if residual else 3) * out, bias=False)

    def forward(self, x):
        query, key, value, *residual = self.all(x).split(self.out, 2)
        query, key, value = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (query, key, value))
        attention = torch.softmax(self.scale * query @ key.transpose(2, 3), 3)
        made = (attention @ value).transpose(1, 2).flatten(2)
        return torch.relu(made + residual[0] if residual else made)


class AutoInt(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s)
        out = s["heads"] * s["headDim"]
        sizes = [s["embeddingDim"]] + [out] * s["attentionLayers"]
        self.layers = nn.ModuleList(Interacting(a, s["heads"], s["headDim"], s["residual"], s["scaled"]) for a in sizes[:-1])
        self.drop, self.head = nn.Dropout(s["dropout"]), nn.Linear(FIELDS * out, 1)
        self.body = mlp(width_of(s), s["hidden"], normed(s), s["dropout"]) if s["deep"] else None
        self.deep_head = nn.Linear(s["hidden"][-1], 1, bias=False) if s["deep"] else None

    def forward(self, x):
        h = x.fields
        for layer in self.layers:
            h = self.drop(layer(h))
        logit = self.head(h.flatten(1))
        return bce(logit if self.body is None else logit + self.deep_head(self.body(x.flat)), x.label)


class Bridge(nn.Module):
    """Each stream weighed by a softmax over its units."""

    def __init__(self, width):
        super().__init__()
        self.cross, self.deep = (
            nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width, bias=False), nn.Softmax(1))
            for _ in range(2)
        )

    def forward(self, c, h):
        return self.cross(c) * c + self.deep(h) * h


class Edcn(nn.Module):
    def __init__(self, s):
        super().__init__()
        without_history(s)
        width, layers, norm = width_of(s), range(s["crossLayers"]), normed(s)
        self.tau, self.bridge, self.drop = s["temperature"], s["bridge"], nn.Dropout(s["dropout"])
        self.regulation = s["regulation"]
        if self.regulation:
            # Field gates of both streams, cross first.
            self.gates = nn.ParameterList(nn.Parameter(torch.ones(2, FIELDS)) for _ in layers)
            self.norms = nn.ModuleList(
                nn.ModuleList(nn.BatchNorm1d(width) if norm else nn.Identity() for _ in range(2)) for _ in layers
            )
        self.cross = nn.ModuleList(nn.Linear(width, 1, bias=False) for _ in layers)
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(width)) for _ in layers)
        self.deep = nn.ModuleList(nn.Linear(width, width) for _ in layers)
        if self.bridge == "concat":
            self.bridges = nn.ModuleList(nn.Linear(2 * width, width) for _ in layers)
        if self.bridge == "attention":
            self.bridges = nn.ModuleList(Bridge(width) for _ in layers)
        self.head = nn.Linear((2 if self.bridge == "off" else 3) * width, 1)

    def between(self, k, c, h):
        if self.bridge == "product":
            return c * h
        if self.bridge == "addition":
            return c + h
        if self.bridge == "concat":
            return torch.relu(self.bridges[k](torch.cat([c, h], 1)))
        return self.bridges[k](c, h)

    def forward(self, x):
        c = h = x.flat
        dim = x.fields.shape[2]
        for k, (linear, bias, deep) in enumerate(zip(self.cross, self.bias, self.deep)):
            if self.regulation:
                share = torch.softmax(self.gates[k] / self.tau, 1).repeat_interleave(dim, 1)
                c, h = self.norms[k][0](c * share[0]), self.norms[k][1](h * share[1])
            first = c if k == 0 else first
            c = torch.addcmul(c + bias, first, linear(c))
            h = self.drop(torch.relu(deep(h)))
            last = [c, h]
            if self.bridge != "off":
                c = h = self.between(k, c, h)
                last.append(c)
        return bce(self.head(torch.cat(last, 1)), x.label)


MODELS = {
    "lr": Lr,
    "fm": Fm,
    "wide-deep": WideDeep,
    "deepfm": DeepFm,
    "pnn": Pnn,
    "din": Din,
    "dcn": Dcn,
    "dcnv2": DcnV2,
    "autoint": AutoInt,
    "edcn": Edcn,
}
