"""fm (Rendle, ICDM 2010): Eq 1 with one value of each field present.

    y(x) = w_0 + sum_i w_i + sum_{i<j} <v_i, v_j>

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403


def declare(seed):
    v = Variables(seed)
    v.bias("bias", 1, 1)
    return v


def declare_own(seed):
    """One network of several: their biases stand one below another, `[N, 1]`."""
    v = Variables(seed)
    v.bias("bias", 1)
    return v


def linear_part(row):
    """The sum of the values' weights; a row's fields are `[F, 1 + d]`, the weight first."""
    return sum(field[0] for field in row)


def pair_part(row):
    """Every pair of fields once, by the inner product of their factors."""
    total = torch.zeros(())
    for i in range(len(row)):
        for j in range(i + 1, len(row)):
            total = total + (row[i][1:] * row[j][1:]).sum()
    return total


def fm_forward(scenario=True):
    def forward(p, s, x, mode):
        rows = fields_read(x, scenario)
        linear = torch.stack([linear_part(row) for row in rows])[:, None]
        pairs = torch.stack([pair_part(row) for row in rows])[:, None]
        return {"logit": p["bias"].reshape(()) + linear + pairs}

    return forward


if __name__ == "__main__":
    plain = dict(dropout=None)
    network_case(__file__, "default", "fm", plain, declare, fm_forward(), 41, linear=1)
    off = {**plain, "scenarioField": "off"}
    network_case(__file__, "no-scenario", "fm", off, declare, fm_forward(False), 42, linear=1)
    mean = {**plain, "history": "mean", "historyLength": 4}
    network_case(__file__, "history", "fm", mean, declare, fm_forward(), 43, linear=1, history=4)
    network_case(__file__, "own", "fm", plain, declare_own, fm_forward(), 44, linear=1, own=True)
