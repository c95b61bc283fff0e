"""EPNet, PPNet and PEPNet (Chang et al., KDD 2023): gates from prior knowledge on embeddings and on hidden units.

    python3 reference.py            writes every fixture, also those of `epnet` and `ppnet`

Equations of section 3: Gate-NU (1, 2), EPNet (3, 4), PPNet (5 to 8).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import *  # noqa: E402,F403

GATE, HIDDEN, SCALE = 6, (6, 5), 2.0
OWN, PRIOR = 2 * D, 4 * D


def gate_unit(p, name, scale, z):
    """Gate-NU of one row `z`: a hidden layer, then a sigmoid times `scale`; it gives 1 where the scale is 2 and all is 0."""
    hidden = torch.relu(linear(p, f"{name}.0", z))
    return scale * torch.sigmoid(linear(p, f"{name}.1", hidden))


def make_forward(embedding_gate=True, layer_gate=True, layers=len(HIDDEN), norm="off", scale=SCALE):
    def forward(p, s, x, mode):
        domain = x.pick(specific=True)
        prior = x.pick(roles=("user", "item"))
        h = x.flat()
        out = {}
        if embedding_gate:
            # What the gate reads of the embeddings that it scales has no gradient; the domain's own fields have.
            gates = [
                gate_unit(p, "embeddingGate", scale, torch.cat([domain[b], h[b].detach()])) for b in range(x.batch)
            ]
            out["embeddingGate"] = torch.stack(gates)
            h = torch.stack([gates[b] * h[b] for b in range(x.batch)])
        entry, by_layer = h, []
        for k in range(layers):
            h = layer(p, s, h, mode, x, f"mlp.{k}", norm)
            if layer_gate:
                gates = [
                    gate_unit(p, f"layerGate.{k}", scale, torch.cat([prior[b], entry[b].detach()]))
                    for b in range(x.batch)
                ]
                by_layer.append(torch.stack(gates))
                h = torch.stack([gates[b] * h[b] for b in range(x.batch)])
        if layer_gate:
            out["layerGate"] = torch.cat(by_layer, 1)
        return {"logit": linear(p, "output", h), **out}

    return forward


def declare(seed, embedding_gate=True, layer_gate=True, norm="off"):
    v = Variables(seed)
    if embedding_gate:
        declare_linear(v, "embeddingGate.0", OWN + WIDTH, GATE)
        declare_linear(v, "embeddingGate.1", GATE, WIDTH)
    if layer_gate:
        for k, width in enumerate(HIDDEN):
            declare_linear(v, f"layerGate.{k}.0", PRIOR + WIDTH, GATE)
            declare_linear(v, f"layerGate.{k}.1", GATE, width)
    declare_mlp(v, "mlp", [WIDTH, *HIDDEN], norm=norm == "shared")
    declare_linear(v, "output", HIDDEN[-1], 1)
    return v


def case(model, name, seed, settings, norm="off", **parts):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", model, "reference.py")
    given = dict(hidden=list(HIDDEN), gateHidden=GATE, batchNorm=norm, **settings)
    write_case(script, name, model, given, declare(seed, norm=norm, **parts), make_forward(norm=norm, **parts))


def epnet():
    for name, norm in (("default", "off"), ("norm", "shared")):
        case("epnet", name, 31, {}, norm, layer_gate=False)


def ppnet():
    for name, norm in (("default", "off"), ("norm", "shared")):
        case("ppnet", name, 32, {}, norm, embedding_gate=False)


def pepnet():
    case("pepnet", "full", 33, {})
    case("pepnet", "norm", 34, {}, "shared")
    case("pepnet", "without-embedding-gate", 35, dict(embeddingGate=False), embedding_gate=False)
    case("pepnet", "without-layer-gate", 36, dict(layerGate=False), layer_gate=False)


if __name__ == "__main__":
    for write in (epnet, ppnet, pepnet):
        write()
