"""autoint (Song et al., CIKM 2019): layers of multi-head self-attention over a row's fields, with residual connections.

    python3 reference.py            writes every fixture

Equations: 5 and 6 (attention of field m to field k by a head), 7 (a head's new features), 8 (heads side by side), 9 (residual
connection), 10 (output). AutoInt+ adds a deep network (Section 5).
"""
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

LAYERS, HEADS, WIDE, HIDDEN = 2, 2, 3, [6, 5]


def declare_autoint(residual=True, deep=False, norm="shared"):
    def declare(seed):
        v = Variables(seed)
        below = D
        for k in range(LAYERS):
            for name in ("query", "key", "value", *(["residual"] if residual else [])):
                v.weight(f"attention.{k}.{name}.weight", below, HEADS * WIDE)
            below = HEADS * WIDE
        v.weight("output.weight", F * below, 1)
        v.bias("output.bias", 1)
        if deep:
            declare_mlp(v, "mlp", [WIDTH, *HIDDEN], norm=norm == "shared")
            v.weight("deepOutput.weight", HIDDEN[-1], 1)
        return v

    return declare


def interact(p, k, row, residual, scaled):
    """One layer on one row's fields `[F, in]`: new features `[F, H a]` and the attention `[H, F, F]`."""
    weights, heads = [], []
    for h in range(HEADS):
        columns = slice(h * WIDE, (h + 1) * WIDE)
        query, key, value = (p[f"attention.{k}.{name}.weight"][:, columns] for name in ("query", "key", "value"))
        of_head, features = [], []
        for e_m in row:
            psi = torch.stack([(e_m @ query) @ (e_k @ key) for e_k in row])
            alpha = torch.softmax(psi / math.sqrt(WIDE) if scaled else psi, 0)
            of_head.append(alpha)
            features.append(sum(alpha[i] * (e_k @ value) for i, e_k in enumerate(row)))
        weights.append(torch.stack(of_head))
        heads.append(torch.stack(features))
    joined = torch.cat(heads, 1)
    if residual:
        joined = joined + row @ p[f"attention.{k}.residual.weight"]
    return torch.relu(joined), torch.stack(weights)


def autoint_forward(residual=True, deep=False, norm="shared", scaled=False):
    def forward(p, s, x, mode):
        rows = fields_read(x)
        fields, first = rows, None
        for k in range(LAYERS):
            done = [interact(p, k, row, residual, scaled) for row in fields]
            fields = mode.dropout(torch.stack([features for features, _ in done]))
            first = torch.stack([attention for _, attention in done]) if k == 0 else first
        logit = fields.reshape(x.batch, -1) @ p["output.weight"] + p["output.bias"]
        if deep:
            h = mlp(p, s, rows.reshape(x.batch, -1), mode, x, "mlp", len(HIDDEN), norm)
            logit = logit + h @ p["deepOutput.weight"]
        return {"logit": logit, "attention0": first}

    return forward


def masks(share):
    """A mask for each interacting layer `[B, F, H a]` and each deep layer, in the order in which they are asked for."""
    g = torch.Generator().manual_seed(9)
    shapes = [(B, F, HEADS * WIDE)] * LAYERS + [(B, width) for width in HIDDEN]
    return [(torch.rand(*shape, generator=g) > share).double() / (1 - share) for shape in shapes]


if __name__ == "__main__":
    sizes = dict(hidden=HIDDEN, attentionLayers=LAYERS, heads=HEADS, headDim=WIDE)

    def write(name, settings, seed, *, own=False, scaled=False, dropout=(), **chosen):
        declare, forward = declare_autoint(**chosen), autoint_forward(scaled=scaled, **chosen)
        network_case(__file__, name, "autoint", {**sizes, **settings}, declare, forward, seed, own=own, dropout=dropout)

    write("default", {}, 111)
    write("no-residual", dict(residual=False), 112, residual=False)
    write("deep", dict(deep=True), 113, deep=True)
    write("scaled", dict(scaled=True), 114, scaled=True)
    write("dropout", dict(deep=True, batchNorm="off", dropout=0.25), 115, deep=True, norm="off", dropout=masks(0.25))
    write("own", dict(batchNorm="off"), 116, norm="off", own=True)
