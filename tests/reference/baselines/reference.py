"""The baselines, each written from its paper in the words of one row at a time where that is readable.

mix, shared-bottom (Caruana 1997), mmoe (Ma et al., KDD 2018), ple (Tang et al., RecSys 2020), star (Sheng et al.,
CIKM 2021), single (one network per scenario), finetune (a pooled network plus each scenario's own difference).

    python3 reference.py            writes every fixture
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

B, N, F, D = 10, 3, 7, 4
WIDTH = F * D


def declare_mlp(v, prefix, widths, norm=True, lead=(), norm_lead=()):
    """Layers `<prefix>.k.weight`; a bias only where no batch norm would take it away again."""
    for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
        v.weight(f"{prefix}.{k}.weight", *lead, a, b)
        if norm:
            declare_norm(v, f"{prefix}.{k}.norm", (*norm_lead, b))
        else:
            v.bias(f"{prefix}.{k}.bias", *lead, b)


def declare_norm(v, prefix, shape, moving=None):
    v._add(f"{prefix}.gamma", "norm", 1 + 0.2 * v._normal(shape))
    v._add(f"{prefix}.beta", "norm", 0.2 * v._normal(shape))
    v.moving(prefix, *(moving or shape))


def norm_by_group(p, s, x, mode, inputs, prefix, own_scale=False):
    """Statistics per scenario; where a scenario has fewer than two rows the moving ones stand in."""
    means, variances = s[f"{prefix}.mean"], s[f"{prefix}.variance"]
    new_mean, new_variance = means.clone(), variances.clone()
    out = torch.zeros_like(x)
    gamma, beta = p[f"{prefix}.gamma"], p[f"{prefix}.beta"]
    for n in range(inputs.scenarios):
        rows = (inputs.scenario == n) & (inputs.weight[:, 0] > 0)
        everyone = inputs.scenario == n
        mean, variance = means[n], variances[n]
        if mode.train and int(rows.sum()) >= 2:
            mean = x[rows].mean(0)
            variance = ((x[rows] - mean) ** 2).mean(0)
            new_mean[n] = BN_KEEP * means[n] + (1 - BN_KEEP) * mean.detach()
            new_variance[n] = BN_KEEP * variances[n] + (1 - BN_KEEP) * variance.detach()
        g, b = (gamma[n], beta[n]) if own_scale else (gamma, beta)
        out = torch.where(everyone[:, None], g * (x - mean) / torch.sqrt(variance + BN_EPS) + b, out)
    if mode.train:
        mode.record(f"{prefix}.mean", new_mean)
        mode.record(f"{prefix}.variance", new_variance)
    return out


def mlp(p, s, x, mode, inputs, prefix, layers, norm="shared", slope=0.0):
    for k in range(layers):
        x = x @ p[f"{prefix}.{k}.weight"]
        name = f"{prefix}.{k}.norm"
        if norm == "shared":
            x = batch_norm(p, s, x, mode, inputs, name)
        elif norm == "domain":
            x = norm_by_group(p, s, x, mode, inputs, name)
        else:
            x = x + p[f"{prefix}.{k}.bias"]
        x = mode.dropout(leaky(x, slope))
    return x


def own_linear(weight, bias, x, inputs):
    """Every row through its own scenario's matrix: weight [N, in, out], bias [N, out] or None."""
    y = torch.stack([x[b] @ weight[inputs.scenario[b]] for b in range(inputs.batch)])
    return y if bias is None else y + bias[inputs.scenario]


def towers(p, s, x, mode, inputs, prefix, layers, norm="shared"):
    for k in range(layers):
        x = own_linear(
            p[f"{prefix}.{k}.weight"], None if norm != "off" else p[f"{prefix}.{k}.bias"], x, inputs
        )
        name = f"{prefix}.{k}.norm"
        if norm == "shared":
            x = batch_norm(p, s, x, mode, inputs, name)
        elif norm == "domain":
            x = norm_by_group(p, s, x, mode, inputs, name)
        elif norm == "own":
            x = norm_by_group(p, s, x, mode, inputs, name, own_scale=True)
        x = mode.dropout(torch.relu(x))
    return x


