"""deepfm (Guo et al., IJCAI 2017): Eq 1 to 4. One table feeds the factorisation machine and the deep part.

    python3 reference.py            writes every fixture
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from parts import *  # noqa: E402,F403

HIDDEN = [6, 5]


def declare_deepfm(norm="shared", deep=True, width=WIDTH):
    def declare(seed):
        v = Variables(seed)
        if deep:
            declare_mlp(v, "mlp", [width, *HIDDEN], norm=norm == "shared")
            v.weight("output.weight", HIDDEN[-1], 1)
        v.bias("output.bias", 1)
        return v

    return declare


def factorisation_machine(row):
    """Eq 2 of one row `[F, 1 + d]`: its addition unit and its inner product units."""
    linear, pairs = torch.zeros(()), torch.zeros(())
    for i in range(len(row)):
        linear = linear + row[i][0]
        for j in range(i):
            pairs = pairs + row[i][1:] @ row[j][1:]
    return linear, pairs


def deepfm_forward(norm="shared", deep=True, fm=True):
    def forward(p, s, x, mode):
        rows = fields_read(x)
        parts = [factorisation_machine(row) for row in rows]
        linear = torch.stack([linear for linear, _ in parts])[:, None]
        pairs = torch.stack([pairs for _, pairs in parts])[:, None]
        out = {}
        if deep:
            # Eq 3: all embeddings side by side.
            h = torch.stack([torch.cat([field[1:] for field in row]) for row in rows])
            h = mlp(p, s, h, mode, x, "mlp", len(HIDDEN), norm)
            out["deep"] = h @ p["output.weight"] + p["output.bias"]
        if fm:
            out.update(linear=linear, pairs=pairs)
        if deep and fm:
            return {"logit": linear + pairs + out["deep"], **out}
        return {"logit": out["deep"] if deep else linear + pairs + p["output.bias"]}

    return forward


if __name__ == "__main__":
    sizes = dict(hidden=HIDDEN)

    def write(name, settings, declare, forward, seed, **more):
        network_case(__file__, name, "deepfm", {**sizes, **settings}, declare, forward, seed, linear=1, **more)

    write("default", {}, declare_deepfm(), deepfm_forward(), 51)
    write("fm-alone", dict(deep=False), declare_deepfm(deep=False), deepfm_forward(deep=False), 52)
    write("deep-alone", dict(fm=False), declare_deepfm(), deepfm_forward(fm=False), 53)
    mean = dict(history="mean", historyLength=4, batchNorm="off")
    write("history", mean, declare_deepfm("off", width=(F + 2) * D), deepfm_forward("off"), 54, history=4)
    write("own", dict(batchNorm="off"), declare_deepfm("off"), deepfm_forward("off"), 55, own=True)
