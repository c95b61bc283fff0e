"""EPNet, PPNet and PEPNet (Chang et al., KDD 2023): gates from prior knowledge on embeddings and on layers' inputs.

    python3 reference.py            writes every fixture, also those of `epnet` and `ppnet`

Equations of section 3: Gate-NU (1, 2), EPNet (3, 4), PPNet (5 to 8).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

GATE, HIDDEN = 6, (6, 5)
DOMAIN, PRIOR = 2 * D, 4 * D


def gate_unit(hidden, output, gamma, z):
    """Gate-NU of one row `z`: a hidden layer, then a sigmoid times gamma; 1 where gamma is 2 and all weights are 0."""
    inner = torch.relu(z @ hidden[0] + hidden[1])
    return gamma * torch.sigmoid(inner @ output[0] + output[1])


def pair(p, name, k=None):
    weight, bias = p[f"{name}.weight"], p[f"{name}.bias"]
    return (weight, bias) if k is None else (weight[k], bias[k])


def make_forward(epnet=True, ppnet=True, norm="off", stop=True, gamma=2.0):
    def forward(p, s, x, mode):
        read = (lambda value: value.detach()) if stop else (lambda value: value)
        domain = x.pick(specific=True)
        prior = x.pick(roles=("user", "item"))
        h = x.flat()
        out = {}
        if epnet:
            # What the gate reads of the embeddings that it scales has no gradient; the domain's own fields have.
            gates = [
                gate_unit(pair(p, "epnet.hidden"), pair(p, "epnet.gate"), gamma, torch.cat([domain[b], read(h[b])]))
                for b in range(x.batch)
            ]
            h = torch.stack([gates[b] * h[b] for b in range(x.batch)])
            out["domainGate"] = torch.stack(gates)
        embedded, by_layer = h, []
        for k in range(len(HIDDEN) + 1):
            if ppnet:
                gates = [
                    gate_unit(
                        pair(p, "ppnet.hidden", k),
                        pair(p, f"ppnet.gate.{k}"),
                        gamma,
                        torch.cat([prior[b], read(embedded[b])]),
                    )
                    for b in range(x.batch)
                ]
                h = torch.stack([gates[b] * h[b] for b in range(x.batch)])
                by_layer.append(torch.stack(gates))
            h = layer(p, s, h, mode, x, f"mlp.{k}", norm) if k < len(HIDDEN) else linear(p, "output", h)
        if ppnet:
            out["layerGates"] = torch.cat(by_layer, 1)
        return {"logit": h, **out}

    return forward


def declare(seed, epnet=True, ppnet=True, norm="off"):
    v = Variables(seed)
    if epnet:
        declare_linear(v, "epnet.hidden", DOMAIN + WIDTH, GATE)
        declare_linear(v, "epnet.gate", GATE, WIDTH)
    if ppnet:
        v.weight("ppnet.hidden.weight", len(HIDDEN) + 1, PRIOR + WIDTH, GATE)
        v.bias("ppnet.hidden.bias", len(HIDDEN) + 1, GATE)
        for k, width in enumerate((WIDTH, *HIDDEN)):
            declare_linear(v, f"ppnet.gate.{k}", GATE, width)
    declare_mlp(v, "mlp", [WIDTH, *HIDDEN], norm=norm == "shared")
    declare_linear(v, "output", HIDDEN[-1], 1)
    return v


def case(model, name, seed, settings=(), norm="off", stop=True, gamma=2.0, **parts):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", model, "reference.py")
    given = dict(
        hidden=list(HIDDEN), gateWidth=GATE, gamma=gamma, stopGradient=stop, batchNorm=norm, **dict(settings)
    )
    forward = make_forward(norm=norm, stop=stop, gamma=gamma, **parts)
    write_case(script, name, model, given, declare(seed, norm=norm, **parts), forward)


def epnet():
    case("epnet", "default", 31, ppnet=False)
    case("epnet", "norm", 31, norm="shared", ppnet=False)
    case("epnet", "with-gradient", 31, stop=False, ppnet=False)


def ppnet():
    case("ppnet", "default", 32, epnet=False)
    case("ppnet", "norm", 32, norm="shared", epnet=False)


def pepnet():
    case("pepnet", "full", 33)
    case("pepnet", "norm", 34, norm="shared")
    case("pepnet", "with-gradient", 38, stop=False, gamma=1.5)
    case("pepnet", "without-epnet", 36, dict(epnet=False), epnet=False)
    case("pepnet", "without-ppnet", 37, dict(ppnet=False), ppnet=False)


if __name__ == "__main__":
    for write in (epnet, ppnet, pepnet):
        write()
