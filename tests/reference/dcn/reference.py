"""dcn (Wang et al., ADKDD 2017): cross network beside a deep network.

    python3 reference.py            writes every fixture

Equations: 3 (a cross layer), 5 (a deep layer), 6 (both outputs side by side into one logit).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN, LAYERS = [6, 5], 2


def declare_dcn(norm="shared", cross=True, deep=True, width=WIDTH):
    def declare(seed):
        v = Variables(seed)
        if cross:
            for k in range(LAYERS):
                v.weight(f"cross.{k}.weight", width, 1)
                v.bias(f"cross.{k}.bias", width)
        if deep:
            declare_mlp(v, "mlp", [width, *HIDDEN], norm=norm == "shared")
        v.weight("output.weight", width * cross + HIDDEN[-1] * deep, 1)
        v.bias("output.bias", 1)
        return v

    return declare


def cross_row(p, first, layers=LAYERS):
    """Eq 3 of one row: x_{l+1} = x_0 x_l^T w_l + b_l + x_l."""
    x = first
    for k in range(layers):
        outer = first[:, None] @ x[None, :]
        x = outer @ p[f"cross.{k}.weight"][:, 0] + p[f"cross.{k}.bias"] + x
    return x


def dcn_forward(norm="shared", cross=True, deep=True):
    def forward(p, s, x, mode):
        first = fields_read(x).reshape(x.batch, -1)
        both, out = [], {}
        if cross:
            out["crossOut"] = torch.stack([cross_row(p, row) for row in first])
            both.append(out["crossOut"])
        if deep:
            both.append(mlp(p, s, first, mode, x, "mlp", len(HIDDEN), norm))
        return {"logit": torch.cat(both, 1) @ p["output.weight"] + p["output.bias"], **out}

    return forward


if __name__ == "__main__":
    sizes = dict(hidden=HIDDEN, crossLayers=LAYERS)

    def write(name, settings, declare, forward, seed, **more):
        network_case(__file__, name, "dcn", {**sizes, **settings}, declare, forward, seed, **more)

    write("default", {}, declare_dcn(), dcn_forward(), 61)
    write("cross-alone", dict(deep=False), declare_dcn(deep=False), dcn_forward(deep=False), 62)
    write("deep-alone", dict(cross=False), declare_dcn(cross=False), dcn_forward(cross=False), 63)
    off = dict(batchNorm="off")
    write("own", off, declare_dcn("off"), dcn_forward("off"), 64, own=True)
    write("own-shared-table", off, declare_dcn("off"), dcn_forward("off"), 65, own=True, shared_table=True)
    # Norms of a network's own rows need a few of them.
    write("own-norm", {}, declare_dcn(), dcn_forward(), 66, own=True, shared_table=True, rows=24)
