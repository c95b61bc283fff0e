"""Peer and reference of M-scan, AREAD and the baselines, variable by variable, for `agree.py`.

A pair is a function of the reference's module: the peer, its parameters under the reference's names, the reference's
`forward` and `losses`, and further `states` that a training pass reads.
"""
import torch

import aread
import baselines
import common
import mscan

D, HISTORY, OWN = 4, 6, 4
N = common.SCENARIOS
WIDTH = common.FIELDS * D


def put_linear(p, name, linear):
    p[f"{name}.weight"] = linear.weight.T
    if linear.bias is not None:
        p[f"{name}.bias"] = linear.bias


def put_own(p, name, own):
    """A layer a scenario."""
    p[f"{name}.weight"] = own.weight
    if own.bias is not None:
        p[f"{name}.bias"] = own.bias[:, 0]


def put_norm(p, name, norm):
    p[f"{name}.norm.gamma"], p[f"{name}.norm.beta"] = norm.weight, norm.bias


def of_kind(body, kind):
    return [layer for layer in body if isinstance(layer, kind)]


def put_mlp(p, name, body):
    for k, linear in enumerate(of_kind(body, torch.nn.Linear)):
        put_linear(p, f"{name}.{k}", linear)
    for k, norm in enumerate(of_kind(body, torch.nn.BatchNorm1d)):
        put_norm(p, f"{name}.{k}", norm)


def put_towers(p, towers):
    for k, (layer, rest) in enumerate(zip(towers.layers, towers.rest)):
        put_own(p, f"tower.{k}", layer)
        for norm in of_kind(rest, torch.nn.BatchNorm1d):
            put_norm(p, f"tower.{k}", norm)
    put_own(p, "output", towers.head)


def put_stack(p, name, bodies):
    """Experts as a list of networks, in the reference one stack."""
    for kind, parts in ((torch.nn.Linear, ("weight", "bias")), (torch.nn.BatchNorm1d, ("gamma", "beta"))):
        for k, layers in enumerate(zip(*(of_kind(body, kind) for body in bodies))):
            linear = kind is torch.nn.Linear
            prefix = f"{name}.{k}" if linear else f"{name}.{k}.norm"
            p[f"{prefix}.{parts[0]}"] = torch.stack([one.weight.T if linear else one.weight for one in layers])
            if layers[0].bias is not None:
                p[f"{prefix}.{parts[1]}"] = torch.stack([one.bias for one in layers])


def mscan_pair(module):
    # The reference's sizes are constants of its file.
    for name, value in dict(N=N, D=D, L=HISTORY, OWN=OWN, DI=2 * D, Q=5).items():
        setattr(module, name, value)
    _, forward, losses, _ = module.build(alpha=0.3)
    settings = dict(saca="co", encoder="gru", sbe=True, scenarioFields="context", batchNorm="off", dropout=0, alpha=0.3)
    peer = mscan.Mscan(dict(settings, embeddingDim=D, attentionHidden=5, hidden=[8, 5], scenarioHidden=[4]))

    def variables():
        p = {"encoder.state.weight": peer.state}
        put_linear(p, "encoder.input", peer.into)
        for name, linear in (("history", peer.of_history), ("item", peer.of_item), ("own", peer.of_own)):
            p[f"attention.{name}.weight"] = linear.weight.T
        p["attention.bias"], p["attention.output.weight"] = peer.of_item.bias, peer.score.weight.T
        put_mlp(p, "match", peer.match)
        put_linear(p, "match.output", peer.match_output)
        put_mlp(p, "scenario", peer.scenario)
        put_linear(p, "scenario.output", peer.scenario_output)
        return p

    return peer, variables, forward, losses, {"counterfactualReference": torch.zeros(1)}


def aread_pair(module):
    case = module.Case(layers=3, first=2, head_width=8, base=3, base_hidden=(8, 6))
    settings = dict(hei=True, hemp=True, gate="features", heiBatchNorm=False, batchNorm="shared", dropout=0)
    sizes = dict(numLayers=3, firstExperts=2, headWidth=8, baseExperts=3, baseHidden=[8, 6], embeddingDim=D)
    peer = aread.Aread({**settings, **sizes})
    edges = sum(a * b for a, b in zip(case.experts, case.experts[1:]))
    rows = torch.stack(
        [torch.tensor(module.complete_paths((torch.rand(edges) < 0.6).int().numpy(), case.experts)) for _ in range(N)]
    )
    parts = rows.split([a * b for a, b in zip(case.experts, case.experts[1:])], 1)
    masks = [part.view(N, a, b).double() for part, a, b in zip(parts, case.experts, case.experts[1:])]
    peer.masks = [mask.transpose(1, 2) for mask in masks]
    states = {f"mask.{k + 2}": mask for k, mask in enumerate(masks)}
    states |= {"maskPhase": torch.tensor(1.0), "gateSum": torch.zeros(N, edges), "gateCount": torch.zeros(N, 1)}

    def put_gate(p, name, linear, upper, lower):
        p[f"{name}.weight"] = linear.weight.view(upper, lower, -1).transpose(1, 2)
        p[f"{name}.bias"] = linear.bias.view(upper, lower)

    def variables():
        p = {}
        for k, (linear, norm) in enumerate(zip(peer.base, peer.norm)):
            p[f"expert.{k}.weight"] = linear.weight
            p[f"expert.{k}.norm.gamma"], p[f"expert.{k}.norm.beta"] = norm.weight.view(3, -1), norm.bias.view(3, -1)
        put_gate(p, "gate", peer.base_gate, case.experts[0], 3)
        for k, layer in enumerate(peer.layers):
            put_own(p, f"hei.{k // 2 + 1}.{k % 2}", layer)
        for k, (gate, a, b) in enumerate(zip(peer.gates, case.experts, case.experts[1:])):
            put_gate(p, f"hei.{k + 2}.gate", gate, b, a)
        put_own(p, "head", peer.head)
        return p

    return peer, variables, module.make_forward(case), module.make_losses(case), states


