"""CausalInt with every module on. Gradients by the representation come from autograd (`create_graph=True`); those by the
embeddings (Eq 9) are taken row by row with the batch's statistics held fixed, which is a chain of products.
"""
import torch
import torch.nn.functional as F
from torch import nn

from common import FIELDS, SCENARIOS

# The scenario's id is not among the common features.
COMMON, SPECIFIC = FIELDS - 1, 2


class Extractor(nn.Module):
    def __init__(self, sizes, slope):
        super().__init__()
        self.slope = slope
        self.linear = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in zip(sizes, sizes[1:]))
        self.norm = nn.ModuleList(nn.BatchNorm1d(b) for b in sizes[1:])

    def forward(self, h, masks):
        """The representation, and for each layer what its gradient row by row is multiplied with."""
        factors = []
        for linear, norm, mask in zip(self.linear, self.norm, masks):
            y, _, deviation = torch.native_batch_norm(
                linear(h), norm.weight, norm.bias, norm.running_mean, norm.running_var, True, norm.momentum, norm.eps
            )
            h = F.leaky_relu(y, self.slope)
            slopes = torch.where(y > 0, 1.0, self.slope)
            if mask is not None:
                h, slopes = h * mask, slopes * mask
            factors.append(slopes * (norm.weight * deviation.detach()))
        return h, factors

    def back(self, delta, factors):
        for linear, factor in zip(reversed(self.linear), reversed(factors)):
            delta = (delta * factor) @ linear.weight
        return delta


class CausalInt(nn.Module):
    def __init__(self, s):
        super().__init__()
        if (s["fusion"], s["batchNorm"], s["orthNorm"], s["gate"]) != ("transnet", "shared", "raw", "classifier"):
            raise ValueError("The peer of causalint is the full model.")
        d, self.hidden, self.k = s["embeddingDim"], s["hidden"], s["transWidth"]
        self.rate, self.slope, self.dropout = s["innerRate"], s["leakySlope"], s["dropout"]
        self.invariant, self.aware = (Extractor([COMMON * d, *self.hidden], self.slope) for _ in range(2))
        m, k = self.hidden[-1], self.k
        self.general, self.classifier, self.joint = nn.Linear(m, 1), nn.Linear(m, SCENARIOS), nn.Linear(2 * m, 1)
        self.experts = nn.Linear(SPECIFIC * d, SCENARIOS * k * k)
        self.transform = nn.Parameter(torch.randn(m, SCENARIOS * k) * m**-0.5)
        self.output = nn.Parameter(torch.randn(SCENARIOS, k) * k**-0.5)
        self.bias = nn.Parameter(torch.zeros(SCENARIOS))

    def masks(self, size):
        keep = 1 - self.dropout
        return [None if keep == 1 else (torch.rand(size, w) < keep).to(torch.get_default_dtype()) / keep for w in self.hidden]

    def tower(self, x, t, one_hot):
        v = (x @ self.transform).view(len(x), SCENARIOS, self.k)
        v = F.leaky_relu((v * one_hot[:, :, None]).sum(1), self.slope)
        q = torch.bmm(v[:, None], t)[:, 0]
        return (F.leaky_relu(q, self.slope) * (one_hot @ self.output)).sum(1) + one_hot @ self.bias

    def forward(self, batch):
        one_hot, scenario, label, size = batch.one_hot, batch.scenario, batch.label[:, 0], batch.size
        e, s = batch.fields[:, :COMMON].flatten(1), batch.fields[:, -SPECIFIC:].flatten(1)
        x, invariant = self.invariant(e, self.masks(size))
        x_sr, aware = self.aware(e, self.masks(size))
        z1, zc = self.general(x)[:, 0], self.classifier(x_sr)
        z3 = self.joint(torch.cat([x, x_sr], 1))[:, 0]
        loss1 = F.binary_cross_entropy_with_logits(z1, label, reduction="sum")
        loss2 = F.cross_entropy(zc, scenario, reduction="sum")
        alpha = torch.softmax(zc, 1)
        # A cosine knows no length, so the slope of Loss_1 by its logit is left out.
        g1 = self.invariant.back(self.general.weight, invariant)
        g2 = self.aware.back((alpha - one_hot) @ self.classifier.weight, aware)
        orth = (F.cosine_similarity(g1, g2, dim=1, eps=1e-12) ** 2).mean()
        (inner,) = torch.autograd.grad(loss1, x, create_graph=True)
        x = x - self.rate * inner
        h = F.leaky_relu(self.experts(s), self.slope).view(size, SCENARIOS, self.k**2)
        own = one_hot[:, :, None]
        t = (alpha[:, :, None] * (own * h + (1 - own) * h.detach())).sum(1).view(size, self.k, self.k)
        z = self.tower(x, t, one_hot)
        loss_d = F.binary_cross_entropy_with_logits(z, label, reduction="sum")
        (d,) = torch.autograd.grad(loss_d, x, create_graph=True)
        g = (one_hot.T @ d) / one_hot.sum(0).clamp(min=1)[:, None]
        basis = []
        for row in g:
            basis.append(row - sum((row @ b) / (b @ b + 1e-12) * b for b in basis))
        conflict = 0.5 * ((g - torch.stack(basis)) ** 2).sum()
        loss3 = F.binary_cross_entropy_with_logits(z3, label)
        return (loss1 + loss2 + loss_d) / size + loss3 + orth + conflict


MODELS = {"causalint": CausalInt}
