"""OptMSM with FCN transfer."""
import torch
from torch import nn

from common import SCENARIOS, bce

# The scenario's id and the slot are specific.
SHARED, SPECIFIC = 10, 2


class OptMsm(nn.Module):
    def __init__(self, s):
        super().__init__()
        if (s["op"], s["priors"], s["hypernetwork"], s["normalisation"], s["orthMode"]) != ("fcn", True, True, "off", "sum"):
            raise ValueError("The peer of optmsm is the full model with FCN transfer.")
        d, hidden, predictor = s["embeddingDim"], s["hidden"], s["predictorHidden"]
        self.weight = s["lambdaOrth"]
        self.gate = nn.Parameter(torch.randn(SCENARIOS, SHARED, SHARED) * 0.1)
        self.gate_bias = nn.Parameter(torch.zeros(SCENARIOS, 1, SHARED))
        sizes = [SHARED * d, *hidden]
        pairs = list(zip(sizes, sizes[1:]))
        self.shared = nn.ParameterList(nn.Parameter(torch.randn(a, b) * a**-0.5) for a, b in pairs)
        self.own = nn.ParameterList(nn.Parameter(1 + 0.05 * torch.randn(SCENARIOS, a, b)) for a, b in pairs)
        self.shared_bias = nn.ParameterList(nn.Parameter(torch.zeros(b)) for b in hidden)
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(SCENARIOS, 1, b)) for b in hidden)
        first = hidden[-1] + SPECIFIC * d
        widths = [first, *predictor]
        self.hidden = nn.ModuleList(nn.Linear(first, s["hyperHidden"]) for _ in widths)
        self.scale = nn.ModuleList(nn.Linear(s["hyperHidden"], w) for w in widths)
        self.predictor = nn.ModuleList(nn.Linear(a, SCENARIOS * b) for a, b in zip(widths, [*predictor, 1]))
        self.drop = nn.Dropout(s["dropout"])

    def forward(self, x):
        one_hot = x.one_hot
        e, specific = x.fields[:, :SHARED], x.fields[:, SHARED:].flatten(1)
        z = torch.sigmoid(torch.einsum("bf,nfg->nbg", e.mean(2), self.gate) + self.gate_bias)
        h = (z[..., None] * e).flatten(2)
        for shared, own, shared_bias, bias in zip(self.shared, self.own, self.shared_bias, self.bias):
            h = self.drop(torch.relu(torch.baddbmm(bias + shared_bias, h, shared * own)))
        unit = h * torch.rsqrt((h**2).sum(2, keepdim=True) + 1e-8)
        orth = ((unit.sum(0) ** 2).sum(1) - (unit**2).sum((0, 2))) / (SCENARIOS * (SCENARIOS - 1))
        r0 = torch.cat([(h * one_hot.T[..., None]).sum(0), specific], 1)
        y = r0
        for k, (hidden, scale, linear) in enumerate(zip(self.hidden, self.scale, self.predictor)):
            y = y * 2 * torch.sigmoid(scale(torch.relu(hidden(r0))))
            y = (linear(y).view(x.size, SCENARIOS, -1) * one_hot[..., None]).sum(1)
            if k < len(self.hidden) - 1:
                y = self.drop(torch.relu(y))
        return bce(y, x.label) + self.weight * orth.mean()


MODELS = {"optmsm": OptMsm}
