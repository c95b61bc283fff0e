"""Models that choose among networks: AESM2, HiNet, M3oE, AdaptDHM, ADL."""
import torch
import torch.nn.functional as F
from torch import nn

from aread import Stack
from baselines import normed, width_of
from common import SCENARIOS, Own, Towers, bce, mlp


class StackedMlp(nn.Module):
    """`count` networks side by side over the same rows: `[count, B, width]`."""

    def __init__(self, count, width, widths, dropout, norm=False):
        super().__init__()
        sizes = [width, *widths]
        self.count, self.drop = count, nn.Dropout(dropout)
        self.layers = nn.ModuleList(Stack(count, a, b, bias=not norm) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(count * b) for b in widths) if norm else None

    def forward(self, x):
        h = x.expand(self.count, -1, -1)
        for k, layer in enumerate(self.layers):
            h = layer(h)
            if self.norms is not None:
                flat = self.norms[k](h.transpose(0, 1).flatten(1))
                h = flat.view(x.shape[0], self.count, -1).transpose(0, 1)
            h = self.drop(torch.relu(h))
        return h


def mix(gate, bodies):
    """Gates `[B, E]` over bodies `[E, B, w]`."""
    return torch.bmm(gate[:, None], bodies.transpose(0, 1))[:, 0]


class Aesm2(nn.Module):
    """Selection of experts by two divergences; layers with experts and gates of all scenarios."""

    def __init__(self, s):
        super().__init__()
        if s["selection"] != "both":
            raise ValueError("The peer of aesm2 selects specific and shared experts.")
        d, width, count = s["embeddingDim"], width_of(s), s["numExperts"]
        self.count, self.weight = count, s["klWeight"]
        self.specific, self.shared = min(s["specificExperts"], count), min(s["sharedExperts"], count)
        self.embedding = nn.Parameter(0.1 * torch.randn(SCENARIOS, d))
        self.experts, self.gates = nn.ModuleList(), nn.ModuleList()
        for _ in range(s["layers"]):
            self.experts.append(StackedMlp(count, width, s["expertHidden"], s["dropout"]))
            self.gates.append(nn.Linear(width + d, SCENARIOS * count))
            width = s["expertHidden"][-1]
        self.tower = mlp(width, s["towerHidden"], False, s["dropout"])
        self.head = nn.Linear(s["towerHidden"][-1], 1)

    def forward(self, x):
        z, own, extra = x.flat, self.embedding[x.scenario], 0
        rows = torch.arange(x.size)
        for experts, gate in zip(self.experts, self.gates):
            logits = gate(torch.cat([z, own], 1)).view(-1, SCENARIOS, self.count)
            spread = torch.log_softmax(logits, 1)
            to_own = -spread[rows, x.scenario]
            to_all = -spread.mean(1) - torch.log(torch.tensor(float(SCENARIOS)))
            mine = to_own.topk(self.specific, 1, largest=False)
            everyones = to_all.topk(self.shared, 1, largest=False)
            chosen = torch.zeros_like(to_own, dtype=torch.bool)
            chosen.scatter_(1, mine.indices, True).scatter_(1, everyones.indices, True)
            alpha = torch.softmax(logits[rows, x.scenario].masked_fill(~chosen, -torch.inf), 1)
            z = mix(alpha, experts(z))
            extra = extra + mine.values.mean() + everyones.values.mean()
        return bce(self.head(self.tower(z)), x.label) + self.weight * extra


class Slots(nn.Module):
    """Some networks of each scenario; a row passes through those of its own: `[slots, B, w]`."""

    def __init__(self, slots, width, widths, dropout):
        super().__init__()
        sizes = [width, *widths]
        self.slots = nn.ModuleList(
            nn.ModuleList(Own(a, b) for a, b in zip(sizes, sizes[1:])) for _ in range(slots)
        )
        self.drop = nn.Dropout(dropout)

    def forward(self, x, batch):
        bodies = []
        for layers in self.slots:
            h = x
            for layer in layers:
                h = self.drop(torch.relu(layer(h, batch)))
            bodies.append(h)
        return torch.stack(bodies)


