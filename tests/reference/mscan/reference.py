"""M-scan (Zhu et al., 2024), one row at a time where the paper speaks of one user.

    python3 reference.py            writes every fixture

Equations: 4 (GRU), 5 and 13-17 (co-attention over all behaviours, pooled by maximum over the behaviours in the current
scenario), 6-8 (match, scenario, fusion), 9-11 (losses), 12 (debiased inference).
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

B, N, D, L, OWN = 10, 3, 4, 5, 3
ITEM_FIELDS = 2
DI = ITEM_FIELDS * D
Q = 6


def gru(p, own, row):
    """Eq 4 over the behaviours that are there; an empty sequence keeps the state 0."""
    w, b, u = p["encoder.input.weight"], p["encoder.input.bias"], p["encoder.state.weight"]
    width = u.shape[0]
    wz, wr, wh = (w[:, k * width : (k + 1) * width] for k in range(3))
    bz, br, bh = (b[k * width : (k + 1) * width] for k in range(3))
    uz, ur, uh = (u[:, k * width : (k + 1) * width] for k in range(3))
    h = torch.zeros(width)
    for k in range(own.items.shape[1]):
        if own.mask[row, k] == 0:
            continue
        s = own.items[row, k]
        z = torch.sigmoid(s @ wz + h @ uz + bz)
        r = torch.sigmoid(s @ wr + h @ ur + br)
        h = (1 - z) * h + z * torch.tanh(s @ wh + (r * h) @ uh + bh)
    return h


def attention_encoder(p, own, candidate, row):
    """h = sum_k softmax_k(FFN([s_k, i])) s_k over the behaviours that are there."""
    present = [k for k in range(own.items.shape[1]) if own.mask[row, k] > 0]
    if not present:
        return torch.zeros(own.items.shape[2])
    weight = torch.cat([p["encoder.own.weight"], p["encoder.item.weight"]])
    scores = torch.stack(
        [
            (torch.relu(torch.cat([own.items[row, k], candidate[row]]) @ weight + p["encoder.bias"])
             @ p["encoder.output.weight"])[0]
            for k in present
        ]
    )
    beta = torch.softmax(scores, 0)
    return sum(beta[i] * own.items[row, k] for i, k in enumerate(present))


def relevance(p, h, candidate, s):
    """Attn(h_j, i, s_k) = FFN([h_j, i, s_k]) with one hidden layer, on the concatenation (Eq 15)."""
    weight = torch.cat(
        [p["attention.history.weight"], p["attention.item.weight"], p["attention.own.weight"]]
    )
    hidden = torch.relu(torch.cat([h, candidate, s]) @ weight + p["attention.bias"])
    return (hidden @ p["attention.output.weight"])[0]


def target_relevance(p, h, candidate):
    weight = torch.cat([p["attention.history.weight"], p["attention.item.weight"]])
    hidden = torch.relu(torch.cat([h, candidate]) @ weight + p["attention.bias"])
    return (hidden @ p["attention.output.weight"])[0]


def history_weights(p, x, candidate, behaviours, row, saca):
    """beta [L] (Eq 13-17)."""
    history, own = x.history, x.own_history
    length = history.items.shape[1]
    beta = torch.zeros(length)
    present = [j for j in range(length) if history.mask[row, j] > 0]
    if not present:
        return beta
    if saca == "mean":
        weights = torch.full((len(present),), 1 / len(present))
    else:
        scores = []
        for j in present:
            if saca == "target":
                scores.append(target_relevance(p, behaviours[row, j], candidate[row]))
                continue
            current = [own.items[row, k] for k in range(own.items.shape[1]) if own.mask[row, k] > 0]
            # Without a behaviour in the current scenario one empty behaviour stands in: attention over (h_j, i).
            current = current or [torch.zeros(own.items.shape[2])]
            scores.append(torch.stack([relevance(p, behaviours[row, j], candidate[row], s) for s in current]).max())
        weights = torch.softmax(torch.stack(scores), 0)
    for i, j in enumerate(present):
        beta = beta + weights[i] * torch.nn.functional.one_hot(torch.tensor(j), length)
    return beta


def build(*, saca="co", sbe=True, encoder="gru", scenario_embedding=False, scenario_fields="context", alpha=0.1,
          c=0.7):
    width = DI + (D if scenario_embedding else 0)
    users, items, contexts = 2, 2, 2
    in_scenario = 1 + (contexts if scenario_fields == "context" else 0)
    v = Variables(11)
    if encoder == "gru":
        v.weight("encoder.input.weight", DI, 3 * DI)
        v.bias("encoder.input.bias", 3 * DI)
        v.weight("encoder.state.weight", DI, 3 * DI)
    elif encoder == "attention":
        v.weight("encoder.own.weight", DI, Q)
        v.weight("encoder.item.weight", DI, Q)
        v.bias("encoder.bias", Q)
        v.weight("encoder.output.weight", Q, 1)
    if saca in ("co", "target"):
        v.weight("attention.history.weight", width, Q)
        v.weight("attention.item.weight", DI, Q)
        if saca == "co":
            v.weight("attention.own.weight", DI, Q)
        v.bias("attention.bias", Q)
        v.weight("attention.output.weight", Q, 1)
    total = (users + items + contexts + 1) * D + DI + width
    v.weight("match.0.weight", total, 8)
    v.bias("match.0.bias", 8)
    v.weight("match.1.weight", 8, 5)
    v.bias("match.1.bias", 5)
    v.weight("match.output.weight", 5, 1)
    v.bias("match.output.bias", 1)
    if sbe:
        v.weight("scenario.0.weight", in_scenario * D, 4)
        v.bias("scenario.0.bias", 4)
        v.weight("scenario.output.weight", 4, 1)
        v.bias("scenario.output.bias", 1)
    v.states["counterfactualReference"] = torch.tensor([c])

    def forward(p, s, x, mode):
        candidate = x.fields[:, x.shape["history"]["itemFields"]].reshape(x.batch, -1)
        behaviours = x.history.items
        if scenario_embedding:
            behaviours = torch.cat([behaviours, x.history.scenario], 2)
        if encoder == "gru":
            h = torch.stack([gru(p, x.own_history, b) for b in range(x.batch)])
        elif encoder == "attention":
            h = torch.stack([attention_encoder(p, x.own_history, candidate, b) for b in range(x.batch)])
        else:
            h = x.own_history.items.sum(1) / x.own_history.mask.sum(1, keepdim=True).clamp(min=1)
        if saca == "none":
            beta = torch.zeros_like(x.history.mask)
        else:
            beta = torch.stack([history_weights(p, x, candidate, behaviours, b, saca) for b in range(x.batch)])
        interest = (beta[..., None] * behaviours).sum(1)
        scenario_roles = ("scenario", "context") if scenario_fields == "context" else ("scenario",)
        scenario = x.pick(roles=scenario_roles)
        rest = [] if scenario_fields == "context" else [x.pick(roles=("context",))]
        z = torch.cat([x.pick(roles=("user",)), x.pick(roles=("item",)), *rest, scenario, h, interest], 1)
        z = torch.relu(z @ p["match.0.weight"] + p["match.0.bias"])
        z = torch.relu(z @ p["match.1.weight"] + p["match.1.bias"])
        match = z @ p["match.output.weight"] + p["match.output.bias"]
        out = {"matchScore": match, "historyWeight": beta, "_state": s}
        if not sbe:
            return {"logit": match, **out}
        direct = torch.relu(scenario @ p["scenario.0.weight"] + p["scenario.0.bias"])
        direct = direct @ p["scenario.output.weight"] + p["scenario.output.bias"]
        return {"logit": match * torch.sigmoid(direct), "scenarioLogit": direct, **out}

    def losses(out, x):
        click = x.mean(bce_with_logits(out["logit"], x.label))
        if not sbe:
            return click, {"click": click}
        scenario = x.mean(bce_with_logits(out["scenarioLogit"], x.label))
        return click + alpha * scenario, {"click": click, "scenario": scenario}

    def scores(out, x):
        probability = torch.sigmoid(out["logit"])
        if not sbe:
            return {"score": out["logit"], "probability": probability}
        gate = torch.sigmoid(out["scenarioLogit"])
        return {
            "score": gate * (out["matchScore"] - out["_state"]["counterfactualReference"]),
            "probability": probability,
            "columns": {"matchScore": out["matchScore"], "scenarioGate": gate},
        }

    return v, forward, losses, scores


def case(name, **options):
    alpha = options.get("alpha", 0.1)
    v, forward, losses, scores = build(**options)
    shape = make_shape(rows=B, scenarios=N, history=7)
    batch = make_batch(shape, history=L, history_scenario=options.get("scenario_embedding", False), own_history=OWN)
    settings = dict(
        saca=options.get("saca", "co"),
        sbe=options.get("sbe", True),
        encoder=options.get("encoder", "gru"),
        historyScenarioEmbedding=options.get("scenario_embedding", False),
        scenarioFields=options.get("scenario_fields", "context"),
        alpha=alpha,
        historyLength=L,
        ownHistoryLength=OWN,
        attentionHidden=Q,
        hidden=[8, 5],
        scenarioHidden=[4],
        dropout=0,
        batchNorm="off",
    )
    write_fixture(
        fixture_path(__file__, name), model="mscan", settings=settings, shape=shape, batch=batch, variables=v,
        table=v.table(shape, D), forward=forward, losses=losses, scores=scores,
    )


if __name__ == "__main__":
    case("full")
    case("without-eliminator", sbe=False)
    case("without-co-attention", saca="none")
    case("own-history-only", saca="none", sbe=False)
    case("target-attention", saca="target", scenario_embedding=True)
    case("mean-attention", saca="mean", encoder="mean", alpha=0.5)
    case("attention-encoder-id-only", encoder="attention", scenario_embedding=True, scenario_fields="id")
