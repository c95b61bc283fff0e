"""pnn (Qu et al., ICDM 2016): a product layer under a deep network.

    python3 reference.py            writes every fixture

Equations: 2 to 5 (product layer: linear signals z, quadratic signals p), inner products with a full or a decomposed weight,
outer products of the superposed embeddings.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

HIDDEN = [6, 5]


def declare_pnn(product="inner", decomposed=False, norm="shared"):
    def declare(seed):
        v = Variables(seed)
        first = HIDDEN[0]
        v.weight("product.linear.weight", WIDTH, first)
        if norm == "shared":
            declare_norm(v, "product.norm", (first,))
        else:
            v.bias("product.linear.bias", first)
        if product in ("inner", "both"):
            if decomposed:
                v.weight("product.inner.theta", F, first)
            else:
                v.weight("product.inner.weight", F * (F - 1) // 2, first)
        if product in ("outer", "both"):
            v.weight("product.outer.weight", D * D, first)
        declare_mlp(v, "mlp", HIDDEN, norm=norm == "shared")
        v.weight("output.weight", HIDDEN[-1], 1)
        v.bias("output.bias", 1)
        return v

    return declare


def inner_products(row):
    """<f_i, f_j> of every pair i < j."""
    return torch.stack([row[i] @ row[j] for i in range(len(row)) for j in range(i + 1, len(row))])


def decomposed_inner(theta, row):
    """l_p^n = sum_ij theta_i^n theta_j^n <f_i, f_j> = |sum_i theta_i^n f_i|^2, for W_p^n = theta^n theta^nT."""
    signals = []
    for n in range(theta.shape[1]):
        delta = sum(theta[i, n] * row[i] for i in range(len(row)))
        signals.append(delta @ delta)
    return torch.stack(signals)


def outer_product(row):
    """p = f f^T of the sum f of all embeddings, row by row."""
    f = row.sum(0)
    return torch.outer(f, f).reshape(-1)


def pnn_forward(product="inner", decomposed=False, norm="shared"):
    def forward(p, s, x, mode):
        signals = []
        for row in fields_read(x):
            total = row.reshape(-1) @ p["product.linear.weight"]
            if product in ("inner", "both"):
                if decomposed:
                    total = total + decomposed_inner(p["product.inner.theta"], row)
                else:
                    total = total + inner_products(row) @ p["product.inner.weight"]
            if product in ("outer", "both"):
                total = total + outer_product(row) @ p["product.outer.weight"]
            signals.append(total)
        h = torch.stack(signals)
        h = batch_norm(p, s, h, mode, x, "product.norm") if norm == "shared" else h + p["product.linear.bias"]
        h = mode.dropout(torch.relu(h))
        h = mlp(p, s, h, mode, x, "mlp", len(HIDDEN) - 1, norm)
        return {"logit": h @ p["output.weight"] + p["output.bias"]}

    return forward


if __name__ == "__main__":

    def write(name, settings, seed, *, product="inner", decomposed=False, norm="shared", **more):
        chosen = dict(product=product, decomposed=decomposed, norm=norm)
        declare, forward = declare_pnn(**chosen), pnn_forward(**chosen)
        network_case(__file__, name, "pnn", dict(hidden=HIDDEN, **settings), declare, forward, seed, **more)

    write("default", {}, 81)
    write("decomposed", dict(decomposed=True), 82, decomposed=True)
    write("outer", dict(product="outer"), 83, product="outer")
    write("both", dict(product="both", batchNorm="off"), 84, product="both", norm="off")
    write("own", dict(batchNorm="off"), 85, norm="off", own=True)
    write("own-outer", dict(product="outer", batchNorm="off"), 86, product="outer", norm="off", own=True, shared_table=True)
