"""Peer and reference of the models in `gated.py` and `routed.py`, variable by variable, for `agree.py` (as `pairs.py`)."""
import torch

import common
import gated
import routed
from pairs import of_kind, put_linear, put_mlp, put_norm, put_own, put_stack, put_towers

D = 4
N = common.SCENARIOS


def put_blocks(p, name, layers):
    """Hidden layers that the peer holds one by one."""
    for k, body in enumerate(layers):
        one = {}
        put_mlp(one, name, body)
        p.update({key.replace(f"{name}.0.", f"{name}.{k}."): value for key, value in one.items()})


def put_stacked(p, name, stack):
    """Networks side by side."""
    for k, layer in enumerate(stack.layers):
        put_own(p, f"{name}.{k}", layer)
        if stack.norms is not None:
            norm = stack.norms[k]
            p[f"{name}.{k}.norm.gamma"] = norm.weight.view(stack.count, -1)
            p[f"{name}.{k}.norm.beta"] = norm.bias.view(stack.count, -1)


def split_columns(p, name, linear, count):
    """One product that the reference holds as `count` matrices `[count, in, out]`."""
    p[f"{name}.weight"] = linear.weight.view(count, -1, linear.in_features).transpose(1, 2)
    p[f"{name}.bias"] = linear.bias.view(count, -1)


def pepnet_pair(model, stop=True):
    def pair(module):
        on = dict(epnet=model != "ppnet", ppnet=model != "epnet")
        # As many hidden layers as the reference has, with batch norm.
        settings = dict(embeddingDim=D, hidden=[8, 6], gateWidth=5, gamma=2, batchNorm="shared", dropout=0)
        settings["stopGradient"] = stop
        peer = gated.MODELS[model](settings)

        def variables():
            p = {}
            if on["epnet"]:
                put_linear(p, "epnet.hidden", peer.domain_hidden)
                put_linear(p, "epnet.gate", peer.domain_gate)
            if on["ppnet"]:
                split_columns(p, "ppnet.hidden", peer.layer_hidden, 3)
                for k, gate in enumerate(peer.layer_gate):
                    put_linear(p, f"ppnet.gate.{k}", gate)
            put_blocks(p, "mlp", peer.layers)
            put_linear(p, "output", peer.head)
            return p

        return peer, variables, module.make_forward(norm="shared", stop=stop, **on), module.click, {}

    return pair


def adasparse_pair(module, factor="fusion"):
    bounds = dict(sparsityLow=0.3, sparsityHigh=0.5)
    moves = dict(temperatureStep=0.01, temperatureEnd=5, sparsityGrowth=0.001)
    peer = gated.AdaSparse(
        dict(
            embeddingDim=D, hidden=[8, 6], factor=factor, beta=2, threshold=0.25, temperature=2, sparsityWeight=0.5,
            batchNorm="shared", dropout=0, **bounds, **moves,
        )
    )
    forward = module.make_forward(factor, 2, 0.25, {}, True, "shared")

    def variables():
        p = {"scenario.embedding": peer.embedding}
        for k, pruner in enumerate(peer.pruner):
            p[f"pruner.{k}.weight"] = pruner.weight.T
        put_blocks(p, "mlp", peer.layers)
        put_linear(p, "output", peer.head)
        return p

    states = {"pruner.temperature": torch.tensor([2.0]), "pruner.strength": torch.tensor([0.5])}
    return peer, variables, forward, module.make_losses(0.3, 0.5), states


