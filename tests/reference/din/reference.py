"""din (Zhou et al., KDD 2018): local activation unit over the behaviours, Dice.

    python3 reference.py            writes every fixture

Equations: 3 (interest as a weighted sum, not normalised), 4 (Dice).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN, LENGTH = [6, 5], 4
ITEM = 2 * D


def declare_din(activation="dice", pooling="unit", unit=(5,)):
    def declare(seed):
        v = Variables(seed)

        def layers(name, widths):
            declare_mlp(v, name, widths, norm=False)
            for k, width in enumerate(widths[1:]):
                if activation != "relu":
                    v.bias(f"{name}.{k}.alpha", width, mean=0.2, kind="free")
                if activation == "dice":
                    v.moving(f"{name}.{k}", width)

        if pooling != "sum":
            layers("attention", [4 * ITEM, *unit])
            v.weight("attention.output.weight", unit[-1], 1)
            v.bias("attention.output.bias", 1)
        layers("mlp", [WIDTH + ITEM, *HIDDEN])
        v.weight("output.weight", HIDDEN[-1], 1)
        v.bias("output.bias", 1)
        return v

    return declare


def activate(p, s, z, counts, train, mode, name, activation):
    """`z` [M, w] by the activation of layer `name`; `counts` [M] says which of them statistics are taken over."""
    if activation == "relu":
        return torch.relu(z)
    alpha = p[f"{name}.alpha"]
    if activation == "prelu":
        return torch.where(z > 0, z, alpha * z)
    mean, variance = s[f"{name}.mean"], s[f"{name}.variance"]
    if train and int(counts.sum()) >= 2:
        there = z[counts]
        mean = there.mean(0)
        variance = ((there - mean) ** 2).mean(0)
        mode.record(f"{name}.mean", BN_KEEP * s[f"{name}.mean"] + (1 - BN_KEEP) * mean)
        mode.record(f"{name}.variance", BN_KEEP * s[f"{name}.variance"] + (1 - BN_KEEP) * variance)
    elif mode.training:
        mode.record(f"{name}.mean", mean)
        mode.record(f"{name}.variance", variance)
    share = torch.sigmoid((z - mean) / torch.sqrt(variance + BN_EPS))
    return share * z + (1 - share) * alpha * z


def unit_weights(p, s, x, candidate, mode, activation, unit):
    """a(e_j, v) of every behaviour that is there, as {(row, position): a}."""
    places = [(b, j) for b in range(x.batch) for j in range(LENGTH) if x.history.mask[b, j] > 0]
    if not places:
        h = torch.zeros(0, 4 * ITEM)
    else:
        h = []
        for b, j in places:
            e, v = x.history.items[b, j], candidate[b]
            h.append(torch.cat([v, e, v - e, v * e]))
        h = torch.stack(h)
    counts = torch.tensor([bool(x.weight[b, 0] > 0) for b, _ in places], dtype=torch.bool)
    for k in range(len(unit)):
        z = h @ p[f"attention.{k}.weight"] + p[f"attention.{k}.bias"]
        h = activate(p, s, z, counts, mode.training, mode, f"attention.{k}", activation)
    a = (h @ p["attention.output.weight"] + p["attention.output.bias"])[:, 0]
    return {place: a[i] for i, place in enumerate(places)}


def din_forward(activation="dice", pooling="unit", unit=(5,)):
    def forward(p, s, x, mode):
        candidate = x.fields[:, x.shape["history"]["itemFields"]].reshape(x.batch, -1)
        a = {} if pooling == "sum" else unit_weights(p, s, x, candidate, mode, activation, unit)
        weights, interests = [], []
        for b in range(x.batch):
            here = [j for j in range(LENGTH) if x.history.mask[b, j] > 0]
            if pooling == "unit":
                of_row = {j: a[b, j] for j in here}
            elif pooling == "softmax":
                total = sum(torch.exp(a[b, j]) for j in here)
                of_row = {j: torch.exp(a[b, j]) / total for j in here}
            else:
                of_row = {j: torch.ones(()) for j in here}
            weights.append(torch.stack([of_row.get(j, torch.zeros(())) for j in range(LENGTH)]))
            interests.append(sum((of_row[j] * x.history.items[b, j] for j in here), torch.zeros(ITEM)))
        weights, interest = torch.stack(weights), torch.stack(interests)
        h = torch.cat([x.flat(), interest], 1)
        for k in range(len(HIDDEN)):
            z = h @ p[f"mlp.{k}.weight"] + p[f"mlp.{k}.bias"]
            h = activate(p, s, z, x.weight[:, 0] > 0, mode.train, mode, f"mlp.{k}", activation)
        logit = h @ p["output.weight"] + p["output.bias"]
        return {"logit": logit, "weights": weights, "interest": interest}

    return forward


if __name__ == "__main__":

    def write(name, settings, seed, *, own=False, shared_table=False, rows=B, **chosen):
        unit = list(chosen.get("unit", (5,)))
        settings = dict(hidden=HIDDEN, attentionHidden=unit, historyLength=LENGTH, **settings)
        declare, forward = declare_din(**chosen), din_forward(**chosen)
        more = dict(own=own, shared_table=shared_table, rows=rows, history=LENGTH)
        network_case(__file__, name, "din", settings, declare, forward, seed, **more)

    write("default", {}, 91)
    write("prelu", dict(activation="prelu"), 92, activation="prelu", unit=(5, 4))
    write("relu-softmax", dict(activation="relu", pooling="softmax"), 93, activation="relu", pooling="softmax")
    write("sum", dict(pooling="sum"), 94, pooling="sum")
    write("own", dict(activation="relu"), 95, activation="relu", own=True, shared_table=True)
    write("own-dice", {}, 96, own=True, shared_table=True, rows=16)
