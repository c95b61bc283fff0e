"""edcn (Chen et al., CIKM 2021): cross and deep layers side by side, with a bridge and a regulation at every layer.

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from parts import *  # noqa: E402,F403

LAYERS, DIM, TAU = 2, 2, 0.8
INPUT = F * DIM


def declare_edcn(bridge="product", regulation=True, norm=True):
    def declare(seed):
        v = Variables(seed)
        for k in range(LAYERS):
            if regulation:
                for stream in ("cross", "deep"):
                    v.bias(f"regulation.{k}.{stream}", F, mean=1.0, deviation=0.5, kind="free")
                    if norm:
                        declare_norm(v, f"regulation.{k}.{stream}Norm", (1,))
            v.weight(f"cross.{k}.weight", INPUT, 1)
            v.bias(f"cross.{k}.bias", INPUT)
            v.weight(f"deep.{k}.weight", INPUT, INPUT)
            v.bias(f"deep.{k}.bias", INPUT)
            if bridge == "concat":
                v.weight(f"bridge.{k}.weight", 2 * INPUT, INPUT)
                v.bias(f"bridge.{k}.bias", INPUT)
            if bridge == "attention":
                for stream in ("cross", "deep"):
                    v.weight(f"bridge.{k}.{stream}.0.weight", INPUT, INPUT)
                    v.bias(f"bridge.{k}.{stream}.0.bias", INPUT)
                    v.weight(f"bridge.{k}.{stream}.1.weight", INPUT, INPUT)
        v.weight("output.weight", (2 if bridge == "off" else 3) * INPUT, 1)
        v.bias("output.bias", 1)
        return v

    return declare


def regulated(gate, row):
    """Field-wise gate of one row: every number of field f times the softmax over fields of gate / tau at f."""
    share = torch.exp(gate / TAU) / torch.exp(gate / TAU).sum()
    return torch.cat([share[f] * row[f * DIM : (f + 1) * DIM] for f in range(len(gate))])


def of_one_scale(p, s, x, mode, inputs, prefix):
    """One mean and one variance of all numbers [B, D] of the rows that count, then one scale and one shift."""
    if mode.train:
        numbers = torch.cat([x[b] for b in range(inputs.batch) if inputs.weight[b, 0] > 0])
        mean = numbers.mean()
        variance = ((numbers - mean) ** 2).mean()
        mode.record(f"{prefix}.mean", BN_KEEP * s[f"{prefix}.mean"] + (1 - BN_KEEP) * mean.detach())
        mode.record(f"{prefix}.variance", BN_KEEP * s[f"{prefix}.variance"] + (1 - BN_KEEP) * variance.detach())
    else:
        mean, variance = s[f"{prefix}.mean"], s[f"{prefix}.variance"]
    return p[f"{prefix}.gamma"] * (x - mean) / torch.sqrt(variance + BN_EPS) + p[f"{prefix}.beta"]


def bridged(p, k, bridge, c, h):
    """The bridge of layer k between one row's cross output c and deep output h."""
    if bridge == "product":
        return c * h
    if bridge == "addition":
        return c + h
    if bridge == "concat":
        return torch.relu(torch.cat([c, h]) @ p[f"bridge.{k}.weight"] + p[f"bridge.{k}.bias"])

    def weighed(stream, x):
        hidden = torch.relu(x @ p[f"bridge.{k}.{stream}.0.weight"] + p[f"bridge.{k}.{stream}.0.bias"])
        return torch.softmax(hidden @ p[f"bridge.{k}.{stream}.1.weight"], 0) * x

    return weighed("cross", c) + weighed("deep", h)


def edcn_forward(bridge="product", regulation=True, norm=True):
    def forward(p, s, x, mode):
        c = h = fields_read(x).reshape(x.batch, -1)
        first = f = None
        for k in range(LAYERS):
            if regulation:
                c = torch.stack([regulated(p[f"regulation.{k}.cross"], row) for row in c])
                h = torch.stack([regulated(p[f"regulation.{k}.deep"], row) for row in h])
                if norm:
                    c = of_one_scale(p, s, c, mode, x, f"regulation.{k}.crossNorm")
                    h = of_one_scale(p, s, h, mode, x, f"regulation.{k}.deepNorm")
            first = c if k == 0 else first
            weight, bias = p[f"cross.{k}.weight"][:, 0], p[f"cross.{k}.bias"]
            c = torch.stack([first[b] * (c[b] @ weight) + bias + c[b] for b in range(x.batch)])
            h = mode.dropout(torch.relu(h @ p[f"deep.{k}.weight"] + p[f"deep.{k}.bias"]))
            last = [c, h]
            if bridge != "off":
                f = torch.stack([bridged(p, k, bridge, c[b], h[b]) for b in range(x.batch)])
                last = [c, h, f]
                c = h = f
        out = {"logit": torch.cat(last, 1) @ p["output.weight"] + p["output.bias"]}
        return out if bridge == "off" else {**out, "bridgeOut": f}

    return forward


if __name__ == "__main__":
    sizes = dict(crossLayers=LAYERS, temperature=TAU)

    def write(name, settings, seed, *, own=False, spread=1, **chosen):
        declare, forward = declare_edcn(**chosen), edcn_forward(**chosen)
        network_case(
            __file__, name, "edcn", {**sizes, **settings}, declare, forward, seed, dim=DIM, own=own, spread=spread
        )

    write("default", {}, 122)
    write("addition", dict(bridge="addition"), 123, bridge="addition")
    write("concat", dict(bridge="concat"), 124, bridge="concat")
    write("attention", dict(bridge="attention"), 125, bridge="attention")
    write("no-bridge", dict(bridge="off"), 126, bridge="off")
    # A gate is near 1 / F: without a norm every layer shrinks what it is given.
    write("no-norm", dict(regulationNorm=False), 129, spread=30, norm=False)
    write("no-regulation", dict(regulation=False), 127, regulation=False)
    write("own", {}, 128, own=True)
    write("own-no-norm", dict(regulationNorm=False), 130, own=True, spread=30, norm=False)
