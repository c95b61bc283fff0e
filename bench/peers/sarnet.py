"""SAR-Net: attention by item and by scenario, transform a scenario, debias experts with their bias nets."""
import torch
from torch import nn

from common import FIELDS, SCENARIOS, Own, glorot


class Psi(nn.Module):
    """Attention of behaviours to a query: one hidden layer on [x, y, x - y, x * y]."""

    def __init__(self, width, hidden):
        super().__init__()
        self.both, self.query = nn.Linear(2 * width, hidden, bias=False), nn.Linear(width, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, x, y, mask):
        hidden = torch.relu(self.both(torch.cat([x, x * y[:, None]], 2)) + self.query(y)[:, None])
        return torch.softmax(self.score(hidden)[..., 0] + (mask - 1) * 1e9, 1) * mask


class Experts(nn.Module):
    """Logits of shared experts and of the row's own, own ones first: one product for the shared, one a scenario for the own."""

    def __init__(self, width, hidden, s):
        super().__init__()
        self.hidden, self.own_count, self.shared_count = hidden, s["numOwn"], s["numShared"]
        self.shared = nn.Linear(width, self.shared_count * hidden, bias=False)
        self.shared_norm = nn.BatchNorm1d(self.shared_count * hidden)
        self.own = Own(width, self.own_count * hidden, bias=False)
        self.own_norm = nn.BatchNorm1d(self.own_count * hidden)
        self.shared_head = glorot(self.shared_count, hidden)
        self.own_head = nn.Parameter(torch.randn(SCENARIOS, self.own_count * hidden) * hidden**-0.5)
        self.shared_bias = nn.Parameter(torch.zeros(self.shared_count))
        self.own_bias = nn.Parameter(torch.zeros(SCENARIOS, self.own_count))

    def forward(self, v, x):
        shared = torch.relu(self.shared_norm(self.shared(v))).view(len(v), self.shared_count, self.hidden)
        own = torch.relu(self.own_norm(self.own(v, x))) * (x.one_hot @ self.own_head)
        own = own.view(len(v), self.own_count, self.hidden).sum(2) + x.one_hot @ self.own_bias
        return torch.cat([own, (shared * self.shared_head).sum(2) + self.shared_bias], 1)


class SarNet(nn.Module):
    def __init__(self, s):
        super().__init__()
        full = (s["attention"], s["biasNet"], s["biasLoss"], s["transform"], s["expertLayers"], s["biasFusion"])
        if full != ("sar", True, True, True, 1, "score") or s["biasInput"] != "log":
            raise ValueError("The peer of sarnet is the full model.")
        d = s["embeddingDim"]
        width = (2 + FIELDS) * d
        self.by_item, self.by_scenario = Psi(2 * d, s["attentionHidden"]), Psi(d, s["attentionHidden"])
        self.scale = nn.Parameter(torch.ones(SCENARIOS, width))
        self.shift = nn.Parameter(torch.zeros(SCENARIOS, width))
        self.main, self.bias = Experts(width, s["expertHidden"], s), Experts(1, s["biasHidden"], s)
        self.gate = Own(width, s["numOwn"] + s["numShared"])

    def forward(self, x):
        weight = self.by_item(x.history, x.candidate, x.history_mask)
        weight = weight * self.by_scenario(x.history_scenario, x.fields[:, -1], x.history_mask)
        behaviour = torch.bmm(weight[:, None], x.history)[:, 0]
        v = torch.cat([behaviour, x.flat], 1)
        v = v * (x.one_hot @ self.scale) + x.one_hot @ self.shift
        logits = torch.sigmoid(self.main(v, x)) * torch.sigmoid(self.bias(torch.log(x.fairness), x))
        p = (torch.softmax(self.gate(v, x), 1) * logits).sum(1, keepdim=True)
        rows = -x.label * torch.log(p + 1e-7) - (1 - x.label) * torch.log(1 - p + 1e-7)
        return (x.fairness * rows).mean()


MODELS = {"sarnet": SarNet}
