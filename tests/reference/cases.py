"""What references of models in folders of their own share: the parts of baselines, stacks of experts, a case's writer."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from common import *  # noqa: E402,F403
from parts import (  # noqa: E402,F401
    by_scenario,
    click,
    declare_mlp,
    declare_norm,
    experts,
    mlp,
    norm_by_group,
    own_linear,
    sigmoid_scores,
    towers,
)

B, N, F, D = 8, 3, 7, 4
WIDTH = F * D


def declare_stack(v, name, count, widths, norm="off"):
    """`count` networks side by side: `<name>.k.weight [count, in, out]`."""
    for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
        v.weight(f"{name}.{k}.weight", count, a, b)
        if norm == "shared":
            declare_norm(v, f"{name}.{k}.norm", (count, b))
        else:
            v.bias(f"{name}.{k}.bias", count, b)


def declare_linear(v, name, below, out):
    v.weight(f"{name}.weight", below, out)
    v.bias(f"{name}.bias", out)


def linear(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def layer(p, s, x, mode, inputs, name, norm="off"):
    """One layer of an `mlp`: linear, norm or bias, ReLU, dropout."""
    y = x @ p[f"{name}.weight"]
    y = batch_norm(p, s, y, mode, inputs, f"{name}.norm") if norm == "shared" else y + p[f"{name}.bias"]
    return mode.dropout(torch.relu(y))


def declare_scenarios(v, dim=D, count=N):
    """A model's own table of scenarios."""
    v.weight("scenario.embedding", count, dim, fan_in=1)


def asked(shape, own, peers):
    """Scenarios that a row of scenario `own` asks, as (slot, scenario), and the number of slots.

    All of them; where there are more than `peers` others, the `peers` largest in training rows and, in the last slot, the
    row's own. A scenario counts once: the slot of a large one is empty for its own rows.
    """
    count = shape["scenarios"]
    if count <= peers + 1:
        return [(n, n) for n in range(count)], count
    largest = sorted(range(count), key=lambda n: (-shape["scenarioRows"][n], n))[:peers]
    return [(i, n) for i, n in enumerate(largest) if n != own] + [(peers, own)], peers + 1


def batch_mean(x, rows):
    """Mean over the rows that count of one number a row (a list)."""
    return x.mean(torch.stack(rows))


# Half of what a comparison allows after Adam's steps.
WELL_CONDITIONED = 5e-6


def single_precision_error(path, forward, losses, centres):
    """Largest difference after Adam's steps of the same reference in float32 from the fixture at `path`.

    Elements that the fixture leaves out may go another way and take others with them. Where that happens, no model in single
    precision can be held to the fixture, and another seed is due.
    """
    with open(path) as file:
        fixture = json.load(file)
    adam, shape = fixture["adam"], fixture["shape"]

    def read(tensor):
        return torch.tensor(tensor["values"]).reshape(tensor["shape"])

    torch.set_default_dtype(torch.float32)
    try:
        now = {name: read(value) for name, value in fixture["parameters"].items()}
        now["embedding"] = read(fixture["table"])
        states = {name: read(value) for name, value in fixture["states"].items()}
        moments = {name: (torch.zeros_like(value), torch.zeros_like(value)) for name, value in now.items()}
        counts = torch.bincount(torch.tensor(fixture["batch"]["ids"]), minlength=len(now["embedding"]))
        counts[0] = 0
        for t in range(1, adam["steps"] + 1):
            leaf = {name: value.clone().requires_grad_(True) for name, value in now.items()}
            x, mode = Inputs(leaf["embedding"], shape, fixture["batch"]), Mode(True)
            total, _ = losses(forward(leaf, states, x, mode), x)
            found = torch.autograd.grad(total, list(leaf.values()), allow_unused=True)
            for (name, value), g in zip(list(now.items()), found):
                g = torch.zeros_like(value) if g is None else g.clone()
                if name == "embedding":
                    g[0] = 0
                    g = g + 2 * adam["l2"] * counts[:, None] * value / shape["batch"]
                elif fixture["parameters"][name]["kind"] == "weight":
                    g = g + 2 * adam["l2"] * (value - centres[name])
                now[name] = adam_step(value, g, moments[name], t, adam["learningRate"]).detach()
            states = {**states, **mode.recorded}
    finally:
        torch.set_default_dtype(torch.float64)
    worst = 0.0
    for name, value in now.items():
        wanted = read(adam["table"] if name == "embedding" else adam["parameters"][name])
        away = (value.double() - wanted).abs().reshape(-1)
        away[adam["fragile"].get(name, [])] = 0
        worst = max(worst, float(away.max() / max(1.0, float(wanted.abs().max()))))
    return worst


def write_case(script, name, model, settings, v, forward, losses=click, scores=sigmoid_scores, *, rows=B, dim=D, **more):
    """Fixture `name` of the reference at `script`."""
    shape = more.pop("shape", None) or make_shape(rows=rows, scenarios=N)
    batch = more.pop("batch", None) or make_batch(shape)
    table = more.pop("table", None)
    path = fixture_path(script, name)
    write_fixture(
        path,
        model=model,
        settings={"dropout": 0, **settings},
        shape=shape,
        batch=batch,
        variables=v,
        table=v.table(shape, dim) if table is None else table,
        forward=forward,
        losses=losses,
        scores=scores,
        **more,
    )
    worst = single_precision_error(path, forward, losses, v.centres)
    if worst > WELL_CONDITIONED:
        raise SystemExit(f"{path}: {worst:.1e} away in single precision. Take another seed.")
