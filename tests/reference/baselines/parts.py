"""What several baselines are made of: networks, towers, experts, statistics by scenario; and the writer of a case."""
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