class HiNet(nn.Module):
    """Scenario extraction by everyone's, own and the other scenarios' sub-experts; then a task layer of each scenario."""

    def __init__(self, s):
        super().__init__()
        if not (s["attentive"] and s["hierarchy"]):
            raise ValueError("The peer of hinet is the full model.")
        width, h, dropout = width_of(s), s["expertHidden"][-1], s["dropout"]
        self.own = s["specificExperts"]
        self.shared = StackedMlp(s["sharedExperts"], width, s["expertHidden"], dropout)
        self.shared_gate = nn.Linear(width, s["sharedExperts"])
        self.specific = StackedMlp(SCENARIOS * self.own, width, s["expertHidden"], dropout)
        self.specific_gate = nn.Linear(width, SCENARIOS * self.own)
        self.embedding = nn.Parameter(0.1 * torch.randn(SCENARIOS, s["embeddingDim"]))
        self.attention = nn.Linear(s["embeddingDim"], SCENARIOS)
        self.task_own = Slots(s["taskExperts"], 3 * h, s["taskHidden"], dropout)
        self.task_shared = StackedMlp(s["taskSharedExperts"], 3 * h, s["taskHidden"], dropout)
        self.task_gate = Own(3 * h, s["taskExperts"] + s["taskSharedExperts"])
        self.towers = Towers(s["taskHidden"][-1], s["towerHidden"], False, dropout)

    def forward(self, x):
        everyones = mix(self.shared_gate(x.flat).softmax(1), self.shared(x.flat))
        gate = self.specific_gate(x.flat).view(-1, SCENARIOS, self.own).softmax(2)
        bodies = self.specific(x.flat).view(SCENARIOS, self.own, x.size, -1)
        each = torch.einsum("bnk,nkbw->bnw", gate, bodies)
        others = self.attention(self.embedding).masked_fill(torch.eye(SCENARIOS, dtype=torch.bool), -torch.inf)
        weights = others.softmax(1)[x.scenario]
        own = each[torch.arange(x.size), x.scenario]
        joined = torch.cat([everyones, own, torch.bmm(weights[:, None], each)[:, 0]], 1)
        task = torch.cat([self.task_own(joined, x), self.task_shared(joined)])
        return bce(self.towers(mix(self.task_gate(joined, x).softmax(1), task), x), x.label)


class M3oe(nn.Module):
    """Shared, domain and task experts over a star layer, fused by learned balances."""

    def __init__(self, s):
        super().__init__()
        if not (s["domainExperts"] and s["taskExperts"] and s["learnedBalances"]):
            raise ValueError("The peer of m3oe is the full model.")
        width, a, h, dropout, norm = width_of(s), s["starWidth"], s["domainWidth"], s["dropout"], normed(s)
        self.star_shared, self.star_own = nn.Linear(width, a), Own(width, a)
        self.star, self.skip = mlp(a, [h], norm, dropout), mlp(width, [h], norm, dropout)
        self.experts = StackedMlp(s["numExperts"], h, s["expertHidden"], dropout, norm)
        self.gate = Own(h, s["numExperts"])
        self.domain = StackedMlp(SCENARIOS, h, s["expertHidden"], dropout, norm)
        self.task = mlp(h, s["expertHidden"], norm, dropout)
        self.balance, self.of_domain, self.of_task = (nn.Parameter(torch.ones(1)) for _ in range(3))
        self.towers = Towers(s["expertHidden"][-1], s["towerHidden"], norm, dropout)

    def forward(self, x):
        weight = self.star_own.weight * self.star_shared.weight.T
        bias = self.star_own.bias[:, 0] + self.star_shared.bias
        topology = x.by_scenario(x.flat, lambda n, rows: torch.addmm(bias[n], rows, weight[n]))
        h = self.star(topology) + self.skip(x.flat)
        # How much of each scenario's expert a row of scenario n takes: its own by the balance, the others by the rest.
        balance = torch.sigmoid(self.balance)
        own = torch.eye(SCENARIOS, dtype=h.dtype)
        shares = balance * own + (1 - balance) / (SCENARIOS - 1) * (1 - own)
        fused = mix(self.gate(h, x).softmax(1), self.experts(h))
        fused = fused + torch.sigmoid(self.of_domain) * mix(shares[x.scenario], self.domain(h))
        fused = fused + torch.sigmoid(self.of_task) * self.task(h)
        return bce(self.towers(fused, x), x.label)