def m2m_pair(module):
    sizes = dict(embeddingDim=D, heads=module.HEADS, feedForward=5, numExperts=module.EXPERTS, towerLayers=module.TOWER)
    peer = gated.M2m(
        dict(
            sizes, transformerLayers=1, viewHidden=[6], knowledgeHidden=[3], metaLayers=2, leakySlope=0.2,
            metaAttention=True, metaTower=True, dropout=0,
        )
    )

    def put_unit(p, name, unit):
        for k, (matrix, offset) in enumerate(zip(unit.matrix, unit.offset)):
            put_linear(p, f"{name}.{k}.matrix", matrix)
            put_linear(p, f"{name}.{k}.offset", offset)

    def variables():
        p = {"scenario.embedding": peer.embedding, "task.view": peer.task}
        for k, layer in enumerate(peer.transformer):
            name = f"transformer.{k}"
            for part, weight in zip(("query", "key", "value"), layer.qkv.weight.chunk(3)):
                p[f"{name}.{part}.weight"] = weight.T
            put_linear(p, f"{name}.output", layer.out)
            put_linear(p, f"{name}.feedForward.0", layer.feed[0])
            put_linear(p, f"{name}.feedForward.1", layer.feed[2])
            for part, norm in (("attentionNorm", layer.first), ("feedForwardNorm", layer.second)):
                p[f"{name}.{part}.gamma"], p[f"{name}.{part}.beta"] = norm.weight, norm.bias
        put_mlp(p, "knowledge", peer.knowledge)
        put_stack(p, "expert", peer.experts)
        put_unit(p, "attention", peer.attention)
        p["attention.score.weight"] = peer.score.weight.T
        for j, unit in enumerate(peer.tower):
            put_unit(p, f"tower.{j}", unit)
        put_linear(p, "output", peer.head)
        return p

    return peer, variables, module.make_forward(meta_layers=2), module.click, {}


def hamur_pair(module, backbone="own", norm="off"):
    hidden = [8, 6]
    peer = gated.Hamur(
        dict(
            embeddingDim=D, hidden=hidden, hyperHidden=[4], rank=module.RANK, adapterWidth=3, adapters=2, backbone=backbone,
            domainNorm="own", hyperNetwork=True, batchNorm=norm, dropout=0,
        )
    )

    def variables():
        p = {}
        put, name = (put_own, "tower") if peer.own else (put_linear, "mlp")
        put_mlp(p, "hyper", peer.hyper)
        put_linear(p, "hyper.output", peer.matrix)
        for k, (layer, rest) in enumerate(zip(peer.layers, peer.rest)):
            put(p, f"{name}.{k}", layer)
            for inner in of_kind(rest, torch.nn.BatchNorm1d):
                put_norm(p, f"{name}.{k}", inner)
        put(p, "output", peer.head)
        for a, cell in enumerate(peer.cells):
            adapter = f"adapter.{a}"
            for part, low_rank in (("down", cell.down), ("up", cell.up)):
                p[f"{adapter}.{part}.u"], p[f"{adapter}.{part}.v"] = low_rank.u, low_rank.v
            p[f"{adapter}.down.bias"] = cell.bias
            p[f"{adapter}.norm.gamma"], p[f"{adapter}.norm.beta"] = cell.gamma, cell.beta
        return p

    return peer, variables, module.make_forward(backbone=backbone, cells=2, norm=norm), module.click, {}


def aesm2_pair(module):
    peer = routed.Aesm2(
        dict(
            embeddingDim=D, layers=2, numExperts=module.EXPERTS, expertHidden=[6], specificExperts=1, sharedExperts=2,
            towerHidden=[5], klWeight=0.3, selection="both", dropout=0,
        )
    )

    def variables():
        p = {"scenario.embedding": peer.embedding}
        for l, (experts, gate) in enumerate(zip(peer.experts, peer.gates)):
            put_stacked(p, f"layer.{l}.expert", experts)
            split_columns(p, f"layer.{l}.gate", gate, N)
        put_mlp(p, "tower", peer.tower)
        put_linear(p, "output", peer.head)
        return p

    return peer, variables, module.make_forward(2, 1, 2, "both"), module.make_losses(0.3, "both"), {}


