"""dcnv2 (Wang et al., WWW 2021): matrix cross, its low-rank form and a mixture of low-rank experts; stacked and parallel.

    python3 reference.py            writes every fixture

Equations: 1 (a cross layer), the low-rank layer, the mixture with its gate and nonlinear experts; Figure 1 (structures).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN, LAYERS, RANK, EXPERTS, DIM = [6, 5], 2, 3, 2, 2
INPUT = F * DIM


def declare_dcnv2(cross="matrix", structure="stacked", norm="shared"):
    def declare(seed):
        v = Variables(seed)
        for k in range(LAYERS):
            name = f"cross.{k}"
            if cross == "matrix":
                v.weight(f"{name}.weight", INPUT, INPUT)
            elif cross == "low-rank":
                v.weight(f"{name}.v", INPUT, RANK)
                v.weight(f"{name}.u", RANK, INPUT)
            else:
                v.weight(f"{name}.v", EXPERTS, INPUT, RANK)
                v.weight(f"{name}.c", EXPERTS, RANK, RANK)
                v.weight(f"{name}.u", EXPERTS, RANK, INPUT)
                v.weight(f"{name}.gate.weight", INPUT, EXPERTS)
                v.bias(f"{name}.gate.bias", EXPERTS)
            v.bias(f"{name}.bias", INPUT)
        declare_mlp(v, "mlp", [INPUT, *HIDDEN], norm=norm == "shared")
        v.weight("output.weight", HIDDEN[-1] + INPUT * (structure == "parallel"), 1)
        v.bias("output.bias", 1)
        return v

    return declare


def expert(p, name, i, first, x):
    """E_i(x_l) = x_0 * (U_i g(C_i g(V_i^T x_l)) + b_l), g the hyperbolic tangent."""
    low = torch.tanh(x @ p[f"{name}.v"][i])
    low = torch.tanh(low @ p[f"{name}.c"][i])
    return first * (low @ p[f"{name}.u"][i] + p[f"{name}.bias"])


def cross_row(p, first, cross, gate_by):
    """All cross layers of one row, and the first layer's gate."""
    x, gates = first, []
    for k in range(LAYERS):
        name = f"cross.{k}"
        if cross == "matrix":
            x = first * (x @ p[f"{name}.weight"] + p[f"{name}.bias"]) + x
        elif cross == "low-rank":
            x = first * (x @ p[f"{name}.v"] @ p[f"{name}.u"] + p[f"{name}.bias"]) + x
        else:
            scores = x @ p[f"{name}.gate.weight"] + p[f"{name}.gate.bias"]
            gate = torch.softmax(scores, 0) if gate_by == "softmax" else torch.sigmoid(scores)
            gates.append(gate)
            x = sum(gate[i] * expert(p, name, i, first, x) for i in range(EXPERTS)) + x
    return x, gates[0] if gates else None


def dcnv2_forward(cross="matrix", structure="stacked", norm="shared", gate="softmax"):
    def forward(p, s, x, mode):
        first = fields_read(x).reshape(x.batch, -1)
        rows = [cross_row(p, row, cross, gate) for row in first]
        crossed = torch.stack([row for row, _ in rows])
        if structure == "stacked":
            last = mlp(p, s, crossed, mode, x, "mlp", len(HIDDEN), norm)
        else:
            last = torch.cat([crossed, mlp(p, s, first, mode, x, "mlp", len(HIDDEN), norm)], 1)
        out = {"logit": last @ p["output.weight"] + p["output.bias"], "crossOut": crossed}
        if cross == "mixture":
            out["gate0"] = torch.stack([first_gate for _, first_gate in rows])
        return out

    return forward


if __name__ == "__main__":
    sizes = dict(hidden=HIDDEN, crossLayers=LAYERS, rank=RANK, numExperts=EXPERTS)

    def write(name, settings, seed, *, own=False, gate="softmax", **chosen):
        declare, forward = declare_dcnv2(**chosen), dcnv2_forward(gate=gate, **chosen)
        network_case(__file__, name, "dcnv2", {**sizes, **settings}, declare, forward, seed, dim=DIM, own=own)

    write("default", {}, 101)
    write("parallel", dict(structure="parallel"), 102, structure="parallel")
    write("low-rank", dict(cross="low-rank"), 103, cross="low-rank")
    write("mixture", dict(cross="mixture"), 104, cross="mixture")
    write("mixture-sigmoid", dict(cross="mixture", gate="sigmoid"), 105, cross="mixture", gate="sigmoid")
    write("own", dict(batchNorm="off"), 106, norm="off", own=True)
    write("own-mixture", dict(cross="mixture", batchNorm="off"), 107, cross="mixture", norm="off", own=True)