class Centres(nn.Module):
    """Moving centres of clusters and the routing of rows to them. No gradient."""

    def __init__(self, s, width):
        super().__init__()
        self.steps, self.beta, self.sharpness = s["routingSteps"], s["beta"], s["sharpness"]
        self.register_buffer("centre", F.normalize(torch.randn(s["clusters"], width)))

    def gathered(self, x, centre):
        return F.normalize(torch.softmax(self.sharpness * (x @ centre.T), 1).T @ x)

    def moved(self, x):
        raise NotImplementedError

    @torch.no_grad()
    def forward(self, x):
        """Rows of each cluster, and where a row stands once they are grouped."""
        if self.training:
            self.centre.copy_(self.moved(x))
        cluster = (x @ self.centre.T).argmax(1)
        rows = [(cluster == k).nonzero()[:, 0] for k in range(len(self.centre))]
        return rows, torch.cat(rows).argsort()


class CentresEachStep(Centres):
    """AdaptDHM: every routing step moves the centres a little."""

    def moved(self, x):
        centre = self.centre
        for _ in range(self.steps):
            centre = F.normalize(self.beta * centre + (1 - self.beta) * self.gathered(x, centre))
        return centre


class CentresOnce(Centres):
    """ADL: routing goes on to where the rows are, then the centres follow a little."""

    def moved(self, x):
        centre = self.centre
        for _ in range(self.steps):
            centre = self.gathered(x, centre)
        return F.normalize(self.beta * self.centre + (1 - self.beta) * centre)


def by_cluster(rows, place, x, function):
    return torch.cat([function(k, x[index]) for k, index in enumerate(rows)])[place]


class AdaptDhm(nn.Module):
    def __init__(self, s):
        super().__init__()
        sizes, clusters = [width_of(s), *s["hidden"], 1], s["clusters"]
        self.centres = CentresEachStep(s, sizes[0])
        self.shared = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.own = nn.ParameterList(
            nn.Parameter(1 + 0.05 * torch.randn(clusters, a, b)) for a, b in zip(sizes, sizes[1:])
        )
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(clusters, b)) for b in sizes[1:])
        self.drop = nn.Dropout(s["dropout"])

    def forward(self, x):
        rows, place = self.centres(x.flat)
        h = x.flat
        for k, shared in enumerate(self.shared):
            weight, bias = self.own[k] * shared.weight.T, self.bias[k] + shared.bias
            h = by_cluster(rows, place, h, lambda c, part: torch.addmm(bias[c], part, weight[c]))
            h = h if k == len(self.shared) - 1 else self.drop(torch.relu(h))
        return bce(h, x.label)


class Adl(nn.Module):
    def __init__(self, s):
        super().__init__()
        width, clusters, norm = width_of(s), s["clusters"], normed(s)
        self.centres = CentresOnce(s, width)
        self.bottom = mlp(width, s["bottomHidden"], norm, s["dropout"])
        sizes = [s["bottomHidden"][-1], *s["towerHidden"]]
        self.tower = nn.ModuleList(Stack(clusters, a, b, bias=not norm) for a, b in zip(sizes, sizes[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) if norm else nn.Identity() for b in sizes[1:])
        self.head, self.drop = Stack(clusters, sizes[-1], 1), nn.Dropout(s["dropout"])

    def forward(self, x):
        rows, place = self.centres(x.flat)

        def through(layer, h):
            if layer.bias is None:
                return by_cluster(rows, place, h, lambda c, part: part @ layer.weight[c])
            return by_cluster(rows, place, h, lambda c, part: torch.addmm(layer.bias[c], part, layer.weight[c]))

        h = self.bottom(x.flat)
        for layer, norm in zip(self.tower, self.norms):
            h = self.drop(torch.relu(norm(through(layer, h))))
        return bce(through(self.head, h), x.label)


MODELS = {"aesm2": Aesm2, "hinet": HiNet, "m3oe": M3oe, "adaptdhm": AdaptDhm, "adl": Adl}
