"""Models in which a row meets every scenario's network: cross-stitch, hmoe."""
import torch
import torch.nn.functional as F
from torch import nn

from baselines import width_of
from common import SCENARIOS, Own, bce, glorot, mlp


def asks_everyone(settings):
    if SCENARIOS > settings.get("peers", SCENARIOS) + 1:
        raise ValueError("The peer asks all scenarios.")


class Side(nn.Module):
    """A linear layer of every scenario on what each is given. [N, B, in] or [B, in] to [N, B, out]."""

    def __init__(self, width, out):
        super().__init__()
        self.weight = glorot(SCENARIOS, width, out)
        self.bias = nn.Parameter(torch.zeros(SCENARIOS, 1, out))

    def forward(self, x):
        if x.dim() == 2:
            # What all are given is multiplied once: [B, in] times [in, N out].
            flat = x @ self.weight.permute(1, 0, 2).flatten(1)
            return flat.unflatten(1, (SCENARIOS, -1)).transpose(0, 1) + self.bias
        return torch.baddbmm(self.bias, x, self.weight)


class CrossStitch(nn.Module):
    def __init__(self, s):
        super().__init__()
        asks_everyone(s)
        sizes = [width_of(s), *s["hidden"]]
        self.layers = nn.ModuleList(Side(a, b) for a, b in zip(sizes, sizes[1:]))
        each = [b if s["units"] == "channel" else 1 for b in sizes[1:]]
        self.stitch = nn.ParameterList(nn.Parameter(torch.full((SCENARIOS, SCENARIOS, w), 1 / SCENARIOS)) for w in each)
        self.drop, self.head = nn.Dropout(s["dropout"]), Own(sizes[-1], 1)

    def forward(self, x):
        h = x.flat
        for k, (layer, stitch) in enumerate(zip(self.layers, self.stitch)):
            a = self.drop(torch.relu(layer(h)))
            if k == len(self.layers) - 1:
                # Nobody reads the other networks' last mixtures.
                h = (stitch[x.scenario].transpose(0, 1) * a).sum(0)
            else:
                h = (stitch[:, :, None] * a).sum(1)
        return bce(self.head(h, x), x.label)


class Hmoe(nn.Module):
    def __init__(self, s):
        super().__init__()
        asks_everyone(s)
        if not s["labelSpace"]:
            raise ValueError("Without the label space, hmoe is mmoe.")
        width = width_of(s)
        self.experts = nn.ModuleList(mlp(width, s["expertHidden"], False, s["dropout"]) for _ in range(s["numExperts"]))
        self.gate = Side(width, s["numExperts"])
        sizes = [s["expertHidden"][-1], *s["towerHidden"]]
        self.towers = nn.ModuleList(Side(a, b) for a, b in zip(sizes, sizes[1:]))
        self.drop, self.head = nn.Dropout(s["dropout"]), Side(sizes[-1], 1)
        self.relation, self.constrained = Own(width, SCENARIOS), s["taskConstrained"]

    def forward(self, x):
        bodies = torch.stack([expert(x.flat) for expert in self.experts], 1)
        gates = self.gate(x.flat).softmax(2).transpose(0, 1)
        h = torch.bmm(gates, bodies).transpose(0, 1)
        for tower in self.towers:
            h = self.drop(torch.relu(tower(h)))
        votes = self.head(h)[:, :, 0].T
        if self.constrained:
            # A row trains its own scenario's vote; the others are heard as they are.
            votes = torch.where(x.one_hot > 0, votes, votes.detach())
        weight = torch.log_softmax(self.relation(x.flat, x), 1)
        yes, no = (torch.logsumexp(weight + F.logsigmoid(sign * votes), 1, keepdim=True) for sign in (1, -1))
        return -(x.label * yes + (1 - x.label) * no).mean()


MODELS = {"cross-stitch": CrossStitch, "hmoe": Hmoe}