def experts(p, s, x, mode, inputs, prefix, layers, count, norm="shared"):
    """Each expert on its own: list of [B, h]. `x` is [B, in] or a list of one input per expert."""
    results = []
    recorded = {}
    for e in range(count):
        h = x[e] if isinstance(x, list) else x
        for k in range(layers):
            h = h @ p[f"{prefix}.{k}.weight"][e]
            name = f"{prefix}.{k}.norm"
            if norm == "shared":
                one = {f"{name}.gamma": p[f"{name}.gamma"][e], f"{name}.beta": p[f"{name}.beta"][e]}
                state = {f"{name}.mean": s[f"{name}.mean"][e], f"{name}.variance": s[f"{name}.variance"][e]}
                inner = Mode(mode.train)
                h = batch_norm(one, state, h, inner, inputs, name)
                for key, value in inner.recorded.items():
                    recorded.setdefault(key, []).append(value)
            else:
                h = h + p[f"{prefix}.{k}.bias"][e]
            h = torch.relu(h)
        results.append(h)
    for key, values in recorded.items():
        mode.record(key, torch.stack(values))
    return results


def click(out, x):
    loss = x.mean(bce_with_logits(out["logit"], x.label))
    return loss, {"click": loss}


def sigmoid_scores(out, x):
    return {"score": out["logit"], "probability": torch.sigmoid(out["logit"])}


def by_scenario(values, x):
    """Sum of `values` [B, k] by scenario, and how many rows."""
    weighted = x.one_hot * x.weight
    return weighted.T @ values, weighted.sum(0)


def case(name, model, settings, v, forward, losses=click, scores=sigmoid_scores, probe=None, shape=None, batch=None, table=None, **more):
    shape = shape or make_shape(rows=B, scenarios=N)
    write_fixture(
        fixture_path(__file__, name),
        model=model,
        settings=dict(settings),
        shape=shape,
        batch=batch or make_batch(shape),
        variables=v,
        table=table if table is not None else v.table(shape, more.pop("dim", D)),
        forward=forward,
        losses=losses,
        scores=scores,
        probe=probe,
        **more,
    )


def mix():
    for norm in ("shared", "domain", "off"):
        v = Variables(3)
        widths = [WIDTH, 8, 5]
        for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
            v.weight(f"mlp.{k}.weight", a, b)
            if norm == "off":
                v.bias(f"mlp.{k}.bias", b)
            else:
                declare_norm(v, f"mlp.{k}.norm", (b,), (N, b) if norm == "domain" else (b,))
        v.weight("output.weight", 5, 1)
        v.bias("output.bias", 1)

        def forward(p, s, x, mode):
            h = mlp(p, s, x.flat(), mode, x, "mlp", 2, norm)
            return {"logit": h @ p["output.weight"] + p["output.bias"]}

        # Statistics per scenario need rows of each, or two near rows would be divided by next to nothing.
        shape = make_shape(rows=24, scenarios=N) if norm == "domain" else None
        case(f"mix-{norm}", "mix", dict(hidden=[8, 5], dropout=0, batchNorm=norm), v, forward, shape=shape)

    # Scripted dropout: one mask a layer.
    v = Variables(4)
    declare_mlp(v, "mlp", [WIDTH, 8, 5])
    v.weight("output.weight", 5, 1)
    v.bias("output.bias", 1)

    def forward(p, s, x, mode):
        h = mlp(p, s, x.flat(), mode, x, "mlp", 2)
        return {"logit": h @ p["output.weight"] + p["output.bias"]}

    g = torch.Generator().manual_seed(8)
    masks = [(torch.rand(B, w, generator=g) > 0.25).double() / 0.75 for w in (8, 5)]
    case("mix-dropout", "mix", dict(hidden=[8, 5], dropout=0.25), v, forward, dropout=masks)

    # With the mean of the history's items beside the fields.
    shape = make_shape(rows=B, scenarios=N, history=5)
    batch = make_batch(shape, history=4)
    v = Variables(5)
    declare_mlp(v, "mlp", [WIDTH + 2 * D, 8, 5])
    v.weight("output.weight", 5, 1)
    v.bias("output.bias", 1)

    def forward_history(p, s, x, mode):
        mean = x.history.items.sum(1) / x.history.mask.sum(1, keepdim=True).clamp(min=1)
        h = mlp(p, s, torch.cat([x.flat(), mean], 1), mode, x, "mlp", 2)
        return {"logit": h @ p["output.weight"] + p["output.bias"]}

    case(
        "mix-history",
        "mix",
        dict(hidden=[8, 5], dropout=0, history="mean", historyLength=4),
        v,
        forward_history,
        shape=shape,
        batch=batch,
    )


