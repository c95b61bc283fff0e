"""Peer and reference of the models in `singles.py` and `predictors.py`, variable by variable, for `agree.py` (as `pairs.py`)."""
import torch

import predictors
import singles
from pairs import put_linear, put_mlp, put_own, put_stack

D, HISTORY = 4, 6
HIDDEN = [6, 5]
SIZES = dict(embeddingDim=D, hidden=HIDDEN, dropout=0, batchNorm="shared")


def plain_pair(name):
    """lr and fm: nothing but a bias."""

    def pair(module):
        peer = singles.MODELS[name](dict(embeddingDim=D))
        forward = module.lr_forward() if name == "lr" else module.fm_forward()
        return peer, lambda: {"bias": peer.bias}, forward, module.click, {}

    return pair


def put_deep(p, deep):
    put_mlp(p, "mlp", deep.body)
    put_linear(p, "output", deep.head)


def deep_pair(name):
    def pair(module):
        peer = singles.MODELS[name](SIZES)

        def variables():
            p = {}
            put_deep(p, peer.deep)
            return p

        forward = module.deepfm_forward() if name == "deepfm" else module.wide_deep_forward()
        return peer, variables, forward, module.click, {}

    return pair


def pnn_pair(product, decomposed):
    def pair(module):
        peer = singles.Pnn({**SIZES, "product": product, "decomposed": decomposed})

        def variables():
            p = {"product.norm.gamma": peer.rest[0].weight, "product.norm.beta": peer.rest[0].bias}
            put_linear(p, "product.linear", peer.linear)
            if product in ("inner", "both"):
                p["product.inner.theta" if decomposed else "product.inner.weight"] = peer.of_inner
            if product in ("outer", "both"):
                p["product.outer.weight"] = peer.of_outer
            put_deep(p, peer)
            return p

        return peer, variables, module.pnn_forward(product, decomposed), module.click, {}

    return pair


def din_pair(activation):
    def pair(module):
        # The reference's length of histories is a constant of its file.
        module.LENGTH = HISTORY
        peer = singles.Din({**SIZES, "attentionHidden": [5, 3], "activation": activation})
        states = {}

        def put_layers(p, name, linears, slopes):
            for k, (linear, slope) in enumerate(zip(linears, slopes)):
                put_linear(p, f"{name}.{k}", linear)
                if activation != "relu":
                    p[f"{name}.{k}.alpha"] = slope.alpha
                states[f"{name}.{k}.mean"] = states[f"{name}.{k}.variance"] = torch.ones(linear.out_features)

        def variables():
            p = {}
            put_layers(p, "attention", peer.unit, peer.unit_activation)
            put_linear(p, "attention.output", peer.score)
            put_layers(p, "mlp", peer.body[0::3], peer.body[1::3])
            put_linear(p, "output", peer.head)
            return p

        return peer, variables, module.din_forward(activation, "unit", (5, 3)), module.click, states

    return pair


def put_vectors(p, name, linears, biases):
    """Cross layers by vectors or matrices."""
    for k, (linear, bias) in enumerate(zip(linears, biases)):
        p[f"{name}.{k}.weight"], p[f"{name}.{k}.bias"] = linear.weight.T, bias


def dcn_pair(module):
    peer = singles.Dcn({**SIZES, "crossLayers": 2})

    def variables():
        p = {}
        put_vectors(p, "cross", peer.cross, peer.bias)
        put_deep(p, peer)
        return p

    return peer, variables, module.dcn_forward(), module.click, {}


def dcnv2_pair(cross, structure, gate="softmax"):
    def pair(module):
        # As many layers and experts as the reference has.
        given = dict(crossLayers=2, rank=3, numExperts=2, cross=cross, structure=structure, gate=gate)
        peer = singles.DcnV2({**SIZES, **given})

        def variables():
            p = {}
            if cross == "matrix":
                put_vectors(p, "cross", peer.cross, peer.bias)
            for k, (layer, bias) in enumerate(zip(peer.cross, peer.bias)):
                name = f"cross.{k}"
                p[f"{name}.bias"] = bias
                if cross == "low-rank":
                    p[f"{name}.v"], p[f"{name}.u"] = (linear.weight.T for linear in layer)
                if cross == "mixture":
                    p[f"{name}.v"], p[f"{name}.c"], p[f"{name}.u"] = layer.down, layer.core, layer.up
                    put_linear(p, f"{name}.gate", layer.gate)
            put_deep(p, peer)
            return p

        return peer, variables, module.dcnv2_forward(cross, structure, gate=gate), module.click, {}

    return pair


