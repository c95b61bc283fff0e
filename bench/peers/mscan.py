"""M-scan: GRU over own behaviours, co-attention over all, scenario bias eliminator."""
import torch
import torch.nn.functional as F
from torch import nn

from common import CONTEXTS, FIELDS, bce, glorot, mlp


class Mscan(nn.Module):
    def __init__(self, s):
        super().__init__()
        if (s["saca"], s["encoder"], s["sbe"], s["scenarioFields"]) != ("co", "gru", True, "context"):
            raise ValueError("The peer of mscan is the full model.")
        d = s["embeddingDim"]
        item, q = 2 * d, s["attentionHidden"]
        self.alpha, self.width = s["alpha"], item
        self.into, self.state = nn.Linear(item, 3 * item), glorot(item, 3 * item)
        self.of_history, self.of_own = nn.Linear(item, q, bias=False), nn.Linear(item, q, bias=False)
        self.of_item, self.score = nn.Linear(item, q), nn.Linear(q, 1, bias=False)
        norm = s["batchNorm"] == "shared"
        self.match = mlp(FIELDS * d + 2 * item, s["hidden"], norm, s["dropout"])
        self.match_output = nn.Linear(s["hidden"][-1], 1)
        self.scenario = mlp(4 * d, s["scenarioHidden"], False, s["dropout"])
        self.scenario_output = nn.Linear(s["scenarioHidden"][-1], 1)

    def encode(self, own, mask):
        w = self.width
        projected = self.into(own)
        gates, candidate = self.state[:, : 2 * w], self.state[:, 2 * w :]
        h = own.new_zeros(len(own), w)
        for k in range(own.shape[1]):
            z, r = torch.sigmoid(projected[:, k, : 2 * w] + h @ gates).split(w, 1)
            n = torch.tanh(projected[:, k, 2 * w :] + (r * h) @ candidate)
            h = torch.lerp(h, torch.lerp(h, n, z), mask[:, k : k + 1])
        return h

    def forward(self, x):
        own = x.own_history * x.own_mask[..., None]
        state = self.encode(own, x.own_mask)
        a = self.of_history(x.history)
        pair = self.of_own(own) + self.of_item(x.candidate)[:, None]
        scores = self.score(torch.relu(a[:, :, None] + pair[:, None]))[..., 0]
        # Without a behaviour in the current scenario one of zeros stands in.
        stand_in = F.pad(1 - x.own_mask.amax(1, keepdim=True), (0, x.own_mask.shape[1] - 1))
        best = (scores + (x.own_mask + stand_in - 1)[:, None] * 1e9).amax(2)
        beta = torch.softmax(best + (x.history_mask - 1) * 1e9, 1) * x.history_mask
        interest = torch.bmm(beta[:, None], x.history)[:, 0]
        match = self.match_output(self.match(torch.cat([x.flat, state, interest], 1)))
        direct = self.scenario_output(self.scenario(x.fields[:, CONTEXTS].flatten(1)))
        return bce(match * torch.sigmoid(direct), x.label) + self.alpha * bce(direct, x.label)


MODELS = {"mscan": Mscan}