def shared_bottom():
    v = Variables(6)
    declare_mlp(v, "bottom", [WIDTH, 8, 6])
    declare_mlp(v, "tower", [6, 5], lead=(N,))
    v.weight("output.weight", N, 5, 1)
    v.bias("output.bias", N, 1)

    def forward(p, s, x, mode):
        h = mlp(p, s, x.flat(), mode, x, "bottom", 2)
        h = towers(p, s, h, mode, x, "tower", 1)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x)}

    case("shared-bottom", "shared-bottom", dict(hidden=[8, 6], towerHidden=[5], dropout=0), v, forward)

    v = Variables(7)
    declare_mlp(v, "tower", [WIDTH, 6, 5], lead=(N,))
    v.weight("output.weight", N, 5, 1)
    v.bias("output.bias", N, 1)

    def forward_embedding(p, s, x, mode):
        h = towers(p, s, x.flat(), mode, x, "tower", 2)
        return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x)}

    settings = dict(bottom="embedding", towerHidden=[6, 5], dropout=0)
    case("shared-bottom-embedding", "shared-bottom", settings, v, forward_embedding)


def mmoe():
    for norm in ("shared", "off"):
        count, v = 3, Variables(8)
        for k, (a, b) in enumerate([(WIDTH, 8), (8, 6)]):
            v.weight(f"expert.{k}.weight", count, a, b)
            if norm == "shared":
                declare_norm(v, f"expert.{k}.norm", (count, b))
            else:
                v.bias(f"expert.{k}.bias", count, b)
        v.weight("gate.weight", N, WIDTH, count)
        v.bias("gate.bias", N, count)
        declare_mlp(v, "tower", [6, 5], lead=(N,), norm=norm == "shared")
        v.weight("output.weight", N, 5, 1)
        v.bias("output.bias", N, 1)

        def forward(p, s, x, mode):
            flat = x.flat()
            bodies = experts(p, s, flat, mode, x, "expert", 2, count, norm)
            gate = torch.softmax(own_linear(p["gate.weight"], p["gate.bias"], flat, x), 1)
            h = sum(gate[:, e : e + 1] * bodies[e] for e in range(count))
            h = towers(p, s, h, mode, x, "tower", 1, norm)
            return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x), "gate": gate}

        def probe(out, x):
            return {"gates": by_scenario(out["gate"], x)}

        settings = dict(numExperts=count, expertHidden=[8, 6], towerHidden=[5], dropout=0, batchNorm=norm)
        case(f"mmoe-{norm}", "mmoe", settings, v, forward, probe=probe)


