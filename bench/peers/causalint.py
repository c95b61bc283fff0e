"""A step of CausalInt in PyTorch at the browser preset's sizes, for comparison with ours:
OMP_NUM_THREADS=1 python3 bench/peers/causalint.py

Inner gradients by autograd (`create_graph=True`), otherwise vectorised as one would write it for speed; the readable form
that numbers are compared with is tests/reference/causalint/reference.py. Prints JSON: median milliseconds of a step, by the
clock and in CPU time.
"""
import json
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

B, N, FIELDS, SPECIFIC, D, V = 1024, 3, 11, 2, 16, 2205
HIDDEN, K, ETA, SLOPE = [256, 128, 64], 16, 1e-3, 0.2
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)


class CausalInt(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(V, D)
        sizes = [FIELDS * D, *HIDDEN]
        pairs = list(zip(sizes, sizes[1:]))
        self.linear = nn.ModuleList(nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in pairs) for _ in range(2))
        self.norm = nn.ModuleList(nn.ModuleList(nn.BatchNorm1d(b) for b in HIDDEN) for _ in range(2))
        m = HIDDEN[-1]
        self.general, self.classifier, self.joint = nn.Linear(m, 1), nn.Linear(m, N), nn.Linear(2 * m, 1)
        self.experts = nn.Linear(SPECIFIC * D, N * K * K)
        self.transform = nn.Parameter(torch.randn(m, N * K) * m**-0.5)
        self.output = nn.Parameter(torch.randn(N, K) * K**-0.5)
        self.bias = nn.Parameter(torch.zeros(N))

    def extract(self, side, e, masks):
        h = e
        for linear, norm, mask in zip(self.linear[side], self.norm[side], masks[side]):
            h = F.leaky_relu(norm(linear(h)), SLOPE) * mask
        return h

    def tower(self, x, t, one_hot):
        v = (x @ self.transform).view(B, N, K)
        v = F.leaky_relu((v * one_hot[:, :, None]).sum(1), SLOPE)
        q = torch.bmm(v[:, None], t)[:, 0]
        return (F.leaky_relu(q, SLOPE) * (one_hot @ self.output)).sum(1) + one_hot @ self.bias

    def loss(self, ids, scenario, label):
        one_hot = F.one_hot(scenario, N).float()
        rows = self.table(ids)
        e, s = rows[:, :FIELDS].flatten(1), rows[:, FIELDS - SPECIFIC + 1 :].flatten(1)
        masks = [[(torch.rand(B, w) > 0.1).float() / 0.9 for w in HIDDEN] for _ in range(2)]
        x, x_sr = self.extract(0, e, masks), self.extract(1, e, masks)
        z1, zc = self.general(x)[:, 0], self.classifier(x_sr)
        z3 = self.joint(torch.cat([x, x_sr], 1))[:, 0]
        loss1 = F.binary_cross_entropy_with_logits(z1, label, reduction="sum")
        loss2 = F.cross_entropy(zc, scenario, reduction="sum")
        (g1,) = torch.autograd.grad(loss1, e, create_graph=True)
        (g2,) = torch.autograd.grad(loss2, e, create_graph=True)
        orth = (F.cosine_similarity(g1, g2, dim=1) ** 2).mean()
        (inner,) = torch.autograd.grad(loss1, x, create_graph=True)
        x = x - ETA * inner
        h = F.leaky_relu(self.experts(s), SLOPE).view(B, N, K * K)
        own = one_hot[:, :, None]
        alpha = torch.softmax(zc, 1)
        t = (alpha[:, :, None] * (own * h + (1 - own) * h.detach())).sum(1).view(B, K, K)
        z = self.tower(x, t, one_hot)
        loss_d = F.binary_cross_entropy_with_logits(z, label, reduction="sum")
        (d,) = torch.autograd.grad(loss_d, x, create_graph=True)
        g = (one_hot.T @ d) / one_hot.sum(0).clamp(min=1)[:, None]
        basis = []
        for row in g:
            basis.append(row - sum((row @ b) / (b @ b + 1e-12) * b for b in basis))
        conflict = 0.5 * ((g - torch.stack(basis)) ** 2).sum()
        loss3 = F.binary_cross_entropy_with_logits(z3, label)
        return (loss1 + loss2 + loss_d) / B + loss3 + orth + conflict


def main():
    model = CausalInt().train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    ids, scenario = torch.randint(1, V, (B, FIELDS + 1)), torch.randint(0, N, (B,))
    label = (torch.rand(B) < 0.1).float()
    clock, cpu = [], []
    for _ in range(25):
        wall, used = time.perf_counter(), time.process_time()
        loss = model.loss(ids, scenario, label)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        clock.append(1000 * (time.perf_counter() - wall))
        cpu.append(1000 * (time.process_time() - used))
    median = lambda values: round(sorted(values[5:])[10], 1)
    figures = dict(
        model="causalint",
        peer="pytorch",
        threads=torch.get_num_threads(),
        batch=B,
        msPerStep=median(clock),
        cpuMsPerStep=median(cpu),
        bestMsPerStep=round(min(clock), 1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
