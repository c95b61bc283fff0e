"""AREAD: hierarchical experts under masks on an MMoE base (a step between searches)."""
import torch
from torch import nn

from common import FIELDS, SCENARIOS


class Stack(nn.Module):
    """Linear layers of `count` experts at once."""

    def __init__(self, count, below, out, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(count, below, out) * below**-0.5)
        self.bias = nn.Parameter(torch.zeros(count, 1, out)) if bias else None

    def forward(self, x):
        return torch.bmm(x, self.weight) if self.bias is None else torch.baddbmm(self.bias, x, self.weight)


class Aread(nn.Module):
    def __init__(self, s):
        super().__init__()
        width = FIELDS * s["embeddingDim"]
        self.count = s["baseExperts"]
        self.experts = [s["firstExperts"] * 2**k for k in range(s["numLayers"])]
        if (s["hei"], s["hemp"], s["gate"], s["heiBatchNorm"], s["numLayers"]) != (True, True, "features", False, 3):
            raise ValueError("The peer of aread is the full model with three layers.")
        norm = s["batchNorm"] == "shared"
        sizes = [width, *s["baseHidden"]]
        self.base = nn.ModuleList(Stack(self.count, a, b, bias=not norm) for a, b in zip(sizes, sizes[1:]))
        self.norm = nn.ModuleList(nn.BatchNorm1d(self.count * b) if norm else nn.Identity() for b in s["baseHidden"])
        self.drop = nn.Dropout(s["dropout"])
        self.base_gate = nn.Linear(width, self.experts[0] * self.count)
        below, layers = s["baseHidden"][-1], []
        # Widths halve from the last to the first layer (decisions/aread.md): (64, 32), (32, 16), (16, 8) at 16.
        for k, count in enumerate(self.experts):
            first = s["headWidth"] * 2 ** (len(self.experts) - 1 - k)
            for out in (first, first // 2):
                layers.append(Stack(count, below, out))
                below = out
        self.layers = nn.ModuleList(layers)
        self.gates = nn.ModuleList(nn.Linear(width, a * b) for a, b in zip(self.experts, self.experts[1:]))
        self.head = Stack(self.experts[-1], below, 1)
        self.masks = [
            (torch.rand(SCENARIOS, b, a) < 0.5).float() for a, b in zip(self.experts, self.experts[1:])
        ]

    def forward(self, x):
        rows = x.size
        h = x.flat.expand(self.count, -1, -1)
        for linear, norm in zip(self.base, self.norm):
            flat = norm(linear(h).permute(1, 0, 2).flatten(1))
            h = self.drop(torch.relu(flat.view(rows, self.count, -1).permute(1, 0, 2)))
        gate = torch.softmax(self.base_gate(x.flat).view(rows, self.experts[0], self.count), 2)
        h = torch.bmm(gate, h.transpose(0, 1)).transpose(0, 1)
        for k, count in enumerate(self.experts):
            if k > 0:
                g = torch.softmax(self.gates[k - 1](x.flat).view(rows, count, self.experts[k - 1]), 2)
                kept = g * self.masks[k - 1][x.scenario]
                h = torch.bmm(kept / (kept.sum(2, keepdim=True) + 1e-8), h.transpose(0, 1)).transpose(0, 1)
            h = torch.relu(self.layers[2 * k + 1](torch.relu(self.layers[2 * k](h))))
        z, active = self.head(h)[:, :, 0].T, self.masks[-1].amax(2)[x.scenario]
        return (active * (nn.functional.softplus(z) - x.label * z)).sum(1).mean()


MODELS = {"aread": Aread}