def ple():
    for levels in (1, 2):
        specific, shared, h = 2, 2, 6
        total = N * specific + shared
        v = Variables(9)
        for level in range(levels):
            width = WIDTH if level == 0 else h
            v.weight(f"level.{level}.expert.0.weight", total, width, h)
            declare_norm(v, f"level.{level}.expert.0.norm", (total, h))
            v.weight(f"level.{level}.gate.weight", N, width, specific + shared)
            v.bias(f"level.{level}.gate.bias", N, specific + shared)
            if level + 1 < levels:
                v.weight(f"level.{level}.sharedGate.weight", width, total)
                v.bias(f"level.{level}.sharedGate.bias", total)
        declare_mlp(v, "tower", [h, 5], lead=(N,))
        v.weight("output.weight", N, 5, 1)
        v.bias("output.bias", N, 1)

        def forward(p, s, x, mode):
            # One stream a scenario and one shared stream; experts are ordered [scenario 0 …, shared …].
            streams, common = [x.flat()] * N, x.flat()
            own_gate = None
            for level in range(levels):
                entry = [streams[e // specific] if e < N * specific else common for e in range(total)]
                bodies = experts(p, s, entry, mode, x, f"level.{level}.expert", 1, total)
                new, gates = [], []
                for n in range(N):
                    logits = streams[n] @ p[f"level.{level}.gate.weight"][n] + p[f"level.{level}.gate.bias"][n]
                    gate = torch.softmax(logits, 1)
                    members = [n * specific + j for j in range(specific)] + list(range(N * specific, total))
                    new.append(sum(gate[:, j : j + 1] * bodies[e] for j, e in enumerate(members)))
                    gates.append(gate)
                if level + 1 < levels:
                    gate = torch.softmax(
                        common @ p[f"level.{level}.sharedGate.weight"] + p[f"level.{level}.sharedGate.bias"], 1
                    )
                    common = sum(gate[:, e : e + 1] * bodies[e] for e in range(total))
                streams = new
                own_gate = torch.stack(gates, 1)[torch.arange(x.batch), x.scenario]
            own = torch.stack(streams, 1)[torch.arange(x.batch), x.scenario]
            hidden = towers(p, s, own, mode, x, "tower", 1)
            return {"logit": own_linear(p["output.weight"], p["output.bias"], hidden, x), "gate": own_gate}

        def probe(out, x):
            return {"gates": by_scenario(out["gate"], x)}

        settings = dict(
            levels=levels, specificExperts=specific, sharedExperts=shared, expertHidden=[h], towerHidden=[5], dropout=0
        )
        case(f"ple-{levels}", "ple", settings, v, forward, probe=probe)


def star():
    for full in (True, False):
        v = Variables(10)
        if full:
            declare_norm(v, "partitioned", (WIDTH,), (N, WIDTH))
            v._add("partitioned.ownGamma", "norm", 1 + 0.2 * v._normal((N, WIDTH)))
            v._add("partitioned.ownBeta", "norm", 0.2 * v._normal((N, WIDTH)))
        for k, (a, b) in enumerate([(WIDTH, 8), (8, 5), (5, 1)]):
            v.weight(f"shared.{k}.weight", a, b)
            v.bias(f"shared.{k}.bias", b)
            v._add(f"own.{k}.weight", "weight", 1 + 0.3 * v._normal((N, a, b)), 1.0)
            v.bias(f"own.{k}.bias", N, b)
        if full:
            v.weight("auxiliary.0.weight", WIDTH, 6)
            v.bias("auxiliary.0.bias", 6)
            v.weight("auxiliary.output.weight", 6, 1)
            v.bias("auxiliary.output.bias", 1)

        def forward(p, s, x, mode):
            h = x.flat()
            if full:
                # Partitioned normalisation: the scenario's own statistics, (γ γ_p) z + (β + β_p).
                plain = dict(p)
                plain["partitioned.gamma"] = torch.ones(WIDTH)
                plain["partitioned.beta"] = torch.zeros(WIDTH)
                z = norm_by_group(plain, s, h, mode, x, "partitioned")
                h = (p["partitioned.gamma"] * p["partitioned.ownGamma"][x.scenario]) * z + (
                    p["partitioned.beta"] + p["partitioned.ownBeta"][x.scenario]
                )
            for k in range(3):
                weight = p[f"own.{k}.weight"] * p[f"shared.{k}.weight"]
                bias = p[f"own.{k}.bias"] + p[f"shared.{k}.bias"]
                h = own_linear(weight, bias, h, x)
                if k < 2:
                    h = torch.relu(h)
            if full:
                a = torch.relu(x.flat() @ p["auxiliary.0.weight"] + p["auxiliary.0.bias"])
                h = h + a @ p["auxiliary.output.weight"] + p["auxiliary.output.bias"]
            return {"logit": h}

        settings = dict(hidden=[8, 5], auxiliaryHidden=[6], dropout=0)
        if not full:
            settings.update(normalisation="off", auxiliary=False)
        # The scenario's own embedding is constant within a scenario, so its normalised column is 0, in float32 rounding
        # noise over sqrt(1e-5). Small embeddings keep that noise below what is compared.
        shape = make_shape(rows=24, scenarios=N)
        table = v.table(shape, D)
        table[shape["fields"][-1]["offset"] :] *= 0.05
        case(
            "star" if full else "star-topology",
            "star",
            settings,
            v,
            forward,
            shape=shape,
            table=table,
            noisy=("partitioned.gamma", "partitioned.ownGamma"),
        )


def single():
    # Every scenario its own table: its d columns of a table that is N d wide.
    for tables in ("own", "shared"):
        v = Variables(11)
        for k, (a, b) in enumerate([(WIDTH, 6), (6, 5)]):
            v.weight(f"tower.{k}.weight", N, a, b)
            declare_norm(v, f"tower.{k}.norm", (N, b))
        v.weight("output.weight", N, 5, 1)
        v.bias("output.bias", N, 1)

        def forward(p, s, x, mode):
            if tables == "own":
                parts = x.fields.reshape(x.batch, F, N, D)
                flat = torch.stack([parts[b, :, x.scenario[b]].reshape(-1) for b in range(x.batch)])
            else:
                flat = x.flat()
            h = towers(p, s, flat, mode, x, "tower", 2, "own")
            return {"logit": own_linear(p["output.weight"], p["output.bias"], h, x)}

        def losses(out, x):
            # The sum of what N separate trainings would minimise, each a mean over its own rows.
            row = bce_with_logits(out["logit"], x.label)[:, 0]
            total = 0
            for n in range(N):
                rows = (x.scenario == n) & (x.weight[:, 0] > 0)
                if rows.any():
                    total = total + row[rows].mean()
            return total, {"click": x.mean(row)}

        settings = dict(hidden=[6, 5], dropout=0, embeddings=tables, embeddingDim=D)
        dim = N * D if tables == "own" else D
        shape = make_shape(rows=24, scenarios=N)
        case(f"single-{tables}", "single", settings, v, forward, losses, dim=dim, shape=shape)


def finetune():
    v = Variables(12)
    for k, (a, b) in enumerate([(WIDTH, 8), (8, 5)]):
        v.weight(f"pooled.{k}.weight", a, b)
        declare_norm(v, f"pooled.{k}.norm", (b,))
        v.weight(f"own.{k}.weight", N, a, b, scale=0.3)
    v.weight("pooled.output.weight", 5, 1)
    v.bias("pooled.output.bias", 1)
    v.weight("own.output.weight", N, 5, 1, scale=0.3)
    v.bias("own.output.bias", N, 1)

    def forward(p, s, x, mode):
        h = x.flat()
        for k in range(2):
            h = own_linear(p[f"pooled.{k}.weight"] + p[f"own.{k}.weight"], None, h, x)
            h = torch.relu(batch_norm(p, s, h, mode, x, f"pooled.{k}.norm"))
        weight = p["pooled.output.weight"] + p["own.output.weight"]
        return {"logit": own_linear(weight, p["pooled.output.bias"] + p["own.output.bias"], h, x)}

    case("finetune", "finetune", dict(hidden=[8, 5], dropout=0), v, forward)


if __name__ == "__main__":
    for write in (mix, shared_bottom, mmoe, ple, star, single, finetune):
        write()
