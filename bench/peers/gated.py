"""Models that scale what passes through them: EPNet, PPNet, PEPNet, AdaSparse, M2M, HAMUR."""
import torch
import torch.nn.functional as F
from torch import nn

from baselines import normed, width_of
from common import ITEMS, SCENARIOS, USERS, Own, bce, mlp

# Fields that are flagged as the scenario's own: the last context field and the scenario.
SPECIFIC = slice(10, 12)


def fields_in(part):
    return part.stop - part.start


def blocks(width, widths, norm, dropout):
    """Hidden layers one by one."""
    sizes = [width, *widths]
    return nn.ModuleList(mlp(a, [b], norm, dropout) for a, b in zip(sizes, sizes[1:]))


class PepNet(nn.Module):
    """Gates of embeddings (EPNet) and of every layer's input (PPNet)."""

    def __init__(self, s, epnet=True, ppnet=True):
        super().__init__()
        width, d, g = width_of(s), s["embeddingDim"], s["gateWidth"]
        self.gamma, self.stop, self.hidden = s["gamma"], s["stopGradient"], g
        self.of_embeddings, self.of_layers = s.get("epnet", epnet), s.get("ppnet", ppnet)
        sizes = [width, *s["hidden"]]
        if self.of_embeddings:
            self.domain_hidden = nn.Linear(fields_in(SPECIFIC) * d + width, g)
            self.domain_gate = nn.Linear(g, width)
        if self.of_layers:
            # All gates read the same: one product for their hidden layers.
            prior = (fields_in(USERS) + fields_in(ITEMS)) * d
            self.layer_hidden = nn.Linear(prior + width, g * len(sizes))
            self.layer_gate = nn.ModuleList(nn.Linear(g, size) for size in sizes)
        self.layers = blocks(width, s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(sizes[-1], 1)

    def forward(self, x):
        h = x.flat

        def read(value):
            return value.detach() if self.stop else value

        if self.of_embeddings:
            hidden = torch.relu(self.domain_hidden(torch.cat([x.fields[:, SPECIFIC].flatten(1), read(h)], 1)))
            h = self.gamma * torch.sigmoid(self.domain_gate(hidden)) * h
        if self.of_layers:
            prior = torch.cat([x.fields[:, USERS], x.fields[:, ITEMS]], 1).flatten(1)
            hidden = torch.relu(self.layer_hidden(torch.cat([prior, read(h)], 1))).split(self.hidden, 1)
        for k, layer in enumerate([*self.layers, self.head]):
            if self.of_layers:
                h = self.gamma * torch.sigmoid(self.layer_gate[k](hidden[k])) * h
            h = layer(h)
        return bce(h, x.label)


class AdaSparse(nn.Module):
    """A scenario's weight for every neuron, pruned below a threshold, with control of how many are."""

    def __init__(self, s):
        super().__init__()
        if not s.get("sparsityControl", True) and s["factor"] != "scaling":
            raise ValueError("The peer of adasparse has its sparsity control.")
        self.s = s
        d, sizes = s["embeddingDim"], [width_of(s), *s["hidden"]]
        self.embedding = nn.Parameter(0.1 * torch.randn(SCENARIOS, d))
        self.pruner = nn.ModuleList(nn.Linear(d + size, size, bias=False) for size in sizes)
        self.layers = blocks(sizes[0], s["hidden"], normed(s), s["dropout"])
        self.head = nn.Linear(sizes[-1], 1)
        self.register_buffer("temperature", torch.tensor([float(s["temperature"])]))
        self.register_buffer("strength", torch.tensor([float(s["sparsityWeight"])]))

    def factors(self, v):
        """Weighting factors, and which neurons are kept with the gradient of the sigmoid."""
        kind, beta, threshold = self.s["factor"], self.s["beta"], self.s["threshold"]
        if kind == "scaling":
            return beta * torch.sigmoid(v), None
        q = torch.sigmoid(self.temperature * v)
        keep = ((q if kind == "binarization" else beta * q) > threshold).to(q.dtype)
        straight = q + (keep - q).detach()
        return (straight if kind == "binarization" else beta * q * keep), straight

    def forward(self, x):
        own, h, away = self.embedding[x.scenario], x.flat, []
        low, high = self.s["sparsityLow"], self.s["sparsityHigh"]
        for pruner, layer in zip(self.pruner, [*self.layers, self.head]):
            factors, keep = self.factors(pruner(torch.cat([own, h], 1)))
            if keep is not None:
                ratio = 1 - keep.mean()
                distance = (ratio - (low + high) / 2).abs()
                outside = ((ratio < low) | (ratio > high)).to(ratio.dtype)
                away.append(outside * self.strength[0] * distance.detach() * distance)
            h = layer(factors * h)
        loss = bce(h, x.label)
        if away:
            loss = loss + torch.stack(away).mean()
            # New tensors: the backward pass still reads the old ones.
            self.temperature = (self.temperature + self.s["temperatureStep"]).clamp(max=self.s["temperatureEnd"])
            self.strength = self.strength + self.s["sparsityGrowth"]
        return loss


class FieldTransformer(nn.Module):
    """Self-attention over the fields of one row: `[B, F, d]`."""

    def __init__(self, d, heads, feed):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d, bias=False)
        self.first, self.second = nn.LayerNorm(d), nn.LayerNorm(d)
        self.feed = nn.Sequential(nn.Linear(d, feed), nn.ReLU(), nn.Linear(feed, d))

    def forward(self, tokens):
        rows, count, d = tokens.shape
        parts = self.qkv(tokens).view(rows, count, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts.reshape(3, rows * self.heads, count, -1)
        weights = torch.softmax(query @ key.transpose(1, 2) / (d // self.heads) ** 0.5, -1)
        mixed = (weights @ value).view(rows, self.heads, count, -1).transpose(1, 2).reshape(rows, count, d)
        tokens = self.first(tokens + self.out(mixed))
        return self.second(tokens + self.feed(tokens))


class MetaUnit(nn.Module):
    """Layers whose matrices and offsets are made from knowledge, a row its own: `h` [B, positions, width]."""

    def __init__(self, knowledge, width, layers, slope):
        super().__init__()
        self.width, self.slope = width, slope
        self.matrix = nn.ModuleList(nn.Linear(knowledge, width * width) for _ in range(layers))
        self.offset = nn.ModuleList(nn.Linear(knowledge, width) for _ in range(layers))

    def forward(self, h, knowledge):
        for matrix, offset in zip(self.matrix, self.offset):
            made = matrix(knowledge).view(-1, self.width, self.width)
            h = F.leaky_relu(torch.baddbmm(offset(knowledge)[:, None], h, made), self.slope)
        return h


class M2m(nn.Module):
    def __init__(self, s):
        super().__init__()
        if not (s["metaAttention"] and s["metaTower"]):
            raise ValueError("The peer of m2m has its meta attention and its meta tower.")
        d, dropout, self.slope = s["embeddingDim"], s["dropout"], s["leakySlope"]
        v, known = s["viewHidden"][-1], s["knowledgeHidden"][-1]
        self.embedding = nn.Parameter(0.1 * torch.randn(SCENARIOS, d))
        self.transformer = nn.Sequential(
            *(FieldTransformer(d, s["heads"], s["feedForward"]) for _ in range(s["transformerLayers"]))
        )
        self.knowledge = mlp(d + fields_in(USERS) * d, s["knowledgeHidden"], False, dropout)
        self.experts = nn.ModuleList(mlp(width_of(s), s["viewHidden"], False, dropout) for _ in range(s["numExperts"]))
        self.task = nn.Parameter(torch.randn(v) * v**-0.5)
        self.attention = MetaUnit(known, 2 * v, s["metaLayers"], self.slope)
        self.score = nn.Linear(2 * v, 1, bias=False)
        self.tower = nn.ModuleList(MetaUnit(known, v, s["metaLayers"], self.slope) for _ in range(s["towerLayers"]))
        self.head = nn.Linear(v, 1)

    def forward(self, x):
        knowledge = self.knowledge(torch.cat([self.embedding[x.scenario], x.fields[:, USERS].flatten(1)], 1))
        flat = self.transformer(x.fields).flatten(1)
        views = torch.stack([expert(flat) for expert in self.experts], 1)
        beside = torch.cat([views, self.task.expand_as(views)], 2)
        alpha = torch.softmax(self.score(self.attention(beside, knowledge)), 1)
        h = (alpha * views).sum(1, keepdim=True)
        for unit in self.tower:
            h = F.leaky_relu(unit(h, knowledge) + h, self.slope)
        return bce(self.head(h[:, 0]), x.label)


class LowRank(nn.Module):
    """`((h U) I) V` with a row's own matrix I."""

    def __init__(self, below, rank, out):
        super().__init__()
        self.u = nn.Parameter(torch.randn(below, rank) * below**-0.5)
        self.v = nn.Parameter(torch.randn(rank, out) * rank**-0.5)

    def forward(self, h, matrix):
        return torch.bmm((h @ self.u)[:, None], matrix)[:, 0] @ self.v


class Cell(nn.Module):
    """HAMUR's adapter cell, normalised by each scenario's own statistics."""

    def __init__(self, width, rank, inner):
        super().__init__()
        self.down, self.up = LowRank(width, rank, inner), LowRank(inner, rank, width)
        self.bias = nn.Parameter(torch.zeros(inner))
        self.gamma, self.beta = nn.Parameter(torch.ones(SCENARIOS, width)), nn.Parameter(torch.zeros(SCENARIOS, width))
        self.register_buffer("mean", torch.zeros(SCENARIOS, width))
        self.register_buffer("variance", torch.ones(SCENARIOS, width))

    def forward(self, h, matrix, x):
        y = self.up(torch.sigmoid(self.down(h, matrix) + self.bias), matrix)
        return h + x.by_scenario(
            y,
            lambda n, rows: F.batch_norm(
                rows, self.mean[n], self.variance[n], self.gamma[n], self.beta[n], training=True
            ),
        )


class Hamur(nn.Module):
    def __init__(self, s):
        super().__init__()
        if s["domainNorm"] != "own" or not s["hyperNetwork"]:
            raise ValueError("The peer of hamur has its hyper-network and its domain norm.")
        width, self.rank, norm = width_of(s), s["rank"], normed(s)
        self.hyper = mlp(width, s["hyperHidden"], norm, s["dropout"])
        self.matrix = nn.Linear(s["hyperHidden"][-1], self.rank**2)
        sizes = [width, *s["hidden"]]
        self.own = s["backbone"] == "own"
        linear = Own if self.own else nn.Linear
        self.layers = nn.ModuleList(linear(a, b, bias=not norm) for a, b in zip(sizes, sizes[1:]))
        self.rest = nn.ModuleList(
            nn.Sequential(*([nn.BatchNorm1d(b)] if norm else []), nn.ReLU(), nn.Dropout(s["dropout"])) for b in sizes[1:]
        )
        self.head = Own(sizes[-1], 1) if self.own else nn.Linear(sizes[-1], 1)
        count = min(s["adapters"], len(s["hidden"]))
        self.cells = nn.ModuleList(Cell(size, self.rank, s["adapterWidth"]) for size in s["hidden"][-count:])

    def forward(self, x):
        matrix = self.matrix(self.hyper(x.flat)).view(-1, self.rank, self.rank)

        def through(layer, h):
            return layer(h, x) if self.own else layer(h)

        h = x.flat
        for k, layer in enumerate(self.layers):
            h = self.rest[k](through(layer, h))
            a = k - len(self.layers) + len(self.cells)
            h = self.cells[a](h, matrix, x) if a >= 0 else h
        return bce(through(self.head, h), x.label)


MODELS = {
    "epnet": lambda s: PepNet(s, ppnet=False),
    "ppnet": lambda s: PepNet(s, epnet=False),
    "pepnet": PepNet,
    "adasparse": AdaSparse,
    "m2m": M2m,
    "hamur": Hamur,
}
