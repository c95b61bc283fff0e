"""HAMUR (Li et al., CIKM 2023): adapter cells whose matrices a network that all scenarios share makes for each row.

    python3 reference.py            writes every fixture

Section 3: domain-specific adapter (3.2), domain-shared hyper-network with low-rank decomposition (3.3).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

ROWS, HIDDEN, HYPER, RANK, ADAPTER = 24, (6, 5), 4, 2, 3


def adapt(p, s, h, matrices, mode, x, name, domain_norm):
    """One adapter cell: down, sigmoid, up, the domain's norm, and around it all a short cut."""
    rows = []
    for b in range(x.batch):
        down = p[f"{name}.down.u"] @ matrices[b] @ p[f"{name}.down.v"]
        up = p[f"{name}.up.u"] @ matrices[b] @ p[f"{name}.up.v"]
        y = torch.sigmoid(h[b] @ down + p[f"{name}.down.bias"]) @ up
        rows.append(y + p[f"{name}.up.bias"] if domain_norm == "off" else y)
    y = torch.stack(rows)
    if domain_norm == "own":
        y = norm_by_group(p, s, y, mode, x, f"{name}.norm", own_scale=True)
    elif domain_norm == "shared":
        y = batch_norm(p, s, y, mode, x, f"{name}.norm")
    return h + y


def make_forward(backbone="own", cells=1, domain_norm="own", hyper=True, norm="off"):
    def forward(p, s, x, mode):
        h = x.flat()
        if hyper:
            generated = linear(p, "hyper.output", layer(p, s, h, mode, x, "hyper.0", norm))
        else:
            generated = torch.stack([p["matrix"][x.scenario[b]] for b in range(x.batch)])
        matrices = [generated[b].reshape(RANK, RANK) for b in range(x.batch)]
        for k in range(len(HIDDEN)):
            if backbone == "own":
                h = torch.stack([h[b] @ p[f"tower.{k}.weight"][x.scenario[b]] for b in range(x.batch)])
                if norm == "shared":
                    h = batch_norm(p, s, h, mode, x, f"tower.{k}.norm")
                else:
                    h = h + p[f"tower.{k}.bias"][x.scenario]
                h = torch.relu(h)
            else:
                h = layer(p, s, h, mode, x, f"mlp.{k}", norm)
            a = k - (len(HIDDEN) - cells)
            if a >= 0:
                h = adapt(p, s, h, matrices, mode, x, f"adapter.{a}", domain_norm)
        if backbone == "own":
            logit = own_linear(p["output.weight"], p["output.bias"], h, x)
        else:
            logit = linear(p, "output", h)
        return {"logit": logit, "generated": generated}

    return forward


def declare(seed, backbone="own", cells=1, domain_norm="own", hyper=True, norm="off"):
    v = Variables(seed)
    if hyper:
        declare_mlp(v, "hyper", [WIDTH, HYPER], norm=norm == "shared")
        v.weight("hyper.output.weight", HYPER, RANK * RANK)
        v._add("hyper.output.bias", "bias", torch.eye(RANK).reshape(-1) + 0.3 * v._normal((RANK * RANK,)))
    else:
        v.free("matrix", torch.eye(RANK).reshape(1, -1) + 0.3 * v._normal((N, RANK * RANK)))
    lead = (N,) if backbone == "own" else ()
    declare_mlp(v, "tower" if backbone == "own" else "mlp", [WIDTH, *HIDDEN], norm=norm == "shared", lead=lead)
    for a in range(cells):
        name, width = f"adapter.{a}", HIDDEN[len(HIDDEN) - cells + a]
        for part, below, out in (("down", width, ADAPTER), ("up", ADAPTER, width)):
            # Large enough that a cell's output differs between rows: a norm over rows that are nearly alike multiplies 32 bits' rounding.
            v.weight(f"{name}.{part}.u", below, RANK, scale=2.0)
            v.weight(f"{name}.{part}.v", RANK, out, scale=2.0)
            if part == "down" or domain_norm == "off":
                v.bias(f"{name}.{part}.bias", out)
        if domain_norm != "off":
            declare_norm(v, f"{name}.norm", (N, width) if domain_norm == "own" else (width,))
    v.weight("output.weight", *lead, HIDDEN[-1], 1)
    v.bias("output.bias", *lead, 1)
    return v


def case(name, seed, settings=(), **parts):
    given = dict(
        hidden=list(HIDDEN),
        hyperHidden=[HYPER],
        rank=RANK,
        adapterWidth=ADAPTER,
        adapters=parts.get("cells", 1),
        batchNorm=parts.get("norm", "off"),
        **dict(settings),
    )
    # A scenario's own statistics need rows of it.
    write_case(__file__, name, "hamur", given, declare(seed, **parts), make_forward(**parts), rows=ROWS)


if __name__ == "__main__":
    case("default", 91)
    case("two-cells", 392, cells=2)
    case("shared-backbone", 93, dict(backbone="shared"), backbone="shared")
    case("norm", 94, norm="shared")
    case("one-norm-for-all", 95, dict(domainNorm="shared"), domain_norm="shared")
    case("without-domain-norm", 96, dict(domainNorm="off"), domain_norm="off")
    case("without-hyper-network", 97, dict(hyperNetwork=False), hyper=False)
