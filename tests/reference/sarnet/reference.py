"""SAR-Net (Shen et al., CIKM 2021), one row and one expert at a time.

    python3 reference.py            writes every fixture

Equations: 1 (fairness coefficient), 5-7 (attention by item and by scenario), 8 (scenario-wise transform), 9-10 (debias experts
and their gate), 11-12 (loss weighted by the fairness coefficient).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

B, N, D, L = 10, 3, 4, 5
DI, DS = 2 * D, D
H, HB, A = 6, 3, 5
SHARED, OWN = 3, 2
USERS, ITEMS, CONTEXTS = 2, 2, 2
MOMENTUM = 0.99


def psi(p, name, x, y):
    """Feed-forward attention of two vectors on [x, y, x * y] (their difference is a sum of the first two products)."""
    hidden = torch.relu(
        x @ p[f"{name}.behaviour.weight"]
        + y @ p[f"{name}.target.weight"]
        + (x * y) @ p[f"{name}.product.weight"]
        + p[f"{name}.bias"]
    )
    return (hidden @ p[f"{name}.output.weight"])[0]


def softmax_over(present, scores, length):
    weights = torch.zeros(length)
    if not present:
        return weights
    soft = torch.softmax(torch.stack(scores), 0)
    for i, k in enumerate(present):
        weights = weights + soft[i] * torch.nn.functional.one_hot(torch.tensor(k), length)
    return weights


def attention(p, x, kind, target_item, target_scenario, renorm):
    """Weights of behaviours [B, L]."""
    items, scenarios, mask = x.history.items, x.history.scenario, x.history.mask
    rows = []
    for b in range(x.batch):
        present = [k for k in range(L) if mask[b, k] > 0]

        def over(name, keys, query):
            return softmax_over(present, [psi(p, name, keys[b, k], query) for k in present], L)

        both = torch.cat([items, scenarios], 2) if scenarios is not None else None
        query = torch.cat([target_item[b], target_scenario[b]])
        if kind == "none":
            rows.append(mask[b] / max(len(present), 1))
        elif kind == "target":
            rows.append(over("attention.item", items, target_item[b]))
        elif kind == "scenario":
            rows.append(over("attention.scenario", scenarios, target_scenario[b]))
        elif kind == "concatenate":
            rows.append(over("attention.both", both, query))
        else:
            first = over("attention.item", items, target_item[b]) if kind == "sar" else over("attention.both", both, query)
            weights = first * over("attention.scenario", scenarios, target_scenario[b])
            rows.append(weights / weights.sum() if renorm and present else weights)
    return torch.stack(rows)


def normed(p, s, x, mode, inputs, name, slot, shape):
    """Batch norm of one slot of a stack: its part of gamma, beta and the statistics, all `[slots * h]`."""
    key = f"{name}.{slot}"
    part = slice(slot * x.shape[1], (slot + 1) * x.shape[1])
    one = {f"{key}.gamma": p[f"{name}.gamma"][part], f"{key}.beta": p[f"{name}.beta"][part]}
    state = {f"{key}.mean": s[f"{name}.mean"][part], f"{key}.variance": s[f"{name}.variance"][part]}
    inner = Mode(mode.train)
    y = batch_norm(one, state, x, inner, inputs, key)
    for part in ("mean", "variance"):
        if f"{key}.{part}" in inner.recorded:
            shape.setdefault(f"{name}.{part}", []).append(inner.recorded[f"{key}.{part}"])
    return y


def build(*, kind="sar", renorm=False, bias_net=True, bias_loss=True, transform=True, fusion="score", bucket=False,
          layers=1):
    needs_item = kind in ("target", "sar")
    needs_scenario = kind in ("scenario", "sar", "hierarchical")
    width = DI + (USERS + ITEMS + CONTEXTS + 1) * D
    experts = SHARED + OWN
    v = Variables(21)

    def declare_psi(name, size):
        v.weight(f"{name}.behaviour.weight", size, A)
        v.weight(f"{name}.target.weight", size, A)
        v.weight(f"{name}.product.weight", size, A)
        v.bias(f"{name}.bias", A)
        v.weight(f"{name}.output.weight", A, 1)

    def declare_norm(name, slots, size):
        v._add(f"{name}.gamma", "norm", 1 + 0.2 * v._normal((slots * size,)))
        v._add(f"{name}.beta", "norm", 0.2 * v._normal((slots * size,)))
        v.moving(name, slots * size)

    if needs_item:
        declare_psi("attention.item", DI)
    if kind in ("concatenate", "hierarchical"):
        declare_psi("attention.both", DI + DS)
    if needs_scenario:
        declare_psi("attention.scenario", DS)
    if transform:
        v._add("transform.scale", "norm", 1 + 0.3 * v._normal((N, width)))
        v._add("transform.shift", "norm", 0.3 * v._normal((N, width)))
    into = width
    for level in range(1, layers):
        v.weight(f"level.{level}.shared.weight", SHARED, into, H)
        declare_norm(f"level.{level}.shared.norm", SHARED, H)
        v.weight(f"level.{level}.own.weight", N, into, OWN * H)
        declare_norm(f"level.{level}.own.norm", OWN, H)
        for stream in ("shared", "own"):
            v.weight(f"level.{level}.{stream}.gate.weight", N, into, experts)
            v.bias(f"level.{level}.{stream}.gate.bias", N, experts)
        into = H
    v.weight("shared.hidden.weight", SHARED, into, H)
    declare_norm("shared.hidden.norm", SHARED, H)
    v.weight("shared.output.weight", SHARED, H)
    v.bias("shared.output.bias", SHARED)
    v.weight("own.hidden.weight", N, into, OWN * H)
    declare_norm("own.hidden.norm", OWN, H)
    v.weight("own.output.weight", N, OWN * H)
    v.bias("own.output.bias", N, OWN)
    inputs_of_bias = 10 if bucket else 1
    if bias_net:
        v.weight("shared.bias.hidden.weight", SHARED, inputs_of_bias, HB)
        declare_norm("shared.bias.hidden.norm", SHARED, HB)
        v.weight("shared.bias.output.weight", SHARED, HB)
        v.bias("shared.bias.output.bias", SHARED)
        v.weight("own.bias.hidden.weight", N, inputs_of_bias, OWN * HB)
        declare_norm("own.bias.hidden.norm", OWN, HB)
        v.weight("own.bias.output.weight", N, OWN * HB)
        v.bias("own.bias.output.bias", N, OWN)
        v.states["calibration"] = torch.tensor([0.3, 0.2])
    if bucket:
        v.states["fairnessBoundaries"] = torch.linspace(-1.0, 1.0, 9)
    v.weight("gate.weight", N, width, experts)
    v.bias("gate.bias", N, experts)

    def own_stack(p, s, x, h, name, inputs_mode, size, recorded):
        """Each row through its own scenario's matrix, then a norm per slot over all rows: list of OWN [B, size]."""
        mode, inputs = inputs_mode
        picked = torch.stack([h[b] @ p[f"{name}.weight"][inputs.scenario[b]] for b in range(inputs.batch)])
        return [
            torch.relu(
                normed(p, s, picked[:, k * size : (k + 1) * size], mode, inputs, f"{name}.norm", k, recorded)
            )
            for k in range(OWN)
        ]

    def forward(p, s, x, mode):
        recorded = {}
        scn = x.scenario
        target_item = x.fields[:, x.shape["history"]["itemFields"]].reshape(x.batch, -1)
        target_scenario = x.pick(roles=("scenario",))
        beta = attention(p, x, kind, target_item, target_scenario, renorm)
        behaviour = (beta[..., None] * x.history.items).sum(1)
        vector = torch.cat(
            [behaviour, x.pick(roles=("user",)), x.pick(roles=("item",)), x.pick(roles=("context", "scenario"))], 1
        )
        if transform:
            vector = torch.stack(
                [vector[b] * p["transform.scale"][scn[b]] + p["transform.shift"][scn[b]] for b in range(x.batch)]
            )
        # Own experts first, then shared ones (the order of Eq 9).
        own_in = shared_in = vector
        for level in range(1, layers):
            made_own = own_stack(p, s, x, own_in, f"level.{level}.own", (mode, x), H, recorded)
            made_shared = [
                torch.relu(
                    normed(p, s, shared_in @ p[f"level.{level}.shared.weight"][e], mode, x,
                           f"level.{level}.shared.norm", e, recorded)
                )
                for e in range(SHARED)
            ]
            stack = torch.stack(made_own + made_shared, 1)
            mixed = {}
            for stream, source in (("own", own_in), ("shared", shared_in)):
                logits = torch.stack(
                    [
                        source[b] @ p[f"level.{level}.{stream}.gate.weight"][scn[b]]
                        + p[f"level.{level}.{stream}.gate.bias"][scn[b]]
                        for b in range(x.batch)
                    ]
                )
                mixed[stream] = (torch.softmax(logits, 1)[..., None] * stack).sum(1)
            own_in, shared_in = mixed["own"], mixed["shared"]
        hidden_own = own_stack(p, s, x, own_in, "own.hidden", (mode, x), H, recorded)
        z = []
        for k in range(OWN):
            w = p["own.output.weight"][scn][:, k * H : (k + 1) * H]
            z.append((hidden_own[k] * w).sum(1) + p["own.output.bias"][scn][:, k])
        for e in range(SHARED):
            hidden = torch.relu(
                normed(p, s, shared_in @ p["shared.hidden.weight"][e], mode, x, "shared.hidden.norm", e, recorded)
            )
            z.append(hidden @ p["shared.output.weight"][e] + p["shared.output.bias"][e])
        z = torch.stack(z, 1)
        gate_logits = torch.stack(
            [vector[b] @ p["gate.weight"][scn[b]] + p["gate.bias"][scn[b]] for b in range(x.batch)]
        )
        gate = torch.softmax(gate_logits, 1)

        def clean():
            if fusion == "logit-mul":
                return torch.sigmoid((gate * z).sum(1, keepdim=True))
            return (gate * torch.sigmoid(z)).sum(1, keepdim=True)

        probability = clean()
        if bias_net and mode.train:
            log_fc = torch.log(x.extra["fairness"])
            if bucket:
                index = (log_fc > s["fairnessBoundaries"]).sum(1)
                coefficient = torch.nn.functional.one_hot(index, 10).to(log_fc.dtype)
            else:
                coefficient = log_fc
            u = []
            for k, hidden in enumerate(own_stack(p, s, x, coefficient, "own.bias.hidden", (mode, x), HB, recorded)):
                w = p["own.bias.output.weight"][scn][:, k * HB : (k + 1) * HB]
                u.append((hidden * w).sum(1) + p["own.bias.output.bias"][scn][:, k])
            for e in range(SHARED):
                hidden = torch.relu(
                    normed(p, s, coefficient @ p["shared.bias.hidden.weight"][e], mode, x,
                           "shared.bias.hidden.norm", e, recorded)
                )
                u.append(hidden @ p["shared.bias.output.weight"][e] + p["shared.bias.output.bias"][e])
            u = torch.stack(u, 1)
            if fusion == "score":
                biased = (gate * torch.sigmoid(z) * torch.sigmoid(u)).sum(1, keepdim=True)
            elif fusion == "odds":
                biased = (gate * torch.sigmoid(z + u)).sum(1, keepdim=True)
            else:
                biased = torch.sigmoid((gate * z * 2 * torch.sigmoid(u)).sum(1, keepdim=True))
            means = torch.stack([x.mean(biased), x.mean(probability)])
            recorded["calibration"] = MOMENTUM * s["calibration"] + (1 - MOMENTUM) * means
            probability = biased
        for name, value in recorded.items():
            if mode.train:
                mode.record(name, torch.cat(value) if isinstance(value, list) else value)
        return {
            "probability": probability,
            "logit": torch.log(probability) - torch.log(1 - probability),
            "behaviourWeight": beta,
            "gate": gate,
            "_state": s,
        }

    def losses(out, x):
        rows = bce_with_probability(out["probability"], x.label)
        click = x.mean(rows * x.extra["fairness"] if bias_loss else rows)
        return click, {"click": click}

    def scores(out, x):
        factor = 1.0
        if bias_net:
            calibration = out["_state"]["calibration"]
            factor = calibration[0] / calibration[1]
        return {"score": out["logit"], "probability": (out["probability"] * factor).clamp(max=1 - 1e-6)}

    return v, forward, losses, scores