def mix_pair(module):
    peer = baselines.Mix(dict(embeddingDim=D, hidden=[8, 5], batchNorm="shared", dropout=0))

    def variables():
        p = {}
        put_mlp(p, "mlp", peer.body)
        put_linear(p, "output", peer.head)
        return p

    return peer, variables, module.mix_forward(), module.click, {}


def single_pair(module):
    peer = baselines.Single(dict(embeddingDim=D, hidden=[6, 5], batchNorm="off", dropout=0))

    def variables():
        p = {}
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.single_forward("off"), module.own_means, {}


def finetune_pair(module):
    peer = baselines.Finetune(dict(embeddingDim=D, hidden=[8, 5], batchNorm="shared", dropout=0))

    def variables():
        p = {}
        for k, (pooled, own, rest) in enumerate(zip(peer.pooled, peer.own, peer.rest)):
            name = "output" if k == 2 else f"{k}"
            put_linear(p, f"pooled.{name}", pooled)
            put_own(p, f"own.{name}", own)
            for norm in of_kind(rest, torch.nn.BatchNorm1d) if k < 2 else []:
                put_norm(p, f"pooled.{name}", norm)
        return p

    return peer, variables, module.finetune_forward(), module.click, {}


def shared_bottom_pair(module):
    peer = baselines.SharedBottom(dict(embeddingDim=D, hidden=[8, 6], towerHidden=[5], batchNorm="shared", dropout=0))

    def variables():
        p = {}
        put_mlp(p, "bottom", peer.bottom)
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.shared_bottom_forward(), module.click, {}


def mmoe_pair(module):
    sizes = dict(embeddingDim=D, numExperts=3, expertHidden=[8, 6], towerHidden=[5])
    peer = baselines.Mmoe(dict(sizes, batchNorm="shared", dropout=0))

    def variables():
        p = {}
        put_stack(p, "expert", peer.experts)
        put_own(p, "gate", peer.gate)
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.mmoe_forward(3), module.click, {}


def ple_pair(module):
    sizes = dict(embeddingDim=D, levels=1, specificExperts=2, sharedExperts=2, expertHidden=[8, 6], towerHidden=[5])
    peer = baselines.Ple(dict(sizes, batchNorm="off", dropout=0))

    def variables():
        p = {}
        for k in range(2):
            shared = [of_kind(body, torch.nn.Linear)[k] for body in peer.shared]
            own = [layers[k] for layers in peer.own]
            weight = [one.weight[n] for n in range(N) for one in own] + [linear.weight.T for linear in shared]
            bias = [one.bias[n, 0] for n in range(N) for one in own] + [linear.bias for linear in shared]
            p[f"level.0.expert.{k}.weight"], p[f"level.0.expert.{k}.bias"] = torch.stack(weight), torch.stack(bias)
        put_own(p, "level.0.gate", peer.gate)
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.ple_forward(1, 2, 2, norm="off", layers=2), module.click, {}


def star_pair(module):
    sizes = dict(embeddingDim=D, hidden=[8, 5], auxiliaryHidden=[6])
    peer = baselines.Star(dict(sizes, normalisation="partitioned", auxiliary=True, dropout=0))

    def variables():
        p = {"partitioned.gamma": peer.gamma, "partitioned.beta": peer.beta}
        p["partitioned.ownGamma"], p["partitioned.ownBeta"] = peer.own_gamma, peer.own_beta
        for k, (shared, own) in enumerate(zip(peer.shared, peer.own)):
            put_linear(p, f"shared.{k}", shared)
            put_own(p, f"own.{k}", own)
        put_mlp(p, "auxiliary", peer.auxiliary[0])
        put_linear(p, "auxiliary.output", peer.auxiliary[1])
        return p

    states = {f"partitioned.{kind}": torch.ones(N, WIDTH) for kind in ("mean", "variance")}
    return peer, variables, module.star_forward(), module.click, states


PAIRS = {
    "mscan": mscan_pair,
    "aread": aread_pair,
    "mix": mix_pair,
    "single": single_pair,
    "finetune": finetune_pair,
    "shared-bottom": shared_bottom_pair,
    "mmoe": mmoe_pair,
    "ple": ple_pair,
    "star": star_pair,
}
