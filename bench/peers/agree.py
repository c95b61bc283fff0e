"""Do the fast peers say what the readable references say?

    python3 bench/peers/agree.py            every peer that has a reference listed below; exits with 1 where one differs

A reference (tests/reference) takes its variables by name. Here they are views of the peer's own parameters, so one batch
gives both losses, and both gradients by the very same numbers. In float64, without dropout and L2.
"""
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = os.path.join(HERE, "..", "..", "tests", "reference")
ROWS, HISTORY, OWN, D = 40, 6, 4, 4
TOLERANCE = 1e-9


def load_reference(model):
    """Both folders have a `common`: the reference's is imported, bound, and forgotten again."""
    sys.modules.pop("common", None)
    path = os.path.join(REFERENCE, model, "reference.py")
    spec = importlib.util.spec_from_file_location(f"reference_{model}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.pop("common", None)
    return module


WITH_REFERENCE = (
    *("causalint", "optmsm", "sarnet", "mscan", "aread", "baselines"),
    *("pepnet", "adasparse", "m2m", "hamur", "aesm2", "hinet", "m3oe", "adaptdhm", "adl", "mamdr"),
    *("lr", "fm", "wide-deep", "deepfm", "pnn", "din", "dcn", "dcnv2", "autoint", "edcn", "cross-stitch", "hmoe"),
)
# Models that stand in another's reference; every other without one of its own stands among the baselines.
STANDS_IN = {"epnet": "pepnet", "ppnet": "pepnet"}
reference = {model: load_reference(model) for model in WITH_REFERENCE}
sys.path.insert(0, HERE)

import torch  # noqa: E402
from torch import nn  # noqa: E402

import baselines  # noqa: E402
import causalint  # noqa: E402
import common  # noqa: E402
import mamdr  # noqa: E402
import optmsm  # noqa: E402
import pairs  # noqa: E402
import sarnet  # noqa: E402
import scenario_pairs  # noqa: E402
import single_pairs  # noqa: E402

N = common.SCENARIOS


def shape():
    """The benchmark's data as the references describe data."""
    roles = ["user"] * 4 + ["item"] * 4 + ["context"] * 3 + ["scenario"]
    fields = [
        dict(name=f"field{i}", role=roles[i], size=size, offset=int(common.OFFSETS[i]), scenarioSpecific=i >= 10)
        for i, size in enumerate(common.SIZES)
    ]
    history = dict(length=HISTORY, itemFields=common.ITEM_FIELDS)
    return dict(batch=ROWS, scenarios=N, fields=fields, vocabularySize=common.VOCABULARY, history=history)


def as_json(batch, history, own_history):
    """A peer's batch as the references read it."""
    layout = dict(batch=ROWS, fields=list(range(common.FIELDS)), width=batch.all_ids.shape[1], ownHistory=None, history=None)
    if history:
        layout["history"] = dict(length=HISTORY, itemFields=common.ITEM_FIELDS, scenarioField=common.SCENARIO)
    if own_history:
        layout["ownHistory"] = dict(length=OWN, itemFields=common.ITEM_FIELDS)
    return dict(
        layout=layout,
        ids=batch.all_ids.flatten().tolist(),
        scenario=batch.scenario.tolist(),
        label=batch.label.flatten().tolist(),
        weight=[1.0] * ROWS,
        historyMask=batch.history_mask.flatten().tolist(),
        historyScenario=[0] * (ROWS * HISTORY),
        ownHistoryMask=batch.own_mask.flatten().tolist(),
        extra=dict(fairness=batch.fairness.flatten().tolist()),
    )


def wake(model):
    """Weights around which every path matters: not a start of training."""
    for parameter in model.parameters():
        with torch.no_grad():
            parameter.add_(0.3 * torch.randn_like(parameter))


def still(p):
    """Moving statistics of every norm; a training pass writes them and does not read them."""
    return {
        name.replace(".gamma", f".{kind}"): torch.ones_like(value)
        for name, value in p.items()
        if name.endswith(".gamma")
        for kind in ("mean", "variance")
    }


def causalint_pair():
    settings = dict(hidden=[8, 6, 5], transWidth=3)
    model = reference["causalint"].CausalInt(shape(), D, **settings)
    peer = causalint.CausalInt({**model.settings, "embeddingDim": D})

    def variables():
        p, sides = {}, (peer.invariant, peer.aware)
        for k in range(3):
            p[f"extractor.{k}.weight"] = torch.stack([side.linear[k].weight.T for side in sides])
            p[f"extractor.{k}.norm.gamma"] = torch.stack([side.norm[k].weight for side in sides])
            p[f"extractor.{k}.norm.beta"] = torch.stack([side.norm[k].bias for side in sides])
        linears = (("general", peer.general), ("scenarioClassifier", peer.classifier), ("concatClassifier", peer.joint))
        for name, linear in linears:
            p[f"{name}.weight"], p[f"{name}.bias"] = linear.weight.T, linear.bias
        p["experts.weight"] = peer.experts.weight.view(N, 9, -1).transpose(1, 2)
        p["experts.bias"] = peer.experts.bias.view(N, 9)
        p["transform.weight"] = peer.transform.view(5, N, 3).transpose(0, 1)
        p["output.weight"], p["output.bias"] = peer.output[..., None], peer.bias[:, None]
        return p

    return peer, variables, model.forward, model.losses, 0


def optmsm_pair():
    model = reference["optmsm"].OptMSM(shape(), D)
    peer = optmsm.OptMsm({**model.settings, "embeddingDim": D})

    def variables():
        p = {"seGate.weight": peer.gate, "seGate.bias": peer.gate_bias[:, 0]}
        for k in range(3):
            p[f"transfer.{k}.shared.weight"], p[f"transfer.{k}.own.weight"] = peer.shared[k], peer.own[k]
            p[f"transfer.{k}.shared.bias"], p[f"transfer.{k}.own.bias"] = peer.shared_bias[k], peer.bias[k][:, 0]
            p[f"hyper.{k}.hidden.weight"], p[f"hyper.{k}.hidden.bias"] = peer.hidden[k].weight.T, peer.hidden[k].bias
            p[f"hyper.{k}.scale.weight"], p[f"hyper.{k}.scale.bias"] = peer.scale[k].weight.T, peer.scale[k].bias
            name, linear = ("output" if k == 2 else f"predictor.{k}"), peer.predictor[k]
            p[f"{name}.weight"] = linear.weight.view(N, -1, linear.in_features).transpose(1, 2)
            p[f"{name}.bias"] = linear.bias.view(N, -1)
        return p

    return peer, variables, model.forward, model.losses, 0


def sarnet_pair():
    module = reference["sarnet"]
    # The reference's sizes are constants of its file.
    sizes = dict(B=ROWS, N=N, D=D, L=HISTORY, DI=2 * D, DS=D, H=6, HB=3, A=5, SHARED=3, OWN=2, USERS=4, ITEMS=4, CONTEXTS=3)
    for name, value in sizes.items():
        setattr(module, name, value)
    _, forward, losses, _ = module.build()
    peer = sarnet.SarNet(
        dict(
            embeddingDim=D, attention="sar", biasNet=True, biasLoss=True, transform=True, expertLayers=1, biasFusion="score",
            biasInput="log", attentionHidden=5, expertHidden=6, biasHidden=3, numShared=3, numOwn=2, dropout=0,
        )
    )

    def psi(p, name, of):
        width = of.query.in_features
        p[f"{name}.behaviour.weight"], p[f"{name}.product.weight"] = of.both.weight[:, :width].T, of.both.weight[:, width:].T
        p[f"{name}.target.weight"], p[f"{name}.bias"] = of.query.weight.T, of.query.bias
        p[f"{name}.output.weight"] = of.score.weight.T

    def experts(p, prefix, of):
        p[f"shared.{prefix}hidden.weight"] = of.shared.weight.view(3, of.hidden, -1).transpose(1, 2)
        p[f"own.{prefix}hidden.weight"] = of.own.weight
        for stream, norm in (("shared", of.shared_norm), ("own", of.own_norm)):
            p[f"{stream}.{prefix}hidden.norm.gamma"], p[f"{stream}.{prefix}hidden.norm.beta"] = norm.weight, norm.bias
        p[f"shared.{prefix}output.weight"], p[f"shared.{prefix}output.bias"] = of.shared_head, of.shared_bias
        p[f"own.{prefix}output.weight"], p[f"own.{prefix}output.bias"] = of.own_head, of.own_bias

    def variables():
        p = {"transform.scale": peer.scale, "transform.shift": peer.shift}
        psi(p, "attention.item", peer.by_item)
        psi(p, "attention.scenario", peer.by_scenario)
        experts(p, "", peer.main)
        experts(p, "bias.", peer.bias)
        p["gate.weight"], p["gate.bias"] = peer.gate.weight, peer.gate.bias[:, 0]
        return p

    return peer, variables, forward, losses, HISTORY


PAIRS = {"causalint": causalint_pair, "optmsm": optmsm_pair, "sarnet": sarnet_pair}
MORE_PAIRS = {**pairs.PAIRS, **scenario_pairs.PAIRS, **single_pairs.PAIRS}
# Behaviours over all scenarios and in the row's own that a peer reads.
READS = {"mscan": (HISTORY, OWN), "din": (HISTORY, 0)}


def some_first(length):
    """Masks of random lengths, none among them."""
    return (torch.arange(length) < torch.randint(0, length + 1, (ROWS, 1))).to(torch.get_default_dtype())


def compare(name):
    """Largest difference of the loss and of all gradients, in units of the largest gradient."""
    torch.manual_seed(3)
    # A colon parts a model's name from the switch that is tried.
    model = name.split(":")[0]
    module = reference[model if model in reference else STANDS_IN.get(model, "baselines")]
    states, own_history = {}, 0
    if name in PAIRS:
        peer, variables, forward, losses, history = PAIRS[name]()
    else:
        peer, variables, forward, losses, states = MORE_PAIRS[name](module)
        history, own_history = READS.get(model, (0, 0))
    wake(peer.train())
    # `single` has a table a scenario, rows of one id side by side.
    tables = N if name == "single" else 1
    table = nn.Embedding(common.VOCABULARY * tables, getattr(peer, "table_width", D))
    batch = common.Batch(ROWS, history, own_history)
    if tables > 1:
        batch.all_ids = batch.all_ids * tables + batch.scenario[:, None]
    batch.one_hot = batch.one_hot.to(table.weight.dtype)
    batch.label = (torch.rand(ROWS, 1) < 0.4).to(table.weight.dtype)
    batch.fairness = 0.4 + 1.5 * torch.rand(ROWS, 1)
    if history:
        batch.history_mask = some_first(history)
    if own_history:
        batch.own_mask = some_first(own_history)
    trained = [*(p for p in peer.parameters() if p.requires_grad), table.weight]
    batch.gather(table)
    fast = peer(batch)
    fast_gradients = torch.autograd.grad(fast, trained)

    p = variables()
    x = reference["mscan"].Inputs(table.weight, shape(), as_json(batch, history, own_history))
    out = forward(p, {**still(p), "calibration": torch.ones(2), **states}, x, reference["mscan"].Mode(True))
    slow, _ = losses(out, x)
    slow_gradients = torch.autograd.grad(slow, trained)

    size = max(float(gradient.abs().max()) for gradient in slow_gradients)
    assert min(float(gradient.abs().max()) for gradient in slow_gradients) > 1e-9 * size, "a parameter that nothing trains"
    difference = max(float((a - b).abs().max()) for a, b in zip(fast_gradients, slow_gradients))
    return abs(float(fast - slow)) / abs(float(slow)), difference / size, len(trained)


def compare_mamdr():
    """Two rounds around Mix: largest difference of what every domain's parameters sum up to, in units of the largest move."""
    torch.manual_seed(3)
    module = reference["mamdr"]
    peer = baselines.Mix(dict(embeddingDim=D, hidden=[module.HIDDEN], batchNorm="off", dropout=0))
    wake(peer.train())
    table = nn.Embedding(common.VOCABULARY, D)
    batches = [[common.Batch(ROWS, 0, 0) for _ in range(2)] for _ in range(N)]

    def loss(batch):
        batch.label = batch.label.to(table.weight.dtype)
        batch.gather(table)
        return peer(batch)

    def theta(values):
        trained = dict(zip([name for name, _ in peer.named_parameters()] + ["table"], values))
        return {
            "mlp.0.weight": trained["body.0.weight"].T,
            "mlp.0.bias": trained["body.0.bias"],
            "output.weight": trained["head.weight"].T,
            "output.bias": trained["head.bias"],
            module.TABLE: trained["table"],
        }

    rounds = [mamdr.draw(N, 2) for _ in range(2)]
    rates = dict(inner_rate=0.01, outer_rate=0.5, helper_rate=0.3)
    fast = mamdr.Mamdr([*peer.parameters(), table.weight], loss, torch.optim.Adam, N, **rates)
    start = theta([value.clone() for value in fast.shared])
    for order, helpers in rounds:
        fast.round(batches, order, helpers)

    plain = [[as_json(batch, None, None) for batch in own] for own in batches]
    slow = module.Training(shape(), plain, start, module.RunningAdam(start, rates["inner_rate"]))
    for order, helpers in rounds:
        slow.negotiate(order, rates["outer_rate"])
        for domain in order:
            slow.regularise(domain, helpers[domain], rates["helper_rate"])

    def largest(values):
        return max(float(value.abs().max()) for value in values.values())

    differences = [
        largest(module.minus(theta(mine), theirs))
        for mine, theirs in [(fast.shared, slow.shared), *zip(fast.own, slow.own)]
    ]
    return max(differences) / largest(module.minus(slow.shared, start)), len(differences)


if __name__ == "__main__":
    wrong = []
    for name in sys.argv[1:] or [*PAIRS, *MORE_PAIRS, "mamdr"]:
        if name == "mamdr":
            difference, count = compare_mamdr()
            print(f"{name}: worst of {count} sets of parameters {difference:.1e}")
            wrong += [] if difference < TOLERANCE else [name]
            continue
        loss, gradient, count = compare(name)
        print(f"{name}: loss {loss:.1e}, worst of {count} gradients {gradient:.1e}")
        if not max(loss, gradient) < TOLERANCE:
            wrong.append(name)
    if wrong:
        sys.exit(f"Peer and reference differ: {', '.join(wrong)}.")