def hinet_pair(module):
    peer = routed.HiNet(
        dict(
            embeddingDim=D, sharedExperts=module.SHARED, specificExperts=module.OWN, expertHidden=[6], attentive=True,
            taskExperts=module.TASK_OWN, taskSharedExperts=module.TASK_SHARED, taskHidden=[5], towerHidden=[4],
            hierarchy=True, dropout=0,
        )
    )

    def variables():
        p = {"scenario.embedding": peer.embedding}
        put_stacked(p, "shared", peer.shared)
        put_linear(p, "sharedGate", peer.shared_gate)
        put_stacked(p, "specific", peer.specific)
        split_columns(p, "specificGate", peer.specific_gate, N)
        put_linear(p, "attention", peer.attention)
        own, everyones = [layers[0] for layers in peer.task_own.slots], peer.task_shared.layers[0]
        weights = [one.weight[n] for n in range(N) for one in own] + list(everyones.weight)
        biases = [one.bias[n, 0] for n in range(N) for one in own] + list(everyones.bias[:, 0])
        p["task.expert.0.weight"], p["task.expert.0.bias"] = torch.stack(weights), torch.stack(biases)
        put_own(p, "task.gate", peer.task_gate)
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.make_forward(), module.click, {}


def m3oe_pair(module, norm="off"):
    sizes = dict(embeddingDim=D, starWidth=8, domainWidth=6, numExperts=module.EXPERTS, expertHidden=[5], towerHidden=[4])
    on = dict(domainExperts=True, taskExperts=True, learnedBalances=True)
    peer = routed.M3oe(dict(sizes, **on, batchNorm=norm, dropout=0))
    # The norm behind it takes a shift of all rows away again.
    peer.star_shared.bias.requires_grad_(norm == "off")

    def variables():
        p = {"balance.domain": peer.balance, "fusion.domain": peer.of_domain, "fusion.task": peer.of_task}
        put_linear(p, "star.shared", peer.star_shared)
        put_own(p, "star.own", peer.star_own)
        put_mlp(p, "star.mlp", peer.star)
        put_mlp(p, "skip", peer.skip)
        put_stacked(p, "expert", peer.experts)
        put_own(p, "gate", peer.gate)
        put_stacked(p, "domainExpert", peer.domain)
        put_mlp(p, "taskExpert", peer.task)
        put_towers(p, peer.towers)
        return p

    return peer, variables, module.make_forward(norm=norm), module.click, {}


ROUTING = dict(clusters=3, routingSteps=3, beta=0.9, sharpness=1)


def adaptdhm_pair(module):
    peer = routed.AdaptDhm(dict(ROUTING, embeddingDim=D, hidden=[8, 6], dropout=0))

    def variables():
        p = {}
        for k, shared in enumerate(peer.shared):
            put_linear(p, f"shared.{k}", shared)
            p[f"own.{k}.weight"], p[f"own.{k}.bias"] = peer.own[k], peer.bias[k]
        return p

    return peer, variables, module.make_forward(3, 0.9, 1), module.click, {"centre": peer.centres.centre.clone()}


def adl_pair(module, norm="off"):
    peer = routed.Adl(dict(ROUTING, embeddingDim=D, bottomHidden=[8], towerHidden=[6], batchNorm=norm, dropout=0))

    def variables():
        p = {}
        put_mlp(p, "bottom", peer.bottom)
        put_own(p, "tower.0", peer.tower[0])
        if norm == "shared":
            put_norm(p, "tower.0", peer.norms[0])
        put_own(p, "output", peer.head)
        return p

    forward = module.make_forward(3, 0.9, 1, norm)
    return peer, variables, forward, module.click, {"centre": peer.centres.centre.clone()}


PAIRS = {
    "epnet": pepnet_pair("epnet"),
    "ppnet": pepnet_pair("ppnet"),
    "pepnet": pepnet_pair("pepnet"),
    "pepnet:with-gradient": pepnet_pair("pepnet", stop=False),
    "adasparse": adasparse_pair,
    "adasparse:binarization": lambda module: adasparse_pair(module, "binarization"),
    "adasparse:scaling": lambda module: adasparse_pair(module, "scaling"),
    "m2m": m2m_pair,
    "hamur": hamur_pair,
    "hamur:norm": lambda module: hamur_pair(module, norm="shared"),
    "hamur:shared": lambda module: hamur_pair(module, backbone="shared"),
    "aesm2": aesm2_pair,
    "hinet": hinet_pair,
    "m3oe": m3oe_pair,
    "m3oe:norm": lambda module: m3oe_pair(module, "shared"),
    "adaptdhm": adaptdhm_pair,
    "adl": adl_pair,
    "adl:norm": lambda module: adl_pair(module, "shared"),
}