def autoint_pair(deep, residual, scaled):
    def pair(module):
        # As many layers and heads as the reference has.
        given = dict(attentionLayers=2, heads=2, headDim=3, deep=deep, residual=residual, scaled=scaled)
        peer = singles.AutoInt({**SIZES, **given})

        def variables():
            p = {}
            for k, layer in enumerate(peer.layers):
                for name, weight in zip(("query", "key", "value", "residual"), layer.all.weight.split(layer.out)):
                    p[f"attention.{k}.{name}.weight"] = weight.T
            put_linear(p, "output", peer.head)
            if deep:
                put_mlp(p, "mlp", peer.body)
                put_linear(p, "deepOutput", peer.deep_head)
            return p

        return peer, variables, module.autoint_forward(residual, deep, scaled=scaled), module.click, {}

    return pair


def edcn_pair(bridge, regulation, norm):
    def pair(module):
        # The reference's embedding size is a constant of its file.
        module.DIM = D
        given = dict(crossLayers=2, temperature=0.8, bridge=bridge, regulation=regulation, batchNorm=norm)
        peer = singles.Edcn({**SIZES, **given})

        def variables():
            p = {}
            put_vectors(p, "cross", peer.cross, peer.bias)
            for k, deep in enumerate(peer.deep):
                put_linear(p, f"deep.{k}", deep)
                for i, stream in enumerate(("cross", "deep")):
                    if regulation:
                        p[f"regulation.{k}.{stream}"] = peer.gates[k][i]
                        one = peer.norms[k][i]
                        if norm == "shared":
                            p[f"regulation.{k}.{stream}Norm.gamma"] = one.weight
                            p[f"regulation.{k}.{stream}Norm.beta"] = one.bias
                    if bridge == "attention":
                        body = getattr(peer.bridges[k], stream)
                        put_linear(p, f"bridge.{k}.{stream}.0", body[0])
                        put_linear(p, f"bridge.{k}.{stream}.1", body[2])
                if bridge == "concat":
                    put_linear(p, f"bridge.{k}", peer.bridges[k])
            put_linear(p, "output", peer.head)
            return p

        return peer, variables, module.edcn_forward(bridge, regulation, norm), module.click, {}

    return pair


def cross_stitch_pair(units):
    def pair(module):
        peer = predictors.CrossStitch({**SIZES, "units": units})

        def variables():
            p = {}
            for k, (layer, stitch) in enumerate(zip(peer.layers, peer.stitch)):
                put_own(p, f"tower.{k}", layer)
                p[f"stitch.{k}.weight"] = stitch
            put_own(p, "output", peer.head)
            return p

        return peer, variables, module.cross_stitch_forward(), module.click, {}

    return pair


def hmoe_pair(constrained):
    def pair(module):
        # As many experts and layers as the reference has.
        given = dict(numExperts=2, expertHidden=[6], towerHidden=[4], labelSpace=True, taskConstrained=constrained)
        peer = predictors.Hmoe({**SIZES, **given})

        def variables():
            p = {}
            put_stack(p, "expert", peer.experts)
            put_own(p, "gate", peer.gate)
            for k, tower in enumerate(peer.towers):
                put_own(p, f"tower.{k}", tower)
            put_own(p, "output", peer.head)
            put_own(p, "relation", peer.relation)
            return p

        return peer, variables, module.hmoe_forward(constrained=constrained), module.click, {}

    return pair


# A name up to its colon is the reference's; what follows says which switch.
PAIRS = {
    "lr": plain_pair("lr"),
    "fm": plain_pair("fm"),
    "wide-deep": deep_pair("wide-deep"),
    "deepfm": deep_pair("deepfm"),
    "pnn": pnn_pair("both", False),
    "pnn:decomposed": pnn_pair("inner", True),
    "din": din_pair("dice"),
    "din:prelu": din_pair("prelu"),
    "dcn": dcn_pair,
    "dcnv2": dcnv2_pair("matrix", "stacked"),
    "dcnv2:low-rank": dcnv2_pair("low-rank", "parallel"),
    "dcnv2:mixture": dcnv2_pair("mixture", "stacked"),
    "dcnv2:sigmoid": dcnv2_pair("mixture", "parallel", "sigmoid"),
    "autoint": autoint_pair(False, True, False),
    "autoint:deep": autoint_pair(True, False, True),
    "edcn": edcn_pair("addition", True, "off"),
    "edcn:norm": edcn_pair("product", True, "shared"),
    "edcn:concat": edcn_pair("concat", True, "off"),
    "edcn:attention": edcn_pair("attention", True, "off"),
    "edcn:no-bridge": edcn_pair("off", False, "off"),
    "cross-stitch": cross_stitch_pair("channel"),
    "cross-stitch:layer": cross_stitch_pair("layer"),
    "hmoe": hmoe_pair(True),
    "hmoe:unconstrained": hmoe_pair(False),
}
