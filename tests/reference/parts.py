"""What several models are made of: networks, towers, experts, statistics by scenario; and the writer of a case."""
import copy
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
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


def own_means(out, x):
    """The sum of what N separate trainings would minimise, each a mean over its own rows."""
    row = bce_with_logits(out["logit"], x.label)[:, 0]
    total = 0
    for n in range(x.scenarios):
        rows = (x.scenario == n) & (x.weight[:, 0] > 0)
        if rows.any():
            total = total + row[rows].mean()
    return total, {"click": x.mean(row)}


def own_tables(v, shape, batch, dim=D):
    """N tables whose rows with one id stand side by side: id i of scenario n is row i N + n. Padding is row 0 alone."""
    width = batch["layout"]["width"]
    ids = [i and i * N + batch["scenario"][at // width] for at, i in enumerate(batch["ids"])]
    layout = dict(batch["layout"], ownTables=N)
    table = v.table(dict(vocabularySize=N * shape["vocabularySize"]), dim)
    return dict(batch=dict(batch, ids=ids, layout=layout), table=table)


def sigmoid_scores(out, x):
    return {"score": out["logit"], "probability": torch.sigmoid(out["logit"])}


def by_scenario(values, x):
    """Sum of `values` [B, k] by scenario, and how many rows."""
    weighted = x.one_hot * x.weight
    return weighted.T @ values, weighted.sum(0)


def case(script, name, model, settings, v, forward, losses=click, scores=sigmoid_scores, probe=None, shape=None, batch=None, table=None, **more):
    """Writes `fixtures/<name>.json` beside `script` (`__file__`)."""
    shape = shape or make_shape(rows=B, scenarios=N)
    write_fixture(
        fixture_path(script, name),
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


def largest_scenarios(shape, peers):
    """The scenarios with most training rows, largest first."""
    rows = shape["scenarioRows"]
    return sorted(range(len(rows)), key=lambda n: (-rows[n], n))[:peers]


def only(x, rows):
    """The rows of `x` that are listed, as a batch of their own."""
    part = copy.copy(x)
    part.batch = len(rows)
    for name in ("ids", "fields", "scenario", "one_hot", "label", "weight"):
        setattr(part, name, getattr(x, name)[rows])
    part.extra = {name: column[rows] for name, column in x.extra.items()}
    for name in ("history", "own_history"):
        given = getattr(x, name)
        if given is not None:
            index = given.scenario_index[rows] if given.scenario_index is not None else None
            scenario = given.scenario[rows] if given.scenario is not None else None
            setattr(part, name, Sequence(given.items[rows], given.mask[rows], scenario, index))
    return part


def for_each_scenario(forward):
    """`forward` of one network, as N networks that know nothing of each other: each sees its own rows alone.

    Every parameter and state has a leading axis N. A network with fewer than two rows in a batch has no statistics of
    them: its norms use the moving ones and leave them as they are."""

    def run(p, s, x, mode):
        order, outputs, recorded = [], {}, {}
        for n in range(x.scenarios):
            rows = [b for b in range(x.batch) if x.scenario[b] == n]
            own = only(x, rows)
            enough = int((own.weight > 0).sum()) >= 2
            inner = Mode(mode.train and enough)
            inner.training = mode.train
            out = forward({k: v[n] for k, v in p.items()}, {k: v[n] for k, v in s.items()}, own, inner)
            order += rows
            for name, value in out.items():
                outputs.setdefault(name, []).append(value)
            for name in s:
                recorded.setdefault(name, []).append(inner.recorded.get(name, s[name][n]))
        if mode.train:
            for name, values in recorded.items():
                mode.record(name, torch.stack(values))
        back = torch.argsort(torch.tensor(order))
        return {name: torch.cat(values)[back] for name, values in outputs.items()}

    return run


def stacked(declare, seed):
    """Variables of N networks that `declare(seed)` declares one of: a leading axis N."""
    each = [declare(seed + 100 * n) for n in range(N)]
    v = each[0]
    for kind in ("parameters", "states"):
        values = [getattr(one, kind) for one in each]
        setattr(v, kind, {k: torch.stack([one[k] for one in values]) for k in values[0]})
    return v


def fields_read(x, scenario=True):
    """Embeddings of the fields that a model reads `[B, F, width]`, followed by the mean of each item field over the
    history's behaviours where the batch has them. `scenario` says whether the scenario's own field is among them."""
    read = [x.fields[:, i] for i, field in enumerate(x.shape["fields"]) if scenario or field["role"] != "scenario"]
    if x.history is not None:
        for k in range(x.history.items.shape[2] // x.dim):
            items = x.history.items[:, :, k * x.dim : (k + 1) * x.dim]
            read.append(items.sum(1) / x.history.mask.sum(1, keepdim=True).clamp(min=1))
    return torch.stack(read, 1)


def network_case(
    script, name, model, settings, declare, forward, seed,
    *, dim=D, linear=0, own=False, shared_table=False, rows=B, history=0, spread=1.0, **more
):
    """A fixture of a model that is one network (`declare(seed)` gives its variables), or with `own` one a scenario.

    `linear` columns stand before the `dim` of an embedding. With `own` each scenario has a table too, unless
    `shared_table`. `spread` times the usual size of embeddings keeps what is multiplied again and again in sight."""
    shape = make_shape(rows=rows, scenarios=N, history=history and history + 1)
    batch = make_batch(shape, history=history)
    settings = {"embeddingDim": dim, "dropout": 0, **settings}
    v = stacked(declare, seed) if own else declare(seed)
    if own:
        settings["trained"] = "own"
        forward, more["losses"] = for_each_scenario(forward), own_means
        if shared_table:
            settings["embeddings"] = "shared"
    if own and not shared_table:
        more.update(own_tables(v, shape, batch, linear + dim))
    else:
        more.update(batch=batch, table=v.table(shape, linear + dim))
    more["table"] = spread * more["table"]
    case(script, name, model, settings, v, forward, shape=shape, **more)