def case(name, **options):
    v, forward, losses, scores = build(**options)
    shape = make_shape(rows=B, scenarios=N, history=7)
    kind = options.get("kind", "sar")
    batch = make_batch(
        shape, history=L, history_scenario=kind not in ("none", "target"), extra={"fairness": (0.3, 2.0)}
    )
    settings = dict(
        attention=kind,
        renorm=options.get("renorm", False),
        biasNet=options.get("bias_net", True),
        biasLoss=options.get("bias_loss", True),
        transform=options.get("transform", True),
        biasFusion=options.get("fusion", "score"),
        biasInput="bucket" if options.get("bucket") else "log",
        expertLayers=options.get("layers", 1),
        numShared=SHARED,
        numOwn=OWN,
        expertHidden=H,
        biasHidden=HB,
        attentionHidden=A,
        historyLength=L,
        dropout=0,
    )
    write_fixture(
        fixture_path(__file__, name), model="sarnet", settings=settings, shape=shape, batch=batch, variables=v,
        table=v.table(shape, D), forward=forward, losses=losses, scores=scores, learning_rate=2e-3,
    )


def coefficients():
    """Eq 1 over a small log, and the same with the clip and the minimum of exposures."""
    rng = np.random.default_rng(5)
    rows, items, scenarios = 60, 5, 2
    item, scenario = rng.integers(0, items, rows), rng.integers(0, scenarios, rows)
    prediction = _round(rng.uniform(0.01, 0.4, rows))
    exact = []
    for r in range(rows):
        of_pair = [q for q in range(rows) if item[q] == item[r] and scenario[q] == scenario[r]]
        of_scenario = [q for q in range(rows) if scenario[q] == scenario[r]]
        f = sum(prediction[q] for q in of_pair) / sum(prediction[q] for q in of_scenario)
        pv = len(of_pair) / len(of_scenario)
        exact.append(f / pv)
    # As training uses them: few exposures say nothing, and no row weighs more than `limit` times another's due.
    limit, minimum, limited = 1.15, 6, []
    for r in range(rows):
        exposures = sum(1 for q in range(rows) if item[q] == item[r] and scenario[q] == scenario[r])
        limited.append(1.0 if exposures < minimum else min(limit, max(1 / limit, exact[r])))
    write_json(
        fixture_path(__file__, "coefficients"),
        dict(
            item=item.tolist(),
            scenario=scenario.tolist(),
            prediction=prediction,
            coefficient=_round(exact),
            limit=limit,
            minimum=minimum,
            limited=_round(limited),
        ),
    )


from common import _round  # noqa: E402

if __name__ == "__main__":
    case("full")
    case("mean-pool", kind="none", bias_net=False, bias_loss=False)
    case("target", kind="target", bias_loss=False)
    case("scenario-odds", kind="scenario", fusion="odds")
    case("concatenate-logit", kind="concatenate", fusion="logit-mul")
    case("hierarchical-bucket", kind="hierarchical", bucket=True)
    case("renorm", renorm=True, bias_net=False)
    case("levels", transform=False, layers=3)
    coefficients()
